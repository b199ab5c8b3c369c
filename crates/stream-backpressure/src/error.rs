//! Errors, with Node's codes if Node has one, and the refusal that returns a chunk.

use core::fmt;
use std::sync::Arc;

/// Why a stream fails, or refuses a call.
///
/// Codes and messages are those of Node's `lib/internal/errors.js`; `E` is the sink's own error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error<E> {
    /// The sink's own error, or the one that [`destroy`](crate::Machine::destroy) was given.
    Sink(E),
    /// A write after [`end`](crate::Machine::end).
    WriteAfterEnd,
    /// A call on a destroyed stream: the name of the call, `write`, `flush` or `end`.
    Destroyed(&'static str),
    /// `end` with a callback after the stream has finished.
    AlreadyFinished,
    /// The sink has answered one call twice.
    MultipleCallback,
    /// A Writable is not readable, so nothing can be piped out of it.
    CannotPipe,
    /// Null is not a chunk.
    NullValues,
    /// The chunk is neither text nor bytes, on a stream of bytes.
    InvalidChunk,
    /// A method of the sink was called that it does not have.
    NotImplemented(&'static str),
    /// There is no such encoding.
    UnknownEncoding,
    /// A high-water mark that is negative or no integer.
    InvalidHighWaterMark,
    /// The chunk would exceed the stream's cap.
    Full {
        /// The cap that would be exceeded: bytes (objects in object mode) or chunks.
        cap: usize,
    },
    /// The shared budget has no room for the chunk.
    OverBudget,
    /// The stream held most of a shared budget that was spent, and had to yield.
    Evicted,
    /// The stream stayed undrained for longer than its deadline.
    Deadline,
    /// The stream was aborted from outside, as by an `AbortSignal`.
    Aborted,
    /// The sink panicked.
    SinkPanicked,
    /// The sink reported that it was done, with chunks left.
    ChunksLeft {
        /// How many.
        chunks: usize,
    },
    /// The stream was destroyed with the first error before its construction failed with the
    /// second; it counts as the first.
    Aggregate(Arc<[Error<E>; 2]>),
}

impl<E> Error<E> {
    /// Node's code for this error, if Node gives it one.
    ///
    /// ```
    /// # use stream_backpressure::Error;
    /// assert_eq!(Error::<()>::WriteAfterEnd.code(), Some("ERR_STREAM_WRITE_AFTER_END"));
    /// assert_eq!(Error::Sink("broken pipe").code(), None);
    /// ```
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::WriteAfterEnd => "ERR_STREAM_WRITE_AFTER_END",
            Self::Destroyed(_) => "ERR_STREAM_DESTROYED",
            Self::AlreadyFinished => "ERR_STREAM_ALREADY_FINISHED",
            Self::MultipleCallback => "ERR_MULTIPLE_CALLBACK",
            Self::CannotPipe => "ERR_STREAM_CANNOT_PIPE",
            Self::NullValues => "ERR_STREAM_NULL_VALUES",
            Self::InvalidChunk => "ERR_INVALID_ARG_TYPE",
            Self::NotImplemented(_) => "ERR_METHOD_NOT_IMPLEMENTED",
            Self::UnknownEncoding => "ERR_UNKNOWN_ENCODING",
            Self::InvalidHighWaterMark => "ERR_INVALID_ARG_VALUE",
            Self::Aborted => "ABORT_ERR",
            Self::Aggregate(both) => return both[0].code(),
            Self::Sink(_)
            | Self::Full { .. }
            | Self::OverBudget
            | Self::Evicted
            | Self::Deadline
            | Self::SinkPanicked
            | Self::ChunksLeft { .. } => return None,
        })
    }

    /// This error after `inner`, joined as by `aggregateTwoErrors` of `lib/internal/errors.js`.
    pub(crate) fn behind(self, inner: Option<Self>) -> Self {
        match inner {
            Some(inner) => Self::Aggregate(Arc::new([self, inner])),
            None => self,
        }
    }
}

/// The message and the source of a sink's error are its own.
impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sink(error) => error.fmt(f),
            Self::WriteAfterEnd => f.write_str("write after end"),
            Self::Destroyed(call) => write!(f, "Cannot call {call} after a stream was destroyed"),
            Self::AlreadyFinished => f.write_str("Cannot call end after a stream was finished"),
            Self::MultipleCallback => f.write_str("Callback called multiple times"),
            Self::CannotPipe => f.write_str("Cannot pipe, not readable"),
            Self::NullValues => f.write_str("May not write null values to stream"),
            Self::InvalidChunk => f.write_str("The chunk must be text or bytes"),
            Self::NotImplemented(method) => write!(f, "The {method} method is not implemented"),
            Self::UnknownEncoding => f.write_str("Unknown encoding"),
            Self::InvalidHighWaterMark => {
                f.write_str("The high-water mark must be a whole number from 0 on")
            }
            Self::Full { cap } => write!(f, "The stream's cap of {cap} is reached"),
            Self::OverBudget => f.write_str("The streams' shared budget is spent"),
            Self::Evicted => f.write_str("The stream held most of a shared budget that is spent"),
            Self::Deadline => f.write_str("The stream was not drained in time"),
            Self::Aborted => f.write_str("The operation was aborted"),
            Self::SinkPanicked => f.write_str("The sink panicked"),
            Self::ChunksLeft { chunks } => {
                write!(f, "The sink said that it is done, with {chunks} chunks left")
            }
            Self::Aggregate(both) => both[0].fmt(f),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Sink(error) => error.source(),
            Self::Aggregate(both) => Some(&both[1]),
            _ => None,
        }
    }
}

/// A write that a stream did not take: the chunk comes back, with the reason.
pub struct Refused<C, K, E> {
    /// The chunk, as it was given; none where only the call was refused.
    pub chunk: Option<C>,
    /// The callback, if the stream will not call it. After the end and after destruction it is
    /// absent, because the stream calls it, as Node's does.
    pub callback: Option<K>,
    /// Why.
    pub error: Error<E>,
}

impl<C, K, E: fmt::Debug> fmt::Debug for Refused<C, K, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("error", &self.error).finish_non_exhaustive()
    }
}

/// The message and the source are the error's own: a refusal only adds the chunk.
impl<C, K, E: fmt::Display> fmt::Display for Refused<C, K, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<C, K, E: core::error::Error + 'static> core::error::Error for Refused<C, K, E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.error.source()
    }
}

/// A sink's error of any type in a form that can be cloned: a stream reports it to the call that met it and to each later
/// call.
///
/// It dereferences to the inner error and has its message and source. `?` converts an error into it.
///
/// ```
/// use stream_backpressure::Shared;
/// let error = Shared::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
/// assert_eq!(error.clone().kind(), std::io::ErrorKind::BrokenPipe);
/// ```
#[derive(Debug)]
pub struct Shared<E>(Arc<E>);

impl<E> Shared<E> {
    /// The inner error, if this is its only handle.
    ///
    /// # Errors
    /// The handle, if there are others.
    pub fn try_into_inner(self) -> Result<E, Self> {
        Arc::try_unwrap(self.0).map_err(Self)
    }
}

impl<E> Clone for Shared<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<E> From<E> for Shared<E> {
    fn from(error: E) -> Self {
        Self(Arc::new(error))
    }
}

impl<E> core::ops::Deref for Shared<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.0
    }
}

impl<E: PartialEq> PartialEq for Shared<E> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<E: Eq> Eq for Shared<E> {}

impl<E: fmt::Display> fmt::Display for Shared<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: core::error::Error> core::error::Error for Shared<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn an_aggregate_counts_as_its_first_error() {
        let both = Error::<&str>::Destroyed("end").behind(Some(Error::Sink("construct")));
        assert_eq!(both.code(), Some("ERR_STREAM_DESTROYED"));
        assert_eq!(both.to_string(), "Cannot call end after a stream was destroyed");
        assert_eq!(Error::Sink("one").behind(None), Error::Sink("one"));
    }
}
