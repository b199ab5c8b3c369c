#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod budget;
mod chunk;
mod error;
mod flags;
mod host;
mod machine;
mod options;
mod queue;
mod stats;
mod text;
mod writable;

pub use budget::Budget;
pub use chunk::{Chunk, Object, Rules};
pub use error::{Error, Refused};
pub use host::{Completion, Event, Host};
pub use machine::{Failure, Machine, RefusedBy};
pub use options::{Limits, Mode, Node, Options, Overflow};
pub use queue::Chunks;
pub use stats::Stats;
pub use text::{Data, Encoding, Text};
pub use writable::{Events, OnDone, Sink, Writable};
