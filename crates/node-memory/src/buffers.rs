//! Node's Buffers as cells: a typed array of 96 bytes that has its part of a slab, or that shows all of an
//! ArrayBuffer of 88 bytes with a store of its own.

use crate::error::RuntimeError;
use crate::memory::Variable;
use crate::runtime::Runtime;
use heap_model::shapes;
use slab_buffer::Buffer;

impl Runtime {
    /// `Buffer.alloc(length)`: zero-filled, a store of its own.
    ///
    /// # Errors
    /// [`RuntimeError::Buffer`] or [`RuntimeError::OutOfMemory`].
    pub fn buffer_alloc(&mut self, length: usize) -> Result<Variable, RuntimeError> {
        let buffer = self.memory.pool.alloc(length)?;
        self.memory.keep_buffer(buffer)
    }

    /// `Buffer.allocUnsafe(length)`: unfilled, from the pool below half its size.
    ///
    /// # Errors
    /// [`RuntimeError::Buffer`] or [`RuntimeError::OutOfMemory`].
    pub fn buffer_alloc_unsafe(&mut self, length: usize) -> Result<Variable, RuntimeError> {
        let buffer = self.memory.pool.alloc_unsafe(length)?;
        self.memory.keep_buffer(buffer)
    }

    /// `Buffer.allocUnsafeSlow(length)`: unfilled, never from the pool.
    ///
    /// # Errors
    /// [`RuntimeError::Buffer`] or [`RuntimeError::OutOfMemory`].
    pub fn buffer_alloc_unsafe_slow(&mut self, length: usize) -> Result<Variable, RuntimeError> {
        let buffer = self.memory.pool.alloc_unsafe_slow(length)?;
        self.memory.keep_buffer(buffer)
    }

    /// `Buffer.from(text)`.
    ///
    /// # Errors
    /// [`RuntimeError::Buffer`] or [`RuntimeError::OutOfMemory`].
    pub fn buffer_from_string(&mut self, text: &str) -> Result<Variable, RuntimeError> {
        let buffer = self.memory.pool.from_string(text)?;
        self.memory.keep_buffer(buffer)
    }

    /// Reads the buffer that `variable` refers to. Constant time beside `read`.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it refers to something else.
    pub fn read_buffer<R>(
        &mut self,
        variable: &Variable,
        read: impl FnOnce(&Buffer) -> R,
    ) -> Result<R, RuntimeError> {
        self.memory.heap.enter(|scope| {
            let cell = scope.local(&variable.0)?;
            let store = shapes::typed_array_store(scope, cell)?;
            Ok(read(scope.native::<Buffer>(store)?))
        })
    }

    /// Changes the buffer that `variable` refers to. Constant time beside `write`.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it refers to something else.
    pub fn write_buffer<R>(
        &mut self,
        variable: &Variable,
        write: impl FnOnce(&mut Buffer) -> R,
    ) -> Result<R, RuntimeError> {
        self.memory.heap.enter(|scope| {
            let cell = scope.local(&variable.0)?;
            let store = shapes::typed_array_store(scope, cell)?;
            Ok(write(scope.native_mut::<Buffer>(store)?))
        })
    }
}
