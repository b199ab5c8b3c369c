//! Marking (Dijkstra 1978; V8's `mark-compact.cc`): a stack of grey cells, never recursion. A white cell is not marked,
//! a grey one is marked and on the stack or in the prefetch buffer, a black one is visited.

use super::wait::{Groups, WaitList, WaitListBuilder};
use crate::descriptors::Descriptors;
use crate::memory::cell::{Cell, Loaded, WORD};
use crate::memory::chunk::Chunk;
use crate::memory::header::{Header, Kind, Tag};
use crate::memory::word::Word;
use crate::remembered::RememberedSlots;
use crate::tables::ephemeron::FIRST;
use crate::tables::registration;
use core::ops::Range;

/// Slots of a piece. Cells with more slots are visited in pieces, so that a step stays short (V8's
/// `MarkingProgressTracker`).
pub(super) const PIECE: usize = 2048;

/// Slots of a cache line, and the prefetch distance in a wide cell, in bytes.
const LINE: usize = 8;
const SLOTS_AHEAD: isize = 2048;

/// The marker. Young cells are neither marked nor visited.
#[derive(Default)]
pub(crate) struct Marker {
    /// Grey cells.
    stack: Vec<Cell>,
    /// Grey cells that a store, an allocation or a promotion has found: visited when the stack is empty. On the stack
    /// they would interrupt what is being followed there at each step, and pile up what was interrupted.
    found: Vec<Cell>,
    /// Cells that are visited in pieces, with their next slots.
    wide: Vec<(Cell, usize)>,
    /// The work at which the step ends.
    goal: usize,
    loading: PrefetchBuffer,
    stride: Stride,
    tags: MetTags,
    pub(super) tables: Vec<Cell>,
    pub(super) round: Round,
    pub(super) weak_cells: Vec<Cell>,
    pub(super) registrations: Vec<Cell>,
    /// Owners whose registrations were listed.
    pub(super) owners: Vec<Cell>,
    /// Registrations that were listed for an owner that was not marked yet.
    listed: Vec<Cell>,
    /// The values of entries whose keys may still be marked.
    waiting: WaitList<Word>,
    /// Recorded slots: those that refer to cells of evacuation candidates.
    pub(super) recorded: Vec<(Cell, u32)>,
    /// Slots of this sort that were stored to during incremental marking, in marked cells.
    pub(super) stored: RememberedSlots,
    young: (usize, usize),
    /// There are evacuation candidates.
    evacuates: bool,
    /// Slots visited, and entries of ephemeron tables considered.
    pub work: usize,
    /// The young cells were promoted and the roots marked, so that little is left for the last step.
    pub ends: bool,
    /// Entries are decided when they are met, because marking is at its end.
    last: bool,
    /// Tables that have lost most of their entries shrink.
    pub(super) shrink: bool,
}

/// The progress of a round over the ephemeron tables (`rounds.rs`).
#[derive(Default)]
pub(super) struct Round {
    /// The current table's index, and the next slot in it.
    pub table: usize,
    pub slot: usize,
    /// Slots of tables visited.
    pub slots: usize,
    /// The marker's work when it began.
    pub before: usize,
    /// The number of earlier rounds that led to little.
    pub poor: usize,
}

/// The prefetch buffer (Cher, Hosking and Vitek 2004): a queue of cells that were prefetched and are visited next.
struct PrefetchBuffer {
    cells: [Option<Cell>; PREFETCHED],
    /// The number of cells that were ever added and removed.
    pushed: usize,
    popped: usize,
}

/// The capacity of the prefetch buffer, a power of two.
const PREFETCHED: usize = 8;

impl Default for PrefetchBuffer {
    fn default() -> Self {
        Self { cells: [None; PREFETCHED], pushed: 0, popped: 0 }
    }
}

impl PrefetchBuffer {
    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.pushed == self.popped
    }

    /// Removes the first cell of a buffer that is not empty.
    #[inline(always)]
    fn pop(&mut self) -> Option<Cell> {
        let cell = self.cells[self.popped % PREFETCHED];
        self.popped += 1;
        cell
    }

    /// Adds a cell; returns the first one if the buffer was full.
    #[inline(always)]
    fn exchange(&mut self, cell: Cell) -> Option<Cell> {
        let full = self.pushed - self.popped == PREFETCHED;
        let first = if full { self.pop() } else { None };
        self.cells[self.pushed % PREFETCHED] = Some(cell);
        self.pushed += 1;
        first
    }
}

/// Prefetch for cells that are visited in address order. The processor's own prefetch stops at the end of the system's
/// page.
#[derive(Default)]
struct Stride {
    last: usize,
}

/// The prefetch distance, in bytes.
const STRIDE_AHEAD: isize = 2048;
/// The largest distance between the addresses of two such cells.
const STRIDE: isize = 256;

impl Stride {
    #[inline(always)]
    fn follow(&mut self, cell: Cell) {
        let step = cell.address().wrapping_sub(self.last) as isize;
        self.last = cell.address();
        if (-STRIDE..=STRIDE).contains(&step) {
            cell.prefetch_near(if step < 0 { -STRIDE_AHEAD } else { STRIDE_AHEAD });
        }
    }
}

/// The tags of visited cells, whose descriptors are marked at the end. Tags that got their first descriptor after marking
/// began are taken to be met.
#[derive(Default)]
struct MetTags {
    /// By the tags' numbers.
    met: Vec<bool>,
    /// Those whose descriptors are not marked yet.
    new: Vec<Tag>,
    /// Descriptors whose keys were not known to live, with those, once they were listed.
    waiting: Vec<(Cell, Word)>,
    listed: bool,
}

impl MetTags {
    #[inline(always)]
    fn meet(&mut self, tag: Tag) {
        if let Some(met @ false) = self.met.get_mut(tag.number() as usize) {
            *met = true;
            self.new.push(tag);
        }
    }
}

impl Marker {
    /// A marker for a heap whose young cells lie in a range of addresses (its start and its length in bytes), and where
    /// tags with a number below `described` may have descriptors. With `evacuates` there are evacuation candidates; with
    /// `shrink` ephemeron tables may shrink.
    pub fn new(young: (usize, usize), described: usize, evacuates: bool, shrink: bool) -> Self {
        let tags = MetTags { met: vec![false; described], ..MetTags::default() };
        Self { young, tags, evacuates, shrink, ..Self::default() }
    }

    /// A cell that may have been visited is given a tag.
    #[inline(always)]
    pub fn meet_tag(&mut self, tag: Tag) {
        self.tags.meet(tag);
    }

    #[inline(always)]
    pub(super) fn is_young(&self, word: Word) -> bool {
        word.lies_in(self.young.0, self.young.1)
    }

    /// Marks what a word refers to, and queues it to be visited.
    #[inline(always)]
    pub fn mark_word(&mut self, word: Word) {
        if !word.is_reference() || self.is_young(word) {
            return;
        }
        if let Some(cell) = Cell::of(word)
            && Chunk::of(cell).mark(cell)
        {
            self.stack.push(cell);
        }
    }

    /// Incremental write barrier for an old cell. If the holder is still white, the slot is recorded when it is
    /// visited.
    #[cold]
    #[inline(never)]
    pub fn mark_stored(&mut self, cell: Cell, slot: usize, word: Word) {
        if let Some(target) = Cell::of(word)
            && !self.is_young(word)
        {
            self.allocated(target);
        }
        if self.refers_to_evacuated(word) && self.is_marked(cell) {
            self.stored.add(cell, slot);
        }
    }

    /// Marks an old cell that was allocated or stored during incremental marking.
    pub fn allocated(&mut self, cell: Cell) {
        if Chunk::of(cell).mark(cell) {
            self.found.push(cell);
        }
    }

    /// Visits cells until about `budget` slots are done. Returns whether none is left.
    pub fn advance(&mut self, budget: usize) -> bool {
        let goal = self.work.saturating_add(budget);
        self.goal = goal;
        self.visit_pieces();
        while self.work < goal {
            let due = match self.stack.pop().or_else(|| self.found.pop()) {
                // A lone cell, as in a chain: nothing else can be done while it is loaded.
                Some(cell)
                    if self.stack.is_empty()
                        && self.loading.is_empty()
                        && self.found.is_empty() =>
                {
                    Some(cell)
                }
                Some(cell) => {
                    cell.prefetch();
                    self.loading.exchange(cell)
                }
                None if !self.loading.is_empty() => self.loading.pop(),
                None => return true,
            };
            if let Some(cell) = due {
                self.stride.follow(cell);
                self.visit(cell);
            }
        }
        false
    }

    #[inline(always)]
    fn visit(&mut self, cell: Cell) {
        let loaded = cell.load();
        let header = loaded.header();
        let chunk = Chunk::of(cell);
        let (size, slots) = loaded.extent();
        chunk.add_live(size);
        self.work += 1 + slots;
        self.tags.meet(header.tag());
        if header.has(Header::WAITED_FOR) {
            self.mark_waiting(cell);
        }
        match header.kind() {
            Kind::EphemeronTable => {
                self.tables.push(cell);
                if self.last {
                    self.visit_table(cell, |this, key, value| this.waiting.push(key, value));
                }
            }
            Kind::WeakCell => self.weak_cells.push(cell),
            kind => {
                let registration = kind == Kind::Registration;
                if registration {
                    self.visit_registration(cell);
                }
                let first = if registration { registration::STRONG } else { 0 };
                if slots > PIECE {
                    return self.visit_wide(cell, first);
                }
                self.visit_slots(loaded, first..slots);
            }
        }
    }

    /// Visits a cell that stayed young. Its weak references are decided with the others.
    pub(super) fn visit_young(&mut self, cell: Cell) {
        self.tags.meet(cell.header().tag());
        match cell.header().kind() {
            Kind::EphemeronTable => self.tables.push(cell),
            Kind::WeakCell => self.weak_cells.push(cell),
            // Registrations are never young.
            _ => cell.load().slots().for_each(|slot| self.mark_word(slot.get())),
        }
    }

    /// Visits a registration. Its weak slots are decided at the end, its link in a list once its owner is marked.
    fn visit_registration(&mut self, cell: Cell) {
        self.registrations.push(cell);
        match registration::link(cell) {
            None => {}
            Some((owner, next)) if self.lives(owner) => self.mark_word(next),
            Some((owner, next)) if self.last => self.waiting.push(owner, next),
            Some(_) => self.listed.push(cell),
        }
    }

    #[inline(always)]
    fn visit_slots(&mut self, cell: Loaded, slots: Range<usize>) {
        for slot in cell.range(slots) {
            let word = slot.get();
            self.mark_word(word);
            self.record(cell.cell(), slot.index(), word);
        }
    }

    /// Visits a wide cell in pieces until the budget is spent, before other grey cells: the targets of an array often lie in
    /// its order, which would be lost if each piece's targets were visited first.
    #[cold]
    #[inline(never)]
    fn visit_wide(&mut self, cell: Cell, first: usize) {
        self.work -= cell.slot_count();
        self.wide.push((cell, first));
        self.visit_pieces();
    }

    /// Visits the next slots of wide cells. For slots that were visited the write barrier marks what is stored.
    fn visit_pieces(&mut self) {
        while self.work < self.goal {
            let Some((cell, first)) = self.wide.pop() else { return };
            let loaded = cell.load();
            let slots = loaded.slot_count();
            let end = slots.min(first + PIECE);
            if end < slots {
                self.wide.push((cell, end));
            }
            self.work += end - first;
            for first in (first..end).step_by(LINE) {
                cell.prefetch_near((WORD * first) as isize + SLOTS_AHEAD);
                self.visit_slots(loaded, first..end.min(first + LINE));
            }
        }
    }

    #[inline(always)]
    pub fn record(&mut self, cell: Cell, slot: usize, word: Word) {
        if self.refers_to_evacuated(word) {
            self.recorded.push((cell, slot as u32));
        }
    }

    #[inline(always)]
    fn refers_to_evacuated(&self, word: Word) -> bool {
        self.evacuates
            && word.is_reference()
            && !self.is_young(word)
            && Cell::of(word).is_some_and(|cell| Chunk::of(cell).is_evacuated())
    }

    /// Marks what is left, and decides all ephemerons and the lists of registrations, which their owners keep alive, in
    /// time linear in their number.
    ///
    /// Entries are put on wait lists only if a value of a live key leads to an unmarked cell, because otherwise no other
    /// key can be reached.
    pub fn finish(&mut self, descriptors: &Descriptors) {
        descriptors.from(self.tags.met.len()).for_each(|word| self.mark_word(word));
        self.exhaust(descriptors);
        let mut groups = Groups::new();
        let (tables, listed) = (self.tables.len(), self.listed.len());
        self.count_undecided(0, 0, &mut groups);
        if self.stack.is_empty() {
            return;
        }
        self.exhaust(descriptors);
        self.count_undecided(tables, listed, &mut groups);
        // From now on tables are decided when they are met; tables that were met before are decided here.
        self.last = true;
        let mut waiting = WaitListBuilder::new(groups, Word::UNDEFINED);
        for table in self.tables.clone() {
            self.visit_table(table, |_, key, value| waiting.push(key, value));
        }
        for (owner, next) in
            std::mem::take(&mut self.listed).into_iter().filter_map(registration::link)
        {
            if self.lives(owner) {
                self.mark_value(next);
            } else {
                waiting.push(owner, next);
            }
        }
        self.waiting = waiting.build();
        self.exhaust(descriptors);
    }

    /// Marks until nothing is left, the descriptors of all tags that it meets and those that their keys keep.
    fn exhaust(&mut self, descriptors: &Descriptors) {
        if !self.tags.listed {
            self.tags.listed = true;
            self.tags.waiting.extend(descriptors.with_keys());
        }
        loop {
            self.advance(usize::MAX);
            match self.tags.new.pop() {
                Some(tag) => self.mark_word(descriptors.get(tag)),
                None if self.mark_kept() => {}
                None => return,
            }
        }
    }

    /// Marks the descriptors whose keys live; whether there were any.
    fn mark_kept(&mut self) -> bool {
        let before = self.tags.waiting.len();
        let mut waiting = std::mem::take(&mut self.tags.waiting);
        waiting.retain(|(descriptor, key)| {
            let lives = Cell::of(*key).is_none_or(|key| self.lives(key));
            if lives {
                self.mark_word(descriptor.word());
            }
            !lives
        });
        self.tags.waiting = waiting;
        self.tags.waiting.len() < before
    }

    /// Marks the values of live keys in the tables and listed registrations from these indices on, and counts the other
    /// entries.
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
            for slot in (FIRST..table.slot_count()).step_by(2) {
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

    /// Marks the values of live keys, and passes the other entries to `wait`.
    fn visit_table(&mut self, table: Cell, mut wait: impl FnMut(&mut Self, Cell, Word)) {
        for slot in (FIRST..table.slot_count()).step_by(2) {
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

    /// Marks the values that waited for a key, which was marked.
    #[cold]
    fn mark_waiting(&mut self, key: Cell) {
        let mut next = self.waiting.take(key);
        while let Some(index) = next {
            let (value, after) = self.waiting.entry(index);
            self.mark_value(value);
            next = after;
        }
    }

    /// Marks the value of an entry whose key is live. The work is counted here, so that it is the same whether the entry
    /// waited or not.
    #[inline(always)]
    fn mark_value(&mut self, value: Word) {
        self.work += 1;
        self.mark_word(value);
    }

    /// Cells that are marked and whose visit has not begun.
    #[cfg(zeal)]
    pub fn unvisited(&self) -> impl Iterator<Item = Cell> {
        let PrefetchBuffer { cells, pushed, popped } = &self.loading;
        let loading = (*popped..*pushed).filter_map(|number| cells[number % PREFETCHED]);
        self.stack.iter().chain(&self.found).copied().chain(loading)
    }

    /// Cells that are visited in pieces, with their next slots.
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
