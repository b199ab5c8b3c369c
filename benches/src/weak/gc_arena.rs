//! On gc-arena, which leaves ephemerons to its user: rounds over the entries, each of which resurrects the values of live
//! keys, until a round resurrects none.

use super::task::{Figures, ORDERS};
use crate::timed::Report;
use gc_arena::lock::RefLock;
use gc_arena::{Arena, Collect, Gc, GcWeak, Rootable};

/// From this size on all orders but the easy one take minutes.
const QUADRATIC: usize = 20_000;

#[derive(Collect)]
#[collect(require_static)]
struct Key {
    _fields: [u64; 4],
}

/// Both are weak: the rounds decide.
#[derive(Clone, Copy, Collect)]
#[collect(no_drop)]
struct Entry<'gc> {
    key: GcWeak<'gc, Key>,
    value: GcWeak<'gc, Key>,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Root<'gc> {
    keys: Vec<Gc<'gc, Key>>,
    entries: Vec<Entry<'gc>>,
}

type Keys = Arena<Rootable![Gc<'_, RefLock<Root<'_>>>]>;

fn collect(arena: &mut Keys) {
    loop {
        let marked = arena.finish_marking().expect("no sweep is under way");
        let any = marked.finalize(|fc, root| {
            let mut any = false;
            for entry in &root.borrow().entries {
                if !entry.key.is_dead(fc) && entry.value.is_dead(fc) {
                    any |= entry.value.resurrect(fc).is_some();
                }
            }
            any
        });
        if !any {
            break;
        }
    }
    let marked = arena.finish_marking().expect("no sweep is under way");
    marked.finalize(|fc, root| {
        root.borrow_mut(fc).entries.retain(|entry| !entry.key.is_dead(fc));
    });
    arena.finish_cycle();
}

pub fn chain(n: usize) -> Report {
    let mut figures = Figures::default();
    for order in ORDERS.iter().filter(|order| order.easy || n < QUADRATIC) {
        let mut arena = Keys::new(|mc| {
            let keys: Vec<_> = (0..=n).map(|_| Gc::new(mc, Key { _fields: [0; 4] })).collect();
            let entry =
                |i: usize| Entry { key: Gc::downgrade(keys[i]), value: Gc::downgrade(keys[i + 1]) };
            let entries = (order.entries)(n).into_iter().map(entry).collect();
            Gc::new(mc, RefLock::new(Root { keys, entries }))
        });
        arena.finish_cycle();
        arena.mutate(|mc, root| root.borrow_mut(mc).keys.truncate(1));
        figures.time(order.names[0], || collect(&mut arena));
        assert_eq!(arena.mutate(|_, root| root.borrow().entries.len()), n);
    }
    figures.report(n)
}
