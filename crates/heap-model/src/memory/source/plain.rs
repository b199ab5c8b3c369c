//! Plain allocations, for systems without mappings (WebAssembly) or whose mappings cannot be given back in parts (Windows,
//! by the library that is used). Reserved memory counts as used there, and a piece is only given back as a whole.
#![expect(unsafe_code, reason = "memory is allocated")]

use super::Memory;
use core::ops::Range;
use core::ptr::NonNull;
use std::alloc::{Layout, alloc_zeroed, dealloc};

/// The alignment that is requested of the allocator: with a larger one it would write the zeros itself.
const ALIGN: usize = 16;

pub struct Plain {
    block: NonNull<u8>,
    layout: Layout,
    start: usize,
}

// SAFETY: the block is exclusive.
unsafe impl Send for Plain {}

// SAFETY: the block has room for `length` bytes after an aligned address, and was allocated as zeros.
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
        // SAFETY: it was allocated with this layout, and is freed once.
        unsafe { dealloc(self.block.as_ptr(), self.layout) };
    }
}
