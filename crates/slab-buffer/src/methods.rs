//! Operations on buffers, besides reading and writing their bytes.

use crate::error::{RangeError, resolve};
use crate::frozen::Frozen;
use crate::raw::buffer::Buffer;
use crate::view::View;
use crate::writer::Writer;
use std::ops::RangeBounds;

impl Buffer {
    /// Reduces the buffer to a range, without copying.
    ///
    /// The bytes around it count as unused; their memory is reused with the whole slab, or after
    /// [`Pool::compact`](crate::Pool::compact). For ranges that share their bytes, like Node's `subarray`, call
    /// [`freeze`](Self::freeze) or [`share`](Self::share) first.
    ///
    /// # Errors
    /// [`RangeError`] with the buffer, if the range does not lie in it.
    pub fn subarray(mut self, range: impl RangeBounds<usize>) -> Result<Self, RangeError<Self>> {
        let length = self.len();
        let (start, end, ()) = match resolve(range, length, ()) {
            Ok(bounds) => bounds,
            Err(RangeError { start, end, length, .. }) => {
                return Err(RangeError { start, end, length, value: self });
            }
        };
        self.narrow(start, end - start);
        Ok(self)
    }

    /// Cuts the buffer down to `length` bytes; does nothing if it is not longer.
    pub fn truncate(&mut self, length: usize) {
        if length < self.len() {
            self.narrow(0, length);
        }
    }

    /// Truncates the buffer to no bytes. It keeps a store of its own, to grow in.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// `buf.copy(target, targetStart, sourceStart, sourceEnd)`: copies as many bytes of the range as
    /// the target has room for, and says how many.
    ///
    /// # Errors
    /// [`RangeError`] if the range does not lie in the buffer, or `target_start` not in the target.
    /// Nothing is copied.
    pub fn copy_to(
        &self,
        target: &mut [u8],
        target_start: usize,
        source: impl RangeBounds<usize>,
    ) -> Result<usize, RangeError> {
        let (start, end, ()) = resolve(source, self.len(), ())?;
        resolve(target_start.., target.len(), ())?;
        let target = &mut target[target_start..];
        let count = target.len().min(end - start);
        target[..count].copy_from_slice(&self[start..start + count]);
        Ok(count)
    }

    /// `buf.fill(pattern)`: repeats the pattern over the buffer, cut off at its end. An empty
    /// pattern fills with zeros, as Node does.
    pub fn fill_with_pattern(&mut self, pattern: &[u8]) {
        if pattern.is_empty() {
            return self.fill(0);
        }
        for place in self.chunks_mut(pattern.len()) {
            place.copy_from_slice(&pattern[..place.len()]);
        }
    }

    /// A read-only buffer that is cheap to clone and to slice. O(1), one small allocation.
    #[must_use]
    pub fn freeze(self) -> Frozen {
        Frozen::from(self)
    }

    /// A buffer whose bytes are shared with all views of it, as Node's are. O(1), one small
    /// allocation.
    #[must_use]
    pub fn share(self) -> View {
        View::new(self)
    }

    /// Writes from the buffer's start on.
    #[must_use]
    pub fn writer(self) -> Writer {
        Writer::new(self)
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Self::empty()
    }
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        self
    }
}
