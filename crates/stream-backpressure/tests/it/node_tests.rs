//! Points of Node's own tests for Writable that no other module here makes; `docs/node-stream-tests.md`
//! says where each of Node's files is met.

use crate::log::{bytes, stream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use stream_backpressure::{
    Chunks, Completion, Data, Encoding, Error, Event, Object, Options, Sink, Text, Writable,
};

/// test-stream2-writable.js: chunks of 0 to 49 bytes against a mark of 50 drain 17 times.
#[test]
fn chunks_of_growing_length_drain_as_often_as_in_node() {
    let options = Options::default().with_high_water_mark(50);
    let (mut writable, log) = stream::<false, false>(options, Completion::Pending);
    for n in 0..50 {
        if !writable.write(bytes(n)).unwrap() {
            assert!(writable.length() >= 50);
            while writable.need_drain() {
                writable.complete(Ok(()));
            }
        }
    }
    writable.end();
    while writable.length() > 0 {
        writable.complete(Ok(()));
    }
    writable.run_ticks();
    let log = log.take();
    assert_eq!(log.iter().filter(|entry| *entry == "drain").count(), 17);
    let written: Vec<_> = log.iter().filter(|entry| entry.starts_with("write")).cloned().collect();
    assert_eq!(written, (0..50).map(|n| format!("write {n}")).collect::<Vec<_>>());
    assert!(writable.finished());
}

/// test-stream2-writable.js: text in every encoding arrives as the same bytes.
#[test]
fn text_of_every_encoding_arrives_as_its_bytes() {
    let (mut writable, _) = stream::<false, false>(Options::default(), Completion::Done);
    writable.cork();
    let texts = [
        ("hex", "787878"),
        ("utf8", "xxx"),
        ("utf-8", "xxx"),
        ("ascii", "xxx"),
        ("latin1", "xxx"),
        ("binary", "xxx"),
        ("base64", "eHh4"),
        ("base64url", "eHh4"),
    ];
    for (encoding, text) in texts {
        let encoding = Encoding::named(encoding).unwrap();
        writable.write(Data::Text(Text::new(text).encoded(encoding))).unwrap();
    }
    assert!(writable.buffered().all(|chunk| *chunk == Data::Bytes(b"xxx".to_vec())));
    for encoding in ["ucs2", "ucs-2", "utf16le", "utf-16le"] {
        let wide = Encoding::named(encoding).unwrap().decode("xxx");
        assert_eq!(wide, b"x\0x\0x\0");
    }
}

/// test-stream2-writable.js: finish comes after the write's callback, synchronous or not, and also
/// after an empty last chunk.
#[test]
fn finish_follows_every_callback() {
    for answer in [Completion::Done, Completion::Pending] {
        let (mut writable, log) = stream::<false, false>(Options::default(), answer);
        writable.write_then(bytes(0), log.callback("cb")).unwrap();
        writable.end_with(Some(bytes(0)), None).unwrap();
        if writable.sink().answer == Completion::Pending {
            writable.run_ticks();
            writable.complete(Ok(()));
            writable.complete(Ok(()));
        }
        writable.run_ticks();
        let log = log.take();
        let place = |what: &str| log.iter().position(|entry| entry == what);
        assert!(place("cb").is_some() && place("cb") < place("finish"), "{log:?}");
    }
}

/// test-stream2-writable.js: end(chunk) twice is an error.
#[test]
fn ending_twice_with_a_chunk_is_a_write_after_the_end() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Pending);
    writable.end_with(Some(bytes(1)), None).unwrap();
    let refused = writable.end_with(Some(bytes(2)), Some(log.callback("end"))).unwrap_err();
    assert_eq!(refused.chunk, Some(bytes(2)));
    writable.run_ticks();
    assert_eq!(
        log.take(),
        [
            "write 1",
            "destroy ERR_STREAM_WRITE_AFTER_END",
            "error ERR_STREAM_WRITE_AFTER_END",
            "close",
            "end ERR_STREAM_WRITE_AFTER_END",
        ]
    );
}

/// test-stream-writable-finish-destroyed.js and test-stream-writable-final-destroy.js: destruction
/// on the way to the end leaves 'finish' out.
#[test]
fn a_stream_destroyed_before_it_finished_does_not_finish() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Pending);
    writable.end_with(Some(bytes(1)), None).unwrap();
    writable.destroy(None);
    writable.complete(Ok(()));
    writable.run_ticks();
    assert_eq!(log.take(), ["write 1", "destroy", "close"]);

    let (mut writable, log) = stream::<false, true>(Options::default(), Completion::Done);
    writable.sink_mut().last = Completion::Pending;
    writable.end();
    writable.destroy(None);
    writable.complete_final(Ok(()));
    writable.run_ticks();
    assert_eq!(log.take(), ["final", "destroy", "close"]);
    assert!(!writable.finished() && writable.aborted());
}

/// test-stream-writable-samecb-singletick.js: writes with one callback share one tick.
#[test]
fn equal_callbacks_share_a_tick_and_are_each_called() {
    use stream_backpressure::{Host, Machine};
    #[derive(Default)]
    struct Counts(usize);
    impl Host<Vec<u8>> for Counts {
        type Callback = fn(&mut Counts);
        type Error = String;
        fn write(_: &mut Machine<Vec<u8>, Self>, _: Vec<u8>) -> Completion<String> {
            Completion::Done
        }
        fn same(one: &Self::Callback, other: &Self::Callback) -> bool {
            std::ptr::fn_addr_eq(*one, *other)
        }
        fn call(
            stream: &mut Machine<Vec<u8>, Self>,
            callback: Self::Callback,
            _: Result<(), Error<String>>,
        ) {
            callback(stream.host_mut());
        }
        fn event(_: &mut Machine<Vec<u8>, Self>, _: Event<String>) {}
    }
    let mut stream = Machine::new(Options::default(), Counts::default());
    for _ in 0..1000 {
        stream.write_then(vec![1], |counts| counts.0 += 1).unwrap();
    }
    assert_eq!(stream.run_ticks(), 1);
    assert_eq!(stream.host().0, 1000);
}

/// test-stream-writable-clear-buffer.js and test-stream-writableState-uncorked-bufferedRequestCount.js:
/// the number of buffered chunks is that of the chunks.
#[test]
fn the_count_of_buffered_chunks_agrees_with_the_chunks() {
    let (mut writable, _) = stream::<false, false>(Options::default(), Completion::Pending);
    writable.cork();
    for n in 1..6 {
        writable.write(bytes(n)).unwrap();
        assert_eq!(writable.buffered_chunks(), n);
    }
    writable.uncork();
    for left in (0..5).rev() {
        assert_eq!((writable.buffered_chunks(), writable.buffered().count()), (left, left));
        writable.complete(Ok(()));
    }
}

/// test-stream-error-once.js: an error is emitted once.
#[test]
fn errors_after_the_first_are_not_emitted() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    writable.end();
    for _ in 0..3 {
        writable.write(bytes(1)).unwrap_err();
    }
    writable.run_ticks();
    let errors = log.take().iter().filter(|entry| entry.starts_with("error")).count();
    assert_eq!(errors, 1);
}

/// test-stream-writev.js: what was corked reaches writev in order, with what it is.
#[test]
fn writev_sees_chunks_as_they_are_without_decoding_and_as_bytes_with_it() {
    struct All(Vec<Data>);
    impl Sink<Data> for All {
        type Error = String;
        const WRITEV: bool = true;
        fn write(&mut self, chunk: Data) -> Completion<String> {
            self.0.push(chunk);
            Completion::Done
        }
        fn writev(&mut self, chunks: &mut Chunks<Data>) -> Completion<String> {
            self.0.extend(chunks);
            Completion::Done
        }
    }
    let latin1 = Encoding::named("latin1").unwrap();
    for decode in [false, true] {
        let mut options = Options::default();
        options.decode_strings = decode;
        let mut writable = Writable::over(options, All(Vec::new()));
        writable.cork();
        writable.write(Data::Text(Text::new("hello, ").encoded(latin1))).unwrap();
        writable.write(Data::Bytes(b"world".to_vec())).unwrap();
        writable.write(Data::text("!")).unwrap();
        assert!(writable.sink().0.is_empty());
        writable.end();
        let text = |text: &str, encoding| match decode {
            true => Data::Bytes(text.into()),
            false => Data::Text(Text::new(text).encoded(encoding)),
        };
        let expected = [
            text("hello, ", latin1),
            Data::Bytes(b"world".to_vec()),
            text("!", Encoding::default()),
        ];
        assert_eq!(writable.sink().0, expected);
    }
}

/// test-stream-objectmode-undefined.js: `undefined` is a value like others to a stream of objects.
#[test]
fn a_stream_of_objects_takes_a_value_that_is_none() {
    struct Last(Vec<Option<u8>>);
    impl Sink<Object<Option<u8>>> for Last {
        type Error = String;
        fn write(&mut self, chunk: Object<Option<u8>>) -> Completion<String> {
            self.0.push(chunk.0);
            Completion::Done
        }
    }
    let mut writable = Writable::over(Options::default().with_object_mode(), Last(Vec::new()));
    writable.write(Object(None)).unwrap();
    assert_eq!(writable.sink().0, [None]);
}

/// test-stream-write-destroy.js: after destruction nothing more reaches the sink, and each callback is
/// called, in order.
#[test]
fn after_destruction_nothing_reaches_the_sink_and_callbacks_keep_their_order() {
    let (mut writable, log) = stream::<true, false>(Options::default(), Completion::Pending);
    for name in ["one", "two", "three"] {
        writable.write_then(bytes(1), log.callback(name)).unwrap();
    }
    writable.destroy(Some(Error::Sink("gone".to_owned())));
    writable.complete(Ok(()));
    writable.run_ticks();
    assert_eq!(
        log.take(),
        ["write 1", "destroy gone", "one", "two gone", "three gone", "error gone", "close"]
    );
}

/// test-stream-auto-destroy.js: a stream that fails while it ends is destroyed once.
#[test]
fn listeners_and_callbacks_may_call_the_stream_and_it_is_destroyed_once() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    let closes = Arc::new(AtomicUsize::new(0));
    let counted = closes.clone();
    writable.on(move |stream, event| match event {
        Event::Finish => stream.destroy(Some(Error::Sink("late".to_owned()))),
        Event::Close => _ = counted.fetch_add(1, Relaxed),
        _ => {}
    });
    writable.write_then(bytes(1), Box::new(|stream, _| stream.end())).unwrap();
    writable.run_ticks();
    assert_eq!(
        log.take(),
        ["write 1", "prefinish", "finish", "destroy late", "error late", "close"]
    );
    assert_eq!(closes.load(Relaxed), 1);
}

/// test-stream-big-packet.js: what is larger than any mark passes whole.
#[test]
fn a_chunk_larger_than_the_mark_passes_whole() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Pending);
    assert!(!writable.write(bytes(1_000_000)).unwrap());
    assert!(!writable.write(bytes(1)).unwrap());
    writable.complete(Ok(()));
    writable.complete(Ok(()));
    assert_eq!(log.take(), ["write 1000000", "write 1", "drain"]);
}
