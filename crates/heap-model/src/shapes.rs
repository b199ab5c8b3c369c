//! JavaScript-shaped objects: cells with V8's sizes ([`layout`]) and V8's order of slots.
//!
//! V8's first two words of an object are its map and its properties or identity hash; of an array
//! of elements and of a string, its map and its length. A cell has its header and its hash there, so
//! what follows are slots, in V8's order, and each cell is as large as V8's.
//!
//! Functions that make cells are O(their size), may collect, and make one handle, which panics if there are too
//! many ([`Scope`]). Those that read are constant time.
//!
//! ```
//! use heap_model::{Heap, HeapOptions, Value, layout, shapes};
//!
//! let mut heap = Heap::new(HeapOptions::default())?;
//! heap.enter(|scope| -> Result<(), heap_model::HeapError> {
//!     let name = shapes::one_byte_string(scope, b"a name")?;
//!     let object = shapes::object(scope, 4)?;
//!     scope.set(object, shapes::FIELDS, Value::Ref(name))?;
//!     assert_eq!(scope.size(object)?, layout::EMPTY_OBJECT);
//!     assert_eq!(shapes::string_bytes(scope, name)?, b"a name");
//!     Ok(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::error::{AccessError, HeapError, NativeRefused, OutOfMemory, Reason};
use crate::layout;
use crate::memory::cell::{HEADER, WORD};
use crate::memory::header::{Header, Kind};
use crate::observe::walk::{Edge, EdgeKind, Node};
use crate::scope::view::Seen;
use crate::scope::{Local, Scope, Value};

/// An object's slot for its elements.
pub const ELEMENTS: usize = 0;
/// An object's slot for its first field.
pub const FIELDS: usize = 1;
/// An array's slot for its length.
pub const LENGTH: usize = 1;
/// A Map's, Set's or WeakMap's slot for its table.
pub const TABLE: usize = 1;
/// A function's slot for its context.
pub const CONTEXT: usize = 2;
/// A context's slot for the context around it.
pub const PREVIOUS: usize = 1;
/// A context's slot for its first variable.
pub const VARIABLES: usize = 2;
/// A typed array's slot for its ArrayBuffer.
pub const BUFFER: usize = 1;

/// An object with room for `fields` fields, from slot [`FIELDS`] on.
///
/// # Errors
/// [`OutOfMemory`] at the limit.
pub fn object<'s>(scope: &mut Scope<'s>, fields: usize) -> Result<Local<'s>, OutOfMemory> {
    scope.alloc(Kind::Object, fields.saturating_add(FIELDS), 0)
}

/// An array of `length` holes, with its elements.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or if a small integer can't tell the length.
pub fn array<'s>(scope: &mut Scope<'s>, length: usize) -> Result<Local<'s>, HeapError> {
    scope.escape(|scope| {
        let elements = scope.alloc(Kind::Array, length, 0)?;
        for slot in 0..length {
            scope.set(elements, slot, Value::Hole)?;
        }
        let array = scope.alloc_sized(Kind::Object, layout::JS_ARRAY, 2)?;
        scope.set(array, ELEMENTS, Value::Ref(elements))?;
        // A cell has fewer than 2^27 slots.
        scope.set(array, LENGTH, Value::Smi(length as i32))?;
        Ok(array)
    })
}

/// A flat string of one-byte characters (Latin-1).
///
/// # Errors
/// [`OutOfMemory`] at the limit.
pub fn one_byte_string<'s>(scope: &mut Scope<'s>, text: &[u8]) -> Result<Local<'s>, OutOfMemory> {
    let cell = string(scope, Kind::OneByteString, text.len())?;
    if let Ok(bytes) = scope.bytes_mut(cell) {
        bytes[..text.len()].copy_from_slice(text);
    }
    Ok(cell)
}

/// A flat string of two-byte characters (UTF-16), in the machine's order of bytes.
///
/// # Errors
/// [`OutOfMemory`] at the limit.
pub fn two_byte_string<'s>(scope: &mut Scope<'s>, text: &[u16]) -> Result<Local<'s>, OutOfMemory> {
    let cell = string(scope, Kind::TwoByteString, 2 * text.len())?;
    if let Ok(bytes) = scope.bytes_mut(cell) {
        for (unit, to) in text.iter().zip(bytes.chunks_exact_mut(2)) {
            to.copy_from_slice(&unit.to_ne_bytes());
        }
    }
    Ok(cell)
}

/// A string's cell is rounded up to words; the number beside its hash says by how much.
fn string<'s>(scope: &mut Scope<'s>, kind: Kind, bytes: usize) -> Result<Local<'s>, OutOfMemory> {
    let cell = scope.alloc(kind, 0, bytes)?;
    if let Ok(place) = scope.cell(cell) {
        place.set_auxiliary((bytes.next_multiple_of(WORD) - bytes) as u32);
    }
    Ok(cell)
}

/// A flat string's characters, as bytes, without the padding. All raw bytes of one that was
/// allocated otherwise ([`Scope::alloc`]) count.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is no flat string, [`AccessError::WrongHeap`].
pub fn string_bytes<'a>(scope: &'a Scope<'_>, cell: Local<'_>) -> Result<&'a [u8], AccessError> {
    if !matches!(scope.kind(cell)?, Kind::OneByteString | Kind::TwoByteString) {
        return Err(AccessError::WrongKind);
    }
    let place = scope.cell(cell)?;
    let padding = if place.header().has(Header::SITED) { 0 } else { place.auxiliary() as usize };
    let bytes = scope.bytes(cell)?;
    Ok(&bytes[..bytes.len().saturating_sub(padding)])
}

/// A rope of two strings, in slots 0 and 1. Of what length V8 makes one, [`layout::CONS_STRING_LENGTH`] tells.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit; [`AccessError::WrongKind`] if one is no string,
/// [`AccessError::WrongHeap`].
pub fn cons_string<'s>(
    scope: &mut Scope<'s>,
    left: Local<'_>,
    right: Local<'_>,
) -> Result<Local<'s>, HeapError> {
    for kind in [scope.kind(left)?, scope.kind(right)?] {
        if !matches!(kind, Kind::OneByteString | Kind::TwoByteString | Kind::ConsString) {
            return Err(AccessError::WrongKind.into());
        }
    }
    let cell = scope.alloc_sized(Kind::ConsString, layout::CONS_STRING, 2)?;
    scope.set(cell, 0, Value::Ref(left))?;
    scope.set(cell, 1, Value::Ref(right))?;
    Ok(cell)
}

/// A boxed double of 16 bytes ([`layout::HEAP_NUMBER`]).
///
/// # Errors
/// [`OutOfMemory`] at the limit.
pub fn heap_number<'s>(scope: &mut Scope<'s>, number: f64) -> Result<Local<'s>, OutOfMemory> {
    let cell = scope.alloc_sized(Kind::Double, layout::HEAP_NUMBER, 0)?;
    if let Ok(bytes) = scope.bytes_mut(cell) {
        bytes.copy_from_slice(&number.to_ne_bytes());
    }
    Ok(cell)
}

/// A boxed double's number.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is none, [`AccessError::WrongHeap`].
pub fn number(scope: &Scope<'_>, cell: Local<'_>) -> Result<f64, AccessError> {
    if scope.kind(cell)? != Kind::Double {
        return Err(AccessError::WrongKind);
    }
    let bytes = scope.bytes(cell)?.first_chunk().copied();
    bytes.map(f64::from_ne_bytes).ok_or(AccessError::WrongKind)
}

/// A context of `variables` captured variables, from slot [`VARIABLES`] on, in another, if there is
/// one.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, [`AccessError::WrongHeap`].
pub fn context<'s>(
    scope: &mut Scope<'s>,
    previous: Option<Local<'_>>,
    variables: usize,
) -> Result<Local<'s>, HeapError> {
    let cell = scope.alloc(Kind::Context, variables.saturating_add(VARIABLES), 0)?;
    scope.set(cell, PREVIOUS, previous.map_or(Value::Null, Value::Ref))?;
    Ok(cell)
}

/// An arrow function with its context.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, [`AccessError::WrongHeap`].
pub fn arrow_function<'s>(
    scope: &mut Scope<'s>,
    context: Local<'_>,
) -> Result<Local<'s>, HeapError> {
    closure(scope, layout::ARROW_FUNCTION, context)
}

/// A function that has a prototype, with its context.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, [`AccessError::WrongHeap`].
pub fn function<'s>(scope: &mut Scope<'s>, context: Local<'_>) -> Result<Local<'s>, HeapError> {
    closure(scope, layout::FUNCTION, context)
}

fn closure<'s>(
    scope: &mut Scope<'s>,
    size: usize,
    context: Local<'_>,
) -> Result<Local<'s>, HeapError> {
    let cell = scope.alloc_sized(Kind::Closure, size, (size - HEADER) / WORD)?;
    scope.set(cell, CONTEXT, Value::Ref(context))?;
    Ok(cell)
}

/// A Map with an empty table for `entries` entries.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or for more than 2^27 entries.
pub fn map<'s>(scope: &mut Scope<'s>, entries: usize) -> Result<Local<'s>, HeapError> {
    let capacity = ordered_capacity(scope, entries)?;
    with_table(scope, layout::MAP, layout::ordered_hash_map(capacity))
}

/// A Set with an empty table for `entries` entries.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or for more than 2^27 entries.
pub fn set<'s>(scope: &mut Scope<'s>, entries: usize) -> Result<Local<'s>, HeapError> {
    let capacity = ordered_capacity(scope, entries)?;
    with_table(scope, layout::SET, layout::ordered_hash_set(capacity))
}

/// The room for so many entries, which must be less than the largest cell has.
fn ordered_capacity(scope: &Scope<'_>, entries: usize) -> Result<usize, OutOfMemory> {
    if entries > 1 << 27 {
        // An entry takes two words at the least, and half of one in the buckets.
        return Err(scope.heap.spaces.refusal(entries.saturating_mul(20), Reason::TooLarge));
    }
    Ok(layout::ordered_capacity(entries))
}

fn with_table<'s>(
    scope: &mut Scope<'s>,
    size: usize,
    table: usize,
) -> Result<Local<'s>, HeapError> {
    scope.escape(|scope| {
        let table = scope.alloc(Kind::Array, (table - HEADER) / WORD, 0)?;
        let cell = scope.alloc_sized(Kind::Object, size, 2)?;
        scope.set(cell, TABLE, Value::Ref(table))?;
        Ok(cell)
    })
}

/// A WeakMap with an empty table for `entries` entries, at least 4 places.
///
/// [`Scope::ephemeron_set`] and its like take the table, which is in slot [`TABLE`], and not this cell: they
/// look for a table in a cell's first slot alone, and V8 has the elements there. A table that had to grow is
/// replaced, and whoever set the entry stores the new one in the slot.
///
/// ```
/// use heap_model::{Heap, HeapError, HeapOptions, Local, Scope, Value, shapes};
///
/// fn set(
///     scope: &mut Scope<'_>,
///     map: Local<'_>,
///     key: Local<'_>,
///     value: Value<'_>,
/// ) -> Result<(), HeapError> {
///     scope.scope(|scope| {
///         let Value::Ref(table) = scope.get(map, shapes::TABLE)? else { unreachable!() };
///         if let Some(larger) = scope.ephemeron_set(table, key, value)? {
///             scope.set(map, shapes::TABLE, Value::Ref(larger))?;
///         }
///         Ok(())
///     })
/// }
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), HeapError> {
///     let map = shapes::weak_map(scope, 0)?;
///     for number in 0..100 {
///         let key = shapes::object(scope, 0)?;
///         set(scope, map, key, Value::Smi(number))?;
///     }
///     let key = shapes::object(scope, 0)?;
///     set(scope, map, key, Value::Bool(true))?;
///     let Value::Ref(table) = scope.get(map, shapes::TABLE)? else { unreachable!() };
///     assert_eq!(scope.ephemeron_len(table)?, 101);
///     assert!(matches!(scope.ephemeron_get(table, key)?, Some(Value::Bool(true))));
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit.
pub fn weak_map<'s>(scope: &mut Scope<'s>, entries: usize) -> Result<Local<'s>, HeapError> {
    scope.escape(|scope| {
        let places = entries.saturating_add(entries / 2).checked_next_power_of_two();
        let table = scope.alloc_ephemeron_table(places.unwrap_or(usize::MAX))?;
        let cell = scope.alloc_sized(Kind::Object, layout::WEAK_MAP, 2)?;
        scope.set(cell, TABLE, Value::Ref(table))?;
        Ok(cell)
    })
}

/// A WeakRef, which [`Scope::weak_target`] reads.
///
/// # Errors
/// As [`Scope::alloc_weak_cell`].
pub fn weak_ref<'s>(scope: &mut Scope<'s>, target: Local<'_>) -> Result<Local<'s>, HeapError> {
    scope.alloc_weak_cell(target)
}

/// An ArrayBuffer whose store, outside the heap, is the bytes given: a native cell with a `Vec<u8>`. Its
/// capacity counts as external memory while the buffer lives; where that changes,
/// [`Scope::set_external`] tells the heap.
///
/// # Errors
/// [`NativeRefused`] at the limit, with the bytes.
pub fn array_buffer<'s>(scope: &mut Scope<'s>, bytes: Vec<u8>) -> Result<Local<'s>, NativeRefused> {
    let external = bytes.capacity();
    scope.alloc_native(layout::JS_ARRAY_BUFFER, 2, Box::new(bytes), external)
}

/// A typed array of `length` bytes of an ArrayBuffer, from `offset` on.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit; [`AccessError::WrongKind`] if `buffer` is no
/// [`array_buffer`], [`AccessError::SlotOutOfRange`] if it has fewer bytes, [`AccessError::WrongHeap`].
pub fn typed_array<'s>(
    scope: &mut Scope<'s>,
    buffer: Local<'_>,
    offset: usize,
    length: usize,
) -> Result<Local<'s>, HeapError> {
    let len = scope.native::<Vec<u8>>(buffer)?.len();
    let end = offset.saturating_add(length);
    if end > len {
        return Err(AccessError::SlotOutOfRange { slot: end, len }.into());
    }
    let cell = scope.alloc_sized(Kind::Object, layout::JS_TYPED_ARRAY, 2)?;
    scope.set(cell, BUFFER, Value::Ref(buffer))?;
    let bytes = scope.bytes_mut(cell)?;
    for (to, number) in bytes.chunks_exact_mut(WORD).zip([offset, length]) {
        to.copy_from_slice(&(number as u64).to_ne_bytes());
    }
    Ok(cell)
}

/// The bytes of a typed array. Makes no handle; constant time.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is none, [`AccessError::SlotOutOfRange`] if its buffer has
/// become shorter, [`AccessError::WrongHeap`] for another heap's handle.
pub fn typed_array_bytes<'a>(
    scope: &'a mut Scope<'_>,
    cell: Local<'_>,
) -> Result<&'a mut [u8], AccessError> {
    let view = scope.view(cell)?;
    let shape = (view.kind(), view.size(), view.slot_count());
    if shape != (Kind::Object, layout::JS_TYPED_ARRAY, BUFFER + 1) {
        return Err(AccessError::WrongKind);
    }
    let mut numbers = [0_usize; 2];
    for (number, word) in numbers.iter_mut().zip(view.bytes()?.as_chunks().0) {
        *number = u64::from_ne_bytes(*word) as usize;
    }
    let Seen::Ref(buffer) = view.get(BUFFER)? else { return Err(AccessError::WrongKind) };
    let buffer = buffer.cell();
    let [offset, length] = numbers;
    let bytes = scope.payload_mut::<Vec<u8>>(buffer)?;
    let (slot, len) = (offset.saturating_add(length), bytes.len());
    bytes.get_mut(offset..slot).ok_or(AccessError::SlotOutOfRange { slot, len })
}

/// The name that V8's heap snapshots have for a reference of V8's own, be it internal or weak
/// (`V8HeapExplorer::ExtractReferences`, `profiler/heap-snapshot-generator.cc`). None for a field, an element, a
/// variable, or what a registration is its user's for: those the program names by the [`EdgeKind`]'s number.
///
/// It goes by kinds, sizes and slots, so it is right for cells of this module's functions in which slot
/// [`ELEMENTS`] has elements, and in which arrays and tables of [`Kind::Array`] or [`Kind::EphemeronTable`]
/// are never a field's value, as in V8. Constant time.
#[must_use]
pub fn internal_name(node: &Node, edge: &Edge) -> Option<&'static str> {
    let table = matches!(edge.to_kind, Kind::Array | Kind::EphemeronTable);
    let typed_array = (node.size, node.slots) == (layout::JS_TYPED_ARRAY, BUFFER + 1);
    match (node.kind, edge.kind) {
        (Kind::Object, EdgeKind::Field(ELEMENTS)) => Some("elements"),
        (Kind::Object, EdgeKind::Field(TABLE)) if table => Some("table"),
        (Kind::Object, EdgeKind::Field(BUFFER)) if typed_array => Some("buffer"),
        (Kind::Context, EdgeKind::Context(slot)) => name(&["scope_info", "previous"], slot),
        (Kind::Closure, EdgeKind::Internal(slot)) => {
            name(&["elements", "shared", "context", "feedback_cell", "code"], slot)
        }
        (Kind::Native, EdgeKind::Internal(ELEMENTS)) => Some("elements"),
        (Kind::ConsString, EdgeKind::Internal(slot)) => name(&["first", "second"], slot),
        (Kind::WeakCell, EdgeKind::Weak(_)) => Some("target"),
        (Kind::Registration, EdgeKind::Weak(slot)) => {
            name(&["target", "unregister_token", "finalization_registry"], slot)
        }
        _ => None,
    }
}

fn name(names: &[&'static str], slot: usize) -> Option<&'static str> {
    names.get(slot).copied()
}
