//! What the owner of external memory is to be told. Its code is other people's: it may use the pool,
//! drop its last handle, or panic. So a notice is given when nothing is half done, and by who needs
//! nothing of the pool any more. No unsafe code.

use crate::ExternalMemory;
use std::sync::Arc;

/// A call that is due.
#[must_use]
pub(super) struct Notice {
    external: Arc<dyn ExternalMemory>,
    bytes: isize,
}

impl Notice {
    /// The notice of a change by `bytes`, if that is a change and someone listens.
    pub fn new(external: Option<&Arc<dyn ExternalMemory>>, bytes: isize) -> Option<Self> {
        let external = external.filter(|_| bytes != 0)?.clone();
        Some(Self { external, bytes })
    }

    pub fn give(self) {
        self.external.adjust(self.bytes);
    }
}
