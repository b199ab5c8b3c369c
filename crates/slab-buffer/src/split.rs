//! Splitting buffers without copying, and joining them again.

use crate::error::RangeError;
use crate::raw::buffer::Buffer;
use std::mem;

impl Buffer {
    /// Cuts the buffer in two at `at` and returns the part behind: neither is copied. O(1); the first
    /// cut of a buffer allocates a small record that its parts share.
    ///
    /// Each part is a `&mut [u8]` of its own and may go to another thread. In the pool the parts count as one buffer, with
    /// all of its bytes until the last part is dropped.
    ///
    /// ```
    /// use slab_buffer::{Pool, PoolOptions};
    ///
    /// let pool = Pool::new(PoolOptions::default());
    /// let mut head = pool.from_string("GET /")?;
    /// let path = head.split_off(4)?;
    /// assert_eq!((&*head, &*path), (&b"GET "[..], &b"/"[..]));
    /// head.unsplit(path);
    /// assert_eq!(head, "GET /");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RangeError`] if `at` is past the end; the buffer is as it was.
    pub fn split_off(&mut self, at: usize) -> Result<Self, RangeError> {
        let length = self.len();
        if at > length {
            return Err(RangeError { start: at, end: length, length, value: () });
        }
        if at == length {
            return Ok(Self::empty());
        }
        Ok(match at {
            0 => mem::take(self),
            at => self.divide(at),
        })
    }

    /// Cuts the buffer in two at `at` and returns the part before: neither is copied. O(1), as
    /// [`split_off`](Self::split_off).
    ///
    /// # Errors
    /// [`RangeError`] if `at` is past the end; the buffer is as it was.
    pub fn split_to(&mut self, at: usize) -> Result<Self, RangeError> {
        let length = self.len();
        if at > length {
            return Err(RangeError { start: 0, end: at, length, value: () });
        }
        if at == 0 {
            return Ok(Self::empty());
        }
        if at == length {
            return Ok(mem::take(self));
        }
        let behind = self.divide(at);
        Ok(mem::replace(self, behind))
    }

    /// Appends a buffer. If it was [split off](Self::split_off) from this one and still lies directly behind it, that is
    /// O(1); otherwise its bytes are copied, as by [`extend_from_slice`](Self::extend_from_slice).
    ///
    /// # Panics
    /// If it has to be copied and the memory is refused.
    pub fn unsplit(&mut self, other: Self) {
        if let Err(other) = self.try_unsplit(other) {
            self.extend_from_slice(&other);
        }
    }

    /// Adds a buffer at the end, if that needs no copy. O(1).
    ///
    /// # Errors
    /// The other buffer, if it was not split off from here or does not lie behind this one.
    pub fn try_unsplit(&mut self, other: Self) -> Result<(), Self> {
        if self.is_empty() {
            *self = other;
            return Ok(());
        }
        if other.is_empty() {
            return Ok(());
        }
        self.adjoin(other)
    }

    /// Removes the first `count` bytes from the buffer. O(1).
    ///
    /// The method of the trait `bytes::Buf` does the same, and panics where this returns an error.
    ///
    /// # Errors
    /// [`RangeError`] if there are fewer; the buffer is as it was.
    pub fn advance(&mut self, count: usize) -> Result<(), RangeError> {
        let length = self.len();
        if count > length {
            return Err(RangeError { start: count, end: length, length, value: () });
        }
        self.narrow(count, length - count);
        Ok(())
    }
}
