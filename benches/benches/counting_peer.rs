//! The peer that installs itself as the global allocator, and so needs a process of its own.

use cpu_time::ThreadTime;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::thread;
use std::time::Duration;

fn count(criterion: &mut Criterion) {
    for threads in [1, 4] {
        let mut group =
            criterion.benchmark_group(format!("mem-report/count/alloc-free/{threads}-threads"));
        group.bench_function("allocation-counter", |bencher| {
            bencher.iter_custom(|count| {
                let work = move || {
                    let mut elapsed = Duration::ZERO;
                    let did = allocation_counter::measure(|| {
                        let start = ThreadTime::now();
                        (0..count).for_each(|_| drop(black_box(Box::new([0_u64; 8]))));
                        elapsed = start.elapsed();
                    });
                    assert_eq!(did.count_total, count);
                    elapsed
                };
                let workers: Vec<_> = (0..threads).map(|_| thread::spawn(work)).collect();
                let total: Duration =
                    workers.into_iter().map(|worker| worker.join().expect("no panic")).sum();
                total / threads
            });
        });
        group.finish();
    }
}

criterion_group!(benches, count);
criterion_main!(benches);
