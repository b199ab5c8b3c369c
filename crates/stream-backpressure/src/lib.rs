#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod budget;
mod chunk;
mod error;
mod flags;
#[cfg(feature = "futures")]
mod futures;
mod host;
mod machine;
mod options;
mod poll;
#[cfg(any(feature = "futures", feature = "tokio"))]
mod pump;
mod queue;
mod stats;
mod text;
#[cfg(feature = "tokio")]
mod tokio;
mod writable;

pub use budget::{Budget, Holder, Yields};
pub use chunk::{Chunk, Object, Rules};
pub use error::{Error, Refused};
#[cfg(feature = "futures")]
pub use futures::{FuturesSink, pump};
pub use host::{Completion, Event, Host};
pub use machine::{Failure, Machine, RefusedBy};
pub use options::{Limits, Mode, Node, Options, Overflow};
pub use poll::{NotSent, PollFn, PollSink, PollWritable, Timer};
#[cfg(any(feature = "futures", feature = "tokio"))]
pub use pump::{PumpError, Pumped};
pub use queue::Chunks;
pub use stats::Stats;
pub use text::{Data, Encoding, Text};
#[cfg(feature = "tokio")]
pub use tokio::{SharedIoError, TokioSink, TokioTimer, pump_read};
pub use writable::{Events, OnDone, Sink, Writable};
