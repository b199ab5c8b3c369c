//! Handles, and the scopes that they live in: the interface for programs.
//!
//! A `Local` is an entry of the heap's handle stack, so cells can move. Its lifetime is its scope's. Each heap has its own
//! stack, so a local of another heap is recognised by its address.
//!
//! A scope is its heap under a lifetime of its own. `Scope` does not implement `DerefMut<Target = Heap>`: `mem::swap`
//! would leave live handles that point into the wrong heap.
#![expect(unsafe_code, reason = "a heap is cast to the scope that is transparent over it")]

pub(crate) mod access;
mod allocate;
mod buckets;
pub(crate) mod bytes;
mod ephemerons;
mod forward;
mod globals;
mod native;
mod registrations;
pub(crate) mod sites;
pub(crate) mod size;
mod weak_cells;

pub(crate) mod operand;
pub(crate) mod view;

use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::memory::handles::{Height, Place, Reading};
use crate::memory::word::Word;
use core::marker::PhantomData;

/// A handle to a cell, valid in its scope and in those inside it.
///
/// The collectors keep it up to date. Two handles to one cell are different handles, so they have no `==`;
/// [`Scope::same`] and [`Scope::same_value`] compare what they refer to.
///
/// ```
/// use heap_model::{Heap, HeapError, HeapOptions, Kind, Value};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), HeapError> {
///     let outer = scope.alloc(Kind::Object, 0, 0)?;
///     scope.scope(|scope| {
///         let inner = scope.alloc(Kind::Object, 0, 0)?;
///         let pair = scope.alloc_with(Kind::Array, &[Value::Ref(outer), Value::Ref(inner)])?;
///         assert_eq!(scope.slot_count(pair)?, 2);
///         Ok(())
///     })
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Local<'s> {
    place: Place,
    /// Covariant: a list of handles of a scope and of the scope around it lives as long as the inner scope.
    scope: PhantomData<&'s ()>,
}

/// What a slot holds.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Value<'s> {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// An element that is absent.
    Hole,
    /// A boolean.
    Bool(bool),
    /// A small integer.
    Smi(i32),
    /// A cell.
    Ref(Local<'s>),
}

impl Local<'_> {
    /// The handle that is at a place of the stack, for as long as the caller says.
    #[inline(always)]
    pub(crate) fn of_place(place: Place) -> Self {
        Self { place, scope: PhantomData }
    }

    #[inline(always)]
    pub(crate) fn place(self) -> Place {
        self.place
    }
}

impl<'s> From<Local<'s>> for Value<'s> {
    #[inline(always)]
    fn from(local: Local<'s>) -> Self {
        Self::Ref(local)
    }
}

impl From<bool> for Value<'_> {
    #[inline(always)]
    fn from(is: bool) -> Self {
        Self::Bool(is)
    }
}

impl From<i32> for Value<'_> {
    #[inline(always)]
    fn from(number: i32) -> Self {
        Self::Smi(number)
    }
}

impl<'s> Value<'s> {
    /// The handle, if it is a cell.
    #[inline]
    #[must_use]
    pub fn as_local(self) -> Option<Local<'s>> {
        if let Self::Ref(local) = self { Some(local) } else { None }
    }

    /// The number, if it is a small integer.
    #[inline]
    #[must_use]
    pub fn as_smi(self) -> Option<i32> {
        if let Self::Smi(number) = self { Some(number) } else { None }
    }

    /// Whether it is `undefined`, as the slots of a new cell are.
    #[inline]
    #[must_use]
    pub fn is_undefined(self) -> bool {
        matches!(self, Self::Undefined)
    }
}

/// The extent of handles: a handle is made in a scope and ends with it.
///
/// The open scopes of a heap have at most 33,554,432 handles together (2,097,152 on 32-bit systems).
/// Making one more panics. A loop that allocates opens a scope for each turn.
#[repr(transparent)]
pub struct Scope<'s> {
    pub(crate) heap: Heap,
    brand: PhantomData<Brand<'s>>,
}

/// Invariant. A scope stays on its thread, because it may be one of a heap that does.
type Brand<'s> = (fn(&'s ()) -> &'s (), *mut ());

/// An open scope. Dropping it ends the handles that were made since it was opened, also when a panic unwinds.
struct Opened<'h> {
    heap: &'h mut Heap,
    height: Height,
}

impl<'h> Opened<'h> {
    #[inline(always)]
    fn new(heap: &'h mut Heap) -> Self {
        let height = heap.roots.handles.height();
        Self { heap, height }
    }

    /// Ends the scope's handles except for one.
    #[inline(always)]
    fn keep(mut self, kept: Place) -> Place {
        let kept = self.heap.roots.handles.keep(self.height, kept);
        self.height = self.heap.roots.handles.height();
        kept
    }
}

impl Drop for Opened<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.heap.roots.handles.truncate(self.height);
    }
}

impl<'s> Scope<'s> {
    /// The heap as a scope. The caller lets nobody choose `'s`, and cuts the handle stack back when the scope ends.
    #[inline(always)]
    fn of(heap: &mut Heap) -> &mut Self {
        // SAFETY: a scope is a transparent struct of a heap and nothing else.
        unsafe { &mut *(&raw mut *heap).cast::<Self>() }
    }

    #[inline(always)]
    fn run<R>(heap: &mut Heap, f: impl for<'i> FnOnce(&mut Scope<'i>) -> R) -> R {
        let opened = Opened::new(heap);
        f(Scope::of(opened.heap))
    }

    /// Runs `f` in a nested scope, whose handles end with it, also when `f` panics. Constant time apart from `f`.
    #[inline(always)]
    pub fn scope<R>(&mut self, f: impl for<'i> FnOnce(&mut Scope<'i>) -> R) -> R {
        Scope::run(&mut self.heap, f)
    }

    /// Runs `f` in a nested scope and keeps the one handle that it returns (V8's `EscapableHandleScope`). Constant time
    /// apart from `f`.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let pair = scope.escape(|scope| -> Result<_, heap_model::HeapError> {
    ///     let left = scope.alloc(Kind::Object, 0, 0)?;
    ///     let right = scope.alloc(Kind::Object, 0, 0)?;
    ///     scope.alloc_with(Kind::Array, &[Value::Ref(left), Value::Ref(right)])
    /// })?;
    /// assert_eq!((scope.statistics().handles, scope.slot_count(pair)?), (1, 2));
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// What `f` fails with.
    #[inline(always)]
    pub fn escape<E>(
        &mut self,
        f: impl for<'i> FnOnce(&mut Scope<'i>) -> Result<Local<'i>, E>,
    ) -> Result<Local<'s>, E> {
        let opened = Opened::new(&mut self.heap);
        let local = f(Scope::of(opened.heap))?;
        // The lifetime proves that `f` made the handle in the nested scope.
        Ok(Local { place: opened.keep(local.place), scope: PhantomData })
    }

    /// As [`escape`](Self::escape), for a value: a handle is kept, and a constant needs none.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let list = scope.alloc_with(Kind::Object, &[Value::Smi(7)])?;
    /// let first = scope.escape_value(|scope| scope.get(list, 0))?;
    /// assert_eq!((first.as_smi(), scope.statistics().handles), (Some(7), 1));
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// The error of `f`.
    #[inline(always)]
    pub fn escape_value<E>(
        &mut self,
        f: impl for<'i> FnOnce(&mut Scope<'i>) -> Result<Value<'i>, E>,
    ) -> Result<Value<'s>, E> {
        let opened = Opened::new(&mut self.heap);
        Ok(match f(Scope::of(opened.heap))? {
            // `f` made the handle in this scope: it knows of no other that lives as long.
            Value::Ref(local) => {
                Value::Ref(Local { place: opened.keep(local.place), scope: PhantomData })
            }
            Value::Undefined => Value::Undefined,
            Value::Null => Value::Null,
            Value::Hole => Value::Hole,
            Value::Bool(value) => Value::Bool(value),
            Value::Smi(number) => Value::Smi(number),
        })
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, cell: Cell) -> Local<'s> {
        Local { place: self.heap.roots.handles.push(cell), scope: PhantomData }
    }

    /// The cell of a handle.
    #[inline(always)]
    pub(crate) fn cell(&self, local: Local<'_>) -> Result<Cell, AccessError> {
        self.heap.roots.handles.get(local.place).ok_or(AccessError::WrongHeap)
    }

    /// The cell of a handle of this heap.
    #[inline(always)]
    pub(crate) fn known(&self, local: Local<'_>) -> Cell {
        self.heap.roots.handles.known(local.place)
    }

    /// The cell of a handle, to be read while the scope is borrowed.
    #[inline(always)]
    pub(crate) fn reading(&self, local: Local<'_>) -> Result<Reading<'_>, AccessError> {
        self.heap.roots.handles.reading(local.place).ok_or(AccessError::WrongHeap)
    }

    /// The raw bytes of a handle's cell, mutably.
    #[inline]
    pub(crate) fn raw_mut(&mut self, local: Local<'_>) -> Result<&mut [u8], AccessError> {
        self.heap.roots.handles.bytes_mut(local.place).ok_or(AccessError::WrongHeap)
    }

    #[inline(always)]
    pub(crate) fn value(&mut self, word: Word) -> Value<'s> {
        if let Some(cell) = Cell::of(word) {
            return Value::Ref(self.push(cell));
        }
        if let Some(number) = word.as_smi() {
            return Value::Smi(number);
        }
        match word {
            Word::NULL => Value::Null,
            Word::HOLE => Value::Hole,
            Word::TRUE => Value::Bool(true),
            Word::FALSE => Value::Bool(false),
            _ => Value::Undefined,
        }
    }

    #[inline(always)]
    pub(crate) fn word(&self, value: Value<'_>) -> Result<Word, AccessError> {
        self.heap.word(value)
    }
}

impl Heap {
    /// The word of a value.
    #[inline(always)]
    pub(crate) fn word(&self, value: Value<'_>) -> Result<Word, AccessError> {
        match value {
            Value::Ref(local) if !self.roots.handles.contains(local.place) => {
                Err(AccessError::WrongHeap)
            }
            value => Ok(self.trusted_word(value)),
        }
    }

    /// As [`word`](Self::word), for a value that is known to be of this heap.
    #[inline(always)]
    fn trusted_word(&self, value: Value<'_>) -> Word {
        match value {
            Value::Undefined => Word::UNDEFINED,
            Value::Null => Word::NULL,
            Value::Hole => Word::HOLE,
            Value::Bool(true) => Word::TRUE,
            Value::Bool(false) => Word::FALSE,
            Value::Smi(number) => Word::smi(number),
            Value::Ref(local) => self.roots.handles.word(local.place),
        }
    }

    /// Runs `f` in a scope, whose handles end with it, also when `f` panics. Constant time apart from `f`.
    pub fn enter<R>(&mut self, f: impl for<'s> FnOnce(&mut Scope<'s>) -> R) -> R {
        Scope::run(self, f)
    }
}
