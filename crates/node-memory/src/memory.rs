//! The heap and the buffer pool as one: what the pool holds counts as the heap's external memory.
//!
//! Invariant: the heap knows of every byte of the pool that its cells keep alive. [`Memory::keep`] and
//! [`Memory::gc`], the operations that can change these bytes, report them; so does whoever makes buffers of the pool.

use crate::error::RuntimeError;
use heap_model::{Global, Heap, Local, Scope, shapes};
use slab_buffer::{Buffer, Pool};

/// A JavaScript variable: the cell that it refers to lives while the variable exists.
///
/// Dropping it is `variable = null`; the memory falls at the next collection. A variable that
/// outlives its runtime is harmless.
pub struct Variable(pub(crate) Global);

/// A heap and a buffer pool.
pub(crate) struct Memory {
    pub heap: Heap,
    pub pool: Pool,
    /// Bytes of array buffers that the heap has been told of.
    reported: usize,
    /// Bytes of array buffers that were freed in or after the collection of that number.
    freed: usize,
    freed_in: usize,
}

impl Memory {
    pub fn new(heap: Heap, pool: Pool) -> Self {
        Self { heap, pool, reported: 0, freed: 0, freed_in: 0 }
    }

    /// Runs `make` in a scope and keeps its result in a new variable.
    pub fn keep(
        &mut self,
        make: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<Local<'s>, RuntimeError>,
    ) -> Result<Variable, RuntimeError> {
        let kept = self.heap.enter(|scope| {
            let cell = make(scope)?;
            Ok(Variable(scope.global(cell)?))
        });
        self.report_external();
        kept
    }

    /// Makes the cells of a Node Buffer: a typed array, and the ArrayBuffer of one that has a store of its own.
    pub fn keep_buffer(&mut self, buffer: Buffer) -> Result<Variable, RuntimeError> {
        self.keep(|scope| {
            let length = buffer.len();
            let out_of_memory = |refused: heap_model::NativeRefused| refused.error;
            if buffer.is_pooled() {
                let cell = shapes::pooled_typed_array(scope, Box::new(buffer));
                return Ok(cell.map_err(out_of_memory)?);
            }
            scope.escape(|scope| {
                let store = shapes::host_array_buffer(scope, Box::new(buffer), 0);
                let store = store.map_err(out_of_memory)?;
                Ok(shapes::host_typed_array(scope, store, 0, length)?)
            })
        })
    }

    /// One full collection.
    pub fn gc(&mut self) {
        self.heap.collect();
        self.report_external();
    }

    /// Reports to the heap how much the pool's stores have grown or shrunk since the last report.
    pub fn report_external(&mut self) {
        let now = self.pool.array_buffers();
        if now < self.reported {
            self.freed = self.freed_since_collection() + self.reported - now;
            self.freed_in = self.collections();
        }
        self.heap.adjust_external_memory(now as isize - self.reported as isize);
        self.reported = now;
    }

    /// Bytes of array buffers that the last collection has freed.
    pub fn freed_since_collection(&self) -> usize {
        if self.freed_in == self.collections() { self.freed } else { 0 }
    }

    /// How many collections there were.
    fn collections(&self) -> usize {
        let statistics = self.heap.statistics();
        statistics.scavenges + statistics.full_collections
    }
}
