//! The Mann-Kendall test and the Theil-Sen estimator.

/// Whether and how fast values rise, in their order.
#[derive(Clone, Copy, Debug)]
pub struct Trend {
    /// The median slope between two values, a step.
    pub slope: f64,
    /// The rise over all values by that slope.
    pub rise: f64,
    /// The test's statistic: above 2.33 values without a direction rise so once in a hundred cases.
    pub score: f64,
    /// The median of the values.
    pub level: f64,
    /// The lowest value.
    pub lowest: f64,
    /// Twice the median distance from the level.
    pub spread: f64,
}

impl Trend {
    /// Of values in order; O(n² log n).
    pub fn of(values: &[f64]) -> Self {
        let count = values.len();
        let mut slopes = Vec::with_capacity(count * count.saturating_sub(1) / 2);
        let mut sum = 0.0;
        for (i, early) in values.iter().enumerate() {
            for (j, late) in values.iter().enumerate().skip(i + 1) {
                slopes.push((late - early) / (j - i) as f64);
                sum += f64::from(i8::from(late > early) - i8::from(late < early));
            }
        }
        let slope = median(&mut slopes);
        let variance = (pairs(count) - ties(values)) / 18.0;
        // The correction for continuity, by one towards 0.
        let distance = f64::max(f64::abs(sum) - 1.0, 0.0) * sum.signum();
        let score = if variance > 0.0 { distance / variance.sqrt() } else { 0.0 };
        let level = median(&mut values.to_vec());
        let mut distances: Vec<f64> = values.iter().map(|it| (it - level).abs()).collect();
        Self {
            slope,
            rise: slope * count.saturating_sub(1) as f64,
            score,
            level,
            lowest: values.iter().copied().fold(f64::INFINITY, f64::min),
            spread: 2.0 * median(&mut distances),
        }
    }

    /// Whether the values rise, with a chance of one in a hundred that they only seem to.
    pub fn rises(&self) -> bool {
        self.score > 2.33 && self.slope > 0.0
    }
}

/// `n (n - 1) (2n + 5)`: 18 times the variance of the test's sum for n values.
fn pairs(count: usize) -> f64 {
    let n = count as f64;
    n * (n - 1.0) * (2.0 * n + 5.0)
}

/// What values that are alike take off the variance.
fn ties(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(|alike| pairs(alike.len())).sum()
}

fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    let (_, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if values.len() % 2 == 1 {
        return upper;
    }
    let lower = values[..middle].iter().copied().fold(f64::NEG_INFINITY, f64::max);
    lower.midpoint(upper)
}

#[cfg(test)]
mod tests {
    use super::{Trend, median};

    #[test]
    fn the_slope_is_the_median_of_all_pairs() {
        // By hand: slopes 1, 1, 3, 1, 4, 7; without the last, an outlier, 1.
        let trend = Trend::of(&[0.0, 1.0, 2.0, 9.0]);
        assert_eq!(trend.slope, 2.0);
        assert_eq!(Trend::of(&[5.0, 5.0, 5.0]).slope, 0.0);
        assert_eq!(Trend::of(&[]).slope, 0.0);
    }

    #[test]
    fn the_score_is_that_of_the_literature() {
        // Gilbert, Statistical Methods for Environmental Pollution Monitoring (1987), example 16.2 in kind:
        // n = 10 without ties, all rising: S = 45, variance 125, Z = 44 / sqrt(125).
        let rising: Vec<f64> = (0..10).map(f64::from).collect();
        assert!((Trend::of(&rising).score - 44.0 / 125.0_f64.sqrt()).abs() < 1e-12);
        let falling: Vec<f64> = rising.iter().rev().copied().collect();
        assert!((Trend::of(&falling).score + 44.0 / 125.0_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn values_that_are_alike_do_not_rise() {
        assert_eq!(Trend::of(&[3.0; 20]).score, 0.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
