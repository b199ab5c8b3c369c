//! The window of registers that a function of Rust sees.

/// A register of the current window.
pub type R = usize;
/// The function that a built-in is called as.
pub const CALLEE: R = 0;
/// Its `this`.
pub const THIS: R = 1;
/// Its first argument. The window has at least [`SPARE`] of them, undefined where none was given.
pub const FIRST: R = 2;
/// Registers for arguments that each built-in's window has.
pub const SPARE: usize = 6;
