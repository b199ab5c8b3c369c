//! What monitoring sees of a runtime.

use crate::runtime::Runtime;
use heap_model::CollectionKind;
use mem_report::export::{GcType, Observation, Space};

impl Runtime {
    /// The five figures and the heap's spaces, for an exporter of `mem-report`.
    ///
    /// ```
    /// use node_memory::{Runtime, RuntimeOptions};
    ///
    /// let runtime = Runtime::new(RuntimeOptions::default())?;
    /// let observation = runtime.observation();
    /// assert!(observation.spaces.iter().any(|space| space.name == "new_space"));
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    #[must_use]
    pub fn observation(&self) -> Observation {
        self.memory.heap.space_statistics().into_iter().fold(
            Observation::new(self.memory_usage()),
            |observation, space| {
                observation.with_space(Space {
                    name: space.name.into(),
                    size: space.committed as u64,
                    used: space.used as u64,
                    available: space.available as u64,
                    physical: space.physical as u64,
                })
            },
        )
    }
}

/// How monitoring calls a collection of the heap. One that was marked in steps is a major one: its event is of
/// the pause that ended it, as Node's is.
#[must_use]
pub const fn gc_type(kind: CollectionKind) -> GcType {
    match kind {
        CollectionKind::Scavenge => GcType::Minor,
        _ => GcType::Major,
    }
}
