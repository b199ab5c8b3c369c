#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod cell;
mod collect;
mod error;
mod heap;
pub mod layout;
mod memory;
mod scope;
mod table;

pub use cell::Kind;
pub use error::{AccessError, HeapError, NativeRefused, OutOfMemory};
pub use heap::{Global, Heap, HeapOptions, HeapStatistics};
pub use scope::{Local, Scope, Value};
