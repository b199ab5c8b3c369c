//! Replays a `writable` trace: each step is one call on a stream, and what it returned, what it
//! caused and the stream's properties are compared.
//!
//! The stream's host does what the host that recorded the trace did: it logs, keeps the sink's answers, has one tick queue
//! for the stream and itself, and runs the program's nested operations at its hooks.

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use stream_backpressure::{
    Chunks, Completion, Data, Encoding, Error, Event, Failure, Host, Machine, NodeVersion, Options,
    Refused, Text,
};

/// How the program's stream and its sink are made.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Program {
    object_mode: bool,
    high_water_mark: Option<f64>,
    auto_destroy: bool,
    emit_close: bool,
    #[serde(default = "yes")]
    decode_strings: bool,
    default_encoding: Option<String>,
    sink: Way,
    writev: bool,
    #[serde(rename = "final")]
    last: Way,
    destroy: Way,
    #[serde(default)]
    construct: Way,
    fail_at: usize,
    #[serde(default)]
    on_drain: Vec<Value>,
    #[serde(default)]
    on_sink_write: Vec<Value>,
    #[serde(default)]
    hooks: Vec<Hook>,
    #[serde(default = "one")]
    listeners: usize,
}

fn yes() -> bool {
    true
}

fn one() -> usize {
    1
}

/// What the sink does with a callback.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Way {
    /// The sink has no such method.
    #[default]
    None,
    Sync,
    Tick,
    Manual,
    /// Calls back synchronously with an error.
    Error,
    /// For `destroy`: calls back synchronously with an error, which replaces the given one.
    ReplaceError,
    /// For `destroy`: calls back synchronously without an error, so that the given one is not emitted.
    Swallow,
}

/// Operations that run when something happens for the n-th time.
#[derive(Clone, Deserialize)]
struct Hook {
    at: String,
    nth: usize,
    ops: Vec<Value>,
}

type Stream = Machine<Data, Recorder>;
type Failed = Failure<Data, Recorder>;

/// Which of the sink's methods answers.
#[derive(Clone, Copy)]
enum Method {
    Write,
    Final,
    Destroy,
    Construct,
}

enum Job {
    Stream,
    Answer(Method, Option<Failed>),
}

struct Recorder {
    program: Program,
    log: Vec<Value>,
    jobs: VecDeque<Job>,
    kept: VecDeque<(Method, Option<Failed>)>,
    happened: HashMap<String, usize>,
    sink_calls: usize,
}

/// Replays one program; the error names the first step that differs.
pub fn replay(program: &Value) -> anyhow::Result<()> {
    let mut options: Program = serde_json::from_value(program["options"].clone())?;
    for (at, ops) in [("drain", &options.on_drain), ("sinkWrite", &options.on_sink_write)] {
        let hook = Hook { at: at.to_owned(), nth: 1, ops: ops.clone() };
        options.hooks.push(hook);
    }
    let node = match program["node"].as_str() {
        Some(version) if version.starts_with("v26") => NodeVersion::V26,
        Some(version) if version.starts_with("v24") => NodeVersion::V24,
        Some(version) if version.starts_with("v22") => NodeVersion::V22,
        _ => NodeVersion::V20,
    };
    let made = make(options, node);
    if let Some(threw) = program.get("throws") {
        return match made {
            Err(Thrown(code)) if json!(code) == *threw => Ok(()),
            Err(Thrown(code)) => bail!("new Writable: expected {threw}, got {code}"),
            Ok(_) => bail!("new Writable: expected {threw}, got a stream"),
        };
    }
    let mut stream = made.map_err(|Thrown(code)| anyhow!("new Writable throws {code}"))?;
    for (number, step) in program["steps"].as_array().context("no steps")?.iter().enumerate() {
        let op = &step["op"];
        let step_of = || format!("step {number} {op}");
        let ret = perform(&mut stream, op).with_context(step_of)?;
        let log = Value::Array(std::mem::take(&mut stream.host_mut().log));
        let mut state = state(&stream);
        if step["state"].get("buffered").is_none() {
            state.as_object_mut().map(|state| state.remove("buffered"));
        }
        for (what, found, expected) in [
            ("ret", ret, &step["ret"]),
            ("log", log, &step["log"]),
            ("state", state, &step["state"]),
        ] {
            if found != *expected {
                bail!("{}: {what}: expected {expected}, got {found}", step_of());
            }
        }
    }
    Ok(())
}

/// The code of an error that `new Writable` throws.
struct Thrown(String);

impl<E: std::fmt::Display> From<Error<E>> for Thrown {
    fn from(error: Error<E>) -> Self {
        Self(shown(error))
    }
}

fn make(program: Program, node: NodeVersion) -> Result<Stream, Thrown> {
    let mut options = Options::default();
    options.node = node;
    options.object_mode = program.object_mode;
    options.auto_destroy = program.auto_destroy;
    options.emit_close = program.emit_close;
    options.decode_strings = program.decode_strings;
    options.construct = program.construct != Way::None;
    if let Some(mark) = program.high_water_mark {
        options = options.with_number(mark)?;
    }
    if let Some(name) = &program.default_encoding {
        options.default_encoding = encoding(name)?;
    }
    let host = Recorder {
        program,
        log: Vec::new(),
        jobs: VecDeque::new(),
        kept: VecDeque::new(),
        happened: HashMap::new(),
        sink_calls: 0,
    };
    // The construction's tick is scheduled before any other.
    Ok(Machine::new(options, host))
}

/// An encoding that can decode text; `buffer` cannot.
fn encoding(name: &str) -> Result<Encoding, Error<std::convert::Infallible>> {
    if name == "buffer" { Err(Error::UnknownEncoding) } else { Encoding::named(name) }
}

fn state(stream: &Stream) -> Value {
    json!({
        "length": stream.length(),
        "needDrain": stream.need_drain(),
        "corked": stream.corked(),
        "writable": stream.writable(),
        "ended": stream.ended(),
        "finished": stream.finished(),
        "destroyed": stream.destroyed(),
        "closed": stream.closed(),
        "errored": stream.errored().map(shown),
        "aborted": stream.aborted(),
        "hwm": stream.high_water_mark(),
        "buffered": stream.buffered_chunks(),
    })
}

/// An error as a trace shows it: its code, or its message if it has none.
fn shown<E: std::fmt::Display>(error: impl std::borrow::Borrow<Error<E>>) -> String {
    let error = error.borrow();
    error.code().map_or_else(|| error.to_string(), str::to_owned)
}

fn perform(stream: &mut Stream, op: &Value) -> anyhow::Result<Value> {
    let number = |place: usize| op[place].as_i64().context("no number");
    let callback = |place: usize| op[place].as_u64().filter(|id| *id != 0);
    match op[0].as_str().context("no name")? {
        "write" => {
            let chunk = chunk(stream, number(1)?);
            Ok(write(stream, chunk, callback(2)))
        }
        "writeText" => {
            let mut text = Text::new(op[1].as_str().context("no text")?);
            if let Some(name) = op[2].as_str() {
                text = text.encoded(Encoding::named(name).unwrap_or(Encoding::UNKNOWN));
            }
            Ok(write(stream, Data::Text(text), callback(3)))
        }
        "writeNull" => Ok(write(stream, Data::Null, None)),
        "writeOther" => Ok(write(stream, Data::Other(number(1)? as u64), callback(2))),
        "cork" => {
            stream.cork();
            Ok(Value::Null)
        }
        "uncork" => {
            stream.uncork();
            Ok(Value::Null)
        }
        "end" => {
            let last = op[1].as_i64().filter(|n| *n >= 0).map(|n| chunk(stream, n));
            Ok(match stream.end_with(last, callback(2)) {
                Err(Refused { error, .. }) if throws(&error) => json!({ "throws": shown(&error) }),
                _ => Value::Null,
            })
        }
        "destroy" => {
            let message = op[1].as_str().context("no message")?;
            stream.destroy((!message.is_empty()).then(|| Error::Sink(message.to_owned())));
            Ok(Value::Null)
        }
        "pipe" => {
            stream.pipe();
            Ok(Value::Null)
        }
        "setDefaultEncoding" => Ok(match encoding(op[1].as_str().context("no name")?) {
            Ok(encoding) => {
                stream.set_default_encoding(encoding);
                Value::Null
            }
            Err(error) => json!({ "throws": shown(&error) }),
        }),
        name @ ("complete" | "fail" | "completeTwice") => {
            let Some((method, own)) = stream.host_mut().kept.pop_front() else {
                return Ok(json!(false));
            };
            let error = if name == "fail" { Some(Error::Sink("fail".to_owned())) } else { own };
            answer(stream, method, error.clone());
            if name == "completeTwice" {
                answer(stream, method, error);
            }
            Ok(json!(true))
        }
        "tick" => {
            while let Some(job) = stream.host_mut().jobs.pop_front() {
                match job {
                    Job::Stream => {
                        stream.tick();
                    }
                    Job::Answer(method, error) => answer(stream, method, error),
                }
            }
            Ok(Value::Null)
        }
        name => bail!("unknown operation {name}"),
    }
}

/// A chunk of `n` zeros; in object mode the object `n`.
fn chunk(stream: &Stream, n: i64) -> Data {
    if stream.object_mode() { Data::Other(n as u64) } else { Data::Bytes(vec![0; n as usize]) }
}

fn write(stream: &mut Stream, chunk: Data, callback: Option<u64>) -> Value {
    let written = match callback {
        Some(callback) => stream.write_then(chunk, callback),
        None => stream.write(chunk),
    };
    match written {
        Ok(more) => json!(more),
        Err(Refused { error, .. }) if throws(&error) => json!({ "throws": shown(&error) }),
        Err(_) => json!(false),
    }
}

fn throws(error: &Failed) -> bool {
    matches!(error, Error::NullValues | Error::InvalidChunk | Error::UnknownEncoding)
}

fn answer(stream: &mut Stream, method: Method, error: Option<Failed>) {
    let result = || error.clone().map_or(Ok(()), Err);
    match method {
        Method::Write => stream.complete(result()),
        Method::Final => stream.complete_final(result()),
        Method::Construct => stream.complete_construct(result()),
        Method::Destroy => stream.complete_destroy(error),
    }
}

/// A chunk as the log shows it: zeros by their number, other bytes in hexadecimal, a text with its encoding, an object by
/// its number.
fn logged(chunk: &Data) -> Value {
    match chunk {
        Data::Bytes(bytes) if bytes.iter().all(|byte| *byte == 0) => json!(bytes.len()),
        Data::Bytes(bytes) => {
            json!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
        Data::Text(text) => json!([text.text, text.encoding.map(Encoding::name)]),
        Data::Other(number) => json!(number),
        _ => Value::Null,
    }
}

impl Recorder {
    /// The sink's answer, with its own error or none.
    fn dispatch(&mut self, way: Way, method: Method, own: Option<Failed>) -> Completion<String> {
        match way {
            Way::Tick => self.jobs.push_back(Job::Answer(method, own)),
            Way::Manual => self.kept.push_back((method, own)),
            _ => return own.map_or(Completion::Done, Completion::Failed),
        }
        Completion::Pending
    }
}

/// Runs the program's nested operations for a hook.
fn hook(stream: &mut Stream, at: &str) {
    let host = stream.host_mut();
    let count = host.happened.entry(at.to_owned()).or_insert(0);
    *count += 1;
    let here = |hook: &&Hook| hook.at == at && hook.nth == *count;
    let ops: Vec<Value> =
        host.program.hooks.iter().filter(here).flat_map(|hook| hook.ops.clone()).collect();
    for op in ops {
        let ret =
            perform(stream, &op).unwrap_or_else(|error| json!({ "unknown": error.to_string() }));
        stream.host_mut().log.push(json!(["nested", op[0], ret]));
    }
}

/// One call of the sink's `write` or `writev`.
fn sink_call(stream: &mut Stream, entry: Value) -> Completion<String> {
    let host = stream.host_mut();
    host.log.push(entry);
    host.sink_calls += 1;
    let fails = host.sink_calls == host.program.fail_at;
    let own = fails.then(|| Error::Sink("sink".to_owned()));
    let way = host.program.sink;
    hook(stream, "sinkWrite");
    let completion = stream.host_mut().dispatch(way, Method::Write, own);
    // The sink calls back before its nested operations run.
    match completion {
        Completion::Done => stream.complete(Ok(())),
        Completion::Failed(error) => stream.complete(Err(error)),
        Completion::Pending => {}
    }
    hook(stream, "sinkWritten");
    Completion::Pending
}

impl Host<Data> for Recorder {
    type Callback = u64;
    type Error = String;

    fn schedule(&mut self) {
        self.jobs.push_back(Job::Stream);
    }

    fn same(one: &u64, other: &u64) -> bool {
        one == other
    }

    fn write(stream: &mut Stream, chunk: Data) -> Completion<String> {
        let entry = json!(["sinkWrite", logged(&chunk)]);
        sink_call(stream, entry)
    }

    fn has_writev(&self) -> bool {
        self.program.writev
    }

    fn writev(stream: &mut Stream, chunks: &mut Chunks<Data>) -> Completion<String> {
        let entry = json!(["sinkWritev", chunks.map(|chunk| logged(&chunk)).collect::<Vec<_>>()]);
        sink_call(stream, entry)
    }

    fn has_final(&self) -> bool {
        self.program.last != Way::None
    }

    fn finalize(stream: &mut Stream) -> Completion<String> {
        stream.host_mut().log.push(json!(["sinkFinal"]));
        hook(stream, "sinkFinal");
        let host = stream.host_mut();
        let own = (host.program.last == Way::Error).then(|| Error::Sink("final".to_owned()));
        host.dispatch(host.program.last, Method::Final, own)
    }

    fn destroy(stream: &mut Stream, error: Option<Failed>) -> Completion<String> {
        let way = stream.host().program.destroy;
        if way == Way::None {
            return Completion::Done;
        }
        let entry = json!(["sinkDestroy", error.as_ref().map(shown)]);
        stream.host_mut().log.push(entry);
        hook(stream, "sinkDestroy");
        match way {
            Way::Swallow => {
                stream.complete_destroy(None);
                Completion::Pending
            }
            Way::ReplaceError => Completion::Failed(Error::Sink("replaced".to_owned())),
            way => stream.host_mut().dispatch(way, Method::Destroy, error),
        }
    }

    fn construct(stream: &mut Stream) -> Completion<String> {
        stream.host_mut().log.push(json!(["sinkConstruct"]));
        hook(stream, "sinkConstruct");
        let host = stream.host_mut();
        let own =
            (host.program.construct == Way::Error).then(|| Error::Sink("construct".to_owned()));
        host.dispatch(host.program.construct, Method::Construct, own)
    }

    fn call(stream: &mut Stream, id: u64, result: Result<(), Failed>) {
        let entry = json!(["cb", id, result.err().as_ref().map(shown)]);
        stream.host_mut().log.push(entry);
        hook(stream, "cb");
    }

    fn event(stream: &mut Stream, event: Event<String>) {
        let (name, entry) = match &event {
            Event::Drain => ("drain", json!(["drain"])),
            Event::Finish => ("finish", json!(["finish"])),
            Event::Close => ("close", json!(["close"])),
            Event::Error(error) => ("error", json!(["error", shown(error)])),
            Event::Prefinish if stream.host().program.listeners > 1 => {
                ("prefinish", json!(["prefinish"]))
            }
            _ => return,
        };
        for _ in 0..stream.host().program.listeners {
            stream.host_mut().log.push(entry.clone());
            hook(stream, name);
        }
    }
}
