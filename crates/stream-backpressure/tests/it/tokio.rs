//! The `tokio` face: an AsyncWrite over an AsyncWrite, the pump from an AsyncRead, deadlines.

use bytes::Bytes;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use stream_backpressure::{
    Budget, CHUNK_COST, Chunks, Error, Options, Overflow, PollFn, PollWritable, TokioSink,
    TokioTimer, pump_read,
};
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex,
};
use tokio::time::timeout;

type Over<W> = PollWritable<Bytes, TokioSink<W>>;

fn over(options: Options, room: usize) -> (Over<DuplexStream>, DuplexStream) {
    let (near, far) = duplex(room);
    (PollWritable::new(options, TokioSink::new(near)), far)
}

#[tokio::test]
async fn what_is_written_arrives_whole_and_in_order() {
    let (mut writable, mut far) = over(Options::default().with_high_water_mark(100), 7);
    let expected: Vec<u8> = (0..10_000_u32).map(|n| n as u8).collect();
    let sent = expected.clone();
    let writing = async move {
        writable.write_all(&sent[..5000]).await?;
        writable.flush().await?;
        writable.write_all(&sent[5000..]).await?;
        writable.shutdown().await?;
        Ok::<_, io::Error>(writable.stats().peak_bytes)
    };
    let mut read = Vec::new();
    let (peak, _) = tokio::try_join!(writing, far.read_to_end(&mut read)).unwrap();
    assert_eq!(read, expected);
    assert!(peak <= 200, "{peak} bytes at once");
}

#[tokio::test]
async fn chunks_go_together_in_vectored_writes_of_any_length() {
    let (mut writable, mut far) = over(Options::default(), 64 * 1024);
    let mut expected = Vec::new();
    for n in 0..500_usize {
        let chunk = vec![n as u8; n % 5];
        expected.extend(&chunk);
        writable.start_send(chunk.into()).unwrap();
    }
    let (_, read) = tokio::join!(
        async {
            std::future::poll_fn(|cx| writable.poll_close(cx)).await.unwrap();
        },
        async {
            let mut read = Vec::new();
            far.read_to_end(&mut read).await.unwrap();
            read
        }
    );
    assert_eq!(read, expected);
}

#[tokio::test]
async fn a_peer_that_goes_away_is_an_error() {
    let (mut writable, far) = over(Options::default(), 10);
    drop(far);
    let error = async {
        writable.write_all(&[1; 100]).await?;
        writable.flush().await
    };
    let error = error.await.unwrap_err();
    assert!(error.to_string().contains("pipe"), "{error}");
}

fn capped(bytes: usize) -> Options {
    Options::default().with_cap(bytes, Overflow::Refuse)
}

#[tokio::test]
async fn a_cap_below_the_mark_makes_writes_wait_and_a_cap_of_zero_refuses() {
    let (mut writable, mut far) = over(capped(8 + CHUNK_COST), 4);
    let writing = async {
        writable.write_all(&[5; 1000]).await?;
        writable.shutdown().await
    };
    let mut read = Vec::new();
    tokio::try_join!(writing, far.read_to_end(&mut read)).unwrap();
    assert_eq!(read, [5; 1000]);
    assert!(writable.stats().peak_bytes <= 8);

    let (mut writable, _far) = over(capped(CHUNK_COST), 4);
    let error = writable.write(&[1]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

#[tokio::test]
async fn pumping_waits_for_the_peer_and_counts_how_often() {
    let (mut writable, mut far) = over(Options::default().with_high_water_mark(64), 16);
    let source = vec![9_u8; 4096];
    let reading = async {
        let mut read = Vec::new();
        far.read_to_end(&mut read).await.unwrap();
        read
    };
    let (pumped, read) = tokio::join!(pump_read(&source[..], &mut writable, 32), reading);
    let pumped = pumped.unwrap();
    assert_eq!((pumped.chunks, pumped.counted, read.len()), (128, 4096, 4096));
    assert!(pumped.waits >= 32, "{} waits", pumped.waits);
    assert!(writable.stats().peak_bytes <= 96);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_reads_meets_its_deadline() {
    let options =
        Options::default().with_high_water_mark(64).with_deadline(Duration::from_secs(30));
    let (writable, _far) = over(options, 16);
    let mut writable = writable.with_timer(TokioTimer::new());
    let start = tokio::time::Instant::now();
    let error = writable.write_all(&[1; 1000]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(start.elapsed().as_secs(), 30);
    assert_eq!(
        writable.errored().map(ToString::to_string),
        Some(Error::<String>::Deadline.to_string())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_over_a_shared_budget_waits_when_room_and_charge_race() {
    const STREAMS: usize = 100;
    const BYTES: usize = 400_000;
    let budget = Budget::new(256 * 1024);
    let streams = (0..STREAMS).map(|_| {
        let options = Options::default().with_budget(&budget);
        let (mut writable, mut far) = over(options, 8 * 1024);
        let writing = tokio::spawn(async move {
            writable.write_all(&vec![7; BYTES]).await?;
            writable.shutdown().await
        });
        let reading = tokio::spawn(async move {
            let mut read = Vec::new();
            far.read_to_end(&mut read).await.map(|_| read.len())
        });
        (writing, reading)
    });
    for (writing, reading) in streams.collect::<Vec<_>>() {
        writing.await.unwrap().expect("backpressure is no error");
        assert_eq!(reading.await.unwrap().unwrap(), BYTES);
    }
    assert_eq!((budget.used(), budget.refusals()), (0, 0));
    assert!(budget.peak() <= budget.cap());
}

#[tokio::test]
async fn pumping_waits_for_room_under_a_cap_that_the_next_chunk_would_pass() {
    let options = Options::default().with_cap(20_000, Overflow::Refuse);
    let (mut writable, mut far) = over(options, 1000);
    let source = vec![9_u8; 100_000];
    let reading = async {
        let mut read = Vec::new();
        far.read_to_end(&mut read).await.unwrap();
        read
    };
    let (pumped, read) = tokio::join!(pump_read(&source[..], &mut writable, 8000), reading);
    assert_eq!((pumped.unwrap().chunks, read.len()), (13, 100_000));
    assert_eq!(writable.stats().refusals, 0);
    assert!(writable.stats().peak_bytes <= 20_000);
}

#[tokio::test]
async fn a_pump_lets_other_tasks_run_however_fast_both_sides_are() {
    let sink = PollFn(|_: &mut Context<'_>, chunks: &mut Chunks<Bytes>| {
        chunks.for_each(drop);
        Poll::Ready(Ok::<_, std::convert::Infallible>(()))
    });
    let mut writable = PollWritable::new(Options::default(), sink);
    let pumping = async {
        let source = tokio::io::repeat(7).take(200_000);
        pump_read(source, &mut writable, 1).await.map(|pumped| pumped.chunks)
    };
    let mut runs = 0;
    let other = async {
        loop {
            runs += 1;
            tokio::task::yield_now().await;
        }
    };
    let chunks = tokio::select! {
        chunks = pumping => chunks.unwrap(),
        () = other => unreachable!("it has no end"),
    };
    assert_eq!(chunks, 200_000);
    assert!(runs >= 200_000 / 128, "{runs} runs");
}

/// A writer that fails with an error of the operating system or another, and a reader.
struct Failing(fn() -> io::Error);

impl AsyncWrite for Failing {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err((self.0)()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Failing {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        into.put_slice(b"read");
        Poll::Ready(Ok(()))
    }
}

/// The messages of an error and of what caused it, as `{:#}` of error reports has them.
fn report(error: &dyn std::error::Error) -> Vec<String> {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect()
}

#[tokio::test]
async fn the_kind_of_a_failure_survives_and_each_message_is_told_once() {
    let (mut writable, far) = over(Options::default(), 10);
    drop(far);
    writable.write_all(&[1; 100]).await.unwrap();
    let error = writable.flush().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    assert_eq!(report(&error).len(), 1);

    // ECONNRESET, or any other code: it is told with its number.
    let code = || io::Error::from_raw_os_error(1);
    let cause = || io::Error::new(io::ErrorKind::ConnectionReset, Error::Sink(code()));
    let failures: [(fn() -> io::Error, _, _); 2] = [
        (|| io::Error::from_raw_os_error(1), code().kind(), Some(1)),
        (
            || {
                io::Error::new(
                    io::ErrorKind::ConnectionReset,
                    Error::Sink(io::Error::from_raw_os_error(1)),
                )
            },
            io::ErrorKind::ConnectionReset,
            None,
        ),
    ];
    for (fail, kind, os) in failures {
        let sink = TokioSink::new(Failing(fail));
        let mut writable: PollWritable<Bytes, _> = PollWritable::new(Options::default(), sink);
        writable.write_all(b"x").await.unwrap();
        for _ in 0..2 {
            let error = writable.flush().await.unwrap_err();
            assert_eq!((error.kind(), error.raw_os_error()), (kind, os));
            assert_eq!(report(&error), report(&fail()));
        }
        let error = writable.write(b"x").await.unwrap_err();
        assert_eq!(error.kind(), kind);
    }
    assert_eq!(report(&cause()), [code().to_string()]);
}

#[tokio::test]
async fn a_destroyed_stream_closes_its_socket_at_once() {
    let (mut writable, mut far) = over(Options::default(), 10);
    writable.write_all(&[1; 100]).await.unwrap();
    writable.destroy(None);
    let mut read = Vec::new();
    far.read_to_end(&mut read).await.unwrap();
    assert!(writable.sink().is_none());
    let mut rest = [0; 10];
    assert_eq!(writable.read(&mut rest).await.unwrap(), 0);

    // A deadline, a cap or a failure destroys as well.
    let options = Options::default().with_cap(10, Overflow::Destroy);
    let (mut writable, mut far) = over(options, 10);
    assert!(writable.start_send(Bytes::from_static(&[0; 11])).is_err());
    assert_eq!(far.read(&mut rest).await.unwrap(), 0);
}

#[tokio::test]
async fn the_writer_and_what_it_was_not_given_come_back() {
    let (mut writable, _far) = over(Options::default(), 3);
    writable.start_send(Bytes::from_static(b"hello")).unwrap();
    writable.start_send(Bytes::from_static(b"world")).unwrap();
    let progress = std::future::poll_fn(|cx| Poll::Ready(writable.poll_ready(cx)));
    assert!(progress.await.is_ready());
    assert!(writable.sink_mut().unwrap().get_mut().is_write_vectored());
    let (sink, chunks) = writable.into_parts();
    let sink = sink.unwrap();
    assert_eq!(sink.written(), 3);
    assert_eq!(chunks.collect::<Vec<_>>(), [&b"hello"[..], b"world"]);
    let _writer: DuplexStream = sink.into_inner();
}

#[tokio::test]
async fn reading_passes_through_to_the_socket() {
    let (mut writable, mut far) = over(Options::default(), 100);
    far.write_all(b"from the peer").await.unwrap();
    drop(far);
    let mut read = String::new();
    writable.read_to_string(&mut read).await.unwrap();
    assert_eq!(read, "from the peer");
}

#[tokio::test]
async fn slices_that_are_written_together_become_one_chunk() {
    let (mut writable, mut far) = over(Options::default().with_high_water_mark(100), 1000);
    let slices = [IoSlice::new(b"head"), IoSlice::new(b""), IoSlice::new(b"body")];
    assert!(writable.is_write_vectored());
    assert_eq!(writable.write_vectored(&slices).await.unwrap(), 8);
    let long = [IoSlice::new(&[1; 60]), IoSlice::new(&[2; 60])];
    assert_eq!(writable.write_vectored(&long).await.unwrap(), 100);
    writable.shutdown().await.unwrap();
    let mut read = Vec::new();
    far.read_to_end(&mut read).await.unwrap();
    assert_eq!(read, [&b"headbody"[..], &[1; 60], &[2; 40]].concat());
}

#[tokio::test]
async fn a_chunk_is_passed_on_without_being_copied() {
    let chunk = Bytes::from(vec![7; 1000]);
    let place = chunk.as_ptr();
    let (sent, mut received) = tokio::sync::mpsc::unbounded_channel();
    let sink = PollFn(move |_: &mut Context<'_>, chunks: &mut Chunks<Bytes>| {
        chunks.for_each(|chunk| sent.send(chunk).expect("a receiver"));
        Poll::Ready(Ok::<_, std::convert::Infallible>(()))
    });
    let mut writable = PollWritable::new(Options::default(), sink);
    writable.write_chunk(chunk).await.unwrap();
    writable.flush().await.unwrap();
    assert_eq!(received.recv().await.unwrap().as_ptr(), place);
}

#[test]
fn streams_and_futures_that_borrow_them_go_to_other_threads() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    fn is_sync<T: Sync>(_: &T) {}
    let (writable, _far) = over(Options::default(), 10);
    let writable = is_send(writable.with_timer(TokioTimer::new()));
    is_sync(&writable);
    let shared = &writable;
    let holding = is_send(async move {
        std::future::ready(()).await;
        shared.stats().bytes
    });
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(std::pin::pin!(holding).poll(&mut context), Poll::Ready(0));
}

#[cfg(feature = "bytes")]
#[tokio::test]
async fn a_buf_of_several_parts_is_written_whole_and_counts_what_it_had() {
    use bytes::Buf;
    use stream_backpressure::{BufChunk, Chunk};

    let (near, mut far) = duplex(3);
    let mut writable = PollWritable::new(Options::default(), TokioSink::new(near));
    let parts = |n: u8| Bytes::from(vec![n; 5]).chain(Bytes::new()).chain(Bytes::from(vec![n; 9]));
    for n in 0..10 {
        let chunk = BufChunk::new(parts(n));
        assert_eq!(chunk.length(), 14);
        writable.start_send(chunk).unwrap();
    }
    let mut read = Vec::new();
    let closing = std::future::poll_fn(|cx| writable.poll_close(cx));
    let (closed, _) = tokio::join!(closing, far.read_to_end(&mut read));
    closed.unwrap();
    assert_eq!(read, (0..10).flat_map(|n| [n; 14]).collect::<Vec<u8>>());
    assert_eq!(writable.stats().bytes, 0);
}

#[tokio::test]
async fn a_chunk_may_count_more_than_its_bytes() {
    use stream_backpressure::Measured;

    let (near, mut far) = duplex(1000);
    let options = Options::default().with_cap(200_000, Overflow::Refuse);
    let mut writable = PollWritable::new(options, TokioSink::new(near));
    writable.start_send(Measured::new(b"one", 65_536)).unwrap();
    writable.start_send(Measured::new(b"two", 65_536)).unwrap();
    let refused = writable.start_send(Measured::new(b"six", 131_072)).unwrap_err();
    assert_eq!(refused.chunk.unwrap().value, b"six");
    std::future::poll_fn(|cx| writable.poll_close(cx)).await.unwrap();
    let mut read = Vec::new();
    drop(writable);
    far.read_to_end(&mut read).await.unwrap();
    assert_eq!(read, b"onetwo");
}

#[tokio::test]
async fn dropping_a_wait_gives_its_room_to_others() {
    let budget = Budget::new(100_000);
    let (mut one, _far_one) = over(Options::default().with_budget(&budget), 10);
    let (mut other, _far_other) = over(Options::default().with_budget(&budget), 10);
    let room = one.reserve(60_000).await.unwrap();
    {
        let waiting = std::pin::pin!(other.reserve(60_000));
        assert!(waiting.poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(budget.waiting(), 1);
    }
    assert_eq!(budget.waiting(), 0);
    drop(room);
    assert_eq!(budget.used(), 0);
    other.reserve(60_000).await.unwrap().send(Bytes::from(vec![0; 60_000])).unwrap();
    assert!(budget.used() >= 60_000 && budget.used() < 61_000);
}

/// A writer that claims two bytes more than it was given, and says the truth about how it is flushed.
#[derive(Default)]
struct Boasts(Vec<u8>);

impl AsyncWrite for Boasts {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len() + 2))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_writer_that_claims_more_than_it_was_given_fails_at_once() {
    let mut writable: Over<Boasts> =
        PollWritable::new(Options::default(), TokioSink::new(Boasts::default()));
    writable.start_send(Bytes::from_static(b"hello")).unwrap();
    let error = AsyncWriteExt::flush(&mut writable).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(report(&error).concat().contains("7 bytes of 5"), "{error:?}");
    assert!(writable.start_send(Bytes::from_static(b"WORLD")).is_err());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_without_end_is_never_late() {
    for deadline in [Duration::MAX, Duration::MAX / 2] {
        let (writable, _far) = over(Options::default().with_deadline(deadline), 16);
        let mut writable = writable.with_timer(TokioTimer::new());
        let write = writable.write_all(&[1; 100_000]);
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        assert!(tokio::time::timeout(year, write).await.is_err(), "it waits");
        assert!(tokio::time::timeout(year, writable.flush()).await.is_err(), "it waits");
    }
}

#[tokio::test(start_paused = true)]
async fn a_flush_and_a_pump_over_a_peer_that_never_reads_meet_their_deadline() {
    let options = || Options::default().with_deadline(Duration::from_secs(30));
    let year = Duration::from_secs(365 * 86_400);
    let (writable, _far) = over(options(), 16);
    let mut writable = writable.with_timer(TokioTimer::new());
    writable.write_all(&[1; 100]).await.unwrap();
    let start = tokio::time::Instant::now();
    let flushed = timeout(year, writable.flush()).await.expect("it ends");
    assert_eq!(flushed.unwrap_err().kind(), io::ErrorKind::TimedOut);
    assert_eq!(start.elapsed().as_secs(), 30);

    // A source that has nothing more, and does not end.
    let (writable, _far) = over(options(), 16);
    let mut writable = writable.with_timer(TokioTimer::new());
    let (mut source, idle) = duplex(1000);
    source.write_all(&[1; 100]).await.unwrap();
    let start = tokio::time::Instant::now();
    let pumped = timeout(year, pump_read(idle, &mut writable, 32)).await.expect("it ends");
    assert!(pumped.is_err());
    assert_eq!(start.elapsed().as_secs(), 30);
    assert_eq!(
        writable.errored().map(ToString::to_string),
        Some("The stream was not drained in time".into())
    );
}

#[tokio::test]
async fn writes_over_a_sink_that_is_always_ready_let_other_tasks_run() {
    use futures::{SinkExt, StreamExt, stream};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    for way in ["write_all", "write_chunk", "forward"] {
        let ran = Arc::new(AtomicBool::new(false));
        let set = ran.clone();
        tokio::spawn(async move { set.store(true, Relaxed) });
        // Tokio's own writers take turns; this one does not.
        let ready = PollFn(|_: &mut Context<'_>, chunks: &mut Chunks<Bytes>| {
            chunks.for_each(drop);
            Poll::Ready(Ok::<_, std::convert::Infallible>(()))
        });
        let mut writable = PollWritable::new(Options::default(), ready);
        match way {
            "write_all" => {
                for _ in 0..10_000 {
                    writable.write_all(&[7; 10]).await.unwrap();
                }
            }
            "write_chunk" => {
                for _ in 0..10_000 {
                    writable.write_chunk(Bytes::from_static(&[7; 10])).await.unwrap();
                }
            }
            _ => {
                let chunks = stream::iter(0..10_000).map(|_| Ok(Bytes::from_static(&[7; 10])));
                chunks.forward((&mut writable).sink_map_err(drop)).await.unwrap();
            }
        }
        assert!(ran.load(Relaxed), "in a loop of {way}");
    }
}
