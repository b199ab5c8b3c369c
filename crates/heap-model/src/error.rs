//! The errors of the heap's operations.

use crate::memory::cell::MAX_SIZE;
use core::any::Any;
use core::fmt;

/// An allocation was refused; [`reason`](Self::reason) says why.
///
/// Everything that was allocated before stays valid. A program that drops something can allocate again.
///
/// ```
/// use heap_model::{Heap, HeapOptions, Kind, OutOfMemory, Value};
///
/// let mut heap = Heap::new(HeapOptions::default().with_limit(4 << 20))?;
/// heap.enter(|scope| -> Result<(), OutOfMemory> {
///     // A list that grows until the limit allows no more; each turn's handles end with it.
///     let list = scope.alloc(Kind::Object, 1, 0)?;
///     let refused = loop {
///         let grown = scope.scope(|scope| -> Result<(), OutOfMemory> {
///             let link = scope.alloc(Kind::Object, 1, 1000)?;
///             let rest = scope.get(list, 0).unwrap();
///             scope.set(link, 0, rest).unwrap();
///             scope.set(list, 0, Value::Ref(link)).unwrap();
///             Ok(())
///         });
///         if let Err(refused) = grown {
///             break refused;
///         }
///     };
///     assert_eq!((refused.requested, refused.limit), (1024, 4 << 20));
///     assert!(refused.used < scope.heap_total() && scope.heap_total() <= scope.limit());
///     scope.set(list, 0, Value::Null).unwrap();
///     scope.alloc(Kind::Object, 1, 1000)?;
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutOfMemory {
    /// The bytes that were requested: the size of the cell or of the reservation. For a heap that could not be made, the
    /// least limit that it needs, or its initial size.
    pub requested: usize,
    /// Bytes of cells in the heap at that time.
    pub used: usize,
    /// The limit in bytes at that time.
    pub limit: usize,
    /// Why it was refused.
    pub reason: Reason,
}

/// Why an allocation was refused.
///
/// ```
/// use heap_model::{Heap, HeapOptions, Kind, Reason};
///
/// let refused = Heap::new(HeapOptions::default().with_limit(1 << 20)).err().unwrap();
/// assert_eq!((refused.reason, refused.requested), (Reason::LimitTooLow, 1_310_720));
/// assert!(Heap::new(HeapOptions::default().with_limit(refused.requested)).is_ok());
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| {
///     let refused = scope.alloc(Kind::Bytes, 0, 5_000_000_000).unwrap_err();
///     assert_eq!((refused.reason, refused.requested), (Reason::TooLarge, 5_000_000_016));
/// });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The heap's limit allows no more, after a last collection.
    Limit,
    /// The operating system gives no more memory or addresses.
    System,
    /// The cell is too large for any heap: a cell has less than 1 GiB.
    TooLarge,
    /// A heap with this limit could hold no cell.
    LimitTooLow,
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requested, used, limit, reason } = self;
        match reason {
            Reason::Limit => {
                write!(f, "out of memory: {requested} bytes requested, {used} used, limit {limit}")
            }
            Reason::System => write!(
                f,
                "the operating system refuses memory: {requested} bytes requested, {used} used, limit {limit}"
            ),
            Reason::TooLarge => {
                write!(f, "{requested} bytes requested, the largest cell has {MAX_SIZE}")
            }
            Reason::LimitTooLow => {
                write!(f, "a heap needs a limit of {requested} bytes at the least, not {limit}")
            }
        }
    }
}

impl core::error::Error for OutOfMemory {}

/// Why a cell could not be read or written; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessError {
    /// The cell has fewer slots; or the object, array or context that it is fewer properties, elements or variables.
    SlotOutOfRange {
        /// The slot asked for, from 0.
        slot: usize,
        /// How many slots there are.
        len: usize,
    },
    /// The cell has fewer raw bytes, or the ArrayBuffer fewer bytes.
    BytesOutOfRange {
        /// Where the bytes that were asked for end.
        end: usize,
        /// How many bytes there are.
        len: usize,
    },
    /// The register holds no cell.
    NoCell,
    /// The cell is of another kind, or its payload of another type.
    WrongKind,
    /// The handle is another heap's.
    WrongHeap,
    /// The registration is in a bucket already.
    AlreadyLinked,
    /// Both handles refer to one cell, where two are borrowed at once.
    SameCell,
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SlotOutOfRange { slot, len } => write!(f, "slot {slot} of a cell with {len}"),
            Self::BytesOutOfRange { end, len } => {
                write!(f, "bytes up to {end} of {len}")
            }
            Self::NoCell => f.write_str("the register holds no cell"),
            Self::WrongKind => f.write_str("the cell is of another kind"),
            Self::WrongHeap => f.write_str("the handle belongs to another heap"),
            Self::AlreadyLinked => f.write_str("the registration is in a bucket already"),
            Self::SameCell => f.write_str("both handles refer to one cell"),
        }
    }
}

impl core::error::Error for AccessError {}

/// The register stack would have more registers than its limit, or than the operating system gives memory for. Nothing
/// has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StackOverflow {
    /// Registers that the stack can have at the most.
    pub limit: usize,
}

impl fmt::Display for StackOverflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stack overflow: the limit is {} registers", self.limit)
    }
}

impl core::error::Error for StackOverflow {}

/// Why an operation that both reads and allocates failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeapError {
    /// The allocation was refused: [`OutOfMemory::reason`] tells why.
    OutOfMemory(OutOfMemory),
    /// The access was refused.
    Access(AccessError),
}

impl fmt::Display for HeapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory(error) => error.fmt(f),
            Self::Access(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for HeapError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        // The message is the inner error's, so its source follows.
        match self {
            Self::OutOfMemory(error) => error.source(),
            Self::Access(error) => error.source(),
        }
    }
}

impl From<OutOfMemory> for HeapError {
    fn from(error: OutOfMemory) -> Self {
        Self::OutOfMemory(error)
    }
}

impl From<AccessError> for HeapError {
    fn from(error: AccessError) -> Self {
        Self::Access(error)
    }
}

impl From<NativeRefused> for HeapError {
    /// Drops the payload. To keep it, match on the [`NativeRefused`] instead of passing it on with `?`.
    fn from(refused: NativeRefused) -> Self {
        Self::OutOfMemory(refused.error)
    }
}

/// A native cell that the limit refused, with its payload.
///
/// ```
/// use heap_model::{Heap, HeapError, HeapOptions, shapes};
///
/// let mut heap = Heap::new(HeapOptions::default().with_limit(4 << 20))?;
/// heap.enter(|scope| -> Result<(), HeapError> {
///     // `?` drops the payload that was refused; here it comes back.
///     let refused = scope.alloc_native(8 << 20, 0, Box::new(vec![1_u8, 2, 3]), 3).unwrap_err();
///     let bytes = *refused.payload.downcast::<Vec<u8>>().unwrap();
///     shapes::array_buffer(scope, bytes)?;
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
pub struct NativeRefused {
    /// Why the allocation was refused.
    pub error: OutOfMemory,
    /// The payload, unchanged.
    pub payload: Box<dyn Any + Send>,
}

impl fmt::Debug for NativeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Display for NativeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl core::error::Error for NativeRefused {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.error.source()
    }
}
