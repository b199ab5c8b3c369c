//! The kinds of closures that a Writable takes, and where streams of each go.

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Mutex;
use stream_backpressure::{Completion, LocalWritable, Options, Sink, SyncWritable, Writable};

struct Slow;

impl Sink<Vec<u8>> for Slow {
    type Error = Infallible;

    fn write(&mut self, _: Vec<u8>) -> Completion<Infallible> {
        Completion::Pending
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn a_stream_of_one_thread_takes_closures_that_stay_on_it() {
    let done = Rc::new(Cell::new(0));
    let events = Rc::new(Cell::new(0));
    let mut writable = LocalWritable::over(Options::default(), Slow);
    let heard = events.clone();
    writable.on(move |_, _| heard.set(heard.get() + 1));
    for _ in 0..2 {
        let done = done.clone();
        let told = move |_: &mut _, result: Result<_, _>| {
            result.unwrap();
            done.set(done.get() + 1);
        };
        writable.write_then(vec![0; 10_000], Box::new(told)).unwrap();
    }
    writable.complete(Ok(()));
    writable.complete(Ok(()));
    assert_eq!((done.get(), events.get()), (2, 1));
}

#[test]
fn a_stream_goes_to_other_threads_with_its_closures_and_is_shared_with_them() {
    let cell = Cell::new(0);
    let mut writable = Writable::over(Options::default(), Slow);
    writable.on(move |_, _| cell.set(cell.get() + 1));
    std::thread::scope(|scope| {
        let mut writable = is_send(writable);
        scope.spawn(move || writable.write(vec![0; 10]).unwrap()).join().unwrap();
    });

    let log = Mutex::new(Vec::new());
    let mut writable = SyncWritable::over(Options::default(), Slow);
    writable.on(move |_, event| log.lock().unwrap().push(event.clone()));
    writable.write(vec![0; 10]).unwrap();
    let shared = &writable;
    let holding = is_send(async move {
        std::future::ready(()).await;
        shared.length()
    });
    drop(holding);
    let length = std::thread::scope(|scope| scope.spawn(|| shared.length()).join().unwrap());
    assert_eq!(length, 10);
}
