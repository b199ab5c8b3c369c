//! What has changed between two moments.

use crate::{Figure, MemoryUsage, Precision};

/// How far one figure has moved, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Risen (positive) or fallen (negative).
    pub bytes: i128,
    /// Exact if both figures are.
    pub precision: Precision,
}

/// How far each figure has moved between two samples; a figure that is absent in either of them is
/// absent here.
///
/// ```
/// use mem_report::{Figure, MemoryUsage, Source};
///
/// let before = MemoryUsage::new().with(Figure::HeapUsed, 3_092_008, Source::HEAP);
/// let after = MemoryUsage::new().with(Figure::HeapUsed, 3_092_000, Source::HEAP);
/// let difference = after.since(&before);
/// assert_eq!(difference.get(Figure::HeapUsed), Some(-8));
/// assert_eq!(difference.get(Figure::Rss), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    changes: [Option<Change>; 5],
}

impl MemoryUsage {
    /// What has changed since an earlier sample.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Difference {
        Difference {
            changes: Figure::ALL.map(|figure| {
                let (now, then) = (self.reading(figure)?, earlier.reading(figure)?);
                Some(Change {
                    bytes: i128::from(now.bytes) - i128::from(then.bytes),
                    precision: now.source.precision().max(then.source.precision()),
                })
            }),
        }
    }
}

impl Difference {
    /// The change of one figure, if both samples have it.
    #[must_use]
    pub const fn change(&self, figure: Figure) -> Option<Change> {
        self.changes[figure as usize]
    }

    /// The change of one figure in bytes, if both samples have it.
    #[must_use]
    pub fn get(&self, figure: Figure) -> Option<i128> {
        self.change(figure).map(|change| change.bytes)
    }

    /// The figures that both samples have, in Node's order.
    pub fn present(&self) -> impl Iterator<Item = (Figure, Change)> + '_ {
        Figure::ALL.into_iter().filter_map(|figure| Some((figure, self.change(figure)?)))
    }

    /// The figures that have moved, in Node's order.
    pub fn moved(&self) -> impl Iterator<Item = (Figure, Change)> + '_ {
        self.present().filter(|(_, change)| change.bytes != 0)
    }

    /// Whether no figure has moved.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.moved().next().is_none()
    }
}
