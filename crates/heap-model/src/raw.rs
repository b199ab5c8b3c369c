//! The unsafe part: cells in memory, the chunks they lie in, and the mappings those are carved from.
//!
//! Invariant of the whole crate: a [`Cell`](cell::Cell) that is used is a cell in a mapped chunk, whose
//! header tells its size and slots, and a tagged word with the reference's tag is such a cell. The
//! collectors keep it by replacing every reference to a cell that they move or free.
#![allow(unsafe_code, reason = "this module is where the unsafe code is")]

pub mod brand;
pub mod cell;
pub mod chunk;
pub mod handles;
pub mod map;
pub mod memory;
