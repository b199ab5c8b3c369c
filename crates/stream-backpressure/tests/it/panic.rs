//! Sinks that panic, in any of their methods: the panic goes on to the caller, the stream fails, and
//! its callbacks are called. Callbacks and listeners that panic: the rest happens first.

use crate::log::{Log, bytes, strict};
use crate::polled::context;
use std::panic::resume_unwind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};
use stream_backpressure::{
    Chunks, Completion, Data, Error, Event, Host, Machine, OnDone, Options, PollFn, PollSink,
    PollWritable, Sink, Writable,
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
        assert_eq!(writable.start_send(vec![3]).unwrap_err().chunk, Some(vec![3]));
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
