//! What the operands of instructions are.

/// A register of the frame.
pub type R = u16;
/// A place in the constant pool.
pub type K = u16;
/// The place of a name that is not known.
pub const NO_NAME: K = K::MAX;
/// The register of an argument that is not given.
pub const NO_VALUE: R = R::MAX;
/// The number of arguments that lie in an array.
pub const SPREAD: u16 = u16::MAX;
/// A site: a place in the code with an inline cache ([`Site`](super::code::Site)).
pub type S = u16;
/// The number of an instruction.
pub type Target = u32;

/// The iterator's methods that `yield*` passes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IteratorMethod {
    Throw,
    Return,
}

/// What the members of a class literal with known names are: how many properties its prototype and its constructor get
/// of them, in fields and as pairs of functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Members {
    pub fields: u8,
    pub accessors: u8,
    pub static_fields: u8,
    pub static_accessors: u8,
}
