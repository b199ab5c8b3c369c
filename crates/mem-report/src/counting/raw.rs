//! Memory for what the counting allocator keeps of its own.

#![expect(unsafe_code, reason = "it is memory of the system's allocator, not of the counted one")]

use core::alloc::{GlobalAlloc, Layout};
use std::alloc::System;

/// A value that is never freed, in memory of the system's allocator; none if that has no more. A value of size 0
/// needs no memory and gets none.
pub fn leak<T: Sync + 'static>(value: T) -> Option<&'static T> {
    if size_of::<T>() == 0 {
        return None;
    }
    // SAFETY: the layout is not of size 0, as was just checked.
    let pointer: *mut T = unsafe { System.alloc(Layout::new::<T>()) }.cast();
    if pointer.is_null() {
        return None;
    }
    // SAFETY: the allocator gave memory of a `T`'s size and alignment, which is nobody else's.
    unsafe { pointer.write(value) };
    // SAFETY: the value was just written, is never freed, and is only shared from now on.
    Some(unsafe { &*pointer })
}
