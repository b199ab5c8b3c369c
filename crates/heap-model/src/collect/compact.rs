//! Compaction: moves the cells of evacuation candidates together, so that their pages become empty (V8's `evacuation` in
//! `mark-compact.cc`).

use super::mark::Marker;
use crate::doubles::{Doubles, is_identified};
use crate::memory::cell::{Cell, WORD};
use crate::memory::chunk::{Chunk, USABLE};
use crate::memory::mapping::PAGE;
use crate::memory::word::Word;
use crate::natives::Natives;
use crate::remembered::Remembered;
use crate::roots::Roots;
use crate::spaces::{Change, Spaces};

/// The most bytes that the last step of an incremental marking moves. V8's `max_evacuated_bytes` is 4 MiB, which its
/// threads share; one thread takes 4 ms for that, and half a millisecond for this.
pub(crate) const MOVED_BY_A_STEP: usize = 256 << 10;

/// The most live bytes of an evacuation candidate.
const SPARSE: usize = USABLE * 4 / 10;
const NEARLY_FULL: usize = USABLE * 9 / 10;

/// Selects evacuation candidates with up to `most` bytes of cells, sparsest first, as long as there is room for their
/// cells. With `last`, every page that is not nearly full qualifies, and free ranges elsewhere may be targets.
pub(crate) fn select_candidates(spaces: &Spaces, most: usize, last: bool) -> Vec<Chunk> {
    let fullest = if last { NEARLY_FULL } else { SPARSE };
    let pages = spaces.old.pages().iter().copied();
    let mut pages: Vec<Chunk> = pages.filter(|page| page.used() <= fullest).collect();
    pages.sort_by_key(|page| page.used());
    let room = spaces.limit().saturating_sub(spaces.committed()).min(spaces.old_room());
    let mut room = room / PAGE * USABLE;
    if last {
        // Not all of a free range will be usable.
        room += spaces.old.spare() / 4 * 3;
    }
    let (mut chosen, mut bytes) = (0, 0);
    for page in &pages {
        bytes += page.used();
        if last {
            room = room.saturating_sub((USABLE - page.used()) / 4 * 3);
        }
        if bytes > room.min(most) {
            break;
        }
        chosen += 1;
    }
    if chosen < 2 {
        return Vec::new();
    }
    pages.truncate(chosen);
    pages.iter().for_each(|page| page.set_evacuated(true));
    pages
}

/// The parts of a heap that refer to cells which a compaction moves.
pub(super) struct Compaction<'h> {
    pub spaces: &'h mut Spaces,
    pub roots: &'h mut Roots,
    pub remembered: &'h mut Remembered,
    pub natives: &'h mut Natives,
    pub doubles: &'h mut Doubles,
}

impl Compaction<'_> {
    /// Moves the marked cells of the candidates, and updates all references to them.
    pub fn run(self, candidates: Vec<Chunk>, marker: Marker) {
        if candidates.is_empty() {
            return;
        }
        let mut spaces = self.spaces.change();
        spaces.old.exclude_evacuated();
        let (mut emptied, mut left, mut doubles) = (Vec::new(), Vec::new(), Vec::new());
        for page in candidates {
            if page.live() > 0 && move_page(&mut spaces, page, &mut doubles) {
                emptied.push(page);
            } else {
                left.push(page);
            }
            page.set_evacuated(false);
        }
        follow_slots(&marker.recorded);
        follow_slots(&marker.stored.slots);
        for word in self.roots.handles.iter_mut().chain(self.roots.registers.iter_mut()) {
            *word = followed(*word);
        }
        self.roots.globals.for_each(|cell| *cell = moved(*cell));
        self.roots.follow_weaks(|cell| Some(moved(cell)));
        self.doubles.follow(doubles);
        self.natives.follow(moved);
        for cell in spaces.new.cells() {
            for slot in cell.load().slots() {
                slot.set(followed(slot.get()));
            }
        }
        self.remembered.follow(moved);
        spaces.old.discard(&emptied);
        for page in left {
            for cell in page.marked() {
                // Moved before memory was refused: its page is walked again, and counted without it.
                if let Some(moved) = cell.forwarded() {
                    let size = moved.size();
                    page.free(cell, size);
                    page.unmark(cell, size);
                }
            }
        }
    }
}

/// Moves a page's cells, and records the `doubles` with identities among them. False if the limit or the operating system
/// refuses memory; then some cells stay.
fn move_page(spaces: &mut Change<'_>, page: Chunk, doubles: &mut Vec<Cell>) -> bool {
    let mut whole = true;
    for cell in page.marked() {
        let loaded = cell.load();
        let size = loaded.size();
        let room = match spaces.old.allocate(size) {
            None if spaces.has_page() => spaces.old.allocate_surely(size),
            None => spaces.old.allocate_thoroughly(size),
            room => room,
        };
        match room {
            Some(room) => {
                room.receive(loaded);
                spaces.old.moved(size);
                if is_identified(loaded.header()) {
                    doubles.push(cell);
                }
            }
            None => whole = false,
        }
    }
    whole
}

/// The prefetch distance, in recorded slots.
const AHEAD: usize = 8;

/// Updates recorded slots. Their holders and targets lie anywhere in the old space, so both are prefetched, in two stages.
fn follow_slots(recorded: &[(Cell, u32)]) {
    for (index, &(holder, slot)) in recorded.iter().enumerate() {
        if let Some(&(holder, slot)) = recorded.get(index + 2 * AHEAD) {
            holder.prefetch();
            holder.prefetch_near((WORD * (1 + slot as usize)) as isize);
        }
        if let Some(&(holder, slot)) = recorded.get(index + AHEAD)
            && let Some(target) = Cell::of(moved(holder).slot(slot as usize))
        {
            target.prefetch();
        }
        let (holder, slot) = (moved(holder), slot as usize);
        holder.set_slot(slot, followed(holder.slot(slot)));
    }
}

/// The cell at its new address.
fn moved(cell: Cell) -> Cell {
    cell.forwarded().unwrap_or(cell)
}

/// The word after the cell that it refers to has moved.
fn followed(word: Word) -> Word {
    Cell::of(word).map_or(word, |cell| moved(cell).word())
}
