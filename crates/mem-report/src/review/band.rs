//! A noisy figure in a committed text: a range in which it may move unseen.

use core::fmt;

/// A range of bytes, both ends included.
///
/// ```
/// use mem_report::review::Band;
///
/// let band = Band::around(33 << 20, 25);
/// assert_eq!(band.to_string(), "24 MiB to 44 MiB");
/// assert!(band.contains(40 << 20) && !band.contains(45 << 20));
/// assert_eq!(Band::parse("24 MiB to 44 MiB"), Some(band));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    low: u64,
    high: u64,
}

impl Band {
    /// The band around a value: `per_cent` of it either way, then on to the next round number.
    #[must_use]
    pub fn around(value: u64, per_cent: u64) -> Self {
        let part = (u128::from(value) * u128::from(per_cent.min(100)) / 100) as u64;
        // Round numbers are an eighth of the value's power of two apart, and at least 4 KiB (a page).
        let step = (1_u64 << (63 - value.max(1).leading_zeros())).max(32 << 10) / 8;
        let low = value.saturating_sub(part) / step * step;
        // A figure that is 0 has a band too.
        let high = value.saturating_add(part).div_ceil(step).max(1).saturating_mul(step);
        Self { low, high }
    }

    /// Whether these bytes are inside.
    #[must_use]
    pub const fn contains(self, bytes: u64) -> bool {
        self.low <= bytes && bytes <= self.high
    }

    /// The lowest and the highest bytes.
    #[must_use]
    pub const fn ends(self) -> (u64, u64) {
        (self.low, self.high)
    }

    /// Reads what [`Display`](fmt::Display) writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (low, high) = text.split_once(" to ")?;
        let (low, high) = (round_bytes(low)?, round_bytes(high)?);
        (low <= high).then_some(Self { low, high })
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", Round(self.low), Round(self.high))
    }
}

/// Bytes in the largest unit that holds them without a rest.
struct Round(u64);

const UNITS: [(&str, u64); 2] = [(" MiB", 1 << 20), (" KiB", 1 << 10)];

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit =
            UNITS.into_iter().find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size));
        match unit {
            Some((name, size)) => write!(f, "{}{name}", self.0 / size),
            None => write!(f, "{} bytes", self.0),
        }
    }
}

fn round_bytes(text: &str) -> Option<u64> {
    for (name, size) in UNITS.into_iter().chain([(" bytes", 1)]) {
        if let Some(number) = text.strip_suffix(name) {
            return number.parse::<u64>().ok()?.checked_mul(size);
        }
    }
    None
}
