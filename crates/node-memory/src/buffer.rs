//! Buffers: the pool's stores, in cells with V8's sizes (`heap_model::shapes`).

use crate::error::{Refused, RuntimeError};
use crate::host::Host;
use crate::types::{types, works};
use crate::variable::{Root, Variable};
use heap_model::shapes;
use slab_buffer::{Buffer as Store, Pool};

types! {
    /// A Node Buffer: a typed array of 96 bytes in the heap and, of one with a store of its own, an ArrayBuffer of 88.
    ///
    /// ```
    /// use node_memory::{Buffer, Runtime, RuntimeOptions};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let small = Buffer::alloc_unsafe(&mut runtime, 10)?;
    /// small.write(&mut runtime, |bytes| bytes.copy_from_slice(b"ten bytes."))?;
    /// assert_eq!(small.read(&mut runtime, |bytes| bytes[0])?, b't');
    /// // It lies in a slab of 8 KiB, all of which counts.
    /// assert_eq!(runtime.memory_usage().array_buffers(), Some(8192));
    /// drop(small);
    /// runtime.gc();
    /// // Node keeps the current slab.
    /// assert_eq!(runtime.memory_usage().array_buffers(), Some(8192));
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    Buffer = "Buffer", |scope, cell| works(shapes::typed_array_payload::<Store>(scope, cell));
}

impl Buffer {
    /// `Buffer.alloc(length)`: filled with zeros, never from the pool. O(length).
    ///
    /// # Errors
    /// [`RuntimeError::Buffer`] where the pool cannot give the memory, [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn alloc<H: Host>(
        host: &mut H,
        length: usize,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        Self::make(host, |pool| Ok(pool.alloc(length)?))
    }

    /// `Buffer.allocUnsafe(length)`: unfilled, from the pool if it is shorter than half of a slab. Constant time, but for
    /// a new slab.
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    #[doc(alias = "allocUnsafe")]
    #[inline]
    pub fn alloc_unsafe<H: Host>(
        host: &mut H,
        length: usize,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        Self::make(host, |pool| Ok(pool.alloc_unsafe(length)?))
    }

    /// `Buffer.allocUnsafeSlow(length)`: unfilled, never from the pool.
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    #[doc(alias = "allocUnsafeSlow")]
    pub fn alloc_unsafe_slow<H: Host>(
        host: &mut H,
        length: usize,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        Self::make(host, |pool| Ok(pool.alloc_unsafe_slow(length)?))
    }

    /// `Buffer.from(bytes)` of bytes, which are copied, as [`alloc_unsafe`](Self::alloc_unsafe) places them. O(bytes).
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    pub fn from_bytes<H: Host>(
        host: &mut H,
        bytes: &[u8],
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        Self::make(host, |pool| Ok(pool.from_bytes(bytes)?))
    }

    /// `Buffer.from(text)`, in UTF-8. O(text).
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    #[doc(alias = "from")]
    pub fn from_text<H: Host>(
        host: &mut H,
        text: &str,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        Self::make(host, |pool| Ok(pool.from_string(text)?))
    }

    /// A Buffer of a store of the runtime's [`pool`](crate::Runtime::pool) that a Rust program has made and filled.
    /// Constant time.
    ///
    /// ```
    /// use node_memory::{Buffer, Runtime, RuntimeOptions};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let mut store = runtime.pool().alloc_unsafe(4)?;
    /// store.copy_from_slice(b"read");
    /// let buffer = Buffer::adopt(&mut runtime, store)?;
    /// assert_eq!(buffer.len(&mut runtime)?, 4);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`Refused`] at the heap's limit, with the store if it was not used up.
    pub fn adopt<H: Host>(
        host: &mut H,
        store: Store,
    ) -> Result<Variable<Self, H::Root>, Refused<Store>> {
        let mut value = None;
        let made = host.keep(|scope, outside| {
            outside.make_buffer(scope, store).map_err(|refused| {
                value = refused.value;
                refused.error
            })
        });
        made.map(Variable::of).map_err(|error| Refused { value, error })
    }

    #[inline(always)]
    fn make<H: Host>(
        host: &mut H,
        make: impl FnOnce(&Pool) -> Result<Store, RuntimeError>,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        let made = host.keep(|scope, outside| {
            let store = make(&outside.pool)?;
            Ok(outside.make_buffer(scope, store)?)
        });
        made.map(Variable::of)
    }
}

impl<R: Root> Variable<Buffer, R> {
    /// `buffer.length`, in bytes. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the buffer is of another runtime.
    pub fn len(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        self.read(host, |bytes| bytes.len())
    }

    /// Reads the bytes. Constant time beside `read`.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[inline]
    pub fn read<T>(
        &self,
        host: &mut impl Host,
        read: impl FnOnce(&Store) -> T,
    ) -> Result<T, RuntimeError> {
        self.write(host, |store| read(store))
    }

    /// Changes the bytes, which are dereferenced from the pool's buffer. Constant time beside `write`.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[inline]
    pub fn write<T>(
        &self,
        host: &mut impl Host,
        write: impl FnOnce(&mut Store) -> T,
    ) -> Result<T, RuntimeError> {
        host.on(|scope, _| Ok(write(shapes::typed_array_payload::<Store>(scope, self.operand())?)))
    }
}
