//! A stream over a polled sink: the common base of the features `futures` and `tokio`, which depends on neither.
//!
//! The stream makes progress only when it is polled. It runs in [`Mode::Strict`](crate::Mode::Strict): after a write that
//! returned false it is ready again once it is drained, and a refused chunk comes back.
//!
//! | module | is |
//! |---|---|
//! | `sink`, `deadline` | what the caller provides: a sink, a timer |
//! | `polled`, `gathered` | the machine's host, and the bytes that it gathers |
//! | `stream` | the stream |
//! | `send`, `gather` | input: chunks, and bytes |
//! | `progress` | output: flush and close |
//! | `room`, `reserve`, `late` | waiting: by poll, by future, and until the deadline |

mod deadline;
mod gather;
mod gathered;
mod late;
mod polled;
mod progress;
mod reserve;
mod room;
mod send;
mod sink;
mod stream;

pub use deadline::Timer;
pub use reserve::Room;
pub use sink::{PollFn, PollSink};
pub use stream::{NotSent, PollWritable};
