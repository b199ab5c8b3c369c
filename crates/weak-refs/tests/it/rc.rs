//! What the collections over `Rc` and `Arc` keep, what they free, and how much work that is.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::thread;
use weak_refs::rc::{
    ArcFinalizationRegistry, ArcWeakMap, ArcWeakSet, Mortal, RcFinalizationRegistry, RcWeakMap,
    RcWeakSet,
};

type Chain = RcWeakMap<Mortal<usize>, Rc<Mortal<usize>>>;

/// Keys 0 to `n`, and the places 0 to `n - 1` shuffled.
fn keys(n: usize) -> (Vec<Rc<Mortal<usize>>>, Vec<usize>) {
    let mut order: Vec<usize> = (0..n).collect();
    let mut state = 1_u64;
    for i in (1..n).rev() {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
        order.swap(i, (state >> 33) as usize % (i + 1));
    }
    ((0..=n).map(|i| Rc::new(Mortal::new(i))).collect(), order)
}

#[test]
fn one_call_frees_a_chain_of_a_million_entries_in_any_order_without_recursion() {
    let n = 1_000_000;
    for pass in 0..3 {
        let (keys, mut order) = keys(n);
        match pass {
            0 => order.sort_unstable(),
            1 => order.sort_unstable_by(|a, b| b.cmp(a)),
            _ => {}
        }
        let mut map = Chain::new();
        for i in order {
            map.set(&keys[i], keys[i + 1].clone());
        }
        let (first, last) = (keys[0].clone(), Rc::downgrade(&keys[n]));
        drop(keys);
        assert_eq!((map.expire(), map.occupancy()), (0, n));
        drop(first);
        assert_eq!((map.expire(), map.occupancy()), (n, 0));
        assert!(last.upgrade().is_none());
    }
}

#[test]
fn a_chain_of_plain_keys_goes_in_one_call_too() {
    for backwards in [false, true] {
        let keys: Vec<_> = (0..=100_000).map(Rc::new).collect();
        let mut map = RcWeakMap::new();
        for step in 0..100_000 {
            let i = if backwards { 99_999 - step } else { step };
            map.set(&keys[i], keys[i + 1].clone());
        }
        drop(keys);
        assert_eq!(map.expire(), 100_000);
    }
    let (keys, order) = keys(1000);
    let keys: Vec<_> = keys.into_iter().map(|key| Rc::new(**key)).collect();
    let mut map = RcWeakMap::new();
    for i in order {
        map.set(&keys[i], keys[i + 1].clone());
    }
    drop(keys);
    assert_eq!(map.expire(), 1000);
}

#[test]
fn dropping_a_map_with_a_chain_needs_no_stack() {
    let (keys, order) = keys(1_000_000);
    let mut map = Chain::new();
    for i in order {
        map.set(&keys[i], keys[i + 1].clone());
    }
    let last = Rc::downgrade(&keys[1_000_000]);
    drop(keys);
    drop(map);
    assert!(last.upgrade().is_none());
}

#[test]
fn a_dead_key_drops_its_payload_at_once_and_its_allocation_when_it_expires() {
    let payload = Rc::new(());
    let key = Rc::new(payload.clone());
    let weak: Weak<_> = Rc::downgrade(&key);
    let mut map = RcWeakMap::new();
    map.set(&key, 1);
    assert_eq!(Rc::weak_count(&key), 2);
    drop(key);
    assert_eq!(Rc::strong_count(&payload), 1, "the payload is gone before the map expires");
    assert_eq!(map.occupancy(), 1);
    assert_eq!(map.expire(), 1);
    assert_eq!(map.occupancy(), 0);
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_value_that_refers_to_its_own_key_leaks_until_it_is_deleted() {
    let key = Rc::new(Mortal::new(0));
    let mut map = Chain::new();
    map.set(&key, key.clone());
    let weak = Rc::downgrade(&key);
    drop(key);
    assert_eq!(map.expire(), 0);
    let key = weak.upgrade().expect("the entry keeps its own key");
    assert!(map.delete(&key).is_some());
    drop(key);
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_table_that_most_keys_have_left_gives_its_memory_back() {
    let keys: Vec<_> = (0..100_000).map(Rc::new).collect();
    let mut map = RcWeakMap::new();
    for key in &keys {
        map.set(key, **key);
    }
    let kept = keys[77_777].clone();
    drop(keys);
    assert!(map.capacity() >= 100_000);
    assert_eq!(map.expire(), 99_999);
    assert!(map.capacity() < 16, "{}", map.capacity());
    assert_eq!(map.get(&kept), Some(&77_777));
}

#[test]
fn a_map_that_is_never_told_to_expire_stays_as_small_as_what_lives() {
    let mut map = RcWeakMap::new();
    for i in 0..100_000 {
        let key = Rc::new(i);
        map.set(&key, i);
        assert!(map.occupancy() <= 8);
    }
}

#[test]
fn set_replaces_and_returns_get_finds_delete_removes() {
    let mut map = RcWeakMap::new();
    let keys: Vec<Rc<str>> = (0..1000).map(|_| Rc::from("the same text")).collect();
    for (i, key) in keys.iter().enumerate() {
        assert_eq!(map.set(key, 0), None);
        assert_eq!(map.set(key, i), Some(0));
    }
    for (i, key) in keys.iter().enumerate() {
        assert_eq!(map.get(key), Some(&i));
        *map.get_mut(key).unwrap() += 1;
        assert_eq!(map.delete(key), Some(i + 1));
        assert_eq!((map.delete(key), map.get(key), map.has(key)), (None, None, false));
    }
    assert_eq!(map.occupancy(), 0);
}

#[test]
fn a_value_is_computed_only_where_there_is_none() {
    let key = Rc::new(());
    let mut map = RcWeakMap::new();
    assert_eq!(*map.get_or_insert_with(&key, || 1), 1);
    *map.get_or_insert_with(&key, || unreachable!("there is a value")) += 1;
    assert_eq!(map.get(&key), Some(&2));
}

#[test]
fn keys_of_no_size_and_of_no_known_size_have_an_identity() {
    let (a, b) = (Rc::new(()), Rc::new(()));
    let mut units = RcWeakSet::new();
    assert!(units.add(&a));
    assert!(!units.has(&b));

    let mut things = RcWeakMap::new();
    let number: Rc<dyn std::fmt::Debug> = Rc::new(Mortal::new(5));
    things.set(&number, 1);
    assert!(things.has(&number.clone()));

    let text: Rc<Mortal<[u8]>> = Rc::new(Mortal::new([1, 2, 3]));
    let mut next = RcWeakMap::new();
    next.set(&text, 1);
    assert_eq!(next.get(&text), Some(&1));
    assert_eq!(text.len(), 3);
}

#[test]
fn a_value_may_expire_another_map_when_it_is_dropped() {
    struct Nested {
        _next: Option<Rc<Mortal<usize>>>,
        inner: Rc<RefCell<Chain>>,
        freed: Rc<Cell<usize>>,
    }
    impl Drop for Nested {
        fn drop(&mut self) {
            self.freed.set(self.freed.get() + self.inner.borrow_mut().expire());
        }
    }
    let (inner_keys, order) = keys(1000);
    let inner = Rc::new(RefCell::new(Chain::new()));
    for i in order {
        inner.borrow_mut().set(&inner_keys[i], inner_keys[i + 1].clone());
    }
    let freed = Rc::new(Cell::new(0));
    let (outer_keys, order) = keys(1000);
    let mut outer = RcWeakMap::new();
    for i in order {
        let (inner, freed) = (inner.clone(), freed.clone());
        outer.set(&outer_keys[i], Nested { _next: Some(outer_keys[i + 1].clone()), inner, freed });
    }
    drop((inner_keys, outer_keys));
    assert_eq!(outer.expire(), 1000);
    assert_eq!(freed.get(), 1000);
}

#[test]
fn a_destructor_that_panics_leaves_the_map_whole() {
    struct Fuse(bool);
    impl Drop for Fuse {
        fn drop(&mut self) {
            assert!(!self.0, "a destructor's panic");
        }
    }
    let keys: Vec<_> = (0..100).map(|i| Rc::new(Mortal::new(i))).collect();
    let mut map = RcWeakMap::new();
    for key in &keys {
        map.set(key, Fuse(***key == 50));
    }
    let kept = keys[99].clone();
    drop(keys);
    panic::catch_unwind(AssertUnwindSafe(|| map.expire())).expect_err("the panic comes through");
    map.expire();
    assert_eq!(map.occupancy(), 1);
    assert!(map.has(&kept));
}

#[test]
fn arc_keys_may_die_on_another_thread() {
    let mut map = ArcWeakMap::new();
    let mut set = ArcWeakSet::new();
    let mut registry = ArcFinalizationRegistry::new();
    let key = Arc::new(Mortal::new(1));
    map.set(&key, "value");
    set.add(&key);
    let registration = registry.register(&key, "held");
    thread::spawn(move || drop(key)).join().unwrap();
    assert_eq!((map.expire(), set.expire()), (1, 1));
    assert_eq!(registry.cleanup_some(9), ["held"]);
    assert_eq!(registry.unregister(registration), None);
    let moved = thread::spawn(move || map.occupancy()).join().unwrap();
    assert_eq!(moved, 0);
}

#[test]
fn a_set_adds_once_and_forgets_the_dead() {
    let mut set = RcWeakSet::new();
    let (kept, dropped) = (Rc::new(1), Rc::new(1));
    assert!(set.add(&kept) && set.add(&dropped) && !set.add(&kept));
    drop(dropped);
    assert_eq!(set.expire(), 1);
    assert!(set.delete(&kept) && !set.delete(&kept) && !set.has(&kept));
    assert_eq!((set.occupancy(), set.expire()), (0, 0));
}

#[test]
fn held_values_come_out_once_in_order_and_within_the_limit() {
    let mut registry = RcFinalizationRegistry::new();
    let targets: Vec<_> = (0..10).map(Rc::new).collect();
    let registrations: Vec<_> =
        targets.iter().map(|target| registry.register(target, **target)).collect();
    let _again = registry.register(&targets[9], 90);
    let kept = targets[4].clone();
    drop(targets);
    assert_eq!(registry.unregister(registrations[2]), Some(2));
    assert_eq!(registry.unregister(registrations[2]), None);
    assert_eq!(registry.cleanup_some(3), [0, 1, 3]);
    assert_eq!(registry.cleanup_some(usize::MAX), [5, 6, 7, 8, 9, 90]);
    assert!(registry.cleanup_some(usize::MAX).is_empty());
    let mut other = RcFinalizationRegistry::<i32, i32>::new();
    assert_eq!(other.unregister(registrations[4]), None, "a registration of another registry");
    assert_eq!(registry.occupancy(), 1);
    drop(kept);
    assert_eq!(registry.cleanup_some(1), [4]);
}

#[test]
fn a_few_looks_after_each_death_free_every_entry_in_turn() {
    const KEYS: usize = 10_000;
    const LOOKS: usize = 4;
    let mut keys: Vec<_> = (0..KEYS).map(Rc::new).collect();
    let (mut map, mut set) = (RcWeakMap::new(), RcWeakSet::new());
    for key in &keys {
        map.set(key, **key);
        set.add(key);
    }
    let mut freed = 0;
    while keys.len() > 1 {
        // From the middle, so that places lie on both sides of the one that is looked at next.
        keys.swap_remove(keys.len() / 2);
        freed += map.expire_next(LOOKS);
        set.expire_next(LOOKS);
        assert!(map.occupancy() <= keys.len() + KEYS / LOOKS, "{}", map.occupancy());
        assert_eq!(map.occupancy(), set.occupancy());
    }
    for _ in 0..KEYS / LOOKS {
        freed += map.expire_next(LOOKS);
    }
    assert_eq!((freed, map.occupancy(), map.expire()), (KEYS - 1, 1, 0));
    assert_eq!(map.get(&keys[0]), Some(&*keys[0]));
    assert!(map.capacity() < 16, "{}", map.capacity());
}

#[test]
fn a_look_at_one_entry_frees_the_chain_of_announced_keys_behind_it() {
    let (keys, order) = keys(1000);
    let mut map = Chain::new();
    map.set(&keys[0], keys[1].clone());
    for i in order.into_iter().filter(|i| *i > 0) {
        map.set(&keys[i], keys[i + 1].clone());
    }
    let first = keys[0].clone();
    drop(keys);
    assert_eq!(map.expire_next(0), 0);
    drop(first);
    assert_eq!(map.expire_next(1), 1000);
}

#[test]
fn a_registry_looks_at_a_few_registrations_in_turn() {
    let mut registry = RcFinalizationRegistry::new();
    let mut targets: Vec<_> = (0..10).map(Rc::new).collect();
    for target in &targets {
        let _ = registry.register(target, **target);
    }
    for dead in [7, 2, 1] {
        targets.remove(dead);
    }
    assert_eq!(registry.cleanup_next(0), []);
    let turn: Vec<_> = (0..5).map(|_| registry.cleanup_next(2)).collect();
    assert_eq!(turn, [vec![1], vec![2], vec![], vec![7], vec![]]);
    drop(targets);
    assert_eq!(registry.cleanup_next(3), [0, 3, 4]);
    assert_eq!(registry.cleanup_next(100), [5, 6, 8, 9]);
    assert_eq!((registry.occupancy(), registry.cleanup_next(1)), (0, vec![]));
}
