//! Whether memory grows for good: a leak, a plateau, or noise.
//!
//! Between two collections a heap grows whatever the program does, so what counts is the **floor**: what
//! is left after a collection ([`floor`]). A leak's floor rises to the end; a plateau's floor has risen and
//! rises no more (a cache that is full, a pool that is warm); noise has no direction.
//!
//! Whether floors rise is decided by the Mann-Kendall test (Mann 1945), which takes only the order of the
//! figures and so needs no assumption on the noise, and how fast by the Theil-Sen estimator (Sen 1968), the
//! median of the slopes between all pairs, which outliers do not move. The test takes floors for independent of each
//! other; where they go up and down in turns they are not, so a leak's lows must rise too.

mod floor;
mod trend;

use crate::{Figure, KindChange, Precision, Timeline, human};
use core::fmt;
use trend::Trend;

/// What a figure's floor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The floor rises, to the end.
    Leak,
    /// The floor has risen, and rises no more.
    Plateau,
    /// The floor has no direction, or it falls.
    Noise,
    /// There are too few floors to say.
    TooFew {
        /// How many there are.
        floors: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The floor rises ever more slowly: more samples will tell.
    Slowing,
}

/// How one figure has grown over a timeline.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Growth {
    /// The figure.
    pub figure: Figure,
    /// What its floor does.
    pub verdict: Verdict,
    /// The indices of the samples that are the floor.
    pub floor: Vec<usize>,
    /// Whether the floor is made of samples after collections that were counted; else of what looks like it.
    pub collections_counted: bool,
    /// How many bytes a floor is above the one before it, in the middle. 0 if there are too few.
    pub bytes_a_floor: f64,
    /// How many bytes the last floor is above the first.
    pub rise: i128,
    /// The kinds that grow, with their growth from the first to the last floor that has a table; the largest
    /// growth first. A kind that grew once or twice is left out, unless there is no other.
    pub kinds: Vec<KindChange>,
    /// The statements between two floors that raised the figure, most first, with the bytes over all their
    /// runs.
    pub statements: Vec<(String, i128)>,
}

impl Growth {
    /// Fewer floors than this say nothing: the late ones, two thirds, must be six, because five that rise
    /// may do so by chance once in a hundred cases.
    pub const NEEDED: usize = 9;

    /// Analyses one figure.
    ///
    /// O(n) for n samples, and O(f² log f) for f floors, of which there are at most 512.
    ///
    /// ```
    /// use mem_report::{Figure, Growth, MemoryUsage, Sample, Source, Timeline, Verdict};
    ///
    /// let mut timeline = Timeline::new();
    /// for round in 0..20 {
    ///     let usage = MemoryUsage::new().with(Figure::HeapUsed, 1000 + 56 * round, Source::HEAP);
    ///     timeline.record(Sample::new("after gc", usage).with_collections(round));
    /// }
    /// let growth = Growth::of(&timeline, Figure::HeapUsed);
    /// assert_eq!(growth.verdict, Verdict::Leak);
    /// assert_eq!(growth.bytes_a_floor, 56.0);
    /// ```
    #[must_use]
    pub fn of(timeline: &Timeline, figure: Figure) -> Self {
        let (floor, collections_counted) = floor::of(timeline, figure, Self::NEEDED);
        let figures: Vec<f64> = floor.iter().map(|(_, bytes)| *bytes as f64).collect();
        let bytes = |point: Option<&(usize, u64)>| point.map_or(0, |(_, bytes)| i128::from(*bytes));
        let rise = bytes(floor.last()) - bytes(floor.first());
        let floor: Vec<usize> = floor.iter().map(|(index, _)| *index).collect();
        let noisy = floor.iter().any(|index| is_noisy(timeline, *index, figure));
        let mut growth = Self {
            figure,
            verdict: verdict(&figures, noisy),
            collections_counted,
            bytes_a_floor: Trend::of(&figures).slope,
            rise,
            kinds: Vec::new(),
            statements: Vec::new(),
            floor,
        };
        if matches!(growth.verdict, Verdict::Leak | Verdict::Plateau | Verdict::Slowing) {
            growth.kinds = kinds(timeline, &growth.floor);
            growth.statements = statements(timeline, &growth.floor, figure);
        }
        growth
    }
}

/// Decides by the late two thirds of the floors, and by how the last third goes on.
fn verdict(figures: &[f64], noisy: bool) -> Verdict {
    let count = figures.len();
    if count < Growth::NEEDED {
        return Verdict::TooFew { floors: count, needed: Growth::NEEDED };
    }
    let (early, late) = figures.split_at(count / 3);
    let tail = &figures[count - count / 3..];
    let lows = lows_rise(late);
    let (early, late, tail) = (Trend::of(early), Trend::of(late), Trend::of(tail));
    // An exact figure that rises does; a noisy one must rise by more than one part of a hundred.
    let least = if noisy { late.level / 100.0 } else { 0.0 };
    if late.rises() && late.rise > least && lows > late.rise / 4.0 {
        let whole = (tail.level - early.level) / (count - count / 3) as f64;
        return if tail.slope >= whole / 4.0 {
            Verdict::Leak
        } else if tail.slope >= whole / 10.0 {
            Verdict::Slowing
        } else {
            Verdict::Plateau
        };
    }
    // It has risen for good if the late floors are above the early ones by more than they are apart.
    if late.level - early.lowest > late.spread.max(least) {
        Verdict::Plateau
    } else {
        Verdict::Noise
    }
}

/// How much higher the lowest of the later half is than that of the earlier half. Of a steady rise it is half of the
/// rise; what is emptied now and then and fills again (a cache, a queue) rises most of the time, and its lows do not.
fn lows_rise(figures: &[f64]) -> f64 {
    let (before, after) = figures.split_at(figures.len() / 2);
    let lowest = |figures: &[f64]| figures.iter().copied().fold(f64::INFINITY, f64::min);
    lowest(after) - lowest(before)
}

fn is_noisy(timeline: &Timeline, index: usize, figure: Figure) -> bool {
    let reading = timeline.get(index).and_then(|sample| sample.usage.reading(figure));
    reading.is_some_and(|reading| reading.source.precision() == Precision::Noisy)
}

/// The kinds that grow from the first to the last floor that have a table: those that rise by the test and
/// did so three times, because one that grew once does not grow; where no kind does, all that have grown.
fn kinds(timeline: &Timeline, floor: &[usize]) -> Vec<KindChange> {
    let tables: Vec<_> =
        floor.iter().filter_map(|index| timeline.get(*index).and_then(|it| it.kinds)).collect();
    let [first, .., last] = &tables[..] else { return Vec::new() };
    let changes = last.since(first);
    let grown: Vec<_> = changes.changes().iter().filter(|change| change.bytes > 0).collect();
    let grows = |change: &KindChange| {
        let bytes = |table: &&crate::Kinds| {
            table.get(&change.group, &change.name).map_or(0.0, |kind| kind.bytes as f64)
        };
        let row: Vec<f64> = tables.iter().map(bytes).collect();
        row.windows(2).filter(|pair| pair[1] > pair[0]).count() >= 3 && Trend::of(&row).rises()
    };
    let growing: Vec<_> = grown.iter().filter(|change| grows(change)).copied().cloned().collect();
    if growing.is_empty() { grown.into_iter().cloned().collect() } else { growing }
}

/// What ran between two floors, and by how many bytes the figure was higher after it, added up by text.
fn statements(timeline: &Timeline, floor: &[usize], figure: Figure) -> Vec<(String, i128)> {
    let mut sums = std::collections::BTreeMap::<String, i128>::new();
    for pair in floor.windows(2) {
        let (Some(before), Some(after)) = (timeline.get(pair[0]), timeline.get(pair[1])) else {
            continue;
        };
        let ran: Vec<&str> = timeline.statements(before.step, after.step).collect();
        let grown = after.since(&before).get(figure).unwrap_or(0);
        if !ran.is_empty() {
            *sums.entry(ran.join("; ")).or_default() += grown;
        }
    }
    let mut grown: Vec<_> = sums.into_iter().filter(|(_, bytes)| *bytes > 0).collect();
    grown.sort_by_key(|(_, bytes)| core::cmp::Reverse(*bytes));
    grown
}

impl Timeline {
    /// How each figure that some sample has has grown, in Node's order.
    pub fn growth(&self) -> impl Iterator<Item = Growth> + '_ {
        Figure::ALL
            .into_iter()
            .filter(|figure| self.figure(*figure).any(|bytes| bytes.is_some()))
            .map(|figure| Growth::of(self, figure))
    }
}

/// One line: `leak`, `plateau`, `noise`, or why nothing is known.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leak => f.write_str("leak"),
            Self::Plateau => f.write_str("plateau"),
            Self::Noise => f.write_str("noise"),
            Self::TooFew { floors, needed } => {
                write!(f, "unknown ({floors} floors of {needed} that are needed)")
            }
            Self::Slowing => f.write_str("unknown (rises ever more slowly; take more samples)"),
        }
    }
}

/// A line on the verdict, then one on each kind and each statement that grows.
impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.collections_counted { "collections" } else { "low points" };
        write!(f, "{}: {}", self.figure, self.verdict)?;
        if !matches!(self.verdict, Verdict::TooFew { .. }) {
            let rise = human::signed(self.rise);
            write!(f, ", {rise} bytes over {} {what}", self.floor.len())?;
            if matches!(self.verdict, Verdict::Leak | Verdict::Slowing) {
                write!(f, ", {} each", human::signed(self.bytes_a_floor.round() as i128))?;
            }
        }
        writeln!(f)?;
        for kind in &self.kinds {
            writeln!(f, "  kind: {kind}")?;
        }
        for (statement, bytes) in &self.statements {
            writeln!(f, "  after: {statement:?} {} bytes", human::signed(*bytes))?;
        }
        Ok(())
    }
}
