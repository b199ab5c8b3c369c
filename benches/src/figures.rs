//! What several timed workloads record their figures with, and the random order that they share.

use crate::timed::{Report, time};

/// The figures of a run so far. Times are by the wall clock, because CPU time would count Node's helper threads.
#[derive(Default)]
pub struct Figures(Vec<(&'static str, f64)>);

impl Figures {
    /// Runs a part and records its time.
    pub fn time<R>(&mut self, name: &'static str, part: impl FnOnce() -> R) -> R {
        let mut result = None;
        let taken = time(|| result = Some(part()));
        self.note(name, taken.wall);
        result.expect("the part has run")
    }

    pub fn note(&mut self, name: &'static str, value: f64) {
        self.0.push((name, value));
    }

    pub fn report(self, result: usize) -> Report {
        Report { result: result as u64, figures: self.0 }
    }
}

/// The numbers below `n` in a random order that is the same at every run.
pub fn shuffled(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut state = 1_u64;
    for i in (1..n).rev() {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
        order.swap(i, (state >> 33) as usize % (i + 1));
    }
    order
}
