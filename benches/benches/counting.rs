//! The cost of counting in an allocator: an iteration allocates and frees 64 bytes through `GlobalAlloc`. The time is CPU
//! time per thread.
#![expect(
    unsafe_code,
    reason = "GlobalAlloc is called directly, so that one process has all allocators"
)]

use cpu_time::ThreadTime;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use mem_report::counting::{self, Counting};
use stats_alloc::StatsAlloc;
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::thread;
use std::time::Duration;

static COUNTING: Counting = Counting::system();
static STATS: StatsAlloc<System> = StatsAlloc::system();
static DHAT: dhat::Alloc = dhat::Alloc;

const LAYOUT: Layout = Layout::new::<[u64; 8]>();

fn pair(allocator: &impl GlobalAlloc) {
    // SAFETY: the layout is not of size 0.
    let pointer = unsafe { allocator.alloc(LAYOUT) };
    assert!(!black_box(pointer).is_null());
    // SAFETY: the allocator has just given this block, with this layout.
    unsafe { allocator.dealloc(pointer, LAYOUT) };
}

/// The CPU time of one of `threads` threads that all do the same.
fn bench(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    allocator: &'static (impl GlobalAlloc + Sync),
    threads: u32,
) {
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|count| {
            let work = move || {
                let start = ThreadTime::now();
                (0..count).for_each(|_| pair(allocator));
                start.elapsed()
            };
            let workers: Vec<_> = (0..threads).map(|_| thread::spawn(work)).collect();
            let total: Duration =
                workers.into_iter().map(|worker| worker.join().expect("no panic")).sum();
            total / threads
        });
    });
}

fn count(criterion: &mut Criterion) {
    for threads in [1, 4] {
        let mut group =
            criterion.benchmark_group(format!("mem-report/count/alloc-free/{threads}-threads"));
        let before = counting::process().map_or(0, |process| process.allocations);
        bench(&mut group, "mem-report", &COUNTING, threads);
        let after = counting::process().expect("it was called");
        assert!(after.allocations > before && after.live_blocks == 0);
        bench(&mut group, "System", &System, threads);
        bench(&mut group, "stats_alloc", &STATS, threads);
        let profiler = dhat::Profiler::builder().testing().build();
        bench(&mut group, "dhat", &DHAT, threads);
        drop(profiler);
        group.finish();
    }
}

criterion_group!(benches, count);
criterion_main!(benches);
