//! Tasks that are woken together, after the queue is unlocked.

use core::task::Waker;
use std::collections::VecDeque;

/// Tasks to be woken, all of them even if waking one panics. No lock is held meanwhile: wakers run the
/// code of others.
#[derive(Default)]
pub(super) struct WakeAll {
    /// The first of them, so that one alone costs no allocation.
    first: Option<Waker>,
    others: VecDeque<Waker>,
}

impl WakeAll {
    pub(super) fn push(&mut self, task: Waker) {
        if self.first.is_none() {
            self.first = Some(task);
        } else {
            self.others.push_back(task);
        }
    }

    pub(super) fn wake(mut self) {
        self.wake_each();
    }

    fn wake_each(&mut self) {
        while let Some(task) = self.first.take().or_else(|| self.others.pop_front()) {
            task.wake();
        }
    }
}

impl Drop for WakeAll {
    fn drop(&mut self) {
        self.wake_each();
    }
}

impl FromIterator<Waker> for WakeAll {
    fn from_iter<I: IntoIterator<Item = Waker>>(tasks: I) -> Self {
        let mut all = Self::default();
        tasks.into_iter().for_each(|task| all.push(task));
        all
    }
}
