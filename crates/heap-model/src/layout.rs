//! V8's object sizes in bytes, on x64 without pointer compression (measured on Node v20.20.2).
//! No unsafe code.

/// `{}`: 24 bytes and four fields in the object.
pub const EMPTY_OBJECT: usize = 56;
/// An array without its elements.
pub const JS_ARRAY: usize = 32;
/// A rope of two strings.
pub const CONS_STRING: usize = 32;
/// A boxed double.
pub const HEAP_NUMBER: usize = 16;
/// An arrow function or method.
pub const ARROW_FUNCTION: usize = 56;
/// A function with a prototype slot.
pub const FUNCTION: usize = 64;
/// A WeakMap without its table.
pub const WEAK_MAP: usize = 32;
/// A WeakRef.
pub const WEAK_REF: usize = 32;
/// An ArrayBuffer without its store.
pub const JS_ARRAY_BUFFER: usize = 88;
/// A typed array without its ArrayBuffer.
pub const JS_TYPED_ARRAY: usize = 96;

/// An object with `fields` fields in it.
#[must_use]
pub const fn object(fields: usize) -> usize {
    24 + 8 * fields
}

/// The elements of an array.
#[must_use]
pub const fn fixed_array(length: usize) -> usize {
    16 + 8 * length
}

/// A flat string of one-byte characters.
#[must_use]
pub const fn one_byte_string(length: usize) -> usize {
    16 + length.next_multiple_of(8)
}

/// A flat string of two-byte characters.
#[must_use]
pub const fn two_byte_string(length: usize) -> usize {
    16 + (2 * length).next_multiple_of(8)
}

/// A context of captured variables.
#[must_use]
pub const fn context(variables: usize) -> usize {
    32 + 8 * variables
}

/// A WeakMap's table with room for `capacity` entries.
#[must_use]
pub const fn ephemeron_table(capacity: usize) -> usize {
    40 + 16 * capacity
}

/// A Map's table.
#[must_use]
pub const fn ordered_hash_map(capacity: usize) -> usize {
    16 + 8 * (3 + capacity / 2 + 3 * capacity)
}

/// A Set's table.
#[must_use]
pub const fn ordered_hash_set(capacity: usize) -> usize {
    16 + 8 * (3 + capacity / 2 + 2 * capacity)
}
