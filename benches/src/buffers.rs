//! Buffers: allocate, write one byte and drop, a million times; the same in a ring of a thousand live buffers; and hold a
//! hundred thousand. The unsafe code calls an allocator.

use crate::workload::{Implementation, Workload};
use slab_buffer::{Buffer, Pool, PoolOptions, Reuse};
#[cfg(feature = "peers")]
use std::alloc::{GlobalAlloc, Layout, handle_alloc_error};
use std::hint::black_box;

/// The workloads that allocate and drop; their size is the number of millions.
pub const SMALL: Workload = Workload { name: "alloc-64B", implementations: &all::<64>() };
/// See [`SMALL`].
pub const MIDDLE: Workload = Workload { name: "alloc-1KiB", implementations: &all::<1024>() };
/// See [`SMALL`].
pub const LARGE: Workload = Workload { name: "alloc-4KiB", implementations: &all::<4096>() };
/// See [`SMALL`].
pub const HUGE: Workload = Workload { name: "alloc-64KiB", implementations: &all::<65536>() };

/// The workloads that allocate in a ring of a thousand live buffers; sizes as above.
pub const RING_SMALL: Workload = Workload { name: "ring-64B", implementations: &rings::<64>() };
/// See [`RING_SMALL`].
pub const RING_MIDDLE: Workload = Workload { name: "ring-1KiB", implementations: &rings::<1024>() };
/// See [`RING_SMALL`].
pub const RING_LARGE: Workload = Workload { name: "ring-4KiB", implementations: &rings::<4096>() };
/// See [`RING_SMALL`].
pub const RING_HUGE: Workload = Workload { name: "ring-64KiB", implementations: &rings::<65536>() };

/// The workload that holds filled buffers of 64 bytes; its size is how many.
pub const HELD: Workload = Workload {
    name: "hold-64B",
    implementations: &[
        ("slab-buffer", |count| {
            let pool = Pool::new(PoolOptions::default());
            hold(count, || pool.alloc_unsafe(64).expect("memory"))
        }),
        ("Vec", |count| hold(count, || vec![0; 64])),
        ("handles", |count| hold(count, || [0_u8; size_of::<Buffer>()])),
    ],
};

const fn all<const LENGTH: usize>() -> [Implementation; ALL] {
    [
        ("slab-buffer", |millions| {
            let pool = Pool::new(options(LENGTH));
            repeat(millions, || {
                let mut buffer = pool.alloc_unsafe(black_box(LENGTH)).expect("memory");
                buffer[0] = 1;
                black_box(&buffer);
            })
        }),
        ("Vec", |millions| {
            repeat(millions, || {
                let mut buffer: Vec<u8> = Vec::with_capacity(black_box(LENGTH));
                buffer.push(1);
                black_box(&buffer);
            })
        }),
        #[cfg(feature = "peers")]
        ("mimalloc", |millions| {
            repeat(millions, || {
                let mut buffer = Mimalloc::with_capacity(black_box(LENGTH));
                buffer.push(1);
                black_box(&buffer);
            })
        }),
        #[cfg(feature = "peers")]
        ("BytesMut", |millions| {
            repeat(millions, || {
                let mut buffer = bytes::BytesMut::with_capacity(black_box(LENGTH));
                buffer.extend_from_slice(&[1]);
                black_box(&buffer);
            })
        }),
    ]
}

const fn rings<const LENGTH: usize>() -> [Implementation; ALL] {
    [
        ("slab-buffer", |millions| {
            let pool = Pool::new(options(LENGTH));
            ring(millions, || {
                let mut buffer = pool.alloc_unsafe(black_box(LENGTH)).expect("memory");
                buffer[0] = 1;
                buffer
            })
        }),
        ("Vec", |millions| {
            ring(millions, || {
                let mut buffer: Vec<u8> = Vec::with_capacity(black_box(LENGTH));
                buffer.push(1);
                buffer
            })
        }),
        #[cfg(feature = "peers")]
        ("mimalloc", |millions| {
            ring(millions, || {
                let mut buffer = Mimalloc::with_capacity(black_box(LENGTH));
                buffer.push(1);
                buffer
            })
        }),
        #[cfg(feature = "peers")]
        ("BytesMut", |millions| {
            ring(millions, || {
                let mut buffer = bytes::BytesMut::with_capacity(black_box(LENGTH));
                buffer.extend_from_slice(&[1]);
                buffer
            })
        }),
    ]
}

/// The pool for buffers of that length: the large ones are recycled, up to a thousand.
#[must_use]
pub fn options(length: usize) -> PoolOptions {
    let reuse = if length < 4096 { Reuse::Node } else { Reuse::Recycle };
    PoolOptions { max_kept_bytes: 64 << 20, ..PoolOptions::default().with_reuse(reuse) }
}

#[cfg(feature = "peers")]
const ALL: usize = 4;
#[cfg(not(feature = "peers"))]
const ALL: usize = 2;

/// A vector of bytes on mimalloc, in a process whose other memory is the system allocator's.
#[cfg(feature = "peers")]
pub struct Mimalloc {
    start: std::ptr::NonNull<u8>,
    capacity: usize,
    length: usize,
}

// SAFETY: the memory is this value's alone, and mimalloc takes it back on any thread.
#[cfg(feature = "peers")]
#[allow(unsafe_code, reason = "a handle of memory of its own")]
unsafe impl Send for Mimalloc {}

#[cfg(feature = "peers")]
#[allow(unsafe_code, reason = "an allocator's calls")]
impl Mimalloc {
    /// An empty vector with room for `capacity` bytes, at least one.
    #[inline(always)]
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let layout = Self::layout(capacity);
        assert_ne!(capacity, 0, "an allocation of some bytes");
        // SAFETY: the layout is not empty.
        let start = unsafe { mimalloc::MiMalloc.alloc(layout) };
        let Some(start) = std::ptr::NonNull::new(start) else { handle_alloc_error(layout) };
        Self { start, capacity, length: 0 }
    }

    /// Adds a byte.
    ///
    /// # Panics
    /// If it does not fit.
    #[inline(always)]
    pub fn push(&mut self, byte: u8) {
        assert!(self.length < self.capacity, "room for a byte");
        // SAFETY: the place lies in the allocation.
        let place = unsafe { self.start.add(self.length) };
        // SAFETY: as above, and it is this value's alone.
        unsafe { place.write(byte) };
        self.length += 1;
    }

    fn layout(capacity: usize) -> Layout {
        Layout::array::<u8>(capacity).expect("a layout")
    }
}

#[cfg(feature = "peers")]
#[allow(unsafe_code, reason = "an allocator's calls")]
impl Drop for Mimalloc {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the memory was allocated with this layout, and is used no more.
        unsafe { mimalloc::MiMalloc.dealloc(self.start.as_ptr(), Self::layout(self.capacity)) };
    }
}

fn repeat(millions: usize, mut once: impl FnMut()) -> u64 {
    for _ in 0..millions * 1_000_000 {
        once();
    }
    millions as u64
}

/// Each allocation replaces the one a thousand before it.
fn ring<B>(millions: usize, mut make: impl FnMut() -> B) -> u64 {
    let mut ring: Vec<B> = (0..1000).map(|_| make()).collect();
    for _ in 0..millions * 1000 {
        for place in &mut ring {
            *place = make();
        }
    }
    black_box(&ring);
    millions as u64
}

fn hold<B: AsMut<[u8]>>(count: usize, mut make: impl FnMut() -> B) -> u64 {
    let mut held: Vec<B> = Vec::with_capacity(count);
    for i in 0..count {
        let mut buffer = make();
        buffer.as_mut().fill(i as u8);
        held.push(buffer);
    }
    black_box(&mut held).len() as u64
}
