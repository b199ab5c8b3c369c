//! Native cells, as programs use them.

use super::operand::{Operand, cell_of};
use super::size::{cell_size, raw_bytes};
use super::{Local, Scope};
use crate::error::{AccessError, NativeRefused};
use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::memory::header::Kind;
use crate::natives::Native;
use core::any::Any;

impl<'s> Scope<'s> {
    /// Allocates a cell of `size` bytes (as [`alloc_sized`](Self::alloc_sized)) whose payload is dropped with
    /// it; `external` bytes are added to the heap's external memory while it lives. May collect; otherwise O(size).
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
        let cell = self.heap.make_native(size, slots, payload, external)?;
        Ok(self.push(cell))
    }

    /// A native cell's payload. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if the cell has none of this type, [`AccessError::WrongHeap`].
    pub fn native<T: Any>(&self, cell: impl Operand) -> Result<&T, AccessError> {
        self.heap.natives.payload(cell_of(&self.heap, cell)?)
    }

    /// A native cell's payload, mutably. Constant time. When the number of bytes that it has outside the heap changes,
    /// call [`set_external`](Self::set_external).
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if the cell has none of this type, [`AccessError::WrongHeap`].
    pub fn native_mut<T: Any>(&mut self, cell: impl Operand) -> Result<&mut T, AccessError> {
        let cell = cell_of(&self.heap, cell)?;
        self.heap.natives.payload_mut(cell)
    }

    /// The payloads of two native cells, both mutably. Constant time.
    ///
    /// ```
    /// # use heap_model::{AccessError, Heap, HeapOptions};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let from = scope.alloc_native(32, 0, Box::new(vec![1, 2, 3]), 0)?;
    /// let to = scope.alloc_native(32, 0, Box::new(String::new()), 0)?;
    /// let (numbers, text) = scope.natives_mut::<Vec<i32>, String>(from, to)?;
    /// numbers.drain(..).for_each(|number| *text += &number.to_string());
    /// assert_eq!(scope.native::<String>(to)?, "123");
    /// let twice = scope.natives_mut::<Vec<i32>, Vec<i32>>(from, from);
    /// assert_eq!(twice, Err(AccessError::SameCell));
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if one has no payload of its type, [`AccessError::SameCell`] if they are one cell,
    /// [`AccessError::WrongHeap`].
    pub fn natives_mut<A: Any, B: Any>(
        &mut self,
        a: Local<'_>,
        b: Local<'_>,
    ) -> Result<(&mut A, &mut B), AccessError> {
        let (a, b) = (self.cell(a)?, self.cell(b)?);
        self.heap.natives.payloads_mut(a, b)
    }

    /// Sets the number of bytes outside the heap that a native cell keeps alive. May make a collection due, as
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
        let cell = self.cell(cell)?;
        self.heap.natives.set_external(cell, bytes)?;
        self.heap.stop_if_external_is_due();
        Ok(())
    }
}

impl Heap {
    /// As [`Scope::alloc_native`], without a handle.
    pub(crate) fn make_native(
        &mut self,
        size: usize,
        slots: usize,
        payload: Box<dyn Any + Send>,
        external: usize,
    ) -> Result<Cell, NativeRefused> {
        let size = cell_size(slots, raw_bytes(size, slots));
        let cell = match self.allocate(Kind::Native, size, slots) {
            Ok(cell) => cell,
            Err(error) => return Err(NativeRefused { error, payload }),
        };
        let young = self.is_young(cell);
        self.natives.add(Native { cell, payload, external }, young);
        self.stop_if_external_is_due();
        Ok(cell)
    }
}
