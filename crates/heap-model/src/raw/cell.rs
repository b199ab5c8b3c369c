//! Cells: a header word, a word for the identity hash, tagged slots, raw bytes.
//!
//! Header: bit 0 clear, kind (1 to 5), flags (6 to 9), size in words (10 to 36), slots (37 to 63).
//! While a cell is moved its header is the new cell's word, whose bit 0 is set. A tagged word is a
//! small integer (bit 0 clear, value in the upper half), a reference (bits 0 and 1 are `01`, the
//! cell's address less one), or a constant (bits `11`).

use core::ptr::NonNull;

/// Bytes before a cell's slots.
pub const HEADER: usize = 16;
/// Bytes of the largest cell.
pub const MAX_SIZE: usize = ((1 << 27) - 1) * 8;
/// Bytes of a word.
pub const WORD: usize = 8;

pub const UNDEFINED: u64 = 3;
pub const NULL: u64 = 7;
pub const HOLE: u64 = 11;
pub const TRUE: u64 = 15;
pub const FALSE: u64 = 19;

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Kind {
    /// Fields.
    Object,
    /// Elements.
    Array,
    /// One-byte characters.
    OneByteString,
    /// Two-byte characters.
    TwoByteString,
    /// Raw bytes.
    Bytes,
    /// A boxed double, whose raw bytes take the place of the identity hash.
    Double,
    /// A payload of Rust's that is dropped with the cell.
    Native,
    /// Captured variables.
    Context,
    /// A function.
    Closure,
    /// Weak keys with values.
    EphemeronTable = WEAK,
    /// A weak reference.
    WeakCell,
    /// What comes to light when its target dies.
    Registration,
    /// A rope of two strings.
    ConsString = 9,
    /// Memory that no cell has. It never is a value.
    #[doc(hidden)]
    Free = 15,
}

/// The number of the first kind with weak slots; a bit that only those have.
const WEAK: u8 = 16;

/// By the number in a header; what has no kind is free.
const KINDS: [Kind; 32] = {
    let all = [
        Kind::Object,
        Kind::Array,
        Kind::OneByteString,
        Kind::TwoByteString,
        Kind::Bytes,
        Kind::Double,
        Kind::Native,
        Kind::Context,
        Kind::Closure,
        Kind::EphemeronTable,
        Kind::WeakCell,
        Kind::Registration,
        Kind::ConsString,
    ];
    let mut kinds = [Kind::Free; 32];
    let mut number = 0;
    while number < all.len() {
        kinds[all[number] as usize] = all[number];
        number += 1;
    }
    kinds
};

/// A cell's header word.
#[derive(Clone, Copy)]
pub struct Header(pub u64);

impl Header {
    /// An old cell on the list of those that may refer to young ones.
    pub const REMEMBERED: u64 = 1 << 6;
    /// Entries of ephemeron tables wait for the cell to be marked.
    pub const WAITED_FOR: u64 = 1 << 7;
    /// The cell's allocation site counts it.
    pub const SITED: u64 = 1 << 8;
    /// A registration whose target is dead, on its owner's list.
    pub const LISTED: u64 = 1 << 9;
    /// A double that a walk has given an identity. Registrations are no doubles.
    pub const IDENTIFIED: u64 = Self::LISTED;
    /// An array of buckets, whose slots are the heap's alone. Registrations and doubles are no arrays.
    pub const BUCKETS: u64 = Self::LISTED;

    #[inline(always)]
    pub const fn new(kind: Kind, slots: usize, size: usize) -> Self {
        Self((kind as u64) << 1 | (size as u64 / 8) << 10 | (slots as u64) << 37)
    }

    #[inline(always)]
    pub fn kind(self) -> Kind {
        KINDS[((self.0 >> 1) & 31) as usize]
    }

    #[inline(always)]
    pub fn is(self, kind: Kind) -> bool {
        (self.0 >> 1) & 31 == kind as u64
    }

    /// Whether the kind has slots that are weak.
    #[inline(always)]
    pub fn is_weak(self) -> bool {
        self.has((WEAK as u64) << 1)
    }

    /// Whether the cell has slots that are the heap's: weak ones, or buckets. Also of a double, which has none,
    /// that a walk has given an identity.
    #[inline(always)]
    pub fn is_guarded(self) -> bool {
        self.has((WEAK as u64) << 1 | Self::BUCKETS)
    }

    #[inline(always)]
    pub fn slots(self) -> usize {
        (self.0 >> 37) as usize
    }

    /// The cell's size in bytes.
    #[inline(always)]
    pub fn size(self) -> usize {
        (((self.0 >> 10) & ((1 << 27) - 1)) * 8) as usize
    }

    /// The new cell's word, if the cell has moved.
    #[inline(always)]
    pub fn forwarded(self) -> Option<u64> {
        (self.0 & 1 == 1).then_some(self.0)
    }

    #[inline(always)]
    pub fn has(self, flag: u64) -> bool {
        self.0 & flag != 0
    }
}

/// Whether a tagged word is a reference.
#[inline(always)]
pub fn is_reference(word: u64) -> bool {
    word & 3 == 1
}

/// The small integer's word.
#[inline(always)]
pub fn smi(number: i32) -> u64 {
    u64::from(number as u32) << 32
}

/// A cell in the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell(NonNull<u64>);

// SAFETY: a cell belongs to a heap, and is used by whoever has the heap.
unsafe impl Send for Cell {}

impl Cell {
    /// The cell at an address in a chunk.
    #[inline(always)]
    pub fn at(address: usize) -> Self {
        debug_assert!(address.is_multiple_of(8) && address != 0);
        // SAFETY: addresses in chunks are not null.
        Self(unsafe { NonNull::new_unchecked(address as *mut u64) })
    }

    /// The cell that a tagged word refers to, if it is a reference.
    #[inline(always)]
    pub fn of(word: u64) -> Option<Self> {
        is_reference(word).then(|| Self::at((word - 1) as usize))
    }

    #[inline(always)]
    pub fn word(self) -> u64 {
        self.address() as u64 + 1
    }

    #[inline(always)]
    pub fn address(self) -> usize {
        self.0.as_ptr() as usize
    }

    #[inline(always)]
    fn read(self, index: usize) -> u64 {
        // SAFETY: callers stay within the cell, which is mapped and aligned.
        let place = unsafe { self.0.add(index) };
        // SAFETY: as above.
        unsafe { place.read() }
    }

    #[inline(always)]
    fn write(self, index: usize, word: u64) {
        // SAFETY: callers stay within the cell, which is mapped and aligned.
        let place = unsafe { self.0.add(index) };
        // SAFETY: as above.
        unsafe { place.write(word) };
    }

    #[inline(always)]
    pub fn header(self) -> Header {
        Header(self.read(0))
    }

    #[inline(always)]
    pub fn set_header(self, header: u64) {
        self.write(0, header);
    }

    pub fn set_flag(self, flag: u64, on: bool) {
        let header = self.header().0;
        self.set_header(if on { header | flag } else { header & !flag });
    }

    /// A slot, which the cell must have.
    #[inline(always)]
    pub fn slot(self, slot: usize) -> u64 {
        debug_assert!(slot < self.header().slots());
        let word = self.read(2 + slot);
        #[cfg(zeal)]
        assert!(word != crate::verify::POISON, "slot {slot} is released memory");
        word
    }

    #[inline(always)]
    pub fn set_slot(self, slot: usize, word: u64) {
        debug_assert!(slot < self.header().slots());
        self.write(2 + slot, word);
    }

    /// The identity hash, or 0 if it has none yet. The cell is not a double.
    #[inline(always)]
    pub fn hash(self) -> u32 {
        self.read(1) as u32
    }

    #[inline(always)]
    pub fn set_hash(self, hash: u32) {
        self.write(1, self.read(1) >> 32 << 32 | u64::from(hash));
    }

    /// The number beside the hash: a native cell's payload, the hash of a registration's token, the bytes by
    /// which a string's cell is longer than it, another's allocation site or place in an ephemeron
    /// table; while it is waited for, the first that waits.
    #[inline(always)]
    pub fn aux(self) -> u32 {
        (self.read(1) >> 32) as u32
    }

    #[inline(always)]
    pub fn set_aux(self, aux: u32) {
        self.write(1, u64::from(self.hash()) | u64::from(aux) << 32);
    }

    /// Writes a fresh cell: slots undefined, raw bytes zero.
    #[inline(always)]
    pub fn format(self, kind: Kind, size: usize, slots: usize) {
        self.format_zeroed(kind, size, slots);
        for word in 2 + slots..size / WORD {
            self.write(word, 0);
        }
    }

    /// As [`format`](Self::format), where the raw bytes are zero already.
    #[inline(always)]
    pub fn format_zeroed(self, kind: Kind, size: usize, slots: usize) {
        self.format_header(kind, size, slots);
        for slot in 0..slots {
            self.write(2 + slot, UNDEFINED);
        }
    }

    /// Writes a fresh cell's header and no slots.
    #[inline(always)]
    pub fn format_header(self, kind: Kind, size: usize, slots: usize) {
        self.write_two(0, Header::new(kind, slots, size).0, 0);
    }

    /// Writes a fresh young cell's slots, of which it must have as many.
    #[inline(always)]
    pub fn fill_slots(self, mut words: impl ExactSizeIterator<Item = u64>) {
        debug_assert!(words.len() == self.header().slots());
        for slot in (0..words.len()).step_by(2) {
            match (words.next(), words.next()) {
                (Some(first), Some(second)) => self.write_two(2 + slot, first, second),
                (Some(last), None) => self.write(2 + slot, last),
                (None, _) => {}
            }
        }
    }

    /// Writes a word and the next in one, where the processor can: what a fresh cell costs is how often it is
    /// written to.
    #[inline(always)]
    fn write_two(self, index: usize, first: u64, second: u64) {
        #[cfg(target_arch = "x86_64")]
        {
            use core::arch::x86_64::{_mm_set_epi64x, _mm_storeu_si128};
            // SAFETY: callers stay within the cell, which is mapped.
            let place = unsafe { self.0.add(index) };
            // SAFETY: SSE2 is part of x86-64.
            let words = unsafe { _mm_set_epi64x(second as i64, first as i64) };
            // SAFETY: as above; the place is within the cell, and the store needs no alignment.
            unsafe { _mm_storeu_si128(place.as_ptr().cast(), words) };
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            self.write(index, first);
            self.write(index + 1, second);
        }
    }

    /// Leaves the cell its first `slots` slots and nothing behind them, and gives by how many bytes
    /// it is smaller.
    pub fn trim(self, slots: usize) -> usize {
        let header = self.header();
        debug_assert!(slots <= header.slots());
        let size = HEADER + WORD * slots;
        let flags = header.0 & (Header::REMEMBERED | Header::WAITED_FOR | Header::SITED);
        self.set_header(Header::new(header.kind(), slots, size).0 | flags);
        header.size() - size
    }

    /// Writes that `size` bytes from here on are no cell's.
    pub fn format_free(self, size: usize) {
        #[cfg(zeal)]
        crate::verify::poison(self.address(), self.address() + size);
        self.write(0, Header::new(Kind::Free, 0, size).0);
    }

    /// Copies the cell's words to where `size` bytes were allocated, and says there where it went.
    #[inline(always)]
    pub fn move_to(self, to: Self, size: usize) {
        match size {
            // Most cells: the first words and the last, which may be the same.
            16..=32 => self.copy_ends::<2>(to, size / WORD),
            33..=64 => self.copy_ends::<4>(to, size / WORD),
            _ => {
                // SAFETY: both are `size` bytes in mapped chunks, and an allocation overlaps no cell.
                unsafe { self.0.copy_to_nonoverlapping(to.0, size / WORD) };
            }
        }
        self.write(0, to.word());
    }

    /// Copies the first `N` words and the last of a cell that has `N` to `2 * N`.
    #[inline(always)]
    fn copy_ends<const N: usize>(self, to: Self, words: usize) {
        for start in [0, words - N] {
            // SAFETY: callers see to it that the cell has `N` words from there on.
            let from = unsafe { self.0.add(start) };
            // SAFETY: as above, of the room that was allocated for it.
            let to = unsafe { to.0.add(start) };
            // SAFETY: as above; an allocation overlaps no cell.
            unsafe { from.copy_to_nonoverlapping(to, N) };
        }
    }

    /// Where the raw bytes begin, and how many they are.
    fn raw_range(self) -> (usize, usize) {
        let header = self.header();
        let start = if header.is(Kind::Double) { WORD } else { HEADER + WORD * header.slots() };
        (start, header.size() - start)
    }

    /// The raw bytes behind the slots. They must not be kept past an allocation.
    pub fn raw<'a>(self) -> &'a [u8] {
        let (start, length) = self.raw_range();
        // SAFETY: the range lies in the cell, and its words are initialised.
        let start = unsafe { self.0.cast::<u8>().add(start) };
        // SAFETY: as above; callers bind the lifetime to the borrow of their heap.
        unsafe { core::slice::from_raw_parts(start.as_ptr(), length) }
    }

    /// The raw bytes behind the slots, to be changed. They must not be kept past an allocation, and
    /// the caller has the heap to itself.
    pub fn raw_mut<'a>(self) -> &'a mut [u8] {
        let (start, length) = self.raw_range();
        // SAFETY: the range lies in the cell, and its words are initialised.
        let start = unsafe { self.0.cast::<u8>().add(start) };
        // SAFETY: as above; callers bind the lifetime to the mutable borrow of their heap.
        unsafe { core::slice::from_raw_parts_mut(start.as_ptr(), length) }
    }

    /// Asks the processor to load the cell's header.
    #[inline(always)]
    pub fn prefetch(self) {
        self.prefetch_near(0);
    }

    /// Asks the processor to load what lies so many bytes from the cell's address, be it mapped or not.
    #[inline(always)]
    pub fn prefetch_near(self, bytes: isize) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a prefetch of any address is harmless, and SSE is part of x86-64.
        unsafe {
            core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(
                self.0.as_ptr().cast::<i8>().wrapping_offset(bytes),
            );
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = bytes;
    }
}
