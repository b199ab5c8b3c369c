//! The `futures` face: a Sink among Sinks, and the pump from a Stream.

use futures::channel::mpsc;
use futures::executor::block_on;
use futures::{SinkExt, StreamExt, future, stream};
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
