//! Records: cells of which a Rust type says what lies where.
//!
//! A record's slots come first, as in every cell; behind them lie its plain data, and a tail if that is not of slots.
//! [`Known`](layout::Known) is a cell that is known to be a record of a type. Only this folder makes one: by filling room
//! with the type's own values, by comparing the number in a cell's header, or by reading a slot that holds nothing else.
//! So a slot of a record is written with what its type says alone ([`Field::put`](layout::Field::put));
//! [`Header::is_guarded`](super::header::Header::is_guarded) keeps those away who go by slot numbers, and a record has no
//! raw bytes for them.

pub mod contents;
pub mod filler;
pub mod layout;
pub mod places;
pub mod types;
