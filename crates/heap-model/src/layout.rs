//! V8's object sizes in bytes, on x64 without pointer compression, as Node v20.20.2 (V8 11.3) has
//! them.
//!
//! They are measured: `tests/it/fixtures` holds the recorded table, and a test compares each item
//! here with it. Each size is of one cell, without what the cell refers to. [`shapes`](crate::shapes)
//! builds cells of these sizes. All functions are O(1), but [`array_capacity`].
//!
//! ```
//! use heap_model::layout;
//!
//! // `[]` after eighteen pushes: the elements grew twice.
//! let elements = layout::fixed_array(layout::array_capacity(18));
//! assert_eq!(layout::JS_ARRAY + elements, 392);
//! ```

/// `{}`: an [`object`] with room for four fields in it.
pub const EMPTY_OBJECT: usize = object(4);
/// An array without its elements, which are a [`fixed_array`].
pub const JS_ARRAY: usize = 32;
/// A strict function's `arguments` without its elements.
pub const ARGUMENTS: usize = 32;
/// What an iterator's `next` returns.
pub const ITERATOR_RESULT: usize = 40;
/// A rope of two strings, which have at least 13 characters together ([`CONS_STRING_LENGTH`]).
pub const CONS_STRING: usize = 32;
/// The shortest concatenation that becomes a rope; a shorter one is copied (`ConsString::kMinLength`).
pub const CONS_STRING_LENGTH: usize = 13;
/// A part of another string, of at least [`SLICED_STRING_LENGTH`] characters.
pub const SLICED_STRING: usize = 32;
/// The shortest part of a string that becomes a slice; a shorter one is copied (`SlicedString::kMinLength`).
pub const SLICED_STRING_LENGTH: usize = 13;
/// A string whose characters lie outside the heap.
pub const EXTERNAL_STRING: usize = 32;
/// A boxed double. A small integer of 32 bits takes no cell.
pub const HEAP_NUMBER: usize = 16;
/// A symbol.
pub const SYMBOL: usize = 24;
/// An arrow function, method, or async function.
pub const ARROW_FUNCTION: usize = 56;
/// A function with a prototype slot.
pub const FUNCTION: usize = 64;
/// A bound function; its arguments, if there are any, are a [`fixed_array`].
pub const BOUND_FUNCTION: usize = 48;
/// A promise, with Node's embedder field.
pub const PROMISE: usize = 48;
/// What a promise's `then` leaves with it.
pub const PROMISE_REACTION: usize = 48;
/// A Date whose time is a small integer; another's is a heap number more.
pub const DATE: usize = 96;
/// A RegExp whose source and code are shared.
pub const REG_EXP: usize = 56;
/// A Proxy.
pub const PROXY: usize = 32;
/// `new String("")`, `new Number(0)`.
pub const PRIMITIVE_WRAPPER: usize = 32;
/// A Map without its table.
pub const MAP: usize = 32;
/// A Set without its table.
pub const SET: usize = 32;
/// A WeakMap without its table.
pub const WEAK_MAP: usize = 32;
/// A WeakSet without its table.
pub const WEAK_SET: usize = 32;
/// A WeakRef.
pub const WEAK_REF: usize = 32;
/// A FinalizationRegistry without registrations.
pub const FINALIZATION_REGISTRY: usize = 80;
/// A FinalizationRegistry's registration (`WeakCell`).
pub const REGISTRATION: usize = 72;
/// A Map's iterator.
pub const MAP_ITERATOR: usize = 40;
/// A Set's iterator.
pub const SET_ITERATOR: usize = 40;
/// An array's iterator.
pub const ARRAY_ITERATOR: usize = 48;
/// An ArrayBuffer without its store, which lies outside the heap.
pub const JS_ARRAY_BUFFER: usize = 88;
/// A typed array without its ArrayBuffer.
pub const JS_TYPED_ARRAY: usize = 96;
/// The most bytes that a typed array keeps in the heap, as a [`byte_array`]
/// (`JSTypedArray::kMaxSizeInHeap`).
pub const TYPED_ARRAY_IN_HEAP: usize = 64;
/// A DataView without its ArrayBuffer.
pub const DATA_VIEW: usize = 80;

/// An object with room for `fields` fields in it.
#[must_use]
pub const fn object(fields: usize) -> usize {
    24 + 8 * fields
}

/// An object's fields that have no room in it: they grow by three (`JSObject::kFieldsAdded`).
#[must_use]
pub const fn property_array(fields: usize) -> usize {
    16 + 8 * fields.next_multiple_of(3)
}

/// The elements of an array.
#[must_use]
pub const fn fixed_array(length: usize) -> usize {
    16 + 8 * length
}

/// The elements of an array of doubles.
#[must_use]
pub const fn fixed_double_array(length: usize) -> usize {
    16 + 8 * length
}

/// The bytes of a small typed array.
#[must_use]
pub const fn byte_array(length: usize) -> usize {
    16 + length.next_multiple_of(8)
}

/// The room for elements in an array that had none before `pushes` pushes. O(log pushes).
#[must_use]
pub const fn array_capacity(pushes: usize) -> usize {
    let mut capacity = 0;
    while capacity < pushes {
        capacity = grown_array(capacity + 1);
    }
    capacity
}

/// The room that elements get when there is not enough: half as much again as is needed, and 16
/// (`JSObject::NewElementsCapacity`).
#[must_use]
pub const fn grown_array(needed: usize) -> usize {
    needed.saturating_add(needed / 2 + 16)
}

/// The room that `capacity` elements keep when the array is cut back from `before` to `length`: all if most of it is
/// used, half of what is free more than the length after the last element goes, else no more than the length
/// (`FastElementsAccessor::SetLengthImpl`).
#[must_use]
pub const fn truncated_array(capacity: usize, before: usize, length: usize) -> usize {
    if length == 0 {
        0
    } else if 2 * length + 16 > capacity {
        capacity
    } else if length + 1 == before {
        capacity - (capacity - length) / 2
    } else {
        length
    }
}

/// The room that `capacity` elements keep when the last is popped and `length` are left: that of
/// [`truncated_array`], or all if the array is short (`Array.prototype.pop` in `builtins-array-gen.cc`).
#[must_use]
pub const fn popped_array(capacity: usize, length: usize) -> usize {
    if 2 * length + 16 < capacity {
        truncated_array(capacity, length + 1, length)
    } else {
        capacity
    }
}

/// A flat string of one-byte characters; the empty one and those of one character are shared.
#[must_use]
pub const fn one_byte_string(length: usize) -> usize {
    16 + length.next_multiple_of(8)
}

/// A flat string of two-byte characters.
#[must_use]
pub const fn two_byte_string(length: usize) -> usize {
    16 + (2 * length).next_multiple_of(8)
}

/// A BigInt of `words` words of 64 bits.
#[must_use]
pub const fn big_int(words: usize) -> usize {
    16 + 8 * words
}

/// A context of captured variables.
#[must_use]
pub const fn context(variables: usize) -> usize {
    32 + 8 * variables
}

/// The fields of an object that is a dictionary ([`dictionary_capacity`] says when it grows). The
/// object itself then has no room for fields: it is an [`object`] of none.
#[must_use]
pub const fn name_dictionary(capacity: usize) -> usize {
    16 + 8 * (6 + 3 * capacity)
}

/// The elements of a sparse array.
#[must_use]
pub const fn number_dictionary(capacity: usize) -> usize {
    16 + 8 * (4 + 3 * capacity)
}

/// The room that a dictionary or a WeakMap's table is made with for `entries` entries: half as much
/// again, rounded up to a power of two, at least 4 (`HashTableBase::ComputeCapacity`).
#[must_use]
pub const fn dictionary_capacity(entries: usize) -> usize {
    let capacity = (entries + entries / 2).next_power_of_two();
    if capacity < 4 { 4 } else { capacity }
}

/// A WeakMap's or WeakSet's table with room for `capacity` entries.
#[must_use]
pub const fn ephemeron_table(capacity: usize) -> usize {
    40 + 16 * capacity
}

/// The room that a Map's or a Set's table has after `entries` insertions: a power of two, at least 4
/// (`OrderedHashTable::kInitialCapacity`).
#[must_use]
pub const fn ordered_capacity(entries: usize) -> usize {
    let capacity = entries.next_power_of_two();
    if capacity < 4 { 4 } else { capacity }
}

/// A Map's table with room for `capacity` entries.
#[must_use]
pub const fn ordered_hash_map(capacity: usize) -> usize {
    16 + 8 * (3 + capacity / 2 + 3 * capacity)
}

/// A Set's table with room for `capacity` entries.
#[must_use]
pub const fn ordered_hash_set(capacity: usize) -> usize {
    16 + 8 * (3 + capacity / 2 + 2 * capacity)
}
