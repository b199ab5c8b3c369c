//! A core that any thread may use, one at a time.

use super::NOBODY;
use super::core::Core;
use super::stores::give;
use crate::PoolOptions;
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) struct Locked(Mutex<Core>);

impl Locked {
    /// A core whose stores no thread owns.
    pub fn new(options: PoolOptions) -> Self {
        Self(Mutex::new(Core::locked(options, NOBODY)))
    }

    pub fn core(&self) -> Guard<'_> {
        Guard(Some(self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// A locked core; the external memory's owner is told when it is unlocked.
pub(crate) struct Guard<'a>(Option<MutexGuard<'a, Core>>);

impl Deref for Guard<'_> {
    type Target = Core;

    #[inline]
    fn deref(&self) -> &Core {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for Guard<'_> {
    #[inline]
    fn drop(&mut self) {
        let Some(core) = self.0.take() else { return };
        let notice = core.notice();
        drop(core);
        give(notice);
    }
}

// SAFETY: no store of the core is biased, so none uses its pointer to the core or a thread's cells;
// the core itself is reached under the lock alone.
unsafe impl Send for Locked {}
// SAFETY: as above.
unsafe impl Sync for Locked {}
