//! What a site of an inline cache remembers.

use crate::objects::class::Place;
use crate::objects::representation::Representation;
use heap_model::{CachedSlot, Kind};
use rustc_hash::FxHashSet;
use std::cell::Cell;

/// What a site has found.
#[derive(Clone, Copy, Debug)]
pub struct Cache {
    /// The slot, if it is the object's own.
    pub own: CachedSlot,
    pub kind: Kind,
    pub class: u32,
    pub epoch: u32,
    pub how: How,
}

impl Default for Cache {
    fn default() -> Self {
        Self { own: CachedSlot::NONE, kind: Kind::Object, class: 0, epoch: 0, how: How::None }
    }
}

impl Cache {
    /// What a site remembers of writing. One that takes small integers alone has them checked with the slot.
    pub fn to_write(own: CachedSlot, kind: Kind, class: u32, epoch: u32, how: How) -> Self {
        let (own, how) = match how {
            How::SmallSlot(slot) => (own.for_smis(), How::Slot(slot)),
            How::AddSmall { next, slot } => (own.for_smis(), How::Add { next, slot }),
            _ => (own, how),
        };
        Self { own, kind, class, epoch, how }
    }

    /// Whether it is about one of these classes.
    pub fn names_any(&self, classes: &FxHashSet<u32>) -> bool {
        classes.contains(&self.class) || self.how.names_any(classes)
    }
}

/// Where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    None,
    Slot(u16),
    Outside(u16),
    /// In the prototype of objects of this class.
    Prototype {
        via: u32,
        slot: u16,
    },
    PrototypeOutside {
        via: u32,
        place: u16,
    },
    /// As `Prototype`, a pair of functions.
    Getter {
        via: u32,
        slot: u16,
    },
    GetterOutside {
        via: u32,
        place: u16,
    },
    /// A method of strings: in the prototype that all of them have.
    OfString(u16),
    OfStringOutside(u16),
    /// An array's length.
    ArrayLength,
    /// A typed array's length, by the built-in getter.
    TypedLength,
    /// Another internal property of the object.
    Internal(u16),
    /// Nowhere: undefined.
    Absent,
    /// The class of the objects that a literal makes; which of its first fields hold small integers alone, and which numbers
    /// in cells of their own.
    Literal {
        small: u32,
        doubles: u32,
    },
    /// To be added in a slot of the object, which then has another class.
    Add {
        next: u32,
        slot: u16,
    },
    /// As `Slot`, `Outside` and `Add`, to be written if the value is a small integer.
    SmallSlot(u16),
    SmallOutside(u16),
    AddSmall {
        next: u32,
        slot: u16,
    },
    /// The same, if it is a number, which gets a cell of its own.
    DoubleSlot(u16),
    DoubleOutside(u16),
    AddDouble {
        next: u32,
        slot: u16,
    },
}

impl How {
    fn names_any(self, classes: &FxHashSet<u32>) -> bool {
        match self {
            Self::Prototype { via, .. }
            | Self::PrototypeOutside { via, .. }
            | Self::Getter { via, .. }
            | Self::GetterOutside { via, .. } => classes.contains(&via),
            Self::Add { next, .. } | Self::AddSmall { next, .. } | Self::AddDouble { next, .. } => {
                classes.contains(&next)
            }
            _ => false,
        }
    }

    /// How a field is written that is there.
    pub fn to_write(place: Place, representation: Representation) -> Self {
        match (place, representation) {
            (Place::Slot(slot), Representation::Tagged) => Self::Slot(slot as u16),
            (Place::Slot(slot), Representation::Small) => Self::SmallSlot(slot as u16),
            (Place::Slot(slot), Representation::Double) => Self::DoubleSlot(slot as u16),
            (Place::Outside(place), Representation::Tagged) => Self::Outside(place as u16),
            (Place::Outside(place), Representation::Small) => Self::SmallOutside(place as u16),
            (Place::Outside(place), Representation::Double) => Self::DoubleOutside(place as u16),
        }
    }

    /// How a field in a slot is added, which leads to another class.
    pub fn to_add(next: u32, slot: usize, representation: Representation) -> Self {
        let slot = slot as u16;
        match representation {
            Representation::Tagged => Self::Add { next, slot },
            Representation::Small => Self::AddSmall { next, slot },
            Representation::Double => Self::AddDouble { next, slot },
        }
    }
}

/// What a class has of a name.
#[derive(Clone, Copy, Debug)]
struct Entry {
    class: u32,
    name: u32,
    epoch: u32,
    how: How,
}

impl Entry {
    #[inline(always)]
    fn of(&self, class: u32, name: u32, epoch: u32) -> Option<How> {
        let known = self.class == class && self.name == name && self.epoch == epoch;
        (known && self.how != How::None).then_some(self.how)
    }
}

const NONE: Entry = Entry { class: 0, name: 0, epoch: 0, how: How::None };

const ENTRIES: usize = 1024;

/// A cache for all sites, of what single sites did not have (V8's `StubCache`): by class and name, for as long as no
/// prototype changes. An entry has two places.
#[derive(Debug)]
pub struct LookupCache {
    /// A class whose elements lie in its objects' backing alone.
    pub plain: Cell<u32>,
    /// The class of regular expressions that a program has not changed, and the epoch in which that was seen.
    pub reg_exp: Cell<(u32, u32)>,
    reads: Box<[Entry]>,
    writes: Box<[Entry]>,
}

impl Default for LookupCache {
    fn default() -> Self {
        let entries = || vec![NONE; ENTRIES].into_boxed_slice();
        let (reads, writes) = (entries(), entries());
        Self { plain: Cell::default(), reg_exp: Cell::default(), reads, writes }
    }
}

/// The first place of an entry; the other is its neighbour.
fn place(class: u32, name: u32) -> usize {
    (class.wrapping_mul(31) ^ name.wrapping_mul(0x9E37_79B1) >> 16) as usize % ENTRIES
}

#[inline]
fn find(entries: &[Entry], class: u32, name: u32, epoch: u32) -> Option<How> {
    let first = place(class, name);
    match entries[first].of(class, name, epoch) {
        None => entries[first ^ 1].of(class, name, epoch),
        known => known,
    }
}

fn set(entries: &mut [Entry], entry: Entry) {
    let first = place(entry.class, entry.name);
    let old = entries[first];
    if (old.class, old.name) != (entry.class, entry.name) && old.epoch == entry.epoch {
        entries[first ^ 1] = old;
    }
    entries[first] = entry;
}

impl LookupCache {
    /// Forgets what it knows of some classes.
    pub fn forget(&mut self, classes: &FxHashSet<u32>) {
        self.plain.set(0);
        self.reg_exp.set((0, 0));
        for entry in self.reads.iter_mut().chain(&mut self.writes) {
            if classes.contains(&entry.class) || entry.how.names_any(classes) {
                *entry = NONE;
            }
        }
    }

    pub fn read(&self, class: u32, name: u32, epoch: u32) -> Option<How> {
        find(&self.reads, class, name, epoch)
    }

    pub fn write(&self, class: u32, name: u32, epoch: u32) -> Option<How> {
        find(&self.writes, class, name, epoch)
    }

    pub fn set_read(&mut self, class: u32, name: u32, epoch: u32, how: How) {
        set(&mut self.reads, Entry { class, name, epoch, how });
    }

    pub fn set_write(&mut self, class: u32, name: u32, epoch: u32, how: How) {
        set(&mut self.writes, Entry { class, name, epoch, how });
    }
}
