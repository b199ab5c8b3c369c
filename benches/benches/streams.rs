//! A thousand writes: stream-backpressure beside futures' `Buffer`, tokio's `BufWriter` and mpsc; and
//! draining a backlog, by the chunk.

use benches::streams::{self, STEP, chunk};
use bytes::Bytes;
use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main,
};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::hint::black_box;
use stream_backpressure::{Completion, Options, Sink, Writable};

fn write(criterion: &mut Criterion) {
    for (length, of) in [("16B", chunk::<16>()), ("1KiB", chunk::<1024>())] {
        let mut group = group(criterion, &format!("write/{STEP}x{length}-sync"));
        steps(&mut group, "stream-backpressure", streams::ours_sync(of.clone()));
        steps(&mut group, "sink::Buffer", streams::sink_buffer(of.clone()));
        steps(&mut group, "BufWriter", streams::buf_writer(of.clone()));
        group.finish();

        let mut group = self::group(criterion, &format!("write/{STEP}x{length}-corked"));
        steps(&mut group, "stream-backpressure", streams::ours_corked(of.clone()));
        steps(&mut group, "sink::Buffer", streams::sink_buffer(of.clone()));
        group.finish();

        let mut group = self::group(criterion, &format!("write/{STEP}x{length}-later"));
        steps(&mut group, "stream-backpressure", streams::ours_later::<false>(of.clone()));
        steps(
            &mut group,
            "stream-backpressure with writev",
            streams::ours_later::<true>(of.clone()),
        );
        steps(&mut group, "tokio::mpsc", streams::tokio_mpsc(of.clone()));
        group.finish();

        // The chunks are counted references to one allocation.
        let counted = Bytes::copy_from_slice(&of);
        let mut group = self::group(criterion, &format!("write/{STEP}x{length}-cloned"));
        steps(&mut group, "stream-backpressure", streams::ours_sync(counted.clone()));
        steps(&mut group, "sink::Buffer", streams::sink_buffer(counted));
        group.finish();
    }
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(format!("stream-backpressure/{name}"));
    group.throughput(Throughput::Elements(STEP as u64));
    group
}

fn steps(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut step: impl FnMut() -> u64) {
    let mut before = 0;
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            let passed = step();
            assert!(passed > before, "chunks reach the sink");
            before = passed;
        });
    });
}

/// A sink that answers synchronously, except for its first chunk.
struct Slow(usize);

impl Sink<Bytes> for Slow {
    type Error = Infallible;

    fn write(&mut self, chunk: Bytes) -> Completion<Infallible> {
        drop(chunk);
        self.0 += 1;
        if self.0 == 1 { Completion::Pending } else { Completion::Done }
    }
}

/// Draining is linear: four times the chunks take four times as long.
fn drain(criterion: &mut Criterion) {
    for count in [100_000_usize, 400_000] {
        let mut group = criterion.benchmark_group(format!("stream-backpressure/drain/{count}"));
        group.sample_size(10).throughput(Throughput::Elements(count as u64));
        let full = || {
            let mut writable = Writable::over(Options::default(), Slow(0));
            for _ in 0..count {
                let _ = writable.write(chunk::<1024>()).expect("an open stream");
            }
            writable
        };
        group.bench_function("stream-backpressure", |bencher| {
            bencher.iter_batched(
                full,
                |mut writable| {
                    writable.complete(Ok(()));
                    assert_eq!((writable.length(), writable.sink().0), (0, count));
                    writable
                },
                BatchSize::LargeInput,
            );
        });
        let full = || (0..count).map(|_| chunk::<1024>()).collect::<VecDeque<_>>();
        group.bench_function("VecDeque", |bencher| {
            bencher.iter_batched(
                full,
                |mut queue| {
                    let drained = std::iter::from_fn(|| queue.pop_front()).map(black_box).count();
                    assert_eq!(drained, count);
                    queue
                },
                BatchSize::LargeInput,
            );
        });
        group.finish();
    }
}

/// Waiting for a shared budget: the cost of a write does not depend on the number of tasks. Each task writes 8 chunks.
fn budget(criterion: &mut Criterion) {
    for tasks in [1000_usize, 8000] {
        let mut group = criterion
            .benchmark_group(format!("stream-backpressure/budget/{tasks}x8x4KiB-over-64KiB"));
        group.sample_size(20).throughput(Throughput::Elements(8 * tasks as u64));
        let workloads: [(_, Box<dyn FnMut() -> u64>); 2] = [
            ("stream-backpressure", Box::new(streams::ours_budget(tasks))),
            ("tokio::Semaphore", Box::new(streams::semaphore(tasks))),
        ];
        for (name, mut run) in workloads {
            group.bench_function(name, |bencher| {
                bencher.iter(|| assert_eq!(run(), tasks as u64 * 8 * 4096));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, write, drain, budget);
criterion_main!(benches);
