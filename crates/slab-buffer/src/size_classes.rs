//! Idle stores that are kept for new buffers, by size class.
//!
//! There are eight classes for each doubling, as in mimalloc. A new store is as long as its buffer, as in Node, and is kept
//! in the largest class that is not longer. A buffer is placed in the first store of its length's class if that is long
//! enough, otherwise in one of the next class, where all are: so a store is at most a quarter longer than its buffer. Slabs
//! have a class of their own. When the budget is used up, a store of an unused class is evicted: a clock hand goes round
//! the classes and takes from the first class without a hit since its last pass (the CLOCK algorithm: Corbató, *A paging
//! experiment with the Multics system*, 1968).

use crate::options::Reuse;
use crate::raw::list::Stack;
use crate::raw::store::{Idle, NOT_KEPT};
use std::cell::Cell;
use std::iter;

/// Classes of up to this many bytes are multiples of 8.
const SMALL: usize = 128;

/// The size class of `length` bytes, more than none.
#[inline]
const fn class_of(length: usize) -> usize {
    let last = length - 1;
    let shift = (last | (SMALL / 2)).ilog2() - 3;
    (shift as usize - 3) * 8 + (last >> shift)
}

/// The class in which a store of `capacity` bytes is kept: the largest that is not longer.
#[inline]
const fn class_below(capacity: usize) -> usize {
    class_of(capacity + 1).saturating_sub(1)
}

/// The least bytes of the stores of a class; those of the first class may have fewer.
#[cfg(test)]
const fn capacity_of(class: usize) -> usize {
    let shift = (class / 8).saturating_sub(1);
    (class - shift * 8 + 1) << (shift + 3)
}

/// Released stores of one size class.
#[derive(Default)]
struct Class {
    kept: Stack,
    /// The number of stores that were taken.
    hits: Cell<u64>,
    /// `hits` at the last pass of the hand.
    seen: Cell<u64>,
}

impl Class {
    #[inline]
    fn take(&self, length: usize) -> Option<Idle> {
        if self.kept.top_capacity()? < length {
            return None;
        }
        let store = self.kept.pop()?;
        self.hits.set(self.hits.get() + 1);
        Some(store)
    }
}

/// All size classes of a pool.
pub(crate) struct SizeClasses {
    /// Those of stores with one buffer, under [`Reuse::Recycle`], and behind them that of slabs.
    classes: Box<[Class]>,
    /// The class of the slabs.
    slabs: usize,
    /// The last length that was requested, its class and the next one: a cache, because lengths often repeat.
    front: Cell<(usize, usize, usize)>,
    kept_bytes: Cell<usize>,
    max_kept_bytes: usize,
    /// The class that the hand points to.
    hand: Cell<usize>,
}

impl SizeClasses {
    pub fn new(reuse: Reuse, max_kept_bytes: usize) -> Self {
        let slabs = match reuse {
            Reuse::Node => 0,
            // A store of the previous class fits into the budget.
            Reuse::Recycle => class_of(max_kept_bytes.saturating_add(1)),
        };
        Self {
            classes: iter::repeat_with(Class::default).take(slabs + 1).collect(),
            slabs,
            front: Cell::new((0, slabs, slabs)),
            kept_bytes: Cell::new(0),
            max_kept_bytes,
            hand: Cell::new(0),
        }
    }

    /// The class of a new store of `length` bytes, more than none, for one buffer.
    pub fn class(&self, length: usize) -> u16 {
        match class_below(length) {
            class if class < self.slabs => class as u16,
            _ => NOT_KEPT,
        }
    }

    /// The class of slabs of `size` bytes.
    pub fn slab_class(&self, size: usize) -> u16 {
        if size <= self.max_kept_bytes { self.slabs as u16 } else { NOT_KEPT }
    }

    /// Bytes of the kept stores.
    #[inline]
    pub fn kept_bytes(&self) -> usize {
        self.kept_bytes.get()
    }

    /// Buffers that were placed in kept stores, slabs apart.
    pub fn hits(&self) -> u64 {
        self.classes[..self.slabs].iter().map(|class| class.hits.get()).sum()
    }

    /// Takes a kept slab.
    #[inline]
    pub fn take_slab(&self) -> Option<Idle> {
        self.take(self.slabs, 0)
    }

    /// Takes a kept store for one buffer of `length` bytes, more than none.
    #[inline]
    pub fn take_alone(&self, length: usize) -> Option<Idle> {
        let (front, mut below, mut above) = self.front.get();
        if front != length {
            (below, above) = (class_below(length), class_of(length));
            if below >= self.slabs {
                return None;
            }
            self.front.set((length, below, above));
        }
        self.take(below, length)
            .or_else(|| if above < self.slabs { self.take(above, length) } else { None })
    }

    #[inline]
    fn take(&self, class: usize, length: usize) -> Option<Idle> {
        self.taken(self.classes.get(class)?.take(length)?)
    }

    #[inline]
    fn taken(&self, store: Idle) -> Option<Idle> {
        self.kept_bytes.set(self.kept_bytes.get() - store.capacity);
        Some(store)
    }

    /// Keeps an idle store, if it may be kept and the budget allows it; [`evict`](Self::evict) makes room. Returns the
    /// store if it is not kept.
    #[inline]
    #[must_use]
    pub fn keep(&self, store: Idle) -> Option<Idle> {
        let bytes = self.kept_bytes.get() + store.capacity;
        let Some(class) = self.classes.get(usize::from(store.class)) else { return Some(store) };
        if bytes > self.max_kept_bytes {
            return Some(store);
        }
        self.kept_bytes.set(bytes);
        class.kept.push(store);
        None
    }

    /// Takes a store of the class that was not used for longest. O(classes).
    pub fn evict(&self) -> Option<Idle> {
        let count = self.classes.len();
        // In the second round no class has been hit since the first.
        for _ in 0..2 * count {
            let class = &self.classes[self.hand.get()];
            if class.seen.replace(class.hits.get()) == class.hits.get()
                && let Some(store) = class.kept.pop()
            {
                return self.taken(store);
            }
            self.hand.set((self.hand.get() + 1) % count);
        }
        None
    }

    /// Takes all kept stores.
    pub fn take_all(&self) -> Stack {
        let all = Stack::default();
        for store in self.classes.iter().flat_map(|class| class.kept.drain()) {
            all.push(store);
        }
        self.kept_bytes.set(0);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_lies_between_its_class_and_the_next_and_classes_are_an_eighth_apart() {
        let lengths = (8..5000).chain((12..usize::BITS - 2).flat_map(|power| {
            let power = 1_usize << power;
            [power - 1, power, power + 1, power / 8 * 9, power / 8 * 9 + 1]
        }));
        for length in lengths {
            let (below, above) = (class_below(length), class_of(length));
            assert!(capacity_of(below) <= length && length <= capacity_of(above), "{length}");
            assert!(above - below <= 1, "{length}");
            let apart = capacity_of(above) - capacity_of(below);
            assert!(apart <= 8.max(length.div_ceil(8)), "{length}");
        }
        assert_eq!((class_below(1), class_of(1)), (0, 0));
    }
}
