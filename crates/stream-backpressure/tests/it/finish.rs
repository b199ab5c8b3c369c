//! The end of a stream: final, prefinish, the callbacks of `end`, finish, close.

use crate::log::{bytes, stream};
use stream_backpressure::{Completion, Error, Options};

#[test]
fn finish_follows_final_and_the_callbacks_of_end_in_order() {
    let (mut writable, log) = stream::<false, true>(Options::default(), Completion::Pending);
    writable.write_then(bytes(1), log.callback("one")).unwrap();
    writable.end_with(Some(bytes(2)), Some(log.callback("end"))).unwrap();
    writable.end_with(None, Some(log.callback("again"))).unwrap();
    writable.complete(Ok(()));
    writable.complete(Ok(()));
    writable.run_ticks();
    assert_eq!(
        log.take(),
        [
            "write 1",
            "write 2",
            "one",
            "final",
            "prefinish",
            "end",
            "again",
            "finish",
            "destroy",
            "close",
        ]
    );
    assert!(writable.finished() && writable.closed() && !writable.aborted());
    writable.end_with(None, Some(log.callback("late"))).unwrap();
    writable.run_ticks();
    assert_eq!(log.take(), ["late ERR_STREAM_ALREADY_FINISHED"]);
}

#[test]
fn a_final_that_fails_tells_the_callbacks_of_end() {
    let (mut writable, log) = stream::<false, true>(Options::default(), Completion::Done);
    writable.sink_mut().last = Completion::failed("final".to_owned());
    writable.end_with(None, Some(log.callback("end"))).unwrap();
    writable.run_ticks();
    assert_eq!(log.take(), ["final", "destroy final", "error final", "close", "end final"]);
    assert!(!writable.finished() && writable.aborted());
}

#[test]
fn a_final_that_answers_twice_fails_the_stream() {
    let (mut writable, log) = stream::<false, true>(Options::default(), Completion::Done);
    writable.sink_mut().last = Completion::Pending;
    writable.end();
    writable.complete_final(Ok(()));
    writable.complete_final(Ok(()));
    writable.run_ticks();
    let found = log.take();
    assert_eq!(found[..3], ["final", "prefinish", "destroy ERR_MULTIPLE_CALLBACK"]);
    assert_eq!(writable.errored(), Some(&Error::MultipleCallback));
}

#[test]
fn ended_is_set_by_end_and_finished_by_finish() {
    let (mut writable, _) = stream::<false, false>(Options::default(), Completion::Pending);
    writable.write(bytes(1)).unwrap();
    writable.end();
    assert!(writable.ended() && !writable.finished() && !writable.writable());
    writable.complete(Ok(()));
    assert!(!writable.finished());
    writable.run_ticks();
    assert!(writable.finished() && writable.destroyed());
}

#[test]
fn a_stream_that_does_not_destroy_itself_finishes_without_close() {
    let mut options = Options::default();
    options.auto_destroy = false;
    let (mut writable, log) = stream::<false, false>(options, Completion::Done);
    writable.end();
    writable.run_ticks();
    assert_eq!(log.take(), ["prefinish", "finish"]);
    assert!(!writable.destroyed());
}
