#![doc = include_str!("../README.md")]
//!
//! [`R`]: usize

#![forbid(unsafe_code)]
#![expect(
    clippy::wrong_self_convention,
    reason = "`to_*` are named as ECMA-262 names its operations"
)]
#![allow(dead_code, reason = "what the built-ins that are being added use")]

mod builtins;
mod compile;
mod host;
mod input;
mod interpret;
mod jobs;
mod machine;
mod modules;
mod node;
mod objects;
mod parse;
mod pattern;
mod program;
pub mod scenario;
mod snapshot;
mod thrown;
mod uncaught;
mod window;

pub use host::ScriptFailure;
pub use input::{Input, InputKind};
pub use machine::{Machine, OnSample, Options, UnhandledRejections};
pub use mem_report::heapsnapshot::WriteError;
pub use node_memory::NodeVersion;
pub use program::{Finished, ScriptError};
pub use thrown::Thrown;
