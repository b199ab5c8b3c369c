//! The lowest layer: cells in memory, the chunks that they lie in, and the mappings that those are carved from.
//!
//! It is the only layer with unsafe code, and it knows nothing above it.

pub mod cell;
pub mod chunk;
pub mod handles;
pub mod header;
pub mod mapping;
#[cfg(zeal)]
pub mod poison;
pub mod room;
mod source;
pub mod word;
