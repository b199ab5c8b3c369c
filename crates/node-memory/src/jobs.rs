//! What an event loop has to do later: ticks, microtasks, timers by a virtual clock, and the callbacks of registries.
//!
//! It knows neither the heap nor the runtime `R` that its jobs get.

use crate::error::RuntimeError;
use core::time::Duration;
use heap_model::Global;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Weak};

/// A job, which runs once.
pub(crate) type Job<R> = Box<dyn FnOnce(&mut R) -> Result<(), RuntimeError> + Send>;
/// A job that runs again and again.
pub(crate) type Repeated<R> = Box<dyn FnMut(&mut R) -> Result<(), RuntimeError> + Send>;
/// What takes the held values of a registry.
pub(crate) type Callback<R, V> = Box<dyn FnMut(&mut R, V) -> Result<(), RuntimeError> + Send>;

/// A next tick.
pub(crate) enum Tick<R> {
    Job(Job<R>),
    /// A Writable's.
    Stream(Global),
}

/// What runs when a timer is due.
pub(crate) enum TimerJob<R> {
    Once(Job<R>),
    Every(Duration, Repeated<R>),
}

/// A timer: [`Runtime::clear_timer`](crate::Runtime::clear_timer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timer(u64);

/// The jobs of an event loop.
pub(crate) struct Jobs<R, V> {
    pub ticks: VecDeque<Tick<R>>,
    pub microtasks: VecDeque<Job<R>>,
    timers: BTreeMap<(Duration, u64), (Timer, TimerJob<R>)>,
    /// Intervals that run just now, and go on afterwards.
    running: Vec<Timer>,
    /// When each timer is due.
    due: HashMap<Timer, (Duration, u64)>,
    /// The virtual clock.
    pub now: Duration,
    /// The number of timers and registries that were ever made.
    made: u64,
    callbacks: HashMap<u64, (Weak<u64>, Callback<R, V>)>,
}

/// Node's shortest delay (`TIMEOUT_MAX` and `after >= 1` in `lib/internal/timers.js`).
const SHORTEST: Duration = Duration::from_millis(1);

impl<R, V> Jobs<R, V> {
    /// Adds a timer that is due after `delay`, behind those that are due at the same time.
    pub fn add_timer(&mut self, delay: Duration, job: TimerJob<R>) -> Timer {
        self.made += 1;
        let timer = Timer(self.made);
        self.put(timer, delay, job);
        timer
    }

    /// An interval runs now.
    pub fn begin_interval(&mut self, timer: Timer) {
        self.running.push(timer);
    }

    /// An interval has run; whether it goes on.
    pub fn end_interval(&mut self, timer: Timer) -> bool {
        let place = self.running.iter().position(|running| *running == timer);
        place.map(|place| self.running.remove(place)).is_some()
    }

    /// Puts a timer in its place by the time when it is due.
    pub fn put(&mut self, timer: Timer, delay: Duration, job: TimerJob<R>) {
        self.made += 1;
        let key = (self.now.saturating_add(delay.max(SHORTEST)), self.made);
        self.timers.insert(key, (timer, job));
        self.due.insert(timer, key);
    }

    /// Removes a timer; whether it was there.
    pub fn remove_timer(&mut self, timer: Timer) -> bool {
        let job = self.due.remove(&timer).and_then(|key| self.timers.remove(&key));
        job.is_some() || self.end_interval(timer)
    }

    /// When the next timer is due.
    pub fn next_timer(&self) -> Option<Duration> {
        self.timers.first_key_value().map(|((due, _), _)| *due)
    }

    /// Takes the next timer that is due until `end`, and sets the clock to its time.
    pub fn take_timer(&mut self, end: Duration) -> Option<(Timer, TimerJob<R>)> {
        let entry = self.timers.first_entry().filter(|entry| entry.key().0 <= end)?;
        let ((due, _), (timer, job)) = entry.remove_entry();
        self.now = self.now.max(due);
        self.due.remove(&timer);
        Some((timer, job))
    }

    /// Drops the callbacks whose token was dropped.
    pub fn drop_callbacks(&mut self) {
        self.callbacks.retain(|_, (token, _)| token.strong_count() > 0);
    }

    /// Adds the callback of a registry, which ends when the token is dropped.
    pub fn add_callback(&mut self, callback: Callback<R, V>) -> Arc<u64> {
        self.drop_callbacks();
        self.made += 1;
        let token = Arc::new(self.made);
        self.callbacks.insert(self.made, (Arc::downgrade(&token), callback));
        token
    }

    /// Takes a callback out, to be called.
    pub fn take_callback(&mut self, number: u64) -> Option<(Weak<u64>, Callback<R, V>)> {
        self.callbacks.remove(&number)
    }

    /// Puts a callback back.
    pub fn put_callback(&mut self, number: u64, callback: (Weak<u64>, Callback<R, V>)) {
        self.callbacks.insert(number, callback);
    }
}

impl<R, V> Default for Jobs<R, V> {
    fn default() -> Self {
        Self {
            ticks: VecDeque::new(),
            microtasks: VecDeque::new(),
            timers: BTreeMap::new(),
            running: Vec::new(),
            due: HashMap::new(),
            now: Duration::ZERO,
            made: 0,
            callbacks: HashMap::new(),
        }
    }
}
