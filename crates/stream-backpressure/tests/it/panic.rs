//! Sinks that panic, in any of their methods: the panic goes on to the caller, the stream fails, and
//! its callbacks are called.

use crate::log::{Log, bytes, strict};
use std::panic::{AssertUnwindSafe, catch_unwind};
use stream_backpressure::{
    Chunks, Completion, Data, Error, Event, OnDone, Options, Sink, Writable,
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

    fn writev(&mut self, _: &mut Chunks<Data>) -> Completion<String> {
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
