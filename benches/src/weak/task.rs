//! What every implementation of the weak collections does, and how its figures are recorded.

pub(super) use crate::figures::{Figures, shuffled};

/// Maps over which a chain is spread.
pub(super) const MAPS: usize = 1000;

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
