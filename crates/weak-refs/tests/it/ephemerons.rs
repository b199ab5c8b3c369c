//! What a WeakMap keeps in collections, after V8's `weakmaps-unittest` and SpiderMonkey's weak map
//! tests.

use crate::common::{number, object, run, value};
use heap_model::{Global, Heap, HeapOptions, Kind, Scope, Value};
use weak_refs::{WeakMap, WeakSet};

/// The places 0 to n in an order of no pattern.
fn shuffled(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut state = 1_u64;
    for i in (1..n).rev() {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
        order.swap(i, (state >> 33) as usize % (i + 1));
    }
    order
}

/// Links n objects: entry i is from object i to object i + 1. Entries go to the maps in turn, in
/// this order. Returns the first object.
fn chain(scope: &mut Scope<'_>, maps: &[WeakMap<'_>], order: &[usize]) -> Global {
    scope.scope(|inner| {
        let keys: Vec<_> = (0..=order.len()).map(|_| value(inner)).collect();
        for (turn, i) in order.iter().enumerate() {
            maps[turn % maps.len()].set(inner, keys[*i], keys[i + 1]).expect("room");
        }
        let Value::Ref(first) = keys[0] else { unreachable!("an object") };
        inner.global(first).expect("this heap's")
    })
}

fn entries(scope: &mut Scope<'_>, maps: &[WeakMap<'_>]) -> usize {
    maps.iter().map(|map| map.occupancy(scope).expect("this heap's")).sum()
}

#[test]
fn an_entry_goes_with_its_key_and_a_chain_of_two_with_the_first() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let key = scope.scope(|inner| {
            let (key, middle) = (object(inner), object(inner));
            map.set(inner, Value::Ref(key), Value::Ref(middle)).unwrap();
            map.set(inner, Value::Ref(middle), Value::Smi(23)).unwrap();
            let other = inner.alloc(Kind::Array, 1, 0).unwrap();
            map.set(inner, Value::Ref(other), Value::Smi(23)).unwrap();
            inner.global(key).unwrap()
        });
        assert_eq!(map.occupancy(scope).unwrap(), 3);
        scope.collect();
        assert_eq!(map.occupancy(scope).unwrap(), 2);
        drop(key);
        scope.collect();
        assert_eq!(map.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn a_dropped_key_frees_its_value_while_the_map_lives_on() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let before = scope.heap_used();
        scope.scope(|inner| {
            let key = value(inner);
            let large = inner.alloc(Kind::Array, 100_000, 0).unwrap();
            map.set(inner, key, Value::Ref(large)).unwrap();
            inner.collect();
            assert!(matches!(map.get(inner, key).unwrap(), Some(Value::Ref(_))));
            assert!(inner.heap_used() > before + 800_000);
        });
        scope.collect();
        assert_eq!(map.occupancy(scope).unwrap(), 0);
        assert!(scope.heap_used() <= before);
    });
}

#[test]
fn a_value_that_refers_to_its_own_key_is_collected_with_it() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        scope.scope(|inner| {
            let (key, held) = (object(inner), object(inner));
            inner.set(held, 0, Value::Ref(key)).unwrap();
            map.set(inner, Value::Ref(key), Value::Ref(held)).unwrap();
            let own = value(inner);
            map.set(inner, own, own).unwrap();
            let of_map = value(inner);
            map.set(inner, of_map, Value::Ref(map.cell())).unwrap();
        });
        scope.collect();
        assert_eq!(map.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn a_key_held_only_by_another_entrys_value_survives_with_that_entry() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let first = value(scope);
        scope.scope(|inner| {
            let (second, held) = (value(inner), value(inner));
            map.set(inner, second, held).unwrap();
            map.set(inner, first, second).unwrap();
        });
        scope.collect();
        assert_eq!(map.occupancy(scope).unwrap(), 2);
        let second = map.get(scope, first).unwrap().expect("the first entry");
        assert!(map.has(scope, second).unwrap());
    });
}

#[test]
fn two_maps_that_hold_each_others_keys_let_go_in_one_collection() {
    run(|scope| {
        let maps = [(); 2].map(|()| WeakMap::new(scope).unwrap());
        scope.scope(|inner| {
            let (a, b) = (value(inner), value(inner));
            maps[0].set(inner, a, b).unwrap();
            maps[1].set(inner, b, a).unwrap();
        });
        let before = scope.statistics().full_collections;
        scope.collect();
        assert_eq!(entries(scope, &maps), 0);
        assert_eq!(scope.statistics().full_collections, before + 1);
    });
}

#[test]
fn a_chain_lives_with_its_first_key_and_goes_in_one_collection() {
    for n in [1, 10, 1000, 99_999] {
        for count in [1, 7] {
            let reversed = (0..n).rev().collect();
            for order in [(0..n).collect(), reversed, shuffled(n)] {
                run(|scope| {
                    let maps: Vec<_> = (0..count).map(|_| WeakMap::new(scope).unwrap()).collect();
                    let first = chain(scope, &maps, &order);
                    scope.collect();
                    assert_eq!(entries(scope, &maps), n);
                    drop(first);
                    scope.collect();
                    assert_eq!(entries(scope, &maps), 0);
                });
            }
        }
    }
}

/// What one collection of a chain adds to the collector's count of work, without the places of the
/// maps' tables: their number grows in steps.
fn work(count: usize, order: &[usize]) -> usize {
    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    let (first, maps) = heap.enter(|scope| {
        let maps: Vec<_> = (0..count).map(|_| WeakMap::new(scope).unwrap()).collect();
        let first = chain(scope, &maps, order);
        let maps = maps.into_iter().map(|map| scope.global(map.cell()).unwrap());
        (first, maps.collect::<Vec<_>>())
    });
    heap.collect();
    let before = heap.marking_work();
    heap.collect();
    let work = heap.marking_work() - before;
    let places = heap.enter(|scope| {
        let maps: Vec<_> = maps.iter().map(|map| scope.local(map).unwrap()).collect();
        let maps: Vec<_> =
            maps.into_iter().map(|map| WeakMap::from_cell(scope, map).unwrap()).collect();
        assert_eq!(entries(scope, &maps), order.len());
        maps.iter().map(|map| map.capacity(scope).unwrap()).sum::<usize>()
    });
    drop(first);
    work - 2 * places
}

#[test]
fn the_collectors_work_on_a_chain_is_exactly_linear_in_any_order_and_any_number_of_maps() {
    // An object and its two slots; an entry is met twice, its value is marked, and it is kept.
    const EACH: usize = 1 + 2 + 4;
    for maps in [1, 7] {
        let base = work(maps, &[]);
        for n in [1, 1_000, 10_000, 100_000] {
            let reversed = (0..n).rev().collect();
            for order in [(0..n).collect(), reversed, shuffled(n)] {
                let order: Vec<usize> = order;
                assert_eq!(work(maps, &order), base + EACH * n, "{n} entries, {maps} maps");
            }
        }
    }
}

#[test]
fn a_deep_chain_can_be_walked_after_a_collection() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let n = 99_999;
        let first = chain(scope, &[map], &(0..n).collect::<Vec<_>>());
        scope.collect();
        let mut at = first;
        for _ in 0..n {
            at = scope.scope(|inner| {
                let key = inner.local(&at).unwrap();
                let next = map.get(inner, Value::Ref(key)).unwrap();
                let Some(Value::Ref(next)) = next else { panic!("an entry") };
                inner.global(next).unwrap()
            });
        }
        let last = scope.local(&at).unwrap();
        assert!(map.get(scope, Value::Ref(last)).unwrap().is_none());
    });
}

#[test]
fn a_map_is_collected_with_its_entries_though_the_keys_live() {
    run(|scope| {
        let key = value(scope);
        let before = scope.heap_used();
        scope.scope(|inner| {
            let map = WeakMap::new(inner).unwrap();
            let large = inner.alloc(Kind::Array, 100_000, 0).unwrap();
            map.set(inner, key, Value::Ref(large)).unwrap();
            map.set(inner, Value::Ref(map.cell()), Value::Smi(1)).unwrap();
        });
        scope.collect();
        assert!(scope.heap_used() <= before);
    });
}

#[test]
fn maps_in_maps_live_with_the_outer_key() {
    run(|scope| {
        let (outer, key) = (WeakMap::new(scope).unwrap(), value(scope));
        let outer_key = scope.scope(|inner| {
            let (outer_key, nested) = (object(inner), WeakMap::new(inner).unwrap());
            let held = value(inner);
            nested.set(inner, key, held).unwrap();
            outer.set(inner, Value::Ref(outer_key), Value::Ref(nested.cell())).unwrap();
            outer.set(inner, held, Value::Smi(5)).unwrap();
            inner.global(outer_key).unwrap()
        });
        scope.collect();
        assert_eq!(outer.occupancy(scope).unwrap(), 2);
        scope.scope(|inner| {
            let outer_key = inner.local(&outer_key).unwrap();
            let nested = outer.get(inner, Value::Ref(outer_key)).unwrap();
            let Some(Value::Ref(nested)) = nested else { panic!("the nested map") };
            let nested = WeakMap::from_cell(inner, nested).unwrap();
            let held = nested.get(inner, key).unwrap().expect("its entry");
            assert_eq!(number(outer.get(inner, held).unwrap()), Some(5));
        });
        drop(outer_key);
        scope.collect();
        assert_eq!(outer.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn a_replaced_or_deleted_value_is_not_kept() {
    run(|scope| {
        let (map, key, other) = (WeakMap::new(scope).unwrap(), value(scope), value(scope));
        let before = scope.heap_used();
        scope.scope(|inner| {
            for key in [key, other] {
                let large = inner.alloc(Kind::Array, 100_000, 0).unwrap();
                map.set(inner, key, Value::Ref(large)).unwrap();
            }
        });
        map.set(scope, key, Value::Null).unwrap();
        map.delete(scope, other).unwrap();
        scope.collect();
        assert!(scope.heap_used() <= before);
    });
}

#[test]
fn young_keys_of_an_old_map_are_found_wherever_a_collection_moves_them() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        scope.collect();
        let (key, held) = (value(scope), value(scope));
        map.set(scope, key, held).unwrap();
        for step in 0..4 {
            let (Some(Value::Ref(found)), Value::Ref(held)) = (map.get(scope, key).unwrap(), held)
            else {
                panic!("the value")
            };
            assert!(scope.same(found, held));
            if step < 3 { scope.scavenge() } else { scope.collect() }
        }
        assert!(map.has(scope, key).unwrap());
    });
}

#[test]
fn a_value_that_only_an_old_map_holds_survives_scavenges_with_its_key() {
    run(|scope| {
        let (map, key) = (WeakMap::new(scope).unwrap(), value(scope));
        scope.collect();
        scope.scope(|inner| {
            let held = object(inner);
            inner.set(held, 0, Value::Smi(9)).unwrap();
            map.set(inner, key, Value::Ref(held)).unwrap();
        });
        for _ in 0..3 {
            scope.scavenge();
            let Some(Value::Ref(held)) = map.get(scope, key).unwrap() else { panic!("a value") };
            assert_eq!(number(scope.get(held, 0).ok()), Some(9));
        }
    });
}

#[test]
fn a_map_behaves_the_same_across_collections() {
    run(|scope| {
        let (map, key) = (WeakMap::new(scope).unwrap(), value(scope));
        map.set(scope, key, Value::Smi(42)).unwrap();
        let again = |scope: &mut Scope<'_>| {
            for _ in 0..3 {
                scope.collect();
            }
        };
        again(scope);
        assert_eq!(number(map.get(scope, key).unwrap()), Some(42));
        assert!(map.delete(scope, key).unwrap());
        assert!(!map.delete(scope, key).unwrap());
        scope.scope(|inner| {
            let (dropped, held) = (value(inner), value(inner));
            map.set(inner, dropped, held).unwrap();
        });
        again(scope);
        assert!(!map.has(scope, key).unwrap());
        map.set(scope, key, Value::Undefined).unwrap();
        assert!(matches!(map.get(scope, key).unwrap(), Some(Value::Undefined)));
    });
}

#[test]
fn mass_death_leaves_the_survivors_and_their_entries() {
    run(|scope| {
        let (map, set) = (WeakMap::new(scope).unwrap(), WeakSet::new(scope).unwrap());
        let kept: Vec<_> = (0..50).map(|_| value(scope)).collect();
        for round in 0..20 {
            scope.scope(|inner| {
                for (i, key) in kept.iter().enumerate() {
                    map.set(inner, *key, Value::Smi((round * 1000 + i) as i32)).unwrap();
                    set.add(inner, *key).unwrap();
                    for _ in 0..20 {
                        let dropped = value(inner);
                        map.set(inner, dropped, dropped).unwrap();
                        set.add(inner, dropped).unwrap();
                    }
                }
            });
            scope.collect();
            assert_eq!(map.occupancy(scope).unwrap(), 50);
            assert_eq!(set.occupancy(scope).unwrap(), 50);
            for (i, key) in kept.iter().enumerate() {
                let expected = (round * 1000 + i) as i32;
                assert_eq!(number(map.get(scope, *key).unwrap()), Some(expected));
            }
        }
    });
}
