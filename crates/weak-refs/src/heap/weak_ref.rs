//! `WeakRef`: a weak cell of the heap, and the agent that keeps its target for a job.

use super::agent::Agent;
use super::error::WeakError;
use super::identity::held_weakly;
use heap_model::{Kind, Local, Scope, Value, shapes};

/// A reference that does not keep its target from being collected (ECMA-262, 26.1).
///
/// Whoever makes or dereferences one is given the target to the end of the job: the [`Agent`]
/// keeps it until [`Agent::end_job`].
///
/// ```
/// use heap_model::{Heap, HeapOptions, Kind, Value};
/// use weak_refs::{Agent, WeakRef};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// let mut agent = Agent::new();
/// heap.enter(|scope| -> Result<(), weak_refs::WeakError> {
///     let target = scope.escape(|inner| -> Result<_, weak_refs::WeakError> {
///         let target = inner.alloc(Kind::Object, 1, 0)?;
///         Ok(WeakRef::new(inner, &mut agent, Value::Ref(target))?.cell())
///     })?;
///     let reference = WeakRef::from_cell(scope, target)?;
///     scope.collect();
///     assert!(reference.is_alive(scope)?, "the job goes on");
///     agent.end_job();
///     scope.collect();
///     assert!(reference.deref(scope, &mut agent)?.is_none());
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct WeakRef<'s> {
    cell: Local<'s>,
}

impl<'s> WeakRef<'s> {
    /// Makes a reference to `target`, which lives to the end of the job: 32 bytes, as V8's.
    ///
    /// # Errors
    /// [`WeakError::CannotBeHeldWeakly`] for a target without identity, [`WeakError::Heap`] at the
    /// heap's limit.
    pub fn new<C, E>(
        scope: &mut Scope<'s>,
        agent: &mut Agent<C, E>,
        target: Value<'_>,
    ) -> Result<Self, WeakError> {
        let target = held_weakly(scope, target)?;
        let cell = shapes::weak_ref(scope, target)?;
        agent.keep(scope, target)?;
        Ok(Self { cell })
    }

    /// Takes a handle for the reference that a cell is, for one that was kept in a slot or a
    /// global.
    ///
    /// # Errors
    /// [`WeakError::NotAWeakRef`] for any other cell.
    pub fn from_cell(scope: &mut Scope<'_>, cell: Local<'s>) -> Result<Self, WeakError> {
        match scope.kind(cell)? {
            Kind::WeakCell => Ok(Self { cell }),
            _ => Err(WeakError::NotAWeakRef),
        }
    }

    /// The reference's own cell, to be kept in a slot or a global.
    #[must_use]
    pub fn cell(self) -> Local<'s> {
        self.cell
    }

    /// The target, which then lives to the end of the job; `None` once it has been collected.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit, or for a handle of another heap.
    pub fn deref<'t, C, E>(
        self,
        scope: &mut Scope<'t>,
        agent: &mut Agent<C, E>,
    ) -> Result<Option<Local<'t>>, WeakError> {
        let Some(target) = scope.weak_target(self.cell)? else { return Ok(None) };
        agent.keep(scope, target)?;
        Ok(Some(target))
    }

    /// Whether the target has not been collected; looking does not keep it.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn is_alive(self, scope: &mut Scope<'_>) -> Result<bool, WeakError> {
        scope.scope(|inner| Ok(inner.weak_target(self.cell)?.is_some()))
    }
}
