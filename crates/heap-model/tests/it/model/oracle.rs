//! The naive heap: objects by number, and reachability computed from scratch.

use heap_model::{Fate, Kind};
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
    /// What a registration is of; its slots are those of its user.
    pub watch: Option<Watch>,
    /// What came to light of an owner's registrations; its first two slots are not its own.
    pub found: Option<Found>,
}

/// A registration.
#[derive(Clone, Debug)]
pub struct Watch {
    pub owner: u32,
    pub target: u32,
    pub fate: Fate,
}

/// Registrations whose targets are dead, and that were not taken from their owner yet.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub cells: Vec<u32>,
    /// Whether some were added since one was taken last: then those that were ended go.
    pub more: bool,
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
                    let object = &self.objects[&number];
                    work.extend(object.slots.iter().filter_map(|slot| reference(*slot)));
                    work.extend(object.found.iter().flat_map(|found| &found.cells));
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

    /// The registrations whose fate the next full collection settles: those that live and are watched
    /// while their target or their owner does not live.
    pub fn unsettled(&self) -> Vec<(u32, Fate)> {
        let live = self.reachable();
        let watches = live.iter().filter_map(|number| {
            let watch = self.objects[number].watch.as_ref()?;
            let fate = match (live.contains(&watch.owner), live.contains(&watch.target)) {
                (false, _) => Fate::Ended,
                (true, false) => Fate::Dead,
                (true, true) => return None,
            };
            let open =
                watch.fate == Fate::Watched || watch.fate == Fate::Dead && fate == Fate::Ended;
            open.then_some((*number, fate))
        });
        watches.collect()
    }

    /// Writes down what has become of a registration; if its target is dead, its owner has it now.
    pub fn settle(&mut self, number: u32, fate: Fate) {
        let watch = self.object(number).watch.as_mut().expect("a registration");
        let owner = watch.owner;
        watch.fate = fate;
        if fate == Fate::Dead {
            let found = self.object(owner).found.as_mut().expect("an owner");
            found.cells.push(number);
            found.more = true;
        }
    }

    /// Takes the earliest registration of a dead target from its owner.
    pub fn take(&mut self, owner: u32) -> Option<u32> {
        let mut found = self.object(owner).found.take().expect("an owner");
        let ended = |number: &u32| self.objects[number].watch.as_ref().unwrap().fate == Fate::Ended;
        if std::mem::take(&mut found.more) {
            found.cells.retain(|number| !ended(number));
            found.cells.sort_unstable();
        }
        // Those that were ended meanwhile are passed.
        let passed = found.cells.iter().take_while(|number| ended(number)).count();
        found.cells.drain(..passed);
        let first = (!found.cells.is_empty()).then(|| found.cells.remove(0));
        self.object(owner).found = Some(found);
        first
    }

    /// Forgets what is not reachable, as a full collection does.
    pub fn collect(&mut self) {
        for (number, fate) in self.unsettled() {
            self.settle(number, fate);
        }
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
