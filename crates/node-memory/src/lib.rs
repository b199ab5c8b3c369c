#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod arrays;
mod baseline;
mod buffers;
mod closures;
mod error;
pub mod kinds;
mod observation;
mod runtime;
mod scenario;
mod streams;
mod values;

pub use baseline::Baseline;
pub use error::RuntimeError;
pub use heap_model::HeapOptions;
pub use mem_report::{Figure, MemoryUsage, Timeline};
pub use observation::gc_type;
pub use runtime::{Runtime, RuntimeOptions, Variable};
pub use scenario::{Outcome, Scenario};
pub use slab_buffer::{PoolOptions, Reuse};

/// Runs the examples of the workspace's README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct WorkspaceReadme;
