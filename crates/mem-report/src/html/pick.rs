//! Min/max downsampling: which samples to draw, so that no peak is hidden.
//!
//! The samples are cut into buckets of equal length. Each bucket keeps, of every series, the samples with
//! its lowest and its highest value; the first and the last sample are kept too. So a drawing of the picked
//! samples has the same extremes, bucket by bucket, as one of all samples.

/// Collects the samples to draw.
pub struct Picker {
    samples: usize,
    /// Samples a bucket; 1 or 2 mean that every sample is picked.
    bucket: usize,
    picked: Vec<usize>,
}

impl Picker {
    /// Picks about `points` of the samples, for the given number of series.
    pub fn new(samples: usize, series: usize, points: usize) -> Self {
        let buckets = (points / (2 * series.max(1))).max(1);
        let bucket = if samples <= points { 1 } else { samples.div_ceil(buckets) };
        let picked = if bucket == 1 { (0..samples).collect() } else { vec![0, samples - 1] };
        Self { samples, bucket, picked }
    }

    /// Adds the extremes of one series, whose values come in the samples' order.
    pub fn series(&mut self, values: impl Iterator<Item = Option<i128>>) {
        if self.bucket == 1 {
            return;
        }
        let mut extremes: Option<[(i128, usize); 2]> = None;
        for (index, value) in values.enumerate() {
            if index.is_multiple_of(self.bucket) {
                self.keep(extremes.take());
            }
            let Some(value) = value else { continue };
            let [low, high] = extremes.get_or_insert([(value, index); 2]);
            if value < low.0 {
                *low = (value, index);
            }
            if value > high.0 {
                *high = (value, index);
            }
        }
        self.keep(extremes);
    }

    /// Adds one sample.
    pub fn sample(&mut self, index: usize) {
        if self.bucket > 1 && index < self.samples {
            self.picked.push(index);
        }
    }

    /// The picked samples in order, without two alike.
    pub fn finish(mut self) -> Vec<usize> {
        self.picked.sort_unstable();
        self.picked.dedup();
        self.picked
    }

    fn keep(&mut self, extremes: Option<[(i128, usize); 2]>) {
        self.picked.extend(extremes.into_iter().flatten().map(|(_, index)| index));
    }
}

#[cfg(test)]
mod tests {
    use super::Picker;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_bucket_keeps_its_extremes(
            series in prop::collection::vec(prop::collection::vec(prop::option::of(-20_i128..30), 300), 1..4),
            points in 1_usize..400,
        ) {
            let mut picker = Picker::new(300, series.len(), points);
            let bucket = picker.bucket;
            for values in &series {
                picker.series(values.iter().copied());
            }
            let picked = picker.finish();
            prop_assert!(picked.is_sorted_by(|a, b| a < b));
            prop_assert!(picked.len() <= 2 + points.max(2 * series.len()) + 2 * series.len());
            for values in &series {
                for start in (0..300).step_by(bucket) {
                    let range = start..(start + bucket).min(300);
                    let all = || range.clone().filter_map(|index| values[index]);
                    let kept = || picked.iter().filter(|index| range.contains(index)).filter_map(|index| values[*index]);
                    prop_assert_eq!(all().max(), kept().max());
                    prop_assert_eq!(all().min(), kept().min());
                }
            }
        }
    }
}
