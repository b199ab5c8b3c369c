//! The event loop, of which nothing runs by itself: a program says when the current job ends, how far the clock goes, and
//! when registries are cleaned up.

use crate::error::RuntimeError;
use crate::jobs::{Tick, Timer, TimerJob};
use crate::memory::Memory;
use crate::runtime::Runtime;
use crate::writable;
use core::time::Duration;

impl Runtime {
    /// `process.nextTick(job)`: runs in [`run_jobs`](Self::run_jobs), before microtasks. Constant time.
    ///
    /// What the job has captured lives until it has run. Jobs themselves take no memory of the heap.
    #[doc(alias = "nextTick")]
    pub fn next_tick(
        &mut self,
        job: impl FnOnce(&mut Self) -> Result<(), RuntimeError> + Send + 'static,
    ) {
        self.absorb_ticks();
        self.jobs.ticks.push_back(Tick::Job(Box::new(job)));
    }

    /// `queueMicrotask(job)`: runs in [`run_jobs`](Self::run_jobs), after ticks. Constant time.
    #[doc(alias = "queueMicrotask")]
    pub fn queue_microtask(
        &mut self,
        job: impl FnOnce(&mut Self) -> Result<(), RuntimeError> + Send + 'static,
    ) {
        self.jobs.microtasks.push_back(Box::new(job));
    }

    /// `setTimeout(job, delay)`: runs when the virtual clock reaches that time ([`advance`](Self::advance)); a delay of
    /// less than a millisecond is one, as in Node. O(log timers).
    #[doc(alias = "setTimeout")]
    pub fn set_timeout(
        &mut self,
        delay: Duration,
        job: impl FnOnce(&mut Self) -> Result<(), RuntimeError> + Send + 'static,
    ) -> Timer {
        self.jobs.add_timer(delay, TimerJob::Once(Box::new(job)))
    }

    /// `setInterval(job, every)`. O(log timers).
    #[doc(alias = "setInterval")]
    pub fn set_interval(
        &mut self,
        every: Duration,
        job: impl FnMut(&mut Self) -> Result<(), RuntimeError> + Send + 'static,
    ) -> Timer {
        self.jobs.add_timer(every, TimerJob::Every(every, Box::new(job)))
    }

    /// `clearTimeout(timer)` and `clearInterval(timer)`: drops the job; whether the timer was running. O(log timers).
    #[doc(alias = "clearTimeout")]
    #[doc(alias = "clearInterval")]
    pub fn clear_timer(&mut self, timer: Timer) -> bool {
        self.jobs.remove_timer(timer)
    }

    /// The virtual clock: how far it was [advanced](Self::advance). Constant time.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.jobs.now
    }

    /// When the next timer is due, by the virtual clock. Constant time.
    #[must_use]
    pub fn next_timer(&self) -> Option<Duration> {
        self.jobs.next_timer()
    }

    /// Ends the current job: runs ticks (those of Writables among them) and microtasks, as Node does between two
    /// callbacks, until there are none; then the targets of WeakRefs may be collected. Returns how many ran.
    ///
    /// ```
    /// use node_memory::{Runtime, RuntimeOptions};
    /// use std::sync::mpsc;
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let (sender, order) = mpsc::channel();
    /// let says = |name: &'static str| {
    ///     let sender = sender.clone();
    ///     move |_: &mut Runtime| {
    ///         let _ = sender.send(name);
    ///         Ok(())
    ///     }
    /// };
    /// runtime.queue_microtask(says("microtask"));
    /// runtime.next_tick(says("tick"));
    /// assert_eq!(runtime.run_jobs()?, 2);
    /// assert_eq!(order.try_iter().collect::<Vec<_>>(), ["tick", "microtask"]);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    ///
    /// # Errors
    /// The first job's that fails. That job is over; the others stay, for the next call.
    pub fn run_jobs(&mut self) -> Result<usize, RuntimeError> {
        let mut ran = 0;
        loop {
            self.absorb_ticks();
            if let Some(tick) = self.jobs.ticks.pop_front() {
                self.run_tick(tick)?;
            } else if let Some(job) = self.jobs.microtasks.pop_front() {
                job(self)?;
                // Node runs all microtasks before it looks for ticks.
                while let Some(job) = self.jobs.microtasks.pop_front() {
                    ran += 1;
                    job(self)?;
                }
            } else {
                break;
            }
            ran += 1;
        }
        self.memory.outside.agent.end_job();
        Ok(ran)
    }

    /// Moves the virtual clock on by `time`, and runs the timers that become due, in order, each with the jobs that follow
    /// from it. Returns how many timers ran.
    ///
    /// ```
    /// use node_memory::{Buffer, Runtime, RuntimeOptions};
    /// use std::time::Duration;
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let body = Buffer::alloc(&mut runtime, 1 << 20)?;
    /// // The timer keeps what its callback has captured.
    /// let timer = runtime.set_timeout(Duration::from_secs(60), move |runtime| {
    ///     body.write(runtime, |bytes| bytes.fill(0))
    /// });
    /// runtime.advance(Duration::from_secs(59))?;
    /// runtime.gc();
    /// assert_eq!(runtime.memory_usage().array_buffers(), Some(1 << 20));
    /// assert!(runtime.clear_timer(timer));
    /// runtime.gc();
    /// assert_eq!(runtime.memory_usage().array_buffers(), Some(0));
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    ///
    /// # Errors
    /// The first job's that fails, with the clock at its time. That job is over, also if it is an interval's; the others stay.
    pub fn advance(&mut self, time: Duration) -> Result<usize, RuntimeError> {
        let mut ran = self.run_jobs().map(|_| 0)?;
        let end = self.jobs.now.saturating_add(time);
        while let Some((timer, job)) = self.jobs.take_timer(end) {
            match job {
                TimerJob::Once(job) => job(self)?,
                TimerJob::Every(every, mut job) => {
                    self.jobs.begin_interval(timer);
                    let result = job(self);
                    let goes_on = self.jobs.end_interval(timer);
                    result?;
                    if goes_on {
                        self.jobs.put(timer, every, TimerJob::Every(every, job));
                    }
                }
            }
            ran += 1;
            self.run_jobs()?;
        }
        self.jobs.now = end;
        Ok(ran)
    }

    /// Calls the callbacks of registries for at most `limit` held values of targets that collections have found dead, each
    /// as a job of its own ([`run_jobs`](Self::run_jobs)). Returns how many. Registries take turns. O(registries) a call.
    ///
    /// # Errors
    /// The first callback's that fails; its held value is used up, the others come with the next call.
    pub fn run_cleanup(&mut self, limit: usize) -> Result<usize, RuntimeError> {
        for called in 0..limit {
            let mut due = Vec::new();
            let Memory { heap, outside } = &mut self.memory;
            heap.enter(|scope| outside.agent.run_cleanup_with(scope, &mut due, 1))?;
            self.jobs.drop_callbacks();
            let Some(cleanup) = due.pop() else { return Ok(called) };
            if let Some((token, mut callback)) = self.jobs.take_callback(cleanup.callback) {
                let result = callback(self, cleanup.held);
                self.jobs.put_callback(cleanup.callback, (token, callback));
                result?;
            }
            self.run_jobs()?;
        }
        Ok(limit)
    }

    fn run_tick(&mut self, tick: Tick<Self>) -> Result<(), RuntimeError> {
        match tick {
            Tick::Job(job) => job(self),
            Tick::Stream(writable) => {
                let Memory { heap, outside } = &mut self.memory;
                heap.enter(|scope| writable::run_tick(scope, outside, &writable))
            }
        }
    }

    /// Takes over the ticks that Writables have made due.
    fn absorb_ticks(&mut self) {
        let ticks = self.memory.outside.ticks.drain(..);
        self.jobs.ticks.extend(ticks.map(Tick::Stream));
    }
}
