//! One inspection at work: what it has seen, and how deep it is.

use super::style::Style;
use crate::machine::R;

/// One inspection at work.
pub(super) struct Inspector {
    pub style: Style,
    /// The objects that are being shown, from the outermost on.
    pub seen: Vec<R>,
    /// The identities of objects that are inside of themselves: they are numbered from 1 on.
    pub circular: Vec<u32>,
    pub indentation: usize,
    /// The level of the object that was begun last.
    pub current: i64,
}

/// What stands for a property.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Its name and its value.
    Named,
    /// Its value alone.
    Element,
}
