//! Node's Buffers as cells: a typed array of 96 bytes whose payload is the pool's buffer, with an
//! ArrayBuffer of 88 bytes beside it where the buffer has a store of its own. No unsafe code.

use crate::{Runtime, RuntimeError, Variable};
use heap_model::{Kind, Value, layout};
use slab_buffer::Buffer;

/// The slot of a typed array that refers to its ArrayBuffer.
const ARRAY_BUFFER: usize = 0;

impl Runtime {
    /// `Buffer.alloc(length)`: zero-filled, a store of its own.
    ///
    /// # Errors
    /// [`RuntimeError::Buffer`] or [`RuntimeError::OutOfMemory`].
    pub fn buffer_alloc(&mut self, length: usize) -> Result<Variable, RuntimeError> {
        let buffer = self.pool.alloc(length)?;
        self.adopt(buffer)
    }

    /// `Buffer.allocUnsafe(length)`: unfilled, from the pool below half its size.
    ///
    /// # Errors
    /// [`RuntimeError::Buffer`] or [`RuntimeError::OutOfMemory`].
    pub fn buffer_alloc_unsafe(&mut self, length: usize) -> Result<Variable, RuntimeError> {
        let buffer = self.pool.alloc_unsafe(length)?;
        self.adopt(buffer)
    }

    /// `Buffer.allocUnsafeSlow(length)`: unfilled, never from the pool.
    ///
    /// # Errors
    /// [`RuntimeError::Buffer`] or [`RuntimeError::OutOfMemory`].
    pub fn buffer_alloc_unsafe_slow(&mut self, length: usize) -> Result<Variable, RuntimeError> {
        let buffer = self.pool.alloc_unsafe_slow(length)?;
        self.adopt(buffer)
    }

    /// `Buffer.from(text)`.
    ///
    /// # Errors
    /// [`RuntimeError::Buffer`] or [`RuntimeError::OutOfMemory`].
    pub fn buffer_from_string(&mut self, text: &str) -> Result<Variable, RuntimeError> {
        let buffer = self.pool.from_string(text)?;
        self.adopt(buffer)
    }

    /// Reads the buffer that `variable` refers to.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it refers to something else.
    pub fn read_buffer<R>(
        &mut self,
        variable: &Variable,
        read: impl FnOnce(&Buffer) -> R,
    ) -> Result<R, RuntimeError> {
        self.heap.enter(|scope| {
            let cell = scope.local(&variable.0)?;
            Ok(read(scope.native::<Buffer>(cell)?))
        })
    }

    /// Changes the buffer that `variable` refers to.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it refers to something else.
    pub fn write_buffer<R>(
        &mut self,
        variable: &Variable,
        write: impl FnOnce(&mut Buffer) -> R,
    ) -> Result<R, RuntimeError> {
        self.heap.enter(|scope| {
            let cell = scope.local(&variable.0)?;
            Ok(write(scope.native_mut::<Buffer>(cell)?))
        })
    }

    fn adopt(&mut self, buffer: Buffer) -> Result<Variable, RuntimeError> {
        let own_store = !buffer.is_pooled();
        self.keep(|scope| {
            let size = layout::JS_TYPED_ARRAY;
            let cell = scope
                .alloc_native(size, 1, Box::new(buffer), 0)
                .map_err(|refused| RuntimeError::OutOfMemory(refused.error))?;
            if own_store {
                scope.scope(|scope| {
                    let store = scope.alloc_sized(Kind::Object, layout::JS_ARRAY_BUFFER, 0)?;
                    scope.set(cell, ARRAY_BUFFER, Value::Ref(store))?;
                    Ok::<_, RuntimeError>(())
                })?;
            }
            Ok(cell)
        })
    }
}
