//! The program's clock: the system's, or a virtual one that moves only when the event loop waits.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The date at which virtual time begins: 2024-01-01, in milliseconds.
const VIRTUAL_START: f64 = 1_704_067_200_000.0;

/// What other programs are given of real time before virtual time goes on.
const REAL_WAIT: Duration = Duration::from_millis(20);

/// A clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    /// Milliseconds that have passed, if the time is virtual.
    passed: Option<u64>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(false)
    }
}

impl Clock {
    pub(crate) fn new(is_virtual: bool) -> Self {
        Self { started: Instant::now(), passed: is_virtual.then_some(0) }
    }

    /// Milliseconds since the program began.
    pub(crate) fn now(&self) -> f64 {
        match self.passed {
            Some(passed) => passed as f64,
            None => self.started.elapsed().as_secs_f64() * 1e3,
        }
    }

    /// The date, in milliseconds since 1970.
    pub(crate) fn date(&self) -> f64 {
        match self.passed {
            Some(passed) => VIRTUAL_START + passed as f64,
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                (since.as_secs_f64() * 1e3).floor()
            }
        }
    }

    /// How long something else may be waited for before a millisecond of the program's time. Virtual time does not pass, but
    /// others do things in real time.
    pub(crate) fn time_until(&self, when: u64) -> Duration {
        match self.passed {
            Some(_) => REAL_WAIT,
            None => Duration::from_secs_f64((when as f64 - self.now()).max(0.0) / 1e3),
        }
    }

    /// Waits until a millisecond of the program's time.
    pub(crate) fn wait_until(&mut self, when: u64) {
        match &mut self.passed {
            Some(passed) => *passed = when.max(*passed),
            None => {
                let left = when as f64 - self.now();
                if left > 0.0 {
                    std::thread::sleep(Duration::from_secs_f64(left / 1e3));
                }
            }
        }
    }
}
