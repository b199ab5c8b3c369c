//! The polled stream, whatever drives it: readiness, flush, close, budgets and deadlines.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use stream_backpressure::{
    Budget, CHUNK_COST, Chunks, Error, Options, Overflow, PollSink, PollWritable, Timer,
};

/// A sink that takes as many chunks as it is let.
#[derive(Clone, Default)]
pub struct Gate(Rc<RefCell<Inner>>);

#[derive(Default)]
struct Inner {
    open_for: usize,
    passed: Vec<Vec<u8>>,
    flushes: usize,
    closes: usize,
    fails: bool,
    never_closes: bool,
    forgets: bool,
}

impl Gate {
    pub fn open_for(&self, chunks: usize) {
        self.0.borrow_mut().open_for = chunks;
    }

    pub fn passed(&self) -> usize {
        self.0.borrow().passed.len()
    }

    /// The chunks that it was passed.
    pub fn chunks(&self) -> Vec<Vec<u8>> {
        self.0.borrow().passed.clone()
    }

    pub fn never_closes(&self) {
        self.0.borrow_mut().never_closes = true;
    }

    /// From here on it drops what it is passed.
    pub fn forgets(&self) {
        self.0.borrow_mut().forgets = true;
    }
}

impl PollSink<Vec<u8>> for Gate {
    type Error = &'static str;

    fn poll_write(
        &mut self,
        _: &mut Context<'_>,
        chunks: &mut Chunks<Vec<u8>>,
    ) -> Poll<Result<(), Self::Error>> {
        let mut inner = self.0.borrow_mut();
        while inner.open_for > 0
            && let Some(chunk) = chunks.next()
        {
            inner.open_for -= 1;
            if !inner.forgets {
                inner.passed.push(chunk);
            }
        }
        if inner.fails {
            Poll::Ready(Err("broken"))
        } else if chunks.is_empty() {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.borrow_mut().flushes += 1;
        Poll::Ready(Ok(()))
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let mut inner = self.0.borrow_mut();
        if inner.never_closes {
            return Poll::Pending;
        }
        inner.closes += 1;
        Poll::Ready(Ok(()))
    }
}

pub fn gated(options: Options) -> (PollWritable<Vec<u8>, Gate>, Gate) {
    let gate = Gate::default();
    (PollWritable::new(options, gate.clone()), gate)
}

pub fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

#[test]
fn it_is_not_ready_from_the_mark_on_until_all_is_drained() {
    let cx = &mut context();
    let (mut writable, gate) = gated(Options::default().with_high_water_mark(4));
    for _ in 0..4 {
        assert!(writable.poll_ready(cx).is_ready());
        writable.start_send(vec![1]).unwrap();
    }
    assert!(writable.poll_ready(cx).is_pending());
    gate.open_for(3);
    assert!(writable.poll_ready(cx).is_pending());
    gate.open_for(1);
    assert!(writable.poll_ready(cx).is_ready());
    assert_eq!((gate.passed(), writable.stats().drains), (4, 1));
}

#[test]
fn flush_passes_all_on_and_flushes_the_sink_once() {
    let cx = &mut context();
    let (mut writable, gate) = gated(Options::default());
    writable.start_send(vec![1]).unwrap();
    writable.start_send(vec![2]).unwrap();
    assert!(writable.poll_flush(cx).is_pending());
    gate.open_for(2);
    assert!(writable.poll_flush(cx).is_ready());
    assert!(writable.poll_flush(cx).is_ready());
    assert_eq!(gate.0.borrow().passed, [vec![1], vec![2]]);
    assert_eq!(gate.0.borrow().flushes, 1);
}

#[test]
fn close_passes_all_on_and_closes_the_sink_once_and_writes_after_it_come_back() {
    let cx = &mut context();
    let (mut writable, gate) = gated(Options::default());
    writable.start_send(vec![1]).unwrap();
    assert!(writable.poll_close(cx).is_pending());
    assert_eq!(gate.0.borrow().closes, 0);
    gate.open_for(1);
    assert!(writable.poll_close(cx).is_ready());
    assert!(matches!(writable.poll_close(cx), Poll::Ready(Ok(()))));
    assert_eq!(gate.0.borrow().closes, 1);
    let refused = writable.start_send(vec![2]).unwrap_err();
    assert_eq!(refused.chunk, Some(vec![2]));
}

#[test]
fn a_sink_that_fails_fails_every_call() {
    let cx = &mut context();
    let (mut writable, gate) = gated(Options::default());
    writable.start_send(vec![1]).unwrap();
    gate.0.borrow_mut().fails = true;
    for _ in 0..2 {
        let Poll::Ready(Err(refused)) = writable.poll_ready(cx) else { panic!("it has failed") };
        assert_eq!(refused.error, Error::Sink("broken"));
    }
    assert_eq!(writable.start_send(vec![2]).unwrap_err().chunk, Some(vec![2]));
    assert!(matches!(writable.poll_close(cx), Poll::Ready(Err(_))));
    assert_eq!(writable.stats().bytes, 0);
}

#[test]
fn a_destroyed_stream_is_not_closed_well() {
    let cx = &mut context();
    let (mut writable, _) = gated(Options::default());
    writable.start_send(vec![1]).unwrap();
    writable.destroy(None);
    let Poll::Ready(Err(refused)) = writable.poll_close(cx) else { panic!("destroyed") };
    assert_eq!(refused.error, Error::Destroyed("end"));
    let Poll::Ready(Err(refused)) = writable.poll_flush(cx) else { panic!("destroyed") };
    assert_eq!(refused.error, Error::Destroyed("flush"));
    let Poll::Ready(Err(refused)) = writable.poll_ready(cx) else { panic!("destroyed") };
    assert_eq!(refused.error, Error::Destroyed("write"));
}

#[test]
fn the_cap_holds_whoever_does_not_wait() {
    let (mut writable, _) =
        gated(Options::default().with_cap(10, Overflow::Refuse).with_chunk_cost(0));
    for _ in 0..10 {
        writable.start_send(vec![1]).unwrap();
    }
    let refused = writable.start_send(vec![1]).unwrap_err();
    assert_eq!((refused.chunk, refused.error), (Some(vec![1]), Error::Full { cap: 10 }));
    assert_eq!(writable.room(), 0);
}

#[test]
fn a_cap_on_chunks_counts_those_that_are_in_flight() {
    let cx = &mut context();
    let (mut writable, gate) = gated(Options::default().with_chunk_cap(10));
    let fill = |writable: &mut PollWritable<Vec<u8>, Gate>| {
        let held = (0..100).take_while(|n| writable.start_send(vec![*n]).is_ok()).count();
        assert_eq!(writable.room(), 0);
        held
    };
    assert_eq!(fill(&mut writable), 10);
    assert!(writable.poll_flush(cx).is_pending());
    assert_eq!(fill(&mut writable), 0, "in flight or not");
    gate.open_for(1);
    assert!(writable.poll_flush(cx).is_pending());
    assert_eq!(fill(&mut writable), 1);
    gate.open_for(100);
    assert!(writable.poll_flush(cx).is_ready());
    assert_eq!(fill(&mut writable), 10);
}

#[test]
fn a_long_backlog_makes_room_as_it_goes() {
    let cx = &mut context();
    let options = Options::default()
        .with_high_water_mark(10)
        .with_cap(100, Overflow::Refuse)
        .with_chunk_cost(0);
    let (mut writable, gate) = gated(options);
    while writable.start_send(vec![1]).is_ok() {}
    assert!(writable.poll_flush(cx).is_pending());
    gate.open_for(35);
    assert!(writable.poll_flush(cx).is_pending());
    assert_eq!((gate.passed(), writable.room()), (35, 31), "a chunk, and batches of ten");
    gate.open_for(1000);
    assert!(writable.poll_flush(cx).is_ready());
    assert_eq!((gate.passed(), writable.stats().bytes), (100, 0));
}

#[derive(Default)]
pub struct Woken(pub AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[test]
fn a_stream_that_holds_nothing_waits_for_a_spent_budget_and_is_woken() {
    let budget = Budget::new(10 + CHUNK_COST);
    let (mut first, gate) = gated(Options::default().with_budget(&budget));
    first.start_send(vec![0; 10]).unwrap();
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let (mut second, _) = gated(Options::default().with_budget(&budget));
    assert!(second.poll_ready(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(woken.0.load(Relaxed), 0);
    gate.open_for(1);
    assert!(first.poll_flush(&mut context()).is_ready());
    assert_eq!(woken.0.load(Relaxed), 1);
    assert!(second.poll_ready(&mut Context::from_waker(&waker)).is_ready());
}

#[derive(Clone, Default)]
pub struct Hands(Arc<Mutex<Duration>>);

impl Hands {
    pub fn set(&self, seconds: u64) {
        *self.0.lock().unwrap() = Duration::from_secs(seconds);
    }
}

impl Timer for Hands {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn poll_at(&mut self, _: &mut Context<'_>, time: Duration) -> Poll<()> {
        if self.now() >= time { Poll::Ready(()) } else { Poll::Pending }
    }
}

#[test]
fn a_timer_makes_the_deadline_hold() {
    let cx = &mut context();
    let hands = Hands::default();
    let secs = Duration::from_secs;
    let options = Options::default().with_high_water_mark(1).with_deadline(secs(3));
    let (writable, gate) = gated(options);
    let mut writable = writable.with_timer(hands.clone());
    writable.start_send(vec![1]).unwrap();
    *hands.0.lock().unwrap() = secs(2);
    assert!(writable.poll_ready(cx).is_pending());
    gate.open_for(1);
    assert!(writable.poll_ready(cx).is_ready());
    assert_eq!(writable.stats().undrained, secs(2));
    writable.start_send(vec![1]).unwrap();
    *hands.0.lock().unwrap() = secs(5);
    let Poll::Ready(Err(refused)) = writable.poll_ready(cx) else { panic!("it is late") };
    assert_eq!(refused.error, Error::Deadline);
}
