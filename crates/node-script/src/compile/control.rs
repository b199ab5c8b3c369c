//! What is around a statement: labels, `finally` and iterators that are to be closed.

use super::op::R;
use crate::parse::names::Name;

/// What is around a statement.
pub(super) enum Control {
    /// What `break` leaves, and `continue` if it is a loop.
    Target {
        labels: Vec<Name>,
        is_loop: bool,
        plain: bool,
        breaks: Vec<usize>,
        continues: Vec<usize>,
    },
    /// A `finally`: the ways through it.
    Finally { token: R, value: R, entries: Vec<usize>, exits: Vec<Exit> },
    /// An iterator to be closed.
    Iterator { iterator: R, is_await: bool },
}

/// A way out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// To the end of the control with this number.
    Break(usize),
    Continue(usize),
    /// With the value in a register.
    Return(R),
}
