//! Writables as cells: the state machine is the cell's payload. Its buffered chunks are elements of an array in the
//! cell's one field, Node's `buffered`, so that the collector sees them.

use crate::error::RuntimeError;
use crate::memory::Variable;
use crate::runtime::Runtime;
use core::convert::Infallible;
use heap_model::shapes::{self, FIELDS};
use heap_model::{Kind, Value};
use stream_backpressure::{Chunk, Completion, Error, Event, Host, Machine};

/// An idle Writable with its state, in bytes (measured on Node v20.20.2).
pub(crate) const WRITABLE: usize = 360;
/// The slot of a Writable's cell that refers to its array of buffered chunks.
pub(crate) const BUFFERED: usize = FIELDS;
/// How many chunks that array holds at first.
const FIRST_BUFFERED: usize = 4;

/// A chunk in the state machine: its index in the array of buffered chunks.
struct Ticket {
    index: usize,
    length: usize,
}

impl Chunk for Ticket {
    fn length(&self) -> usize {
        self.length
    }
}

/// A synchronous sink, `write(data, enc, next) { next() }`, and which elements of the array of buffered chunks are
/// in use.
struct SyncSink {
    /// Indices of chunks that have left the stream and are still in the array.
    left: Vec<usize>,
    sunk: u64,
    /// Unused indices.
    free: Vec<usize>,
    /// Length of the array.
    capacity: usize,
}

impl Host<Ticket> for SyncSink {
    type Callback = Infallible;
    type Error = Infallible;

    fn write(stream: &mut Machine<Ticket, Self>, chunk: Ticket) -> Completion<Infallible> {
        let sink = stream.host_mut();
        sink.left.push(chunk.index);
        sink.sunk += 1;
        Completion::Done
    }

    fn call(_: &mut Machine<Ticket, Self>, callback: Infallible, _: Result<(), Error<Infallible>>) {
        match callback {}
    }

    fn event(_: &mut Machine<Ticket, Self>, _: Event<Infallible>) {}
}

type Stream = Machine<Ticket, SyncSink>;

impl Runtime {
    /// `new Writable({ write(data, enc, next) { next() } })`.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn writable(&mut self) -> Result<Variable, RuntimeError> {
        let free = (0..FIRST_BUFFERED).rev().collect();
        let sink = SyncSink { left: Vec::new(), sunk: 0, free, capacity: FIRST_BUFFERED };
        let stream = Stream::new(self.streams.clone(), sink);
        self.memory.keep(|scope| {
            let cell = shapes::host_object(scope, WRITABLE, 1, Box::new(stream))
                .map_err(|refused| refused.error)?;
            scope.scope(|scope| {
                let buffered = scope.alloc(Kind::Array, FIRST_BUFFERED, 0)?;
                Ok::<_, RuntimeError>(scope.set(cell, BUFFERED, Value::Ref(buffered))?)
            })?;
            Ok(cell)
        })
    }

    /// `writable.writableHighWaterMark`, in bytes.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable refers to something else.
    pub fn writable_high_water_mark(&mut self, writable: &Variable) -> Result<usize, RuntimeError> {
        self.stream(writable, |stream| stream.high_water_mark())
    }

    /// How many chunks have reached the sink.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable refers to something else.
    pub fn writable_sunk(&mut self, writable: &Variable) -> Result<u64, RuntimeError> {
        self.stream(writable, |stream| stream.host().sunk)
    }

    /// `writable.cork()`.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable refers to something else.
    pub fn writable_cork(&mut self, writable: &Variable) -> Result<(), RuntimeError> {
        self.stream(writable, |stream| stream.cork())
    }

    /// `writable.uncork()`.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable refers to something else.
    pub fn writable_uncork(&mut self, writable: &Variable) -> Result<(), RuntimeError> {
        self.stream(writable, Stream::uncork)?;
        self.run_ticks(writable)
    }

    /// `writable.write(text)`: the text becomes a Buffer, which the stream passes on or keeps.
    ///
    /// # Errors
    /// [`RuntimeError::Stream`] if the stream refuses; [`RuntimeError::OutOfMemory`].
    pub fn writable_write(
        &mut self,
        writable: &Variable,
        text: &str,
    ) -> Result<bool, RuntimeError> {
        let buffer = self.buffer_from_string(text)?;
        self.make_room(writable)?;
        let index = self.stream(writable, |stream| stream.host_mut().free.pop().unwrap_or(0))?;
        self.memory.heap.enter(|scope| {
            let (cell, buffer) = (scope.local(&writable.0)?, scope.local(&buffer.0)?);
            if let Value::Ref(array) = scope.get(cell, BUFFERED)? {
                scope.set(array, index, Value::Ref(buffer))?;
            }
            Ok::<_, RuntimeError>(())
        })?;
        let ticket = Ticket { index, length: text.len() };
        let answer = self.stream(writable, |stream| {
            stream.write(ticket).map_err(|refused| {
                stream.host_mut().left.extend(refused.chunk.map(|chunk| chunk.index));
                RuntimeError::Stream(refused.error)
            })
        })?;
        self.run_ticks(writable)?;
        answer
    }

    /// Doubles the array of buffered chunks if it is full.
    fn make_room(&mut self, writable: &Variable) -> Result<(), RuntimeError> {
        let full = self.stream(writable, |stream| {
            let sink = stream.host();
            sink.free.is_empty().then_some(sink.capacity)
        })?;
        let Some(capacity) = full else { return Ok(()) };
        self.memory.heap.enter(|scope| {
            let cell = scope.local(&writable.0)?;
            let grown = scope.alloc(Kind::Array, 2 * capacity, 0)?;
            if let Value::Ref(array) = scope.get(cell, BUFFERED)? {
                for slot in 0..capacity {
                    let chunk = scope.get(array, slot)?;
                    scope.set(grown, slot, chunk)?;
                }
            }
            Ok::<_, RuntimeError>(scope.set(cell, BUFFERED, Value::Ref(grown))?)
        })?;
        self.stream(writable, |stream| {
            let sink = stream.host_mut();
            sink.free = (capacity..2 * capacity).rev().collect();
            sink.capacity = 2 * capacity;
        })
    }

    /// Runs the stream's ticks, and clears the elements of the chunks that have left it.
    fn run_ticks(&mut self, writable: &Variable) -> Result<(), RuntimeError> {
        self.memory.heap.enter(|scope| {
            let cell = scope.local(&writable.0)?;
            let stream = scope.native_mut::<Stream>(cell)?;
            stream.run_ticks();
            let left = core::mem::take(&mut stream.host_mut().left);
            if let Value::Ref(array) = scope.get(cell, BUFFERED)? {
                for slot in &left {
                    scope.set(array, *slot, Value::Undefined)?;
                }
            }
            scope.native_mut::<Stream>(cell)?.host_mut().free.extend(left);
            Ok(())
        })
    }

    fn stream<R>(
        &mut self,
        writable: &Variable,
        f: impl FnOnce(&mut Stream) -> R,
    ) -> Result<R, RuntimeError> {
        self.memory.heap.enter(|scope| {
            let cell = scope.local(&writable.0)?;
            Ok(f(scope.native_mut::<Stream>(cell)?))
        })
    }
}
