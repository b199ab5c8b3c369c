//! The heap: its spaces, roots and allocation. No unsafe code.
//!
//! Invariant: committed memory, twice the new space's cells (what their promotion can need at the
//! most) and two pages never pass the limit, so a collection never runs out of room.

use crate::OutOfMemory;
use crate::cell::{Kind, Place};
use crate::memory::{LARGEST_IN_PAGE, Memory, PAGE, Space, first, large_commit};
use crate::scope::Scope;
use core::any::Any;
use slab::Slab;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// The sizes a heap is made with, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct HeapOptions {
    /// The most that all spaces together may commit.
    pub limit: usize,
    /// One semi-space at the start.
    pub initial_semi_space: usize,
    /// One semi-space at the most.
    pub max_semi_space: usize,
}

impl Default for HeapOptions {
    /// Node 20's on a machine of 16 GB or more: 4144 MiB, semi-spaces of 1 to 16 MiB.
    fn default() -> Self {
        Self { limit: 4_345_298_944, initial_semi_space: 1 << 20, max_semi_space: 16 << 20 }
    }
}

impl HeapOptions {
    /// The same with another limit, in bytes; the largest semi-space is at most a 64th of it.
    #[must_use]
    pub fn with_limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self.max_semi_space = self.max_semi_space.min((limit / 64).max(self.initial_semi_space));
        self
    }

    /// V8's historical limit on 64-bit systems: 1400 MiB (`Heap::ConfigureHeap`).
    #[must_use]
    pub fn historical_64_bit() -> Self {
        Self::default().with_limit(1400 << 20)
    }

    /// V8's historical limit on 32-bit systems: 700 MiB (`Heap::ConfigureHeap`).
    #[must_use]
    pub fn historical_32_bit() -> Self {
        Self::default().with_limit(700 << 20)
    }
}

/// The heap's figures, in bytes and numbers of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeapStatistics {
    /// Committed by all spaces.
    pub committed: usize,
    /// Bytes of cells in the new space.
    pub new_space_used: usize,
    /// Bytes of cells in the old space.
    pub old_space_used: usize,
    /// Bytes of cells in the large-object space.
    pub large_object_space_used: usize,
    /// Collections of the new space alone.
    pub scavenges: usize,
    /// Collections of all spaces.
    pub full_collections: usize,
    /// Bytes that scavenges have moved to the old space.
    pub promoted: usize,
}

pub(crate) struct Native {
    pub place: Place,
    pub payload: Box<dyn Any + Send>,
    pub external: usize,
}

/// A garbage-collected heap of real bytes.
pub struct Heap {
    pub(crate) id: u32,
    pub(crate) options: HeapOptions,
    pub(crate) memory: Memory,
    /// The semi-space that is allocated in, and the capacity of both.
    pub(crate) to_space: u32,
    pub(crate) semi: usize,
    pub(crate) survivors: usize,
    /// The old space's free ranges (page, start, end); the last is allocated from.
    pub(crate) free: Vec<(u32, usize, usize)>,
    pub(crate) next_full: usize,
    pub(crate) handles: Vec<u64>,
    pub(crate) globals: Slab<u64>,
    pub(crate) released: Arc<Mutex<Vec<u32>>>,
    pub(crate) remembered: Vec<Place>,
    pub(crate) natives: Slab<Native>,
    pub(crate) external: usize,
    pub(crate) external_at_collection: usize,
    pub(crate) hash_seed: u32,
    pub(crate) statistics: HeapStatistics,
}

/// How much external memory may grow before a full collection, in bytes (V8: 64 MiB).
const EXTERNAL_STEP: usize = 64 << 20;

impl Heap {
    /// Maps the first semi-spaces.
    ///
    /// # Errors
    /// [`OutOfMemory`] if the limit does not allow them, or the operating system refuses.
    pub fn new(options: HeapOptions) -> Result<Self, OutOfMemory> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let semi = options.initial_semi_space.max(PAGE).next_multiple_of(PAGE);
        let refused = OutOfMemory { requested: 2 * semi, used: 0, limit: options.limit };
        if semi.saturating_mul(2).saturating_add(2 * PAGE) > options.limit {
            return Err(refused);
        }
        let mut memory = Memory::default();
        let to_space = memory.map(Space::New, semi).ok_or(refused)?;
        memory.map(Space::New, semi).ok_or(refused)?;
        Ok(Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            options,
            memory,
            to_space,
            semi,
            survivors: 0,
            free: Vec::new(),
            next_full: 8 << 20,
            handles: Vec::new(),
            globals: Slab::new(),
            released: Arc::default(),
            remembered: Vec::new(),
            natives: Slab::new(),
            external: 0,
            external_at_collection: 0,
            hash_seed: 0x9E37_79B9,
            statistics: HeapStatistics::default(),
        })
    }

    /// Runs `f` in a scope of handles; none of them outlives it.
    pub fn enter<R>(&mut self, f: impl for<'s> FnOnce(&mut Scope<'s>) -> R) -> R {
        Scope::run(self, f)
    }

    /// Commits memory that holds no cells, as V8's code and read-only spaces do: it counts in
    /// [`heap_total`](Self::heap_total) and against the limit for the heap's life.
    ///
    /// # Errors
    /// [`OutOfMemory`] if the limit does not allow it, or the operating system refuses.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        let refused = OutOfMemory { requested: bytes, used: self.heap_used(), limit: self.limit() };
        if bytes == 0 {
            return Ok(());
        }
        if !self.has_room(bytes) {
            return Err(refused);
        }
        let id = self.memory.map(Space::Reserved, bytes).ok_or(refused)?;
        self.memory.touch(id);
        Ok(())
    }

    /// Collects everything that nothing refers to.
    pub fn collect(&mut self) {
        self.full_collection();
    }

    /// Collects the new space alone.
    pub fn scavenge(&mut self) {
        self.young_collection();
    }

    /// Bytes committed by all spaces.
    #[must_use]
    pub fn heap_total(&self) -> usize {
        self.memory.committed
    }

    /// Bytes of cells, dead ones that are not yet collected included.
    #[must_use]
    pub fn heap_used(&self) -> usize {
        let old = &self.statistics;
        self.new_used() + old.old_space_used + old.large_object_space_used
    }

    /// The limit in bytes.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.options.limit
    }

    /// Bytes outside the heap that its cells keep alive, as told by their owners.
    #[must_use]
    pub fn external_memory(&self) -> usize {
        self.external
    }

    /// Tells the heap that so many bytes more (or fewer) outside it belong to its cells.
    pub fn adjust_external_memory(&mut self, delta: isize) {
        self.external = self.external.saturating_add_signed(delta);
    }

    /// The heap's figures.
    #[must_use]
    pub fn statistics(&self) -> HeapStatistics {
        let committed = self.memory.committed;
        HeapStatistics { committed, new_space_used: self.new_used(), ..self.statistics }
    }

    pub(crate) fn new_used(&self) -> usize {
        self.memory.chunk(self.to_space).top
    }

    /// Allocates a cell in the space its size asks for, collecting where that is due.
    pub(crate) fn allocate(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
    ) -> Result<Place, OutOfMemory> {
        let refused = |heap: &Self| OutOfMemory {
            requested: size,
            used: heap.heap_used(),
            limit: heap.limit(),
        };
        if size > (u32::MAX as usize) - PAGE {
            return Err(refused(self));
        }
        let old = self.statistics.old_space_used + self.statistics.large_object_space_used;
        if old > self.next_full || self.external > self.external_at_collection + EXTERNAL_STEP {
            self.full_collection();
        }
        let large = size > LARGEST_IN_PAGE;
        if !large && self.new_used() + size > self.semi {
            self.young_collection();
        }
        let needed = if large { large_commit(size) } else { 2 * size };
        if !self.has_room(needed) {
            self.full_collection();
            if !self.has_room(needed) {
                return Err(refused(self));
            }
        }
        let place = if large {
            self.allocate_large(size).ok_or_else(|| refused(self))?
        } else if self.new_used() + size <= self.semi {
            let chunk = self.memory.chunk_mut(self.to_space);
            let offset = chunk.top as u32;
            chunk.top += size;
            Place { chunk: self.to_space, offset }
        } else {
            self.allocate_old(size).ok_or_else(|| refused(self))?
        };
        self.memory.write_cell(place, kind, size, slots);
        Ok(place)
    }

    fn has_room(&self, needed: usize) -> bool {
        let reserve = 2 * self.new_used() + 2 * PAGE;
        self.memory.committed.saturating_add(needed).saturating_add(reserve) <= self.options.limit
    }

    fn allocate_large(&mut self, size: usize) -> Option<Place> {
        let id = self.memory.map(Space::Large, large_commit(size))?;
        let start = first(Space::Large);
        let chunk = self.memory.chunk_mut(id);
        chunk.starts.push(start as u32);
        chunk.used = size;
        self.statistics.large_object_space_used += size;
        Some(Place { chunk: id, offset: start as u32 })
    }

    /// Takes room in the old space; a range that is too small is left until the next full collection.
    pub(crate) fn allocate_old(&mut self, size: usize) -> Option<Place> {
        while self.free.last().is_some_and(|(_, start, end)| end - start < size) {
            self.free.pop();
        }
        if self.free.is_empty() {
            let id = self.memory.map(Space::Old, PAGE)?;
            self.free.push((id, first(Space::Old), PAGE));
        }
        let (id, start, _) = self.free.last_mut()?;
        let place = Place { chunk: *id, offset: *start as u32 };
        *start += size;
        let chunk = self.memory.chunk_mut(place.chunk);
        chunk.starts.push(place.offset);
        chunk.used += size;
        self.statistics.old_space_used += size;
        Some(place)
    }

    /// Stores a slot behind the write barrier.
    pub(crate) fn store(&mut self, place: Place, slot: usize, word: u64) {
        self.memory.set_slot(place, slot, word);
        let young = Place::of(word).is_some_and(|target| self.memory.is_young(target));
        if young && !self.memory.is_young(place) {
            self.remember(place);
        }
    }

    pub(crate) fn remember(&mut self, place: Place) {
        if !self.memory.flag(place, crate::cell::REMEMBERED) {
            self.memory.set_flag(place, crate::cell::REMEMBERED, true);
            self.remembered.push(place);
        }
    }

    pub(crate) fn identity_hash(&mut self, place: Place) -> u32 {
        let word = self.memory.word(place, 1);
        if word >> 32 != 0 {
            return (word >> 32) as u32;
        }
        // Marsaglia's xorshift: never 0, so 0 stands for none.
        let mut x = self.hash_seed;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        self.hash_seed = x;
        self.memory.set_word(place, 1, word | u64::from(x) << 32);
        x
    }
}

/// An owned root: what it refers to lives while it does. One that outlives its heap is harmless.
#[derive(Debug)]
pub struct Global {
    pub(crate) index: u32,
    pub(crate) heap: u32,
    pub(crate) released: Arc<Mutex<Vec<u32>>>,
}

impl Drop for Global {
    fn drop(&mut self) {
        let mut released = self.released.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        released.push(self.index);
    }
}
