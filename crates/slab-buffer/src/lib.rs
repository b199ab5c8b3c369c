#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod buffer;
mod error;
mod pool;
mod store;

pub use buffer::Buffer;
pub use error::AllocError;
pub use pool::{Pool, PoolOptions, PoolStats, Reuse};
