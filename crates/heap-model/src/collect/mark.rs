//! Marking: a stack of cells to visit, never recursion. No unsafe code.

use super::rounds::Round;
use super::wait::{Grouped, Groups, Waiting};
use crate::barrier::RememberedSlots;
use crate::heap::Heap;
use crate::identity::Identities;
use crate::options::TableSizing;
use crate::raw::cell::{Cell, Header, Kind, NULL, WORD, is_reference};
use crate::raw::chunk::Chunk;
use crate::registration;
use crate::table::{self, FIRST};
use core::ops::Range;

/// How many registrations are being loaded while one is looked at.
const AHEAD: usize = 8;

/// Cells with more slots are visited in pieces of so many, lest a step takes as long as they are wide (V8's
/// `MarkingProgressTracker`).
pub(super) const PIECE: usize = 2048;

/// Slots in a line of the cache, and how far ahead those of a wide cell are loaded, in bytes.
const LINE: usize = 8;
const SLOTS_AHEAD: isize = 2048;

/// What marking knows. Young cells are neither marked nor visited.
#[derive(Default)]
pub(crate) struct Marker {
    stack: Vec<Cell>,
    /// Cells that are visited in pieces, with the slot that comes next.
    wide: Vec<(Cell, usize)>,
    /// How much is to be done before the program goes on.
    goal: usize,
    ring: Ring,
    row: Row,
    pub(super) tables: Vec<Cell>,
    pub(super) round: Round,
    weak_cells: Vec<Cell>,
    registrations: Vec<Cell>,
    /// Registrations that were listed for an owner that was not marked yet.
    listed: Vec<Cell>,
    /// The values of entries whose keys may still be marked.
    waiting: Waiting<u64>,
    /// Slots that refer to cells of sparse pages.
    pub(super) recorded: Vec<(Cell, u32)>,
    /// Those that were stored to after they had been visited, or were not yet.
    pub(super) stored: RememberedSlots,
    young: (usize, usize),
    /// Some pages are to be emptied.
    evacuates: bool,
    /// Slots visited, and entries of ephemeron tables considered.
    pub(super) work: usize,
    /// What was young is promoted, and the roots are marked: there is little left for the last step.
    pub(super) ends: bool,
    /// Entries are decided: no cell will be marked that is not reached from now on.
    last: bool,
    /// Tables that have lost most of their entries get smaller.
    shrink: bool,
}

/// Cells that are being loaded before they are visited, the first come first.
struct Ring {
    cells: [Option<Cell>; RING],
    /// How many cells have come and gone.
    pushed: usize,
    popped: usize,
}

/// How many loads are under way at once: a power of two.
const RING: usize = 8;

impl Default for Ring {
    fn default() -> Self {
        Self { cells: [None; RING], pushed: 0, popped: 0 }
    }
}

impl Ring {
    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.pushed == self.popped
    }

    /// Takes the first cell out of a ring that is not empty.
    #[inline(always)]
    fn pop(&mut self) -> Option<Cell> {
        let cell = self.cells[self.popped % RING];
        self.popped += 1;
        cell
    }

    /// Puts a cell in, and gives the first one if there is no room for both.
    #[inline(always)]
    fn exchange(&mut self, cell: Cell) -> Option<Cell> {
        let full = self.pushed - self.popped == RING;
        let first = if full { self.pop() } else { None };
        self.cells[self.pushed % RING] = Some(cell);
        self.pushed += 1;
        first
    }
}

/// Cells that are visited one after another. Where they lie in a row, those that will come are loaded: the
/// processor foresees that itself, but not beyond the system's page.
#[derive(Default)]
struct Row {
    last: usize,
}

/// How far ahead of a row is loaded, in bytes.
const ROW_AHEAD: isize = 2048;
/// How far from one another the cells of a row begin at the most.
const ROW_STEP: isize = 256;

impl Row {
    #[inline(always)]
    fn follow(&mut self, cell: Cell) {
        let step = cell.address().wrapping_sub(self.last) as isize;
        self.last = cell.address();
        if (-ROW_STEP..=ROW_STEP).contains(&step) {
            cell.prefetch_near(if step < 0 { -ROW_AHEAD } else { ROW_AHEAD });
        }
    }
}

impl Marker {
    pub fn new(heap: &Heap) -> Self {
        let evacuates = !heap.sparse.is_empty();
        let shrink = heap.options.tables == TableSizing::Shrink;
        Self { young: heap.new.range(), evacuates, shrink, ..Self::default() }
    }

    #[inline(always)]
    fn is_young(&self, word: u64) -> bool {
        (word as usize).wrapping_sub(self.young.0) < self.young.1
    }

    /// Marks what a word refers to, and sees to it that it is visited.
    #[inline(always)]
    pub fn mark_word(&mut self, word: u64) {
        if !is_reference(word) || self.is_young(word) {
            return;
        }
        let cell = Cell::at((word - 1) as usize);
        if Chunk::of(cell).mark(cell) {
            self.stack.push(cell);
        }
    }

    /// An old cell's slot got the word while marking goes along. If the cell is not marked, and it is yet to
    /// be, the slot is recorded when it is visited.
    #[cold]
    #[inline(never)]
    pub fn mark_stored(&mut self, cell: Cell, slot: usize, word: u64) {
        self.mark_word(word);
        if self.refers_to_evacuated(word) && self.is_marked(cell) {
            self.stored.add(cell, slot);
        }
    }

    /// A cell of the old space that was allocated while marking goes on.
    pub fn allocated(&mut self, cell: Cell) {
        if Chunk::of(cell).mark(cell) {
            self.stack.push(cell);
        }
    }

    /// Visits cells until about `budget` slots are done; true if none is left.
    pub fn advance(&mut self, budget: usize) -> bool {
        let goal = self.work.saturating_add(budget);
        self.goal = goal;
        self.visit_pieces();
        while self.work < goal {
            let due = match self.stack.pop() {
                // In a chain nothing else is to be done while the next cell is loaded.
                Some(cell) if self.stack.is_empty() && self.ring.is_empty() => Some(cell),
                Some(cell) => {
                    cell.prefetch();
                    self.ring.exchange(cell)
                }
                None if !self.ring.is_empty() => self.ring.pop(),
                None => return true,
            };
            if let Some(cell) = due {
                self.row.follow(cell);
                self.visit(cell);
            }
        }
        false
    }

    #[inline(always)]
    fn visit(&mut self, cell: Cell) {
        let header = cell.header();
        let chunk = Chunk::of(cell);
        chunk.add_live(header.size());
        self.work += 1 + header.slots();
        if header.has(Header::WAITED_FOR) {
            self.release(cell);
        }
        match header.kind() {
            Kind::EphemeronTable => {
                self.tables.push(cell);
                if self.last {
                    self.visit_table(cell, |this, key, value| this.waiting.wait(key, value));
                }
            }
            Kind::WeakCell => self.weak_cells.push(cell),
            kind => {
                let registration = kind == Kind::Registration;
                if registration {
                    self.visit_registration(cell);
                }
                let first = if registration { registration::STRONG } else { 0 };
                if header.slots() > PIECE {
                    return self.visit_wide(cell, first);
                }
                self.visit_slots(cell, first..header.slots());
            }
        }
    }

    /// Visits a cell that stayed young. What it refers to weakly is decided with the rest.
    pub(super) fn visit_young(&mut self, cell: Cell) {
        match cell.header().kind() {
            Kind::EphemeronTable => self.tables.push(cell),
            Kind::WeakCell => self.weak_cells.push(cell),
            // Registrations are never young.
            _ => (0..cell.header().slots()).for_each(|slot| self.mark_word(cell.slot(slot))),
        }
    }

    /// What is weak in a registration is decided at the end; the list that goes on with it, once its owner lives.
    fn visit_registration(&mut self, cell: Cell) {
        self.registrations.push(cell);
        match registration::link(cell) {
            None => {}
            Some((owner, next)) if self.lives(owner) => self.mark_word(next),
            Some((owner, next)) if self.last => self.waiting.wait(owner, next),
            Some(_) => self.listed.push(cell),
        }
    }

    #[inline(always)]
    fn visit_slots(&mut self, cell: Cell, slots: Range<usize>) {
        for slot in slots {
            let word = cell.slot(slot);
            self.mark_word(word);
            self.record(cell, slot, word);
        }
    }

    /// The cell is visited in pieces until the budget is spent, before all else: what an array refers to often
    /// lies in its order, and is visited in no order if each piece's is followed first.
    #[cold]
    #[inline(never)]
    fn visit_wide(&mut self, cell: Cell, first: usize) {
        self.work -= cell.header().slots();
        self.wide.push((cell, first));
        self.visit_pieces();
    }

    /// Visits the next slots of wide cells. Of those that are behind, the write barrier marks what is stored in
    /// them.
    fn visit_pieces(&mut self) {
        while self.work < self.goal {
            let Some((cell, first)) = self.wide.pop() else { return };
            let header = cell.header();
            let end = header.slots().min(first + PIECE);
            if end < header.slots() {
                self.wide.push((cell, end));
            }
            self.work += end - first;
            for first in (first..end).step_by(LINE) {
                cell.prefetch_near((WORD * first) as isize + SLOTS_AHEAD);
                self.visit_slots(cell, first..end.min(first + LINE));
            }
        }
    }

    #[inline(always)]
    pub fn record(&mut self, cell: Cell, slot: usize, word: u64) {
        if self.refers_to_evacuated(word) {
            self.recorded.push((cell, slot as u32));
        }
    }

    #[inline(always)]
    fn refers_to_evacuated(&self, word: u64) -> bool {
        self.evacuates
            && is_reference(word)
            && !self.is_young(word)
            && Chunk::of(Cell::at((word - 1) as usize)).is_evacuated()
    }

    /// Marks what is left, and decides all ephemerons, and the lists of registrations, which their owners keep
    /// alive: in time linear in their number.
    ///
    /// Only keys that other entries' values may still reach are waited for, which is none if no value
    /// of a living key leads to a cell that is not marked.
    pub fn finish(&mut self) {
        self.advance(usize::MAX);
        let mut groups = Groups::new();
        let (tables, listed) = (self.tables.len(), self.listed.len());
        self.count_undecided(0, 0, &mut groups);
        if self.stack.is_empty() {
            return;
        }
        self.advance(usize::MAX);
        self.count_undecided(tables, listed, &mut groups);
        // From now on tables are decided as they are met, and those met already at once.
        self.last = true;
        let mut waiting = Grouped::new(groups);
        for table in self.tables.clone() {
            self.visit_table(table, |_, key, value| waiting.put(key, value));
        }
        for (owner, next) in
            std::mem::take(&mut self.listed).into_iter().filter_map(registration::link)
        {
            if self.lives(owner) {
                self.mark_value(next);
            } else {
                waiting.put(owner, next);
            }
        }
        self.waiting = waiting.link();
        self.advance(usize::MAX);
    }

    /// Of the tables and the listed registrations from these numbers on, marks the values of the keys that live,
    /// and counts the others.
    fn count_undecided(&mut self, tables: usize, listed: usize, groups: &mut Groups) {
        for index in listed..self.listed.len() {
            let Some((owner, next)) = registration::link(self.listed[index]) else { continue };
            self.work += 1;
            if self.lives(owner) {
                self.mark_word(next);
            } else {
                groups.count(owner);
            }
        }
        for index in tables..self.tables.len() {
            let table = self.tables[index];
            for slot in (FIRST..table.header().slots()).step_by(2) {
                let Some(key) = Cell::of(table.slot(slot)) else { continue };
                self.work += 1;
                if self.lives(key) {
                    self.mark_word(table.slot(slot + 1));
                } else {
                    groups.count(key);
                }
            }
        }
    }

    /// Marks the values of the keys that live, and gives the other entries to `wait`.
    fn visit_table(&mut self, table: Cell, mut wait: impl FnMut(&mut Self, Cell, u64)) {
        for slot in (FIRST..table.header().slots()).step_by(2) {
            let Some(key) = Cell::of(table.slot(slot)) else { continue };
            self.work += 1;
            let value = table.slot(slot + 1);
            if self.lives(key) {
                self.mark_value(value);
            } else {
                wait(self, key, value);
            }
        }
    }

    pub fn lives(&self, cell: Cell) -> bool {
        self.is_young(cell.word()) || Chunk::of(cell).is_marked(cell)
    }

    /// Whether a cell that is not young has been marked.
    pub fn is_marked(&self, cell: Cell) -> bool {
        !self.is_young(cell.word()) && Chunk::of(cell).is_marked(cell)
    }

    /// Nothing waits for the key any more: the values that did are marked.
    #[cold]
    fn release(&mut self, key: Cell) {
        let mut next = self.waiting.done(key);
        while let Some(index) = next {
            let (value, after) = self.waiting.entry(index);
            self.mark_value(value);
            next = after;
        }
    }

    /// An entry's key lives. Counted here, it is as much work whether it waited or not.
    #[inline(always)]
    fn mark_value(&mut self, value: u64) {
        self.work += 1;
        self.mark_word(value);
    }

    /// After marking: registrations of dead targets are listed.
    fn settle_registrations(&mut self, identities: &Identities) {
        let cells = std::mem::take(&mut self.registrations);
        let mut dead = Vec::new();
        for (index, &cell) in cells.iter().enumerate() {
            if let Some(ahead) = cells.get(index + AHEAD) {
                ahead.prefetch();
            }
            if registration::settle(cell, self) {
                dead.push(cell);
            }
            for slot in 0..cell.header().slots() {
                self.record(cell, slot, cell.slot(slot));
            }
        }
        registration::list(dead, identities, self);
    }

    /// After marking: entries of dead keys go, weak references to dead cells are cleared, and of the
    /// registrations those come to light whose target is dead.
    pub fn clear_weak(&mut self, identities: &Identities) {
        self.settle_registrations(identities);
        for table in std::mem::take(&mut self.tables) {
            let recorded = self.recorded.len();
            for slot in (FIRST..table.header().slots()).step_by(2) {
                let Some(key) = Cell::of(table.slot(slot)) else { continue };
                self.work += 1;
                if self.lives(key) {
                    self.record(table, slot, table.slot(slot));
                    self.record(table, slot + 1, table.slot(slot + 1));
                } else {
                    table::clear_entry(table, slot);
                }
            }
            // The cells of the new space are walked from one to the next: none gets smaller.
            if self.shrink && !self.is_young(table.word()) {
                let trimmed = table::shrink(table);
                if trimmed > 0 {
                    Chunk::of(table).remove_live(trimmed);
                    self.recorded.truncate(recorded);
                    (FIRST..table.header().slots())
                        .for_each(|slot| self.record(table, slot, table.slot(slot)));
                }
            }
        }
        for cell in std::mem::take(&mut self.weak_cells) {
            let word = cell.slot(0);
            if Cell::of(word).is_some_and(|target| !self.lives(target)) {
                cell.set_slot(0, NULL);
            } else {
                self.record(cell, 0, word);
            }
        }
    }

    /// Cells that are marked and whose visit has not begun.
    #[cfg(zeal)]
    pub fn unvisited(&self) -> impl Iterator<Item = Cell> {
        let Ring { cells, pushed, popped } = &self.ring;
        let loading = (*popped..*pushed).filter_map(|number| cells[number % RING]);
        self.stack.iter().copied().chain(loading)
    }

    /// Cells that are visited in pieces, with the slot that comes next.
    #[cfg(zeal)]
    pub fn partly_visited(&self) -> &[(Cell, usize)] {
        &self.wide
    }

    /// Visited cells whose weak slots are decided at the end.
    #[cfg(zeal)]
    pub fn undecided(&self) -> impl Iterator<Item = Cell> {
        self.tables.iter().chain(&self.weak_cells).chain(&self.registrations).copied()
    }
}
