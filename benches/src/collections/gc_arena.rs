//! gc-arena, whose users put hashbrown's map in a cell behind a lock; values are cells, as a language's are.

use super::task::{HELD, key, sum};
use crate::figures::Figures;
use crate::shuffled;
use crate::timed::Report;
use gc_arena::lock::RefLock;
use gc_arena::{Arena, Gc, Rootable};
use hashbrown::HashMap;

type Map<'gc> = Gc<'gc, RefLock<HashMap<i32, Gc<'gc, i32>>>>;
type Maps = Arena<Rootable![Map<'_>]>;

/// Operations between two looks at the debt.
const BATCH: usize = 1024;

/// Does something for each number below `n`, and collects the debt in between.
fn each(
    arena: &mut Maps,
    n: usize,
    mut f: impl for<'gc> FnMut(&gc_arena::Mutation<'gc>, Map<'gc>, usize),
) {
    for first in (0..n).step_by(BATCH) {
        arena.mutate(|mc, map| (first..n.min(first + BATCH)).for_each(|i| f(mc, *map, i)));
        arena.collect_debt();
    }
}

pub fn maps(n: usize) -> Report {
    let mut figures = Figures::default();
    let other = shuffled(n);
    let mut arena = Maps::new(|mc| Gc::new(mc, RefLock::new(HashMap::new())));
    figures.time("insert ms", || {
        each(&mut arena, n, |mc, map, i| {
            map.borrow_mut(mc).insert(key(i), Gc::new(mc, i as i32));
        });
    });
    let get = |map: Map<'_>, i: usize| *map.borrow()[&key(i)] as u64;
    let mut all = 0;
    figures.time("get ms", || each(&mut arena, n, |_, map, i| all += get(map, i)));
    assert_eq!(all, sum(n));
    all = 0;
    figures.time("get-shuffled ms", || each(&mut arena, n, |_, map, i| all += get(map, other[i])));
    assert_eq!(all, sum(n));
    let all = figures.time("iterate ms", || {
        arena.mutate(|_, map| map.borrow().values().map(|value| **value as u64).sum::<u64>())
    });
    assert_eq!(all, sum(n));
    let mut arena = Maps::new(|mc| {
        let queue = (0..HELD).map(|i| (key(i), Gc::new(mc, 0))).collect();
        Gc::new(mc, RefLock::new(queue))
    });
    figures.time("queue ms", || {
        each(&mut arena, n, |mc, queue, i| {
            assert!(queue.borrow_mut(mc).remove(&key(i)).is_some());
            queue.borrow_mut(mc).insert(key(i + HELD), Gc::new(mc, 0));
        });
    });
    assert_eq!(arena.mutate(|_, queue| queue.borrow().len()), HELD);
    figures.report(n)
}
