//! What a pattern takes apart, for the errors that name it.

use crate::parse::tree::Node;

/// Where the value of a pattern comes from.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    /// The initialiser of a declaration.
    Declared(Node<'a>),
    /// A default value.
    Default(Node<'a>),
    /// The right side of an assignment.
    Assigned(Node<'a>),
    /// The value of a loop's turn.
    Loop,
    /// What was caught.
    Catch,
    /// A parameter, and whether it has a default value.
    Parameter { default: bool },
    /// The value of a pattern around, or one that V8 does not tell of.
    Inner,
}
