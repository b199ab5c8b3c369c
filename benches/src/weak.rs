//! Weak collections: live keys, dropped keys, chains of ephemerons, registrations.
//!
//! A key is 56 bytes everywhere, as V8's `{}` is. Look-ups go through the keys in the order in which
//! they were made and in one of no pattern; what is looked up lies in a list in that order.

mod boa;
mod gc_arena;
mod hashbrown;
mod ours;
mod weak_table;

use crate::timed::{Report, TimedWorkload, time};

/// Keys that stay alive: what they cost to insert, to look up, to collect and to hold.
pub const LIVE: TimedWorkload = TimedWorkload {
    name: "weak-live",
    implementations: &[
        ("weak-refs", ours::live),
        ("hashbrown", hashbrown::live),
        ("hashbrown by id", hashbrown::live_by_id),
        ("weak-table", weak_table::live),
    ],
};

/// Keys that all die at once.
pub const DROPPED: TimedWorkload = TimedWorkload {
    name: "weak-dropped",
    implementations: &[("weak-refs", ours::dropped), ("weak-table", weak_table::dropped)],
};

/// The value of each entry is the key of the next; nothing else refers to any but the first.
pub const CHAIN: TimedWorkload = TimedWorkload {
    name: "weak-chain",
    implementations: &[
        ("weak-refs", ours::chain),
        ("boa_gc", boa::chain),
        ("gc-arena", gc_arena::chain),
    ],
};

/// Registrations whose token is their target; half of the targets die.
pub const REGISTRATIONS: TimedWorkload = TimedWorkload {
    name: "weak-registrations",
    implementations: &[("weak-refs", ours::registrations)],
};

/// Maps among which a chain is spread.
const MAPS: usize = 1000;

/// The numbers below `n` in an order of no pattern, the same at every run.
fn shuffled(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut state = 1_u64;
    for i in (1..n).rev() {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
        order.swap(i, (state >> 33) as usize % (i + 1));
    }
    order
}

/// An order in which a chain's entries are made.
struct Order {
    /// The figures' names, with one map and with many.
    names: [&'static str; 2],
    entries: fn(usize) -> Vec<usize>,
    /// A fixpoint over the entries ends after few rounds.
    easy: bool,
}

const ORDERS: [Order; 3] = [
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
fn sum(n: usize) -> u64 {
    (n as u64) * (n as u64 - 1) / 2
}

/// The figures of a run as they come. Times are by the wall clock, which is the one that spares Node
/// its helper threads.
#[derive(Default)]
struct Figures(Vec<(&'static str, f64)>);

impl Figures {
    /// Runs a part, and notes its time.
    fn time<R>(&mut self, name: &'static str, part: impl FnOnce() -> R) -> R {
        let mut result = None;
        let taken = time(|| result = Some(part()));
        self.note(name, taken.wall);
        result.expect("the part has run")
    }

    fn note(&mut self, name: &'static str, value: f64) {
        self.0.push((name, value));
    }

    fn report(self, result: usize) -> Report {
        Report { result: result as u64, figures: self.0 }
    }
}
