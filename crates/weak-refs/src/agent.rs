//! The agent: what a job keeps alive, and the cleanup jobs of registries (ECMA-262, 9.10 to 9.12).
//!
//! Kept targets lie in the heap: a list of them, and a table that tells which are in it, both under
//! one owned root that goes with the job. A registry's callback lies here and its cell is referred
//! to weakly, so a registry dies while it is enrolled. No unsafe code.

use crate::{FinalizationRegistry, WeakError};
use core::fmt;
use heap_model::{Global, Kind, Local, Scope, Value};
use std::collections::VecDeque;

/// The first slot, where the heap's operations on tables look for one.
const SEEN: usize = 0;
const LIST: usize = 1;

/// Runs as a job for each held value that is cleaned up.
type Callback = Box<dyn FnMut(&mut Agent, &mut Scope<'_>, Value<'_>) + Send>;

/// What the host of a program keeps for its weak references: the targets that live to the end of
/// the job (KeepDuringJob), and the registries whose cleanup it runs.
///
/// One agent serves one heap; with another's cells it gives an error.
///
/// ```
/// use heap_model::{Heap, HeapOptions, Kind, Value};
/// use std::sync::mpsc;
/// use weak_refs::{Agent, FinalizationRegistry};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// let mut agent = Agent::new();
/// let (sender, cleaned) = mpsc::channel();
/// heap.enter(|scope| -> Result<(), weak_refs::WeakError> {
///     let registry = FinalizationRegistry::new(scope)?;
///     agent.enroll(scope, registry, move |_, _, held| {
///         if let Value::Smi(number) = held {
///             let _ = sender.send(number);
///         }
///     })?;
///     scope.scope(|inner| {
///         let target = inner.alloc(Kind::Object, 1, 0)?;
///         let _ = registry.register(inner, Value::Ref(target), Value::Smi(7), None)?;
///         Ok::<_, weak_refs::WeakError>(())
///     })?;
///     scope.collect();
///     assert!(cleaned.try_recv().is_err(), "a collection calls nobody");
///     assert_eq!(agent.run_cleanup(scope, usize::MAX)?, 1);
///     assert_eq!(cleaned.try_recv(), Ok(7));
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Agent {
    kept: Option<Global>,
    /// In the order in which their turn comes.
    enrolled: VecDeque<Enrolled>,
}

struct Enrolled {
    /// A weak cell with the registry's.
    registry: Global,
    callback: Callback,
}

impl Agent {
    /// An agent with nothing kept and no registry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps `target` alive to the end of the job (AddToKeptObjects); expected constant time.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit, or for another heap than that of what is kept.
    pub fn keep(&mut self, scope: &mut Scope<'_>, target: Local<'_>) -> Result<(), WeakError> {
        scope.scope(|scope| {
            let kept = self.kept(scope)?;
            if scope.ephemeron_has(kept, target)? {
                return Ok(());
            }
            let link = scope.alloc(Kind::Array, 2, 0)?;
            let rest = scope.get(kept, LIST)?;
            scope.set(link, 0, Value::Ref(target))?;
            scope.set(link, 1, rest)?;
            scope.set(kept, LIST, Value::Ref(link))?;
            scope.ephemeron_set(kept, target, Value::Undefined)?;
            Ok(())
        })
    }

    fn kept<'t>(&mut self, scope: &mut Scope<'t>) -> Result<Local<'t>, WeakError> {
        if let Some(kept) = &self.kept {
            return Ok(scope.local(kept)?);
        }
        let kept = scope.alloc(Kind::Array, 2, 0)?;
        let seen = scope.alloc_ephemeron_table(4)?;
        scope.set(kept, SEEN, Value::Ref(seen))?;
        self.kept = Some(scope.global(kept)?);
        Ok(kept)
    }

    /// Ends the job: what it kept may be collected (ClearKeptObjects).
    pub fn end_job(&mut self) {
        self.kept = None;
    }

    /// Has `callback` called for each held value that [`run_cleanup`](Self::run_cleanup) takes out
    /// of `registry`. It does not keep the registry: one that is collected calls nobody.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit.
    pub fn enroll(
        &mut self,
        scope: &mut Scope<'_>,
        registry: FinalizationRegistry<'_>,
        callback: impl FnMut(&mut Agent, &mut Scope<'_>, Value<'_>) + Send + 'static,
    ) -> Result<(), WeakError> {
        scope.scope(|scope| {
            let weak = scope.alloc_weak_cell(registry.cell())?;
            let registry = scope.global(weak)?;
            self.enrolled.push_back(Enrolled { registry, callback: Box::new(callback) });
            Ok(())
        })
    }

    /// Runs the cleanup jobs: calls the callbacks of the enrolled registries for at most `limit`
    /// held values of dead targets, and says for how many (CleanupFinalizationRegistry).
    ///
    /// The host calls it between jobs, never the heap. Each call of a callback is a job. Registries
    /// take turns, so that a small limit starves none. A callback may register, unregister and
    /// enroll.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for another heap; no held value is lost.
    ///
    /// # Panics
    /// Where a callback does; its registry is then no longer enrolled.
    pub fn run_cleanup(&mut self, scope: &mut Scope<'_>, limit: usize) -> Result<usize, WeakError> {
        self.end_job();
        let mut called = 0;
        for _ in 0..self.enrolled.len() {
            if called == limit {
                break;
            }
            let Some(mut entry) = self.enrolled.pop_front() else { break };
            let cleaned = self.clean(scope, &mut entry, limit - called);
            if !matches!(cleaned, Ok(None)) {
                self.enrolled.push_back(entry);
            }
            called += cleaned?.unwrap_or(0);
        }
        Ok(called)
    }

    /// Cleans up one registry; `None` if it is dead.
    fn clean(
        &mut self,
        scope: &mut Scope<'_>,
        entry: &mut Enrolled,
        limit: usize,
    ) -> Result<Option<usize>, WeakError> {
        scope.scope(|scope| {
            let weak = scope.local(&entry.registry)?;
            let Some(cell) = scope.weak_target(weak)? else { return Ok(None) };
            let registry = FinalizationRegistry::from_cell(scope, cell)?;
            let called = registry.cleanup_some(scope, limit, |scope, held| {
                (entry.callback)(self, scope, held);
                self.end_job();
            })?;
            Ok(Some(called))
        })
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent").field("registries", &self.enrolled.len()).finish_non_exhaustive()
    }
}
