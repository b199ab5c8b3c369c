#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod any;
mod array;
mod baseline;
mod buffer;
mod closure;
mod error;
mod event_loop;
mod host;
mod jobs;
pub mod kinds;
mod map;
mod memory;
mod object;
mod observation;
mod options;
mod registry;
mod runtime;
mod scenario;
mod string;
mod types;
mod value;
mod variable;
mod weak;
mod writable;

pub use any::NotA;
pub use array::Array;
pub use baseline::{Baseline, Output, RecordedModule, RecordedNode};
pub use buffer::Buffer;
pub use closure::{Context, Function};
pub use error::{BaselineError, Refused, RuntimeError, SinkError};
pub use heap_model::{HeapOptions, NodeVersion};
pub use host::{Block, Host};
pub use jobs::Timer;
pub use kinds::edge_name;
pub use map::{Map, Set};
pub use mem_report::{Figure, MemoryUsage, Timeline};
pub use object::Object;
pub use observation::gc_type;
pub use options::RuntimeOptions;
pub use registry::FinalizationRegistry;
pub use runtime::Runtime;
pub use scenario::{Outcome, Scenario, StepFailed};
pub use slab_buffer::{PoolOptions, Reuse};
pub use stream_backpressure::{Completion, Event, Options as StreamOptions, Overflow};
pub use string::JsString;
pub use types::{Any, Type};
pub use value::{Argument, Null, Undefined, Value};
pub use variable::{InBlock, Let, Owned, Root, Variable};
pub use weak::{WeakMap, WeakRef, WeakSet};
pub use writable::Writable;

/// Runs the examples of the workspace's README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct WorkspaceReadme;
