//! The floor of a figure: its samples after collections, or the low points that look like it.

use crate::{Figure, Timeline};

/// The most floors that are analysed; more are thinned to the lowest of each of this number of windows.
const MOST: usize = 512;

/// The floor, as indices of samples and bytes, and whether collections were counted. Low points of which there
/// are fewer than `needed` are those of equal windows.
pub fn of(timeline: &Timeline, figure: Figure, needed: usize) -> (Vec<(usize, u64)>, bool) {
    let mut points = Vec::new();
    let mut collections = Vec::new();
    for (index, sample) in timeline.samples().enumerate() {
        if let Some(bytes) = sample.usage.get(figure) {
            points.push((index, bytes));
            collections.push(sample.collections);
        }
    }
    let counted = collections.iter().any(Option::is_some);
    let floor = if counted {
        after_collections(&points, &collections)
    } else {
        low_points(&points, needed)
    };
    (windows(&floor, MOST), counted)
}

/// The lowest sample after each collection, up to the next. A counter that runs backwards is another heap's:
/// it counts as a collection. A sample without the counter follows no collection that is known of.
fn after_collections(points: &[(usize, u64)], collections: &[Option<u64>]) -> Vec<(usize, u64)> {
    let mut floor: Vec<(usize, u64)> = Vec::new();
    let mut last = None;
    for (point, count) in points.iter().zip(collections) {
        let count = count.or(last);
        match floor.last_mut() {
            Some(lowest) if count == last => {
                if point.1 < lowest.1 {
                    *lowest = *point;
                }
            }
            // Before the first collection there is no floor.
            None if count.is_none_or(|count| count == 0) => {}
            _ => floor.push(*point),
        }
        last = count;
    }
    floor
}

/// The low points after falls that are as deep as a collection's; where there are too few, the lowest of
/// equal windows.
fn low_points(points: &[(usize, u64)], needed: usize) -> Vec<(usize, u64)> {
    let falls = points.windows(2).map(|pair| pair[0].1.saturating_sub(pair[1].1));
    let deep = falls.max().unwrap_or(0) / 4;
    let mut floor = Vec::new();
    let mut highest = 0;
    let mut lowest: Option<(usize, u64)> = None;
    for point in points {
        if let Some(low) = lowest.filter(|low| point.1 > low.1) {
            floor.push(low);
            lowest = None;
            highest = point.1;
        } else if lowest.is_some() || (deep > 0 && highest.saturating_sub(point.1) >= deep) {
            lowest = Some(*point);
        } else {
            highest = highest.max(point.1);
        }
    }
    floor.extend(lowest);
    if floor.len() >= needed {
        floor
    } else {
        // Windows of one sample are no floor of noise: each has at least two.
        windows(points, (points.len() / 2).min(4 * needed))
    }
}

/// The lowest point of each window; there are at most [`MOST`] windows.
fn windows(points: &[(usize, u64)], most: usize) -> Vec<(usize, u64)> {
    if points.len() <= most || most == 0 {
        return points.to_vec();
    }
    points
        .chunks(points.len().div_ceil(most))
        .filter_map(|window| window.iter().min_by_key(|point| point.1).copied())
        .collect()
}
