//! Poison (`--cfg zeal`): released memory is overwritten, so that stale references are found.
#![expect(unsafe_code, reason = "released memory is overwritten by address")]

use super::header::{Header, Kind};
use super::word::Word;

/// The word of released memory: as a header that of a free word; as a slot no value, because the lower half of a small
/// integer is zero.
pub const POISON: Word = Word::from_bits(Header::new(Kind::Free, 0, 8).bits());

fn words(start: usize, end: usize) -> impl Iterator<Item = *mut u64> {
    (start..end).step_by(8).map(|address| address as *mut u64)
}

/// Overwrites the memory between two addresses.
///
/// # Safety
/// The memory is mapped, consists of whole words, and holds no cell.
pub(super) unsafe fn overwrite(start: usize, end: usize) {
    for word in words(start, end) {
        // SAFETY: the word is mapped and no cell's, as the caller knows.
        unsafe { word.write(POISON.bits()) };
    }
}

/// Whether the memory between two addresses of a heap is poisoned.
#[cfg(test)]
pub fn is_overwritten(start: usize, end: usize) -> bool {
    // SAFETY: the test has a heap in which this memory is mapped.
    words(start, end).all(|word| unsafe { word.read() } == POISON.bits())
}

#[cfg(test)]
mod tests {
    use super::{POISON, is_overwritten};
    use crate::memory::cell::{Cell, WORD};
    use crate::memory::header::Kind;
    use crate::memory::mapping::{Mapping, PAGE};
    use crate::memory::room::Run;

    #[test]
    fn poison_is_walked_over_word_by_word_and_is_no_value() {
        let mut mapping = Mapping::new(PAGE).unwrap();
        mapping.poison(0..64);
        let (start, end) = (mapping.start(), mapping.start() + 64);
        assert!(is_overwritten(start, end));
        let mut cells = Run::between(start, end);
        let cells: Vec<Cell> = std::iter::from_fn(|| cells.next()).collect();
        assert_eq!(cells.len(), 64 / WORD);
        assert!(cells.iter().all(|cell| cell.header().is(Kind::Free)));
        assert!(cells.iter().all(|cell| cell.forwarded().is_none()));
        assert!(!POISON.is_valid() && !POISON.is_reference());
    }
}
