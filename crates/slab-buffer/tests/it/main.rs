//! The crate from outside.

mod contents;
mod features;
mod handover;
mod model;
mod monitor;
mod owner;
mod placement;
mod refusal;
mod retention;
mod reuse;
