//! The scavenger (V8's `scavenger.cc`): survivors are copied to the other half of the new space or,
//! the second time, to the old space. Weak references count as strong here; an ephemeron's young
//! key does not. No unsafe code.

use super::Marker;
use super::wait::Waiting;
use crate::barrier::{RememberedSlots, is_wide};
use crate::blocks::Age;
use crate::doubles::is_identified;
use crate::heap::{Heap, Native, SWEEPABLE};
use crate::raw::cell::{Cell, Header, Kind, is_reference};
use crate::site::Sites;
use crate::space::{Emptied, NewSpace, OldSpace};
use crate::table::{self, FIRST};

/// Who is promoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Promote {
    /// The halves are equal, so all survivors fit.
    Nobody,
    /// Survivors of an earlier scavenge.
    Aged,
    /// Everyone.
    All,
}

/// Promoted cells that are to be scanned: they lie behind one another in a few ranges of the old
/// space, so that no list of them is needed (Cheney's algorithm).
#[derive(Default)]
struct Fresh {
    /// The range that grows: its next cell, and where it ends.
    scan: usize,
    end: usize,
    /// Ranges that do not grow any more.
    rest: Vec<(usize, usize)>,
}

impl Fresh {
    #[inline(always)]
    fn add(&mut self, cell: Cell, size: usize) {
        let address = cell.address();
        if address != self.end {
            if self.scan < self.end {
                self.rest.push((self.scan, self.end));
            }
            self.scan = address;
        }
        self.end = address + size;
    }

    #[inline(always)]
    fn next(&mut self) -> Option<Cell> {
        if self.scan == self.end {
            (self.scan, self.end) = self.rest.pop()?;
        }
        let cell = Cell::at(self.scan);
        self.scan += cell.header().size();
        Some(cell)
    }
}

struct Scavenger<'h> {
    new: &'h mut NewSpace,
    old: &'h mut OldSpace,
    marker: Option<&'h mut Marker>,
    sites: &'h mut Sites,
    from: Emptied,
    promote: Promote,
    /// Promoted cells whose slots may refer to the emptied half still.
    fresh: Fresh,
    remembered: Vec<Cell>,
    remembered_slots: RememberedSlots,
    tables: Vec<Cell>,
    waiting: Waiting<(Cell, u32)>,
    /// Entries whose key has been moved.
    ready: Vec<u32>,
    promoted: usize,
    /// Doubles that were moved and have identities, where they were.
    doubles: Vec<Cell>,
}

impl Heap {
    /// Empties the half of the new space that is in use.
    pub(super) fn evacuate_new_space(&mut self, promote: Promote) {
        self.drain_released();
        self.old.allow_sweeping(SWEEPABLE);
        let remembered = std::mem::take(&mut self.remembered);
        let remembered_slots = std::mem::take(&mut self.remembered_slots);
        let from = self.new.flip();
        let mut scan = self.new.start();
        let mut scavenger = Scavenger {
            new: &mut self.new,
            old: &mut self.old,
            marker: self.marker.as_mut(),
            sites: &mut self.sites,
            from,
            promote,
            fresh: Fresh::default(),
            remembered: Vec::new(),
            remembered_slots: RememberedSlots::default(),
            tables: Vec::new(),
            waiting: Waiting::default(),
            ready: Vec::new(),
            promoted: 0,
            doubles: Vec::new(),
        };
        for word in self.handles.iter_mut() {
            *word = scavenger.moved(*word);
        }
        let move_root = |cell: &mut Cell| {
            let word = scavenger.moved(cell.word());
            *cell = Cell::at((word - 1) as usize);
            if scavenger.new.contains(word) { Age::Young } else { Age::Old }
        };
        self.globals.visit_young(move_root, drop);
        for (cell, slot) in remembered_slots.slots {
            scavenger.move_slot(cell, slot as usize);
        }
        for cell in remembered {
            cell.set_flag(Header::REMEMBERED, false);
            scavenger.scan_old(cell);
        }
        loop {
            while scan < scavenger.new.top() {
                let cell = Cell::at(scan);
                scan += cell.header().size();
                scavenger.scan(cell);
            }
            if let Some(cell) = scavenger.fresh.next() {
                scavenger.scan_old(cell);
            } else if let Some(first) = scavenger.ready.pop() {
                scavenger.release(first);
            } else if scan == scavenger.new.top() {
                break;
            }
        }
        scavenger.bury();
        let Scavenger { remembered, remembered_slots, promoted, doubles, .. } = scavenger;
        self.remembered = remembered;
        self.remembered_slots = remembered_slots;
        self.statistics.promoted += promoted;
        self.survivors += self.new.used() + promoted;
        let living = |cell: Cell| {
            if !from.contains(cell.word()) {
                return Some(cell);
            }
            cell.header().forwarded().and_then(Cell::of)
        };
        self.follow_young_weak_handles(living);
        self.doubles.follow(doubles);
        self.bury_young_natives(from);
        self.new.age();
    }

    /// The payloads of the dead young native cells wait to be dropped; the living move along.
    fn bury_young_natives(&mut self, from: Emptied) {
        let (new, external, pending) = (&self.new, &mut self.external, &mut self.pending);
        let visit = |native: &mut Native| {
            if from.contains(native.cell.word()) {
                let Some(moved) = native.cell.header().forwarded().and_then(Cell::of) else {
                    return Age::Dead;
                };
                native.cell = moved;
            }
            if new.contains(native.cell.word()) { Age::Young } else { Age::Old }
        };
        self.natives.visit_young(visit, |native| {
            external.remove(native.external);
            pending.push(native.payload);
        });
    }
}

impl Scavenger<'_> {
    /// The word after the cell that it refers to has moved, if it is one of the emptied half.
    #[inline(always)]
    fn moved(&mut self, word: u64) -> u64 {
        if !is_reference(word) || !self.from.contains(word) {
            return word;
        }
        let cell = Cell::at((word - 1) as usize);
        let header = cell.header();
        if let Some(moved) = header.forwarded() {
            return moved;
        }
        self.move_cell(cell, header)
    }

    #[inline]
    fn move_cell(&mut self, cell: Cell, header: Header) -> u64 {
        let size = header.size();
        let aged = self.from.is_aged(cell);
        if header.has(Header::WAITED_FOR | Header::SITED | Header::IDENTIFIED) {
            self.note_survivor(cell, header, aged);
        }
        let promoted = match self.promote {
            Promote::Nobody => false,
            Promote::Aged => aged,
            Promote::All => true,
        };
        // If the operating system refuses a page, the cell stays young.
        if promoted && let Some(to) = self.old.allocate_surely(size) {
            cell.move_to(to, size);
            self.promoted += size;
            self.fresh.add(to, size);
            if let Some(marker) = &mut self.marker {
                marker.allocated(to);
            }
            return to.word();
        }
        let to = self.new.allocate(size).expect("the halves are equal, so survivors fit");
        cell.move_to(to, size);
        to.word()
    }

    /// A cell with a flag is about to be moved.
    #[inline(never)]
    fn note_survivor(&mut self, cell: Cell, header: Header, aged: bool) {
        if header.has(Header::WAITED_FOR) {
            self.ready.extend(self.waiting.done(cell));
        }
        if header.has(Header::SITED) && !aged {
            self.sites.survived(cell.aux());
        }
        if is_identified(header) {
            self.doubles.push(cell);
        }
    }

    /// Moves what the cell refers to; whether it then refers to young cells.
    #[inline]
    fn scan(&mut self, cell: Cell) -> bool {
        let header = cell.header();
        if header.is(Kind::EphemeronTable) {
            return self.scan_table(cell);
        }
        let mut young = false;
        for slot in 0..header.slots() {
            let word = cell.slot(slot);
            if is_reference(word) && self.from.contains(word) {
                let moved = self.moved(word);
                cell.set_slot(slot, moved);
                young |= self.new.contains(moved);
            }
        }
        young
    }

    /// As [`scan`](Self::scan) of an old cell: what is young still is remembered.
    #[inline]
    fn scan_old(&mut self, cell: Cell) {
        let header = cell.header();
        if is_wide(header) {
            (0..header.slots()).for_each(|slot| self.move_slot(cell, slot));
        } else if self.scan(cell) {
            self.remember(cell);
        }
    }

    /// Moves what a wide old cell's slot refers to.
    #[inline]
    fn move_slot(&mut self, cell: Cell, slot: usize) {
        let word = cell.slot(slot);
        if is_reference(word) && self.from.contains(word) {
            let moved = self.moved(word);
            cell.set_slot(slot, moved);
            if self.new.contains(moved) {
                self.remembered_slots.add(cell, slot);
            }
        }
    }

    fn scan_table(&mut self, table: Cell) -> bool {
        self.tables.push(table);
        for slot in (FIRST..table.header().slots()).step_by(2) {
            let word = table.slot(slot);
            let Some(key) = Cell::of(word) else { continue };
            if self.from.contains(word) && key.header().forwarded().is_none() {
                self.waiting.wait(key, (table, slot as u32));
            } else {
                self.settle(table, slot);
            }
        }
        false
    }

    /// The entry's key lives.
    fn settle(&mut self, table: Cell, slot: usize) {
        let (key, value) = (self.moved(table.slot(slot)), self.moved(table.slot(slot + 1)));
        table.set_slot(slot, key);
        table.set_slot(slot + 1, value);
        let refers = |word| is_reference(word) && self.new.contains(word);
        if (refers(key) || refers(value)) && !self.new.contains(table.word()) {
            self.remember(table);
        }
    }

    fn release(&mut self, first: u32) {
        let mut next = Some(first);
        while let Some(index) = next {
            let ((table, slot), after) = self.waiting.entry(index);
            self.settle(table, slot as usize);
            next = after;
        }
    }

    fn remember(&mut self, cell: Cell) {
        if !cell.header().has(Header::REMEMBERED) {
            cell.set_flag(Header::REMEMBERED, true);
            self.remembered.push(cell);
        }
    }

    /// The entries whose keys have not been moved are gone.
    fn bury(&mut self) {
        if self.waiting.len() == 0 {
            return;
        }
        for table in std::mem::take(&mut self.tables) {
            for slot in (FIRST..table.header().slots()).step_by(2) {
                let key = table.slot(slot);
                if is_reference(key) && self.from.contains(key) {
                    table::clear_entry(table, slot);
                }
            }
        }
    }
}
