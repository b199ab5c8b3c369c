//! The agent: what a job keeps alive, and the cleanup jobs of registries (ECMA-262, 9.10 to 9.12).
//!
//! Kept targets are in the heap: a list, and a table that says which cells the list has, both under one owned root
//! that ends with the job. The agent owns a registry's callback and refers weakly to its cell, so a registry can
//! die while it is enrolled.
//!
//! Invariant: whatever a callback does, its registry stays enrolled: the drop of its `Turn` puts it back.

use super::error::{CleanupError, WeakError};
use super::finalization_registry::FinalizationRegistry;
use core::convert::Infallible;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use heap_model::{Global, Kind, Local, Scope, Value, shapes};
use std::collections::VecDeque;
use std::sync::Arc;

/// The slot of the table of kept targets: the first, where the heap's operations look for a table.
const SEEN: usize = 0;
const LIST: usize = 1;

/// Is called as a job of its own for each held value.
type Callback<C, E> = Box<dyn FnMut(CleanupJob<'_, '_, C, E>, Value<'_>) -> Result<(), E> + Send>;

/// What a cleanup callback gets beside the held value.
pub struct CleanupJob<'a, 's, C = (), E = Infallible> {
    /// The agent: a callback may enroll registries and run the cleanup of others.
    pub agent: &'a mut Agent<C, E>,
    /// The scope of the held value's handle.
    pub scope: &'a mut Scope<'s>,
    /// The host's, as given to [`Agent::run_cleanup_with`].
    pub context: &'a mut C,
}

/// A program's host for weak references: it has the targets that live to the end of the job (KeepDuringJob), and the
/// registries whose cleanup it runs.
///
/// One agent serves one heap; another heap's cells give an error. `C` is the context that callbacks get, and `E` their
/// error: [`Agent::new`] makes an agent without either, [`Agent::default`] one with any.
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
///     agent.enroll(scope, registry, move |_, held| {
///         if let Value::Smi(number) = held {
///             let _ = sender.send(number);
///         }
///         Ok(())
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
pub struct Agent<C = (), E = Infallible> {
    kept: Option<Global>,
    /// In the order of their turns.
    enrolled: VecDeque<Enrolled<C, E>>,
    /// The registries whose turn it is: several while a callback runs the cleanup of other registries.
    in_turn: Vec<Arc<Global>>,
    /// Unique, and never 0. A registry's cell has the number of the agent that enrolled it last.
    number: u64,
}

struct Enrolled<C, E> {
    /// A weak cell whose target is the registry's cell.
    registry: Arc<Global>,
    callback: Callback<C, E>,
}

impl Agent {
    /// An agent without kept targets and registries, whose callbacks have no context and do not fail.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl<E> Agent<(), E> {
    /// Runs cleanup jobs whose callbacks have no context; see [`run_cleanup_with`](Self::run_cleanup_with).
    ///
    /// # Errors
    /// [`CleanupError::Callback`] and [`CleanupError::Weak`], as [`run_cleanup_with`](Self::run_cleanup_with).
    ///
    /// # Panics
    /// If a callback panics; no other held value is lost.
    pub fn run_cleanup(
        &mut self,
        scope: &mut Scope<'_>,
        limit: usize,
    ) -> Result<usize, CleanupError<E>> {
        self.run_cleanup_with(scope, &mut (), limit)
    }
}

impl<C, E> Agent<C, E> {
    /// Keeps `target` alive to the end of the job (AddToKeptObjects); expected constant time.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit, or for another heap than that of the targets kept before.
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

    /// Ends the job: its kept targets may be collected (ClearKeptObjects). Constant time.
    pub fn end_job(&mut self) {
        self.kept = None;
    }

    /// Makes `callback` the receiver of the held values that [`run_cleanup`](Agent::run_cleanup) takes out of
    /// `registry`. The agent does not keep the registry alive, and a registry that was collected delivers nothing.
    /// Constant time, or linear in the enrolled registries if another agent has enrolled this one.
    ///
    /// # Errors
    /// [`WeakError::AlreadyEnrolled`] if the registry has a callback here; [`WeakError::Heap`] at the heap's limit.
    pub fn enroll(
        &mut self,
        scope: &mut Scope<'_>,
        registry: FinalizationRegistry<'_>,
        callback: impl FnMut(CleanupJob<'_, '_, C, E>, Value<'_>) -> Result<(), E> + Send + 'static,
    ) -> Result<(), WeakError> {
        let enrolled = match registry.agent(scope)? {
            0 => false,
            number => number == self.number || self.has(scope, registry)?,
        };
        if enrolled {
            return Err(WeakError::AlreadyEnrolled);
        }
        scope.scope(|scope| {
            let weak = shapes::weak_ref(scope, registry.cell())?;
            let root = Arc::new(scope.global(weak)?);
            let entry = Enrolled { registry: root, callback: Box::new(callback) };
            self.enrolled.push_back(entry);
            registry.set_agent(scope, self.number)
        })
    }

    /// Searches all enrolled registries, those whose turn it is included.
    fn has(
        &self,
        scope: &mut Scope<'_>,
        registry: FinalizationRegistry<'_>,
    ) -> Result<bool, WeakError> {
        let waiting = self.enrolled.iter().map(|entry| &entry.registry);
        for root in waiting.chain(&self.in_turn) {
            let is_it = scope.scope(|scope| {
                let weak = scope.local(root)?;
                let cell = scope.weak_target(weak)?;
                Ok::<_, WeakError>(cell.is_some_and(|cell| scope.same(cell, registry.cell())))
            });
            if is_it? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Runs cleanup jobs: calls the callbacks of the enrolled registries for at most `limit` held values of dead
    /// targets, and returns the number of calls (CleanupFinalizationRegistry).
    ///
    /// The host calls it between jobs; the heap never does. Each call of a callback is a job. Registries take turns, so
    /// a small limit starves none. A callback may register, unregister and enroll.
    ///
    /// ```
    /// use heap_model::{Heap, HeapOptions, Kind, Value};
    /// use weak_refs::{Agent, CleanupError, FinalizationRegistry, WeakError};
    ///
    /// /// What callbacks use of the host.
    /// #[derive(Default)]
    /// struct Files {
    ///     closed: Vec<i32>,
    /// }
    ///
    /// let mut heap = Heap::new(HeapOptions::default())?;
    /// let mut agent = Agent::<Files, String>::default();
    /// let mut files = Files::default();
    /// heap.enter(|scope| -> Result<(), WeakError> {
    ///     let registry = FinalizationRegistry::new(scope)?;
    ///     agent.enroll(scope, registry, |job, held| {
    ///         let Value::Smi(file @ 0..) = held else { return Err("no file".to_owned()) };
    ///         job.context.closed.push(file);
    ///         Ok(())
    ///     })?;
    ///     for file in [3, -1, 4] {
    ///         scope.scope(|scope| {
    ///             let target = scope.alloc(Kind::Object, 1, 0)?;
    ///             let _ = registry.register(scope, Value::Ref(target), Value::Smi(file), None)?;
    ///             Ok::<_, WeakError>(())
    ///         })?;
    ///     }
    ///     scope.collect();
    ///     let failed = agent.run_cleanup_with(scope, &mut files, usize::MAX);
    ///     assert!(matches!(failed, Err(CleanupError::Callback(_))));
    ///     // The other held values come at the next run.
    ///     assert!(matches!(agent.run_cleanup_with(scope, &mut files, usize::MAX), Ok(1)));
    ///     Ok(())
    /// })?;
    /// assert_eq!(files.closed, [3, 4]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CleanupError::Callback`] with the error of a callback, and [`CleanupError::Weak`] for another heap. The
    /// callback that failed has consumed its held value; all others are delivered by the next run.
    ///
    /// # Panics
    /// If a callback panics. Its registry stays enrolled, and no other held value is lost.
    pub fn run_cleanup_with(
        &mut self,
        scope: &mut Scope<'_>,
        context: &mut C,
        limit: usize,
    ) -> Result<usize, CleanupError<E>> {
        self.end_job();
        let mut called = 0;
        for _ in 0..self.enrolled.len() {
            if called == limit {
                break;
            }
            let Some(entry) = self.enrolled.pop_front() else { break };
            self.in_turn.push(entry.registry.clone());
            let turn = Turn { agent: self, entry: Some(entry) };
            called += turn.clean(scope, context, limit - called)?;
        }
        Ok(called)
    }
}

/// The turn of a registry. Its drop ends the job, and enrolls the registry again unless that is dead.
struct Turn<'a, C, E> {
    agent: &'a mut Agent<C, E>,
    entry: Option<Enrolled<C, E>>,
}

impl<C, E> Turn<'_, C, E> {
    fn clean(
        mut self,
        scope: &mut Scope<'_>,
        context: &mut C,
        limit: usize,
    ) -> Result<usize, CleanupError<E>> {
        scope.scope(|scope| {
            let Self { agent, entry: turn } = &mut self;
            let Some(entry) = turn else { return Ok(0) };
            let weak = scope.local(&entry.registry).map_err(WeakError::from)?;
            let Some(cell) = scope.weak_target(weak).map_err(WeakError::from)? else {
                *turn = None;
                return Ok(0);
            };
            let registry = FinalizationRegistry::from_cell(scope, cell)?;
            registry.try_cleanup_some(scope, limit, |scope, held| {
                let result = (entry.callback)(CleanupJob { agent, scope, context }, held);
                agent.end_job();
                result
            })
        })
    }
}

impl<C, E> Drop for Turn<'_, C, E> {
    fn drop(&mut self) {
        self.agent.end_job();
        self.agent.in_turn.pop();
        self.agent.enrolled.extend(self.entry.take());
    }
}

impl<C, E> Default for Agent<C, E> {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { kept: None, enrolled: VecDeque::new(), in_turn: Vec::new(), number }
    }
}

impl<C, E> fmt::Debug for Agent<C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent").field("registries", &self.enrolled.len()).finish_non_exhaustive()
    }
}
