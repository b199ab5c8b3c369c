//! V8's heap snapshots: read them into columns, say what holds the memory, and write them.
//!
//! [`Reader`] makes a [`Snapshot`]; [`Analysis`] computes what retains what; [`Search`] finds leaks that have a name, and
//! [`Summary`] is what a person reads first. [`Writer`] writes snapshots that other viewers open.

mod analysis;
mod columns;
mod difference;
mod dominators;
mod error;
mod findings;
mod groups;
mod held;
mod intern;
mod kinds;
mod meta;
mod names;
#[cfg(feature = "html")]
mod page;
mod paths;
mod patterns;
mod read;
mod retain;
mod scan;
mod strings;
mod summary;
mod text;
#[cfg(feature = "html")]
mod view;
mod write;

pub use analysis::Analysis;
pub use columns::{Edge, EdgeName, Location, Node, Snapshot};
pub use difference::{Difference, Growth, difference, survivors};
pub use dominators::Dominators;
pub use error::{Problem, SnapshotError};
pub use findings::{Finding, FindingKind, Search};
pub use groups::{Group, Totals, groups, totals};
pub use held::Held;
pub use kinds::{EdgeKind, NodeKind};
pub use names::{Function, Holder, Names};
#[cfg(feature = "html")]
pub use page::write_page;
pub use paths::Paths;
pub use patterns::NewPath;
pub use read::Reader;
pub use retain::Rules;
pub use strings::WeakEntry;
pub use summary::{Change, Summary};
pub use write::{EdgeWriter, NewName, NewNode, WriteError, Writer};
