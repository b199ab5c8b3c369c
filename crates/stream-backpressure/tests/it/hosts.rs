//! A stream that is put into another host.

use stream_backpressure::{Completion, Error, Event, Host, Machine, Options};

/// A host that does nothing, for a stream that waits.
struct Waiting;

impl Host<Vec<u8>> for Waiting {
    type Callback = u8;
    type Error = &'static str;

    fn write(_: &mut Machine<Vec<u8>, Self>, _: Vec<u8>) -> Completion<&'static str> {
        Completion::Pending
    }

    fn call(_: &mut Machine<Vec<u8>, Self>, _: u8, _: Result<(), Error<&'static str>>) {}

    fn event(_: &mut Machine<Vec<u8>, Self>, _: Event<&'static str>) {}
}

/// A host that borrows what it writes to.
struct Lent<'a> {
    log: &'a mut Vec<String>,
}

impl Host<Vec<u8>> for Lent<'_> {
    type Callback = u8;
    type Error = &'static str;

    fn write(stream: &mut Machine<Vec<u8>, Self>, chunk: Vec<u8>) -> Completion<&'static str> {
        stream.host_mut().log.push(format!("write {chunk:?}"));
        Completion::Done
    }

    fn call(
        stream: &mut Machine<Vec<u8>, Self>,
        callback: u8,
        result: Result<(), Error<&'static str>>,
    ) {
        stream.host_mut().log.push(format!("call {callback} {}", result.is_ok()));
    }

    fn event(stream: &mut Machine<Vec<u8>, Self>, event: Event<&'static str>) {
        stream.host_mut().log.push(format!("{event:?}"));
    }
}

#[test]
fn a_stream_in_another_host_goes_on_with_what_it_holds() {
    let mut log = Vec::new();
    let mut waiting = Machine::new(Options::default(), Waiting);
    waiting.cork();
    waiting.write_then(vec![1], 10).unwrap();
    waiting.write_then(vec![2], 20).unwrap();
    let mut lent = waiting.map_host(|Waiting| Lent { log: &mut log });
    assert_eq!((lent.length(), lent.buffered_chunks(), lent.corked()), (2, 2, 1));
    lent.uncork();
    let mut waiting = lent.map_host(|_| Waiting);
    assert!(waiting.tick_due(), "the callbacks are still to come");
    assert_eq!(log, ["write [1]", "write [2]"]);
    waiting.end();
    let mut lent = waiting.map_host(|Waiting| Lent { log: &mut log });
    lent.run_ticks();
    assert_eq!(log[2..], ["call 10 true", "call 20 true", "Finish", "Close"]);
}
