//! The high-water mark, 'drain', cork, and the figures of the stream.

use crate::log::{bytes, stream};
use stream_backpressure::{Completion, Data, NodeVersion, Object, Options, Sink, Writable};

#[test]
fn exactly_the_mark_says_false_and_drain_follows_the_last_chunk_before_its_callback() {
    let options = Options::default().with_high_water_mark(4);
    let (mut writable, log) = stream::<false, false>(options, Completion::Pending);
    assert!(writable.write(bytes(3)).unwrap());
    assert!(!writable.write_then(bytes(1), log.callback("one")).unwrap());
    assert!(writable.need_drain());
    writable.complete(Ok(()));
    assert_eq!(log.take(), ["write 3", "write 1"]);
    writable.complete(Ok(()));
    assert_eq!(log.take(), ["drain", "one"]);
    assert!(!writable.need_drain());
}

#[test]
fn a_synchronous_drain_waits_for_a_tick() {
    let options = Options::default().with_high_water_mark(4);
    let (mut writable, log) = stream::<false, false>(options, Completion::Done);
    assert!(writable.write(bytes(4)).unwrap(), "the sink has taken it: nothing is held");
    let (mut held, _) =
        stream::<false, false>(Options::default().with_high_water_mark(0), Completion::Pending);
    assert!(held.write(bytes(0)).unwrap(), "an empty chunk holds nothing up");
    assert!(!held.write(bytes(1)).unwrap());
    assert!(!writable.tick_due());
    writable.cork();
    assert!(!writable.write(bytes(4)).unwrap());
    writable.uncork();
    assert_eq!(log.take(), ["write 4", "write 4"]);
    assert_eq!(writable.run_ticks(), 1);
    assert_eq!(log.take(), ["drain"]);
}

#[test]
fn end_suppresses_drain() {
    let options = Options::default().with_high_water_mark(1);
    let (mut writable, log) = stream::<false, false>(options, Completion::Pending);
    assert!(!writable.write(bytes(1)).unwrap());
    writable.end();
    assert!(!writable.need_drain());
    writable.complete(Ok(()));
    writable.run_ticks();
    assert_eq!(log.take(), ["write 1", "prefinish", "finish", "destroy", "close"]);
}

#[test]
fn cork_nests_and_keeps_the_order_and_surplus_uncorks_are_harmless() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    writable.uncork();
    writable.cork();
    writable.cork();
    for n in 1..4 {
        writable.write(bytes(n)).unwrap();
    }
    writable.uncork();
    assert_eq!((writable.corked(), writable.buffered_chunks(), writable.length()), (1, 3, 6));
    assert_eq!(log.take(), [""; 0]);
    writable.uncork();
    assert_eq!(log.take(), ["write 1", "write 2", "write 3"]);
    writable.uncork();
    assert_eq!((writable.corked(), writable.buffered_chunks(), writable.length()), (0, 0, 0));
}

#[test]
fn end_uncorks_fully() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Done);
    writable.cork();
    writable.cork();
    writable.write(bytes(1)).unwrap();
    writable.end();
    assert_eq!(writable.corked(), 0);
    assert_eq!(log.take(), ["write 1", "prefinish"]);
}

#[test]
fn writev_takes_what_is_queued_if_it_is_more_than_one_chunk() {
    let (mut writable, log) = stream::<true, false>(Options::default(), Completion::Pending);
    for n in 1..4 {
        writable.write_then(bytes(n), log.callback(&format!("cb {n}"))).unwrap();
    }
    writable.complete(Ok(()));
    assert_eq!(log.take(), ["write 1", "writev 2,3", "cb 1"]);
    writable.write(bytes(4)).unwrap();
    writable.complete(Ok(()));
    assert_eq!(log.take(), ["write 4", "cb 2", "cb 3"]);
}

#[test]
fn objects_count_one_and_their_mark_is_sixteen() {
    struct Held(Vec<&'static str>);
    impl Sink<Object<&'static str>> for Held {
        type Error = String;
        fn write(&mut self, chunk: Object<&'static str>) -> Completion<String> {
            self.0.push(chunk.0);
            Completion::Pending
        }
    }
    let mut writable = Writable::over(Options::default().with_object_mode(), Held(Vec::new()));
    assert_eq!(writable.high_water_mark(), 16);
    for _ in 0..15 {
        assert!(writable.write(Object("any value")).unwrap());
    }
    assert!(!writable.write(Object("the sixteenth")).unwrap());
    assert_eq!(writable.length(), 16);
    assert_eq!(writable.sink().0, ["any value"]);
}

#[test]
fn marks_follow_the_node_and_are_whole_numbers() {
    let mut options = Options::default();
    assert_eq!(options.mark(), 16384);
    options.node = NodeVersion::V24;
    assert_eq!(options.mark(), if cfg!(windows) { 16384 } else { 65536 });
    for wrong in [-1.0, f64::NAN, 0.5, f64::INFINITY] {
        let refused = Options::default().with_number(wrong).unwrap_err();
        assert_eq!(refused.code(), Some("ERR_INVALID_ARG_VALUE"), "{wrong}");
    }
    assert_eq!(Options::default().with_number(0.0).unwrap().mark(), 0);
}

#[test]
fn a_long_backlog_drains_in_order_and_the_figures_tell() {
    let (mut writable, log) = stream::<false, false>(Options::default(), Completion::Pending);
    for n in 0..5000 {
        let _ = writable.write(Data::Bytes(vec![0; n % 7 + 1])).unwrap();
    }
    let stats = writable.stats();
    assert_eq!((stats.chunks, stats.peak_chunks), (4999, 4999));
    assert_eq!(stats.bytes, (0..5000).map(|n| n % 7 + 1).sum());
    writable.sink_mut().answer = Completion::Done;
    writable.complete(Ok(()));
    writable.run_ticks();
    let expected: Vec<_> = (0..5000).map(|n| format!("write {}", n % 7 + 1)).collect();
    let mut found = log.take();
    assert_eq!(found.pop().as_deref(), Some("drain"));
    assert_eq!(found, expected);
    let drained = writable.stats();
    assert_eq!((drained.bytes, drained.chunks, drained.drains), (0, 0, 1));
    assert_eq!(drained.peak_bytes, stats.bytes);
}
