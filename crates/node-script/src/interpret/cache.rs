//! What a site of an inline cache remembers.

use heap_model::Kind;
use std::cell::Cell;

/// What a site has found.
#[derive(Clone, Copy, Debug)]
pub struct Cache {
    pub kind: Kind,
    pub class: u32,
    pub epoch: u32,
    pub how: How,
}

impl Default for Cache {
    fn default() -> Self {
        Self { kind: Kind::Object, class: 0, epoch: 0, how: How::None }
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
    /// Nowhere: undefined.
    Absent,
    /// To be added in a slot of the object, which then has another class.
    Add {
        next: u32,
        slot: u16,
    },
}

/// A cache for all sites, of what single sites did not have.
#[derive(Debug, Default)]
pub struct LookupCache {
    /// A class whose elements lie in its objects' backing alone.
    pub plain: Cell<u32>,
}
