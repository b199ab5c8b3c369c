//! Writing into a buffer from its start on. No unsafe code.

use crate::Buffer;
use std::io;

/// A buffer that is being filled: [`io::Write`] and, with the feature `bytes`, `bytes::BufMut`.
///
/// A buffer does not grow: what does not fit is not written, as with `&mut [u8]`.
///
/// ```
/// use slab_buffer::{Pool, PoolOptions};
/// use std::io::Write;
///
/// let pool = Pool::new(PoolOptions::default());
/// let mut writer = pool.alloc_unsafe(100)?.writer();
/// write!(writer, "{} bytes", 7)?;
/// assert_eq!(&*writer.into_buffer(), b"7 bytes");
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

    /// Bytes that have been written.
    #[must_use]
    pub fn written(&self) -> usize {
        self.written
    }

    /// Bytes that the buffer holds.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// The bytes that have not been written.
    pub fn remaining_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[self.written..]
    }

    /// Counts the next `count` bytes as written, up to the buffer's end.
    pub fn advance(&mut self, count: usize) {
        self.written += count.min(self.buffer.len() - self.written);
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
        let room = self.remaining_mut();
        let count = room.len().min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.advance(count);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
