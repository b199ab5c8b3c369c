//! Records: cells that are described by Rust types.
//!
//! A struct that derives [`Record`] is a cell: its fields that refer to cells are slots, its other fields lie in the
//! cell's raw bytes, and those with `#[payload]` beside the heap. A struct literal makes one ([`Scope::make`](crate::Scope::make)), and
//! each field has functions on its handle ([`Gc`]).
//!
//! ```
//! use heap_model::typed::{Gc, Record};
//! use heap_model::{Heap, HeapOptions, OutOfMemory};
//!
//! #[derive(Record)]
//! struct Pair<'s> {
//!     number: i32,
//!     rest: Option<Gc<'s, Pair<'s>>>,
//! }
//!
//! let mut heap = Heap::new(HeapOptions::default())?;
//! heap.enter(|scope| -> Result<(), OutOfMemory> {
//!     let last = scope.make(Pair { number: 2, rest: None })?;
//!     let first = scope.make(Pair { number: 1, rest: Some(last) })?;
//!     first.set_number(scope, 7);
//!     last.set_rest(scope, Some(first));
//!     scope.collect();
//!     let again = first.rest(scope).and_then(|rest| rest.rest(scope));
//!     assert_eq!(again.map(|pair| pair.number(scope)), Some(7));
//!     Ok(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a field is
//!
//! | the field's type | lies in | functions of a field `x` |
//! |---|---|---|
//! | names the struct's lifetime, and is a [`Slot`] | a slot | `x(scope)`, `set_x(scope, value)` |
//! | an array of those, `[S; N]` | `N` slots | `x(scope, index)`, `set_x(scope, index, value)` |
//! | a slice of those, `&'s [S]` | as many slots as it has when the record is made | as an array's, and `x_len(scope)` |
//! | `Copy + Send`, without the lifetime | the raw bytes | `x(scope)`, `set_x(scope, value)` |
//! | a slice of those, `&'s [P]` | the raw bytes | `x(scope)`, `x_mut(scope)` |
//! | `Send`, with `#[payload]` | a box that is dropped with the cell | `x(scope)`, `x_mut(scope)` |
//!
//! A struct has at most one slice, and it is the last field. The functions are those of a trait that is named after the
//! struct (`PairFields`) and as visible as its least visible field; another one (`PairRead`) has those that read without
//! handles ([`Ref`]). They panic if the handle is of another heap, or an index is out of range, and check nothing else:
//! the type was checked when the handle was made.
//!
//! A cell has 16 bytes, 8 for each slot, and those of the plain fields, which Rust may order as it likes, rounded up
//! to 8. A record with a payload has a number of 4 bytes more, and so has one with a slice of plain values. Plain fields are
//! aligned to 8 bytes at the most.
//!
//! # Types
//!
//! Type parameters are of plain fields and payloads; each instance is a type of its own. A heap has at most 1,024 types of
//! records.
//!
//! Each record has the number of its type in the heap, which [`Scope::cast`](crate::Scope::cast) compares, and
//! [`Scope::record_type`](crate::Scope::record_type) tells. `#[record(tag = 7)]` chooses it, from 1 to 255, so that a
//! program can match on it; two types with one tag cannot be in one heap. Such records are made with that
//! [`Tag`](crate::Tag) in their headers; it is the program's to change, and their type stays what it is.
//!
//! An enum that derives [`Slot`] is one slot: its variants are constants, booleans, small integers, cells and records.
//!
//! # Weakly typed
//!
//! A record is a cell, and goes where cells go: `Local::from(gc)` is its local, and `Value::from(gc)` its value. Its slots can
//! be read through a [`View`](crate::View), and by nobody changed who does not know its type; it has no raw bytes for
//! others.

mod access;
mod any;
pub(crate) mod describe;
mod escape;
mod make;
mod own;
mod payloads;
mod read;
mod roots;
mod slot;

#[doc(hidden)]
pub mod derived;

use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::record::places::RecordPlace;
use crate::memory::word::Word;
use crate::scope::operand::{Operand, Read};
use crate::scope::{Local, Value};
use core::fmt;
use core::marker::PhantomData;

pub use crate::memory::record::layout::Plain;
pub use any::FromValue;
pub(crate) use describe::Payload;
pub use describe::{Owned, Parts, Record, Slot};
#[cfg(feature = "derive")]
pub use heap_model_derive::{Record, Slot};
pub use make::Refused;
pub use read::Ref;
pub use roots::Root;
pub use slot::Union;

/// A handle to a record: what [`Local`] is to any cell.
///
/// `T` names the record's type. The lifetime in it says nothing, and is mostly the handle's.
pub struct Gc<'s, T> {
    place: RecordPlace<T>,
    /// Covariant, as a local's.
    scope: PhantomData<&'s ()>,
}

impl<T> Clone for Gc<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Gc<'_, T> {}

impl<T> fmt::Debug for Gc<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gc<{}>", core::any::type_name::<T>())
    }
}

impl<'s, T> Gc<'s, T> {
    #[inline(always)]
    fn new(place: RecordPlace<T>) -> Self {
        Self { place, scope: PhantomData }
    }
}

impl<'s, T> From<Gc<'s, T>> for Local<'s> {
    #[inline(always)]
    fn from(gc: Gc<'s, T>) -> Self {
        Self::of_place(gc.place.place())
    }
}

impl<T> Operand for Gc<'_, T> {}

impl<T> Read for Gc<'_, T> {
    #[inline(always)]
    fn word(self, heap: &Heap) -> Result<Word, AccessError> {
        Local::from(self).word(heap)
    }
}

impl<'s, T> From<Gc<'s, T>> for Value<'s> {
    #[inline(always)]
    fn from(gc: Gc<'s, T>) -> Self {
        Self::Ref(gc.into())
    }
}
