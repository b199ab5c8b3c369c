#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod arrays;
mod baseline;
mod buffers;
mod closures;
mod error;
pub mod kinds;
mod memory;
mod observation;
mod options;
mod runtime;
mod scenario;
mod streams;
mod values;

pub use baseline::{Baseline, Output, RecordedNode};
pub use error::{BaselineError, RuntimeError};
pub use heap_model::{HeapOptions, NodeVersion};
pub use kinds::edge_name;
pub use mem_report::{Figure, MemoryUsage, Timeline};
pub use memory::Variable;
pub use observation::gc_type;
pub use options::RuntimeOptions;
pub use runtime::Runtime;
pub use scenario::{Outcome, Scenario};
pub use slab_buffer::{PoolOptions, Reuse};
pub use stream_backpressure::Options as StreamOptions;

/// Runs the examples of the workspace's README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct WorkspaceReadme;
