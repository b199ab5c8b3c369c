//! Errors that the compiler foresees: what an instruction throws, by name.

/// Whose constructor an error that the compiler foresees is made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Error,
    TypeError,
    ReferenceError,
    SyntaxError,
    RangeError,
    UriError,
    EvalError,
}

/// Why a private name cannot be used so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateError {
    NotWritable,
    NoGetter,
    NoSetter,
}
