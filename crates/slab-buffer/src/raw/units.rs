//! Units, which the counts add up: a buffer of `n` bytes is `1 << 40 | n`, so one addition counts a buffer and its bytes.

#![forbid(unsafe_code)]

/// One buffer of `length` bytes, in units.
#[inline]
pub(crate) const fn unit(length: usize) -> u64 {
    1 << 40 | length as u64
}

/// Buffers and bytes of a count of units.
pub(crate) const fn split(units: u64) -> (usize, usize) {
    ((units >> 40) as usize, (units & ((1 << 40) - 1)) as usize)
}
