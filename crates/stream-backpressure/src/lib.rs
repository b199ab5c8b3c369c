#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod writable;

pub use writable::{Chunk, Completion, Options, Refusal, Sink, Writable, WriteRefused};
