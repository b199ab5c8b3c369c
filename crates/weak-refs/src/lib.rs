//! Weak collections by ECMA-262, on a garbage-collected heap (`heap`) or over `Rc` and `Arc` (`rc`).
//!
#![cfg_attr(all(feature = "heap", feature = "rc"), doc = include_str!("../README.md"))]
#![forbid(unsafe_code)]

#[cfg(feature = "heap")]
mod heap;
#[cfg(feature = "rc")]
pub mod rc;

#[cfg(feature = "heap")]
pub use heap::{
    Agent, CleanupError, CleanupJob, FinalizationRegistry, Registration, WeakError, WeakMap,
    WeakRef, WeakSet, can_be_held_weakly,
};
