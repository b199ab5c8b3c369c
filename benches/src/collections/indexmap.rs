//! indexmap: maps in the order of insertion, without a collector. A queue loses the order there, which ours keeps.

use super::task::{HELD, key, sum};
use crate::figures::Figures;
use crate::shuffled;
use crate::timed::Report;
use indexmap::IndexMap;

pub fn maps(n: usize) -> Report {
    let mut figures = Figures::default();
    let other = shuffled(n);
    let mut map = IndexMap::new();
    figures.time("insert ms", || (0..n).for_each(|i| _ = map.insert(key(i), i as i32)));
    let get = |i: usize| map[&key(i)] as u64;
    assert_eq!(figures.time("get ms", || (0..n).map(get).sum::<u64>()), sum(n));
    let all = figures.time("get-shuffled ms", || other.iter().map(|i| get(*i)).sum::<u64>());
    assert_eq!(all, sum(n));
    let all = figures.time("iterate ms", || map.values().map(|value| *value as u64).sum::<u64>());
    assert_eq!(all, sum(n));
    let mut queue: IndexMap<i32, i32> = (0..HELD).map(|i| (key(i), 0)).collect();
    figures.time("queue ms", || {
        for i in 0..n {
            assert!(queue.swap_remove(&key(i)).is_some());
            queue.insert(key(i + HELD), 0);
        }
    });
    assert_eq!(queue.len(), HELD);
    figures.report(n)
}
