#![doc = include_str!("../README.md")]

mod allocations;
#[cfg(any(feature = "jemalloc", feature = "mimalloc", feature = "glibc"))]
pub mod allocators;
#[cfg(target_os = "linux")]
pub mod cgroup;
#[cfg(feature = "counting-allocator")]
pub mod counting;
mod difference;
mod error;
pub mod export;
mod figure;
mod growth;
pub mod human;
mod kinds;
mod process;
pub mod procfs;
mod read;
mod sampler;
#[cfg(feature = "serde")]
mod serde;
mod source;
mod statistics;
mod text;
mod timeline;
mod usage;

pub use allocations::Allocations;
pub use difference::{Change, Difference};
pub use error::ReadError;
pub use figure::Figure;
pub use growth::{Growth, Verdict};
pub use kinds::{Kind, KindChange, Kinds, KindsDifference};
pub use process::{Process, ProcessMemory, resident_set};
pub use read::MemorySource;
pub use sampler::{Sampler, SourcePanicked};
#[cfg(feature = "serde")]
pub use serde::Detailed;
pub use source::{Precision, Reading, Source};
pub use statistics::Statistics;
pub use text::ParseError;
pub use timeline::{Sample, Timeline};
pub use usage::MemoryUsage;
