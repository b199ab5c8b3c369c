//! The lowest layer: cells in memory, the chunks that contain them, and the mappings that contain the chunks. The unsafe
//! code is here, and nothing here depends on a layer above.
//!
//! # The contract
//! **A [`Cell`](cell::Cell) is a formatted cell in mapped memory.** Only this layer makes one, and only
//! - of [`Room`](room::Room), which a space hands out once, by formatting it or by moving another cell to it;
//! - of a [`Word`](word::Word) with the reference's tag, which is only made of a cell;
//! - of a handle, a mark bit or a walk, each of which was made for a cell.
//!
//! **A slot is one of its cell's.** [`Cell::slot`](cell::Cell::slot) and [`set_slot`](cell::Cell::set_slot) check the
//! header; a [`Slot`](cell::Slot) comes from a [`Loaded`](cell::Loaded) cell, whose header was read once. A slot always
//! holds a word.
//!
//! **A byte has one owner**: a cell, a [`Room`](room::Room), a [`FreeRange`](room::FreeRange) or a
//! [`Bump`](room::Bump). Each is made of another and cannot be copied.
//!
//! **Raw bytes are borrowed with the handle stack** ([`Reading`](handles::Reading),
//! [`bytes_mut`](handles::Handles::bytes_mut)), which belongs to the heap: code that may collect borrows the heap
//! mutably.
//!
//! Types do not prove when a cell ends, because a moving collector's references are not Rust's. Three parts are
//! responsible for that, and the verifier (`verify`) checks the first two after each collection:
//! - **the collectors** (`collect`) update or clear each reference to a cell that they move or find dead, before its
//!   memory is swept, overwritten or unmapped; what lies above the top of the register stack they make undefined;
//! - **the spaces** (`spaces`) begin a bump in a semi-space, format a page, sweep one or unmap one only where no
//!   living cell lies;
//! - **the scopes** (`scope`) use a [`Place`](handles::Place) only for the lifetime of its scope.

pub mod cell;
pub mod chunk;
pub mod handles;
pub mod header;
pub mod inline_cache;
pub mod mapping;
#[cfg(zeal)]
pub mod poison;
pub mod record;
pub mod registers;
pub mod room;
mod source;
pub mod word;
