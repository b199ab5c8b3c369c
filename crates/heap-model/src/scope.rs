//! Handles and the scopes they live in. No unsafe code.
//!
//! A `Local` is a place on the heap's handle stack, so cells can move; its lifetime is its scope's,
//! which nothing outlives, and each heap's stack is its own, which tells another heap's locals.

use crate::heap::{Heap, Native};
use crate::raw::brand::scope_of;
use crate::raw::cell::{self, Cell, HEADER, Kind, MAX_SIZE, WORD};
use crate::raw::handles::{Height, Place};
use crate::{AccessError, HeapError, NativeRefused, OutOfMemory};
use core::any::Any;
use core::marker::PhantomData;

mod whole;

/// A handle to a cell, valid in its scope and in those inside it.
///
/// It is a place that the collectors keep up to date, and two handles to one cell are different places. So
/// handles have no `==`; [`Scope::same`] and [`Scope::same_value`] compare what they refer to.
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
    /// Covariant: where handles of a scope and of one around it meet, both last as long as the inner one.
    scope: PhantomData<&'s ()>,
}

/// What a slot holds.
#[derive(Clone, Copy, Debug)]
pub enum Value<'s> {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// An element that is not there.
    Hole,
    /// A boolean.
    Bool(bool),
    /// A small integer.
    Smi(i32),
    /// A cell.
    Ref(Local<'s>),
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

    /// Whether it is `undefined`, which a fresh cell's slots are.
    #[inline]
    #[must_use]
    pub fn is_undefined(self) -> bool {
        matches!(self, Self::Undefined)
    }
}

/// Where handles are made; they end with it.
///
/// The open scopes of a heap have at most 33,554,432 handles together (2,097,152 on 32-bit systems).
/// What would make one more panics: a loop that allocates opens a scope for each turn.
#[repr(transparent)]
pub struct Scope<'s> {
    pub(crate) heap: Heap,
    brand: PhantomData<fn(&'s ()) -> &'s ()>,
}

/// An open scope. Dropping it ends the handles that were made since it was opened, so a panic that is caught
/// around the scope leaves none behind.
struct Opened<'h> {
    heap: &'h mut Heap,
    height: Height,
}

impl<'h> Opened<'h> {
    #[inline(always)]
    fn new(heap: &'h mut Heap) -> Self {
        let height = heap.handles.height();
        Self { heap, height }
    }

    /// Ends the scope's handles but for one that was made in it.
    #[inline(always)]
    fn keep(mut self, kept: Place) -> Place {
        let kept = self.heap.handles.keep(self.height, kept);
        self.height = self.heap.handles.height();
        kept
    }
}

impl Drop for Opened<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.heap.handles.truncate(self.height);
    }
}

impl<'s> Scope<'s> {
    #[inline(always)]
    pub(crate) fn run<R>(heap: &mut Heap, f: impl for<'i> FnOnce(&mut Scope<'i>) -> R) -> R {
        let opened = Opened::new(heap);
        f(scope_of(opened.heap))
    }

    /// Runs `f` in a scope of its own: its handles end with it, also when `f` panics. Constant time beside `f`'s.
    #[inline(always)]
    pub fn scope<R>(&mut self, f: impl for<'i> FnOnce(&mut Scope<'i>) -> R) -> R {
        Scope::run(&mut self.heap, f)
    }

    /// Runs `f` in a scope of its own and keeps the one handle that it returns (V8's
    /// `EscapableHandleScope`). Constant time beside `f`'s.
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
        let local = f(scope_of(opened.heap))?;
        // `f` made the handle in this scope: it knows of no other that lives as long.
        Ok(Local { place: opened.keep(local.place), scope: PhantomData })
    }

    /// Allocates a cell of 16 + 8 `slots` + `raw_bytes` bytes, rounded up to 8; slots are
    /// undefined, raw bytes zero. May collect; else O(size). A cell of more than 128 KiB goes to the large-object
    /// space, another to the new space.
    ///
    /// # Errors
    /// [`OutOfMemory`] at the limit, or for a cell of 1 GiB or more.
    ///
    /// # Panics
    /// If the kind has a function of its own ([`Kind::Native`], [`Kind::EphemeronTable`],
    /// [`Kind::WeakCell`], [`Kind::Registration`]), or for a [`Kind::Double`] with slots. As all that makes
    /// handles, if there are too many.
    #[inline(always)]
    pub fn alloc(
        &mut self,
        kind: Kind,
        slots: usize,
        raw_bytes: usize,
    ) -> Result<Local<'s>, OutOfMemory> {
        assert!(is_plain(kind, slots), "the kind has a function of its own");
        self.make(kind, slots, raw_bytes)
    }

    /// As [`alloc`](Self::alloc), of any kind.
    #[inline(always)]
    pub(crate) fn make(
        &mut self,
        kind: Kind,
        slots: usize,
        raw_bytes: usize,
    ) -> Result<Local<'s>, OutOfMemory> {
        let size = cell_size(slots, raw_bytes);
        let cell = self.heap.allocate(kind, size, slots)?;
        Ok(self.push(cell))
    }

    /// Allocates a cell with these slots and no raw bytes. May collect; else O(slots).
    ///
    /// # Errors
    /// [`HeapError::OutOfMemory`] at the limit, [`HeapError::Access`] for a handle of another heap.
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    pub fn alloc_with(&mut self, kind: Kind, slots: &[Value<'_>]) -> Result<Local<'s>, HeapError> {
        self.make_with(kind, slots, false)
    }

    /// As [`alloc_with`](Self::alloc_with), in the old space if it is to be `old`.
    #[inline(always)]
    pub(crate) fn make_with(
        &mut self,
        kind: Kind,
        slots: &[Value<'_>],
        old: bool,
    ) -> Result<Local<'s>, HeapError> {
        assert!(is_plain(kind, slots.len()), "the kind has a function of its own");
        for value in slots {
            self.word(*value)?;
        }
        let size = cell_size(slots.len(), 0);
        let room = match old {
            false => self.heap.allocate_young(size),
            true => self.heap.allocate_in_old_range(size),
        };
        let Some(cell) = room else {
            // A copy, lest the caller's values must lie in memory each time.
            return Ok(self.make_with_slowly(kind, slots.to_vec(), old)?);
        };
        cell.format_header(kind, size, slots.len());
        match old {
            false => cell.fill_slots(slots.iter().map(|value| self.trusted_word(*value))),
            true => {
                for (slot, value) in slots.iter().enumerate() {
                    self.heap.store(cell, slot, self.trusted_word(*value));
                }
            }
        }
        Ok(self.push(cell))
    }

    #[cold]
    #[inline(never)]
    fn make_with_slowly(
        &mut self,
        kind: Kind,
        slots: Vec<Value<'_>>,
        old: bool,
    ) -> Result<Local<'s>, OutOfMemory> {
        let size = cell_size(slots.len(), 0);
        let cell = self.heap.allocate_slowly(kind, size, slots.len(), old)?;
        // A collection may have moved what the handles refer to, so they are read after it.
        for (slot, value) in slots.into_iter().enumerate() {
            self.heap.store(cell, slot, self.trusted_word(value));
        }
        Ok(self.push(cell))
    }

    /// Allocates a cell of exactly `size` bytes (rounded up to 8, and to its header and slots). May collect;
    /// else O(size).
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline]
    pub fn alloc_sized(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
    ) -> Result<Local<'s>, OutOfMemory> {
        self.alloc(kind, slots, raw_bytes(size, slots))
    }

    /// Allocates a cell of `size` bytes (as [`alloc_sized`](Self::alloc_sized)) whose payload is dropped with
    /// it; `external` bytes are added to the heap's external memory while it lives. May collect; else O(size).
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions};
    /// # use std::sync::Arc;
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let resource = Arc::new(String::from("a resource"));
    /// scope.scope(|scope| -> Result<(), heap_model::HeapError> {
    ///     let cell = scope.alloc_native(32, 0, Box::new(resource.clone()), 1000)?;
    ///     assert_eq!(**scope.native::<Arc<String>>(cell)?, "a resource");
    ///     assert_eq!(scope.external_memory(), 1000);
    ///     Ok(())
    /// })?;
    /// scope.collect();
    /// assert_eq!((Arc::strong_count(&resource), scope.external_memory()), (1, 0));
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`NativeRefused`] at the limit, with the payload.
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn alloc_native(
        &mut self,
        size: usize,
        slots: usize,
        payload: Box<dyn Any + Send>,
        external: usize,
    ) -> Result<Local<'s>, NativeRefused> {
        let local = match self.make(Kind::Native, slots, raw_bytes(size, slots)) {
            Ok(local) => local,
            Err(error) => return Err(NativeRefused { error, payload }),
        };
        let heap = &mut self.heap;
        {
            let cell = heap.handles.cell(local.place);
            let young = heap.new.contains(cell.word());
            cell.set_aux(heap.natives.insert(Native { cell, payload, external }, young));
            heap.external.add(external);
            heap.bound_by_external();
        }
        Ok(local)
    }

    /// A native cell's payload. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if the cell has none of this type, [`AccessError::WrongHeap`].
    pub fn native<T: Any>(&self, cell: Local<'_>) -> Result<&T, AccessError> {
        let index = native_index(self.place(cell)?)?;
        let native = self.heap.natives.get(index);
        native.and_then(|native| native.payload.downcast_ref()).ok_or(AccessError::WrongKind)
    }

    /// A native cell's payload, to be changed. Constant time. If the bytes that it has outside the heap change,
    /// [`set_external`](Self::set_external) is to tell.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if the cell has none of this type, [`AccessError::WrongHeap`].
    pub fn native_mut<T: Any>(&mut self, cell: Local<'_>) -> Result<&mut T, AccessError> {
        let cell = self.place(cell)?;
        self.payload_mut(cell)
    }

    pub(crate) fn payload_mut<T: Any>(&mut self, cell: Cell) -> Result<&mut T, AccessError> {
        let native = self.heap.natives.get_mut(native_index(cell)?);
        native.and_then(|native| native.payload.downcast_mut()).ok_or(AccessError::WrongKind)
    }

    /// Tells the heap that a native cell now keeps `bytes` bytes alive outside it: those that it kept until now
    /// do not count any more. May make a collection due, as
    /// [`Heap::adjust_external_memory`]. Constant time.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, shapes};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let buffer = shapes::array_buffer(scope, vec![0; 10])?;
    /// let bytes = scope.native_mut::<Vec<u8>>(buffer)?;
    /// bytes.resize(5000, 0);
    /// let external = bytes.capacity();
    /// scope.set_external(buffer, external)?;
    /// assert_eq!(scope.external_memory(), external);
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if the cell is not native, [`AccessError::WrongHeap`].
    pub fn set_external(&mut self, cell: Local<'_>, bytes: usize) -> Result<(), AccessError> {
        let index = native_index(self.place(cell)?)?;
        let heap = &mut self.heap;
        let native = heap.natives.get_mut(index).ok_or(AccessError::WrongKind)?;
        heap.external.remove(std::mem::replace(&mut native.external, bytes));
        heap.external.add(bytes);
        heap.bound_by_external();
        Ok(())
    }

    /// Reads a slot; a cell there gets a handle. Constant time.
    ///
    /// # Errors
    /// [`AccessError::SlotOutOfRange`]; [`AccessError::WrongKind`] for a slot of an ephemeron table, a weak
    /// reference or buckets, or one of a registration that is the heap's; [`AccessError::WrongHeap`].
    ///
    /// # Panics
    /// If there are too many handles.
    #[inline(always)]
    pub fn get(&mut self, cell: Local<'_>, slot: usize) -> Result<Value<'s>, AccessError> {
        let cell = self.slot_place(cell, slot)?;
        Ok(self.value(cell.slot(slot)))
    }

    /// Writes a slot. Constant time.
    ///
    /// # Errors
    /// [`AccessError::SlotOutOfRange`] and [`AccessError::WrongKind`] as [`get`](Self::get);
    /// [`AccessError::WrongHeap`] for the cell or the value. Nothing is written then.
    #[inline(always)]
    pub fn set(
        &mut self,
        cell: Local<'_>,
        slot: usize,
        value: Value<'_>,
    ) -> Result<(), AccessError> {
        let place = self.slot_place(cell, slot)?;
        let word = self.word(value)?;
        self.heap.store(place, slot, word);
        Ok(())
    }

    #[inline(always)]
    fn slot_place(&self, cell: Local<'_>, slot: usize) -> Result<Cell, AccessError> {
        let cell = self.place(cell)?;
        let header = cell.header();
        if header.is_guarded() {
            return self.strong_slot(cell, slot);
        }
        let len = header.slots();
        if slot < len { Ok(cell) } else { Err(AccessError::SlotOutOfRange { slot, len }) }
    }

    /// The raw bytes behind the slots; a native cell's are its own. They are as many as make the cell's size
    /// whole words. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for a native cell, [`AccessError::WrongHeap`].
    pub fn bytes(&self, cell: Local<'_>) -> Result<&[u8], AccessError> {
        let place = self.raw_place(cell)?;
        Ok(place.raw())
    }

    /// As [`bytes`](Self::bytes), to be changed.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for a native cell, [`AccessError::WrongHeap`].
    pub fn bytes_mut(&mut self, cell: Local<'_>) -> Result<&mut [u8], AccessError> {
        let place = self.raw_place(cell)?;
        Ok(place.raw_mut())
    }

    fn raw_place(&self, cell: Local<'_>) -> Result<Cell, AccessError> {
        let cell = self.place(cell)?;
        if cell.header().is(Kind::Native) { Err(AccessError::WrongKind) } else { Ok(cell) }
    }

    /// The cell's kind. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    #[inline(always)]
    pub fn kind(&self, cell: Local<'_>) -> Result<Kind, AccessError> {
        Ok(self.place(cell)?.header().kind())
    }

    /// The cell's size in bytes, header included. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn size(&self, cell: Local<'_>) -> Result<usize, AccessError> {
        Ok(self.place(cell)?.header().size())
    }

    /// How many slots the cell has; of an ephemeron table or a registration, the heap's own too. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn slot_count(&self, cell: Local<'_>) -> Result<usize, AccessError> {
        Ok(self.place(cell)?.header().slots())
    }

    /// Whether both handles refer to one cell of this heap; another heap's are never the same. Constant time.
    #[must_use]
    pub fn same(&self, a: Local<'_>, b: Local<'_>) -> bool {
        matches!((self.place(a), self.place(b)), (Ok(a), Ok(b)) if a == b)
    }

    /// Whether both values are one constant, one number, or one cell of this heap. Constant time.
    ///
    /// It is identity: strings or doubles in cells of their own are not the same, whatever they hold
    /// ([`shapes::string_bytes`](crate::shapes::string_bytes) and
    /// [`shapes::number`](crate::shapes::number) tell). JavaScript's `Object.is` compares those too.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let cell = scope.alloc(Kind::Object, 0, 0)?;
    /// let pair = scope.alloc_with(Kind::Array, &[Value::Ref(cell), Value::Smi(7)])?;
    /// let (first, second) = (scope.get(pair, 0)?, scope.get(pair, 1)?);
    /// assert!(scope.same_value(first, Value::Ref(cell)) && !scope.same_value(first, second));
    /// assert_eq!(second.as_smi(), Some(7));
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn same_value(&self, a: Value<'_>, b: Value<'_>) -> bool {
        matches!((self.word(a), self.word(b)), (Ok(a), Ok(b)) if a == b)
    }

    /// Allocates a weak reference (32 bytes, as V8's WeakRef); full collections clear it when its target dies,
    /// scavenges never do. May collect; else constant time.
    ///
    /// # Errors
    /// [`HeapError::OutOfMemory`] at the limit, [`AccessError::WrongHeap`].
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn alloc_weak_cell(&mut self, target: Local<'_>) -> Result<Local<'s>, HeapError> {
        self.place(target)?;
        let cell = self.make(Kind::WeakCell, 1, raw_bytes(crate::layout::WEAK_REF, 1))?;
        let (place, word) = (self.place(cell)?, self.place(target)?.word());
        self.heap.store(place, 0, word);
        Ok(cell)
    }

    /// A weak reference's target, if it lives. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for another cell, [`AccessError::WrongHeap`].
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn weak_target(&mut self, cell: Local<'_>) -> Result<Option<Local<'s>>, AccessError> {
        let place = self.place(cell)?;
        if !place.header().is(Kind::WeakCell) {
            return Err(AccessError::WrongKind);
        }
        Ok(Cell::of(place.slot(0)).map(|target| self.push(target)))
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, cell: Cell) -> Local<'s> {
        Local { place: self.heap.handles.push(cell), scope: PhantomData }
    }

    #[inline(always)]
    pub(crate) fn place(&self, local: Local<'_>) -> Result<Cell, AccessError> {
        if !self.heap.handles.contains(local.place) {
            return Err(AccessError::WrongHeap);
        }
        Ok(self.heap.handles.cell(local.place))
    }

    #[inline(always)]
    pub(crate) fn value(&mut self, word: u64) -> Value<'s> {
        if let Some(cell) = Cell::of(word) {
            return Value::Ref(self.push(cell));
        }
        if word & 1 == 0 {
            return Value::Smi((word >> 32) as u32 as i32);
        }
        match word {
            cell::NULL => Value::Null,
            cell::HOLE => Value::Hole,
            cell::TRUE => Value::Bool(true),
            cell::FALSE => Value::Bool(false),
            _ => Value::Undefined,
        }
    }

    #[inline(always)]
    pub(crate) fn word(&self, value: Value<'_>) -> Result<u64, AccessError> {
        match value {
            Value::Ref(local) if !self.heap.handles.contains(local.place) => {
                Err(AccessError::WrongHeap)
            }
            value => Ok(self.trusted_word(value)),
        }
    }

    /// As [`word`](Self::word), of a value that has been found to be of this heap.
    #[inline(always)]
    fn trusted_word(&self, value: Value<'_>) -> u64 {
        match value {
            Value::Undefined => cell::UNDEFINED,
            Value::Null => cell::NULL,
            Value::Hole => cell::HOLE,
            Value::Bool(true) => cell::TRUE,
            Value::Bool(false) => cell::FALSE,
            Value::Smi(number) => cell::smi(number),
            Value::Ref(local) => self.heap.handles.word(local.place),
        }
    }
}

/// The number of a native cell's payload.
fn native_index(cell: Cell) -> Result<u32, AccessError> {
    if cell.header().is(Kind::Native) { Ok(cell.aux()) } else { Err(AccessError::WrongKind) }
}

/// Whether a cell is nothing but its slots and raw bytes, so that it can be made by itself.
#[inline(always)]
pub(crate) fn is_plain(kind: Kind, slots: usize) -> bool {
    match kind {
        Kind::Native | Kind::EphemeronTable | Kind::WeakCell | Kind::Registration | Kind::Free => {
            false
        }
        Kind::Double => slots == 0,
        _ => true,
    }
}

/// The raw bytes of a cell of `size` bytes.
#[inline(always)]
fn raw_bytes(size: usize, slots: usize) -> usize {
    size.saturating_sub(slots.saturating_mul(WORD).saturating_add(HEADER))
}

/// A cell's size in bytes: its header, slots and raw bytes, rounded up to whole words.
#[inline(always)]
pub(crate) fn cell_size(slots: usize, raw_bytes: usize) -> usize {
    if slots > MAX_SIZE / WORD || raw_bytes > MAX_SIZE {
        return oversize(slots, raw_bytes);
    }
    (HEADER + WORD * slots + raw_bytes).next_multiple_of(WORD)
}

/// As [`cell_size`], where that may be more than an address can be.
#[cold]
#[inline(never)]
fn oversize(slots: usize, raw_bytes: usize) -> usize {
    let size = slots.saturating_mul(WORD).saturating_add(raw_bytes).saturating_add(HEADER);
    size.checked_next_multiple_of(WORD).unwrap_or(usize::MAX)
}
