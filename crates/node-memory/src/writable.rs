//! Writables as cells: the state machine is the cell's payload. Its buffered chunks are elements of an array in the
//! cell's one field, Node's `buffered`, so that the collector sees them.
//!
//! Invariant: each chunk that the machine holds, buffered or in flight, has a slot of that array, and the slot its Buffer.

mod slots;

use crate::buffer::Buffer;
use crate::error::{RuntimeError, SinkError};
use crate::host::Host;
use crate::memory::Outside;
use crate::types::{types, works};
use crate::variable::{InBlock, Root, Variable};
use core::convert::Infallible;
use heap_model::shapes::{self, FIELDS};
use heap_model::{Global, Kind, Local, Scope, Value as Slot};
use slab_buffer::Buffer as Store;
use slots::Slots;
use std::io;
use stream_backpressure::{Chunk, Completion, Error, Event, Machine, Options, Stats};

/// An idle Writable with its state, in bytes (measured on Node v20.20.2).
pub(crate) const WRITABLE: usize = 360;
/// The slot of a Writable's cell that refers to its array of buffered chunks.
pub(crate) const BUFFERED: usize = FIELDS;

types! {
    /// A Writable of bytes, with Node's contract: what is written before the sink is ready is buffered, and
    /// [`write`](Variable::write) says when to wait for 'drain'.
    ///
    /// Its next ticks run in [`Runtime::run_jobs`](crate::Runtime::run_jobs), its events come out of
    /// [`take_events`](Variable::take_events).
    ///
    /// ```
    /// use node_memory::{Completion, Event, Runtime, RuntimeOptions, Writable};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// // A socket whose peer does not read yet.
    /// let socket = Writable::with_sink(&mut runtime, |_| Completion::Pending)?;
    /// assert!(socket.write_text(&mut runtime, "header")?);
    /// let body = "x".repeat(20_000);
    /// assert!(!socket.write_text(&mut runtime, &body)?, "more than the high-water mark");
    /// assert_eq!(socket.length(&mut runtime)?, 20_006);
    /// // The peer reads both.
    /// socket.complete(&mut runtime, Ok(()))?;
    /// socket.complete(&mut runtime, Ok(()))?;
    /// runtime.run_jobs()?;
    /// assert!(matches!(socket.take_events(&mut runtime)?[..], [Event::Drain]));
    /// assert_eq!(socket.length(&mut runtime)?, 0);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    Writable = "Writable", |scope, cell| works(scope.native::<Stream>(cell));
}

/// What takes a Writable's chunks: it is given how many bytes a chunk has.
type Sink = Box<dyn FnMut(usize) -> Completion<SinkError> + Send>;

/// A chunk in the state machine.
struct Ticket {
    /// Its slot in the array of buffered chunks.
    slot: u32,
    length: usize,
}

/// What surrounds a Writable's state machine.
struct Surroundings {
    /// None calls back at once.
    sink: Option<Sink>,
    slots: Slots,
    sunk: u64,
    events: Vec<Event<SinkError>>,
    /// Ticks that the runtime has not been told of.
    due: usize,
}

type Stream = Machine<Ticket, Surroundings>;

impl Chunk for Ticket {
    #[inline]
    fn length(&self) -> usize {
        self.length
    }
}

impl stream_backpressure::Host<Ticket> for Surroundings {
    type Callback = Infallible;
    type Error = SinkError;

    #[inline]
    fn write(stream: &mut Stream, chunk: Ticket) -> Completion<SinkError> {
        let this = stream.host_mut();
        this.sunk += 1;
        let answer = match &mut this.sink {
            None => Completion::Done,
            Some(sink) => sink(chunk.length),
        };
        match answer {
            Completion::Pending => this.slots.begin(chunk.slot),
            _ => this.slots.end(chunk.slot),
        }
        answer
    }

    fn call(_: &mut Stream, callback: Infallible, _: Result<(), Error<SinkError>>) {
        match callback {}
    }

    fn event(stream: &mut Stream, event: Event<SinkError>) {
        let events = &mut stream.host_mut().events;
        // Whoever does not take them has no more than one 'drain' before each of the others.
        if !matches!((events.last(), &event), (Some(Event::Drain), Event::Drain)) {
            events.push(event);
        }
    }

    #[inline]
    fn schedule(&mut self) {
        self.due += 1;
    }
}

impl Writable {
    /// `new Writable({ write(chunk, encoding, next) { next(); } })`: 360 bytes of cell, and an array of the chunks that
    /// it buffers.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn new<H: Host>(host: &mut H) -> Result<Variable<Self, H::Root>, RuntimeError> {
        Self::make(host, None, None)
    }

    /// A Writable whose sink is told how many bytes each chunk has. After [`Completion::Pending`] the write is in flight
    /// until [`complete`](Variable::complete), as in Node until the callback is called.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn with_sink<H: Host>(
        host: &mut H,
        sink: impl FnMut(usize) -> Completion<SinkError> + Send + 'static,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        Self::make(host, None, Some(Box::new(sink)))
    }

    /// A Writable with options of its own, in the place of those of
    /// [`RuntimeOptions::streams`](crate::RuntimeOptions::streams): a high-water mark, caps, a shared budget.
    ///
    /// ```
    /// use node_memory::{Completion, Overflow, Runtime, RuntimeError, RuntimeOptions, StreamOptions, Writable};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let capped = StreamOptions::default().with_cap(1000, Overflow::Refuse);
    /// let socket = Writable::with_options(&mut runtime, capped, |_| Completion::Pending)?;
    /// socket.write_text(&mut runtime, &"x".repeat(900))?;
    /// let refused = socket.write_text(&mut runtime, &"x".repeat(200));
    /// assert!(matches!(refused, Err(RuntimeError::Stream(_))));
    /// # Ok::<(), RuntimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn with_options<H: Host>(
        host: &mut H,
        options: Options,
        sink: impl FnMut(usize) -> Completion<SinkError> + Send + 'static,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        Self::make(host, Some(options), Some(Box::new(sink)))
    }

    fn make<H: Host>(
        host: &mut H,
        options: Option<Options>,
        sink: Option<Sink>,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        let made = host.keep(|scope, outside| {
            let slots = Slots::default();
            let capacity = slots.capacity();
            let surroundings = Surroundings { sink, slots, sunk: 0, events: Vec::new(), due: 0 };
            let options = options.unwrap_or_else(|| outside.streams.clone());
            let stream = Stream::new(options, surroundings);
            scope.escape(|scope| {
                let cell = shapes::host_object(scope, WRITABLE, 1, Box::new(stream))
                    .map_err(|refused| refused.error)?;
                let buffered = scope.alloc(Kind::Array, capacity, 0)?;
                scope.set(cell, BUFFERED, Slot::Ref(buffered))?;
                Ok(cell)
            })
        });
        made.map(Variable::of)
    }
}

impl<R: Root> Variable<Writable, R> {
    /// `writable.write(buffer)`: whether more may be written. False is advice, to wait for 'drain'. Amortised constant
    /// time.
    ///
    /// # Errors
    /// [`RuntimeError::Stream`] if the stream refuses, [`RuntimeError::OutOfMemory`] at the heap's limit (nothing is
    /// written then), [`RuntimeError::Access`] if a variable is of another runtime.
    #[inline]
    pub fn write(
        &self,
        host: &mut impl Host,
        buffer: &Variable<Buffer, impl Root>,
    ) -> Result<bool, RuntimeError> {
        host.on(|scope, outside| self.write_in(scope, outside, buffer))
    }

    /// `writable.write(text)`: the text becomes a Buffer, as [`Buffer::from_text`] makes it.
    ///
    /// # Errors
    /// As [`write`](Self::write), and [`RuntimeError::Buffer`].
    pub fn write_text(&self, host: &mut impl Host, text: &str) -> Result<bool, RuntimeError> {
        host.on(|scope, outside| {
            let store = outside.pool.from_string(text)?;
            scope.scope(|scope| {
                let cell = outside.make_buffer(scope, store)?;
                self.write_in(scope, outside, &Variable::of(InBlock(cell)))
            })
        })
    }

    /// The sink has done what it answered with [`Completion::Pending`] (in Node: it calls the write's callback), and gets
    /// the next chunk. Constant time, but for chunks that the sink does at once.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn complete(
        &self,
        host: &mut impl Host,
        result: io::Result<()>,
    ) -> Result<(), RuntimeError> {
        self.run(host, |stream| {
            stream.host_mut().slots.complete();
            stream.complete(result.map_err(|error| Error::Sink(error.into())));
        })
    }

    /// `writable.cork()`: what is written waits for [`uncork`](Self::uncork).
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn cork(&self, host: &mut impl Host) -> Result<(), RuntimeError> {
        self.run(host, |stream| stream.cork())
    }

    /// `writable.uncork()`. O(chunks that the sink gets).
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn uncork(&self, host: &mut impl Host) -> Result<(), RuntimeError> {
        self.run(host, |stream| stream.uncork())
    }

    /// `writable.end()`.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn end(&self, host: &mut impl Host) -> Result<(), RuntimeError> {
        self.run(host, |stream| stream.end())
    }

    /// `writable.destroy(error)`: what is buffered is dropped, in the next tick. O(chunks).
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn destroy(
        &self,
        host: &mut impl Host,
        error: Option<io::Error>,
    ) -> Result<(), RuntimeError> {
        self.run(host, |stream| stream.destroy(error.map(|error| Error::Sink(error.into()))))
    }

    /// The events since they were last taken; of several 'drain' in a row there is one. Linear in their number.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    #[doc(alias = "on")]
    pub fn take_events(&self, host: &mut impl Host) -> Result<Vec<Event<SinkError>>, RuntimeError> {
        self.look(host, |stream| core::mem::take(&mut stream.host_mut().events))
    }

    /// `writable.writableLength`: bytes that are buffered or in flight. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    #[doc(alias = "writableLength")]
    pub fn length(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        self.look(host, |stream| stream.length())
    }

    /// `writable.writableHighWaterMark`, in bytes. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    #[doc(alias = "writableHighWaterMark")]
    pub fn high_water_mark(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        self.look(host, |stream| stream.high_water_mark())
    }

    /// `writable.writableNeedDrain`: a write has returned false, and 'drain' has not come yet. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    #[doc(alias = "writableNeedDrain")]
    pub fn needs_drain(&self, host: &mut impl Host) -> Result<bool, RuntimeError> {
        self.look(host, |stream| stream.need_drain())
    }

    /// How many chunks have reached the sink. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn sunk(&self, host: &mut impl Host) -> Result<u64, RuntimeError> {
        self.look(host, |stream| stream.host().sunk)
    }

    /// The stream's figures, for [`kinds::of_stream`](crate::kinds::of_stream). Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn stats(&self, host: &mut impl Host) -> Result<Stats, RuntimeError> {
        self.look(host, |stream| stream.stats())
    }

    fn look<T>(
        &self,
        host: &mut impl Host,
        look: impl FnOnce(&mut Stream) -> T,
    ) -> Result<T, RuntimeError> {
        host.on(|scope, _| Ok(look(scope.native_mut(self.operand())?)))
    }

    /// Calls the stream, and does what follows from it.
    fn run<T>(
        &self,
        host: &mut impl Host,
        call: impl FnOnce(&mut Stream) -> T,
    ) -> Result<T, RuntimeError> {
        host.on(|scope, outside| {
            let done = call(scope.native_mut(self.operand())?);
            scope.scope(|scope| {
                let cell = self.local(scope)?;
                settle(scope, outside, cell)
            })?;
            Ok(done)
        })
    }

    #[inline]
    fn write_in(
        &self,
        scope: &mut Scope<'_>,
        outside: &mut Outside,
        buffer: &Variable<Buffer, impl Root>,
    ) -> Result<bool, RuntimeError> {
        let length = shapes::typed_array_payload::<Store>(scope, buffer.operand())?.len();
        let mut stream = scope.native_mut::<Stream>(self.operand())?;
        if stream.host().slots.are_full() {
            scope.scope(|scope| {
                let cell = self.local(scope)?;
                make_room(scope, cell)
            })?;
            stream = scope.native_mut(self.operand())?;
        }
        let slot = stream.host_mut().slots.begin_write();
        let answer = stream.write(Ticket { slot, length });
        let Surroundings { slots, due, .. } = stream.host_mut();
        let kept = slots.end_write(answer.is_ok());
        let unsettled = *due > 0 || slots.has_left();
        if let Some(slot) = kept {
            scope.scope(|scope| {
                let (cell, buffer) = (self.local(scope)?, buffer.local(scope)?);
                let Slot::Ref(array) = scope.get(cell, BUFFERED)? else { return Ok(()) };
                scope.set(array, slot as usize, Slot::Ref(buffer))
            })?;
        }
        if unsettled {
            scope.scope(|scope| {
                let cell = self.local(scope)?;
                settle(scope, outside, cell)
            })?;
        }
        answer.map_err(|refused| RuntimeError::Stream(refused.error))
    }
}

/// Runs a tick of a Writable's.
pub(crate) fn run_tick(
    scope: &mut Scope<'_>,
    outside: &mut Outside,
    writable: &Global,
) -> Result<(), RuntimeError> {
    scope.native_mut::<Stream>(writable)?.tick();
    let cell = scope.local(writable)?;
    settle(scope, outside, cell)
}

/// Clears the slots of the chunks that have left the stream, and tells the runtime of ticks that are due.
fn settle(
    scope: &mut Scope<'_>,
    outside: &mut Outside,
    cell: Local<'_>,
) -> Result<(), RuntimeError> {
    let stream = scope.native_mut::<Stream>(cell)?;
    let is_empty = stream.buffered_chunks() == 0;
    let Surroundings { slots, due, .. } = stream.host_mut();
    let due = core::mem::take(due);
    let left = slots.take_left(is_empty);
    if !left.is_empty() {
        scope.scope(|scope| {
            let Slot::Ref(array) = scope.get(cell, BUFFERED)? else { return Ok(()) };
            left.iter().try_for_each(|slot| scope.set(array, *slot as usize, Slot::Undefined))
        })?;
        scope.native_mut::<Stream>(cell)?.host_mut().slots.free(left);
    }
    if due > 0 {
        let root = scope.global(cell)?;
        outside.ticks.extend(core::iter::repeat_n(root, due));
    }
    Ok(())
}

/// Doubles the array of buffered chunks.
#[cold]
fn make_room(scope: &mut Scope<'_>, cell: Local<'_>) -> Result<(), RuntimeError> {
    let capacity = scope.native_mut::<Stream>(cell)?.host().slots.capacity();
    let grown = scope.alloc(Kind::Array, 2 * capacity, 0)?;
    if let Slot::Ref(array) = scope.get(cell, BUFFERED)? {
        scope.copy_slots((grown, 0), (array, 0), capacity)?;
    }
    scope.set(cell, BUFFERED, Slot::Ref(grown))?;
    scope.native_mut::<Stream>(cell)?.host_mut().slots.double();
    Ok(())
}
