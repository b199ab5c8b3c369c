//! Sinks that panic, in any of their methods: the panic goes on to the caller, the stream fails, and
//! its callbacks are called. Callbacks and listeners that panic: the rest happens first.

use crate::log::{Log, bytes, strict};
use crate::polled::context;
use std::panic::resume_unwind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};
use stream_backpressure::{
    Budget, Chunk, Chunks, Completion, Data, Error, Event, Host, Machine, OnDone, Options, PollFn,
    PollSink, PollWritable, Rules, Sink, Writable,
};

/// Panics in the method of that name.
struct Panics(&'static str);

impl Panics {
    fn in_method(&self, name: &str) -> Completion<String> {
        assert_ne!(self.0, name, "the sink's own panic");
        Completion::Done
    }
}

impl Sink<Data> for Panics {
    type Error = String;
    const WRITEV: bool = true;
    const FINAL: bool = true;

    fn write(&mut self, _: Data) -> Completion<String> {
        self.in_method("write")
    }

    fn writev(&mut self, chunks: &mut Chunks<Data>) -> Completion<String> {
        chunks.for_each(drop);
        self.in_method("writev")
    }

    fn finalize(&mut self) -> Completion<String> {
        self.in_method("final")
    }

    fn destroy(&mut self, _: Option<&Error<String>>) -> Completion<String> {
        self.in_method("destroy")
    }

    fn construct(&mut self) -> Completion<String> {
        self.in_method("construct")
    }
}

fn told(log: &Log, name: &str) -> OnDone<Data, Panics> {
    let (log, name) = (log.clone(), name.to_owned());
    Box::new(move |_, result| log.push(format!("{name} {}", result.is_ok())))
}

#[test]
fn whichever_method_panics_the_stream_closes_with_the_error_and_calls_back() {
    for method in ["write", "writev", "final", "destroy", "construct"] {
        let log = Log::default();
        let mut options: Options = strict();
        options.construct = true;
        let mut writable = Writable::over(options, Panics(method));
        let heard = log.clone();
        writable.on(move |_, event| {
            if let Event::Error(error) = event {
                heard.push(format!("error {error}"));
            } else if let Event::Close = event {
                heard.push("close");
            }
        });
        writable.cork();
        writable.write_then(bytes(1), told(&log, "one")).unwrap();
        writable.write_then(bytes(1), told(&log, "two")).unwrap();
        writable.uncork();
        let mut panics = 0;
        let mut attempt = |call: &mut dyn FnMut()| {
            panics += usize::from(catch_unwind(AssertUnwindSafe(call)).is_err());
        };
        attempt(&mut || _ = writable.run_ticks());
        attempt(&mut || _ = writable.run_ticks());
        attempt(&mut || {
            let _ = writable.write_then(bytes(1), told(&log, "three"));
        });
        attempt(&mut || _ = writable.run_ticks());
        attempt(&mut || _ = writable.end_with(None, Some(told(&log, "end"))));
        attempt(&mut || _ = writable.run_ticks());
        attempt(&mut || _ = writable.run_ticks());
        assert_eq!(panics, 1, "in {method}");
        assert!(writable.closed(), "after a panic in {method}");
        assert_eq!(writable.errored(), Some(&Error::SinkPanicked), "in {method}");
        let told = log.take();
        for name in ["one", "two", "three", "end"] {
            let times = told.iter().filter(|entry| entry.starts_with(name)).count();
            assert_eq!(times, 1, "{name} after a panic in {method}: {told:?}");
        }
        for entry in ["error The sink panicked", "close"] {
            assert!(told.iter().any(|told| told == entry), "{entry} in {method}: {told:?}");
        }
        assert_eq!(writable.length(), 0);
    }
}

/// Panics without a message on standard error.
fn panic_with(word: &'static str) -> ! {
    resume_unwind(Box::new(word))
}

/// What the call panicked with.
fn caught<R>(call: impl FnOnce() -> R) -> Option<&'static str> {
    let panic = catch_unwind(AssertUnwindSafe(call)).err()?;
    panic.downcast_ref::<&'static str>().copied()
}

#[test]
fn callbacks_that_panic_do_not_keep_the_others_from_being_called() {
    for answered_later in [true, false] {
        let answer = if answered_later { Completion::Pending } else { Completion::Done };
        let (mut writable, log) = crate::log::stream::<true, false>(strict(), answer);
        writable.cork();
        for name in ["one", "two", "three"] {
            let log = log.clone();
            let callback = Box::new(move |_: &mut _, _: Result<_, _>| {
                log.push(name);
                if name != "three" {
                    panic_with(name);
                }
            });
            writable.write_then(bytes(1), callback).unwrap();
        }
        writable.uncork();
        let end = log.callback("end");
        writable.end_with(None, Some(end)).unwrap();
        if answered_later {
            assert_eq!(caught(|| writable.complete(Ok(()))), Some("one"));
        }
        let panicked = caught(|| writable.run_ticks());
        assert_eq!(panicked, (!answered_later).then_some("one"), "the first goes on");
        let mut expected =
            vec!["writev 1,1,1", "one", "two", "three", "end", "finish", "destroy", "close"];
        expected.insert(if answered_later { 4 } else { 1 }, "prefinish");
        assert_eq!(log.take(), expected);
        assert!(writable.finished() && !writable.tick_due());
    }
}

#[test]
fn a_listener_that_panics_stays_and_the_others_hear_the_event() {
    let options = strict().with_high_water_mark(1);
    let (mut writable, log) = crate::log::stream::<false, false>(options, Completion::Pending);
    let second = log.clone();
    writable.on(move |_, event| {
        if let Event::Drain = event {
            second.push("second");
            panic_with("a listener's");
        }
    });
    let third = log.clone();
    writable.on(move |_, event| {
        if let Event::Drain = event {
            third.push("third");
        }
    });
    for _ in 0..2 {
        assert!(!writable.write_then(bytes(1), log.callback("done")).unwrap());
        assert_eq!(caught(|| writable.complete(Ok(()))), Some("a listener's"));
        assert_eq!(log.take(), ["write 1", "drain", "second", "third", "done"]);
    }
    assert!(writable.write_then(bytes(0), log.callback("done")).unwrap());
}

#[test]
fn a_call_from_within_a_callback_does_not_raise_the_panic_of_another() {
    let (mut writable, log) = crate::log::stream::<false, false>(strict(), Completion::Pending);
    let panics = Box::new(|_: &mut _, _: Result<_, _>| panic_with("one"));
    writable.write_then(bytes(1), panics).unwrap();
    let calls = log.clone();
    let callback = Box::new(move |stream: &mut crate::log::Stream, _: Result<_, _>| {
        stream.destroy(None);
        stream.run_ticks();
        calls.push("still here");
    });
    writable.write_then(bytes(2), callback).unwrap();
    assert_eq!(caught(|| writable.complete(Err(Error::Sink("no".to_owned())))), Some("one"));
    assert!(log.take().contains(&"still here".to_owned()));
    writable.run_ticks();
    assert!(writable.closed());
}

/// A host whose callbacks and listeners panic whenever its numbers say so.
struct Shaky {
    panics: Vec<bool>,
    called: Vec<u8>,
    happened: usize,
}

impl Shaky {
    fn shake(&mut self) {
        self.happened += 1;
        if self.panics.get(self.happened - 1) == Some(&true) {
            panic_with("shaken");
        }
    }
}

impl Host<Vec<u8>> for Shaky {
    type Callback = u8;
    type Error = ();

    fn write(_: &mut Machine<Vec<u8>, Self>, _: Vec<u8>) -> Completion<()> {
        Completion::Pending
    }

    fn call(stream: &mut Machine<Vec<u8>, Self>, callback: u8, _: Result<(), Error<()>>) {
        stream.host_mut().called.push(callback);
        if callback.is_multiple_of(3) {
            let _ = stream.write(vec![0]);
            stream.uncork();
        }
        stream.host_mut().shake();
    }

    fn event(stream: &mut Machine<Vec<u8>, Self>, _: Event<()>) {
        stream.host_mut().shake();
    }

    fn has_final(&self) -> bool {
        true
    }
}

proptest::proptest! {
    #[test]
    fn whatever_panics_every_callback_is_called_once_and_the_stream_closes(
        panics in proptest::collection::vec(proptest::bool::weighted(0.4), 0..40),
        script in proptest::collection::vec(0_u8..7, 1..60),
        fails in proptest::bool::ANY,
    ) {
        let host = Shaky { panics, called: Vec::new(), happened: 0 };
        let mut stream = Machine::new(strict().with_high_water_mark(2), host);
        let mut given = 0;
        for call in script {
            let _ = caught(|| match call {
                0..=2 => {
                    given += 1;
                    if let Err(refused) = stream.write_then(vec![1], given) {
                        stream.host_mut().called.extend(refused.callback);
                    }
                }
                3 => stream.complete(if fails { Err(Error::Sink(())) } else { Ok(()) }),
                4 => stream.cork(),
                5 => stream.uncork(),
                _ => _ = stream.run_ticks(),
            });
        }
        given += 1;
        let _ = caught(|| {
            if let Err(refused) = stream.end_with(None, Some(given)) {
                stream.host_mut().called.extend(refused.callback);
            }
        });
        stream.destroy(None);
        while stream.tick_due() {
            let _ = caught(|| stream.run_ticks());
        }
        proptest::prop_assert!(stream.closed());
        proptest::prop_assert_eq!(stream.length(), 0);
        let mut called = stream.host().called.clone();
        called.sort_unstable();
        proptest::prop_assert_eq!(called, (1..=given).collect::<Vec<_>>());
    }
}

/// A polled sink that panics in the method of that name.
struct PolledPanics(&'static str);

impl PollSink<Vec<u8>> for PolledPanics {
    type Error = ();

    fn poll_write(
        &mut self,
        _: &mut Context<'_>,
        chunks: &mut Chunks<Vec<u8>>,
    ) -> Poll<Result<(), ()>> {
        chunks.next();
        if self.0 == "write" {
            panic_with("write");
        }
        chunks.for_each(drop);
        Poll::Ready(Ok(()))
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        if self.0 == "flush" {
            panic_with("flush");
        }
        Poll::Ready(Ok(()))
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        panic_with("close");
    }
}

#[test]
fn a_polled_sink_that_panics_fails_every_later_call() {
    for method in ["write", "flush", "close"] {
        let mut writable = PollWritable::new(Options::default(), PolledPanics(method));
        let cx = &mut context();
        writable.start_send(vec![1]).unwrap();
        writable.start_send(vec![2]).unwrap();
        let panicked = caught(|| {
            let _ = writable.poll_flush(cx);
            let _ = writable.poll_close(cx);
        });
        assert_eq!(panicked, Some(method));
        let failed = |poll| matches!(poll, Poll::Ready(Err(Error::SinkPanicked)));
        assert!(failed(writable.poll_ready(cx).map_err(|refused| refused.error)), "{method}");
        assert!(failed(writable.poll_flush(cx).map_err(|refused| refused.error)), "{method}");
        assert!(failed(writable.poll_close(cx).map_err(|refused| refused.error)), "{method}");
        let refused = writable.start_send(vec![3]).unwrap_err();
        assert_eq!(
            (refused.chunk, refused.error),
            (Some(vec![3]), Error::SinkPanicked),
            "{method}"
        );
        assert_eq!(writable.stats().bytes, 0);
    }
}

#[test]
fn a_polled_sink_that_is_done_with_chunks_left_fails_the_stream() {
    let lazy = PollFn(|_: &mut Context<'_>, chunks: &mut Chunks<Vec<u8>>| {
        chunks.next();
        Poll::Ready(Ok::<_, ()>(()))
    });
    let mut writable = PollWritable::new(Options::default(), lazy);
    for n in 0..4 {
        writable.start_send(vec![n]).unwrap();
    }
    let Poll::Ready(Err(refused)) = writable.poll_flush(&mut context()) else {
        panic!("it lost some")
    };
    assert_eq!(refused.error, Error::ChunksLeft { chunks: 2 }, "of the three behind the first");
    assert_eq!(writable.stats().bytes, 0);
}

/// A sink that answers at once, and whose accounting panics from the call of that number on, as often as it
/// is told.
struct BadBooks {
    first: usize,
    times: usize,
    calls: usize,
    held: isize,
    taken: usize,
}

impl Sink<Vec<u8>> for BadBooks {
    type Error = String;

    fn write(&mut self, _: Vec<u8>) -> Completion<String> {
        self.taken += 1;
        Completion::Done
    }

    fn account(&mut self, difference: isize) {
        self.held += difference;
        self.calls += 1;
        if (self.first..self.first + self.times).contains(&self.calls) {
            panic_with("account");
        }
    }
}

#[test]
fn accounting_that_panics_upsets_nothing_and_its_panic_goes_on() {
    for first in 1..=8 {
        for corked in [false, true] {
            let books = BadBooks { first, times: 1, calls: 0, held: 0, taken: 0 };
            let mut writable = Writable::over(Options::default(), books);
            let mut panicked = Vec::new();
            if corked {
                writable.cork();
            }
            for n in 1..=4 {
                panicked.extend(caught(|| _ = writable.write(vec![7; n])));
            }
            panicked.extend(caught(|| writable.uncork()));
            panicked.extend(caught(|| writable.end()));
            panicked.extend(caught(|| _ = writable.run_ticks()));
            assert_eq!(panicked, ["account"], "at call {first}");
            assert!(writable.finished(), "after a panic at call {first}");
            assert_eq!((writable.length(), writable.sink().held, writable.sink().taken), (0, 0, 4));
        }
    }
}

#[test]
fn accounting_that_panics_keeps_no_callback_from_being_called_once() {
    for (first, times) in (1..=16).flat_map(|first| [(first, 1), (first, 2), (first, 9)]) {
        for corked in [false, true] {
            let books = BadBooks { first, times, calls: 0, held: 0, taken: 0 };
            let mut writable = Writable::over(strict().with_high_water_mark(2), books);
            let log = Log::default();
            let told = |name: String| -> OnDone<Vec<u8>, BadBooks> {
                let log = log.clone();
                Box::new(move |_, _| log.push(&name))
            };
            if corked {
                writable.cork();
            }
            for n in 1..=4 {
                let told = told(format!("write {n}"));
                let _ = caught(|| writable.write_then(vec![7; n], told).unwrap());
            }
            let _ = caught(|| writable.uncork());
            let told = told("end".into());
            let _ = caught(|| writable.end_with(Some(vec![7]), Some(told)).unwrap());
            while writable.tick_due() {
                let _ = caught(|| writable.run_ticks());
            }
            let mut called = log.take();
            called.sort();
            let expected = ["end", "write 1", "write 2", "write 3", "write 4"];
            assert_eq!(called, expected, "{times} panics from call {first} on");
        }
    }
}

/// A chunk that panics when it is dropped, or when it is prepared.
#[derive(Debug)]
struct Brittle {
    in_drop: bool,
    in_prepare: bool,
}

impl Chunk for Brittle {
    fn length(&self) -> usize {
        1
    }

    fn prepare(&mut self, _: Rules) {
        if std::mem::take(&mut self.in_prepare) {
            panic_with("prepare");
        }
    }
}

impl Drop for Brittle {
    fn drop(&mut self) {
        if std::mem::take(&mut self.in_drop) {
            panic_with("drop");
        }
    }
}

struct Silent;

impl Sink<Brittle> for Silent {
    type Error = String;

    fn write(&mut self, mut chunk: Brittle) -> Completion<String> {
        chunk.in_drop = false;
        Completion::Pending
    }
}

#[test]
fn a_chunk_that_panics_when_it_is_dropped_keeps_no_callback_from_being_called() {
    let log = Log::default();
    let mut writable = Writable::over(strict(), Silent);
    let told = |name: &str| -> OnDone<Brittle, Silent> {
        let (log, name) = (log.clone(), name.to_owned());
        Box::new(move |_, result| log.push(format!("{name} {}", result.is_ok())))
    };
    for name in ["one", "two", "three"] {
        writable.write_then(Brittle { in_drop: true, in_prepare: false }, told(name)).unwrap();
    }
    writable.destroy(None);
    assert_eq!(caught(|| _ = writable.run_ticks()), Some("drop"));
    assert_eq!(caught(|| _ = writable.run_ticks()), None);
    assert!(writable.closed());
    assert_eq!(writable.length(), 0);
    assert_eq!(log.take(), ["one false", "two false", "three false"]);
}

#[test]
fn a_chunk_that_panics_as_it_is_prepared_is_not_held() {
    let budget = Budget::new(1000);
    let mut writable = Writable::over(Options::default().with_budget(&budget), Silent);
    let chunk = Brittle { in_drop: false, in_prepare: true };
    assert_eq!(caught(|| _ = writable.write(chunk)), Some("prepare"));
    assert_eq!((writable.length(), writable.stats().charged, budget.used()), (0, 0, 0));
    assert!(writable.write(Brittle { in_drop: false, in_prepare: false }).unwrap());
}

#[test]
fn the_callback_of_a_write_whose_chunk_panics_as_it_is_prepared_is_called() {
    let log = Log::default();
    let mut writable = Writable::over(strict(), Silent);
    let heard = log.clone();
    let told: OnDone<Brittle, Silent> =
        Box::new(move |_, result| heard.push(format!("{:?}", result.unwrap_err())));
    let chunk = Brittle { in_drop: false, in_prepare: true };
    assert_eq!(caught(|| _ = writable.write_then(chunk, told)), Some("prepare"));
    assert_eq!(log.take(), [""; 0], "not before a tick");
    writable.run_ticks();
    assert_eq!(log.take(), ["InvalidChunk"]);
    assert_eq!((writable.length(), writable.errored()), (0, None));
}

#[test]
fn chunks_that_panic_as_a_polled_stream_is_destroyed_keep_the_sink_from_nothing() {
    let held = std::sync::Arc::new(());
    let kept = held.clone();
    let stuck = PollFn(move |_: &mut Context<'_>, _: &mut Chunks<Brittle>| {
        let _ = &kept;
        Poll::<Result<(), String>>::Pending
    });
    let mut writable = PollWritable::new(Options::default(), stuck);
    for _ in 0..3 {
        writable.start_send(Brittle { in_drop: true, in_prepare: false }).unwrap();
    }
    assert!(writable.poll_flush(&mut context()).is_pending());
    let panicked = caught(|| writable.destroy(None));
    assert_eq!(panicked, Some("drop"));
    assert!(writable.sink().is_none());
    assert_eq!(std::sync::Arc::strong_count(&held), 1, "the sink is dropped");
    assert_eq!(writable.stats().bytes, 0);
}

/// A sink that panics as it is dropped, and as it is polled if it is told.
struct BrittleSink {
    in_poll: bool,
}

impl PollSink<Brittle> for BrittleSink {
    type Error = String;

    fn poll_write(
        &mut self,
        _: &mut Context<'_>,
        _: &mut Chunks<Brittle>,
    ) -> Poll<Result<(), String>> {
        if self.in_poll {
            panic_with("poll");
        }
        Poll::Pending
    }
}

impl Drop for BrittleSink {
    fn drop(&mut self) {
        panic_with("sink");
    }
}

#[test]
fn a_destroyed_stream_gives_its_budget_back_whatever_panics_as_it_is_dropped() {
    for (in_poll, in_drop) in [(false, false), (false, true), (true, false), (true, true)] {
        let budget = Budget::new(10_000);
        let options = Options::default().with_budget(&budget);
        let mut writable = PollWritable::new(options, BrittleSink { in_poll });
        for _ in 0..3 {
            writable.start_send(Brittle { in_drop, in_prepare: false }).unwrap();
        }
        assert!(budget.used() > 0);
        let panicked = caught(|| {
            let _ = writable.poll_flush(&mut context());
            writable.destroy(None);
        });
        let first = if in_drop { "drop" } else { "sink" };
        assert_eq!(panicked, Some(if in_poll { "poll" } else { first }));
        assert_eq!((budget.used(), writable.stats().bytes), (0, 0));
        assert!(writable.sink().is_none());
    }
}

#[test]
fn a_task_that_panics_as_a_done_write_wakes_it_keeps_no_callback_from_being_called() {
    struct Bomb;
    impl std::task::Wake for Bomb {
        fn wake(self: std::sync::Arc<Self>) {
            panic_with("wake");
        }
    }
    let budget = Budget::new(1000);
    let options = strict().with_budget(&budget);
    let (mut writable, log) = crate::log::stream::<false, false>(options, Completion::Pending);
    writable.write_then(bytes(900), log.callback("done")).unwrap();
    let (mut waiter, _) = crate::polled::gated(Options::default().with_budget(&budget));
    let waker = std::task::Waker::from(std::sync::Arc::new(Bomb));
    assert!(waiter.poll_room(&mut Context::from_waker(&waker), 500).is_pending());
    log.take();
    assert_eq!(caught(|| writable.complete(Ok(()))), Some("wake"));
    assert_eq!((log.take(), writable.length()), (vec!["done".to_owned()], 0));
}

/// A sink whose `writev` takes one chunk of all.
struct TakesOne(Completion<String>);

impl Sink<Vec<u8>> for TakesOne {
    type Error = String;
    const WRITEV: bool = true;

    fn write(&mut self, _: Vec<u8>) -> Completion<String> {
        Completion::Done
    }

    fn writev(&mut self, chunks: &mut Chunks<Vec<u8>>) -> Completion<String> {
        chunks.next();
        self.0.clone()
    }
}

#[test]
fn what_writev_leaves_is_not_lost_silently() {
    for options in [Options::default(), strict()] {
        for answer in [Completion::Done, Completion::Pending] {
            let mut writable = Writable::over(options.clone(), TakesOne(answer));
            let (said, heard) = std::sync::mpsc::channel();
            writable.cork();
            for n in 0..3 {
                let said = said.clone();
                let told: OnDone<Vec<u8>, TakesOne> =
                    Box::new(move |_, result| said.send(result).expect("a receiver"));
                writable.write_then(vec![n], told).unwrap();
            }
            writable.uncork();
            writable.run_ticks();
            let left = Error::ChunksLeft { chunks: 2 };
            assert_eq!(writable.errored(), Some(&left));
            assert_eq!(heard.try_iter().collect::<Vec<_>>(), vec![Err(left); 3]);
            assert!(writable.closed());
            assert_eq!(writable.length(), 0);
        }
    }
}
