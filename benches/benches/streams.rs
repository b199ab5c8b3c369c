//! One write into a sink that finishes at once: stream-backpressure beside futures' `Buffer` and
//! a plain queue.

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use futures::executor::block_on;
use futures::{SinkExt, sink};
use std::collections::VecDeque;
use std::hint::black_box;
use stream_backpressure::{Completion, Options, Sink, Writable};

struct AtOnce(u64);

impl Sink<Bytes> for AtOnce {
    type Error = std::convert::Infallible;

    fn write(&mut self, chunk: Bytes) -> Completion<Self::Error> {
        self.0 += black_box(&chunk).len() as u64;
        Completion::Done
    }
}

fn write(criterion: &mut Criterion) {
    static CHUNK: [u8; 1024] = [7; 1024];
    let mut group = criterion.benchmark_group("stream-backpressure/write/1KiB-sync");
    let chunk = Bytes::from_static(&CHUNK);

    let mut writable = Writable::over(Options::default(), AtOnce(0));
    group.bench_function("stream-backpressure", |bencher| {
        bencher.iter(|| writable.write(chunk.clone()).expect("an open stream"));
    });

    let buffered = sink::unfold((), |(), chunk: Bytes| {
        black_box(&chunk);
        std::future::ready(Ok::<_, std::convert::Infallible>(()))
    });
    let mut buffered = Box::pin(buffered.buffer(64));
    group.bench_function("sink::Buffer", |bencher| {
        bencher.iter(|| block_on(buffered.feed(chunk.clone())).expect("an open sink"));
    });

    let mut queue = VecDeque::new();
    group.bench_function("VecDeque", |bencher| {
        bencher.iter(|| {
            queue.push_back(chunk.clone());
            black_box(queue.pop_front());
        });
    });
    group.finish();
}

criterion_group!(benches, write);
criterion_main!(benches);
