//! Payloads whose cells have died. Their `Drop` is the program's code: it may panic, and it may use what the
//! program likes, so it runs when a collection's books are finished, and on one payload at a time.

use core::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Payloads that wait to be dropped.
#[derive(Default)]
pub(crate) struct PendingFinalizers(Vec<Box<dyn Any + Send>>);

impl PendingFinalizers {
    pub fn push(&mut self, payload: Box<dyn Any + Send>) {
        self.0.push(payload);
    }

    /// Drops one payload after the other, in the order in which their cells were found dead unless a panic came
    /// between.
    ///
    /// # Panics
    /// Where a payload's drop does: those behind it go on waiting.
    pub fn run(&mut self) {
        self.0.reverse();
        while let Some(payload) = self.0.pop() {
            drop(payload);
        }
        // A burst of dead natives leaves no lasting memory.
        self.0 = Vec::new();
    }

    pub fn drain(&mut self) -> impl Iterator<Item = Box<dyn Any + Send>> {
        self.0.drain(..)
    }
}

/// Drops all that it is given, whichever panics. The first panic goes on when it is dropped itself, unless another
/// one is on its way.
#[derive(Default)]
pub(crate) struct DropAll {
    panic: Option<Box<dyn Any + Send>>,
}

impl DropAll {
    pub fn drop<T>(&mut self, value: T) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
            match self.panic {
                None => self.panic = Some(panic),
                Some(_) => discard(panic),
            }
        }
    }
}

impl Drop for DropAll {
    fn drop(&mut self) {
        let Some(panic) = self.panic.take() else { return };
        if std::thread::panicking() {
            discard(panic);
        } else {
            resume_unwind(panic);
        }
    }
}

/// Drops a panic's value, which may panic in its turn.
fn discard(panic: Box<dyn Any + Send>) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        core::mem::forget(panic);
    }
}
