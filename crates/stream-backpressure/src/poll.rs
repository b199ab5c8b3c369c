//! The machine behind a sink that is polled: what the faces of `futures` and `tokio` stand on, with
//! nothing of either.
//!
//! The stream makes progress when it is polled, never on its own. It runs in
//! [`Mode::Strict`](crate::Mode::Strict): once a write has said false it is not ready before all is
//! drained, and what it refuses comes back.
//!
//! | module | is |
//! |---|---|
//! | `sink`, `deadline` | what the stream asks of others: a sink, a timer |
//! | `polled`, `gathered` | the machine's host, and what it holds |
//! | `stream` | the stream |
//! | `send`, `gather` | chunks, and bytes, that it is given |
//! | `progress` | what it passes on |
//! | `room`, `reserve`, `late` | waiting: by poll, by future, and not beyond the deadline |

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
