//! Random programs beside a naive model: reachability is recomputed from scratch.

use heap_model::{Global, Heap, HeapOptions, Kind, Value};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const ROOTS: usize = 6;
const SLOTS: usize = 3;

#[derive(Clone, Debug)]
enum Op {
    New { root: usize, raw: usize },
    Link { from: usize, slot: usize, to: usize },
    Load { root: usize, from: usize, slot: usize },
    Drop { root: usize },
    Entry { key: usize, value: usize },
    Litter { cells: usize },
    Scavenge,
    Collect,
}

fn op() -> impl Strategy<Value = Op> {
    let root = 0..ROOTS;
    prop_oneof![
        4 => (root.clone(), prop_oneof![0_usize..64, 100_000_usize..200_000])
            .prop_map(|(root, raw)| Op::New { root, raw }),
        4 => (root.clone(), 0..SLOTS, root.clone())
            .prop_map(|(from, slot, to)| Op::Link { from, slot, to }),
        2 => (root.clone(), root.clone(), 0..SLOTS)
            .prop_map(|(root, from, slot)| Op::Load { root, from, slot }),
        2 => root.clone().prop_map(|root| Op::Drop { root }),
        3 => (root.clone(), root).prop_map(|(key, value)| Op::Entry { key, value }),
        1 => (0_usize..3000).prop_map(|cells| Op::Litter { cells }),
        1 => Just(Op::Scavenge),
        1 => Just(Op::Collect),
    ]
}

/// The naive heap: objects by number, their links, one weak table.
#[derive(Default)]
struct Model {
    roots: [Option<i32>; ROOTS],
    links: BTreeMap<i32, [Option<i32>; SLOTS]>,
    entries: BTreeMap<i32, i32>,
}

impl Model {
    fn reachable(&self) -> BTreeSet<i32> {
        let mut live = BTreeSet::new();
        let mut work: Vec<i32> = self.roots.iter().flatten().copied().collect();
        loop {
            while let Some(object) = work.pop() {
                if live.insert(object) {
                    work.extend(self.links[&object].iter().flatten());
                }
            }
            let held = self.entries.iter().filter(|(key, _)| live.contains(*key));
            work.extend(held.map(|(_, value)| *value).filter(|value| !live.contains(value)));
            if work.is_empty() {
                return live;
            }
        }
    }
}

/// A cell of the program: its links, then its number, then raw bytes filled with the number.
const NUMBER: usize = SLOTS;

struct Program {
    heap: Heap,
    roots: [Option<Global>; ROOTS],
    table: Global,
    weak: Vec<(i32, Global)>,
    model: Model,
    next: i32,
}

impl Program {
    fn new() -> Self {
        let mut heap = Heap::new(HeapOptions::default()).unwrap();
        let table = heap.enter(|scope| {
            let table = scope.alloc_ephemeron_table(4).unwrap();
            scope.global(table).unwrap()
        });
        let roots = [const { None }; ROOTS];
        Self { heap, roots, table, weak: Vec::new(), model: Model::default(), next: 0 }
    }

    fn step(&mut self, op: &Op) {
        let Self { heap, roots, model, .. } = self;
        match *op {
            Op::New { root, raw } => {
                let number = self.next;
                self.next += 1;
                let (global, weak) = heap.enter(|scope| {
                    let cell = scope.alloc(Kind::Object, SLOTS + 1, raw).unwrap();
                    scope.set(cell, NUMBER, Value::Smi(number)).unwrap();
                    scope.bytes_mut(cell).unwrap().fill(number as u8);
                    let weak = scope.alloc_weak_cell(cell).unwrap();
                    (scope.global(cell).unwrap(), scope.global(weak).unwrap())
                });
                roots[root] = Some(global);
                self.weak.push((number, weak));
                model.roots[root] = Some(number);
                model.links.insert(number, [None; SLOTS]);
            }
            Op::Link { from, slot, to } => {
                let (Some(source), Some(number)) = (&roots[from], model.roots[from]) else {
                    return;
                };
                heap.enter(|scope| {
                    let cell = scope.local(source).unwrap();
                    let value = match &roots[to] {
                        Some(target) => Value::Ref(scope.local(target).unwrap()),
                        None => Value::Null,
                    };
                    scope.set(cell, slot, value).unwrap();
                });
                model.links.get_mut(&number).unwrap()[slot] = model.roots[to];
            }
            Op::Load { root, from, slot } => {
                let (Some(source), Some(number)) = (&roots[from], model.roots[from]) else {
                    return;
                };
                let loaded = heap.enter(|scope| {
                    let cell = scope.local(source).unwrap();
                    match scope.get(cell, slot).unwrap() {
                        Value::Ref(target) => Some(scope.global(target).unwrap()),
                        _ => None,
                    }
                });
                let expected = model.links[&number][slot];
                assert_eq!(loaded.is_some(), expected.is_some());
                roots[root] = loaded;
                model.roots[root] = expected;
            }
            Op::Drop { root } => {
                roots[root] = None;
                model.roots[root] = None;
            }
            Op::Entry { key, value } => {
                let (Some(k), Some(v)) = (&roots[key], &roots[value]) else { return };
                let table = &self.table;
                let grown = heap.enter(|scope| {
                    let table = scope.local(table).unwrap();
                    let (k, v) = (scope.local(k).unwrap(), scope.local(v).unwrap());
                    let grown = scope.ephemeron_set(table, k, Value::Ref(v)).unwrap();
                    grown.map(|grown| scope.global(grown).unwrap())
                });
                if let Some(grown) = grown {
                    self.table = grown;
                }
                model.entries.insert(model.roots[key].unwrap(), model.roots[value].unwrap());
            }
            Op::Litter { cells } => heap.enter(|scope| {
                for _ in 0..cells {
                    scope.scope(|inner| inner.alloc(Kind::Array, 40, 0).map(drop)).unwrap();
                }
            }),
            Op::Scavenge => heap.scavenge(),
            Op::Collect => self.collect(),
        }
    }

    /// After a full collection exactly what the model reaches lives, as it was written.
    fn collect(&mut self) {
        self.heap.collect();
        let live = self.model.reachable();
        self.model.links.retain(|number, _| live.contains(number));
        self.model.entries.retain(|key, _| live.contains(key));
        let Self { heap, weak, table, model, .. } = self;
        heap.enter(|scope| {
            weak.retain(|(number, weak)| {
                let weak = scope.local(weak).unwrap();
                let target = scope.weak_target(weak).unwrap();
                assert_eq!(target.is_some(), live.contains(number), "object {number}");
                let Some(cell) = target else { return false };
                let read = |scope: &mut heap_model::Scope<'_>, cell| match scope
                    .get(cell, NUMBER)
                    .unwrap()
                {
                    Value::Smi(number) => number,
                    other => panic!("a number, not {other:?}"),
                };
                assert_eq!(read(scope, cell), *number);
                assert!(scope.bytes(cell).unwrap().iter().all(|byte| *byte == *number as u8));
                for slot in 0..SLOTS {
                    let found = match scope.get(cell, slot).unwrap() {
                        Value::Ref(target) => Some(read(scope, target)),
                        _ => None,
                    };
                    assert_eq!(found, model.links[number][slot]);
                }
                let table = scope.local(table).unwrap();
                let value = match scope.ephemeron_get(table, cell).unwrap() {
                    Some(Value::Ref(value)) => Some(read(scope, value)),
                    _ => None,
                };
                assert_eq!(value, model.entries.get(number).copied());
                true
            });
            let table = scope.local(table).unwrap();
            assert_eq!(scope.ephemeron_len(table).unwrap(), model.entries.len());
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exactly_what_is_reachable_survives(ops in prop::collection::vec(op(), 1..150)) {
        let mut program = Program::new();
        for op in &ops {
            program.step(op);
        }
        program.collect();
        program.roots = [const { None }; ROOTS];
        program.model.roots = [None; ROOTS];
        program.collect();
        prop_assert!(program.model.links.is_empty());
    }
}
