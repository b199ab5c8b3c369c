//! Tasks that are woken together, after the queue is unlocked.

use core::task::Waker;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread::panicking;

/// Tasks to be woken, all of them even if waking one panics. No lock is held meanwhile: wakers run the
/// code of others.
#[derive(Default)]
pub(super) struct WakeAll {
    /// The first of them, so that one alone costs no allocation.
    first: Option<Waker>,
    others: Vec<Waker>,
}

impl WakeAll {
    /// Wakes the tasks. The first panic of one goes on, unless another panic is on its way already: a
    /// second one would abort the process.
    #[inline]
    pub(super) fn wake(self) {
        match self {
            // The panic of one alone goes on by itself.
            Self { first: Some(task), others } if others.is_empty() && !panicking() => task.wake(),
            Self { first: None, .. } => {}
            all => all.wake_each(),
        }
    }

    fn wake_each(self) {
        let mut panicked = None;
        for task in self.first.into_iter().chain(self.others) {
            let woken = catch_unwind(AssertUnwindSafe(|| task.wake()));
            panicked = panicked.or(woken.err());
        }
        if let Some(panic) = panicked
            && !panicking()
        {
            resume_unwind(panic);
        }
    }
}

impl Extend<Waker> for WakeAll {
    fn extend<I: IntoIterator<Item = Waker>>(&mut self, tasks: I) {
        for task in tasks {
            if self.first.is_none() {
                self.first = Some(task);
            } else {
                self.others.push(task);
            }
        }
    }
}

impl FromIterator<Waker> for WakeAll {
    fn from_iter<I: IntoIterator<Item = Waker>>(tasks: I) -> Self {
        let mut all = Self::default();
        all.extend(tasks);
        all
    }
}
