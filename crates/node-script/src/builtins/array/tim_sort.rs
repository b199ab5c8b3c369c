//! Tim Peters' merge sort (CPython's `listsort.txt`), by V8's steps: functions that compare see the same pairs in the same order,
//! and those that contradict themselves get the same result.
//!
//! Runs that are there are kept; short ones are made longer by insertion, and merged while the stack of runs keeps its
//! invariants. A merge in which one run wins all the time looks for the end of what it wins by doubling steps ("galloping").

use core::ops::Range;

/// From how many wins in a row on a merge gallops.
const MIN_GALLOP: usize = 7;

/// Sorts, stably. `less` says whether its first argument comes before its second. At most n log2(n) comparisons, n - 1 of what
/// is in order already.
///
/// # Errors
/// What `less` fails with; the values are in some order then.
pub(super) fn tim_sort<T: Copy, E>(
    values: &mut [T],
    less: impl FnMut(T, T) -> Result<bool, E>,
) -> Result<(), E> {
    let length = values.len();
    let min_run = min_run(length);
    let mut sort = Sort { values, less, runs: Vec::new(), min_gallop: MIN_GALLOP };
    let mut low = 0;
    while low < length {
        let mut run = sort.make_run(low..length)?;
        if run < min_run {
            let forced = min_run.min(length - low);
            sort.insert(low, low + run, low + forced)?;
            run = forced;
        }
        sort.runs.push(low..low + run);
        sort.collapse()?;
        low += run;
    }
    while sort.runs.len() > 1 {
        let n = sort.smaller_of(sort.runs.len() - 2);
        sort.merge_at(n)?;
    }
    Ok(())
}

/// How long runs are at least, so that there are a little fewer than a power of two.
fn min_run(mut length: usize) -> usize {
    let mut odd = 0;
    while length >= 64 {
        odd |= length & 1;
        length >>= 1;
    }
    length + odd
}

struct Sort<'v, T, F> {
    values: &'v mut [T],
    less: F,
    /// Runs that lie one behind the other.
    runs: Vec<Range<usize>>,
    min_gallop: usize,
}

/// What of a merge is left to copy.
struct Rest {
    from: Range<usize>,
    to: usize,
    /// Values of the longer run that come before those, for a merge from the front; behind them, for one from the back.
    longer: usize,
}

impl<T: Copy, E, F: FnMut(T, T) -> Result<bool, E>> Sort<'_, T, F> {
    /// How long the run is that begins here; one that descends is turned round.
    fn make_run(&mut self, range: Range<usize>) -> Result<usize, E> {
        let (low, high) = (range.start, range.end);
        if high - low < 2 {
            return Ok(high - low);
        }
        let descends = (self.less)(self.values[low + 1], self.values[low])?;
        let mut end = low + 2;
        while end < high && (self.less)(self.values[end], self.values[end - 1])? == descends {
            end += 1;
        }
        if descends {
            self.values[low..end].reverse();
        }
        Ok(end - low)
    }

    /// Inserts values from `start` on among those from `low` on, which are sorted.
    fn insert(&mut self, low: usize, start: usize, high: usize) -> Result<(), E> {
        for place in start..high {
            let pivot = self.values[place];
            let (mut left, mut right) = (low, place);
            while left < right {
                let middle = left + (right - left) / 2;
                if (self.less)(pivot, self.values[middle])? {
                    right = middle;
                } else {
                    left = middle + 1;
                }
            }
            self.values.copy_within(left..place, left + 1);
            self.values[left] = pivot;
        }
        Ok(())
    }

    /// Whether a run is longer than the two behind it together.
    fn is_established(&self, n: usize) -> bool {
        n < 2 || self.runs[n - 2].len() > self.runs[n - 1].len() + self.runs[n].len()
    }

    /// Where to merge: the run before, if that is shorter than the one behind.
    fn smaller_of(&self, n: usize) -> usize {
        if n > 0 && self.runs[n - 1].len() < self.runs[n + 1].len() { n - 1 } else { n }
    }

    fn collapse(&mut self) -> Result<(), E> {
        while self.runs.len() > 1 {
            let n = self.runs.len() - 2;
            if !self.is_established(n + 1) || !self.is_established(n) {
                self.merge_at(self.smaller_of(n))?;
            } else if self.runs[n].len() <= self.runs[n + 1].len() {
                self.merge_at(n)?;
            } else {
                break;
            }
        }
        Ok(())
    }

    /// Merges a run with the one behind it.
    fn merge_at(&mut self, n: usize) -> Result<(), E> {
        let b = self.runs.remove(n + 1);
        let a = self.runs[n].clone();
        self.runs[n].end = b.end;
        let first = self.values[b.start];
        let skipped = gallop_right(&mut self.less, &self.values[a.clone()], first, 0)?;
        let a = a.start + skipped..a.end;
        if a.is_empty() {
            return Ok(());
        }
        let last = self.values[a.end - 1];
        let kept = gallop_left(&mut self.less, &self.values[b.clone()], last, b.len() - 1)?;
        let b = b.start..b.start + kept;
        if b.is_empty() {
            return Ok(());
        }
        if a.len() <= b.len() { self.merge_low(a, b) } else { self.merge_high(a, b) }
    }

    /// Merges two runs of which the first is not longer, from the front.
    fn merge_low(&mut self, a: Range<usize>, b: Range<usize>) -> Result<(), E> {
        let short = self.values[a.clone()].to_vec();
        let mut rest = Rest { from: 0..short.len(), to: a.start, longer: b.len() };
        let merged = self.merge_from_front(&short, &mut rest, b.start);
        let Rest { from, to, longer } = rest;
        // If the comparison failed, all values are there as well.
        self.values.copy_within(b.end - longer..b.end, to);
        let to = to + longer;
        self.values[to..to + from.len()].copy_from_slice(&short[from]);
        merged
    }

    /// Until one run is empty, or the first has but its last value, which is the greatest.
    fn merge_from_front(
        &mut self,
        short: &[T],
        rest: &mut Rest,
        mut cursor: usize,
    ) -> Result<(), E> {
        macro_rules! take_longer {
            ($count:expr) => {{
                let count = $count;
                self.values.copy_within(cursor..cursor + count, rest.to);
                (cursor, rest.to, rest.longer) =
                    (cursor + count, rest.to + count, rest.longer - count);
                if rest.longer == 0 {
                    return Ok(());
                }
            }};
        }
        macro_rules! take_short {
            ($count:expr) => {{
                let count = $count;
                let from = rest.from.start..rest.from.start + count;
                self.values[rest.to..rest.to + count].copy_from_slice(&short[from.clone()]);
                (rest.from.start, rest.to) = (from.end, rest.to + count);
                if rest.from.len() <= 1 {
                    return Ok(());
                }
            }};
        }
        take_longer!(1);
        if rest.from.len() == 1 {
            return Ok(());
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut wins_a, mut wins_b) = (0, 0);
            while wins_a < min_gallop && wins_b < min_gallop {
                if (self.less)(self.values[cursor], short[rest.from.start])? {
                    (wins_a, wins_b) = (0, wins_b + 1);
                    take_longer!(1);
                } else {
                    (wins_a, wins_b) = (wins_a + 1, 0);
                    take_short!(1);
                }
            }
            min_gallop += 1;
            loop {
                min_gallop = (min_gallop - 1).max(1);
                self.min_gallop = min_gallop;
                let left = &short[rest.from.clone()];
                wins_a = gallop_right(&mut self.less, left, self.values[cursor], 0)?;
                if wins_a > 0 {
                    take_short!(wins_a);
                }
                take_longer!(1);
                let right = &self.values[cursor..cursor + rest.longer];
                wins_b = gallop_left(&mut self.less, right, short[rest.from.start], 0)?;
                if wins_b > 0 {
                    take_longer!(wins_b);
                }
                take_short!(1);
                if wins_a < MIN_GALLOP && wins_b < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }

    /// Merges two runs of which the second is shorter, from the back.
    fn merge_high(&mut self, a: Range<usize>, b: Range<usize>) -> Result<(), E> {
        let short = self.values[b.clone()].to_vec();
        let mut rest = Rest { from: 0..short.len(), to: b.end, longer: a.len() };
        let merged = self.merge_from_back(&short, &mut rest, a.start);
        let Rest { from, to, longer } = rest;
        self.values.copy_within(a.start..a.start + longer, to - longer);
        let to = to - longer;
        self.values[to - from.len()..to].copy_from_slice(&short[from]);
        merged
    }

    /// Until one run is empty, or the second has but its first value, which is the smallest.
    fn merge_from_back(&mut self, short: &[T], rest: &mut Rest, start: usize) -> Result<(), E> {
        macro_rules! take_longer {
            ($count:expr) => {{
                let count = $count;
                let end = start + rest.longer;
                self.values.copy_within(end - count..end, rest.to - count);
                (rest.to, rest.longer) = (rest.to - count, rest.longer - count);
                if rest.longer == 0 {
                    return Ok(());
                }
            }};
        }
        macro_rules! take_short {
            ($count:expr) => {{
                let count = $count;
                let from = rest.from.end - count..rest.from.end;
                self.values[rest.to - count..rest.to].copy_from_slice(&short[from.clone()]);
                (rest.from.end, rest.to) = (from.start, rest.to - count);
                if rest.from.len() <= 1 {
                    return Ok(());
                }
            }};
        }
        take_longer!(1);
        if rest.from.len() == 1 {
            return Ok(());
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut wins_a, mut wins_b) = (0, 0);
            while wins_a < min_gallop && wins_b < min_gallop {
                let last = self.values[start + rest.longer - 1];
                if (self.less)(short[rest.from.end - 1], last)? {
                    (wins_a, wins_b) = (wins_a + 1, 0);
                    take_longer!(1);
                } else {
                    (wins_a, wins_b) = (0, wins_b + 1);
                    take_short!(1);
                }
            }
            min_gallop += 1;
            loop {
                min_gallop = (min_gallop - 1).max(1);
                self.min_gallop = min_gallop;
                let left = &self.values[start..start + rest.longer];
                let last = short[rest.from.end - 1];
                let kept = gallop_right(&mut self.less, left, last, rest.longer - 1)?;
                wins_a = rest.longer - kept;
                if wins_a > 0 {
                    take_longer!(wins_a);
                }
                take_short!(1);
                let right = &short[rest.from.clone()];
                let last = self.values[start + rest.longer - 1];
                let kept = gallop_left(&mut self.less, right, last, right.len() - 1)?;
                wins_b = rest.from.len() - kept;
                if wins_b > 0 {
                    take_short!(wins_b);
                }
                take_longer!(1);
                if wins_a < MIN_GALLOP && wins_b < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }
}

/// The next step of a gallop.
fn further(offset: usize) -> usize {
    offset * 2 + 1
}

/// Before which of sorted values a key belongs, before those that are equal to it.
fn gallop_left<T: Copy, E>(
    less: &mut impl FnMut(T, T) -> Result<bool, E>,
    values: &[T],
    key: T,
    hint: usize,
) -> Result<usize, E> {
    let (mut last, mut offset) = (0, 1);
    let (mut low, mut high);
    if less(values[hint], key)? {
        let most = values.len() - hint;
        while offset < most && less(values[hint + offset], key)? {
            (last, offset) = (offset, further(offset));
        }
        (low, high) = (hint + last + 1, hint + offset.min(most));
    } else {
        let most = hint + 1;
        while offset < most && !less(values[hint - offset], key)? {
            (last, offset) = (offset, further(offset));
        }
        (low, high) = (most - offset.min(most), hint - last);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if less(values[middle], key)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

/// Before which of sorted values a key belongs, behind those that are equal to it.
fn gallop_right<T: Copy, E>(
    less: &mut impl FnMut(T, T) -> Result<bool, E>,
    values: &[T],
    key: T,
    hint: usize,
) -> Result<usize, E> {
    let (mut last, mut offset) = (0, 1);
    let (mut low, mut high);
    if less(key, values[hint])? {
        let most = hint + 1;
        while offset < most && less(key, values[hint - offset])? {
            (last, offset) = (offset, further(offset));
        }
        (low, high) = (most - offset.min(most), hint - last);
    } else {
        let most = values.len() - hint;
        while offset < most && !less(key, values[hint + offset])? {
            (last, offset) = (offset, further(offset));
        }
        (low, high) = (hint + last + 1, hint + offset.min(most));
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if less(key, values[middle])? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use super::tim_sort;
    use core::convert::Infallible;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_stably(keys in prop::collection::vec(0..40u32, 0..600), run in 1..80usize) {
            let mut values: Vec<(u32, usize)> = keys.into_iter().zip(0..).collect();
            // Parts that are sorted already, of which some descend.
            for (number, part) in values.chunks_mut(run).enumerate() {
                part.sort();
                if number % 3 == 0 {
                    part.reverse();
                }
            }
            let mut numbered: Vec<_> = values.iter().zip(0..).map(|(&(key, _), at)| (key, at)).collect();
            let mut expected = numbered.clone();
            expected.sort_by_key(|(key, _)| *key);
            let Ok(()) = tim_sort(&mut numbered, |a, b| Ok::<_, Infallible>(a.0 < b.0));
            prop_assert_eq!(numbered, expected);
        }

        #[test]
        fn keeps_all_values_whatever_the_comparison_says(
            length in 0..600usize,
            answers in prop::collection::vec(any::<bool>(), 1..200),
            fails in 0..3000usize,
        ) {
            let mut values: Vec<usize> = (0..length).collect();
            let mut asked = 0;
            let _ = tim_sort(&mut values, |_, _| {
                asked += 1;
                if asked == fails { Err(()) } else { Ok(answers[asked % answers.len()]) }
            });
            values.sort();
            prop_assert!(values.into_iter().eq(0..length));
        }
    }

    #[test]
    fn compares_neighbours_once_where_all_is_in_order() {
        let mut asked = 0;
        let mut values: Vec<u32> = (0..1000).collect();
        let Ok(()) = tim_sort(&mut values, |a, b| {
            asked += 1;
            Ok::<_, Infallible>(a < b)
        });
        assert_eq!(asked, 999);
    }
}
