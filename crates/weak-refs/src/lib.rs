#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
#[cfg(feature = "rc")]
pub mod rc;
mod weak_map;

pub use error::WeakError;
pub use weak_map::WeakMap;
