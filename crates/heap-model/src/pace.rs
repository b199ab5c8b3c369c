//! How far a heap may grow, by the speeds of the program and of the collector (V8's
//! `heap-controller.cc`).

use std::time::{Duration, Instant};

/// The fraction of time that the program is to have.
const AIM: f64 = 0.97;
/// The least factor.
const LEAST: f64 = 1.1;

/// What has happened since the last full collection.
pub(crate) struct Pace {
    /// When that collection ended, and what had been promoted by then.
    collected: Instant,
    promoted: usize,
    /// The collector's time since, and the part of it that belongs to the full collection in progress.
    paused: Duration,
    marked: Duration,
    /// When the current pause began.
    began: Instant,
}

impl Pace {
    pub fn new(now: Instant) -> Self {
        let none = Duration::ZERO;
        Self { collected: now, promoted: 0, paused: none, marked: none, began: now }
    }

    /// Begins a pause.
    pub fn begin(&mut self, now: Instant) {
        self.began = now;
    }

    /// Adds a scavenge's time.
    pub fn scavenged(&mut self, pause: Duration) {
        self.paused += pause;
    }

    /// Adds a marking step's time.
    pub fn stepped(&mut self, pause: Duration) {
        self.paused += pause;
        self.marked += pause;
    }

    /// Ends the period, and returns the factor by which a heap of `live` bytes may grow so that the program has its
    /// fraction of the time, if the speeds stay. `promoted` is the sum of all bytes that were ever promoted.
    pub fn factor(&mut self, now: Instant, live: usize, promoted: usize, limit: usize) -> f64 {
        let pause = now.saturating_duration_since(self.began);
        let program = now.saturating_duration_since(self.collected);
        let program = program.saturating_sub(self.paused + pause);
        let fresh = promoted.saturating_sub(self.promoted);
        let collecting = speed(live, self.marked + pause);
        *self = Self { promoted, ..Self::new(now) };
        growing_factor(collecting / speed(fresh, program).max(1.0), largest_factor(limit))
    }
}

/// Bytes a second.
fn speed(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / time.as_secs_f64().max(1e-6)
}

/// The factor if the collector is `ratio` times as fast as the program
/// (`MemoryController::DynamicGrowingFactor`).
fn growing_factor(ratio: f64, most: f64) -> f64 {
    let (a, b) = (ratio * (1.0 - AIM), ratio * (1.0 - AIM) - AIM);
    if a < b * most { (a / b).max(LEAST) } else { most }
}

/// The largest factor by which a heap with this limit grows: 4 from 2 GiB on, and 1.3 to 2 below
/// (`MemoryController::MaxGrowingFactor`).
pub(crate) fn largest_factor(limit: usize) -> f64 {
    const SMALL: usize = 256 << 20;
    const LARGE: usize = 2048 << 20;
    match limit {
        LARGE.. => 4.0,
        _ => 1.3 + 0.7 * limit.saturating_sub(SMALL) as f64 / (LARGE - SMALL) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::{Pace, growing_factor, largest_factor};
    use std::time::{Duration, Instant};

    #[test]
    fn factors_are_v8s() {
        // The speeds and results of V8's own test (`heap-controller-unittest.cc`).
        let known = [(34.0, 4.0), (45.0, 3.553), (50.0, 2.830), (100.0, 1.478), (200.0, 1.193)];
        for (ratio, factor) in known.into_iter().chain([(300.0, 1.121), (400.0, 1.1)]) {
            assert!((growing_factor(ratio, 4.0) - factor).abs() < 0.001, "{ratio}");
        }
        assert_eq!(largest_factor(64 << 20), 1.3);
        assert_eq!(largest_factor(1152 << 20), 1.65);
        assert_eq!(largest_factor(4 << 30), 4.0);
    }

    #[test]
    fn a_steady_program_gets_the_same_factor_each_time() {
        let ms = Duration::from_millis;
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let factors: Vec<f64> = (0..20)
            .map(|round: u32| {
                // A second of which 10 ms are a scavenge, 15 steps of marking and 10 the last pause; what is
                // promoted then takes 975 ms to make, and 25 to collect.
                pace.scavenged(ms(10));
                pace.stepped(ms(15));
                let end = start + ms(1000) * (round + 1);
                pace.begin(end - ms(10));
                pace.factor(end, 100 << 20, (round as usize + 1) * (67 << 20), 4 << 30)
            })
            .collect();
        // The collector does 4000 MB a second, the program 67 in 0.965 of one: 57.6 times as fast.
        let expected = growing_factor(4000.0 / (67.0 / 0.965), 4.0);
        assert!(factors.iter().all(|factor| (factor - expected).abs() < 1e-6), "{factors:?}");
        assert!((2.27..2.29).contains(&expected), "{expected}");
    }
}
