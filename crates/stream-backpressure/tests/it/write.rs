//! Writing: callbacks and their ticks, what is refused, answers given twice, sinks that fail.

use crate::log::{bytes, shown, stream};
use stream_backpressure::{Completion, Data, Error, Options};

#[test]
fn a_synchronous_write_calls_back_in_a_tick_and_an_asynchronous_one_at_once() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    writable.write_then(bytes(1), log.callback("one")).unwrap();
    writable.write_then(bytes(2), log.callback("two")).unwrap();
    assert_eq!(log.take(), ["write 1", "write 2"]);
    assert_eq!(writable.run_ticks(), 2);
    assert_eq!(log.take(), ["one", "two"]);
    writable.sink_mut().answer = Completion::Pending;
    writable.write_then(bytes(3), log.callback("three")).unwrap();
    writable.write_then(bytes(4), log.callback("four")).unwrap();
    writable.complete(Ok(()));
    assert_eq!(log.take(), ["write 3", "write 4", "three"]);
}

#[test]
fn writes_after_the_end_and_after_destruction_hand_the_chunk_back_and_tell_the_callback() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    writable.end();
    let refused = writable.write_then(bytes(3), log.callback("late")).unwrap_err();
    assert_eq!(refused.chunk, Some(bytes(3)));
    assert!(refused.callback.is_none(), "the stream calls it");
    assert_eq!(shown(&refused.error), "ERR_STREAM_WRITE_AFTER_END");
    writable.run_ticks();
    assert_eq!(
        log.take(),
        [
            "prefinish",
            "destroy ERR_STREAM_WRITE_AFTER_END",
            "late ERR_STREAM_WRITE_AFTER_END",
            "error ERR_STREAM_WRITE_AFTER_END",
            "close",
        ]
    );

    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    writable.destroy(None);
    let refused = writable.write_then(bytes(3), log.callback("late")).unwrap_err();
    assert_eq!(refused.chunk, Some(bytes(3)));
    writable.run_ticks();
    assert_eq!(log.take(), ["destroy", "close", "late ERR_STREAM_DESTROYED"]);
}

#[test]
fn what_is_no_chunk_is_refused_without_an_event_and_its_callback_comes_back() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    for (chunk, code) in
        [(Data::Null, "ERR_STREAM_NULL_VALUES"), (Data::Other(1), "ERR_INVALID_ARG_TYPE")]
    {
        let refused = writable.write_then(chunk.clone(), log.callback("never")).unwrap_err();
        assert_eq!(refused.chunk, Some(chunk));
        assert_eq!(refused.error.code(), Some(code));
        assert!(refused.callback.is_some());
        let refused = writable.end_with(Some(Data::Null), Some(log.callback("never"))).unwrap_err();
        assert!(refused.callback.is_some());
    }
    assert_eq!(writable.run_ticks(), 0);
    assert_eq!(log.take(), [""; 0]);
    assert!(writable.writable());
}

#[test]
fn an_answer_that_nothing_waits_for_fails_the_stream() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Pending);
    writable.write_then(bytes(1), log.callback("one")).unwrap();
    writable.complete(Ok(()));
    writable.complete(Ok(()));
    writable.run_ticks();
    assert_eq!(
        log.take(),
        ["write 1", "one", "destroy ERR_MULTIPLE_CALLBACK", "error ERR_MULTIPLE_CALLBACK", "close"]
    );
}

#[test]
fn a_synchronous_error_waits_a_tick_and_writes_before_it_say_false() {
    let (mut writable, log) =
        stream::<false, false>(Options::default(), Completion::failed("no".to_owned()));
    assert!(!writable.write_then(bytes(1), log.callback("one")).unwrap());
    assert!(!writable.write_then(bytes(2), log.callback("two")).unwrap());
    writable.end_with(None, Some(log.callback("end"))).unwrap();
    assert_eq!(log.take(), ["write 1"]);
    assert_eq!(writable.errored(), Some(&Error::Sink("no".to_owned())));
    writable.run_ticks();
    assert_eq!(log.take(), ["one no", "two no", "destroy no", "end no", "error no", "close"]);
}

#[test]
fn an_asynchronous_error_is_told_in_order() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Pending);
    writable.write_then(bytes(1), log.callback("one")).unwrap();
    writable.write_then(bytes(2), log.callback("two")).unwrap();
    writable.end_with(None, Some(log.callback("end"))).unwrap();
    writable.complete(Err(Error::Sink("no".to_owned())));
    assert_eq!(log.take(), ["write 1", "one no", "two no", "end no", "destroy no"]);
    writable.run_ticks();
    assert_eq!(log.take(), ["error no", "close"]);
}

#[test]
fn a_sink_without_writev_says_so_by_a_code() {
    use stream_backpressure::{Chunks, Host};
    struct Half;
    impl Host<Vec<u8>> for Half {
        type Callback = ();
        type Error = String;
        fn write(
            _: &mut stream_backpressure::Machine<Vec<u8>, Self>,
            _: Vec<u8>,
        ) -> Completion<String> {
            Completion::Done
        }
        fn has_writev(&self) -> bool {
            true
        }
        fn call(
            _: &mut stream_backpressure::Machine<Vec<u8>, Self>,
            (): (),
            _: Result<(), Error<String>>,
        ) {
        }
        fn event(
            _: &mut stream_backpressure::Machine<Vec<u8>, Self>,
            _: stream_backpressure::Event<String>,
        ) {
        }
    }
    let mut stream = stream_backpressure::Machine::new(Options::default(), Half);
    stream.cork();
    stream.write(vec![1]).unwrap();
    stream.write(vec![2]).unwrap();
    stream.uncork();
    assert_eq!(shown(stream.errored().unwrap()), "ERR_METHOD_NOT_IMPLEMENTED");
    let chunks: Chunks<u8> = [1, 2].into_iter().collect();
    assert_eq!(chunks.len(), 2);
}

#[test]
fn pipe_fails_the_stream() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    writable.pipe();
    writable.run_ticks();
    assert_eq!(
        log.take(),
        ["destroy ERR_STREAM_CANNOT_PIPE", "error ERR_STREAM_CANNOT_PIPE", "close"]
    );
}
