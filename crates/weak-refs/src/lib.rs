#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod agent;
mod error;
mod finalization_registry;
mod identity;
#[cfg(feature = "rc")]
pub mod rc;
mod table;
mod weak_map;
mod weak_ref;
mod weak_set;

pub use agent::{Agent, CleanupJob};
pub use error::{CleanupError, WeakError};
pub use finalization_registry::{FinalizationRegistry, Registration};
pub use weak_map::WeakMap;
pub use weak_ref::WeakRef;
pub use weak_set::WeakSet;
