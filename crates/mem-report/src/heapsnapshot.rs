//! V8's heap snapshots: read them into columns, say what holds the memory, and write them.

mod columns;
mod dominators;
mod error;
mod kinds;
mod meta;
mod read;
mod retain;
mod scan;
mod strings;

pub use columns::{Edge, EdgeName, Location, Node, Snapshot};
pub use dominators::Dominators;
pub use error::{Problem, SnapshotError};
pub use kinds::{EdgeKind, NodeKind};
pub use read::Reader;
pub use retain::Rules;
pub use strings::WeakEntry;
