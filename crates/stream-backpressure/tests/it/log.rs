//! A sink that does as it is told, and a log of all that happens to it and to its stream.

use std::sync::{Arc, Mutex};
use stream_backpressure::{
    Chunks, Completion, Data, Error, Event, Mode, OnDone, Options, Sink, Writable,
};

/// What happened, in order.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn push(&self, entry: impl Into<String>) {
        self.0.lock().expect("no panic while it is held").push(entry.into());
    }

    /// What happened since this was last asked.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no panic while it is held"))
    }

    /// A callback that logs its name, and the error if there is one.
    pub fn callback<const V: bool, const F: bool>(&self, name: &str) -> Callback<V, F> {
        let (log, name) = (self.clone(), name.to_owned());
        Box::new(move |_, result| log.push(told(&name, result.err().as_ref())))
    }
}

fn told(name: &str, error: Option<&Error<String>>) -> String {
    match error {
        Some(error) => format!("{name} {}", shown(error)),
        None => name.to_owned(),
    }
}

/// Node's code, or else the message.
pub fn shown(error: &Error<String>) -> String {
    error.code().map_or_else(|| error.to_string(), str::to_owned)
}

/// A sink whose `writev` and `final` are there or not.
pub struct Told<const WRITEV: bool = false, const FINAL: bool = false> {
    pub log: Log,
    /// What `write` and `writev` answer.
    pub answer: Completion<String>,
    pub last: Completion<String>,
    pub letting_go: Completion<String>,
    pub readiness: Completion<String>,
}

pub type Stream<const V: bool = false, const F: bool = false> = Writable<Data, Told<V, F>>;
pub type Callback<const V: bool, const F: bool> = OnDone<Data, Told<V, F>>;

fn length(chunk: &Data) -> String {
    match chunk {
        Data::Bytes(bytes) => bytes.len().to_string(),
        other => format!("{other:?}"),
    }
}

impl<const WRITEV: bool, const FINAL: bool> Sink<Data> for Told<WRITEV, FINAL> {
    type Error = String;
    const WRITEV: bool = WRITEV;
    const FINAL: bool = FINAL;

    fn write(&mut self, chunk: Data) -> Completion<String> {
        self.log.push(format!("write {}", length(&chunk)));
        self.answer.clone()
    }

    fn writev(&mut self, chunks: &mut Chunks<Data>) -> Completion<String> {
        let lengths: Vec<_> = chunks.map(|chunk| length(&chunk)).collect();
        self.log.push(format!("writev {}", lengths.join(",")));
        self.answer.clone()
    }

    fn finalize(&mut self) -> Completion<String> {
        self.log.push("final");
        self.last.clone()
    }

    fn destroy(&mut self, error: Option<&Error<String>>) -> Completion<String> {
        self.log.push(told("destroy", error));
        self.letting_go.clone()
    }

    fn construct(&mut self) -> Completion<String> {
        self.log.push("construct");
        self.readiness.clone()
    }
}

/// A stream into a sink that answers so, and the log of both.
pub fn stream<const V: bool, const F: bool>(
    options: Options,
    answer: Completion<String>,
) -> (Stream<V, F>, Log) {
    let log = Log::default();
    let sink = Told {
        log: log.clone(),
        answer,
        last: Completion::Done,
        letting_go: Completion::Done,
        readiness: Completion::Done,
    };
    let mut stream = Writable::over(options, sink);
    let heard = log.clone();
    stream.on(move |_, event| {
        heard.push(match event {
            Event::Drain => "drain".to_owned(),
            Event::Prefinish => "prefinish".to_owned(),
            Event::Finish => "finish".to_owned(),
            Event::Error(error) => told("error", Some(error)),
            Event::Close => "close".to_owned(),
            _ => unreachable!("an unknown event"),
        });
    });
    (stream, log)
}

/// A chunk of `length` bytes.
pub fn bytes(length: usize) -> Data {
    Data::Bytes(vec![7; length])
}

pub fn strict() -> Options {
    Options::default().with_mode(Mode::Strict)
}
