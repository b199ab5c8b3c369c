#![doc = include_str!("../README.md")]

mod allocate;
mod barrier;
mod blocks;
mod buckets;
mod collect;
mod doubles;
mod error;
mod events;
mod external;
mod global;
mod grow;
mod heap;
mod identity;
pub mod layout;
mod limit;
mod options;
mod pace;
mod pending;
mod raw;
mod registration;
mod scope;
pub mod shapes;
mod site;
mod space;
mod statistics;
mod table;
#[cfg(zeal)]
mod verify;
mod view;
mod walk;

pub use error::{AccessError, HeapError, NativeRefused, OutOfMemory, Reason};
pub use events::{Cause, CollectionEvent, CollectionKind};
pub use global::{Global, Weak};
pub use heap::Heap;
pub use options::{Growing, HeapOptions, NodeVersion, TableSizing};
pub use raw::cell::Kind;
pub use registration::Fate;
pub use scope::{Local, Scope, Value};
pub use site::Site;
pub use statistics::{HeapStatistics, SpaceStatistics};
pub use view::{Seen, View};
pub use walk::{Edge, EdgeKind, Node, NodeId};
