//! Cells: a header word, a word for the identity hash, tagged slots, raw bytes. Before a large cell lie its size in bytes
//! and its number of slots, for which its header has no room.
#![expect(unsafe_code, reason = "words of cells are read and written by address")]

use super::header::{Header, Kind, Tag};
use super::word::Word;
use core::ops::Range;
use core::ptr::NonNull;

/// Bytes before a cell's slots.
pub const HEADER: usize = 16;
/// Bytes of the largest cell.
pub const MAX_SIZE: usize = ((1 << 27) - 1) * 8;
/// Bytes of a word.
pub const WORD: usize = 8;
/// Words before a cell's slots.
const SLOTS: usize = HEADER / WORD;
/// Bytes before a large cell: its size in bytes, and its number of slots.
pub(super) const BEFORE_LARGE: usize = 2 * WORD;

/// Bits of the number of a record's type.
pub(super) const TYPE_BITS: u32 = 10;

/// A cell in the heap: formatted memory of a mapped chunk.
///
/// Slots are checked against the header. The collectors make sure that no freed cell is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell(NonNull<u64>);

// SAFETY: a cell belongs to a heap, and only the owner of the heap uses it.
unsafe impl Send for Cell {}

impl Cell {
    /// The cell at an address.
    ///
    /// # Safety
    /// A formatted cell, or a free range with the header of one, begins at the address.
    #[inline(always)]
    pub(super) unsafe fn at(address: usize) -> Self {
        debug_assert!(address.is_multiple_of(8) && address != 0);
        // SAFETY: no cell begins at address 0, as the caller knows.
        Self(unsafe { NonNull::new_unchecked(address as *mut u64) })
    }

    /// The cell that a word refers to, if it is a reference.
    #[inline(always)]
    pub fn of(word: Word) -> Option<Self> {
        // SAFETY: a word with the reference's tag is only made from a cell.
        word.address().map(|address| unsafe { Self::at(address) })
    }

    /// The cell that a reference refers to.
    ///
    /// # Safety
    /// The word is a reference.
    #[inline(always)]
    pub(super) unsafe fn of_reference(word: Word) -> Self {
        debug_assert!(word.is_reference());
        // SAFETY: such a word is made from a cell alone.
        unsafe { Self::at((word.bits() - 1) as usize) }
    }

    /// The cell's forwarding address, if it was moved.
    #[inline(always)]
    pub fn forwarded(self) -> Option<Self> {
        self.header().forwarded().and_then(Self::of)
    }

    #[inline(always)]
    pub fn word(self) -> Word {
        Word::reference(self.address())
    }

    #[inline(always)]
    pub fn address(self) -> usize {
        self.0.as_ptr() as usize
    }

    /// Reads a word.
    ///
    /// # Safety
    /// The cell has more words than `index`.
    #[inline(always)]
    unsafe fn read(self, index: usize) -> u64 {
        // SAFETY: the word lies in the cell, as the caller knows.
        let word = unsafe { self.0.add(index) };
        // SAFETY: as above; cells are mapped, aligned and initialised.
        unsafe { word.read() }
    }

    /// Writes a word.
    ///
    /// # Safety
    /// As [`read`](Self::read); and the word is valid there.
    #[inline(always)]
    pub(super) unsafe fn write(self, index: usize, word: u64) {
        // SAFETY: the word lies in the cell, as the caller knows.
        let place = unsafe { self.0.add(index) };
        // SAFETY: as above; cells are mapped and aligned.
        unsafe { place.write(word) };
    }

    #[inline(always)]
    pub fn header(self) -> Header {
        // SAFETY: each cell has a header.
        Header::from_bits(unsafe { self.read(0) })
    }

    #[inline(always)]
    fn set_header(self, header: Header) {
        // SAFETY: each cell has a header.
        unsafe { self.write(0, header.bits()) };
    }

    /// Sets or clears flags of the header.
    pub fn set_flag(self, flag: u64, on: bool) {
        self.set_header(self.header().with(flag, on));
    }

    /// A slot.
    ///
    /// # Panics
    /// If the cell has no such slot.
    #[inline(always)]
    pub fn slot(self, slot: usize) -> Word {
        assert!(self.load().has_slot(slot), "a slot out of range");
        // SAFETY: the slot is one of the cell's.
        let word = Word::from_bits(unsafe { self.read(SLOTS + slot) });
        #[cfg(zeal)]
        assert!(word != super::poison::POISON, "slot {slot} is released memory");
        word
    }

    /// Writes a slot, without a write barrier.
    ///
    /// # Panics
    /// If the cell has no such slot, which its users know.
    #[inline(always)]
    pub fn set_slot(self, slot: usize, word: Word) {
        assert!(self.load().has_slot(slot), "a slot out of range");
        // SAFETY: the slot is one of the cell's, and holds tagged words.
        unsafe { self.write(SLOTS + slot, word.bits()) };
    }

    /// Writes a slot of a new cell.
    ///
    /// # Safety
    /// The cell has it.
    #[inline(always)]
    pub(super) unsafe fn write_slot(self, slot: usize, word: Word) {
        // SAFETY: as the caller knows.
        unsafe { self.write(SLOTS + slot, word.bits()) };
    }

    /// The byte at an offset.
    ///
    /// # Safety
    /// It is the cell's, or the one behind it.
    #[inline(always)]
    pub(super) unsafe fn byte(self, offset: usize) -> NonNull<u8> {
        // SAFETY: as the caller knows.
        unsafe { self.0.cast::<u8>().add(offset) }
    }

    /// The number of a record's type: the lower bits of its auxiliary field.
    #[inline(always)]
    pub(super) fn type_number(self) -> u32 {
        self.auxiliary() & ((1 << TYPE_BITS) - 1)
    }

    /// The allocation site of a young cell that has one. A record's number takes no more than it leaves.
    #[inline(always)]
    pub fn site(self) -> u32 {
        self.auxiliary() >> if self.header().is(Kind::Record) { TYPE_BITS } else { 0 }
    }

    /// Stores the allocation site in a young cell, if there is room for its number.
    #[inline(always)]
    pub fn set_site(self, site: u32) {
        if !self.header().is(Kind::Record) {
            self.set_auxiliary(site);
        } else if site < 1 << (u32::BITS - TYPE_BITS) {
            self.set_auxiliary(site << TYPE_BITS | self.type_number());
        } else {
            return;
        }
        self.set_flag(Header::SITED, true);
    }

    /// The number of its type, if it is a record.
    #[inline(always)]
    pub fn record_type(self) -> Option<u32> {
        self.header().is(Kind::Record).then(|| self.type_number())
    }

    /// Sets the number of a record's type.
    pub(super) fn set_type_number(self, number: u32) {
        self.set_auxiliary(number);
    }

    /// The cell with its header, which is read once.
    #[inline(always)]
    pub fn load(self) -> Loaded {
        Loaded { cell: self, header: self.header() }
    }

    /// The identity hash, or 0 if it has none yet. The cell is not a double.
    #[inline(always)]
    pub fn hash(self) -> u32 {
        self.second() as u32
    }

    #[inline(always)]
    pub fn set_hash(self, hash: u32) {
        self.set_second(self.second() >> 32 << 32 | u64::from(hash));
    }

    /// The auxiliary field beside the hash. Its meaning depends on the cell: the index of a native cell's payload, the hash
    /// of a registration's token, the padding of a string, the allocation site of a young cell that has one, otherwise the
    /// bucket of the cell's latest entry in an ephemeron table. While entries wait for the cell to be marked, it is the
    /// head of their wait list.
    #[inline(always)]
    pub fn auxiliary(self) -> u32 {
        (self.second() >> 32) as u32
    }

    #[inline(always)]
    pub fn set_auxiliary(self, number: u32) {
        self.set_second(u64::from(self.hash()) | u64::from(number) << 32);
    }

    #[inline(always)]
    fn second(self) -> u64 {
        // SAFETY: each cell has at least two words.
        unsafe { self.read(1) }
    }

    #[inline(always)]
    fn set_second(self, word: u64) {
        // SAFETY: each cell has at least two words, and the second one is not a slot.
        unsafe { self.write(1, word) };
    }

    /// Trims the cell to its first `slots` slots. Returns by how many bytes it is smaller.
    ///
    /// # Panics
    /// If the cell has fewer slots.
    pub fn trim(self, slots: usize) -> usize {
        let loaded = self.load();
        let (header, before, size) = (loaded.header, loaded.size(), HEADER + WORD * slots);
        let fewer = slots <= loaded.slot_count() && !header.is(Kind::Record);
        assert!(fewer, "a cell is trimmed to more slots than it has");
        let flags = header.bits() & (Header::REMEMBERED | Header::WAITED_FOR | Header::SITED);
        let new = if header.is_large() {
            // SAFETY: the cell is large and stays so.
            unsafe { self.set_large(slots, size) };
            Header::new(header.kind(), slots.min(Header::MANY), 0)
        } else {
            Header::new(header.kind(), slots, size)
        };
        self.set_header(new.with_tag(header.tag()).with(flags, true));
        before - size
    }

    /// The size in bytes of a large cell, and its number of slots.
    ///
    /// # Safety
    /// The cell's header says that it is large.
    #[inline(always)]
    unsafe fn large(self) -> (usize, usize) {
        // SAFETY: two words lie before a large cell, which `set_large` wrote.
        let words = unsafe { self.0.sub(BEFORE_LARGE / WORD) };
        // SAFETY: as above.
        let [size, slots] = unsafe { words.cast::<[u64; 2]>().read() };
        (size as usize, slots as usize)
    }

    /// Writes the size in bytes of a large cell, and its number of slots.
    ///
    /// # Safety
    /// [`BEFORE_LARGE`] bytes before the cell are mapped and no cell's.
    pub(super) unsafe fn set_large(self, slots: usize, size: usize) {
        // SAFETY: the words are mapped, as the caller knows.
        let words = unsafe { self.0.sub(BEFORE_LARGE / WORD) };
        // SAFETY: as above.
        unsafe { words.cast::<[u64; 2]>().write([size as u64, slots as u64]) };
    }

    /// The cell's size in bytes.
    #[inline(always)]
    pub fn size(self) -> usize {
        self.load().size()
    }

    /// The number of slots.
    #[inline(always)]
    pub fn slot_count(self) -> usize {
        self.load().slot_count()
    }

    #[inline(always)]
    pub fn set_tag(self, tag: Tag) {
        self.set_header(self.header().with_tag(tag));
    }

    /// Copies the cell's words to `to`, and leaves the forwarding address behind.
    ///
    /// # Safety
    /// `to` has as many bytes as the cell, and they are no other cell's.
    #[inline(always)]
    pub(super) unsafe fn copy_to(self, to: Self, size: usize) {
        match size {
            // Most cells: the first words and the last, which may be the same.
            // SAFETY: both cells have the number of words that the branch is for.
            16..=32 => unsafe { self.copy_ends::<2>(to, size / WORD) },
            // SAFETY: as above.
            33..=64 => unsafe { self.copy_ends::<4>(to, size / WORD) },
            // SAFETY: both are `size` bytes in mapped chunks, and an allocation overlaps no cell.
            _ => unsafe { self.0.copy_to_nonoverlapping(to.0, size / WORD) },
        }
        // SAFETY: each cell has a header, which the forwarding address replaces.
        unsafe { self.write(0, to.word().bits()) };
    }

    /// Copies the first `N` words and the last.
    ///
    /// # Safety
    /// Both cells have `words` words, which are from `N` to `2 * N`.
    #[inline(always)]
    unsafe fn copy_ends<const N: usize>(self, to: Self, words: usize) {
        for start in [0, words - N] {
            // SAFETY: the cell has `N` words from there on.
            let from = unsafe { self.0.add(start) };
            // SAFETY: as above, of the room that was allocated for it.
            let to = unsafe { to.0.add(start) };
            // SAFETY: as above; an allocation overlaps no cell.
            unsafe { from.copy_to_nonoverlapping(to, N) };
        }
    }

    /// The raw bytes behind the slots: their address and their length. A record has none: what lies there is of its type.
    #[inline]
    pub(super) fn raw(self) -> (NonNull<u8>, usize) {
        let loaded = self.load();
        let double = loaded.header.is(Kind::Double);
        let start = if double { WORD } else { HEADER + WORD * loaded.slot_count() };
        let record = loaded.header.is(Kind::Record);
        let length = if record { 0 } else { loaded.size() - start };
        // SAFETY: the raw bytes begin in the cell or at its end.
        (unsafe { self.byte(start) }, length)
    }

    /// How many raw bytes lie behind the slots.
    #[inline]
    pub fn raw_length(self) -> usize {
        self.raw().1
    }

    /// Copies raw bytes to those of a cell, as if through a buffer. The positions are offsets in bytes.
    ///
    /// # Panics
    /// If one of the cells has fewer.
    #[inline]
    pub fn copy_raw(self, offset: usize, to: Self, to_offset: usize, count: usize) {
        let ((from, from_length), (to, to_length)) = (self.raw(), to.raw());
        assert!(offset <= from_length && count <= from_length - offset, "raw bytes out of range");
        assert!(to_offset <= to_length && count <= to_length - to_offset, "raw bytes out of range");
        // SAFETY: the raw bytes are as long.
        let from = unsafe { from.add(offset) };
        // SAFETY: as above.
        let to = unsafe { to.add(to_offset) };
        // SAFETY: as above; raw bytes may be anything.
        unsafe { from.copy_to(to, count) };
    }

    /// Copies slots to those of a cell, as if through a buffer, without a write barrier.
    ///
    /// # Panics
    /// If one of the cells has fewer.
    #[inline]
    pub fn copy_slots(self, slot: usize, to: Self, to_slot: usize, count: usize) {
        for (cell, slot) in [(self, slot), (to, to_slot)] {
            let slots = cell.slot_count();
            assert!(slot <= slots && count <= slots - slot, "slots out of range");
        }
        // SAFETY: the slots are the cell's.
        let from = unsafe { self.0.add(SLOTS + slot) };
        // SAFETY: as above.
        let to = unsafe { to.0.add(SLOTS + to_slot) };
        // SAFETY: as above; what one slot holds another may hold.
        unsafe { from.copy_to(to, count) };
    }

    /// A double's number.
    ///
    /// # Panics
    /// If the cell is none.
    #[inline(always)]
    pub fn double(self) -> f64 {
        assert!(self.header().is(Kind::Double), "a double's number of another cell");
        f64::from_bits(self.second())
    }

    /// # Panics
    /// As [`double`](Self::double).
    #[inline(always)]
    pub fn set_double(self, number: f64) {
        assert!(self.header().is(Kind::Double), "a double's number of another cell");
        self.set_second(number.to_bits());
    }

    /// Prefetches the cell's header.
    #[inline(always)]
    pub fn prefetch(self) {
        self.prefetch_near(0);
    }

    /// Prefetches the memory `bytes` bytes after the cell's address, mapped or not.
    #[inline(always)]
    pub fn prefetch_near(self, bytes: isize) {
        prefetch(self.address().wrapping_add_signed(bytes));
    }
}

/// Prefetches an address, mapped or not.
#[inline(always)]
pub(super) fn prefetch(address: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch of any address is harmless, and SSE is part of x86-64.
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address as *const i8);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// A cell and its header, which has the number of slots and the size as long as the cell is not trimmed.
#[derive(Clone, Copy)]
pub struct Loaded {
    cell: Cell,
    header: Header,
}

impl Loaded {
    /// The cell at another address.
    ///
    /// # Safety
    /// The cell there was written with the same header.
    #[inline(always)]
    pub(super) unsafe fn at(self, cell: Cell) -> Self {
        Self { cell, ..self }
    }

    #[inline(always)]
    pub fn cell(self) -> Cell {
        self.cell
    }

    #[inline(always)]
    pub fn header(self) -> Header {
        self.header
    }

    /// The word of the cell's forwarding address, if it was moved.
    #[inline(always)]
    pub fn forwarded(self) -> Option<Word> {
        self.header.forwarded()
    }

    /// The cell's slots.
    #[inline(always)]
    pub fn slots(self) -> impl Iterator<Item = Slot> {
        self.range(0..self.slot_count())
    }

    /// The number of slots.
    #[inline(always)]
    pub fn slot_count(self) -> usize {
        match self.header.few_slots() {
            // SAFETY: no cell in a page has room for as many slots.
            Header::MANY => unsafe { self.cell.large() }.1,
            slots => slots,
        }
    }

    /// The cell's size in bytes.
    #[inline(always)]
    pub fn size(self) -> usize {
        match self.header.size_in_page() {
            // SAFETY: the size in the header of a large cell is 0.
            0 => unsafe { self.cell.large() }.0,
            size => size,
        }
    }

    /// The cell's size in bytes and its number of slots, by one test.
    #[inline(always)]
    pub fn extent(self) -> (usize, usize) {
        match self.header.size_in_page() {
            // SAFETY: the size in the header of a large cell is 0.
            0 => unsafe { self.cell.large() },
            size => (size, self.header.few_slots()),
        }
    }

    /// Whether the cell has the slot. Most cells are in a page, so their header is asked first.
    #[inline(always)]
    pub fn has_slot(self, index: usize) -> bool {
        index < self.header.few_slots() || index >= Header::MANY && index < self.slot_count()
    }

    /// A slot, if the cell has it.
    #[inline(always)]
    pub fn slot(self, index: usize) -> Option<Slot> {
        self.has_slot(index).then_some(Slot { cell: self.cell, index })
    }

    /// Some of the cell's slots.
    ///
    /// # Panics
    /// If the cell has no such slots.
    #[inline(always)]
    pub fn range(
        self,
        range: Range<usize>,
    ) -> impl ExactSizeIterator<Item = Slot> + DoubleEndedIterator {
        assert!(range.end <= self.slot_count(), "slots out of range");
        range.map(move |index| Slot { cell: self.cell, index })
    }
}

/// A slot that is known to exist; only [`Loaded`] makes it.
#[derive(Clone, Copy)]
pub struct Slot {
    cell: Cell,
    index: usize,
}

impl Slot {
    /// A slot of a cell.
    ///
    /// # Safety
    /// The cell has it.
    #[inline(always)]
    pub(super) unsafe fn of(cell: Cell, index: usize) -> Self {
        debug_assert!(index < cell.slot_count());
        Self { cell, index }
    }

    #[inline(always)]
    pub fn cell(self) -> Cell {
        self.cell
    }

    #[inline(always)]
    pub fn index(self) -> usize {
        self.index
    }

    #[inline(always)]
    pub fn get(self) -> Word {
        // SAFETY: the cell has the slot.
        let word = Word::from_bits(unsafe { self.cell.read(SLOTS + self.index) });
        #[cfg(zeal)]
        assert!(word != super::poison::POISON, "slot {} is released memory", self.index);
        word
    }

    #[inline(always)]
    pub fn set(self, word: Word) {
        // SAFETY: the cell has the slot, which holds tagged words.
        unsafe { self.cell.write(SLOTS + self.index, word.bits()) };
    }
}
