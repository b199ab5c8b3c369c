#![forbid(unsafe_code)]
// The README's examples need the feature `tokio`.
#![cfg_attr(any(not(doctest), feature = "tokio"), doc = include_str!("../README.md"))]

mod budget;
#[cfg(feature = "bytes")]
mod bytes;
mod chunk;
mod coop;
mod encoding;
mod error;
mod event;
#[cfg(feature = "futures")]
mod futures;
#[cfg(feature = "futures-io")]
mod futures_io;
#[cfg(any(feature = "futures-io", feature = "tokio"))]
mod io;
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
#[cfg(feature = "bytes")]
pub use bytes::BufChunk;
#[cfg(any(feature = "futures-io", feature = "tokio"))]
pub use chunk::ByteChunk;
pub use chunk::{Chunk, Measured, Object, Rules};
pub use encoding::Encoding;
pub use error::{Error, Refused, Shared};
pub use event::{Completion, Event};
#[cfg(feature = "futures")]
pub use futures::{FuturesSink, pump};
#[cfg(feature = "futures-io")]
pub use futures_io::FuturesIoSink;
#[cfg(any(feature = "futures-io", feature = "tokio"))]
pub use io::{Overclaim, SharedIoError};
pub use machine::{Failure, Host, Machine, RefusedBy};
pub use options::{CHUNK_COST, Limits, Mode, NodeVersion, Options, Overflow};
pub use poll::{NotSent, PollFn, PollSink, PollWritable, Room, Timer};
#[cfg(any(feature = "futures", feature = "tokio"))]
pub use pump::{PumpError, Pumped};
pub use queue::Chunks;
pub use stats::Stats;
pub use text::{Data, Text};
#[cfg(feature = "tokio")]
pub use tokio::{TokioSink, TokioTimer, pump_read};
pub use writable::{
    Closures, Events, LocalClosures, LocalWritable, OnDone, SendClosures, Sink, SyncClosures,
    SyncWritable, Writable,
};
