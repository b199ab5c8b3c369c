//! The sizes of cells that programs ask for.

use crate::memory::cell::{HEADER, MAX_SIZE, WORD};
use crate::memory::header::Kind;

/// Whether cells of the kind have only slots and raw bytes, so that [`Scope::alloc`](super::Scope::alloc) makes them.
#[inline(always)]
pub(crate) fn is_plain(kind: Kind, slots: usize) -> bool {
    match kind {
        Kind::Native
        | Kind::Record
        | Kind::EphemeronTable
        | Kind::WeakCell
        | Kind::Registration
        | Kind::OrderedTable
        | Kind::ConsString
        | Kind::SlicedString
        | Kind::Free => false,
        Kind::Double | Kind::OneByteString | Kind::TwoByteString => slots == 0,
        _ => true,
    }
}

/// The raw bytes of a cell of `size` bytes.
#[inline(always)]
pub(crate) fn raw_bytes(size: usize, slots: usize) -> usize {
    size.saturating_sub(slots.saturating_mul(WORD).saturating_add(HEADER))
}

/// A cell's size in bytes: its header, slots and raw bytes, rounded up to whole words.
#[inline(always)]
pub(crate) fn cell_size(slots: usize, raw_bytes: usize) -> usize {
    if slots > MAX_SIZE / WORD || raw_bytes > MAX_SIZE {
        return oversize(slots, raw_bytes);
    }
    (HEADER + WORD * slots + raw_bytes).next_multiple_of(WORD)
}

/// As [`cell_size`], where the sum may overflow.
#[cold]
#[inline(never)]
fn oversize(slots: usize, raw_bytes: usize) -> usize {
    let size = slots.saturating_mul(WORD).saturating_add(raw_bytes).saturating_add(HEADER);
    size.checked_next_multiple_of(WORD).unwrap_or(usize::MAX)
}
