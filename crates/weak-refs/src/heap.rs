//! The collections of ECMA-262 on the heap of `heap-model`.
//!
//! Each is a thin handle of a cell that `heap_model::shapes` makes, and each operation is one of the heap's.

mod agent;
mod error;
mod finalization_registry;
mod identity;
mod table;
mod weak_map;
mod weak_ref;
mod weak_set;

pub use agent::{Agent, CleanupJob};
pub use error::{CleanupError, WeakError};
pub use finalization_registry::{FinalizationRegistry, Registration};
pub use identity::can_be_held_weakly;
pub use weak_map::WeakMap;
pub use weak_ref::WeakRef;
pub use weak_set::WeakSet;
