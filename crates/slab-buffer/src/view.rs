//! Bytes that several views share and change, for JavaScript's aliasing.

use crate::error::{RangeError, resolve};
use crate::raw::buffer::{Buffer, Cells};
use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, RangeBounds};
use std::rc::Rc;

/// A view of a buffer's bytes as cells: all views see what one of them writes.
///
/// Cloning and slicing are O(1). It belongs to one thread.
#[derive(Clone)]
pub struct View {
    bytes: Rc<Cells>,
    start: usize,
    end: usize,
}

impl View {
    pub(crate) fn new(buffer: Buffer) -> Self {
        let end = buffer.len();
        Self { bytes: Rc::new(Cells::new(buffer)), start: 0, end }
    }

    /// `buf.subarray(start, end)`: a view of a range, of the same bytes.
    ///
    /// # Errors
    /// [`RangeError`] if the range does not lie in the view.
    pub fn subarray(&self, range: impl RangeBounds<usize>) -> Result<Self, RangeError> {
        let (start, end, ()) = resolve(range, self.len(), ())?;
        let bytes = self.bytes.clone();
        Ok(Self { bytes, start: self.start + start, end: self.start + end })
    }

    /// The backing store's number; see [`Buffer::store_id`].
    #[must_use]
    pub fn store_id(&self) -> Option<u64> {
        self.bytes.buffer().store_id()
    }

    /// Where in its backing store the view begins, in bytes.
    #[must_use]
    #[doc(alias = "byteOffset")]
    pub fn offset(&self) -> usize {
        self.bytes.buffer().offset() + self.start
    }

    /// The backing store's length in bytes.
    #[must_use]
    pub fn store_len(&self) -> usize {
        self.bytes.buffer().store_len()
    }

    /// A copy of the bytes.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.iter().map(Cell::get).collect()
    }

    /// Copies from a slice as long as the view or shorter, and says how many bytes that were.
    pub fn write(&self, bytes: &[u8]) -> usize {
        self.iter().zip(bytes).map(|(cell, byte)| cell.set(*byte)).count()
    }
}

impl Deref for View {
    type Target = [Cell<u8>];

    fn deref(&self) -> &[Cell<u8>] {
        &self.bytes.cells()[self.start..self.end]
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "View({:02x?})", self.to_vec())
    }
}
