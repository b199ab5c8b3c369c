//! Random programs over a map, beside a naive model that counts owners.

use proptest::prelude::*;
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use weak_refs::rc::{Mortal, RcWeakMap};

const ROOTS: usize = 8;

/// A key is announced or plain, as the program says; a value is a number and the keys it holds.
struct Value<K> {
    number: u32,
    _holds: Vec<Rc<K>>,
}

#[derive(Clone, Debug)]
enum Op {
    New(usize),
    Drop(usize),
    Set(usize, u32, Vec<usize>),
    Delete(usize),
    Compute(usize, u32),
    Expire,
    ExpireNext(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let root = 0..ROOTS;
    prop_oneof![
        4 => root.clone().prop_map(Op::New),
        3 => root.clone().prop_map(Op::Drop),
        6 => (root.clone(), any::<u32>(), prop::collection::vec(root.clone(), 0..3))
            .prop_map(|(key, number, holds)| Op::Set(key, number, holds)),
        2 => root.clone().prop_map(Op::Delete),
        1 => (root, any::<u32>()).prop_map(|(key, number)| Op::Compute(key, number)),
        2 => Just(Op::Expire),
        4 => (0_usize..6).prop_map(Op::ExpireNext),
    ]
}

/// Entries by key; a key is alive while a root or any entry's value holds it.
#[derive(Clone, Default)]
struct Model {
    roots: [Option<u64>; ROOTS],
    entries: HashMap<u64, (u32, Vec<u64>)>,
}

impl Model {
    fn alive(&self, key: u64) -> bool {
        self.roots.contains(&Some(key))
            || self.entries.values().any(|(_, held)| held.contains(&key))
    }

    /// How many entries are left if all dead ones go.
    fn living(&self) -> usize {
        let mut living = self.clone();
        living.expire();
        living.entries.len()
    }

    fn expire(&mut self) {
        while let Some(dead) = self.entries.keys().copied().find(|key| !self.alive(*key)) {
            self.entries.remove(&dead);
        }
    }
}

fn agree<K>(program: &[Op], new: impl Fn() -> K) {
    let mut model = Model::default();
    let mut map: RcWeakMap<K, Value<K>> = RcWeakMap::new();
    let mut roots: [Option<Rc<K>>; ROOTS] = Default::default();
    let mut made: Vec<Weak<K>> = Vec::new();
    for op in program {
        match op {
            Op::New(at) => {
                let key = Rc::new(new());
                model.roots[*at] = Some(made.len() as u64);
                made.push(Rc::downgrade(&key));
                roots[*at] = Some(key);
            }
            Op::Drop(at) => (model.roots[*at], roots[*at]) = (None, None),
            Op::Set(at, number, holds) => {
                let (Some(key), Some(id)) = (&roots[*at], model.roots[*at]) else { continue };
                let held = holds.iter().filter_map(|at| roots[*at].clone()).collect();
                let old = map.set(key, Value { number: *number, _holds: held });
                let held = holds.iter().filter_map(|at| model.roots[*at]).collect();
                let model_old = model.entries.insert(id, (*number, held));
                assert_eq!(old.map(|old| old.number), model_old.map(|old| old.0));
            }
            Op::Delete(at) => {
                let (Some(key), Some(id)) = (&roots[*at], model.roots[*at]) else { continue };
                let old = map.delete(key).map(|old| old.number);
                assert_eq!(old, model.entries.remove(&id).map(|old| old.0));
            }
            Op::Compute(at, number) => {
                let (Some(key), Some(id)) = (&roots[*at], model.roots[*at]) else { continue };
                let new = || Value { number: *number, _holds: Vec::new() };
                let found = map.get_or_insert_with(key, new).number;
                assert_eq!(found, model.entries.entry(id).or_insert((*number, Vec::new())).0);
            }
            Op::ExpireNext(looks) => {
                let (before, freed) = (map.occupancy(), map.expire_next(*looks));
                assert_eq!(before - freed, map.occupancy());
                // Some of the dead entries have gone, and none of the others.
                let (most, least) = (model.entries.len(), model.living());
                assert!((least..=most).contains(&map.occupancy()), "{}", map.occupancy());
            }
            Op::Expire => {
                let (before, freed) = (map.occupancy(), map.expire());
                model.expire();
                assert_eq!(map.occupancy(), model.entries.len());
                assert_eq!(before - freed, map.occupancy());
                for (id, weak) in made.iter().enumerate() {
                    assert_eq!(weak.strong_count() > 0, model.alive(id as u64), "key {id}");
                }
            }
        }
        for (key, id) in roots.iter().zip(model.roots) {
            let found = key.as_ref().and_then(|key| map.get(key)).map(|value| value.number);
            let expected = id.and_then(|id| model.entries.get(&id)).map(|value| value.0);
            assert_eq!(found, expected);
            assert_eq!(key.as_ref().is_some_and(|key| map.has(key)), expected.is_some());
        }
    }
}

proptest! {
    #[test]
    fn a_map_of_announced_keys_agrees_with_the_model(
        program in prop::collection::vec(op(), 0..200),
    ) {
        agree(&program, || Mortal::new(0_u64));
    }

    #[test]
    fn a_map_of_plain_keys_agrees_with_the_model(program in prop::collection::vec(op(), 0..200)) {
        agree(&program, || 0_u64);
    }
}
