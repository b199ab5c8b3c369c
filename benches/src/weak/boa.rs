//! On boa_gc, whose collections visit all undecided ephemerons in rounds until a round decides none.

use super::task::{Figures, MAPS, ORDERS};
use crate::timed::Report;
use boa_gc::{Finalize, Gc, Trace, WeakMap, force_collect};

/// From this size on all orders but the easy one take minutes.
const QUADRATIC: usize = 20_000;

#[derive(Trace, Finalize)]
struct Key {
    _fields: [u64; 4],
}

fn new_key() -> Gc<Key> {
    Gc::new(Key { _fields: [0; 4] })
}

pub fn chain(n: usize) -> Report {
    let mut figures = Figures::default();
    for (spread, maps) in [1, MAPS].into_iter().enumerate() {
        // Maps are visited one after the other, so no order is easy with many maps.
        for order in ORDERS.iter().filter(|order| n < QUADRATIC || (order.easy && maps == 1)) {
            let mut maps: Vec<WeakMap<Key, Gc<Key>>> = (0..maps).map(|_| WeakMap::new()).collect();
            let mut keys: Vec<_> = (0..=n).map(|_| new_key()).collect();
            let spread_over = maps.len();
            for (turn, i) in (order.entries)(n).into_iter().enumerate() {
                maps[turn % spread_over].insert(&keys[i], keys[i + 1].clone());
            }
            force_collect();
            let first = keys.swap_remove(0);
            drop(keys);
            figures.time(order.names[spread], force_collect);
            let mut count = 0;
            let mut next = Some(first);
            while let Some(key) = next.take() {
                next = maps.iter().find_map(|map| Some(Gc::clone(&*map.get(&key)?.value()?)));
                count += usize::from(next.is_some());
                if spread_over > 1 && count == 10 {
                    // One look-up in each map for each link: ten links are enough.
                    count = n;
                    break;
                }
            }
            assert_eq!(count, n);
        }
    }
    figures.report(n)
}
