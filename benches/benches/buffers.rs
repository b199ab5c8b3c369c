//! Allocate, write one byte, drop: slab-buffer beside Vec, BytesMut, bumpalo and opool.

use bytes::BytesMut;
use criterion::{Criterion, criterion_group, criterion_main};
use opool::{LocalPool, PoolAllocator};
use slab_buffer::{Pool, PoolOptions, Reuse};
use std::hint::black_box;

struct Vectors(usize);

impl PoolAllocator<Vec<u8>> for Vectors {
    fn allocate(&self) -> Vec<u8> {
        vec![0; self.0]
    }
}

fn allocate_and_drop(criterion: &mut Criterion) {
    for (length, name) in [(64, "64B"), (1024, "1KiB"), (4096, "4KiB"), (65536, "64KiB")] {
        let mut group = criterion.benchmark_group(format!("slab-buffer/alloc_unsafe/{name}"));
        let reuse = if length < 4096 { Reuse::Node } else { Reuse::Recycle };
        let pool = Pool::new(PoolOptions { reuse, ..PoolOptions::default() });
        group.bench_function("slab-buffer", |bencher| {
            bencher.iter(|| {
                let mut buffer = pool.alloc_unsafe(black_box(length)).expect("memory");
                buffer[0] = 1;
                black_box(&buffer);
            });
        });
        group.bench_function("Vec", |bencher| {
            bencher.iter(|| {
                let mut buffer: Vec<u8> = Vec::with_capacity(black_box(length));
                buffer.push(1);
                black_box(&buffer);
            });
        });
        group.bench_function("BytesMut", |bencher| {
            bencher.iter(|| {
                let mut buffer = BytesMut::with_capacity(black_box(length));
                buffer.extend_from_slice(&[1]);
                black_box(&buffer);
            });
        });
        let mut bump = bumpalo::Bump::with_capacity(1 << 20);
        group.bench_function("bumpalo", |bencher| {
            bencher.iter(|| {
                let buffer = bump.alloc_slice_fill_copy(1, 1_u8);
                black_box(bump.alloc_layout(layout(length)));
                black_box(buffer);
                if bump.allocated_bytes_including_metadata() > 8 << 20 {
                    bump.reset();
                }
            });
        });
        let objects = LocalPool::new(64, Vectors(length));
        group.bench_function("opool", |bencher| {
            bencher.iter(|| {
                let mut buffer = objects.get();
                buffer[0] = 1;
                black_box(&*buffer);
            });
        });
        group.finish();
    }
}

fn layout(length: usize) -> std::alloc::Layout {
    std::alloc::Layout::array::<u8>(black_box(length)).expect("a layout")
}

criterion_group!(benches, allocate_and_drop);
criterion_main!(benches);
