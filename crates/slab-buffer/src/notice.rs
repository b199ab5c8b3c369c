//! Notices to the owner of external memory. The owner is foreign code: it may use the pool, drop its last handle, or
//! panic. So a notice is the last thing that a call does, when the pool is consistent.

use crate::options::ExternalMemory;
use std::sync::Arc;

/// A call that is due.
#[must_use]
pub(crate) struct Notice {
    external: Arc<dyn ExternalMemory>,
    bytes: isize,
}

impl Notice {
    /// The notice of a change by `bytes`, if `bytes` is not 0 and there is an owner.
    pub fn new(external: Option<&Arc<dyn ExternalMemory>>, bytes: isize) -> Option<Self> {
        let external = external.filter(|_| bytes != 0)?.clone();
        Some(Self { external, bytes })
    }

    pub fn give(self) {
        self.external.adjust(self.bytes);
    }
}

/// Gives a notice, if there is one.
#[cold]
#[inline(never)]
pub(crate) fn give(notice: Option<Notice>) {
    if let Some(notice) = notice {
        notice.give();
    }
}
