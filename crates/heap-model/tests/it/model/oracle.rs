//! The naive heap: objects by number, and reachability computed from scratch.

use heap_model::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slot {
    Undefined,
    Null,
    Hole,
    Bool(bool),
    Smi(i32),
    Ref(u32),
}

/// What the program knows of a cell.
#[derive(Clone, Debug)]
pub struct Object {
    pub kind: Kind,
    pub size: usize,
    pub slots: Vec<Slot>,
    /// What each raw byte is.
    pub fill: u8,
    /// A weak cell's target.
    pub target: Option<u32>,
    /// A table's entries by their keys.
    pub entries: BTreeMap<u32, Slot>,
    pub external: usize,
    /// A native cell's payload.
    pub payload: Option<u32>,
}

#[derive(Default)]
pub struct Oracle {
    pub roots: Vec<Option<u32>>,
    pub objects: BTreeMap<u32, Object>,
    pub made: u32,
}

impl Oracle {
    pub fn add(&mut self, object: Object) -> u32 {
        self.made += 1;
        self.objects.insert(self.made, object);
        self.made
    }

    pub fn root(&self, root: usize) -> Option<(u32, &Object)> {
        let number = self.roots[root]?;
        Some((number, &self.objects[&number]))
    }

    pub fn root_of_kind(&self, root: usize, kind: Kind) -> Option<u32> {
        self.root(root).filter(|(_, object)| object.kind == kind).map(|(number, _)| number)
    }

    pub fn object(&mut self, number: u32) -> &mut Object {
        self.objects.get_mut(&number).expect("an object that was made")
    }

    pub fn reachable(&self) -> BTreeSet<u32> {
        let mut live = BTreeSet::new();
        let mut work: Vec<u32> = self.roots.iter().flatten().copied().collect();
        loop {
            while let Some(number) = work.pop() {
                if live.insert(number) {
                    let slots = self.objects[&number].slots.iter();
                    work.extend(slots.filter_map(|slot| reference(*slot)));
                }
            }
            for number in &live {
                let entries = self.objects[number].entries.iter();
                let held = entries.filter(|(key, _)| live.contains(*key));
                work.extend(held.filter_map(|(_, value)| reference(*value)));
            }
            work.retain(|number| !live.contains(number));
            if work.is_empty() {
                return live;
            }
        }
    }

    /// Forgets what is not reachable, as a full collection does.
    pub fn collect(&mut self) {
        let live = self.reachable();
        self.objects.retain(|number, _| live.contains(number));
        for object in self.objects.values_mut() {
            object.entries.retain(|key, _| live.contains(key));
            object.target = object.target.filter(|target| live.contains(target));
        }
    }
}

pub fn reference(slot: Slot) -> Option<u32> {
    if let Slot::Ref(number) = slot { Some(number) } else { None }
}
