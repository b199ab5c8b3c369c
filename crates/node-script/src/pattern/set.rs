//! Sets of code points, as ranges.

/// The last code point.
pub(super) const LAST: u32 = 0x10_FFFF;

/// Ranges with both ends; in order, apart and not adjacent once [`Set::settle`] was called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    ranges: Vec<(u32, u32)>,
}

impl Set {
    pub fn of(ranges: &[(u32, u32)]) -> Self {
        let mut set = Self { ranges: ranges.to_vec() };
        set.settle();
        set
    }

    pub fn add(&mut self, low: u32, high: u32) {
        self.ranges.push((low, high));
    }

    pub fn extend(&mut self, other: &Self) {
        self.ranges.extend_from_slice(&other.ranges);
    }

    pub fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }

    /// Puts the ranges in order and joins those that touch.
    pub fn settle(&mut self) {
        self.ranges.sort_unstable();
        self.ranges.dedup_by(|next, last| {
            let touch = next.0 <= last.1.saturating_add(1);
            if touch {
                last.1 = last.1.max(next.1);
            }
            touch
        });
    }

    pub fn settled(mut self) -> Self {
        self.settle();
        self
    }

    /// All other code points. The set is settled.
    pub fn inverted(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for (low, high) in &self.ranges {
            if next < *low {
                ranges.push((next, low - 1));
            }
            next = high + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self { ranges }
    }

    /// What is in both; both are settled.
    pub fn intersected(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let (mut left, mut right) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let (low, high) = (a.0.max(b.0), a.1.min(b.1));
            if low <= high {
                ranges.push((low, high));
            }
            match a.1 < b.1 {
                true => left.next(),
                false => right.next(),
            };
        }
        Self { ranges }
    }

    /// What is not in another; both are settled.
    pub fn without(&self, other: &Self) -> Self {
        self.intersected(&other.inverted())
    }

    /// Whether a settled set has a code point.
    pub fn contains(&self, point: u32) -> bool {
        let behind = self.ranges.partition_point(|(low, _)| *low <= point);
        behind > 0 && point <= self.ranges[behind - 1].1
    }

    /// The single code point of a settled set.
    pub fn single(&self) -> Option<u32> {
        match self.ranges[..] {
            [(low, high)] if low == high => Some(low),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LAST, Set};

    #[test]
    fn operations_on_sets_are_those_of_their_points() {
        let small = Set::of(&[(5, 9), (1, 2), (3, 3), (20, 30)]);
        assert_eq!(small.ranges(), [(1, 3), (5, 9), (20, 30)]);
        let other = Set::of(&[(0, 1), (8, 22)]);
        assert_eq!(small.intersected(&other).ranges(), [(1, 1), (8, 9), (20, 22)]);
        assert_eq!(small.without(&other).ranges(), [(2, 3), (5, 7), (23, 30)]);
        assert_eq!(small.inverted().inverted(), small);
        assert_eq!(Set::default().inverted().ranges(), [(0, LAST)]);
        for point in 0..40 {
            let there = (1..=3).contains(&point) || (5..=9).contains(&point) || point >= 20;
            assert_eq!(small.contains(point), there && point <= 30, "{point}");
        }
    }
}
