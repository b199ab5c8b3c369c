//! What every implementation of the weak collections does, and how its figures are recorded.

use crate::timed::{Report, time};

/// Maps over which a chain is spread.
pub(super) const MAPS: usize = 1000;

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

/// An order in which a chain's entries are made.
pub(super) struct Order {
    /// The figures' names, with one map and with many.
    pub names: [&'static str; 2],
    pub entries: fn(usize) -> Vec<usize>,
    /// The order in which a fixpoint over the entries ends after few rounds.
    pub easy: bool,
}

pub(super) const ORDERS: [Order; 3] = [
    Order {
        names: ["in-order-one ms", "in-order-many ms"],
        entries: |n| (0..n).collect(),
        easy: true,
    },
    Order {
        names: ["reversed-one ms", "reversed-many ms"],
        entries: |n| (0..n).rev().collect(),
        easy: false,
    },
    Order { names: ["shuffled-one ms", "shuffled-many ms"], entries: shuffled, easy: false },
];

/// The sum of the values of keys that are numbered from 0.
pub(super) fn sum(n: usize) -> u64 {
    (n as u64) * (n as u64 - 1) / 2
}

/// The figures of a run so far. Times are by the wall clock, because CPU time would count Node's helper threads.
#[derive(Default)]
pub(super) struct Figures(Vec<(&'static str, f64)>);

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
