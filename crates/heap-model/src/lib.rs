#![doc = include_str!("../README.md")]

mod address;
mod blocks;
mod collect;
pub mod collections;
mod counters;
mod descriptors;
mod doubles;
mod error;
mod events;
mod growth;
mod heap;
mod hooks;
mod identities;
mod interned;
mod last_resort;
pub mod layout;
mod local;
mod memory;
mod natives;
mod node_id;
mod observe;
mod options;
mod pace;
mod registers;
mod remembered;
mod roots;
mod scope;
pub mod shapes;
mod sites;
mod spaces;
mod tables;
mod text;
pub mod typed;
#[cfg(zeal)]
mod verify;

pub use error::{AccessError, HeapError, NativeRefused, OutOfMemory, Reason, StackOverflow};
pub use events::{Cause, CollectionEvent, CollectionKind};
pub use heap::Heap;
pub use local::{LocalHeap, LocalRefused, LocalScope};
pub use memory::header::{Kind, Tag};
pub use memory::inline_cache::CachedSlot;
pub use memory::registers::Window;
pub use node_id::NodeId;
pub use observe::statistics::{HeapStatistics, SpaceStatistics};
pub use observe::walk::{Edge, EdgeKind, Node};
pub use options::{Growing, HeapOptions, MarkingPace, NodeVersion, TableSizing};
pub use registers::Registers;
pub use registers::allocate::Fill;
pub use registers::find::Cursor;
pub use registers::look::Tagged;
pub use registers::operand::Register;
pub use roots::{Global, Weak};
pub use scope::operand::{Operand, UsesHeap};
pub use scope::view::{Seen, View};
pub use scope::{Local, Scope, Value};
pub use sites::Site;
pub use tables::registration::Fate;

/// Runs the programs of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/writing-a-language.md")]
struct Guide;
