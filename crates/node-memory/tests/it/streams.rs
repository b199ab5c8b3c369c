//! Writables: back-pressure, what they keep alive, and what they let go.

use node_memory::{
    Buffer, Completion, Event, Runtime, RuntimeError, RuntimeOptions, Variable, Writable, edge_name,
};
use std::io;

fn runtime() -> Runtime {
    Runtime::new(RuntimeOptions::default()).unwrap()
}

/// A Writable whose sink answers when the test says so.
fn slow(runtime: &mut Runtime) -> Variable<Writable> {
    Writable::with_sink(runtime, |_| Completion::Pending).unwrap()
}

/// The Buffers in the heap that live.
fn buffers(runtime: &mut Runtime) -> usize {
    runtime.gc();
    let mut count = 0;
    runtime.walk(|node| count += usize::from(node.size == 96));
    count
}

#[test]
fn what_is_buffered_lives_and_what_has_left_does_not() {
    let mut runtime = runtime();
    let writable = slow(&mut runtime);
    for written in 1..=100 {
        let more = writable.write_text(&mut runtime, &"x".repeat(1000)).unwrap();
        assert_eq!(more, written * 1000 < 16384);
    }
    assert_eq!(buffers(&mut runtime), 100);
    assert_eq!(writable.length(&mut runtime).unwrap(), 100_000);
    assert!(writable.needs_drain(&mut runtime).unwrap());
    for done in 1..=100 {
        writable.complete(&mut runtime, Ok(())).unwrap();
        if done % 10 == 0 {
            assert_eq!(buffers(&mut runtime), 100 - done);
        }
    }
    // A sink that answers later has no tick: 'drain' comes with the answer.
    assert!(matches!(writable.take_events(&mut runtime).unwrap()[..], [Event::Drain]));
    assert_eq!(writable.sunk(&mut runtime).unwrap(), 100);
    assert_eq!(writable.stats(&mut runtime).unwrap().peak_bytes, 100_000);
}

#[test]
fn a_sink_that_answers_at_once_keeps_nothing() {
    let mut runtime = runtime();
    let writable = Writable::new(&mut runtime).unwrap();
    let buffer = Buffer::alloc_unsafe(&mut runtime, 100).unwrap();
    for _ in 0..1000 {
        writable.write(&mut runtime, &buffer).unwrap();
    }
    drop(buffer);
    assert_eq!(buffers(&mut runtime), 0);
    runtime.run_jobs().unwrap();
    assert_eq!(writable.sunk(&mut runtime).unwrap(), 1000);
}

#[test]
fn corked_chunks_live_until_uncork() {
    let mut runtime = runtime();
    let writable = Writable::new(&mut runtime).unwrap();
    for _ in 0..3 {
        writable.cork(&mut runtime).unwrap();
        for _ in 0..50 {
            writable.write_text(&mut runtime, "line").unwrap();
        }
        assert_eq!(buffers(&mut runtime), 50);
        writable.uncork(&mut runtime).unwrap();
        assert_eq!(buffers(&mut runtime), 0);
        runtime.run_jobs().unwrap();
    }
    assert_eq!(writable.sunk(&mut runtime).unwrap(), 150);
}

#[test]
fn a_destroyed_stream_lets_its_chunks_go() {
    let mut runtime = runtime();
    let writable = slow(&mut runtime);
    for _ in 0..10 {
        writable.write_text(&mut runtime, "chunk").unwrap();
    }
    writable.destroy(&mut runtime, Some(io::ErrorKind::BrokenPipe.into())).unwrap();
    runtime.run_jobs().unwrap();
    // Node drops what is buffered when the write in flight is done.
    assert_eq!(buffers(&mut runtime), 10);
    writable.complete(&mut runtime, Ok(())).unwrap();
    runtime.run_jobs().unwrap();
    assert_eq!(buffers(&mut runtime), 0);
    let events = writable.take_events(&mut runtime).unwrap();
    assert!(matches!(&events[..], [Event::Error(_), Event::Close]), "{events:?}");
    let refused = writable.write_text(&mut runtime, "late");
    assert!(matches!(refused, Err(RuntimeError::Stream(_))));
    assert_eq!(buffers(&mut runtime), 0);
}

#[test]
fn a_sink_that_fails_says_why() {
    let mut runtime = runtime();
    let full = |_| Completion::failed(io::Error::other("disk full").into());
    let writable = Writable::with_sink(&mut runtime, full).unwrap();
    let _ = writable.write_text(&mut runtime, "chunk").unwrap();
    runtime.run_jobs().unwrap();
    let events = writable.take_events(&mut runtime).unwrap();
    let [Event::Error(error), Event::Close] = &events[..] else { panic!("{events:?}") };
    assert_eq!(error.to_string(), "disk full");
}

#[test]
fn an_ended_stream_finishes_and_closes() {
    let mut runtime = runtime();
    let writable = slow(&mut runtime);
    writable.write_text(&mut runtime, "last").unwrap();
    writable.end(&mut runtime).unwrap();
    runtime.run_jobs().unwrap();
    assert!(writable.take_events(&mut runtime).unwrap().is_empty());
    writable.complete(&mut runtime, Ok(())).unwrap();
    runtime.run_jobs().unwrap();
    let events = writable.take_events(&mut runtime).unwrap();
    assert!(matches!(events[..], [Event::Prefinish, Event::Finish, Event::Close]), "{events:?}");
}

#[test]
fn a_due_tick_keeps_its_writable() {
    let mut runtime = runtime();
    let writable = Writable::new(&mut runtime).unwrap();
    writable.cork(&mut runtime).unwrap();
    assert!(!writable.write_text(&mut runtime, &"x".repeat(100_000)).unwrap(), "'drain' follows");
    writable.uncork(&mut runtime).unwrap();
    drop(writable);
    let writables = |runtime: &mut Runtime| {
        runtime.gc();
        let mut count = 0;
        runtime.walk(|node| {
            count +=
                node.edges.iter().filter(|edge| edge_name(node, edge) == Some("buffered")).count();
        });
        count
    };
    assert_eq!(writables(&mut runtime), 1);
    runtime.run_jobs().unwrap();
    assert_eq!(writables(&mut runtime), 0);
}

#[test]
fn blocks_write_as_runtimes_do() {
    let mut runtime = runtime();
    let writable = slow(&mut runtime);
    runtime.block(|block| {
        for _ in 0..20 {
            let buffer = Buffer::from_text(block, "chunk").unwrap();
            writable.write(block, &buffer).unwrap();
        }
    });
    assert_eq!(buffers(&mut runtime), 20);
    assert_eq!(writable.length(&mut runtime).unwrap(), 100);
}
