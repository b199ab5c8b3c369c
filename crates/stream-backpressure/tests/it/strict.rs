//! Strict mode: where Node loses callbacks and writes, nothing is lost.
//!
//! A random program runs against a sink that answers at random, early, late, twice or never, and that
//! writes from within its own methods; then the stream is destroyed if it is not closed. Every
//! callback is called exactly once, and the chunks reach the sink in the order of their writes,
//! without gaps but for those whose callbacks were told an error.

use crate::log::{bytes, stream, strict};
use proptest::prelude::*;
use std::collections::VecDeque;
use stream_backpressure::{
    Chunks, Completion, Error, Event, Host, Machine, Mode, Object, Options, Overflow,
};

#[test]
fn end_after_destroy_calls_back() {
    let (mut writable, log) = stream::<false, false>(strict(), Completion::Done);
    writable.destroy(None);
    writable.end_with(None, Some(log.callback("end"))).unwrap();
    writable.run_ticks();
    assert_eq!(log.take(), ["destroy", "close", "end ERR_STREAM_DESTROYED"]);

    let (mut lost, log) = stream::<false, false>(Options::default(), Completion::Done);
    lost.destroy(None);
    lost.end_with(None, Some(log.callback("end"))).unwrap();
    lost.run_ticks();
    assert_eq!(log.take(), ["destroy", "close"], "as Node");
}

#[test]
fn a_stream_that_failed_refuses_writes_rather_than_buffer_them() {
    let mut options = strict();
    options.auto_destroy = false;
    let (mut writable, log) = stream::<false, false>(options, Completion::Pending);
    writable.write_then(bytes(1), log.callback("one")).unwrap();
    writable.complete(Err(Error::Sink("no".to_owned())));
    let refused = writable.write_then(bytes(2), log.callback("two")).unwrap_err();
    assert_eq!(refused.chunk, Some(bytes(2)));
    writable.run_ticks();
    assert_eq!(log.take(), ["write 1", "one no", "error no", "two no"]);
    assert_eq!(writable.length(), 0);
}

#[test]
fn a_callback_in_flight_is_told_before_close_and_a_late_answer_counts_for_nothing() {
    let (mut writable, log) = stream::<false, false>(strict(), Completion::Pending);
    writable.write_then(bytes(1), log.callback("one")).unwrap();
    writable.write_then(bytes(2), log.callback("two")).unwrap();
    writable.destroy(None);
    writable.run_ticks();
    assert_eq!(
        log.take(),
        ["write 1", "destroy", "one ERR_STREAM_DESTROYED", "two ERR_STREAM_DESTROYED", "close"]
    );
    writable.complete(Ok(()));
    assert_eq!(writable.run_ticks(), 0);
    assert_eq!(log.take(), [""; 0]);
}

/// What a sink's method does, drawn at random.
#[derive(Clone, Debug)]
struct Turn {
    answer: Answer,
    /// Writes from within the method, before it answers.
    before: u8,
    /// Writes from within the method, after it has answered.
    after: u8,
    destroys: bool,
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    Now,
    Later,
    Fails,
    Twice,
    Never,
}

#[derive(Clone, Debug)]
enum Call {
    Write,
    Cork,
    Uncork,
    End(bool, bool),
    Destroy(bool),
    Answer(bool),
    Final,
    Construct(bool),
    Ticks,
    Tick,
}

struct Random {
    turns: VecDeque<Turn>,
    writev: bool,
    last: Option<Answer>,
    ready: Answer,
    letting_go: Answer,
    /// Numbers of the chunks written so far, and of the callbacks given.
    written: usize,
    given: usize,
    /// The chunks that the sink has seen, and those of writes that were refused or given up.
    seen: Vec<usize>,
    given_up: Vec<usize>,
    called: Vec<usize>,
    /// Chunks without a callback of their own: those of `end`.
    silent: Vec<usize>,
    owed: usize,
}

impl Random {
    fn new(turns: Vec<Turn>, writev: bool) -> Self {
        Self {
            turns: turns.into(),
            writev,
            last: None,
            ready: Answer::Now,
            letting_go: Answer::Now,
            written: 0,
            given: 0,
            seen: Vec::new(),
            given_up: Vec::new(),
            called: Vec::new(),
            silent: Vec::new(),
            owed: 0,
        }
    }
}

/// A callback: its number, and that of its chunk.
struct Ticket {
    number: usize,
    chunk: Option<usize>,
}

type Stream = Machine<Object<usize>, Random>;

fn write(stream: &mut Stream) {
    let host = stream.host_mut();
    let (number, chunk) = (host.given, host.written);
    host.given += 1;
    host.written += 1;
    if let Err(refused) = stream.write_then(Object(chunk), Ticket { number, chunk: Some(chunk) }) {
        assert_eq!(refused.chunk, Some(Object(chunk)), "what is refused comes back");
        let host = stream.host_mut();
        host.given_up.push(chunk);
        if refused.callback.is_some() {
            host.called.push(number);
        }
    }
}

fn end(stream: &mut Stream, with_chunk: bool, with_callback: bool) {
    let host = stream.host_mut();
    let chunk = with_chunk.then_some(host.written);
    host.written += usize::from(with_chunk);
    host.silent.extend(chunk);
    let callback = with_callback.then(|| {
        host.given += 1;
        Ticket { number: host.given - 1, chunk: None }
    });
    if let Err(refused) = stream.end_with(chunk.map(Object), callback) {
        let host = stream.host_mut();
        host.given_up.extend(refused.chunk.map(|chunk| chunk.0));
        host.called.extend(refused.callback.map(|callback| callback.number));
    }
}

fn sink_turn(stream: &mut Stream) -> Completion<String> {
    let host = stream.host_mut();
    let turn = host.turns.pop_front();
    let turn = turn.unwrap_or(Turn { answer: Answer::Now, before: 0, after: 0, destroys: false });
    for _ in 0..turn.before {
        write(stream);
    }
    if turn.destroys {
        stream.destroy(None);
    }
    match turn.answer {
        Answer::Now => stream.complete(Ok(())),
        Answer::Fails => stream.complete(Err(Error::Sink("sink".to_owned()))),
        Answer::Twice => {
            stream.complete(Ok(()));
            stream.complete(Ok(()));
        }
        Answer::Later => stream.host_mut().owed += 1,
        Answer::Never => {}
    }
    for _ in 0..turn.after {
        write(stream);
    }
    Completion::Pending
}

fn completion(answer: Answer) -> Completion<String> {
    match answer {
        Answer::Now | Answer::Twice => Completion::Done,
        Answer::Fails => Completion::failed("failed".to_owned()),
        Answer::Later | Answer::Never => Completion::Pending,
    }
}

impl Host<Object<usize>> for Random {
    type Callback = Ticket;
    type Error = String;

    fn write(stream: &mut Stream, chunk: Object<usize>) -> Completion<String> {
        stream.host_mut().seen.push(chunk.0);
        sink_turn(stream)
    }

    fn has_writev(&self) -> bool {
        self.writev
    }

    fn writev(stream: &mut Stream, chunks: &mut Chunks<Object<usize>>) -> Completion<String> {
        assert!(chunks.len() > 1);
        stream.host_mut().seen.extend(chunks.map(|chunk| chunk.0));
        sink_turn(stream)
    }

    fn has_final(&self) -> bool {
        self.last.is_some()
    }

    fn finalize(stream: &mut Stream) -> Completion<String> {
        stream.host().last.map_or(Completion::Done, completion)
    }

    fn construct(stream: &mut Stream) -> Completion<String> {
        completion(stream.host().ready)
    }

    fn destroy(stream: &mut Stream, _: Option<Error<String>>) -> Completion<String> {
        completion(stream.host().letting_go)
    }

    fn same(one: &Ticket, other: &Ticket) -> bool {
        one.number / 3 == other.number / 3
    }

    fn call(stream: &mut Stream, ticket: Ticket, result: Result<(), Error<String>>) {
        let host = stream.host_mut();
        host.called.push(ticket.number);
        if result.is_err() {
            host.given_up.extend(ticket.chunk);
        }
        if ticket.number % 5 == 1 {
            write(stream);
        }
    }

    fn event(stream: &mut Stream, event: Event<String>) {
        if let Event::Drain | Event::Error(_) | Event::Finish = event {
            write(stream);
        }
    }
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        6 => Just(Answer::Now),
        6 => Just(Answer::Later),
        1 => Just(Answer::Fails),
        1 => Just(Answer::Twice),
        1 => Just(Answer::Never),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    let few = || prop_oneof![4 => Just(0_u8), 1 => 1..3_u8];
    (answer(), few(), few(), prop::bool::weighted(0.03))
        .prop_map(|(answer, before, after, destroys)| Turn { answer, before, after, destroys })
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        12 => Just(Call::Write),
        2 => Just(Call::Cork),
        3 => Just(Call::Uncork),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(chunk, cb)| Call::End(chunk, cb)),
        1 => any::<bool>().prop_map(Call::Destroy),
        8 => prop::bool::weighted(0.9).prop_map(Call::Answer),
        2 => Just(Call::Final),
        2 => prop::bool::weighted(0.9).prop_map(Call::Construct),
        6 => Just(Call::Ticks),
        4 => Just(Call::Tick),
    ]
}

fn perform(stream: &mut Stream, call: Call) {
    match call {
        Call::Write => write(stream),
        Call::Cork => stream.cork(),
        Call::Uncork => stream.uncork(),
        Call::End(chunk, callback) => end(stream, chunk, callback),
        Call::Destroy(error) => stream.destroy(error.then(|| Error::Sink("given".to_owned()))),
        Call::Answer(well) if stream.host().owed > 0 => {
            stream.host_mut().owed -= 1;
            let failed = || Error::Sink("later".to_owned());
            stream.complete(if well { Ok(()) } else { Err(failed()) });
        }
        Call::Final if stream.ended() && stream.length() == 0 => stream.complete_final(Ok(())),
        Call::Construct(well) => {
            let failed = || Error::Sink("unready".to_owned());
            stream.complete_construct(if well { Ok(()) } else { Err(failed()) });
        }
        Call::Ticks => {
            stream.run_ticks();
        }
        Call::Tick => {
            stream.tick();
        }
        Call::Answer(_) | Call::Final => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn every_callback_is_called_once_and_no_write_is_lost_or_overtakes(
        (mark, cap) in (0_usize..6, prop::option::of(0_usize..12)),
        (auto_destroy, construct, writev) in (any::<bool>(), any::<bool>(), any::<bool>()),
        (last, ready, letting_go) in (prop::option::of(answer()), answer(), answer()),
        turns in prop::collection::vec(turn(), 0..20),
        calls in prop::collection::vec(call(), 1..60),
    ) {
        let mut options = strict().with_object_mode().with_high_water_mark(mark);
        options.auto_destroy = auto_destroy;
        options.construct = construct;
        if let Some(cap) = cap {
            options = options.with_cap(cap, Overflow::Refuse);
        }
        let host = Random { last, ready, letting_go, ..Random::new(turns, writev) };
        let mut stream = Machine::new(options, host);
        for call in calls {
            perform(&mut stream, call);
        }
        // The end of every stream: it is destroyed, constructed at last, and lets go.
        stream.destroy(None);
        stream.run_ticks();
        if construct {
            stream.complete_construct(Ok(()));
            stream.run_ticks();
        }
        stream.complete_destroy(None);
        stream.run_ticks();
        prop_assert!(stream.closed());
        let finished = stream.finished();
        let host = stream.host_mut();

        let mut called = host.called.clone();
        called.sort_unstable();
        let given: Vec<_> = (0..host.given).collect();
        prop_assert_eq!(called, given, "each callback exactly once");

        prop_assert!(host.seen.is_sorted_by(|one, next| one < next), "in order: {:?}", host.seen);
        let mut accounted = [host.seen.clone(), host.given_up.clone()].concat();
        if !finished {
            accounted.extend(&host.silent);
        }
        accounted.sort_unstable();
        accounted.dedup();
        let written: Vec<_> = (0..host.written).collect();
        prop_assert_eq!(accounted, written, "each chunk was seen, or its writer told");
        prop_assert_eq!((stream.length(), stream.buffered_chunks()), (0, 0));
        prop_assert_eq!(stream.tick_due(), false);
    }
}

#[test]
fn node_mode_loses_what_is_written_within_writev_and_strict_mode_does_not() {
    for (mode, expected) in [(Mode::Node, vec![0, 1]), (Mode::Strict, vec![0, 1, 2])] {
        let turn = Turn { answer: Answer::Now, before: 1, after: 0, destroys: false };
        let host = Random::new(vec![turn], true);
        let mut stream = Machine::new(Options::default().with_mode(mode).with_object_mode(), host);
        stream.cork();
        stream.write(Object(0)).unwrap();
        stream.write(Object(1)).unwrap();
        stream.host_mut().written = 2;
        stream.uncork();
        assert_eq!(stream.host().seen, expected);
        assert_eq!(stream.length(), 3 - expected.len(), "Node goes on counting what it lost");
    }
}
