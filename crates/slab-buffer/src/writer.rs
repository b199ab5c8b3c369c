//! Sequential writing into a buffer.

use crate::raw::buffer::Buffer;
use std::io;

/// A buffer that is being filled: [`io::Write`] and, with the feature `bytes`, `bytes::BufMut`.
///
/// It does not grow: bytes that do not fit are not written, as with `&mut [u8]`. A [`Buffer`] itself grows: by
/// [`extend_from_slice`](Buffer::extend_from_slice), and as a [`std::fmt::Write`] or a `BufMut`.
///
/// ```
/// use slab_buffer::{Pool, PoolOptions};
/// use std::io::Write;
///
/// let pool = Pool::new(PoolOptions::default());
/// let mut writer = pool.alloc_unsafe(100)?.writer();
/// write!(writer, "{} bytes", 7)?;
/// assert_eq!(writer.filled(), b"7 bytes");
/// assert_eq!(writer.into_buffer(), "7 bytes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Writer {
    buffer: Buffer,
    written: usize,
}

impl Writer {
    pub(crate) fn new(buffer: Buffer) -> Self {
        Self { buffer, written: 0 }
    }

    /// How many bytes have been written.
    #[must_use]
    pub fn written(&self) -> usize {
        self.written
    }

    /// How many bytes the buffer holds.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// How many bytes can still be written.
    #[must_use]
    pub fn room(&self) -> usize {
        self.buffer.len() - self.written
    }

    /// The bytes that have been written.
    #[must_use]
    pub fn filled(&self) -> &[u8] {
        &self.buffer[..self.written]
    }

    /// The bytes that have been written, to be changed.
    pub fn filled_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[..self.written]
    }

    /// The bytes that have not been written: initialised, but perhaps old. After they were filled
    /// from elsewhere, [`advance`](Self::advance) counts them.
    pub fn unfilled_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[self.written..]
    }

    /// Counts the next `count` bytes as written, up to the buffer's end.
    pub fn advance(&mut self, count: usize) {
        self.written += count.min(self.room());
    }

    /// Starts again at the beginning.
    pub fn clear(&mut self) {
        self.written = 0;
    }

    /// The buffer, cut down to what was written.
    #[must_use]
    pub fn into_buffer(mut self) -> Buffer {
        self.buffer.truncate(self.written);
        self.buffer
    }
}

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.room().min(bytes.len());
        self.unfilled_mut()[..count].copy_from_slice(&bytes[..count]);
        self.advance(count);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
