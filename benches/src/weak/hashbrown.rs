//! The floor: strong maps that are not collected, by the key's address, and by a hash in the key, which objects that move
//! need.

use super::task::{Figures, shuffled, sum};
use crate::timed::Report;
use hashbrown::HashMap;
use std::hash::{Hash, Hasher};
use std::ptr;

/// 56 bytes.
type Key = [u64; 7];

/// A key whose first word is its hash.
#[derive(Clone, Copy)]
struct ById<'k>(&'k Key);

impl Hash for ById<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0[0]);
    }
}

impl PartialEq for ById<'_> {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.0, other.0)
    }
}

impl Eq for ById<'_> {}

pub fn live(n: usize) -> Report {
    let keys = keys(n);
    measure(&keys.iter().map(ptr::from_ref::<Key>).collect::<Vec<_>>())
}

pub fn live_by_id(n: usize) -> Report {
    let keys = keys(n);
    measure(&keys.iter().map(ById).collect::<Vec<_>>())
}

fn keys(n: usize) -> Vec<Key> {
    (0..n as u64).map(|id| [id, 0, 0, 0, 0, 0, 0]).collect()
}

fn measure<K: Hash + Eq + Copy>(keys: &[K]) -> Report {
    let n = keys.len();
    let mut figures = Figures::default();
    let other: Vec<K> = shuffled(n).into_iter().map(|i| keys[i]).collect();
    let mut map = HashMap::new();
    figures.time("insert ms", || {
        for (i, key) in keys.iter().enumerate() {
            map.insert(*key, i as i32);
        }
    });
    let get = |keys: &[K]| keys.iter().map(|key| map[key] as u64).sum::<u64>();
    let has = |keys: &[K]| keys.iter().filter(|key| map.contains_key(*key)).count();
    assert_eq!(figures.time("get ms", || get(keys)), sum(n));
    assert_eq!(figures.time("has ms", || has(keys)), n);
    assert_eq!(figures.time("get-shuffled ms", || get(&other)), sum(n));
    assert_eq!(figures.time("has-shuffled ms", || has(&other)), n);
    figures.note("hold bytes/entry", map.allocation_size() as f64 / n as f64);
    figures.report(n)
}
