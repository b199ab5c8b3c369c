//! A random program: each operation is done in the heap and in the oracle, and the two are compared.

use super::oracle::{Object, Oracle, Slot};
use heap_model::{
    AccessError, CollectionKind, Global, Heap, HeapError, HeapOptions, Kind, Local, MarkingPace,
    Scope, Site, Value, Weak, shapes,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Roots that all operations use; then those of owners of registrations, and of registrations.
const ROOTS: usize = 6;
const OWNERS: usize = ROOTS + 2;
const ALL: usize = OWNERS + 8;
const SITES: usize = 2;
/// Cells of one piece of ballast, and bytes of one cell.
const BALLAST: usize = 5000;
const LINK: usize = 32;
/// The first slot of a registration that is its user's, and how many an owner has that are not.
pub(super) const USERS: usize = 4;
pub(super) const OWNED: usize = 2;

/// Kinds that are nothing but slots and bytes.
const PLAIN: [Kind; 5] = [Kind::Object, Kind::Array, Kind::Bytes, Kind::Context, Kind::Closure];

#[derive(Clone, Debug)]
pub enum Op {
    Plain { root: usize, kind: Kind, slots: usize, raw: usize, site: Option<usize>, watch: bool },
    Filled { root: usize, kind: Kind, from: Vec<usize>, site: Option<usize> },
    Double { root: usize, bits: u64 },
    Native { root: usize, slots: usize, external: usize },
    Weak { root: usize, target: usize },
    Table { root: usize, capacity: usize },
    Set { from: usize, slot: usize, value: Source },
    Load { root: usize, from: usize, slot: usize },
    Copy { root: usize, from: usize },
    Drop { root: usize },
    Entry { table: usize, key: usize, value: Source },
    Remove { table: usize, key: usize },
    Look { root: usize, table: usize, key: usize },
    Deref { root: usize, weak: usize },
    Register { root: usize, owner: usize, target: usize, token: Option<usize>, value: Source },
    End { root: usize },
    Take { root: usize, owner: usize },
    Hold { root: usize, cells: usize },
    Litter { cells: usize, slots: usize },
    Scavenge,
    Collect,
    Idle { micros: u64 },
    Release,
}

#[derive(Clone, Copy, Debug)]
pub enum Source {
    Plain(Slot),
    Root(usize),
}

fn source() -> impl Strategy<Value = Source> {
    let plain = prop_oneof![
        Just(Slot::Undefined),
        Just(Slot::Null),
        Just(Slot::Hole),
        any::<bool>().prop_map(Slot::Bool),
        any::<i32>().prop_map(Slot::Smi),
    ];
    prop_oneof![1 => plain.prop_map(Source::Plain), 4 => (0..ROOTS).prop_map(Source::Root)]
}

/// Operations in which the old generation grows and no full collection is asked for, so that markings
/// go on between them.
pub fn op_along_marking() -> impl Strategy<Value = Op> {
    let large = (0..ROOTS, 1_usize..8, 130_000_usize..400_000);
    let large = large.prop_map(|(root, slots, raw)| {
        let (kind, site) = (Kind::Object, None);
        Op::Plain { root, kind, slots, raw, site, watch: false }
    });
    let others = op().prop_filter("asks for a collection", |op| !matches!(op, Op::Collect));
    prop_oneof![1 => large, 3 => others]
}

pub fn op() -> impl Strategy<Value = Op> {
    let root = || 0..ROOTS;
    let owner = || prop_oneof![1 => 0..ROOTS, 8 => ROOTS..OWNERS];
    let kind = || prop::sample::select(&PLAIN[..]);
    let slots = prop_oneof![30 => 0_usize..8, 2 => 2049_usize..16_000, 1 => 16_000_usize..18_000];
    // Wide cells are visited in pieces: references lie in all of them.
    let slot = || prop_oneof![3 => 0_usize..8, 1 => 0_usize..18_000];
    let raw = prop_oneof![20 => 0_usize..80, 4 => 1000_usize..60_000, 1 => 120_000_usize..300_000];
    let site = prop::option::of(0..SITES);
    let plain = (root(), kind(), slots, raw, site.clone(), any::<bool>());
    prop_oneof![
        12 => plain.prop_map(|(root, kind, slots, raw, site, watch)| {
            Op::Plain { root, kind, slots, raw, site, watch }
        }),
        4 => (root(), kind(), prop::collection::vec(root(), 0..6), site)
            .prop_map(|(root, kind, from, site)| Op::Filled { root, kind, from, site }),
        1 => (root(), any::<u64>()).prop_map(|(root, bits)| Op::Double { root, bits }),
        2 => (root(), 0_usize..4, 0_usize..1000)
            .prop_map(|(root, slots, external)| Op::Native { root, slots, external }),
        2 => (root(), root()).prop_map(|(root, target)| Op::Weak { root, target }),
        2 => (root(), 0_usize..20).prop_map(|(root, capacity)| Op::Table { root, capacity }),
        12 => (root(), slot(), source())
            .prop_map(|(from, slot, value)| Op::Set { from, slot, value }),
        4 => (root(), root(), slot())
            .prop_map(|(root, from, slot)| Op::Load { root, from, slot }),
        2 => (root(), root()).prop_map(|(root, from)| Op::Copy { root, from }),
        3 => root().prop_map(|root| Op::Drop { root }),
        6 => (root(), root(), source())
            .prop_map(|(table, key, value)| Op::Entry { table, key, value }),
        1 => (root(), root()).prop_map(|(table, key)| Op::Remove { table, key }),
        1 => (root(), root(), root())
            .prop_map(|(root, table, key)| Op::Look { root, table, key }),
        1 => (root(), root()).prop_map(|(root, weak)| Op::Deref { root, weak }),
        2 => (ROOTS..OWNERS, 2_usize..5).prop_map(|(root, slots)| {
            let (kind, site) = (Kind::Array, None);
            Op::Plain { root, kind, slots, raw: 0, site, watch: false }
        }),
        14 => (OWNERS..ALL, owner(), root(), prop::option::of(root()), source())
            .prop_map(|(root, owner, target, token, value)| {
                Op::Register { root, owner, target, token, value }
            }),
        1 => (0..ALL).prop_map(|root| Op::End { root }),
        6 => (root(), owner()).prop_map(|(root, owner)| Op::Take { root, owner }),
        1 => (0..ALL).prop_map(|root| Op::Drop { root }),
        1 => (root(), 0_usize..2000).prop_map(|(root, cells)| Op::Hold { root, cells }),
        2 => (0_usize..3000, 0_usize..60).prop_map(|(cells, slots)| Op::Litter { cells, slots }),
        1 => Just(Op::Scavenge),
        3 => Just(Op::Collect),
        1 => (0_u64..300).prop_map(|micros| Op::Idle { micros }),
        1 => Just(Op::Release),
    ]
}

/// Heaps of all sizes, some too small for the program.
pub fn options() -> impl Strategy<Value = HeapOptions> {
    let kib = |from: usize, to: usize| (from..to).prop_map(|kib| kib << 10);
    let incremental = prop::option::of((1_u64..100).prop_map(Duration::from_micros));
    let pace = prop_oneof![
        Just(MarkingPace::AtOnce),
        Just(MarkingPace::Ahead),
        (0.1..2.0).prop_map(MarkingPace::Interleaved),
        (0.1..2.0).prop_map(MarkingPace::Separate),
    ];
    let policies = (incremental, pace, any::<bool>());
    (kib(256, 1024), kib(256, 4096), kib(0, 4096), kib(2 << 10, 64 << 10), policies).prop_map(
        |(initial_semi_space, max_semi_space, initial_old_generation, limit, policies)| {
            let (incremental, pace, adaptive) = policies;
            HeapOptions::default()
                .with_marking_pace(pace)
                .with_adaptive_initial(adaptive)
                .with_limit(limit.max(3 * initial_semi_space + (1 << 20)))
                .with_initial_semi_space(initial_semi_space)
                .with_max_semi_space(max_semi_space)
                .with_initial_old_generation(initial_old_generation)
                .with_incremental(incremental)
        },
    )
}

/// A payload that tells when it is dropped.
struct Counted(u32, Arc<Mutex<Vec<u32>>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

pub struct Program {
    pub(super) heap: Heap,
    pub(super) roots: Vec<Option<Global>>,
    sites: Vec<Site>,
    /// Weak handles to objects that the program watches.
    watched: Vec<(u32, Weak)>,
    /// Weak handles to the registrations, and how many full collections there were when they were last asked.
    pub(super) registrations: Vec<(u32, Weak)>,
    pub(super) asked: usize,
    pub(super) oracle: Oracle,
    /// Payloads made so far, which are numbered.
    payloads: u32,
    dropped: Arc<Mutex<Vec<u32>>>,
    ballast: Vec<Global>,
    marked: Arc<AtomicUsize>,
}

impl Program {
    /// With `ballast` cells in a list that stays, so that marking takes its time.
    pub fn new(options: HeapOptions, zeal: u32, ballast: usize) -> Self {
        let mut heap = Heap::new(options).unwrap();
        let ballast = heap.enter(|scope| list(scope, ballast));
        let marked = Arc::new(AtomicUsize::new(0));
        let counter = marked.clone();
        heap.on_collection(move |event| {
            if event.kind == CollectionKind::Incremental {
                counter.fetch_add(event.steps, Ordering::Relaxed);
            }
        });
        #[cfg(zeal)]
        heap.set_zeal(Some(zeal));
        let _ = zeal;
        let sites = heap.enter(|scope| (0..SITES).map(|_| scope.site()).collect());
        Self {
            heap,
            roots: (0..ALL).map(|_| None).collect(),
            sites,
            watched: Vec::new(),
            registrations: Vec::new(),
            asked: 0,
            oracle: Oracle { roots: vec![None; ALL], ..Oracle::default() },
            payloads: 0,
            dropped: Arc::default(),
            ballast,
            marked,
        }
    }

    /// Steps of all incremental markings that came to their end.
    pub fn steps_of_marking(&self) -> usize {
        self.marked.load(Ordering::Relaxed)
    }

    /// Puts a new cell in a root; nothing changes if the heap is full.
    pub(super) fn make(
        &mut self,
        root: usize,
        object: Object,
        watch: bool,
        make: impl for<'s> FnOnce(&mut Scope<'s>, &[Option<Global>]) -> Option<Local<'s>>,
    ) -> Option<u32> {
        let Self { heap, roots, .. } = self;
        let (global, weak, size) = heap.enter(|scope| {
            let cell = make(scope, roots)?;
            let weak = watch.then(|| scope.weak(cell).unwrap());
            Some((scope.global(cell).unwrap(), weak, scope.size(cell).unwrap()))
        })?;
        assert!(object.size == 0 || object.size == size, "{object:?} takes {size} bytes");
        let number = self.oracle.add(Object { size, ..object });
        self.watched.extend(weak.map(|weak| (number, weak)));
        self.set_root(root, Some(global), Some(number));
        Some(number)
    }

    pub(super) fn set_root(&mut self, root: usize, global: Option<Global>, number: Option<u32>) {
        self.roots[root] = global;
        self.oracle.roots[root] = number;
    }

    pub(super) fn resolve(&self, source: Source) -> Slot {
        match source {
            Source::Plain(slot) => slot,
            Source::Root(root) => self.oracle.roots[root].map_or(Slot::Null, Slot::Ref),
        }
    }

    pub fn step(&mut self, op: &Op) {
        self.ask();
        match *op {
            Op::Plain { root, kind, slots, raw, site, watch } => {
                let size = (16 + 8 * slots + raw).next_multiple_of(8);
                let fill = (slots + raw) as u8;
                let object =
                    Object { fill, slots: vec![Slot::Undefined; slots], ..blank(kind, size) };
                let site = site.map(|site| self.sites[site]);
                self.make(root, object, watch, |scope, _| {
                    let cell = match site {
                        Some(site) => scope.alloc_at(site, kind, slots, raw),
                        None => scope.alloc(kind, slots, raw),
                    };
                    let cell = cell.ok()?;
                    scope.bytes_mut(cell).unwrap().fill(fill);
                    Some(cell)
                });
            }
            Op::Filled { root, kind, ref from, site } => {
                let site = site.map(|site| self.sites[site]);
                let slots = from.iter().map(|root| self.resolve(Source::Root(*root))).collect();
                let object = Object { slots, ..blank(kind, 16 + 8 * from.len()) };
                self.make(root, object, false, |scope, roots| {
                    let slots: Vec<Value<'_>> =
                        from.iter().map(|root| value_of_root(scope, &roots[*root])).collect();
                    match site {
                        Some(site) => scope.alloc_with_at(site, kind, &slots).ok(),
                        None => scope.alloc_with(kind, &slots).ok(),
                    }
                });
            }
            Op::Double { root, bits } => {
                let object = Object { fill: bits as u8, ..blank(Kind::Double, 16) };
                self.make(root, object, false, |scope, _| {
                    let number = f64::from_bits(u64::from(bits as u8) * 0x0101_0101_0101_0101);
                    shapes::heap_number(scope, number).ok()
                });
            }
            Op::Native { root, slots, external } => {
                self.payloads += 1;
                let number = self.payloads;
                let object = Object {
                    slots: vec![Slot::Undefined; slots],
                    external,
                    payload: Some(number),
                    ..blank(Kind::Native, 16 + 8 * slots)
                };
                let payload = Box::new(Counted(number, self.dropped.clone()));
                self.make(root, object, true, |scope, _| {
                    match scope.alloc_native(16 + 8 * slots, slots, payload, external) {
                        Ok(cell) => Some(cell),
                        Err(refused) => {
                            assert!(refused.payload.is::<Counted>());
                            None
                        }
                    }
                });
            }
            Op::Weak { root, target } => {
                let Some((number, _)) = self.oracle.root(target) else { return };
                let object = Object { target: Some(number), ..blank(Kind::WeakCell, 32) };
                self.make(root, object, false, |scope, roots| {
                    let target = scope.local(roots[target].as_ref()?).unwrap();
                    scope.alloc_weak_cell(target).ok()
                });
            }
            Op::Table { root, capacity } => {
                let object = blank(Kind::EphemeronTable, 0);
                self.make(root, object, false, |scope, _| {
                    scope.alloc_ephemeron_table(capacity).ok()
                });
            }
            Op::Set { from, slot, value } => self.set(from, slot, value),
            Op::Load { root, from, slot } => self.load(root, from, slot),
            Op::Copy { root, from } => {
                let Self { heap, roots, oracle, .. } = self;
                let global = roots[from].as_ref().map(|global| {
                    heap.enter(|scope| {
                        let cell = scope.local(global).unwrap();
                        scope.global(cell).unwrap()
                    })
                });
                let number = oracle.roots[from];
                self.set_root(root, global, number);
            }
            Op::Drop { root } => self.set_root(root, None, None),
            Op::Entry { table, key, value } => self.entry(table, key, value),
            Op::Remove { table, key } => self.remove(table, key),
            Op::Look { root, table, key } => self.look(root, table, key),
            Op::Deref { root, weak } => self.deref(root, weak),
            Op::Register { root, owner, target, token, value } => {
                self.register(root, owner, target, token, value);
            }
            Op::End { root } => self.end_registration(root),
            Op::Take { root, owner } => self.take(root, owner),
            Op::Hold { root, cells } => {
                let Some(global) = &self.roots[root] else { return };
                self.heap.enter(|scope| {
                    let held = scope.local(global).unwrap();
                    let size = scope.size(held).unwrap();
                    litter(scope, cells, 20);
                    let again = scope.local(global).unwrap();
                    assert!(scope.same(held, again), "a handle and an owned root part");
                    // A table may have been made smaller.
                    if scope.kind(held) != Ok(Kind::EphemeronTable) {
                        assert_eq!(scope.size(held), Ok(size));
                    }
                });
            }
            Op::Litter { cells, slots } => self.heap.enter(|scope| litter(scope, cells, slots)),
            Op::Scavenge => self.heap.scavenge(),
            Op::Collect => self.collect(),
            Op::Idle { micros } => {
                self.heap.idle(Instant::now() + Duration::from_micros(micros));
            }
            Op::Release => self.heap.release_memory(),
        }
        assert!(self.heap.heap_total() <= self.heap.limit(), "after {op:?}");
    }

    fn set(&mut self, from: usize, slot: usize, value: Source) {
        let resolved = self.resolve(value);
        let Self { heap, roots, oracle, .. } = self;
        let Some(global) = &roots[from] else { return };
        let Some(number) = oracle.roots[from] else { return };
        let object = &oracle.objects[&number];
        let weak = matches!(object.kind, Kind::WeakCell | Kind::EphemeronTable);
        if object.found.is_some() && slot < OWNED {
            return;
        }
        let first = first_slot(object);
        heap.enter(|scope| {
            let cell = scope.local(global).unwrap();
            let value = match value {
                Source::Plain(slot) => plain(slot),
                Source::Root(root) => value_of_root(scope, &roots[root]),
            };
            if first > 0 {
                assert_eq!(scope.set(cell, slot % first, value), Err(AccessError::WrongKind));
            }
            let done = scope.set(cell, first + slot, value);
            let there = oracle.object(number).slots.get_mut(slot);
            assert_eq!(done.is_ok(), there.is_some() && !weak);
            if let Some(there) = there {
                *there = resolved;
            }
        });
    }

    fn load(&mut self, root: usize, from: usize, slot: usize) {
        let Some((_, object)) = self.oracle.root(from) else { return };
        let Some(Slot::Ref(number)) = object.slots.get(slot).copied() else { return };
        let first = first_slot(object);
        let global = self.roots[from].as_ref().unwrap();
        let global = self.heap.enter(|scope| {
            let cell = scope.local(global).unwrap();
            match scope.get(cell, first + slot) {
                Ok(Value::Ref(target)) => scope.global(target).unwrap(),
                other => panic!("a reference, not {other:?}"),
            }
        });
        self.set_root(root, Some(global), Some(number));
    }

    fn entry(&mut self, table: usize, key: usize, value: Source) {
        let Some(number) = self.oracle.root_of_kind(table, Kind::EphemeronTable) else { return };
        let Some((key_number, key_object)) = self.oracle.root(key) else { return };
        let double = key_object.kind == Kind::Double;
        let resolved = self.resolve(value);
        let Self { heap, roots, oracle, .. } = self;
        let (Some(t), Some(k)) = (&roots[table], &roots[key]) else { return };
        let done = heap.enter(|scope| {
            let (table, key) = (scope.local(t).unwrap(), scope.local(k).unwrap());
            let value = match value {
                Source::Plain(slot) => plain(slot),
                Source::Root(root) => value_of_root(scope, &roots[root]),
            };
            let grown = scope.ephemeron_set(table, key, value).ok()?;
            Some(grown.map(|grown| (scope.global(grown).unwrap(), scope.size(grown).unwrap())))
        });
        assert!(!double || done.is_none());
        match done {
            None => {}
            Some(None) => {
                oracle.object(number).entries.insert(key_number, resolved);
            }
            Some(Some((global, size))) => {
                // The table that was outgrown keeps what it had.
                let mut grown = Object { size, ..oracle.object(number).clone() };
                grown.entries.insert(key_number, resolved);
                let grown = oracle.add(grown);
                self.set_root(table, Some(global), Some(grown));
            }
        }
    }

    fn remove(&mut self, table: usize, key: usize) {
        let Some(number) = self.oracle.root_of_kind(table, Kind::EphemeronTable) else { return };
        let Some((key_number, key_object)) = self.oracle.root(key) else { return };
        if key_object.kind == Kind::Double {
            return;
        }
        let Self { heap, roots, oracle, .. } = self;
        let (Some(t), Some(k)) = (&roots[table], &roots[key]) else { return };
        let removed = heap.enter(|scope| {
            let (table, key) = (scope.local(t).unwrap(), scope.local(k).unwrap());
            scope.ephemeron_delete(table, key).unwrap()
        });
        assert_eq!(removed, oracle.object(number).entries.remove(&key_number).is_some());
    }

    fn look(&mut self, root: usize, table: usize, key: usize) {
        let Some(number) = self.oracle.root_of_kind(table, Kind::EphemeronTable) else { return };
        let Some((key_number, key_object)) = self.oracle.root(key) else { return };
        if key_object.kind == Kind::Double {
            return;
        }
        let expected = self.oracle.objects[&number].entries.get(&key_number).copied();
        let Self { heap, roots, .. } = self;
        let (Some(t), Some(k)) = (&roots[table], &roots[key]) else { return };
        let found = heap.enter(|scope| {
            let (table, key) = (scope.local(t).unwrap(), scope.local(k).unwrap());
            let found = scope.ephemeron_get(table, key).unwrap();
            assert_eq!(found.is_some(), expected.is_some());
            match found {
                Some(Value::Ref(cell)) => Some(scope.global(cell).unwrap()),
                _ => None,
            }
        });
        if let Some(Slot::Ref(number)) = expected {
            assert!(found.is_some());
            self.set_root(root, found, Some(number));
        }
    }

    fn deref(&mut self, root: usize, weak: usize) {
        let Some(number) = self.oracle.root_of_kind(weak, Kind::WeakCell) else { return };
        let expected = self.oracle.objects[&number].target;
        let global = self.roots[weak].as_ref().unwrap();
        let found = self.heap.enter(|scope| {
            let cell = scope.local(global).unwrap();
            let target = scope.weak_target(cell).unwrap();
            target.map(|target| scope.global(target).unwrap())
        });
        if found.is_some() {
            assert!(expected.is_some(), "a dead cell is given out");
            self.set_root(root, found, expected);
        } else {
            let live = self.oracle.reachable();
            assert!(expected.is_none_or(|target| !live.contains(&target)), "lost object");
        }
    }

    /// After a full collection exactly what the oracle reaches lives, as it was written.
    pub fn collect(&mut self) {
        self.ask();
        self.heap.collect();
        self.oracle.collect();
        self.compare_fates();
        let objects = &self.oracle.objects;
        // A table's size is the heap's to choose, so it is taken from there.
        let is_table = |object: &&Object| object.kind == Kind::EphemeronTable;
        let others = objects.values().filter(|object| !is_table(object));
        let bytes: usize = others.map(|object| object.size).sum();
        let mut tables = Vec::new();
        self.heap.walk(|node| {
            if node.kind == Kind::EphemeronTable {
                tables.push(node.size);
            }
        });
        assert_eq!(tables.len(), objects.values().filter(is_table).count());
        let bytes = bytes + tables.iter().sum::<usize>();
        assert_eq!(self.heap.heap_used(), bytes + LINK * BALLAST * self.ballast.len());
        assert!(self.heap.heap_total() <= self.heap.limit());
        let external: usize = objects.values().map(|object| object.external).sum();
        assert_eq!(self.heap.external_memory(), external);
        let living: Vec<u32> = objects.values().filter_map(|object| object.payload).collect();
        let dead = (1..=self.payloads).filter(|number| !living.contains(number));
        assert_eq!(self.dropped(), dead.collect::<Vec<u32>>(), "payloads die once");
        self.compare();
        let Self { heap, watched, oracle, .. } = self;
        heap.enter(|scope| {
            watched.retain(|(number, weak)| {
                let lives = scope.upgrade(weak).unwrap().is_some();
                assert_eq!(lives, oracle.objects.contains_key(number), "object {number}");
                lives
            });
        });
    }

    /// Follows both graphs from the roots: they are one, whatever is shared is shared.
    pub fn compare(&mut self) {
        self.ask();
        let Self { heap, roots, oracle, .. } = self;
        heap.enter(|scope| {
            let mut met: BTreeMap<u32, Local<'_>> = BTreeMap::new();
            let mut work = Vec::new();
            for (global, number) in roots.iter().zip(&oracle.roots) {
                assert_eq!(global.is_some(), number.is_some());
                if let (Some(global), Some(number)) = (global, number) {
                    work.push((scope.local(global).unwrap(), *number));
                }
            }
            while !work.is_empty() {
                while let Some((cell, number)) = work.pop() {
                    if let Some(first) = met.insert(number, cell) {
                        assert!(scope.same(first, cell), "two cells of object {number}");
                    } else {
                        compare_cell(scope, cell, &oracle.objects[&number], &mut work);
                    }
                }
                for (number, table) in &met {
                    for (key, expected) in &oracle.objects[number].entries {
                        let Some(key) = met.get(key) else { continue };
                        let found = scope.ephemeron_get(*table, *key).unwrap();
                        compare_slot(found.expect("a living key's entry"), *expected, &mut work);
                    }
                }
                work.retain(|(cell, number)| {
                    let first = met.get(number);
                    assert!(first.is_none_or(|first| scope.same(*first, *cell)));
                    first.is_none()
                });
            }
        });
    }

    /// Lets everything go: nothing is left, and each payload was dropped once.
    pub fn end(mut self) {
        for root in 0..ALL {
            self.set_root(root, None, None);
        }
        self.collect();
        assert!(self.oracle.objects.is_empty());
        assert!(self.registrations.is_empty());
        self.watched.clear();
        self.ballast.clear();
        self.heap.collect();
        assert_eq!(self.heap.heap_used(), 0);
        let figures = self.heap.statistics();
        assert_eq!((figures.globals, figures.natives), (0, 0));
        assert_eq!(self.dropped(), (1..=self.payloads).collect::<Vec<u32>>());
    }

    /// The payloads that were dropped, in the order of their numbers.
    fn dropped(&self) -> Vec<u32> {
        let mut dropped = self.dropped.lock().unwrap().clone();
        dropped.sort_unstable();
        dropped
    }
}

pub(super) fn blank(kind: Kind, size: usize) -> Object {
    Object {
        kind,
        size,
        slots: Vec::new(),
        fill: 0,
        target: None,
        entries: BTreeMap::new(),
        external: 0,
        payload: None,
        watch: None,
        found: None,
    }
}

/// The heap's number of the first slot that is the program's.
fn first_slot(object: &Object) -> usize {
    if object.kind == Kind::Registration { USERS } else { 0 }
}

/// Lists that stay alive, each of `BALLAST` cells.
fn list(scope: &mut Scope<'_>, lists: usize) -> Vec<Global> {
    let mut made = Vec::new();
    for _ in 0..lists {
        let list = scope.escape(|scope| {
            let mut list = scope.alloc(Kind::Object, 2, 0)?;
            for _ in 1..BALLAST {
                list = scope.alloc_with(Kind::Object, &[Value::Ref(list), Value::Null])?;
            }
            Ok::<_, HeapError>(list)
        });
        made.extend(list.ok().map(|list| scope.global(list).unwrap()));
    }
    made
}

fn litter(scope: &mut Scope<'_>, cells: usize, slots: usize) {
    let cells = if cfg!(zeal) { cells / 20 } else { cells };
    for _ in 0..cells {
        scope.scope(|inner| inner.alloc(Kind::Array, slots, 0).map(drop)).ok();
    }
}

pub(super) fn plain<'s>(slot: Slot) -> Value<'s> {
    match slot {
        Slot::Null | Slot::Ref(_) => Value::Null,
        Slot::Undefined => Value::Undefined,
        Slot::Hole => Value::Hole,
        Slot::Bool(value) => Value::Bool(value),
        Slot::Smi(number) => Value::Smi(number),
    }
}

pub(super) fn value_of_root<'s>(scope: &mut Scope<'s>, root: &Option<Global>) -> Value<'s> {
    root.as_ref().map_or(Value::Null, |root| Value::Ref(scope.local(root).unwrap()))
}

fn compare_cell<'s>(
    scope: &mut Scope<'s>,
    cell: Local<'s>,
    object: &Object,
    work: &mut Vec<(Local<'s>, u32)>,
) {
    assert_eq!(scope.kind(cell), Ok(object.kind));
    if object.kind != Kind::EphemeronTable {
        assert_eq!(scope.size(cell), Ok(object.size));
    }
    match object.kind {
        Kind::EphemeronTable => {}
        Kind::WeakCell => {
            let target = scope.weak_target(cell).unwrap();
            work.extend(target.zip(object.target));
        }
        kind => {
            if kind != Kind::Native {
                let bytes = scope.bytes(cell).unwrap();
                assert!(bytes.iter().all(|byte| *byte == object.fill), "{object:?}");
            }
            let first = first_slot(object);
            let not_its_own = if object.found.is_some() { OWNED } else { 0 };
            for (slot, expected) in object.slots.iter().enumerate().skip(not_its_own) {
                compare_slot(scope.get(cell, first + slot).unwrap(), *expected, work);
            }
            if let Some(watch) = &object.watch {
                assert_eq!(scope.registration_fate(cell), Ok(watch.fate));
                let owner = scope.registration_owner(cell).unwrap();
                work.extend(owner.map(|owner| (owner, watch.owner)));
            }
        }
    }
}

/// A reference's two ends are compared later.
fn compare_slot<'s>(found: Value<'s>, expected: Slot, work: &mut Vec<(Local<'s>, u32)>) {
    let found = match found {
        Value::Undefined => Slot::Undefined,
        Value::Null => Slot::Null,
        Value::Hole => Slot::Hole,
        Value::Bool(value) => Slot::Bool(value),
        Value::Smi(number) => Slot::Smi(number),
        Value::Ref(cell) => {
            if let Slot::Ref(number) = expected {
                return work.push((cell, number));
            }
            panic!("a cell, not {expected:?}");
        }
        other => panic!("{other:?}, not {expected:?}"),
    };
    assert_eq!(found, expected);
}
