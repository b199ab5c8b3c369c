//! The lowest layer: cells in memory, the chunks that they lie in, and the mappings that those are carved from. It is
//! where the unsafe code is, and it knows nothing above it.
//!
//! # The contract
//! **A [`Cell`](cell::Cell) is a formatted cell in mapped memory.** Only this layer makes one, and only
//! - of [`Room`](room::Room), which a space hands out once, by formatting it or by moving another cell to it;
//! - of a [`Word`](word::Word) with the reference's tag, which is made of a cell alone;
//! - of a handle, a mark bit or a walk, which stand where a cell was made.
//!
//! **A slot is one of its cell's.** [`Cell::slot`](cell::Cell::slot) and [`set_slot`](cell::Cell::set_slot) look at the
//! header; a [`Slot`](cell::Slot) comes from a [`Loaded`](cell::Loaded) cell, whose header was looked at once. A slot
//! holds nothing but words, so what is read there is a word.
//!
//! **A byte has one owner**: a cell, a [`Room`](room::Room), a [`FreeRange`](room::FreeRange) or a
//! [`Bump`](room::Bump). They are made of one another and cannot be copied.
//!
//! **Raw bytes are borrowed with the handle stack** ([`Reading`](handles::Reading),
//! [`bytes_mut`](handles::Handles::bytes_mut)), which lies in the heap: whoever may collect has the heap mutably.
//!
//! Types do not prove when a cell ends, for a moving collector's references are not Rust's. Three parts keep that, and
//! the verifier (`verify`) checks the first two after each collection:
//! - **the collectors** (`collect`) update or clear each reference to a cell that they move or find dead, before its
//!   memory is swept, overwritten or unmapped;
//! - **the spaces** (`spaces`) begin a bump in a semi-space, format a page, sweep one or unmap one only where no
//!   living cell lies;
//! - **the scopes** (`scope`) use a [`Place`](handles::Place) only for the lifetime of its scope.

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
