//! The floor: the standard library's, with hashbrown's default hash where keys are small, which no collector moves.

use super::task::{HELD, NAMES, key, sum, text};
use crate::figures::Figures;
use crate::shuffled;
use crate::timed::Report;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

pub fn maps(n: usize) -> Report {
    let mut figures = Figures::default();
    let other = shuffled(n);
    let mut map = HashMap::new();
    figures.time("insert ms", || (0..n).for_each(|i| _ = map.insert(key(i), i as i32)));
    let get = |i: usize| map[&key(i)] as u64;
    assert_eq!(figures.time("get ms", || (0..n).map(get).sum::<u64>()), sum(n));
    let all = figures.time("get-shuffled ms", || other.iter().map(|i| get(*i)).sum::<u64>());
    assert_eq!(all, sum(n));
    let all = figures.time("iterate ms", || map.values().map(|value| *value as u64).sum::<u64>());
    assert_eq!(all, sum(n));
    let mut queue: HashMap<i32, i32> = (0..HELD).map(|i| (key(i), 0)).collect();
    figures.time("queue ms", || {
        for i in 0..n {
            assert!(queue.remove(&key(i)).is_some());
            queue.insert(key(i + HELD), 0);
        }
    });
    assert_eq!(queue.len(), HELD);
    figures.report(n)
}

pub fn strings(n: usize) -> Report {
    let mut figures = Figures::default();
    let mut list = Vec::new();
    figures.time("push ms", || (0..n).for_each(|i| list.push(i as i32)));
    assert_eq!(list.len(), n);
    let mut long = String::new();
    figures.time("append ms", || (0..n).for_each(|_| long.push_str("a part, ")));
    assert_eq!(long.len(), 8 * n);
    let texts: Vec<String> = (0..NAMES).map(text).collect();
    let mut interned: HashSet<Rc<str>> = HashSet::new();
    figures.time("intern ms", || {
        for i in 0..n {
            let text = &*texts[i % NAMES];
            if !interned.contains(text) {
                interned.insert(text.into());
            }
        }
    });
    let mut names: HashMap<String, u64> = HashMap::new();
    let total = figures.time("text-keys ms", || {
        let mut total = 0;
        for i in 0..n {
            let count = names.entry(texts[i % NAMES].clone()).or_default();
            total += *count;
            *count += 1;
        }
        total
    });
    assert_eq!(names.len(), NAMES.min(n));
    figures.report(total as usize)
}
