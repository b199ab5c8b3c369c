//! The tree of an expression. Sets are final: case, inversion and operations are worked into them by the parser.

use super::set::Set;
use core::ops::Range;

/// The names of groups in the order of the source, each with its group's number.
pub(super) type Names = Vec<(String, u32)>;

#[derive(Clone, Debug)]
pub(super) enum Node {
    Empty,
    /// A code point, or a unit without the flag `u`.
    Char(u32),
    Set(Set),
    LineStart {
        multiline: bool,
    },
    LineEnd {
        multiline: bool,
    },
    WordEdge {
        negated: bool,
        /// Two characters beyond ASCII are letters of words, too (`iu`).
        folded: bool,
    },
    Group {
        body: Box<Node>,
        /// `None`: it captures nothing.
        index: Option<u32>,
    },
    Look {
        body: Box<Node>,
        behind: bool,
        negated: bool,
    },
    Back {
        group: u32,
        ignore_case: bool,
    },
    BackNamed {
        name: String,
        ignore_case: bool,
    },
    Repeat {
        body: Box<Node>,
        min: u32,
        /// [`u32::MAX`]: without an end.
        max: u32,
        greedy: bool,
        /// The groups inside, which each turn clears.
        groups: Range<u32>,
    },
    Sequence(Vec<Node>),
    /// The first that leads to a match is taken.
    Choice(Vec<Node>),
}

impl Node {
    /// Whether it may match without a character.
    pub fn may_be_empty(&self) -> bool {
        match self {
            Self::Char(_) | Self::Set(_) => false,
            Self::Group { body, .. } => body.may_be_empty(),
            Self::Repeat { body, min, .. } => *min == 0 || body.may_be_empty(),
            Self::Sequence(parts) => parts.iter().all(Self::may_be_empty),
            Self::Choice(ways) => ways.iter().any(Self::may_be_empty),
            _ => true,
        }
    }

    /// Adds what a match may begin with to a set; false if that may be anything, or nothing.
    pub fn first(&self, into: &mut Set) -> bool {
        match self {
            Self::Char(char) => {
                into.add(*char, *char);
                true
            }
            Self::Set(set) => {
                into.extend(set);
                true
            }
            Self::Group { body, .. } => body.first(into),
            Self::Repeat { body, min, .. } => *min > 0 && body.first(into),
            Self::Sequence(parts) => {
                for part in parts {
                    match part {
                        Self::Empty
                        | Self::LineStart { .. }
                        | Self::LineEnd { .. }
                        | Self::WordEdge { .. }
                        | Self::Look { .. } => {}
                        Self::Repeat { body, min: 0, .. } => {
                            if body.may_be_empty() || !body.first(into) {
                                return false;
                            }
                        }
                        other => return other.first(into),
                    }
                }
                false
            }
            Self::Choice(ways) => ways.iter().all(|way| way.first(into)),
            _ => false,
        }
    }

    /// Whether a match begins at the text's start only.
    pub fn is_anchored(&self) -> bool {
        match self {
            Self::LineStart { multiline } => !multiline,
            Self::Group { body, .. } => body.is_anchored(),
            Self::Sequence(parts) => parts.first().is_some_and(Self::is_anchored),
            Self::Choice(ways) => ways.iter().all(Self::is_anchored),
            _ => false,
        }
    }
}
