//! The scavenger (Cheney 1970; V8's `scavenger.cc`): survivors are copied to the to-space or, the second time, to the
//! old space. Weak references count as strong here; an ephemeron's young key does not.

use super::mark::Marker;
use super::wait::WaitList;
use crate::blocks::Age;
use crate::doubles::{Doubles, is_identified};
use crate::memory::cell::{Cell, Loaded};
use crate::memory::header::{Header, Kind};
use crate::memory::room::Run;
use crate::memory::word::Word;
use crate::natives::Natives;
use crate::remembered::{Remembered, is_wide};
use crate::roots::Roots;
use crate::sites::Sites;
use crate::spaces::{FromSpace, NewSpace, OldSpace, Parts, Spaces};
use crate::tables::ephemeron::{self, FIRST};

/// The most pages that are swept for one allocation or one scavenge.
pub(crate) const SWEEPABLE: usize = 8;

/// Which survivors are promoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promote {
    /// None: the semi-spaces are equal, so all survivors fit.
    Nobody,
    /// Survivors of an earlier scavenge.
    Aged,
    /// Every survivor.
    All,
}

/// The promotion worklist: promoted cells whose slots may still refer to the from-space. They form a few runs in the old
/// space, so that no list of single cells is needed.
#[derive(Default)]
struct PromotionWorklist {
    /// The run that grows.
    last: Run,
    rest: Vec<Run>,
}

impl PromotionWorklist {
    #[inline(always)]
    fn push(&mut self, cell: Loaded) {
        if let Some(run) = self.last.push(cell)
            && !run.is_empty()
        {
            self.rest.push(run);
        }
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<Cell> {
        if self.last.is_empty() {
            self.last = self.rest.pop()?;
        }
        self.last.next()
    }
}

/// The parts of a heap that a scavenge works on.
pub(crate) struct Scavenge<'h> {
    pub spaces: &'h mut Spaces,
    pub roots: &'h mut Roots,
    pub remembered: &'h mut Remembered,
    pub natives: &'h mut Natives,
    pub doubles: &'h mut Doubles,
    pub sites: &'h mut Sites,
    /// The marking in progress.
    pub marker: Option<&'h mut Marker>,
}

impl Scavenge<'_> {
    /// Empties the semi-space in use. Returns the number of promoted bytes.
    pub fn run(self, promote: Promote) -> usize {
        let Self { spaces, roots, remembered, natives, doubles, sites, marker } = self;
        roots.drain();
        let before = std::mem::take(remembered);
        let mut spaces = spaces.change();
        let Parts { new, old, .. } = &mut *spaces;
        old.allow_sweeping(SWEEPABLE);
        let from = new.flip();
        let mut scavenger = Scavenger {
            new,
            old,
            marker,
            sites,
            from,
            promote,
            promoted: PromotionWorklist::default(),
            remembered,
            tables: Vec::new(),
            waiting: WaitList::default(),
            ready: Vec::new(),
            promoted_bytes: 0,
            doubles: Vec::new(),
        };
        for word in roots.handles.iter_mut().chain(roots.registers.iter_mut()) {
            *word = scavenger.moved(*word);
        }
        let move_root = |cell: &mut Cell| {
            let word = scavenger.moved(cell.word());
            *cell = Cell::of(word).expect("a root refers to a cell");
            if scavenger.new.contains(word) { Age::Young } else { Age::Old }
        };
        roots.globals.visit_young(move_root, drop);
        roots.descriptors.move_young(|word| {
            let moved = scavenger.moved(word);
            (moved, scavenger.new.contains(moved))
        });
        for (cell, slot) in before.slots.slots {
            scavenger.move_slot(cell, slot as usize);
        }
        for cell in before.cells {
            cell.set_flag(Header::REMEMBERED, false);
            scavenger.scan_old(cell);
        }
        scavenger.scan_all();
        scavenger.clear_dead_entries();
        let Scavenger { promoted_bytes, doubles: moved, .. } = scavenger;
        let new = &mut spaces.new;
        new.age();
        let follow = |cell: Cell| {
            let cell = if from.contains(cell.word()) { cell.forwarded()? } else { cell };
            Some((cell, new.contains(cell.word())))
        };
        roots.follow_young_weaks(follow);
        natives.retain_young(follow);
        doubles.follow(moved);
        promoted_bytes
    }
}

struct Scavenger<'h> {
    new: &'h mut NewSpace,
    old: &'h mut OldSpace,
    marker: Option<&'h mut Marker>,
    sites: &'h mut Sites,
    from: FromSpace,
    promote: Promote,
    promoted: PromotionWorklist,
    remembered: &'h mut Remembered,
    /// Ephemeron tables that were scanned.
    tables: Vec<Cell>,
    /// Entries whose keys are not known to be live.
    waiting: WaitList<(Cell, u32)>,
    /// Entries whose keys have been moved.
    ready: Vec<u32>,
    promoted_bytes: usize,
    /// Moved doubles with identities, at their old addresses.
    doubles: Vec<Cell>,
}

impl Scavenger<'_> {
    /// Scans all survivors, and what they lead to.
    fn scan_all(&mut self) {
        let mut unscanned = Run::default();
        loop {
            self.new.extend(&mut unscanned);
            while let Some(cell) = unscanned.next() {
                self.scan(cell.load());
                self.new.extend(&mut unscanned);
            }
            if let Some(cell) = self.promoted.pop() {
                self.scan_old(cell);
            } else if let Some(first) = self.ready.pop() {
                self.settle_entries(first);
            } else {
                self.new.extend(&mut unscanned);
                if unscanned.is_empty() {
                    break;
                }
            }
        }
    }

    /// The word of the new address, if it refers to a cell of the from-space.
    #[inline(always)]
    fn moved(&mut self, word: Word) -> Word {
        let Some(cell) = Cell::of(word) else { return word };
        if !self.from.contains(word) {
            return word;
        }
        let loaded = cell.load();
        match loaded.forwarded() {
            Some(moved) => moved,
            None => self.move_cell(loaded),
        }
    }

    #[inline]
    fn move_cell(&mut self, loaded: Loaded) -> Word {
        let (cell, header) = (loaded.cell(), loaded.header());
        let size = header.size_in_page();
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
        if promoted && let Some(room) = self.old.allocate_surely(size) {
            let to = room.receive(loaded);
            self.promoted_bytes += size;
            self.promoted.push(to);
            let to = to.cell();
            if let Some(marker) = &mut self.marker {
                marker.allocated(to);
            }
            return to.word();
        }
        let room = self.new.allocate(size).expect("the semi-spaces are equal, so survivors fit");
        room.receive(loaded).cell().word()
    }

    /// Handles a cell with a flag before it is moved.
    #[inline(never)]
    fn note_survivor(&mut self, cell: Cell, header: Header, aged: bool) {
        if header.has(Header::WAITED_FOR) {
            self.ready.extend(self.waiting.take(cell));
        }
        if header.has(Header::SITED) && !aged {
            self.sites.survived(cell.site());
        }
        if is_identified(header) {
            self.doubles.push(cell);
        }
    }

    /// Moves what the cell refers to. Returns whether it then refers to young cells.
    #[inline(always)]
    fn scan(&mut self, cell: Loaded) -> bool {
        if cell.header().is(Kind::EphemeronTable) {
            return self.scan_table(cell.cell());
        }
        let mut young = false;
        for slot in cell.slots() {
            let word = slot.get();
            if word.is_reference() && self.from.contains(word) {
                let moved = self.moved(word);
                slot.set(moved);
                young |= self.new.contains(moved);
            }
        }
        young
    }

    /// As [`scan`](Self::scan), for an old cell, which is remembered if it still refers to young cells.
    #[inline]
    fn scan_old(&mut self, cell: Cell) {
        let loaded = cell.load();
        if is_wide(loaded.header()) {
            (0..loaded.slot_count()).for_each(|slot| self.move_slot(cell, slot));
        } else if self.scan(loaded) {
            self.remembered.add(cell);
        }
    }

    /// Moves what a slot of a wide old cell refers to.
    #[inline]
    fn move_slot(&mut self, cell: Cell, slot: usize) {
        let word = cell.slot(slot);
        if word.is_reference() && self.from.contains(word) {
            let moved = self.moved(word);
            cell.set_slot(slot, moved);
            if self.new.contains(moved) {
                self.remembered.slots.add(cell, slot);
            }
        }
    }

    fn scan_table(&mut self, table: Cell) -> bool {
        self.tables.push(table);
        for slot in (FIRST..table.slot_count()).step_by(2) {
            let word = table.slot(slot);
            let Some(key) = Cell::of(word) else { continue };
            if self.from.contains(word) && key.forwarded().is_none() {
                self.waiting.push(key, (table, slot as u32));
            } else {
                self.settle_entry(table, slot);
            }
        }
        false
    }

    /// Visits the value of an entry whose key is live.
    fn settle_entry(&mut self, table: Cell, slot: usize) {
        let (key, value) = (self.moved(table.slot(slot)), self.moved(table.slot(slot + 1)));
        table.set_slot(slot, key);
        table.set_slot(slot + 1, value);
        let refers = |word: Word| word.is_reference() && self.new.contains(word);
        if (refers(key) || refers(value)) && !self.new.contains(table.word()) {
            self.remembered.add(table);
        }
    }

    /// Visits the values of an entry and of those after it in its wait list; their key is live.
    fn settle_entries(&mut self, first: u32) {
        let mut next = Some(first);
        while let Some(index) = next {
            let ((table, slot), after) = self.waiting.entry(index);
            self.settle_entry(table, slot as usize);
            next = after;
        }
    }

    /// Removes the entries whose keys have not been moved.
    fn clear_dead_entries(&mut self) {
        if self.waiting.len() == 0 {
            return;
        }
        for table in std::mem::take(&mut self.tables) {
            for slot in (FIRST..table.slot_count()).step_by(2) {
                let key = table.slot(slot);
                if key.is_reference() && self.from.contains(key) {
                    ephemeron::clear_entry(table, slot);
                }
            }
        }
    }
}
