//! The collectors: a scavenger for the new space, and a full mark-sweep that promotes all of the
//! new space's survivors. No unsafe code.
//!
//! A scavenge treats weak references and ephemerons as strong; a full collection decides them.
//! Marking and scavenging keep worklists and never recurse.

use crate::cell::{FORWARDED, Kind, MARKED, NULL, Place, REMEMBERED, SURVIVED};
use crate::heap::Heap;
use crate::memory::{PAGE, Space, first};
use crate::table::FIRST;
use hashbrown::HashMap;

impl Heap {
    pub(crate) fn drain_released(&mut self) {
        let mut released = self.released.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for index in released.drain(..) {
            self.globals.try_remove(index as usize);
        }
    }

    /// Copies the new space's reachable cells: to the other semi-space, or, the second time, to the
    /// old space.
    pub(crate) fn young_collection(&mut self) {
        self.drain_released();
        let from = self.to_space;
        self.grow_semi_spaces(from);
        let other = self.memory.ids(Space::New).into_iter().find(|id| *id != from);
        self.to_space = other.expect("two semi-spaces");
        let mut work = Vec::new();
        let mut handles = core::mem::take(&mut self.handles);
        for word in &mut handles {
            self.evacuate(word, from, &mut work);
        }
        self.handles = handles;
        let mut globals = core::mem::take(&mut self.globals);
        for (_, word) in &mut globals {
            self.evacuate(word, from, &mut work);
        }
        self.globals = globals;
        for place in core::mem::take(&mut self.remembered) {
            self.memory.set_flag(place, REMEMBERED, false);
            work.push(place);
        }
        while let Some(place) = work.pop() {
            for slot in 0..self.memory.slots(place) {
                let mut word = self.memory.slot(place, slot);
                if Place::of(word).is_some() {
                    self.evacuate(&mut word, from, &mut work);
                    self.store(place, slot, word);
                }
            }
        }
        self.settle_natives(|heap, place| {
            place.chunk == from && !heap.memory.flag(place, FORWARDED)
        });
        self.survivors += self.new_used();
        self.memory.chunk_mut(from).top = 0;
        self.statistics.scavenges += 1;
    }

    /// Doubles the idle semi-space, and so in two scavenges both, once survivors have filled one.
    fn grow_semi_spaces(&mut self, from: u32) {
        let larger = self.semi * 2;
        let room = self.memory.committed + 2 * self.semi + 2 * self.new_used() + 2 * PAGE;
        if self.survivors <= self.semi
            || larger > self.options.max_semi_space
            || room > self.options.limit
        {
            return;
        }
        for id in self.memory.ids(Space::New) {
            if id != from && self.memory.capacity(id) < larger {
                self.memory.unmap(id);
                // Refused by the operating system: the semi-space stays as it was.
                let size =
                    if self.memory.map(Space::New, larger).is_some() { larger } else { self.semi };
                if size == self.semi {
                    self.memory.map(Space::New, size).expect("room that was just given back");
                }
            }
        }
        let smallest =
            self.memory.ids(Space::New).into_iter().map(|id| self.memory.capacity(id)).min();
        if smallest >= Some(larger) {
            self.semi = larger;
            self.survivors = 0;
        }
    }

    fn evacuate(&mut self, word: &mut u64, from: u32, work: &mut Vec<Place>) {
        let Some(place) = Place::of(*word).filter(|place| place.chunk == from) else { return };
        if self.memory.flag(place, FORWARDED) {
            *word = self.memory.word(place, 1);
            return;
        }
        let size = self.memory.size(place);
        let promote = self.memory.flag(place, SURVIVED);
        let target = if promote { self.allocate_old(size) } else { None };
        if target.is_some() {
            self.statistics.promoted += size;
        }
        let target = target.unwrap_or_else(|| {
            let chunk = self.memory.chunk_mut(self.to_space);
            let offset = chunk.top as u32;
            chunk.top += size;
            Place { chunk: self.to_space, offset }
        });
        self.forward(place, target);
        self.memory.set_flag(target, SURVIVED, true);
        *word = target.word();
        work.push(target);
    }

    fn forward(&mut self, place: Place, target: Place) {
        self.memory.copy_cell(place, target);
        self.memory.set_flag(place, FORWARDED, true);
        self.memory.set_word(place, 1, target.word());
    }

    /// Drops the payloads of cells that `dead` says are, and follows the others' moves.
    fn settle_natives(&mut self, dead: impl Fn(&Self, Place) -> bool) {
        let mut natives = core::mem::take(&mut self.natives);
        let gone: Vec<usize> =
            natives.iter().filter(|(_, native)| dead(self, native.place)).map(|(i, _)| i).collect();
        let payloads: Vec<_> = gone.into_iter().map(|index| natives.remove(index)).collect();
        for (_, native) in &mut natives {
            if self.memory.flag(native.place, FORWARDED) {
                let word = self.memory.word(native.place, 1);
                native.place = Place::of(word).unwrap_or(native.place);
            }
        }
        self.natives = natives;
        for native in payloads {
            self.external = self.external.saturating_sub(native.external);
        }
    }

    /// Marks from the roots, decides weak references, moves the new space's survivors to the old
    /// space and sweeps.
    pub(crate) fn full_collection(&mut self) {
        self.drain_released();
        let weak = self.mark();
        self.clear_weak(&weak);
        let old: Vec<Place> = self.cells(Space::Old).chain(self.cells(Space::Large)).collect();
        self.settle_natives(|heap, place| !heap.memory.flag(place, MARKED));
        self.sweep();
        self.promote_all(old);
        self.settle_natives(|_, _| false);
        self.memory.chunk_mut(self.to_space).top = 0;
        let old = self.statistics.old_space_used + self.statistics.large_object_space_used;
        self.next_full = (2 * old).max(old + (8 << 20));
        self.external_at_collection = self.external;
        self.statistics.full_collections += 1;
    }

    /// Marks all that is reachable and returns the weak cells and tables among it. An entry's value
    /// waits for its key: each entry is looked at once, so the whole is linear.
    fn mark(&mut self) -> Vec<Place> {
        let roots = self.handles.iter().chain(self.globals.iter().map(|(_, word)| word));
        let mut work: Vec<u64> = roots.copied().collect();
        let mut waiting: HashMap<Place, Vec<u64>> = HashMap::new();
        let mut weak = Vec::new();
        while let Some(word) = work.pop() {
            let Some(place) = Place::of(word) else { continue };
            if self.memory.flag(place, MARKED) {
                continue;
            }
            self.memory.set_flag(place, MARKED, true);
            work.extend(waiting.remove(&place).into_iter().flatten());
            match self.memory.kind(place) {
                Kind::WeakCell => weak.push(place),
                Kind::EphemeronTable => {
                    weak.push(place);
                    for slot in (FIRST..self.memory.slots(place)).step_by(2) {
                        let value = self.memory.slot(place, slot + 1);
                        match Place::of(self.memory.slot(place, slot)) {
                            Some(key) if self.memory.flag(key, MARKED) => work.push(value),
                            Some(key) => waiting.entry(key).or_default().push(value),
                            None => {}
                        }
                    }
                }
                _ => {
                    let slots = 0..self.memory.slots(place);
                    work.extend(slots.map(|slot| self.memory.slot(place, slot)));
                }
            }
        }
        weak
    }

    fn clear_weak(&mut self, weak: &[Place]) {
        for place in weak {
            let dead = |heap: &Self, slot| {
                Place::of(heap.memory.slot(*place, slot))
                    .is_some_and(|target| !heap.memory.flag(target, MARKED))
            };
            if self.memory.kind(*place) == Kind::WeakCell {
                if dead(self, 0) {
                    self.memory.set_slot(*place, 0, NULL);
                }
                continue;
            }
            for slot in (FIRST..self.memory.slots(*place)).step_by(2) {
                if dead(self, slot) {
                    self.clear_entry(*place, slot);
                }
            }
        }
    }

    fn cells(&self, space: Space) -> impl Iterator<Item = Place> {
        self.memory.ids(space).into_iter().flat_map(|chunk| {
            let starts = self.memory.chunk(chunk).starts.iter();
            starts
                .map(|offset| Place { chunk, offset: *offset })
                .filter(|place| self.memory.flag(*place, MARKED))
                .collect::<Vec<_>>()
        })
    }

    /// Frees the unmarked cells of the old and large-object spaces, and chunks without any other.
    fn sweep(&mut self) {
        self.free.clear();
        self.remembered.clear();
        for space in [Space::Large, Space::Old] {
            let mut total = 0;
            for id in self.memory.ids(space) {
                let mut starts = core::mem::take(&mut self.memory.chunk_mut(id).starts);
                starts.retain(|offset| {
                    self.memory.flag(Place { chunk: id, offset: *offset }, MARKED)
                });
                if starts.is_empty() {
                    self.memory.unmap(id);
                    continue;
                }
                starts.sort_unstable();
                let (mut end, mut used) = (first(space), 0);
                for offset in &starts {
                    let place = Place { chunk: id, offset: *offset };
                    if *offset as usize > end {
                        self.free.push((id, end, *offset as usize));
                    }
                    let size = self.memory.size(place);
                    used += size;
                    end = *offset as usize + size;
                }
                if space == Space::Old && end < PAGE {
                    self.free.push((id, end, PAGE));
                }
                total += used;
                let chunk = self.memory.chunk_mut(id);
                chunk.starts = starts;
                chunk.used = used;
            }
            if space == Space::Old {
                self.statistics.old_space_used = total;
            } else {
                self.statistics.large_object_space_used = total;
                self.free.clear();
            }
        }
    }

    /// Moves the marked cells of the new space to the old space and updates every reference.
    fn promote_all(&mut self, mut live: Vec<Place>) {
        let top = self.new_used();
        let (mut offset, mut moved) = (0, Vec::new());
        while offset < top {
            let place = Place { chunk: self.to_space, offset: offset as u32 };
            let size = self.memory.size(place);
            if self.memory.flag(place, MARKED) {
                let target = self.allocate_old(size).expect("the room that allocation reserves");
                self.forward(place, target);
                moved.push(target);
            }
            offset += size;
        }
        live.extend(moved);
        let moved_to = |heap: &Self, word: u64| {
            let place = Place::of(word)?;
            heap.memory.flag(place, FORWARDED).then(|| heap.memory.word(place, 1))
        };
        for place in live {
            self.memory.set_flag(place, MARKED | REMEMBERED | SURVIVED, false);
            for slot in 0..self.memory.slots(place) {
                if let Some(word) = moved_to(self, self.memory.slot(place, slot)) {
                    self.memory.set_slot(place, slot, word);
                }
            }
        }
        let mut handles = core::mem::take(&mut self.handles);
        let mut globals = core::mem::take(&mut self.globals);
        for word in handles.iter_mut().chain(globals.iter_mut().map(|(_, word)| word)) {
            *word = moved_to(self, *word).unwrap_or(*word);
        }
        (self.handles, self.globals) = (handles, globals);
    }
}
