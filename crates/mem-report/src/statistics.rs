//! Statistics of one figure over a timeline.

use crate::{Figure, Timeline};

/// Lowest, highest, middle and last of a figure, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// How many samples have the figure.
    pub samples: usize,
    /// The lowest.
    pub lowest: u64,
    /// The highest.
    pub highest: u64,
    /// The middle one of the sorted figures; of an even number the lower of the two.
    pub median: u64,
    /// All but 5 of 100 are at most this.
    pub percentile_95: u64,
    /// The mean, rounded down.
    pub mean: u64,
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
}

impl Statistics {
    /// The statistics of figures in order; `None` without figures. O(n) time and memory.
    ///
    /// ```
    /// use mem_report::Statistics;
    ///
    /// let statistics = Statistics::of([5, 1, 9, 3]).expect("four figures");
    /// assert_eq!((statistics.lowest, statistics.median, statistics.highest), (1, 3, 9));
    /// assert_eq!((statistics.first, statistics.last, statistics.mean), (5, 3, 4));
    /// ```
    pub fn of(figures: impl IntoIterator<Item = u64>) -> Option<Self> {
        let mut figures: Vec<u64> = figures.into_iter().collect();
        let (first, last) = (*figures.first()?, *figures.last()?);
        let samples = figures.len();
        let sum: u128 = figures.iter().map(|figure| u128::from(*figure)).sum();
        let mut ranked = |rank: usize| *figures.select_nth_unstable(rank).1;
        Some(Self {
            samples,
            lowest: ranked(0),
            highest: ranked(samples - 1),
            median: ranked((samples - 1) / 2),
            percentile_95: ranked((samples * 95).div_ceil(100) - 1),
            mean: (sum / samples as u128) as u64,
            first,
            last,
        })
    }
}

impl Timeline {
    /// Statistics of one figure over the samples that have it.
    #[must_use]
    pub fn statistics(&self, figure: Figure) -> Option<Statistics> {
        Statistics::of(self.figure(figure).flatten())
    }
}
