//! Names where they are used, and places in the text.

use super::names::Name;
use std::cell::Cell;

/// A place in the source: line and column, from 1 on, in UTF-16 units as V8 counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct At {
    pub line: u32,
    pub column: u32,
}

impl At {
    /// Behind every text.
    pub const NEVER: Self = Self { line: u32::MAX, column: u32::MAX };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScopeId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BindingId(pub u32);

/// A name where it is used.
#[derive(Debug)]
pub struct Use {
    pub name: Name,
    pub at: At,
    pub to: Cell<Reference>,
    /// The variable may not be initialised there.
    pub check: Cell<bool>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    Unresolved,
    Binding(BindingId),
    /// Looked up by its name as the program runs, because of `eval` or `with`.
    Dynamic,
    /// A property of the global object.
    Global,
}
