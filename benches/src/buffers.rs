//! Buffers: allocate, write one byte, drop, a million times over; and hold a hundred thousand.

use crate::{Implementation, Workload};
use slab_buffer::{Buffer, Pool, PoolOptions, Reuse};
use std::hint::black_box;

/// The workloads that allocate and drop; their size is the number of millions.
pub const SMALL: Workload = Workload { name: "alloc-64B", implementations: &all::<64>() };
/// See [`SMALL`].
pub const MIDDLE: Workload = Workload { name: "alloc-1KiB", implementations: &all::<1024>() };
/// See [`SMALL`].
pub const LARGE: Workload = Workload { name: "alloc-4KiB", implementations: &all::<4096>() };
/// See [`SMALL`].
pub const HUGE: Workload = Workload { name: "alloc-64KiB", implementations: &all::<65536>() };

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
            let reuse = if LENGTH < 4096 { Reuse::Node } else { Reuse::Recycle };
            let pool = Pool::new(PoolOptions::default().with_reuse(reuse));
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
        ("mimalloc", |millions| repeat(millions, mimalloc::<LENGTH>)),
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

#[cfg(feature = "peers")]
const ALL: usize = 4;
#[cfg(not(feature = "peers"))]
const ALL: usize = 2;

/// The allocator alone: less than a vector on it would take.
#[cfg(feature = "peers")]
fn mimalloc<const LENGTH: usize>() {
    use std::alloc::{GlobalAlloc, Layout};
    let layout = Layout::array::<u8>(black_box(LENGTH)).expect("a layout");
    // SAFETY: the layout is not empty; what was allocated is written within its length and freed
    // with its layout, once.
    #[allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "an allocator's calls")]
    unsafe {
        let start = mimalloc::MiMalloc.alloc(layout);
        if !start.is_null() {
            start.write(1);
            mimalloc::MiMalloc.dealloc(black_box(start), layout);
        }
    }
}

fn repeat(millions: usize, mut once: impl FnMut()) -> u64 {
    for _ in 0..millions * 1_000_000 {
        once();
    }
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
