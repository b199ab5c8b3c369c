//! Destruction, what becomes of what is under way, and construction.

use crate::log::{bytes, stream};
use stream_backpressure::{Completion, Error, Options};

fn sink_error() -> Option<Error<String>> {
    Some(Error::Sink("gone".to_owned()))
}

#[test]
fn destroy_in_flight_lets_that_callback_succeed_and_gives_up_the_rest() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Pending);
    writable.write_then(bytes(1), log.callback("one")).unwrap();
    writable.write_then(bytes(2), log.callback("two")).unwrap();
    writable.end_with(None, Some(log.callback("end"))).unwrap();
    writable.destroy(sink_error());
    writable.run_ticks();
    assert_eq!(log.take(), ["write 1", "destroy gone", "error gone", "close"]);
    writable.complete(Ok(()));
    assert_eq!(log.take(), ["one", "two gone", "end gone"]);
    assert_eq!(writable.length(), 0);
}

#[test]
fn destroy_without_an_error_gives_up_what_is_corked() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    writable.cork();
    writable.write_then(bytes(2), log.callback("two")).unwrap();
    writable.destroy(None);
    writable.destroy(sink_error());
    writable.run_ticks();
    assert_eq!(log.take(), ["destroy", "two ERR_STREAM_DESTROYED", "close"]);
    assert_eq!(writable.errored(), None);
}

#[test]
fn the_sink_may_replace_the_error_or_swallow_it() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    writable.sink_mut().letting_go = Completion::failed("other".to_owned());
    writable.destroy(sink_error());
    writable.run_ticks();
    assert_eq!(log.take(), ["destroy gone", "error other", "close"]);
    assert_eq!(writable.errored(), sink_error().as_ref());

    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    writable.sink_mut().letting_go = Completion::Pending;
    writable.destroy(sink_error());
    assert!(!writable.closed());
    writable.complete_destroy(None);
    writable.complete_destroy(sink_error());
    writable.run_ticks();
    assert_eq!(log.take(), ["destroy gone", "close"]);
}

#[test]
fn close_is_not_emitted_where_it_is_not_wanted() {
    let mut options = Options::default();
    options.emit_close = false;
    let (mut writable, log) = stream::<false, false>(options, Completion::Done);
    writable.destroy(None);
    writable.run_ticks();
    assert_eq!(log.take(), ["destroy"]);
    assert!(writable.closed());
}

#[test]
fn without_auto_destroy_an_error_is_emitted_and_the_stream_stays() {
    let mut options = Options::default();
    options.auto_destroy = false;
    let (mut writable, log) = stream::<false, false>(options, Completion::Pending);
    writable.write_then(bytes(1), log.callback("one")).unwrap();
    writable.complete(Err(Error::Sink("no".to_owned())));
    assert_eq!(log.take(), ["write 1", "one no", "error no"]);
    assert!(!writable.destroyed() && !writable.writable());
    assert!(!writable.write_then(bytes(2), log.callback("kept for ever")).unwrap());
    writable.run_ticks();
    assert_eq!(writable.buffered_chunks(), 1);
    writable.destroy(None);
    writable.run_ticks();
    assert_eq!(log.take(), ["destroy", "kept for ever no", "close"]);
}

fn constructing(readiness: Completion<String>) -> (crate::log::Stream, crate::log::Log) {
    let mut options = Options::default();
    options.construct = true;
    let (mut writable, log) = stream(options, Completion::Done);
    writable.sink_mut().readiness = readiness;
    (writable, log)
}

#[test]
fn nothing_reaches_the_sink_before_it_is_constructed() {
    let (mut writable, log) = constructing(Completion::Pending);
    writable.write_then(bytes(1), log.callback("one")).unwrap();
    writable.end();
    writable.run_ticks();
    assert_eq!(log.take(), ["construct"]);
    writable.complete_construct(Ok(()));
    writable.run_ticks();
    assert_eq!(log.take(), ["write 1", "prefinish", "one", "finish", "destroy", "close"]);
}

#[test]
fn a_construction_that_fails_destroys_the_stream() {
    let (mut writable, log) = constructing(Completion::failed("unready".to_owned()));
    writable.write_then(bytes(1), log.callback("one")).unwrap();
    writable.run_ticks();
    assert_eq!(
        log.take(),
        ["construct", "destroy unready", "one unready", "error unready", "close"]
    );
}

#[test]
fn destruction_waits_for_construction_and_both_errors_are_joined() {
    let (mut writable, log) = constructing(Completion::failed("unready".to_owned()));
    writable.destroy(sink_error());
    writable.run_ticks();
    assert_eq!(log.take(), ["construct", "destroy gone", "error gone", "close"]);
    assert_eq!(writable.errored(), sink_error().as_ref());
}

#[test]
fn a_construction_that_answers_twice_fails_the_stream() {
    let (mut writable, log) = constructing(Completion::Done);
    writable.complete_construct(Ok(()));
    writable.run_ticks();
    assert_eq!(
        log.take(),
        ["construct", "destroy ERR_MULTIPLE_CALLBACK", "error ERR_MULTIPLE_CALLBACK", "close"]
    );
}
