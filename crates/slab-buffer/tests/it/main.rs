//! The crate from outside.

mod contents;
mod features;
mod growth;
mod handover;
mod model;
mod monitor;
mod owner;
mod placement;
mod refusal;
mod retention;
mod reuse;
mod threads;
mod values;
