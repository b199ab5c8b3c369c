#![doc = include_str!("../README.md")]

mod allocations;
mod difference;
mod figure;
pub mod human;
mod kinds;
mod resident;
#[cfg(feature = "serde")]
mod serde;
mod source;
mod text;
mod timeline;
mod usage;

pub use allocations::Allocations;
pub use difference::{Change, Difference};
pub use figure::Figure;
pub use kinds::{Kind, KindChange, Kinds, KindsDifference};
pub use resident::{ReadError, parse_resident_set, resident_set};
#[cfg(feature = "serde")]
pub use serde::Detailed;
pub use source::{Precision, Reading, Source};
pub use timeline::{Sample, Timeline};
pub use usage::MemoryUsage;
