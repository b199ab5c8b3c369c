//! Buffers that become longer, and copies of buffers.
//!
//! Both may need memory, which can be refused. As with `Vec` and `BytesMut`, one function panics then, and another returns
//! the error and leaves the buffer as it was.

use crate::error::AllocError;
use crate::local::Core;
use crate::options::PoolOptions;
use crate::placement::Placement;
use crate::raw::buffer::Buffer;
use std::fmt;
use std::panic::Location;

/// The least capacity of a buffer that grows, in bytes.
const LEAST: usize = 64;

impl Buffer {
    /// The bytes that the buffer can hold without moving. A buffer of a slab is full; one with its own store may have room
    /// behind it, because it grew or was cut.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.len() + self.room()
    }

    /// Makes room for `additional` bytes more, in place or by moving to a store of its own in the same
    /// pool, of at least twice the length. O(1), or O(length) if it moves.
    ///
    /// The store counts in its pool, under the pool's limits, on any thread. A buffer without a store (an empty one) gets
    /// one that belongs to no pool.
    ///
    /// # Errors
    /// [`AllocError`]; the buffer is as it was.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), AllocError> {
        if additional <= self.room() {
            return Ok(());
        }
        let length = self.len();
        // A sum that overflows is refused as too long.
        let needed = length.saturating_add(additional);
        let roomy = needed.max(length.saturating_mul(2)).max(LEAST);
        let mut moved = self.alone_like(roomy).or_else(|error| match roomy == needed {
            true => Err(error),
            false => self.alone_like(needed),
        })?;
        moved[..length].copy_from_slice(self);
        moved.narrow(0, length);
        *self = moved;
        Ok(())
    }

    /// Makes room for `additional` bytes more; see [`try_reserve`](Self::try_reserve).
    ///
    /// # Panics
    /// If the memory is refused.
    pub fn reserve(&mut self, additional: usize) {
        granted(self.try_reserve(additional));
    }

    /// Adds bytes at the end. Amortised O(their number).
    ///
    /// # Errors
    /// [`AllocError`]; the buffer is as it was.
    pub fn try_extend_from_slice(&mut self, bytes: &[u8]) -> Result<(), AllocError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.try_reserve(bytes.len())?;
        self.spare_mut()[..bytes.len()].copy_from_slice(bytes);
        self.widen(bytes.len());
        Ok(())
    }

    /// Adds bytes at the end. Amortised O(their number).
    ///
    /// # Panics
    /// If the memory is refused.
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        granted(self.try_extend_from_slice(bytes));
    }

    /// Makes the buffer `length` bytes long: cuts it, or adds bytes of that value.
    ///
    /// # Errors
    /// [`AllocError`]; the buffer is as it was.
    pub fn try_resize(&mut self, length: usize, value: u8) -> Result<(), AllocError> {
        let more = length.saturating_sub(self.len());
        if more == 0 {
            self.truncate(length);
            return Ok(());
        }
        self.try_reserve(more)?;
        self.spare_mut()[..more].fill(value);
        self.widen(more);
        Ok(())
    }

    /// A buffer of `length` bytes in a store of its own, of the same pool; of no pool if this buffer
    /// has no store.
    #[track_caller]
    fn alone_like(&self, length: usize) -> Result<Self, AllocError> {
        let at = Location::caller();
        match self.store() {
            _ if length == 0 => Ok(Self::empty()),
            Some(store) => Ok(Self::from(store.keeper().alone(length, at)?)),
            None => {
                let options = PoolOptions { pool_size: 0, ..PoolOptions::default() };
                Core::here(options).alone(length, false, at)
            }
        }
    }

    /// A copy in a store that belongs to no pool.
    #[cfg(feature = "serde")]
    pub(crate) fn unpooled_from(bytes: &[u8]) -> Result<Self, AllocError> {
        let mut buffer = Self::empty();
        buffer.try_extend_from_slice(bytes)?;
        Ok(buffer)
    }

    /// A copy, in a store of its own in the same pool, whichever thread asks.
    /// [`Pool::from_bytes`](crate::Pool::from_bytes) copies into a slab, which is faster for small
    /// buffers.
    ///
    /// # Errors
    /// [`AllocError`] if the memory is refused.
    pub fn try_clone(&self) -> Result<Self, AllocError> {
        let mut copy = self.alone_like(self.len())?;
        copy.copy_from_slice(self);
        Ok(copy)
    }
}

/// The result of a request that must not fail.
///
/// # Panics
/// If it was refused.
#[track_caller]
pub(crate) fn granted<T>(result: Result<T, AllocError>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

impl Clone for Buffer {
    /// A copy: [`try_clone`](Self::try_clone).
    ///
    /// # Panics
    /// If the memory is refused.
    fn clone(&self) -> Self {
        granted(self.try_clone())
    }
}

impl Extend<u8> for Buffer {
    /// # Panics
    /// If memory is refused.
    fn extend<I: IntoIterator<Item = u8>>(&mut self, bytes: I) {
        let bytes = bytes.into_iter();
        self.reserve(bytes.size_hint().0);
        bytes.for_each(|byte| self.extend_from_slice(&[byte]));
    }
}

impl<'a> Extend<&'a u8> for Buffer {
    /// # Panics
    /// If memory is refused.
    fn extend<I: IntoIterator<Item = &'a u8>>(&mut self, bytes: I) {
        self.extend(bytes.into_iter().copied());
    }
}

impl fmt::Write for Buffer {
    /// Adds the text at the end; an error if memory is refused.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.try_extend_from_slice(text.as_bytes()).map_err(|_| fmt::Error)
    }
}
