//! Ephemeron tables: their sizes, and random programs beside a map of the standard library.
#![allow(clippy::field_reassign_with_default, reason = "the options are non-exhaustive to others")]

use heap_model::{
    AccessError, Global, Heap, HeapError, HeapOptions, Kind, Scope, TableSizing, Value,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// A heap whose one root is a cell with an empty table in its first slot.
fn heap_with_map(options: HeapOptions) -> (Heap, Global) {
    let mut heap = Heap::new(options).unwrap();
    let map = heap.enter(|scope| {
        let table = scope.alloc_ephemeron_table(4).unwrap();
        let map = scope.alloc_with(Kind::Object, &[Value::Ref(table)]).unwrap();
        scope.global(map).unwrap()
    });
    (heap, map)
}

/// Adds entries with new keys that are their numbers, and gives every `stride`th key.
fn add(heap: &mut Heap, map: &Global, count: usize, stride: usize) -> Vec<Global> {
    heap.enter(|scope| {
        let map = scope.local(map).unwrap();
        let kept = (0..count).map(|i| {
            scope.scope(|scope| {
                let key = scope.alloc(Kind::Object, 1, 0).unwrap();
                let replaced = scope.ephemeron_set(map, key, Value::Smi(i as i32)).unwrap();
                assert!(replaced.is_none(), "the map's slot has the larger table");
                (i % stride == 0).then(|| scope.global(key).unwrap())
            })
        });
        kept.flatten().collect()
    })
}

/// How many places and entries the map's table has.
fn sizes(heap: &mut Heap, map: &Global) -> (usize, usize) {
    heap.enter(|scope| {
        let map = scope.local(map).unwrap();
        (scope.ephemeron_capacity(map).unwrap(), scope.ephemeron_len(map).unwrap())
    })
}

const COUNT: usize = 200_000;
const STRIDE: usize = 1000;

#[test]
fn a_table_gives_its_memory_back_in_the_collection_that_finds_its_keys_dead() {
    let (mut heap, map) = heap_with_map(HeapOptions::default());
    let all = add(&mut heap, &map, COUNT, 1);
    heap.collect();
    assert_eq!(sizes(&mut heap, &map), (393_216, COUNT));
    // The new space grows, because the table has survived.
    let total = |heap: &Heap| heap.heap_total() - heap.space_statistics()[1].committed;
    let (used, before) = (heap.heap_used(), total(&heap));
    let kept: Vec<_> = all.into_iter().step_by(STRIDE).collect();
    heap.collect();
    assert_eq!(sizes(&mut heap, &map), (384, COUNT / STRIDE));
    assert!(heap.heap_used() <= used - COUNT * 24 - 393_216 * 16 + 384 * 16 + kept.len() * 24);
    assert!(total(&heap) + 392_000 * 16 < before);
    heap.enter(|scope| {
        let map = scope.local(&map).unwrap();
        for (i, key) in kept.iter().enumerate() {
            let key = scope.local(key).unwrap();
            let value = scope.ephemeron_get(map, key).unwrap();
            assert!(matches!(value, Some(Value::Smi(n)) if n as usize == i * STRIDE));
        }
    });
    add(&mut heap, &map, COUNT, 1);
    assert_eq!(sizes(&mut heap, &map), (393_216, COUNT + COUNT / STRIDE));
    drop(kept);
    heap.collect();
    assert_eq!(sizes(&mut heap, &map), (4, 0));
}

#[test]
fn a_table_of_v8s_sizes_keeps_its_places_when_its_keys_die() {
    let options = HeapOptions::default().with_tables(TableSizing::V8);
    let (mut heap, map) = heap_with_map(options);
    let kept = add(&mut heap, &map, COUNT, 1);
    assert_eq!(sizes(&mut heap, &map), (524_288, COUNT));
    drop(kept);
    heap.collect();
    assert_eq!(sizes(&mut heap, &map), (524_288, 0));
    assert!(heap.heap_used() >= 524_288 * 16);
}

#[test]
fn deleted_places_are_used_again() {
    let (mut heap, map) = heap_with_map(HeapOptions::default());
    let keys = add(&mut heap, &map, 8, 1);
    let (capacity, _) = sizes(&mut heap, &map);
    heap.enter(|scope| {
        let map = scope.local(&map).unwrap();
        for round in 0..10_000 {
            scope.scope(|scope| {
                let key = scope.local(&keys[round % 8]).unwrap();
                assert!(scope.ephemeron_delete(map, key).unwrap());
                assert!(!scope.ephemeron_has(map, key).unwrap());
                let other = scope.alloc(Kind::Object, 1, 0).unwrap();
                scope.ephemeron_set(map, other, Value::Null).unwrap();
                assert!(scope.ephemeron_delete(map, other).unwrap());
                scope.ephemeron_set(map, key, Value::Null).unwrap();
            });
        }
    });
    assert_eq!(sizes(&mut heap, &map), (capacity, 8));
}

#[test]
fn a_double_is_no_key_and_a_cell_without_a_table_no_map() {
    let (mut heap, map) = heap_with_map(HeapOptions::default());
    heap.enter(|scope| {
        let map = scope.local(&map).unwrap();
        let double = scope.alloc(Kind::Double, 0, 8).unwrap();
        scope.bytes_mut(double).unwrap()[..8].copy_from_slice(&0.1_f64.to_le_bytes());
        let refused = scope.ephemeron_set(map, double, Value::Null);
        assert!(matches!(refused, Err(HeapError::Access(AccessError::WrongKind))));
        assert!(!scope.ephemeron_has(map, double).unwrap());
        assert!(!scope.ephemeron_delete(map, double).unwrap());
        assert_eq!(scope.bytes(double).unwrap()[..8], 0.1_f64.to_le_bytes());
        let empty = scope.alloc(Kind::Object, 0, 0).unwrap();
        let full = scope.alloc_with(Kind::Object, &[Value::Ref(double)]).unwrap();
        for other in [double, empty, full] {
            assert!(matches!(scope.ephemeron_has(other, map), Err(AccessError::WrongKind)));
            assert!(matches!(scope.ephemeron_len(other), Err(AccessError::WrongKind)));
        }
    });
}

#[derive(Clone, Debug)]
enum Op {
    /// New keys, whose values are cells with their numbers.
    Add(usize),
    /// New values for every so manieth key that lives.
    Update(usize),
    /// Every so manieth key is deleted, or dies.
    Delete(usize),
    Drop(usize),
    Litter(usize),
    Scavenge,
    Collect,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => (1..300_usize).prop_map(Op::Add),
        2 => (1..9_usize).prop_map(Op::Update),
        1 => (1..9_usize).prop_map(Op::Delete),
        2 => (1..9_usize).prop_map(Op::Drop),
        2 => (1..2000_usize).prop_map(Op::Litter),
        2 => Just(Op::Scavenge),
        1 => Just(Op::Collect),
    ]
}

struct Program {
    heap: Heap,
    map: Global,
    keys: BTreeMap<usize, Global>,
    values: BTreeMap<usize, i32>,
    next: i32,
}

impl Program {
    fn step(&mut self, op: &Op) {
        let Self { heap, map, keys, values, next } = self;
        match *op {
            Op::Add(count) => {
                for _ in 0..count {
                    let key = heap.enter(|scope| {
                        let key = scope.alloc(Kind::Object, 1, 0).unwrap();
                        scope.global(key).unwrap()
                    });
                    keys.insert(*next as usize, key);
                    values.insert(*next as usize, *next);
                    Self::set(heap, map, &keys[&(*next as usize)], *next);
                    *next += 1;
                }
            }
            Op::Update(stride) => {
                for (number, key) in keys.iter().step_by(stride) {
                    values.insert(*number, *next);
                    Self::set(heap, map, key, *next);
                    *next += 1;
                }
            }
            Op::Delete(stride) => heap.enter(|scope| {
                for (number, key) in keys.iter().step_by(stride) {
                    let (map, key) = (scope.local(map).unwrap(), scope.local(key).unwrap());
                    let deleted = scope.ephemeron_delete(map, key).unwrap();
                    assert_eq!(deleted, values.remove(number).is_some());
                }
            }),
            Op::Drop(stride) => {
                for number in keys.keys().copied().step_by(stride).collect::<Vec<_>>() {
                    keys.remove(&number);
                    values.remove(&number);
                }
            }
            Op::Litter(cells) => heap.enter(|scope| {
                for _ in 0..cells {
                    scope.scope(|inner| inner.alloc(Kind::Array, 40, 0).map(drop)).unwrap();
                }
            }),
            Op::Scavenge => heap.scavenge(),
            Op::Collect => {
                heap.collect();
                let (_, entries) = sizes(heap, map);
                assert_eq!(entries, values.len());
            }
        }
    }

    fn set(heap: &mut Heap, map: &Global, key: &Global, number: i32) {
        heap.enter(|scope| {
            let value = scope.alloc_with(Kind::Object, &[Value::Smi(number)]).unwrap();
            let (map, key) = (scope.local(map).unwrap(), scope.local(key).unwrap());
            scope.ephemeron_set(map, key, Value::Ref(value)).unwrap();
        });
    }

    fn check(&mut self) {
        let Self { heap, map, keys, values, .. } = self;
        heap.enter(|scope| {
            let map = scope.local(map).unwrap();
            assert!(scope.ephemeron_len(map).unwrap() >= values.len());
            for (number, key) in keys {
                let key = scope.local(key).unwrap();
                let found = match scope.ephemeron_get(map, key).unwrap() {
                    Some(Value::Ref(value)) => match scope.get(value, 0).unwrap() {
                        Value::Smi(number) => Some(number),
                        other => panic!("a number, not {other:?}"),
                    },
                    _ => None,
                };
                assert_eq!(found, values.get(number).copied());
                assert_eq!(scope.ephemeron_has(map, key).unwrap(), found.is_some());
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_table_finds_what_was_set(
        ops in prop::collection::vec(op(), 1..60),
        incremental in any::<bool>(),
        v8 in any::<bool>(),
    ) {
        let options = HeapOptions::default().with_initial_old_generation(1 << 16).with_incremental(incremental.then_some(Duration::from_micros(1))).with_tables(if v8 { TableSizing::V8 } else { TableSizing::Shrink });
        let (heap, map) = heap_with_map(options);
        let mut program =
            Program { heap, map, keys: BTreeMap::new(), values: BTreeMap::new(), next: 0 };
        for op in &ops {
            program.step(op);
            program.check();
        }
        program.step(&Op::Collect);
        program.check();
    }
}

/// What is done with the entry of one of a few keys in one of a few maps.
#[derive(Clone, Copy, Debug)]
enum Shared {
    Set(usize, usize, i32),
    Delete(usize, usize),
    /// Many keys of one map at once, so that it grows or is left almost empty.
    SetAll(usize),
    DeleteAll(usize),
    Scavenge,
    Collect,
}

const MAPS: usize = 5;
const KEYS: usize = 120;

fn shared() -> impl Strategy<Value = Shared> {
    let (map, key) = (0..MAPS, 0..KEYS);
    prop_oneof![
        12 => (map.clone(), key.clone(), any::<i32>()).prop_map(|(m, k, v)| Shared::Set(m, k, v)),
        8 => (map.clone(), key).prop_map(|(m, k)| Shared::Delete(m, k)),
        1 => map.clone().prop_map(Shared::SetAll),
        1 => map.prop_map(Shared::DeleteAll),
        1 => Just(Shared::Scavenge),
        1 => Just(Shared::Collect),
    ]
}

/// Keys of which two thirds begin their probes at about the same place of any table.
fn colliding_keys(heap: &mut Heap) -> Vec<Global> {
    let mut keys = Vec::new();
    heap.enter(|scope| {
        let mut close = 0;
        while keys.len() < KEYS {
            scope.scope(|scope| {
                let key = scope.alloc(Kind::Object, 1, 0).unwrap();
                let is_close = scope.identity_hash(key).unwrap() >> 26 == 63;
                if is_close && close < KEYS * 2 / 3 || keys.len() - close < KEYS / 3 {
                    keys.push(scope.global(key).unwrap());
                    close += usize::from(is_close);
                }
            });
        }
    });
    keys
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn maps_that_share_colliding_keys_agree_with_the_standard_librarys(
        ops in prop::collection::vec(shared(), 1..400),
        v8 in any::<bool>(),
    ) {
        let tables = if v8 { TableSizing::V8 } else { TableSizing::Shrink };
        let mut heap = Heap::new(HeapOptions::default().with_tables(tables)).unwrap();
        let keys = colliding_keys(&mut heap);
        let maps: Vec<Global> = (0..MAPS)
            .map(|_| heap.enter(|scope| {
                let table = scope.alloc_ephemeron_table(4).unwrap();
                let map = scope.alloc_with(Kind::Object, &[Value::Ref(table)]).unwrap();
                scope.global(map).unwrap()
            }))
            .collect();
        let mut oracles = vec![HashMap::new(); MAPS];
        for op in ops {
            heap.enter(|scope| {
                let mut entry = |map: usize, key: usize, value: Option<i32>| {
                    let oracle: &mut HashMap<usize, i32> = &mut oracles[map];
                    scope.scope(|scope| {
                        let (map, local) = (scope.local(&maps[map]).unwrap(), scope.local(&keys[key]).unwrap());
                        if let Some(value) = value {
                            oracle.insert(key, value);
                            scope.ephemeron_set(map, local, Value::Smi(value)).unwrap();
                        } else {
                            let was_there = scope.ephemeron_delete(map, local).unwrap();
                            assert_eq!(was_there, oracle.remove(&key).is_some());
                        }
                        assert_eq!(scope.ephemeron_len(map).unwrap(), oracle.len());
                    });
                };
                match op {
                    Shared::Set(map, key, value) => entry(map, key, Some(value)),
                    Shared::Delete(map, key) => entry(map, key, None),
                    Shared::SetAll(map) => (0..KEYS).for_each(|key| entry(map, key, Some(0))),
                    Shared::DeleteAll(map) => (3..KEYS).for_each(|key| entry(map, key, None)),
                    Shared::Scavenge => scope.scavenge(),
                    Shared::Collect => scope.collect(),
                }
            });
            heap.enter(|scope| {
                for (map, oracle) in maps.iter().zip(&oracles) {
                    let map = scope.local(map).unwrap();
                    for (number, key) in keys.iter().enumerate() {
                        let key = scope.local(key).unwrap();
                        let found = scope.ephemeron_get(map, key).unwrap();
                        let expected = oracle.get(&number);
                        assert_eq!(scope.ephemeron_has(map, key).unwrap(), expected.is_some());
                        assert_eq!(found.is_some(), expected.is_some());
                        if let (Some(Value::Smi(found)), Some(expected)) = (found, expected) {
                            assert_eq!(found, *expected);
                        }
                    }
                }
            });
        }
    }
}

#[test]
fn a_weak_reference_or_a_registration_is_no_holder_of_its_target() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let table = scope.alloc_ephemeron_table(4).unwrap();
        let owner = scope.alloc(Kind::Object, 2, 0).unwrap();
        let weak = scope.alloc_weak_cell(table).unwrap();
        let registration = scope.alloc_registration(owner, table, None, 1).unwrap();
        for holder in [weak, registration] {
            for number in 0..100 {
                let key = scope.alloc(Kind::Object, 0, 0).unwrap();
                let set = scope.ephemeron_set(holder, key, Value::Smi(number)).map(drop);
                assert_eq!(set, Err(AccessError::WrongKind.into()));
                assert!(scope.ephemeron_get(holder, key).is_err());
                assert_eq!(scope.ephemeron_has(holder, key), Err(AccessError::WrongKind));
                assert_eq!(scope.ephemeron_delete(holder, key), Err(AccessError::WrongKind));
            }
            assert_eq!(scope.ephemeron_len(holder), Err(AccessError::WrongKind));
            assert_eq!(scope.ephemeron_capacity(holder), Err(AccessError::WrongKind));
        }
        let target = scope.weak_target(weak).unwrap().unwrap();
        assert!(scope.same(target, table));
        assert_eq!(scope.ephemeron_len(table), Ok(0));
    });
}

#[test]
fn a_table_is_gone_through_by_its_buckets() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let table = scope.alloc_ephemeron_table(400).unwrap();
        let kept = scope.alloc(Kind::Array, 100, 0).unwrap();
        for number in 0..200 {
            scope.scope(|scope| {
                let key = scope.alloc(Kind::Object, 0, 0).unwrap();
                scope.ephemeron_set(table, key, Value::Smi(number)).unwrap();
                if number % 2 == 0 {
                    scope.set(kept, number as usize / 2, Value::Ref(key)).unwrap();
                }
            });
        }
        let seen = |scope: &mut Scope<'_>| {
            let (mut bucket, mut seen) = (0, Vec::new());
            while let Some((next, key, value)) = scope.ephemeron_entry(table, bucket).unwrap() {
                assert!(next > bucket);
                let found = scope.ephemeron_get(table, key).unwrap();
                assert!(found.is_some_and(|found| scope.same_value(found, value)));
                seen.push(value.as_smi().unwrap());
                bucket = next;
            }
            seen.sort_unstable();
            seen
        };
        assert!(scope.scope(seen).into_iter().eq(0..200), "dead keys until they are collected");
        scope.collect();
        assert!(scope.scope(seen).into_iter().eq((0..200).step_by(2)));
        assert!(scope.ephemeron_entry(table, usize::MAX).unwrap().is_none());
        let object = scope.alloc(Kind::Object, 1, 0).unwrap();
        assert!(scope.ephemeron_entry(object, 0).is_err());
    });
}
