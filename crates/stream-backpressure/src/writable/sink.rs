//! The sink of a Writable.

use crate::error::Error;
use crate::event::Completion;
use crate::queue::Chunks;

/// Where a [`Writable`](crate::Writable)'s chunks go.
///
/// A panic fails the stream with [`Error::SinkPanicked`], and unwinds to the caller of the stream.
pub trait Sink<C> {
    /// The sink's error.
    type Error: Clone;
    /// Whether the sink has [`writev`](Self::writev).
    const WRITEV: bool = false;
    /// Whether the sink has [`finalize`](Self::finalize).
    const FINAL: bool = false;

    /// Takes one chunk. After [`Completion::Pending`], [`Machine::complete`](crate::Machine::complete) says when it is done.
    #[doc(alias = "_write")]
    fn write(&mut self, chunk: C) -> Completion<Self::Error>;

    /// Takes all chunks that were buffered, two at least. Chunks that it leaves fail the stream with
    /// [`Error::ChunksLeft`].
    #[doc(alias = "_writev")]
    fn writev(&mut self, chunks: &mut Chunks<C>) -> Completion<Self::Error> {
        let _ = chunks;
        Completion::Failed(Error::NotImplemented("_writev()"))
    }

    /// Finishes, after all chunks are done.
    #[doc(alias = "_final")]
    fn finalize(&mut self) -> Completion<Self::Error> {
        Completion::Done
    }

    /// Releases what it holds. An error of its own replaces the one given.
    #[doc(alias = "_destroy")]
    fn destroy(&mut self, error: Option<&Error<Self::Error>>) -> Completion<Self::Error> {
        let _ = error;
        Completion::Done
    }

    /// Makes itself ready, if [`Options::construct`](crate::Options::construct) is set.
    #[doc(alias = "_construct")]
    fn construct(&mut self) -> Completion<Self::Error> {
        Completion::Done
    }

    /// The stream holds `difference` bytes more than before, or fewer if it is negative; for memory
    /// accounting.
    #[inline]
    fn account(&mut self, difference: isize) {
        let _ = difference;
    }
}
