//! Plain allocations, for systems without mappings (WebAssembly) or with ones that can't be given back in parts
//! (Windows, as far as the library goes). What is reserved counts as used there, and nothing is given back
//! before all of a piece is.
#![expect(unsafe_code, reason = "memory is allocated")]

use super::Memory;
use core::ops::Range;
use core::ptr::NonNull;
use std::alloc::{Layout, alloc_zeroed, dealloc};

/// What the pieces are aligned to by the allocator: with more it would write the zeros itself.
const ALIGN: usize = 16;

pub struct Plain {
    block: NonNull<u8>,
    layout: Layout,
    start: usize,
}

// SAFETY: the block is this one's alone.
unsafe impl Send for Plain {}

// SAFETY: the block is as long as what may lie before an aligned address and `length`, and was allocated as zeros.
unsafe impl Memory for Plain {
    fn zeroed(length: usize, align: usize) -> Option<Self> {
        let layout = Layout::from_size_align(length.checked_add(align)?, ALIGN).ok()?;
        // SAFETY: an alignment is at least 1, so the size is not 0.
        let block = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        let start = (block.as_ptr() as usize).next_multiple_of(align);
        Some(Self { block, layout, start })
    }

    fn start(&self) -> usize {
        self.start
    }

    fn page() -> usize {
        4096
    }

    fn give_back(&self, _: Range<usize>) {}
}

impl Drop for Plain {
    fn drop(&mut self) {
        // SAFETY: it was allocated with this layout, and goes once.
        unsafe { dealloc(self.block.as_ptr(), self.layout) };
    }
}
