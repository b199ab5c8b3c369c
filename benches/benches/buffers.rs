//! Buffers beside Vec, a vector on mimalloc, BytesMut, bumpalo and opool: allocate, write one byte, drop; the same in a
//! ring of a thousand live ones; dropped on another thread; and from one pool on several threads.

use benches::buffers::{Mimalloc, options};
use bytes::BytesMut;
use criterion::{Criterion, criterion_group, criterion_main};
use opool::{LocalPool, PoolAllocator};
use slab_buffer::{Pool, SyncPool};
use std::hint::black_box;
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::Instant;

struct Vectors(usize);

impl PoolAllocator<Vec<u8>> for Vectors {
    fn allocate(&self) -> Vec<u8> {
        vec![0; self.0]
    }
}

const LENGTHS: [(usize, &str); 4] = [(64, "64B"), (1024, "1KiB"), (4096, "4KiB"), (65536, "64KiB")];

/// Keeps the compiler from removing what was done to the value.
#[inline(always)]
fn used<T>(value: &T) {
    black_box(value);
}

#[inline(always)]
fn vector(length: usize) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(black_box(length));
    buffer.push(1);
    buffer
}

#[inline(always)]
fn mimalloc(length: usize) -> Mimalloc {
    let mut buffer = Mimalloc::with_capacity(black_box(length));
    buffer.push(1);
    buffer
}

#[inline(always)]
fn bytes_mut(length: usize) -> BytesMut {
    let mut buffer = BytesMut::with_capacity(black_box(length));
    buffer.extend_from_slice(&[1]);
    buffer
}

#[inline(always)]
fn ours(pool: &Pool, length: usize) -> slab_buffer::Buffer {
    let mut buffer = pool.alloc_unsafe(black_box(length)).expect("memory");
    buffer[0] = 1;
    buffer
}

fn allocate_and_drop(criterion: &mut Criterion) {
    for (length, name) in LENGTHS {
        let mut group = criterion.benchmark_group(format!("slab-buffer/alloc_unsafe/{name}"));
        let pool = Pool::new(options(length));
        group.bench_function("slab-buffer", |bencher| {
            bencher.iter(|| used(&ours(&pool, length)));
        });
        let shared = SyncPool::new(options(length));
        group.bench_function("SyncPool", |bencher| {
            bencher.iter(|| {
                let mut buffer = shared.alloc_unsafe(black_box(length)).expect("memory");
                buffer[0] = 1;
                black_box(&buffer);
            });
        });
        group.bench_function("Vec", |bencher| bencher.iter(|| used(&vector(length))));
        group.bench_function("mimalloc", |bencher| bencher.iter(|| used(&mimalloc(length))));
        group.bench_function("BytesMut", |bencher| {
            bencher.iter(|| used(&bytes_mut(length)));
        });
        let mut bump = bumpalo::Bump::with_capacity(1 << 20);
        group.bench_function("bumpalo", |bencher| {
            bencher.iter(|| {
                let buffer = bump.alloc_layout(layout(length));
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

/// The floor for any pool: a handle of three words, dropped by a call, and a byte written to the next of `live` slots.
/// Nothing is allocated.
fn places(length: usize) -> impl FnMut() -> Place {
    let mut region = vec![0_u8; 1001 * (length + 16)];
    let mut at = 0;
    move || {
        let place = Place { at, _length: black_box(length), _region: 1 };
        region[at] = 1;
        at = if at + 2 * (length + 16) > region.len() { 0 } else { at + length + 16 };
        place
    }
}

struct Place {
    at: usize,
    _length: usize,
    _region: usize,
}

impl Drop for Place {
    #[inline(always)]
    fn drop(&mut self) {
        forgotten(self.at);
    }
}

#[inline(never)]
fn forgotten(at: usize) {
    black_box(at);
}

/// Each allocation replaces the one a thousand before it.
fn ring<T>(bencher: &mut criterion::Bencher<'_>, mut make: impl FnMut() -> T) {
    let mut ring: Vec<T> = (0..1000).map(|_| make()).collect();
    let mut at = 0;
    bencher.iter(|| {
        ring[at] = make();
        used(&ring[at]);
        at = if at == 999 { 0 } else { at + 1 };
    });
}

fn ring_of_a_thousand(criterion: &mut Criterion) {
    for (length, name) in LENGTHS {
        let mut group = criterion.benchmark_group(format!("slab-buffer/ring-of-1000/{name}"));
        let pool = Pool::new(options(length));
        group.bench_function("slab-buffer", |bencher| ring(bencher, || ours(&pool, length)));
        group.bench_function("Vec", |bencher| ring(bencher, || vector(length)));
        group.bench_function("mimalloc", |bencher| ring(bencher, || mimalloc(length)));
        group.bench_function("floor", |bencher| ring(bencher, places(length)));
        group.bench_function("BytesMut", |bencher| ring(bencher, || bytes_mut(length)));
        let objects = LocalPool::new_prefilled(1001, Vectors(length));
        group.bench_function("opool", |bencher| {
            ring(bencher, || {
                let mut buffer = objects.get();
                buffer[0] = 1;
                buffer
            });
        });
        group.finish();
    }
}

/// Batches of a thousand go to a thread that drops them.
fn elsewhere<T: Send + 'static>(bencher: &mut criterion::Bencher<'_>, mut make: impl FnMut() -> T) {
    let (sender, receiver) = mpsc::sync_channel::<Vec<T>>(1);
    let (back, returned) = mpsc::channel::<Vec<T>>();
    let dropper = thread::spawn(move || {
        for mut batch in receiver {
            batch.clear();
            if back.send(batch).is_err() {
                break;
            }
        }
    });
    back_and_forth(bencher, &sender, &returned, &mut make);
    drop((sender, returned));
    dropper.join().expect("the dropper ends");
}

fn back_and_forth<T>(
    bencher: &mut criterion::Bencher<'_>,
    sender: &mpsc::SyncSender<Vec<T>>,
    returned: &mpsc::Receiver<Vec<T>>,
    make: &mut impl FnMut() -> T,
) {
    let mut batch = Vec::with_capacity(1000);
    bencher.iter(|| {
        batch.extend(std::iter::repeat_with(&mut *make).take(1000));
        sender.send(std::mem::take(&mut batch)).expect("the dropper is there");
        batch = returned.recv().expect("the dropper is there");
    });
}

fn dropped_elsewhere(criterion: &mut Criterion) {
    for (length, name) in LENGTHS {
        let mut group =
            criterion.benchmark_group(format!("slab-buffer/1000-dropped-elsewhere/{name}"));
        let pool = Pool::new(options(length));
        group.bench_function("slab-buffer", |bencher| elsewhere(bencher, || ours(&pool, length)));
        group.bench_function("Vec", |bencher| elsewhere(bencher, || vector(length)));
        group.bench_function("mimalloc", |bencher| elsewhere(bencher, || mimalloc(length)));
        group.bench_function("BytesMut", |bencher| elsewhere(bencher, || bytes_mut(length)));
        group.finish();
    }
}

/// The number of threads that use one pool.
const THREADS: [usize; 3] = [1, 2, 4];

/// The time of the slowest thread. Each thread makes the same number of buffers, and drops each immediately or, with a
/// ring, a thousand later.
fn together<T>(
    bencher: &mut criterion::Bencher<'_>,
    (threads, ring): (usize, bool),
    make: impl Fn() -> T + Sync,
) {
    let work = |times: u64, start: &Barrier| {
        let mut ring: Vec<T> = (0..if ring { 1000 } else { 0 }).map(|_| make()).collect();
        start.wait();
        let begin = Instant::now();
        let mut at = 0;
        for _ in 0..times {
            let buffer = make();
            used(&buffer);
            if let Some(place) = ring.get_mut(at) {
                *place = buffer;
                at = if at == 999 { 0 } else { at + 1 };
            }
        }
        begin.elapsed()
    };
    bencher.iter_custom(|times| {
        let start = Barrier::new(threads);
        thread::scope(|scope| {
            let all: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(times, &start))).collect();
            all.into_iter().map(|one| one.join().expect("no panic")).max().expect("a thread")
        })
    });
}

fn shared_by_threads(criterion: &mut Criterion) {
    for (length, name) in LENGTHS {
        for (operation, ring) in [("shared", false), ("shared-ring", true)] {
            for threads in THREADS {
                let id = format!("slab-buffer/{operation}-by-{threads}/{name}");
                let mut group = criterion.benchmark_group(id);
                let how = (threads, ring);
                let pool = SyncPool::new(options(length));
                group.bench_function("SyncPool", |bencher| {
                    together(bencher, how, || {
                        let mut buffer = pool.alloc_unsafe(black_box(length)).expect("memory");
                        buffer[0] = 1;
                        buffer
                    });
                });
                group.bench_function("Vec", |bencher| together(bencher, how, || vector(length)));
                group.bench_function("mimalloc", |bencher| {
                    together(bencher, how, || mimalloc(length));
                });
                group.bench_function("BytesMut", |bencher| {
                    together(bencher, how, || bytes_mut(length));
                });
                let objects = opool::Pool::new_prefilled(1001 * threads, Vectors(length));
                group.bench_function("opool", |bencher| {
                    together(bencher, how, || {
                        let mut buffer = objects.get();
                        buffer[0] = 1;
                        buffer
                    });
                });
                group.finish();
            }
        }
    }
}

criterion_group!(
    benches,
    allocate_and_drop,
    ring_of_a_thousand,
    dropped_elsewhere,
    shared_by_threads
);
criterion_main!(benches);
