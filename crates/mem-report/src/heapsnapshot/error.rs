//! Why a file is no heap snapshot, and where that shows.

use core::fmt;
use std::io;

/// Why a heap snapshot could not be read, with the position in the file.
#[derive(Debug)]
pub struct SnapshotError {
    position: u64,
    problem: Problem,
}

/// What is wrong with a heap snapshot.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// The file could not be read.
    Io(io::Error),
    /// The file ends before its text does. Most often the process was killed while it wrote the file.
    Truncated,
    /// Another byte is needed here.
    Expected(&'static str),
    /// The description of the fields is no such description.
    Meta(serde_json::Error),
    /// The description of the fields lacks one, or a section.
    Missing(&'static str),
    /// A number is larger than it may be.
    OutOfRange {
        /// What the number says.
        what: &'static str,
        /// The number.
        value: u64,
        /// The smallest number that is too large.
        limit: u64,
    },
    /// The number of edges that the nodes count differs from the number of edges.
    EdgeCount {
        /// What the nodes say.
        counted: u64,
        /// How many edges follow.
        found: u64,
    },
    /// Lists and objects lie deeper in each other than a snapshot's do.
    TooDeep,
    /// There are more of these than the columns can number.
    TooMany(&'static str),
}

impl SnapshotError {
    pub(super) fn new(position: u64, problem: Problem) -> Self {
        Self { position, problem }
    }

    /// The byte of the file, counted from 0, where the problem shows.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no heap snapshot, at byte {}: ", self.position)?;
        match &self.problem {
            Problem::Io(_) => f.write_str("the file could not be read"),
            Problem::Truncated => f.write_str("the file ends too early"),
            Problem::Expected(what) => write!(f, "expected {what}"),
            Problem::Meta(_) => f.write_str("the description of the fields cannot be read"),
            Problem::Missing(what) => write!(f, "{what} is missing"),
            Problem::OutOfRange { what, value, limit } => {
                write!(f, "{what} is {value}, but must be below {limit}")
            }
            Problem::EdgeCount { counted, found } => {
                write!(f, "the nodes have {counted} edges, but the file has {found}")
            }
            Problem::TooDeep => f.write_str("lists are nested too deeply"),
            Problem::TooMany(what) => write!(f, "there are too many {what}"),
        }
    }
}

impl core::error::Error for SnapshotError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.problem {
            Problem::Io(error) => Some(error),
            Problem::Meta(error) => Some(error),
            _ => None,
        }
    }
}
