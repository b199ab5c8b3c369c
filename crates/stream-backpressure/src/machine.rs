//! The Writable's state machine, after Node's `lib/internal/streams/writable.js`: calls in, effects
//! out, no I/O and no clock.
//!
//! | module | is |
//! |---|---|
//! | `state` | the state, and the [`Host`] whose methods are the effects |
//! | `write` | calls that write and cork |
//! | `transfer` | passing a chunk to the sink or into the queue, and the sink's answer |
//! | `finish`, `destroy` | the ends of a stream |
//! | `tick` | what runs in next ticks |
//! | `limits` | what is held, against caps, budget and deadline |
//! | `panic` | panics in the host's code |
//! | `observe` | properties |
//! | `flags`, `held`, `guard`, `parts`, `callback`, `due`, `panics` | parts of the state, which do not know the machine |
//!
//! Effects are calls of the [`Host`], with the machine itself as the argument. A host may call any method of the machine
//! from there, so every function reads the state anew after an effect.
//!
//! Invariants:
//! - `length` is the sum of the chunks that are buffered, in flight or reserved, and at most
//!   `isize::MAX`. (In [`Mode::Node`](crate::Mode::Node) a chunk that is lost stays counted, as in Node.)
//! - A callback or a listener that panics ends no function of this module: the panic waits in `panics`
//!   until the call or tick is over.

mod callback;
mod destroy;
mod due;
mod finish;
mod flags;
mod guard;
mod held;
mod limits;
mod observe;
mod panic;
mod panics;
mod parts;
mod state;
mod tick;
mod transfer;
mod write;

pub use state::{Failure, Host, Machine, RefusedBy};
