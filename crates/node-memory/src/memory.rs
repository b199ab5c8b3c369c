//! The heap, and what is outside of it: the buffer pool, which counts as the heap's external memory, the streams' options
//! and ticks, and the agent of weak references.
//!
//! Invariant: the heap knows of every byte of the pool that its cells keep alive. What makes a buffer and
//! [`Memory::gc`] report them ([`Outside::report`]); so does whoever makes buffers of the pool.

use crate::error::{Refused, RuntimeError};
use crate::value::Value;
use crate::variable::Owned;
use heap_model::{AccessError, Global, Heap, Local, NativeRefused, Scope, shapes};
use slab_buffer::{Buffer, Pool};
use weak_refs::Agent;

/// A heap and what is outside of it.
pub(crate) struct Memory {
    pub heap: Heap,
    pub outside: Outside,
}

/// What operations use beside the heap.
pub struct Outside {
    pub(crate) pool: Pool,
    /// What each Writable is made with.
    pub(crate) streams: stream_backpressure::Options,
    /// Writables, once for each tick that is due.
    pub(crate) ticks: Vec<Global>,
    pub(crate) agent: Agent<Vec<Cleanup>, AccessError>,
    /// Bytes of array buffers that the heap has been told of.
    reported: usize,
    /// Bytes of array buffers that were freed in or after the collection of that number.
    freed: usize,
    freed_in: usize,
}

/// A held value that a registry has given out.
pub(crate) struct Cleanup {
    /// The number of the registry's callback.
    pub callback: u64,
    pub held: Value,
}

impl Memory {
    pub fn new(heap: Heap, pool: Pool, streams: stream_backpressure::Options) -> Self {
        let outside = Outside {
            pool,
            streams,
            ticks: Vec::new(),
            agent: Agent::default(),
            reported: 0,
            freed: 0,
            freed_in: 0,
        };
        Self { heap, outside }
    }

    /// Runs `make` in a scope and keeps its result.
    #[inline]
    pub fn keep(
        &mut self,
        make: impl for<'s> FnOnce(&mut Scope<'s>, &mut Outside) -> Result<Local<'s>, RuntimeError>,
    ) -> Result<Owned, RuntimeError> {
        let Self { heap, outside } = self;
        heap.enter(|scope| {
            let cell = make(scope, outside)?;
            Ok(Owned(scope.global(cell)?))
        })
    }

    /// One full collection.
    pub fn gc(&mut self) {
        self.heap.collect();
        self.report_external();
    }

    /// Reports to the heap how much the pool's stores have grown or shrunk since the last report.
    pub fn report_external(&mut self) {
        let Self { heap, outside } = self;
        heap.enter(|scope| outside.report(scope));
    }

    /// Bytes of array buffers that the last collection has freed.
    pub fn freed_since_collection(&self) -> usize {
        let Outside { freed, freed_in, .. } = self.outside;
        let statistics = self.heap.statistics();
        let collections = statistics.scavenges + statistics.full_collections;
        if freed_in == collections { freed } else { 0 }
    }
}

impl Outside {
    /// Reports to the heap how much the pool's stores have grown or shrunk since the last report.
    #[inline]
    pub fn report(&mut self, scope: &mut Scope<'_>) {
        let now = self.pool.array_buffers();
        if now != self.reported {
            self.report_change(scope, now);
        }
    }

    #[cold]
    #[inline(never)]
    fn report_change(&mut self, scope: &mut Scope<'_>, now: usize) {
        if now < self.reported {
            let statistics = scope.statistics();
            let collections = statistics.scavenges + statistics.full_collections;
            let before = if self.freed_in == collections { self.freed } else { 0 };
            self.freed = before + self.reported - now;
            self.freed_in = collections;
        }
        scope.adjust_external_memory(now as isize - self.reported as isize);
        self.reported = now;
    }

    /// Makes the cells of a Node Buffer: a typed array, and the ArrayBuffer of one that has a store of its own.
    ///
    /// # Errors
    /// The buffer, and why the heap refused.
    #[inline]
    pub fn make_buffer<'s>(
        &mut self,
        scope: &mut Scope<'s>,
        buffer: Buffer,
    ) -> Result<Local<'s>, Box<Refused<Buffer>>> {
        let made = if buffer.is_pooled() {
            shapes::pooled_typed_array(scope, Box::new(buffer)).map_err(given_back)
        } else {
            let length = buffer.len();
            scope.escape(|scope| {
                let store = shapes::host_array_buffer(scope, Box::new(buffer), 0);
                let store = store.map_err(given_back)?;
                shapes::host_typed_array(scope, store, 0, length)
                    .map_err(|error| Box::new(Refused { value: None, error: error.into() }))
            })
        };
        self.report(scope);
        made
    }
}

#[cold]
fn given_back(refused: NativeRefused) -> Box<Refused<Buffer>> {
    let value = refused.payload.downcast().ok().map(|buffer| *buffer);
    Box::new(Refused { value, error: refused.error.into() })
}
