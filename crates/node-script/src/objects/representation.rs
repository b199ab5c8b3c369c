//! What a field holds: as V8, a class knows whether all values of a field were small integers, or all numbers. Where one was a
//! double, each is in a cell of its object's own from then on, small integers too.
//!
//! Source: V8's `Representation` (objects/property-details.h) and `Object::OptimalRepresentation`. Its `HeapObject` is
//! `Tagged` here, as both lead to no cell.

use heap_model::{Kind, Tagged};

/// How the values of a field are kept (V8's `Representation`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Representation {
    /// Small integers, in words.
    Small,
    /// Numbers, each in a cell that is its object's alone.
    Double,
    /// Any values.
    Tagged,
}

impl Representation {
    pub fn of(value: Tagged<'_>) -> Self {
        match value.kind() {
            None if value.is_smi() => Self::Small,
            Some(Kind::Double) => Self::Double,
            _ => Self::Tagged,
        }
    }

    /// What keeps the values of both.
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Tagged, _) | (_, Self::Tagged) => Self::Tagged,
            _ => Self::Double,
        }
    }
}
