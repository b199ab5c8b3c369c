#![doc = include_str!("../README.md")]

mod allocations;
#[cfg(any(feature = "jemalloc", feature = "mimalloc", feature = "glibc"))]
pub mod allocators;
#[cfg(feature = "budget")]
pub mod budget;
#[cfg(target_os = "linux")]
pub mod cgroup;
pub mod check;
pub mod compare;
#[cfg(feature = "counting-allocator")]
pub mod counting;
pub mod csv;
mod difference;
mod error;
mod escape;
pub mod export;
mod figure;
mod growth;
#[cfg(feature = "heapsnapshot")]
pub mod heapsnapshot;
#[cfg(feature = "html")]
pub mod html;
pub mod human;
#[cfg(feature = "insta")]
pub mod insta;
#[cfg(feature = "json")]
pub mod json;
mod kinds;
pub mod markdown;
mod metric;
mod process;
pub mod procfs;
mod read;
pub mod review;
mod sampler;
#[cfg(feature = "serde")]
mod serde;
mod source;
mod statistics;
#[cfg(feature = "table")]
pub mod table;
mod text;
mod timeline;
mod usage;

pub use allocations::Allocations;
pub use difference::{Change, Difference};
pub use error::ReadError;
pub use figure::Figure;
pub use growth::{Growth, Verdict};
pub use kinds::{Kind, KindChange, Kinds, KindsDifference};
pub use metric::{Counter, Metric};
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
