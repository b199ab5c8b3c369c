//! What ends a computation early.

use core::fmt;
use heap_model::{AccessError, HeapError, OutOfMemory, StackOverflow};

/// Why a computation did not give its result.
#[derive(Debug)]
pub enum Thrown {
    /// A value was thrown, which lies in the machine's register for it.
    Exception,
    /// Calls are nested too deeply: a RangeError in the making.
    Overflow,
    /// The heap's limit is reached.
    OutOfMemory(Box<OutOfMemory>),
    /// The program has called `process.exit`.
    Exit(i32),
    /// The program has taken as many steps as it may.
    Endless,
    /// A fault of this crate: it has looked for something where it is not.
    Fault(Box<AccessError>),
}

/// The result of what may throw: two words.
pub type Outcome<T = ()> = Result<T, Thrown>;
const _: () = assert!(size_of::<Outcome<usize>>() <= 24 && size_of::<Outcome>() == 16);

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exception => f.write_str("an exception was thrown"),
            Self::Overflow => f.write_str("Maximum call stack size exceeded"),
            Self::OutOfMemory(error) => error.fmt(f),
            Self::Exit(code) => write!(f, "the program has exited with {code}"),
            Self::Endless => f.write_str("the program has taken as many steps as it may"),
            Self::Fault(error) => write!(f, "a fault of the engine: {error}"),
        }
    }
}

impl core::error::Error for Thrown {}

impl From<OutOfMemory> for Thrown {
    #[cold]
    fn from(error: OutOfMemory) -> Self {
        Self::OutOfMemory(Box::new(error))
    }
}

impl From<AccessError> for Thrown {
    #[cold]
    fn from(error: AccessError) -> Self {
        Self::Fault(Box::new(error))
    }
}

impl From<HeapError> for Thrown {
    fn from(error: HeapError) -> Self {
        match error {
            HeapError::OutOfMemory(error) => error.into(),
            HeapError::Access(error) => error.into(),
            // No operation that the machine calls is refused for another reason.
            _ => AccessError::WrongKind.into(),
        }
    }
}

impl From<node_memory::RuntimeError> for Thrown {
    fn from(error: node_memory::RuntimeError) -> Self {
        match error {
            node_memory::RuntimeError::OutOfMemory(error) => error.into(),
            // What the machine asks its runtime for is right.
            _ => AccessError::WrongKind.into(),
        }
    }
}

impl From<weak_refs::WeakError> for Thrown {
    fn from(error: weak_refs::WeakError) -> Self {
        match error {
            weak_refs::WeakError::Heap(error) => error.into(),
            // The machine has looked at what it gives to weak-refs.
            _ => AccessError::WrongKind.into(),
        }
    }
}

impl From<StackOverflow> for Thrown {
    fn from(_: StackOverflow) -> Self {
        Self::Overflow
    }
}

impl From<heap_model::NativeRefused> for Thrown {
    fn from(refused: heap_model::NativeRefused) -> Self {
        refused.error.into()
    }
}
