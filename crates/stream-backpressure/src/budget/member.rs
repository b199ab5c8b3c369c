//! What a budget knows of one stream.

use core::task::Waker;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A stream that holds bytes of a budget: [`Budget::holders`](crate::Budget::holders).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The stream's number, in the order in which streams joined the budget.
    pub id: u64,
    /// The name that the stream was given: [`Options::with_budget_as`](crate::Options::with_budget_as).
    pub label: Option<Arc<str>>,
    /// Bytes that are charged to it: held, or reserved for its next write.
    pub bytes: usize,
}

/// A stream that takes part in a budget. What each write touches comes first, so that it lies together.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Member {
    /// Bytes charged to the stream; written by the stream alone.
    charged: AtomicUsize,
    /// Bytes that were granted in the stream's turn and that it has not taken yet. The queue writes it
    /// while the stream waits, the stream afterwards; a grant happens before the stream's task is woken.
    pub(super) granted: AtomicUsize,
    /// The key among the budget's members.
    pub(super) key: usize,
    /// The stream is to yield. Sequentially consistent with `task`: whoever sets it takes the task then.
    pub(super) evicted: AtomicBool,
    /// The stream's task, where it is to be woken for that.
    task: Mutex<Option<Waker>>,
    pub(super) id: u64,
    label: Option<Arc<str>>,
}

impl Member {
    pub(super) fn new(id: u64, key: usize, label: Option<Arc<str>>) -> Self {
        Self {
            id,
            key,
            label,
            charged: AtomicUsize::new(0),
            granted: AtomicUsize::new(0),
            evicted: AtomicBool::new(false),
            task: Mutex::new(None),
        }
    }

    /// Bytes charged to the stream, what it has reserved included.
    #[inline]
    pub(super) fn charged(&self) -> usize {
        self.charged.load(Relaxed)
    }

    /// Only the stream itself calls this.
    #[inline]
    pub(super) fn set_charged(&self, bytes: usize) {
        self.charged.store(bytes, Relaxed);
    }

    pub(super) fn bytes(&self) -> usize {
        self.charged().saturating_add(self.granted.load(Relaxed))
    }

    pub(super) fn as_holder(&self) -> Option<Holder> {
        let bytes = self.bytes();
        (bytes > 0).then(|| Holder { id: self.id, label: self.label.clone(), bytes })
    }

    /// The task that is to be woken for an eviction.
    pub(super) fn take_task(&self) -> Option<Waker> {
        self.lock_task().take()
    }

    /// Sets that task.
    pub(super) fn set_task(&self, waker: &Waker) {
        if !self.lock_task().as_ref().is_some_and(|task| task.will_wake(waker)) {
            // A waker's clone and drop are the code of others.
            let task = waker.clone();
            let before = self.lock_task().replace(task);
            drop(before);
        }
    }

    fn lock_task(&self) -> MutexGuard<'_, Option<Waker>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
