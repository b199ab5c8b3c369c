//! The floor: a map by address, which keeps nothing weakly and is not collected.

use super::{Figures, shuffled, sum};
use crate::timed::Report;
use hashbrown::HashMap;
use std::rc::Rc;

/// With its counts, 56 bytes.
type Key = Rc<[u64; 5]>;

pub fn live(n: usize) -> Report {
    let mut figures = Figures::default();
    let keys: Vec<Key> = (0..n).map(|_| Rc::new([0; 5])).collect();
    let other: Vec<Key> = shuffled(n).into_iter().map(|i| keys[i].clone()).collect();
    let mut map = HashMap::new();
    figures.time("insert ms", || {
        for (i, key) in keys.iter().enumerate() {
            map.insert(Rc::as_ptr(key), i as i32);
        }
    });
    let get = |keys: &[Key]| keys.iter().map(|key| map[&Rc::as_ptr(key)] as u64).sum::<u64>();
    let has = |keys: &[Key]| keys.iter().filter(|key| map.contains_key(&Rc::as_ptr(key))).count();
    assert_eq!(figures.time("get ms", || get(&keys)), sum(n));
    assert_eq!(figures.time("has ms", || has(&keys)), n);
    assert_eq!(figures.time("get-shuffled ms", || get(&other)), sum(n));
    assert_eq!(figures.time("has-shuffled ms", || has(&other)), n);
    figures.note("hold bytes/entry", map.allocation_size() as f64 / n as f64);
    figures.report(n)
}
