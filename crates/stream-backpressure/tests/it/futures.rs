//! The `futures` face: a Sink among Sinks, and the pump from a Stream.

use futures::channel::mpsc;
use futures::executor::block_on;
use futures::{SinkExt, Stream, StreamExt, future, stream};
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Wake, Waker};
use stream_backpressure::{Error, FuturesSink, Options, Overflow, PollWritable, PumpError, pump};

#[test]
fn it_sends_in_order_and_closes_the_sink_behind_it() {
    let (sender, receiver) = mpsc::channel::<Vec<u8>>(0);
    let options = Options::default().with_high_water_mark(3);
    let mut writable = PollWritable::new(options, FuturesSink(sender));
    let sending = async {
        for n in 0..100 {
            writable.send(vec![n]).await.unwrap();
        }
        writable.close().await.unwrap();
    };
    let ((), received) = block_on(future::join(sending, receiver.collect::<Vec<_>>()));
    assert_eq!(received, (0..100).map(|n| vec![n]).collect::<Vec<_>>());
}

#[test]
fn feeding_waits_when_the_other_side_does_not_read() {
    let (sender, mut receiver) = mpsc::channel::<Vec<u8>>(1);
    let options = Options::default().with_high_water_mark(10);
    let mut writable = PollWritable::new(options, FuturesSink(sender));
    let source = stream::iter((0..1000).map(|_| Ok::<_, ()>(vec![0; 5])));
    let pumping = pump(source, &mut writable);
    let reading = async {
        let mut most = 0;
        while let Some(chunk) = receiver.next().await {
            most += chunk.len();
        }
        most
    };
    let (pumped, read) = block_on(future::join(pumping, reading));
    let pumped = pumped.unwrap();
    assert_eq!((pumped.chunks, pumped.counted, read), (1000, 5000, 5000));
    assert!(pumped.waits > 100, "{} waits", pumped.waits);
    assert!(writable.stats().peak_bytes <= 10);
}

#[test]
fn a_source_that_fails_destroys_the_stream() {
    let (sender, _receiver) = mpsc::channel::<Vec<u8>>(1);
    let mut writable = PollWritable::new(Options::default(), FuturesSink(sender));
    let source = stream::iter([Ok(vec![1]), Err("source")]);
    let Err(PumpError::Source("source")) = block_on(pump(source, &mut writable)) else {
        panic!("the source's error")
    };
    assert_eq!(writable.errored(), Some(&Error::Aborted));
}

#[test]
fn a_sink_that_fails_ends_the_pump_and_a_refused_chunk_is_in_the_error() {
    let (sender, receiver) = mpsc::channel::<Vec<u8>>(1);
    drop(receiver);
    let mut writable = PollWritable::new(Options::default(), FuturesSink(sender));
    let source = stream::repeat_with(|| Ok::<_, ()>(vec![1]));
    let Err(PumpError::Sink(refused)) = block_on(pump(source, &mut writable)) else {
        panic!("the sink's error")
    };
    assert!(matches!(refused.error, Error::Sink(error) if error.is_disconnected()));

    let (sender, _receiver) = mpsc::channel::<Vec<u8>>(1);
    let options = Options::default().with_cap(2, Overflow::Refuse);
    let mut writable = PollWritable::new(options, FuturesSink(sender));
    let source = stream::iter([Ok::<_, ()>(vec![1; 3])]);
    let Err(PumpError::Sink(refused)) = block_on(pump(source, &mut writable)) else {
        panic!("the cap")
    };
    assert_eq!(refused.chunk, Some(vec![1; 3]));
}

#[test]
fn pumping_and_forwarding_wait_for_room_under_a_cap_that_the_next_chunk_would_pass() {
    let options = || Options::default().with_cap(20_000, Overflow::Refuse);
    let chunks = || stream::iter((0..50).map(|_| vec![0_u8; 8000]));
    for forwards in [false, true] {
        let (sender, receiver) = mpsc::channel::<Vec<u8>>(0);
        let mut writable = PollWritable::new(options(), FuturesSink(sender));
        let sending = async {
            if forwards {
                chunks().map(Ok).forward(&mut writable).await.unwrap();
            } else {
                pump(chunks().map(Ok::<_, Infallible>), &mut writable).await.unwrap();
            }
        };
        let ((), received) = block_on(future::join(sending, receiver.collect::<Vec<_>>()));
        assert_eq!(received.len(), 50);
        assert!(writable.stats().peak_bytes <= 20_000);
        assert_eq!(writable.stats().refusals, 0);
    }
}

#[test]
fn a_chunk_that_a_pump_could_not_pass_on_is_not_lost_with_the_pump() {
    let (sender, receiver) = mpsc::channel::<Vec<u8>>(0);
    let options = Options::default().with_cap(10_000, Overflow::Refuse);
    let mut writable = PollWritable::new(options, FuturesSink(sender));
    let mut source = stream::iter((1..=5).map(|n| Ok::<_, Infallible>(vec![n; 4000])));
    {
        let pumping = pin!(pump(&mut source, &mut writable));
        assert!(pumping.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let taken = 5 - source.size_hint().0;
    let closing = writable.close();
    let (closed, received) = block_on(future::join(closing, receiver.collect::<Vec<_>>()));
    closed.unwrap();
    assert_eq!(received, (1..=taken as u8).map(|n| vec![n; 4000]).collect::<Vec<_>>());
    assert!(taken > 2, "one waited beside the stream");
}

#[test]
fn a_pump_gives_way_to_other_tasks_in_any_executor() {
    let mut writable = PollWritable::new(Options::default(), FuturesSink(futures::sink::drain()));
    let mut taken = 0;
    let source = stream::iter((0..200_000).map(|_| Ok::<_, Infallible>(vec![0; 1])));
    let mut pumping = pin!(pump(source.inspect(|_| taken += 1), &mut writable));
    let (waker, woken) = futures_test_waker();
    let mut polls = 0;
    while pumping.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
        polls += 1;
        assert_eq!(woken.load(Relaxed), polls, "it wakes itself");
    }
    assert!(polls >= 200_000 / 128, "{polls} polls");
}

/// A waker, and how often it was woken.
fn futures_test_waker() -> (Waker, Arc<AtomicUsize>) {
    struct Counting(Arc<AtomicUsize>);
    impl Wake for Counting {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }
    let woken: Arc<AtomicUsize> = Arc::default();
    (Waker::from(Arc::new(Counting(woken.clone()))), woken)
}

#[test]
fn sinks_whose_error_cannot_be_cloned_are_sinks_too() {
    use tokio_util::codec::{FramedWrite, LinesCodec};
    use tokio_util::sync::PollSender;

    let (near, far) = ::tokio::io::duplex(10);
    drop(far);
    let lines = FramedWrite::new(near, LinesCodec::new());
    let mut writable: PollWritable<Line, _> =
        PollWritable::new(Options::default(), FuturesSink(lines));
    let error = block_on(writable.send(Line("a line".to_owned()))).unwrap_err();
    assert!(matches!(error.error, Error::Sink(_)));

    let (sender, receiver) = ::tokio::sync::mpsc::channel::<Vec<u8>>(1);
    drop(receiver);
    let mut writable = PollWritable::new(Options::default(), FuturesSink(PollSender::new(sender)));
    let error = block_on(writable.send(vec![7])).unwrap_err();
    assert_eq!(error.to_string(), "channel closed");
}

/// A line, which is bytes to the stream and text to the codec.
struct Line(String);

impl AsRef<[u8]> for Line {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl AsRef<str> for Line {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[test]
fn a_pump_names_what_its_source_failed_with_once() {
    use std::error::Error as _;

    let (sender, _receiver) = mpsc::channel::<Vec<u8>>(1);
    let mut writable = PollWritable::new(Options::default(), FuturesSink(sender));
    let source = stream::iter([Err(std::fmt::Error)]);
    let error = block_on(pump(source, &mut writable)).unwrap_err();
    assert!(error.source().is_some_and(|source| source.is::<std::fmt::Error>()));
    assert!(!error.to_string().contains(&std::fmt::Error.to_string()));
}

#[cfg(feature = "futures-io")]
#[test]
fn the_kind_of_a_failure_survives_futures_io_and_reading_passes_through() {
    use futures::io::{AsyncReadExt, AsyncWriteExt, Cursor};
    use stream_backpressure::FuturesIoSink;

    let mut room = [0_u8; 4];
    let room = Cursor::new(&mut room[..]);
    let mut writable: PollWritable<Vec<u8>, _> =
        PollWritable::new(Options::default(), FuturesIoSink::new(room));
    block_on(async {
        writable.write_all(b"hello").await.unwrap();
        let error = AsyncWriteExt::flush(&mut writable).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WriteZero);
    });
    let source = Cursor::new(b"read".to_vec());
    let mut writable: PollWritable<Vec<u8>, _> =
        PollWritable::new(Options::default(), FuturesIoSink::new(source));
    let mut read = String::new();
    block_on(writable.read_to_string(&mut read)).unwrap();
    assert_eq!(read, "read");
}
