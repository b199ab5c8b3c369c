//! The heap verifier (`--cfg zeal`): every invariant is checked after every collection, and released memory is
//! poisoned. With [`Heap::set_zeal`](crate::Heap) each nth allocation collects, or does a marking step and checks.

use crate::collect::marking::Marking;
use crate::doubles::{self, Doubles};
use crate::memory::cell::{Cell, HEADER, WORD};
use crate::memory::chunk::{Chunk, FIRST};
use crate::memory::header::{Header, Kind};
use crate::memory::mapping::PAGE;
use crate::natives::Natives;
use crate::remembered::{Remembered, is_wide};
use crate::roots::Roots;
use crate::spaces::Spaces;
use crate::tables::{ephemeron, ordered, registration};
use crate::text;
use std::collections::{HashMap, HashSet};

/// All cells.
struct Cells {
    known: HashSet<Cell>,
    /// Pages whose marks are incomplete, so that their dead cells are unknown.
    untold: HashSet<Chunk>,
    /// Marked cells that marking has visited or begun to visit; they are counted in their pages' live bytes.
    visited: HashSet<Cell>,
    /// Of these, the cells that are visited in pieces, with the next slot.
    partly: HashMap<Cell, usize>,
    /// Of these, the cells whose weak slots marking will decide.
    undecided: HashSet<Cell>,
    remembered: HashSet<Cell>,
    slots: HashSet<(Cell, u32)>,
}

impl Cells {
    fn contains(&self, cell: Cell) -> bool {
        let header = || cell.header();
        let untold = || self.untold.contains(&Chunk::of(cell));
        self.known.contains(&cell)
            || untold() && !header().is(Kind::Free) && cell.forwarded().is_none()
    }
}

/// The parts of a heap that are checked.
pub(crate) struct Verifier<'h> {
    pub spaces: &'h Spaces,
    pub roots: &'h Roots,
    pub remembered: &'h Remembered,
    pub natives: &'h Natives,
    pub doubles: &'h Doubles,
    pub marking: &'h Marking,
}

impl Verifier<'_> {
    /// Checks every invariant. The old space must have no current bump range.
    ///
    /// # Panics
    /// If one does not hold.
    pub fn verify(&self) {
        self.spaces.old.verify(self.marking.is_on());
        self.spaces.large.verify();
        self.verify_new();
        let committed = self.spaces.committed();
        assert!(committed <= self.spaces.limit(), "more is committed than the limit allows");
        let cells = self.known_cells();
        self.verify_pages(&cells);
        for &cell in &cells.known {
            self.verify_cell(cell, &cells);
        }
        self.verify_roots(&cells);
    }

    fn known_cells(&self) -> Cells {
        let mut known: HashSet<Cell> = self.spaces.new.cells().collect();
        let (mut untold, mut marked) = (HashSet::new(), HashSet::new());
        for &page in self.spaces.old.pages() {
            marked.extend(page.marked());
            if !page.is_unswept() {
                known.extend(page.cells().filter(|cell| !cell.header().is(Kind::Free)));
            } else if self.marking.is_on() {
                untold.insert(page);
            }
        }
        let large = self.spaces.large.cells();
        marked.extend(large.filter(|cell| Chunk::of(*cell).is_marked(*cell)));
        known.extend(marked.iter().copied());
        known.extend(self.spaces.large.cells());
        let (mut visited, mut undecided) = (HashSet::new(), HashSet::new());
        let mut partly = HashMap::new();
        if let Some(marker) = &self.marking.marker {
            for cell in marker.unvisited() {
                assert!(marked.remove(&cell), "a cell is to be visited twice, or is not marked");
            }
            visited = marked;
            for &(cell, next) in marker.partly_visited() {
                assert!(visited.contains(&cell), "a cell is visited that is not marked");
                assert!(partly.insert(cell, next).is_none(), "a cell's pieces are visited twice");
            }
            undecided.extend(marker.undecided());
        }
        let remembered = self.remembered.cells.iter().copied().collect();
        let slots = self.remembered.slots.slots.iter().copied().collect();
        Cells { known, untold, visited, partly, undecided, remembered, slots }
    }

    fn verify_new(&self) {
        let bytes: usize = self.spaces.new.cells().map(|cell| cell.size()).sum();
        assert_eq!(bytes, self.spaces.new.used(), "the last young cell passes the top");
        assert!(
            bytes <= self.spaces.new.capacity() && self.spaces.new.aged() <= bytes,
            "the top is elsewhere"
        );
        assert!(self.spaces.new.capacity() <= self.spaces.new.maximum());
    }

    /// Checks that the live bytes of each page are the bytes of its cells; during marking, of those visited.
    fn verify_pages(&self, cells: &Cells) {
        let bytes = |cells: &mut dyn Iterator<Item = Cell>| -> usize {
            cells.map(|cell| cell.size()).sum()
        };
        for &page in self.spaces.old.pages() {
            let all = |cell: &Cell| !cell.header().is(Kind::Free);
            if self.marking.clearing {
                // The counts go with the marks.
                continue;
            }
            if self.marking.marker.is_some() {
                let visited = |cell: &Cell| cells.visited.contains(cell);
                assert_eq!(page.live(), bytes(&mut page.marked().filter(visited)));
            } else if page.is_unswept() {
                assert_eq!(page.live(), bytes(&mut page.marked()), "live bytes are miscounted");
                assert_eq!(page.used(), page.live(), "an unswept page is allocated in");
            } else {
                assert_eq!(page.used(), bytes(&mut page.cells().filter(all)), "used bytes are not");
            }
        }
    }

    fn verify_cell(&self, cell: Cell, cells: &Cells) {
        let header = cell.header();
        assert!(cell.forwarded().is_none(), "a moved cell is still used");
        assert!(!header.is(Kind::Free), "free memory is marked");
        assert!(!header.has(Header::WAITED_FOR), "a living key is waited for");
        let (size, slots) = (cell.size(), cell.slot_count());
        let wide = header.is(Kind::Double) || size >= HEADER + WORD * slots;
        assert!(wide, "a cell is shorter than its slots");
        let young = self.spaces.new.contains(cell.word());
        let remembered = cells.remembered.contains(&cell);
        assert_eq!(header.has(Header::REMEMBERED), remembered, "the flag lies");
        if !young && size <= PAGE - FIRST {
            assert_eq!(Chunk::of(cell).address(), (cell.address() + size - 8) & !(PAGE - 1));
        }
        let visited = cells.visited.contains(&cell);
        // How many slots marking has visited, weak ones included.
        let done = cells.partly.get(&cell).copied().unwrap_or(if visited { slots } else { 0 });
        let weak = [Kind::EphemeronTable, Kind::WeakCell, Kind::Registration];
        if visited && weak.contains(&header.kind()) {
            assert!(cells.undecided.contains(&cell), "marking has forgotten a weak cell");
        }
        for slot in 0..slots {
            let word = cell.slot(slot);
            let Some(target) = Cell::of(word) else {
                let link = header.is(Kind::OrderedTable) && word.is_link();
                assert!(link || word.is_valid(), "slot {slot} holds no value");
                continue;
            };
            assert!(cells.contains(target), "slot {slot} of a {:?} dangles", header.kind());
            let target_is_young = self.spaces.new.contains(word);
            if !young && target_is_young {
                let known = remembered || cells.slots.contains(&(cell, slot as u32));
                assert!(known, "an old cell's young reference is unknown");
            }
            let weak = match header.kind() {
                Kind::EphemeronTable | Kind::WeakCell => true,
                Kind::Registration => slot < registration::STRONG,
                _ => false,
            };
            if slot < done && !weak && !target_is_young {
                let marked = Chunk::of(target).is_marked(target);
                assert!(marked, "a visited {:?} refers to an unmarked cell", header.kind());
            }
        }
        assert!(!self.roots.descriptors.is_dead(header.tag()), "a cell has lost its descriptor");
        if header.is(Kind::EphemeronTable) {
            ephemeron::verify(cell);
        }
        if header.is(Kind::OrderedTable) {
            ordered::verify(cell);
        }
        let identified = doubles::is_identified(header);
        assert!(!identified || self.doubles.contains(cell), "a double has lost its identity");
    }

    fn verify_roots(&self, cells: &Cells) {
        let young = |cell: Cell| self.spaces.new.contains(cell.word());
        assert_eq!(
            cells.remembered.len(),
            self.remembered.cells.len(),
            "a cell is remembered twice"
        );
        for cell in self.roots.interned.iter() {
            assert!(cells.contains(cell) && text::is_interned(cell), "an interned string is none");
            assert!(self.roots.interned.has(cell, young(cell)), "an interned string is not found");
        }
        for (cell, known) in self.roots.interned.iter_numbered() {
            assert!(self.roots.interned.has(cell, young(cell)), "a number dangles");
            assert!(known || !young(cell), "a young string's number is unknown");
        }
        for (tag, cell) in self.roots.descriptors.iter() {
            assert!(cells.contains(cell), "a descriptor dangles");
            let known = !young(cell) || self.roots.descriptors.is_known_young(tag);
            assert!(known, "a young descriptor is unknown");
        }
        for &cell in &cells.remembered {
            assert!(cells.contains(cell) && !young(cell), "a remembered cell is none");
        }
        for &(cell, slot) in &cells.slots {
            let there = cells.contains(cell) && !young(cell) && is_wide(cell.header());
            assert!(there && (slot as usize) < cell.slot_count(), "a remembered slot is none");
        }
        for root in self.roots.handles.iter() {
            assert!(Cell::of(*root).is_some_and(|cell| cells.contains(cell)), "a dangling handle");
        }
        for (number, &word) in self.roots.registers.iter().enumerate() {
            match Cell::of(word) {
                Some(cell) => assert!(cells.contains(cell), "register {number} dangles"),
                None => assert!(word.is_valid(), "register {number} holds no value"),
            }
        }
        for (index, &root) in self.roots.globals.iter() {
            assert!(cells.contains(root), "a dangling root");
            assert!(!young(root) || self.roots.globals.is_listed(index), "a young root is unknown");
        }
        for owner in &self.roots.owners {
            assert!(cells.contains(*owner), "a dangling owner of registrations");
        }
        for (index, weak) in self.roots.weaks.iter() {
            let Some(cell) = *weak else { continue };
            assert!(cells.contains(cell), "a dangling weak handle");
            assert!(
                !young(cell) || self.roots.weaks.is_listed(index),
                "a young weak handle is unknown"
            );
        }
        for (index, native) in self.natives.payloads.iter() {
            let cell = native.cell;
            assert!(cells.contains(cell), "a payload without its cell");
            // A record has the number in its raw bytes.
            let own = cell.header().is(Kind::Record) || cell.auxiliary() == index;
            assert!(own, "a payload of another cell");
            let listed = self.natives.payloads.is_listed(index);
            assert_eq!(listed, young(cell), "a young payload is unknown, or an old one is not");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::memory::cell::{Cell, HEADER, WORD};
    use crate::memory::chunk::Chunk;
    use crate::memory::header::Kind;
    use crate::memory::poison::{POISON, is_overwritten};
    use crate::memory::room::LARGEST_IN_PAGE;
    use crate::memory::word::Word;
    use crate::{Global, Heap, HeapOptions, Value};
    use std::time::{Duration, Instant};

    /// A heap whose old generation is due to be marked as soon as there is one.
    fn heap() -> Heap {
        let options = HeapOptions::default().with_initial_old_generation(0);
        Heap::new(options).unwrap()
    }

    /// An old cell with `slots` slots, and the root that holds it.
    fn old(heap: &mut Heap, kind: Kind, slots: usize) -> (Cell, Global) {
        let root = heap.enter(|scope| {
            let cell = scope.alloc(kind, slots, 0).unwrap();
            scope.global(cell).unwrap()
        });
        heap.collect();
        let cell = heap.enter(|scope| {
            let cell = scope.local(&root).unwrap();
            scope.cell(cell).unwrap()
        });
        assert!(!heap.spaces.new.contains(cell.word()));
        (cell, root)
    }

    /// A heap with a cell that marking has visited, and one that it has not marked.
    fn marking() -> (Heap, Cell, Cell, Global) {
        let mut heap = heap();
        let (white, dropped) = old(&mut heap, Kind::Object, 2);
        let (black, root) = old(&mut heap, Kind::Object, 2);
        drop(dropped);
        heap.approach_marking(Duration::MAX);
        assert!(heap.marking.marker.as_mut().unwrap().advance(usize::MAX));
        heap.verify();
        (heap, black, white, root)
    }

    #[test]
    fn an_emptied_page_is_poisoned() {
        let mut heap = heap();
        let (cell, root) = old(&mut heap, Kind::Object, 2);
        drop(root);
        heap.collect();
        assert_eq!(heap.spaces.old.pages().len(), 0);
        assert!(is_overwritten(cell.address(), cell.address() + HEADER + 2 * WORD));
    }

    #[test]
    fn a_page_whose_cells_were_moved_is_poisoned() {
        let mut heap = heap();
        let mut roots: Vec<Global> = heap.enter(|scope| {
            let sizes = [50_000, 120_000].into_iter().cycle().take(8);
            let cells = sizes.map(|size| {
                let cell = scope.alloc(Kind::Bytes, 0, size).unwrap();
                scope.global(cell).unwrap()
            });
            cells.collect()
        });
        heap.collect();
        // What is left are the shorter ones, one or two a page.
        let mut short = false;
        roots.retain(|_| {
            short = !short;
            short
        });
        heap.collect();
        let cells: Vec<Cell> = heap.roots.globals.values().copied().collect();
        heap.collect();
        let moved = heap.roots.globals.values().zip(cells).filter(|(now, cell)| **now != *cell);
        let left = moved.map(|(_, cell)| cell);
        let left: Vec<Cell> =
            left.filter(|cell| !heap.spaces.old.pages().contains(&Chunk::of(*cell))).collect();
        assert!(!left.is_empty(), "sparse pages were emptied");
        for cell in left {
            assert!(is_overwritten(cell.address(), cell.address() + HEADER + 50_000));
        }
    }

    #[test]
    fn freed_memory_is_poisoned_behind_its_header() {
        let mut heap = heap();
        let (cell, dropped) = old(&mut heap, Kind::Object, 2);
        let (_, _root) = old(&mut heap, Kind::Object, 2);
        drop(dropped);
        heap.collect();
        // The page is swept when it is allocated in.
        let room = heap.spaces.change().old.allocate_thoroughly(LARGEST_IN_PAGE);
        assert!(room.is_some());
        assert!(cell.header().is(Kind::Free));
        assert!(is_overwritten(cell.address() + WORD, cell.address() + 2 * WORD));
    }

    #[test]
    #[should_panic = "slot 1 is released memory"]
    fn a_slot_that_was_released_is_found() {
        let mut heap = heap();
        let (cell, _root) = old(&mut heap, Kind::Object, 2);
        cell.set_slot(1, POISON);
        heap.verify();
    }

    #[test]
    #[should_panic = "slot 0 holds no value"]
    fn a_slot_with_a_header_is_found() {
        let mut heap = heap();
        let (cell, _root) = old(&mut heap, Kind::Object, 2);
        cell.set_slot(0, cell.header().as_word());
        heap.verify();
    }

    #[test]
    #[should_panic = "a visited Object refers to an unmarked cell"]
    fn a_store_that_marking_does_not_hear_of_is_found() {
        let (mut heap, black, white, _root) = marking();
        black.set_slot(0, white.word());
        heap.verify();
    }

    /// A heap in which marking has visited a first piece of a wide cell, the cell, and one that it has not marked.
    fn marking_a_wide_cell(slots: usize) -> (Heap, Cell, Cell, Global) {
        let mut heap = heap();
        let (white, dropped) = old(&mut heap, Kind::Object, 2);
        let (wide, root) = old(&mut heap, Kind::Array, slots);
        drop(dropped);
        heap.approach_marking(Duration::MAX);
        let marker = heap.marking.marker.as_mut().unwrap();
        assert!(!marker.advance(64));
        assert_eq!(marker.partly_visited().len(), 1);
        (heap, wide, white, root)
    }

    #[test]
    fn a_cell_that_is_visited_in_pieces_is_found_right() {
        for slots in [2049, 5000, 16_000, 100_000] {
            let (mut heap, _, _, _root) = marking_a_wide_cell(slots);
            heap.verify();
            while !heap.marking.marker.as_mut().unwrap().advance(64) {
                heap.verify();
            }
            heap.verify();
        }
    }

    #[test]
    #[should_panic = "a visited Array refers to an unmarked cell"]
    fn a_store_in_a_visited_piece_that_marking_does_not_hear_of_is_found() {
        let (mut heap, wide, white, _root) = marking_a_wide_cell(5000);
        wide.set_slot(7, white.word());
        heap.verify();
    }

    #[test]
    fn a_store_in_a_piece_that_is_yet_to_be_visited_is_found_right() {
        let (mut heap, wide, white, _root) = marking_a_wide_cell(5000);
        wide.set_slot(4999, white.word());
        heap.verify();
        assert!(heap.idle(Instant::now() + Duration::from_secs(100)));
        assert_eq!(heap.heap_used(), 2 * HEADER + 5002 * WORD);
    }

    #[test]
    fn a_store_behind_the_barrier_is_found_right() {
        let (mut heap, black, white, _root) = marking();
        heap.store(black, 0, white.word());
        heap.verify();
        assert!(heap.idle(Instant::now() + Duration::from_secs(100)));
        assert_eq!(heap.heap_used(), 2 * (HEADER + 2 * WORD));
    }

    #[test]
    #[should_panic = "an old cell's young reference is unknown"]
    fn a_young_reference_that_is_not_remembered_is_found_while_marking() {
        let (mut heap, black, _, _root) = marking();
        let young = heap.spaces.allocate_young(HEADER).unwrap().format(Kind::Object, 0);
        black.set_slot(0, young.word());
        heap.verify();
    }

    #[test]
    #[should_panic = "the pages hold other bytes than the space"]
    fn miscounted_bytes_are_found() {
        let mut heap = heap();
        let (_, _root) = old(&mut heap, Kind::Object, 2);
        heap.spaces.change().old.moved(WORD);
        heap.verify();
    }

    #[test]
    #[should_panic = "live bytes are miscounted"]
    fn miscounted_bytes_of_a_page_are_found() {
        let mut heap = heap();
        let (cell, _root) = old(&mut heap, Kind::Object, 2);
        Chunk::of(cell).add_live(WORD);
        Chunk::of(cell).take(-1);
        let verifier = heap.verifier();
        verifier.verify_pages(&verifier.known_cells());
    }

    #[test]
    #[should_panic = "free memory is on no list"]
    fn a_dead_cell_that_no_sweep_has_freed_is_found() {
        let mut heap = heap();
        let (_, _root) = old(&mut heap, Kind::Object, 2);
        drop(heap.spaces.change().old.allocate_thoroughly(64));
        heap.verify();
    }

    #[test]
    #[should_panic = "more is committed than the limit allows"]
    fn memory_past_the_limit_is_found() {
        let mut heap = heap();
        let committed = heap.heap_total();
        heap.spaces.set_limit(committed - 1);
        heap.verify();
    }

    /// A table with one entry, and what corrupts it.
    fn table(corrupt: impl FnOnce(Cell)) {
        let mut heap = heap();
        heap.enter(|scope| {
            let table = scope.alloc_ephemeron_table(4).unwrap();
            let key = scope.alloc(Kind::Object, 0, 0).unwrap();
            scope.ephemeron_set(table, key, Value::Smi(1)).unwrap();
            let place = scope.cell(table).unwrap();
            scope.heap.verify();
            corrupt(place);
            scope.heap.verify();
        });
    }

    #[test]
    #[should_panic = "a table's entries are miscounted"]
    fn a_tables_wrong_count_is_found() {
        table(|table| table.set_slot(0, Word::smi(2)));
    }

    #[test]
    #[should_panic = "a table's deleted entries are miscounted"]
    fn a_tables_uncounted_deletion_is_found() {
        table(|table| {
            let mut keys = (3..table.slot_count()).step_by(2);
            let free = keys.find(|slot| table.slot(*slot) == Word::UNDEFINED).unwrap();
            table.set_slot(free, Word::HOLE);
        });
    }
}
