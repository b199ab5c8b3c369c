//! On weak-table: weak pointers, which expire on request.

use super::task::{Figures, shuffled, sum};
use crate::timed::Report;
use std::rc::{Rc, Weak};
use weak_table::PtrWeakKeyHashMap;

/// 56 bytes with its reference counts.
type Key = [u64; 5];

fn keys(n: usize) -> Vec<Rc<Key>> {
    (0..n).map(|_| Rc::new([0; 5])).collect()
}

pub fn live(n: usize) -> Report {
    let mut figures = Figures::default();
    let keys = keys(n);
    let other: Vec<_> = shuffled(n).into_iter().map(|i| keys[i].clone()).collect();
    let mut map: PtrWeakKeyHashMap<Weak<Key>, i32> = PtrWeakKeyHashMap::new();
    figures.time("insert ms", || {
        for (i, key) in keys.iter().enumerate() {
            map.insert(key.clone(), i as i32);
        }
    });
    let get = |keys: &[Rc<Key>]| keys.iter().map(|key| map[key] as u64).sum::<u64>();
    let has = |keys: &[Rc<Key>]| keys.iter().filter(|key| map.contains_key(*key)).count();
    assert_eq!(figures.time("get ms", || get(&keys)), sum(n));
    assert_eq!(figures.time("has ms", || has(&keys)), n);
    assert_eq!(figures.time("get-shuffled ms", || get(&other)), sum(n));
    assert_eq!(figures.time("has-shuffled ms", || has(&other)), n);
    figures.time("collect ms", || map.remove_expired());
    assert_eq!(map.len(), n);
    figures.report(n)
}

pub fn dropped(n: usize) -> Report {
    let mut figures = Figures::default();
    let keys = keys(n);
    let mut map: PtrWeakKeyHashMap<Weak<Key>, i32> = PtrWeakKeyHashMap::new();
    for (i, key) in keys.iter().enumerate() {
        map.insert(key.clone(), i as i32);
    }
    // Dropping the last reference frees the key; the map frees the rest.
    figures.time("collect ms", || {
        drop(keys);
        map.remove_expired();
    });
    assert_eq!(map.len(), 0);
    figures.report(n)
}
