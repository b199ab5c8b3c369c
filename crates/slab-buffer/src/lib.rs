#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod contents;
mod counters;
mod error;
mod frozen;
mod grow;
mod local;
mod methods;
mod monitor;
mod notice;
mod options;
mod placement;
mod pool;
mod raw;
mod report;
mod shared;
mod size_classes;
mod split;
mod sync_pool;
mod view;
mod writer;

#[cfg(feature = "bytes")]
mod bytes;
#[cfg(all(test, loom))]
mod model;
#[cfg(feature = "serde")]
mod serde;

pub use contents::IntoIter;
pub use error::{AllocError, RangeError};
pub use frozen::Frozen;
pub use monitor::Monitor;
pub use options::{
    ExternalMemory, MAX_ALIGNMENT, MAX_LENGTH, MAX_POOL_SIZE, NodeVersion, PoolOptions, Reuse,
};
pub use pool::{AnyPool, Pool};
pub use raw::buffer::Buffer;
pub use report::{Pin, PoolStats, Slab, SlabState};
pub use sync_pool::SyncPool;
pub use view::View;
pub use writer::Writer;
