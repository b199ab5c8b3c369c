//! What every implementation does.

/// Keys that a queue holds.
pub(super) const HELD: usize = 1000;
/// Names that are interned over and over.
pub(super) const NAMES: usize = 10_000;

/// The `i`th key: scattered over all small integers.
pub(super) fn key(i: usize) -> i32 {
    (i as u32).wrapping_mul(0x9E37_79B1) as i32
}

/// The `i`th text.
pub(super) fn text(i: usize) -> String {
    format!("property number {i}")
}

/// The sum of the numbers below `n`.
pub(super) fn sum(n: usize) -> u64 {
    (n as u64) * (n as u64 - 1) / 2
}
