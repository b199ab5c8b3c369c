//! Streams: a million writes into a sink that answers synchronously, the same corked, or into a sink that answers later;
//! and a backlog of a million chunks.
//!
//! A step is [`STEP`] writes and returns the bytes that have reached the sink so far. The criterion benchmarks and the
//! whole processes run the same steps.

use crate::workload::{Implementation, Workload};
use bytes::Bytes;
use futures::executor::block_on;
use futures::{SinkExt, sink};
use std::cell::Cell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::poll_fn;
use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use stream_backpressure::{
    Budget, Chunks, Completion, Options, PollSink, PollWritable, Sink, Writable,
};
use tokio::io::{AsyncWriteExt, BufWriter};
use tokio::sync::Semaphore;

/// Writes in a step.
pub const STEP: usize = 1024;
/// Writes between cork and uncork.
const CORKED: usize = 64;

/// Workloads whose size is the number of millions of writes; the sink answers synchronously.
pub const SYNC_16: Workload = Workload { name: "write-sync-16B", implementations: &sync::<16>() };
/// See [`SYNC_16`].
pub const SYNC_1024: Workload =
    Workload { name: "write-sync-1KiB", implementations: &sync::<1024>() };
/// The same, corked by 64, with writev.
pub const CORKED_16: Workload =
    Workload { name: "write-corked-16B", implementations: &corked::<16>() };
/// See [`CORKED_16`].
pub const CORKED_1024: Workload =
    Workload { name: "write-corked-1KiB", implementations: &corked::<1024>() };
/// The sink answers later, for each chunk.
pub const LATER_16: Workload =
    Workload { name: "write-later-16B", implementations: &later::<16, false>() };
/// See [`LATER_16`].
pub const LATER_1024: Workload =
    Workload { name: "write-later-1KiB", implementations: &later::<1024, false>() };
/// The sink answers later, for all that is queued.
pub const WRITEV_16: Workload =
    Workload { name: "write-writev-16B", implementations: &later::<16, true>() };
/// See [`WRITEV_16`].
pub const WRITEV_1024: Workload =
    Workload { name: "write-writev-1KiB", implementations: &later::<1024, true>() };
/// A backlog of chunks of 1 KiB behind a sink that does not answer, drained at the end; its size is
/// how many.
pub const BACKLOG: Workload = Workload {
    name: "backlog-1KiB",
    implementations: &[
        ("stream-backpressure", |count| {
            let mut writable = Writable::over(Options::default(), Later::<false>(0));
            for _ in 0..count {
                // This workload ignores the advice to wait.
                let _ = writable.write(Bytes::from(vec![7; 1024])).expect("an open stream");
            }
            while writable.length() > 0 {
                writable.complete(Ok(()));
            }
            writable.sink().0
        }),
        ("VecDeque", |count| {
            let mut queue = VecDeque::new();
            (0..count).for_each(|_| queue.push_back(Bytes::from(vec![7; 1024])));
            std::iter::from_fn(|| queue.pop_front())
                .map(|chunk| black_box(&chunk).len() as u64)
                .sum()
        }),
    ],
};

const fn sync<const LENGTH: usize>() -> [Implementation; 3] {
    [
        ("stream-backpressure", |millions| repeat(millions, ours_sync(chunk::<LENGTH>()))),
        ("sink::Buffer", |millions| repeat(millions, sink_buffer(chunk::<LENGTH>()))),
        ("BufWriter", |millions| repeat(millions, buf_writer(chunk::<LENGTH>()))),
    ]
}

const fn corked<const LENGTH: usize>() -> [Implementation; 2] {
    [
        ("stream-backpressure", |millions| repeat(millions, ours_corked(chunk::<LENGTH>()))),
        ("sink::Buffer", |millions| repeat(millions, sink_buffer(chunk::<LENGTH>()))),
    ]
}

const fn later<const LENGTH: usize, const WRITEV: bool>() -> [Implementation; 2] {
    [
        ("stream-backpressure", |millions| {
            repeat(millions, ours_later::<WRITEV>(chunk::<LENGTH>()))
        }),
        ("tokio::mpsc", |millions| repeat(millions, tokio_mpsc(chunk::<LENGTH>()))),
    ]
}

/// A chunk of `length` static bytes.
#[must_use]
pub fn chunk<const LENGTH: usize>() -> Bytes {
    Bytes::from_static(&[7; LENGTH])
}

fn repeat(millions: usize, mut step: impl FnMut() -> u64) -> u64 {
    // Whole steps, so that every implementation writes the same amount.
    (0..millions * 1_000_000 / STEP).fold(0, |_, _| step())
}

/// A sink that answers synchronously.
struct AtOnce(u64);

impl Sink<Bytes> for AtOnce {
    type Error = Infallible;
    const WRITEV: bool = true;

    fn write(&mut self, chunk: Bytes) -> Completion<Infallible> {
        self.0 += black_box(&chunk).len() as u64;
        Completion::Done
    }

    fn writev(&mut self, chunks: &mut Chunks<Bytes>) -> Completion<Infallible> {
        self.0 += chunks.map(|chunk| black_box(&chunk).len() as u64).sum::<u64>();
        Completion::Done
    }
}

/// A sink that answers later.
struct Later<const WRITEV: bool>(u64);

impl<const WRITEV: bool> Sink<Bytes> for Later<WRITEV> {
    type Error = Infallible;
    const WRITEV: bool = WRITEV;

    fn write(&mut self, chunk: Bytes) -> Completion<Infallible> {
        self.0 += black_box(&chunk).len() as u64;
        Completion::Pending
    }

    fn writev(&mut self, chunks: &mut Chunks<Bytes>) -> Completion<Infallible> {
        self.0 += chunks.map(|chunk| black_box(&chunk).len() as u64).sum::<u64>();
        Completion::Pending
    }
}

/// Ours, into a sink that answers synchronously.
pub fn ours_sync(chunk: Bytes) -> impl FnMut() -> u64 {
    let mut writable = Writable::over(Options::default(), AtOnce(0));
    move || {
        for _ in 0..STEP {
            assert!(writable.write(chunk.clone()).expect("an open stream"));
        }
        writable.sink().0
    }
}

/// Ours, corked.
pub fn ours_corked(chunk: Bytes) -> impl FnMut() -> u64 {
    let mut writable = Writable::over(Options::default(), AtOnce(0));
    move || {
        for _ in 0..STEP / CORKED {
            writable.cork();
            for _ in 0..CORKED {
                let _ = writable.write(chunk.clone()).expect("an open stream");
            }
            writable.uncork();
            writable.run_ticks();
        }
        writable.sink().0
    }
}

/// Ours, into a sink that answers later; the writer waits for 'drain'.
pub fn ours_later<const WRITEV: bool>(chunk: Bytes) -> impl FnMut() -> u64 {
    let mut writable = Writable::over(Options::default(), Later::<WRITEV>(0));
    move || {
        for _ in 0..STEP {
            if !writable.write(chunk.clone()).expect("an open stream") {
                while writable.need_drain() {
                    writable.complete(Ok(()));
                }
            }
        }
        while writable.length() > 0 {
            writable.complete(Ok(()));
        }
        writable.sink().0
    }
}

/// futures' `Buffer` of 64 chunks over a sink that answers synchronously.
pub fn sink_buffer(chunk: Bytes) -> impl FnMut() -> u64 {
    let passed = Rc::new(Cell::new(0));
    let counted = passed.clone();
    let unbuffered = sink::unfold((), move |(), chunk: Bytes| {
        counted.set(counted.get() + black_box(&chunk).len() as u64);
        std::future::ready(Ok::<_, Infallible>(()))
    });
    let mut buffered = Box::pin(unbuffered.buffer(64));
    move || {
        block_on(async {
            for _ in 0..STEP {
                buffered.feed(chunk.clone()).await.expect("an open sink");
            }
            buffered.flush().await.expect("an open sink");
        });
        passed.get()
    }
}

/// tokio's `BufWriter` over a sink that takes everything.
pub fn buf_writer(chunk: Bytes) -> impl FnMut() -> u64 {
    let mut passed = 0;
    let mut writer = BufWriter::new(tokio::io::sink());
    move || {
        block_on(async {
            for _ in 0..STEP {
                let chunk = black_box(chunk.clone());
                writer.write_all(&chunk).await.expect("an open writer");
                passed += chunk.len() as u64;
            }
        });
        passed
    }
}

/// tokio's mpsc of 1024 chunks with a task that drains it.
pub fn tokio_mpsc(chunk: Bytes) -> impl FnMut() -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Bytes>(1024);
    let passed = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counted = passed.clone();
    runtime.spawn(async move {
        while let Some(chunk) = receiver.recv().await {
            let length = black_box(&chunk).len() as u64;
            counted.fetch_add(length, std::sync::atomic::Ordering::Relaxed);
        }
    });
    let mut sent = 0;
    move || {
        runtime.block_on(async {
            for _ in 0..STEP {
                sender.send(chunk.clone()).await.expect("an open channel");
                sent += chunk.len() as u64;
            }
            while passed.load(std::sync::atomic::Ordering::Relaxed) < sent {
                tokio::task::yield_now().await;
            }
        });
        sent
    }
}

/// Bytes that the tasks of the budget workloads share.
const SHARED: usize = 64 * 1024;
/// Bytes that each of them writes.
const WRITTEN: usize = 4 * 1024;

/// A sink that takes its chunks at the second poll, as if a peer had to read first.
#[derive(Default)]
struct NextTime {
    asked: bool,
    passed: u64,
}

impl PollSink<Bytes> for NextTime {
    type Error = Infallible;

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        chunks: &mut Chunks<Bytes>,
    ) -> Poll<Result<(), Infallible>> {
        self.asked = !self.asked;
        if self.asked {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.passed += chunks.map(|chunk| black_box(&chunk).len() as u64).sum::<u64>();
        Poll::Ready(Ok(()))
    }
}

/// Chunks that each task writes, one after the other.
const ROUNDS: u64 = 8;

/// `tasks` tasks, each with its own stream, write chunks of 4 KiB under a budget of 64 KiB: all but 16 wait.
pub fn ours_budget(tasks: usize) -> impl FnMut() -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    move || {
        let budget = Budget::new(SHARED);
        let passed = runtime.block_on(all(tasks, || {
            let options = Options::default().with_budget(&budget).with_chunk_cost(0);
            let mut stream = PollWritable::new(options, NextTime::default());
            async move {
                for _ in 0..ROUNDS {
                    stream.write_chunk(chunk::<WRITTEN>()).await.expect("room in its turn");
                    poll_fn(|cx| stream.poll_flush(cx)).await.expect("an open sink");
                }
                stream.into_sink().expect("an open stream").passed
            }
        }));
        assert_eq!((budget.used(), budget.peak()), (0, SHARED));
        passed
    }
}

/// The same tasks, with tokio's `Semaphore` around each write instead of a budget.
pub fn semaphore(tasks: usize) -> impl FnMut() -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    move || {
        let semaphore = Arc::new(Semaphore::new(SHARED));
        let passed = runtime.block_on(all(tasks, || {
            let semaphore = semaphore.clone();
            let mut stream = PollWritable::new(Options::default(), NextTime::default());
            async move {
                for _ in 0..ROUNDS {
                    let permit = semaphore.acquire_many(WRITTEN as u32).await.expect("open");
                    stream.write_chunk(chunk::<WRITTEN>()).await.expect("no limit");
                    poll_fn(|cx| stream.poll_flush(cx)).await.expect("an open sink");
                    drop(permit);
                }
                stream.into_sink().expect("an open stream").passed
            }
        }));
        assert_eq!(semaphore.available_permits(), SHARED);
        passed
    }
}

/// Spawns tasks and returns the sum of their results.
async fn all<F>(tasks: usize, task: impl Fn() -> F) -> u64
where
    F: Future<Output = u64> + Send + 'static,
{
    let tasks: Vec<_> = (0..tasks).map(|_| tokio::spawn(task())).collect();
    let mut sum = 0;
    for task in tasks {
        sum += task.await.expect("a task that does not panic");
    }
    sum
}
