//! Random programs over all weak collections at once, beside a naive oracle: what is reachable is
//! computed anew as a fixpoint, over entries and objects in any order, until nothing is added.
//!
//! Every cell of a program is a node: an object with fields, a map, a set or a registry. Any node
//! may be a key, a value, a member, a target, a token or a held value of any other, or of itself.

use heap_model::{Global, Heap, HeapOptions, Kind, Local, Scope, TableSizing, Value};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;
use weak_refs::{Agent, FinalizationRegistry, WeakMap, WeakRef, WeakSet};

const ROOTS: usize = 6;
const FIELDS: usize = 2;

type Id = usize;

#[derive(Clone, Copy, Debug)]
enum Sort {
    Object,
    Map,
    Set,
    Registry,
}

/// Operands are roots; an operation whose operands are null or of another sort does nothing.
#[derive(Clone, Debug)]
enum Op {
    New(Sort, usize),
    Unroot(usize),
    /// A field of an object refers to a root.
    Link(usize, usize, usize),
    /// A map's entry, a set's member, or a registration with or without a token.
    Put(usize, usize, usize, Option<usize>),
    /// Takes back an entry, a member, or the registrations of a token.
    Remove(usize, usize),
    /// A root becomes the value that a map has for a key.
    Get(usize, usize, usize),
    /// A WeakRef to a node, by number, is dereferenced.
    Deref(usize),
    EndJob,
    /// So many cells that nothing refers to: the heap collects by itself, in steps where it does.
    Litter(usize),
    Scavenge,
    Collect,
}

fn op() -> impl Strategy<Value = Op> {
    let root = 0..ROOTS;
    let sort = prop_oneof![
        4 => Just(Sort::Object),
        2 => Just(Sort::Map),
        1 => Just(Sort::Set),
        1 => Just(Sort::Registry),
    ];
    prop_oneof![
        6 => (sort, root.clone()).prop_map(|(sort, at)| Op::New(sort, at)),
        4 => root.clone().prop_map(Op::Unroot),
        3 => (root.clone(), 0..FIELDS, root.clone()).prop_map(|(a, f, b)| Op::Link(a, f, b)),
        8 => (root.clone(), root.clone(), root.clone(), prop::option::of(root.clone()))
            .prop_map(|(a, k, v, token)| Op::Put(a, k, v, token)),
        2 => (root.clone(), root.clone()).prop_map(|(a, k)| Op::Remove(a, k)),
        3 => (root.clone(), root.clone(), root).prop_map(|(to, a, k)| Op::Get(to, a, k)),
        1 => (0..40_usize).prop_map(Op::Deref),
        2 => Just(Op::EndJob),
        1 => (1..3000_usize).prop_map(Op::Litter),
        1 => Just(Op::Scavenge),
        2 => Just(Op::Collect),
    ]
}

#[derive(Debug)]
enum Node {
    Object([Option<Id>; FIELDS]),
    Map(Vec<(Id, Id)>),
    Set(BTreeSet<Id>),
    Registry(Vec<Registered>),
}

#[derive(Clone, Copy, Debug)]
struct Registered {
    target: Id,
    held: Id,
    token: Option<Id>,
}

/// The oracle: nodes by number, none where it has been collected.
#[derive(Default)]
struct Oracle {
    nodes: Vec<Option<Node>>,
    roots: [Option<Id>; ROOTS],
    kept: BTreeSet<Id>,
}

impl Oracle {
    fn node(&mut self, at: usize) -> Option<&mut Node> {
        self.nodes[self.roots[at]?].as_mut()
    }

    /// What is reachable from roots and kept targets.
    fn reachable(&self) -> BTreeSet<Id> {
        let mut reached: BTreeSet<Id> = self.roots.iter().flatten().copied().collect();
        reached.extend(&self.kept);
        loop {
            let mut more = BTreeSet::new();
            for id in &reached {
                match self.nodes[*id].as_ref().expect("what is reachable is not collected") {
                    Node::Object(fields) => more.extend(fields.iter().flatten()),
                    Node::Map(entries) => {
                        let live = entries.iter().filter(|(key, _)| reached.contains(key));
                        more.extend(live.map(|(_, value)| value));
                    }
                    Node::Set(_) => {}
                    Node::Registry(cells) => more.extend(cells.iter().map(|cell| cell.held)),
                }
            }
            if more.is_subset(&reached) {
                return reached;
            }
            reached.append(&mut more);
        }
    }

    /// Collects and cleans up; returns the held values that come out, with their registries.
    fn collect(&mut self) -> Vec<(Id, Id)> {
        let live = self.reachable();
        let mut out = Vec::new();
        for (id, slot) in self.nodes.iter_mut().enumerate() {
            if !live.contains(&id) {
                *slot = None;
            }
            match slot {
                Some(Node::Map(entries)) => entries.retain(|(key, _)| live.contains(key)),
                Some(Node::Set(members)) => members.retain(|member| live.contains(member)),
                Some(Node::Registry(cells)) => cells.retain(|cell| {
                    let alive = live.contains(&cell.target);
                    if !alive {
                        out.push((id, cell.held));
                    }
                    alive
                }),
                Some(Node::Object(_)) | None => {}
            }
        }
        out
    }
}

/// The program's own variables.
#[derive(Default)]
struct Program {
    oracle: Oracle,
    roots: [Option<Global>; ROOTS],
    /// A WeakRef to each node, by number.
    references: Vec<Global>,
    agent: Agent,
}

impl Program {
    fn step(&mut self, scope: &mut Scope<'_>, op: &Op) {
        match *op {
            Op::New(sort, at) => self.new_node(scope, sort, at),
            Op::Unroot(at) => (self.roots[at], self.oracle.roots[at]) = (None, None),
            Op::Link(a, field, b) => {
                let to = self.oracle.roots[b];
                let Some(Node::Object(fields)) = self.oracle.node(a) else { return };
                fields[field] = to;
                let value = self.local(scope, b).map_or(Value::Null, Value::Ref);
                let object = self.local(scope, a).expect("an object");
                scope.set(object, field, value).expect("a field");
            }
            Op::Put(a, key, value, token) => self.put(scope, a, key, value, token),
            Op::Remove(a, key) => self.remove(scope, a, key),
            Op::Get(to, a, key) => self.get(scope, to, a, key),
            Op::Deref(id) => self.deref(scope, id),
            Op::EndJob => {
                self.agent.end_job();
                self.oracle.kept.clear();
            }
            Op::Litter(cells) => (0..cells).for_each(|i| {
                // Some are too large for the new space, so that the old generation grows.
                let slots = if i % 400 == 0 { 20_000 } else { 20 };
                scope.scope(|inner| inner.alloc(Kind::Array, slots, 0).map(drop)).expect("room");
            }),
            Op::Scavenge => scope.scavenge(),
            Op::Collect => self.collect(scope),
        }
    }

    fn new_node(&mut self, scope: &mut Scope<'_>, sort: Sort, at: usize) {
        let (cell, node) = match sort {
            Sort::Object => {
                let object = scope.alloc(Kind::Object, FIELDS, 0).expect("room");
                (object, Node::Object([None; FIELDS]))
            }
            Sort::Map => (WeakMap::new(scope).expect("room").cell(), Node::Map(Vec::new())),
            Sort::Set => (WeakSet::new(scope).expect("room").cell(), Node::Set(BTreeSet::new())),
            Sort::Registry => {
                let registry = FinalizationRegistry::new(scope).expect("room");
                (registry.cell(), Node::Registry(Vec::new()))
            }
        };
        let id = self.oracle.nodes.len();
        self.oracle.nodes.push(Some(node));
        self.oracle.roots[at] = Some(id);
        self.oracle.kept.insert(id);
        let reference =
            WeakRef::new(scope, &mut self.agent, Value::Ref(cell)).expect("an identity");
        self.references.push(scope.global(reference.cell()).expect("this heap's"));
        self.roots[at] = Some(scope.global(cell).expect("this heap's"));
    }

    fn put(
        &mut self,
        scope: &mut Scope<'_>,
        a: usize,
        key: usize,
        value: usize,
        token: Option<usize>,
    ) {
        let roots = self.oracle.roots;
        let (Some(key_id), Some(value_id)) = (roots[key], roots[value]) else { return };
        let (Some(cell), Some(key), Some(value)) =
            (self.local(scope, a), self.local(scope, key), self.local(scope, value))
        else {
            return;
        };
        let token_id = token.and_then(|token| roots[token]);
        let token = token.and_then(|token| self.local(scope, token)).map(Value::Ref);
        match self.oracle.node(a) {
            Some(Node::Map(entries)) => {
                entries.retain(|(key, _)| *key != key_id);
                entries.push((key_id, value_id));
                let map = WeakMap::from_cell(scope, cell).expect("a map");
                map.set(scope, Value::Ref(key), Value::Ref(value)).expect("an identity");
            }
            Some(Node::Set(members)) => {
                members.insert(key_id);
                let set = WeakSet::from_cell(scope, cell).expect("a set");
                set.add(scope, Value::Ref(key)).expect("an identity");
            }
            Some(Node::Registry(cells)) => {
                let registry = FinalizationRegistry::from_cell(scope, cell).expect("a registry");
                let done = registry.register(scope, Value::Ref(key), Value::Ref(value), token);
                assert_eq!(done.is_err(), key_id == value_id);
                if done.is_ok() {
                    cells.push(Registered { target: key_id, held: value_id, token: token_id });
                }
            }
            Some(Node::Object(_)) | None => {}
        }
    }

    fn remove(&mut self, scope: &mut Scope<'_>, a: usize, key: usize) {
        let Some(key_id) = self.oracle.roots[key] else { return };
        let (Some(cell), Some(key)) = (self.local(scope, a), self.local(scope, key)) else {
            return;
        };
        let key = Value::Ref(key);
        match self.oracle.node(a) {
            Some(Node::Map(entries)) => {
                let before = entries.len();
                entries.retain(|(key, _)| *key != key_id);
                let map = WeakMap::from_cell(scope, cell).expect("a map");
                assert_eq!(map.delete(scope, key).expect("a handle"), entries.len() < before);
            }
            Some(Node::Set(members)) => {
                let set = WeakSet::from_cell(scope, cell).expect("a set");
                assert_eq!(set.delete(scope, key).expect("a handle"), members.remove(&key_id));
            }
            Some(Node::Registry(cells)) => {
                let before = cells.len();
                cells.retain(|cell| cell.token != Some(key_id));
                let registry = FinalizationRegistry::from_cell(scope, cell).expect("a registry");
                let any = registry.unregister(scope, key).expect("an identity");
                assert_eq!(any, cells.len() < before);
            }
            Some(Node::Object(_)) | None => {}
        }
    }

    fn get(&mut self, scope: &mut Scope<'_>, to: usize, a: usize, key: usize) {
        let Some(key_id) = self.oracle.roots[key] else { return };
        let Some(Node::Map(entries)) = self.oracle.node(a) else { return };
        let expected = entries.iter().find(|(key, _)| *key == key_id).map(|(_, value)| *value);
        let cell = self.local(scope, a).expect("a map");
        let key = self.local(scope, key).expect("a node");
        let map = WeakMap::from_cell(scope, cell).expect("a map");
        let found = map.get(scope, Value::Ref(key)).expect("a handle");
        assert_eq!(map.has(scope, Value::Ref(key)).expect("a handle"), expected.is_some());
        let Some(Value::Ref(value)) = found else {
            assert_eq!(expected, None);
            return;
        };
        assert_eq!(Some(self.id(scope, value)), expected);
        self.roots[to] = Some(scope.global(value).expect("this heap's"));
        self.oracle.roots[to] = expected;
    }

    fn deref(&mut self, scope: &mut Scope<'_>, id: Id) {
        let Some(reference) = self.references.get(id) else { return };
        let cell = scope.local(reference).expect("this heap's");
        let reference = WeakRef::from_cell(scope, cell).expect("a reference");
        let found = reference.deref(scope, &mut self.agent).expect("room");
        if found.is_some() {
            assert!(self.oracle.nodes[id].is_some(), "node {id}");
            self.oracle.kept.insert(id);
        } else {
            // The heap may have collected by itself.
            assert!(!self.oracle.reachable().contains(&id), "node {id}");
        }
    }

    /// Collects, cleans up every registry that is left, and compares all there is.
    fn collect(&mut self, scope: &mut Scope<'_>) {
        let expected = self.oracle.collect();
        scope.collect();
        let mut came_out = Vec::new();
        for id in 0..self.references.len() {
            let cell = scope.local(&self.references[id]).expect("this heap's");
            let target = scope.weak_target(cell).expect("a reference");
            let node = self.oracle.nodes[id].as_ref();
            assert_eq!(target.is_some(), node.is_some(), "node {id}");
            let Some(target) = target else { continue };
            match node {
                Some(Node::Map(entries)) => {
                    let map = WeakMap::from_cell(scope, target).expect("a map");
                    assert_eq!(map.occupancy(scope).expect("a handle"), entries.len());
                }
                Some(Node::Set(members)) => {
                    let set = WeakSet::from_cell(scope, target).expect("a set");
                    assert_eq!(set.occupancy(scope).expect("a handle"), members.len());
                }
                Some(Node::Registry(cells)) => {
                    let registry =
                        FinalizationRegistry::from_cell(scope, target).expect("a registry");
                    let out = registry.cleanup_some(scope, usize::MAX, |scope, held| {
                        let Value::Ref(held) = held else { panic!("a node") };
                        came_out.push((id, self.id(scope, held)));
                    });
                    out.expect("room");
                    let left = registry.occupancy(scope).expect("a handle");
                    assert_eq!(left, cells.len());
                }
                Some(Node::Object(_)) | None => {}
            }
        }
        assert_eq!(came_out, expected);
    }

    fn local<'s>(&self, scope: &mut Scope<'s>, at: usize) -> Option<Local<'s>> {
        self.roots[at].as_ref().map(|root| scope.local(root).expect("this heap's"))
    }

    /// The number of a node.
    fn id(&self, scope: &mut Scope<'_>, cell: Local<'_>) -> Id {
        let found = (0..self.references.len()).find(|id| {
            scope.scope(|inner| {
                let reference = inner.local(&self.references[*id]).expect("this heap's");
                let target = inner.weak_target(reference).expect("a reference");
                target.is_some_and(|target| inner.same(target, cell))
            })
        });
        found.expect("every node has a reference")
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_kept_and_cleaned_up_is_what_a_fixpoint_from_scratch_says(
        program in prop::collection::vec(op(), 0..150),
        incremental in any::<bool>(),
        v8 in any::<bool>(),
    ) {
        let mut options = HeapOptions::default();
        if incremental {
            options.initial_old_generation = 1 << 16;
            options.incremental = Some(Duration::from_micros(1));
        }
        options.tables = if v8 { TableSizing::V8 } else { TableSizing::Shrink };
        let mut heap = Heap::new(options).expect("a heap");
        let mut variables = Program::default();
        for op in program.iter().chain(&[Op::EndJob, Op::Collect]) {
            heap.enter(|scope| variables.step(scope, op));
        }
    }
}
