//! Samples in the background: a thread that reads a source at regular times.

use crate::timeline::uncounted;
use crate::{MemorySource, Sample, Timeline};
use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

/// A thread that samples a source at regular times, until it is stopped or dropped.
///
/// Times that the thread misses are left out; they are not made up for. A sample costs what the source's
/// reading costs.
///
/// ```
/// use mem_report::{Process, Sampler, Timeline};
/// use std::time::Duration;
///
/// let ring = Timeline::ring(1000).with_clock().with_room(1000, 0);
/// let sampler = Sampler::spawn(Duration::from_millis(10), ring, Process::current()?)?;
/// sampler.label("work");
/// let timeline = sampler.stop()?;
/// assert!(timeline.samples().any(|sample| sample.label == "work"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Sampler {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    timeline: Timeline,
    /// Labels under which no sample was taken yet; the counting allocator does not count them.
    labels: VecDeque<Box<str>>,
    stopped: bool,
}

/// A source panicked while the [`Sampler`] read it.
#[derive(Debug)]
pub struct SourcePanicked {
    /// The samples up to the panic.
    pub timeline: Box<Timeline>,
}

impl Sampler {
    /// Starts to sample `source` every `interval` into `timeline`. The first sample is taken without delay,
    /// under an empty label.
    ///
    /// # Errors
    /// The operating system's if it starts no thread.
    pub fn spawn(
        interval: Duration,
        timeline: Timeline,
        source: impl MemorySource + Send + 'static,
    ) -> std::io::Result<Self> {
        let mut state = State { timeline, labels: VecDeque::new(), stopped: false };
        state.add("");
        let state = Mutex::new(state);
        let shared = Arc::new(Shared { state, changed: Condvar::new() });
        let own = Arc::clone(&shared);
        let thread = Builder::new()
            .name("memory sampler".to_owned())
            .spawn(move || own.sample(interval, source))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Takes a sample under this label without delay; the ones after it have the label too. The counting allocator
    /// does not count labels.
    pub fn label(&self, label: impl AsRef<str>) {
        self.shared.lock().add(label.as_ref());
        self.shared.changed.notify_all();
    }

    /// Looks at the samples so far; sampling waits meanwhile.
    pub fn with_timeline<R>(&self, look: impl FnOnce(&Timeline) -> R) -> R {
        look(&self.shared.lock().timeline)
    }

    /// Stops and gives the samples. Those that [`Sampler::label`] wants are taken first.
    ///
    /// # Errors
    /// [`SourcePanicked`] if the source panicked; it has the samples.
    pub fn stop(mut self) -> Result<Timeline, SourcePanicked> {
        let ended = self.end();
        let timeline = core::mem::take(&mut self.shared.lock().timeline);
        if ended { Ok(timeline) } else { Err(SourcePanicked { timeline: Box::new(timeline) }) }
    }

    /// Ends the thread, and says whether it ended without a panic.
    fn end(&mut self) -> bool {
        self.shared.lock().stopped = true;
        self.shared.changed.notify_all();
        self.thread.take().is_none_or(|thread| thread.join().is_ok())
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        self.end();
    }
}

impl State {
    fn add(&mut self, label: &str) {
        uncounted(|| self.labels.push_back(label.into()));
    }
}

impl Drop for State {
    fn drop(&mut self) {
        uncounted(|| self.labels = VecDeque::new());
    }
}

/// A label that the counting allocator has not counted.
struct Label(Box<str>);

impl Drop for Label {
    fn drop(&mut self) {
        uncounted(|| self.0 = Box::default());
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sample(&self, interval: Duration, mut source: impl MemorySource) {
        let mut current = Label("".into());
        // The first sample is the empty label's.
        let mut next = Instant::now().checked_add(interval);
        while let Some(label) = self.wait_until(next) {
            if let Some(label) = label {
                current = Label(label);
            } else {
                let now = Instant::now();
                // None is a time that never comes.
                next = next.and_then(|due| due.checked_add(interval));
                if next.is_some_and(|due| due < now) {
                    next = now.checked_add(interval);
                }
            }
            // The source is read without the lock: it may take long, or panic.
            let mut sample = Sample::new(&current.0, source.read());
            sample.collections = source.collections();
            sample.allocations = source.allocations();
            self.lock().timeline.record(sample);
        }
    }

    /// Waits for a label, which is given, or until `due`; `None` when no sample is wanted any more.
    fn wait_until(&self, due: Option<Instant>) -> Option<Option<Box<str>>> {
        let mut state = self.lock();
        loop {
            if let Some(label) = state.labels.pop_front() {
                return Some(Some(label));
            }
            if state.stopped {
                return None;
            }
            state = match due.map(|due| due.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return Some(None),
                Some(left) => {
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl fmt::Display for SourcePanicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the memory source panicked after {} samples", self.timeline.len())
    }
}

impl core::error::Error for SourcePanicked {}
