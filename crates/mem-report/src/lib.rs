#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod resident;
mod timeline;
mod usage;

pub use resident::{ReadError, parse_resident_set, resident_set};
pub use timeline::{Sample, Timeline};
pub use usage::{Difference, Figure, MemoryUsage};
