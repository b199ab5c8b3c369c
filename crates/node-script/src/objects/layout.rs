//! Where a value's parts lie in its cell.
//!
//! An object is V8's: a header word with its class (V8's map), a word for its identity hash, then
//! [`BACKING`] (V8's elements and properties), then what its kind has, then its in-object fields. As V8 has two words where
//! we have one, an object with both elements and properties outside of it has a [`tags::PAIR`] of them.
//!
//! Tags of cells say what they are: of an object its class's number, of an interned string or a symbol its
//! [`Atom`](super::atoms::Atom), of a backing one of [`tags`].

use heap_model::Tag;

/// An object's elements, its property array, its dictionary, or a pair of those; undefined if it has none.
pub const BACKING: usize = 0;
/// An ordinary object's first field.
pub const FIELDS: usize = 1;

/// An array's length.
pub const LENGTH: usize = 1;

/// What wrappers, dates, iterators and others have first.
pub const FIRST: usize = 1;

/// A function's shared information.
pub const SHARED: usize = 1;
pub const CONTEXT: usize = 2;
/// Whose prototype a method's `super` is (V8 has the feedback cell there).
pub const HOME: usize = 3;
/// The number of its code, a small integer.
pub const CODE: usize = 4;
/// Its prototype; once it was constructed, the cell of its instances' first class.
pub const PROTOTYPE: usize = 5;
/// Slots of a function with and without [`PROTOTYPE`].
pub const FUNCTION_SLOTS: usize = 6;
pub const METHOD_SLOTS: usize = 5;

/// Slots of a shared information: the constant pool once it is installed, the code's number, the name, the script.
pub const POOL: usize = 0;
pub const SHARED_SLOTS: usize = 5;

/// A context's number of its scope, the context around it, and its first variable.
pub const SCOPE: usize = 0;
pub const PREVIOUS: usize = 1;
pub const EXTENSION: usize = 2;

/// An accessor's two functions.
pub const GETTER: usize = 0;
pub const SETTER: usize = 1;

/// A class's cell, which takes the 72 bytes of V8's map: the prototype of its objects first.
pub const CLASS_PROTOTYPE: usize = 0;
pub const CLASS_DESCRIPTORS: usize = 1;
pub const CLASS_INFO: usize = 2;
/// The cell of the class that leads to it (V8's back pointer).
pub const CLASS_BEFORE: usize = 3;
/// Its number, a small integer.
pub const CLASS_NUMBER: usize = 4;
pub const CLASS_SLOTS: usize = 7;

/// The tag with a number.
#[inline(always)]
pub fn tag(number: u32) -> Tag {
    Tag::new(number).unwrap_or(Tag::NONE)
}

/// Tags of cells that are no values of the language.
pub mod tags {
    /// Fields that have no room in their object.
    pub const PROPERTIES: u32 = 1;
    pub const ELEMENTS: u32 = 2;
    /// Elements that an array shares with a literal's constant.
    pub const SHARED_ELEMENTS: u32 = 3;
    /// Elements that are doubles.
    pub const DOUBLES: u32 = 4;
    pub const NAMES: u32 = 5;
    pub const NUMBERS: u32 = 6;
    /// Elements, and properties.
    pub const PAIR: u32 = 7;
    pub const ACCESSOR: u32 = 8;
    pub const BIG_INT: u32 = 9;
    pub const NEGATIVE_BIG_INT: u32 = 10;
    pub const SHARED_INFO: u32 = 11;
    pub const CLASS: u32 = 12;
    pub const POOL: u32 = 13;
    pub const WITH: u32 = 14;
    pub const BOUND_ARGUMENTS: u32 = 15;
    pub const REACTION: u32 = 16;
    pub const CAPABILITY: u32 = 17;
    /// A small typed array's bytes.
    pub const BYTES: u32 = 18;
    /// A regular expression's program and its parts.
    pub const REG_EXP_DATA: u32 = 19;
    /// The calls of an error's trace, and one of them.
    pub const CALL_SITES: u32 = 20;
    pub const CALL_SITE: u32 = 21;
    /// What V8 keeps beside a map.
    pub const DESCRIPTORS: u32 = 22;
    /// The calls of the trace of an error of Node's own, whose first line has its code.
    pub const NODE_CALL_SITES: u32 = 23;
    /// The first number of a class.
    pub const FIRST_CLASS: u32 = 64;
}
