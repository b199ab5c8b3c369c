//! The parts of a buffer that was cut.
//!
//! Parts lie in a store of their own kind: a header without bytes, which counts the parts and which
//! holds the whole buffer. The last part that is released releases the whole one. So the pool knows
//! of one buffer, and a part can be cut and joined on any thread without the pool's part in it.

use super::buffer::Buffer;
use super::core::At;
use super::store::{Handle, Keeper};
use crate::AllocError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The keeper of a header whose parts are cut from a buffer.
struct Division {
    /// There until the last part is released.
    whole: Mutex<Option<Buffer>>,
}

impl Division {
    fn whole(&self) -> MutexGuard<'_, Option<Buffer>> {
        self.whole.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The header of two parts of a buffer that has a store.
pub(super) fn divide(whole: Buffer) -> Handle {
    let store = whole.store().expect("a buffer of some bytes");
    let (start, length) = (whole.offset(), whole.len());
    let keeper = Division { whole: Mutex::new(Some(whole)) };
    store.divided(start, length, Arc::new(keeper))
}

impl Keeper for Division {
    fn post(&self, _: Handle, _: u64) -> bool {
        unreachable!("no header of parts has an owner")
    }

    fn unpost(&self, _: Handle) {}

    fn take_back(&self, parts: Handle) {
        let whole = self.whole().take();
        // SAFETY: all parts are released, and nothing else holds a header of parts.
        unsafe { parts.free() };
        drop(whole);
    }

    fn alone(self: Arc<Self>, length: usize, at: At) -> Result<Buffer, AllocError> {
        let store = self.whole().as_ref().and_then(Buffer::store);
        store.expect("a part is there").keeper().alone(length, at)
    }
}
