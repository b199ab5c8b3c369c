//! Tagged words, the contents of slots and handles (V8's `tagged.h`).
//!
//! A word is a small integer (bit 0 clear, the value in the upper half), a reference (bits 0 and 1 are `01`, the
//! cell's address plus one), or a constant (bits `11`).

/// A tagged value of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Word(u64);

impl Word {
    pub const UNDEFINED: Self = Self(3);
    pub const NULL: Self = Self(7);
    pub const HOLE: Self = Self(11);
    pub const TRUE: Self = Self(15);
    pub const FALSE: Self = Self(19);

    /// The reference to the cell at an address. Only cells make it.
    #[inline(always)]
    pub(super) fn reference(address: usize) -> Self {
        Self(address as u64 + 1)
    }

    #[inline(always)]
    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline(always)]
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// The small integer's word.
    #[inline(always)]
    pub const fn smi(number: i32) -> Self {
        Self((number as u32 as u64) << 32)
    }

    /// The number, if the word is a small integer.
    #[inline(always)]
    pub fn as_smi(self) -> Option<i32> {
        (self.0 & 1 == 0).then_some((self.0 >> 32) as u32 as i32)
    }

    /// The numbers, if both words are small integers.
    #[inline(always)]
    pub fn smis(a: Self, b: Self) -> Option<(i32, i32)> {
        ((a.0 | b.0) & 1 == 0).then_some(((a.0 >> 32) as i32, (b.0 >> 32) as i32))
    }

    /// The word of a count that a table keeps in a slot: an unsigned small integer of 32 bits.
    #[inline(always)]
    pub fn count(number: usize) -> Self {
        Self((number as u64) << 32)
    }

    /// The count that a table keeps in a slot.
    #[inline(always)]
    pub fn as_count(self) -> usize {
        (self.0 >> 32) as usize
    }

    /// A link of a table's chain: a number, and a hash of [`Self::LINK_HASH`]'s bits beside it. It reads as the small
    /// integer.
    #[inline(always)]
    pub fn link(number: i32, hash: u32) -> Self {
        Self(u64::from(number as u32) << 32 | u64::from(hash << 2))
    }

    /// The bits of a hash that a link has room for: its right bit tells a small integer, and the next one that it
    /// is no released memory.
    pub const LINK_HASH: u32 = u32::MAX >> 2;

    /// The hash beside a link's number.
    #[inline(always)]
    pub fn link_hash(self) -> u32 {
        self.0 as u32 >> 2
    }

    #[inline(always)]
    pub fn is_reference(self) -> bool {
        self.0 & 3 == 1
    }

    /// The address of the cell that the word refers to, if it is a reference.
    #[inline(always)]
    pub(super) fn address(self) -> Option<usize> {
        self.is_reference().then(|| (self.0 - 1) as usize)
    }

    /// Whether this is a reference to a cell in the `length` bytes from an address on.
    #[inline(always)]
    pub fn lies_in(self, start: usize, length: usize) -> bool {
        (self.0 as usize).wrapping_sub(start) < length
    }

    /// Whether the word is a link of a table's chain.
    #[cfg(zeal)]
    pub fn is_link(self) -> bool {
        self.0 & 3 == 0
    }

    /// Whether a slot can hold the word. It cannot hold poison or headers.
    #[cfg(zeal)]
    pub fn is_valid(self) -> bool {
        let constants = [Self::UNDEFINED, Self::NULL, Self::HOLE, Self::TRUE, Self::FALSE];
        self.is_reference() || constants.contains(&self) || self.0 as u32 == 0
    }
}
