//! Which slots of a Writable's array of buffered chunks are in use.

/// The number of slots at first.
const FIRST: u32 = 4;

/// The slots of an array. Each is free, of the chunk that is being written, or of a chunk that the stream holds; one whose
/// chunk has left the stream is not free before the array's element is cleared.
#[derive(Debug)]
pub(super) struct Slots {
    capacity: u32,
    free: Vec<u32>,
    /// Of chunks that have left the stream, with an element that is not cleared yet.
    left: Vec<u32>,
    /// Of the chunk that is given to the stream just now, and has no element yet.
    writing: Option<u32>,
    /// Of the chunk that the sink has not done yet.
    in_flight: Option<u32>,
}

impl Default for Slots {
    fn default() -> Self {
        let free = (0..FIRST).rev().collect();
        Self { capacity: FIRST, free, left: Vec::new(), writing: None, in_flight: None }
    }
}

impl Slots {
    pub fn capacity(&self) -> usize {
        self.capacity as usize
    }

    #[inline]
    pub fn are_full(&self) -> bool {
        self.free.is_empty()
    }

    /// There are twice as many now.
    pub fn double(&mut self) {
        let from = self.capacity;
        self.capacity *= 2;
        self.free.extend((from..self.capacity).rev());
    }

    /// The slot for a chunk that is given to the stream; there is a free one.
    #[inline]
    pub fn begin_write(&mut self) -> u32 {
        let slot = self.free.pop().unwrap_or(0);
        self.writing = Some(slot);
        slot
    }

    /// The stream was given the chunk: the slot, if it holds it.
    #[inline]
    pub fn end_write(&mut self, taken: bool) -> Option<u32> {
        let kept = self.writing.take();
        if taken {
            return kept;
        }
        self.free.extend(kept);
        None
    }

    /// The sink has a chunk, and has not done it yet.
    pub fn begin(&mut self, slot: u32) {
        self.in_flight = Some(slot);
    }

    /// The sink has done a chunk.
    #[inline]
    pub fn end(&mut self, slot: u32) {
        if self.writing == Some(slot) {
            self.writing = None;
            self.free.push(slot);
        } else {
            self.left.push(slot);
        }
    }

    /// The sink has done the chunk in flight.
    pub fn complete(&mut self) {
        self.left.extend(self.in_flight.take());
    }

    #[inline]
    pub fn has_left(&self) -> bool {
        !self.left.is_empty()
    }

    /// The slots to be cleared. If the stream buffers nothing, these are all but that of the chunk in flight: a stream
    /// that was destroyed has dropped its chunks.
    pub fn take_left(&mut self, is_empty: bool) -> Vec<u32> {
        let mut left = core::mem::take(&mut self.left);
        let held = self.capacity() - self.free.len() - left.len();
        if is_empty && held > usize::from(self.in_flight.is_some()) {
            let mut used = vec![true; self.capacity()];
            let unused = self.free.iter().chain(&self.in_flight);
            unused.for_each(|slot| used[*slot as usize] = false);
            left = (0..self.capacity).filter(|slot| used[*slot as usize]).collect();
        }
        left
    }

    /// These are cleared.
    pub fn free(&mut self, mut cleared: Vec<u32>) {
        self.free.append(&mut cleared);
        // The list keeps its room.
        if self.left.capacity() == 0 {
            self.left = cleared;
        }
    }
}
