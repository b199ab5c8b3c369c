//! Reading without handles: no cell moves while its scope is borrowed.

use super::{Local, Scope};
use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::memory::handles::{ReadWord, Reading};
use crate::memory::header::{Header, Kind, Tag};
use crate::memory::word::Word;
use crate::node_id::NodeId;
use crate::observe::walk::Node;
use crate::tables::registration;
use crate::text::{Pieces, Units};

/// Prefetch distance in bytes: reading a cell prefetches the memory this far after it. Cells that refer to one another
/// were often made one after the other, and are read in that order. The processor's own prefetch stops at the end of a
/// page. Where cells are read in no order, the cost was too small to be measured.
pub(crate) const READ_AHEAD: isize = 2048;

/// A cell, for reading.
///
/// It borrows its scope, so nothing is allocated or moved while it lives. Following references makes no handles.
///
/// ```
/// use heap_model::{Heap, HeapOptions, Kind, Seen, Value, View};
///
/// fn length(list: View<'_>) -> usize {
///     match list.get(0) {
///         Ok(Seen::Ref(rest)) => 1 + length(rest),
///         _ => 1,
///     }
/// }
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), heap_model::HeapError> {
///     let last = scope.alloc(Kind::Object, 1, 0)?;
///     let first = scope.alloc_with(Kind::Object, &[Value::Ref(last)])?;
///     assert_eq!(length(scope.view(first)?), 2);
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct View<'a> {
    reading: Reading<'a>,
}

/// What a slot holds, as a [`View`] reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seen<'a> {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// An element that is absent.
    Hole,
    /// A boolean.
    Bool(bool),
    /// A small integer.
    Smi(i32),
    /// A cell.
    Ref(View<'a>),
}

impl<'a> Seen<'a> {
    #[inline(always)]
    pub(crate) fn of(word: ReadWord<'a>) -> Self {
        if let Some(reading) = word.cell() {
            return Self::Ref(View { reading });
        }
        let word = word.word();
        if let Some(number) = word.as_smi() {
            return Self::Smi(number);
        }
        match word {
            Word::NULL => Self::Null,
            Word::HOLE => Self::Hole,
            Word::TRUE => Self::Bool(true),
            Word::FALSE => Self::Bool(false),
            _ => Self::Undefined,
        }
    }
}

impl<'a> View<'a> {
    /// The cell's kind. All functions of a view take constant time.
    #[inline(always)]
    #[must_use]
    pub fn kind(self) -> Kind {
        self.cell().header().kind()
    }

    /// The cell's tag.
    #[inline(always)]
    #[must_use]
    pub fn tag(self) -> Tag {
        self.cell().header().tag()
    }

    /// Whether the cell is of this kind and has this tag: one comparison.
    #[inline(always)]
    #[must_use]
    pub fn is_tagged(self, kind: Kind, tag: Tag) -> bool {
        self.cell().header().is_tagged(kind, tag)
    }

    /// The cell's size in bytes, header included.
    #[inline(always)]
    #[must_use]
    pub fn size(self) -> usize {
        self.cell().size()
    }

    /// The number of slots; in an ephemeron table or a registration the heap's own slots count too.
    #[inline(always)]
    #[must_use]
    pub fn slot_count(self) -> usize {
        self.cell().slot_count()
    }

    /// Reads a slot.
    ///
    /// # Errors
    /// [`AccessError::SlotOutOfRange`]; [`AccessError::WrongKind`] for a slot of a table or a weak reference, or a
    /// weak one of a registration.
    #[inline(always)]
    pub fn get(self, slot: usize) -> Result<Seen<'a>, AccessError> {
        let word = self.word(slot)?;
        if let Some(cell) = Cell::of(word.word()) {
            cell.prefetch_near(READ_AHEAD);
        }
        Ok(Seen::of(word))
    }

    /// A slot's word.
    #[inline(always)]
    pub(crate) fn word(self, slot: usize) -> Result<ReadWord<'a>, AccessError> {
        let cell = self.cell().load();
        let header = cell.header();
        if header.is_of_heap() && !is_readable(header, slot) {
            return Err(AccessError::WrongKind);
        }
        let outside = || AccessError::SlotOutOfRange { slot, len: cell.slot_count() };
        let slot = cell.slot(slot).ok_or_else(outside)?;
        Ok(self.reading.word(slot.get()))
    }

    #[inline(always)]
    pub(crate) fn of(reading: Reading<'a>) -> Self {
        Self { reading }
    }

    /// `N` raw bytes at an offset in bytes.
    #[inline(always)]
    pub(crate) fn raw<const N: usize>(self, offset: usize) -> Result<[u8; N], AccessError> {
        let bytes = self.bytes()?;
        let found = bytes.get(offset..).and_then(|bytes| bytes.first_chunk());
        let (end, len) = (offset.saturating_add(N), bytes.len());
        found.copied().ok_or(AccessError::BytesOutOfRange { end, len })
    }

    /// The raw bytes behind the slots, as [`Scope::bytes`] gives them.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for a native cell.
    #[inline]
    pub fn bytes(self) -> Result<&'a [u8], AccessError> {
        if self.cell().header().is(Kind::Native) {
            return Err(AccessError::WrongKind);
        }
        Ok(self.reading.bytes())
    }

    #[inline(always)]
    pub(crate) fn reading(self) -> Reading<'a> {
        self.reading
    }

    #[inline(always)]
    pub(crate) fn cell(self) -> Cell {
        self.reading.cell()
    }

    /// The cell's identity, if a walk or a weak collection has given it one. Only walks know a double's or a string's.
    #[must_use]
    pub fn id(self) -> Option<NodeId> {
        let hash = if self.cell().header().has_identity() { self.cell().hash() } else { 0 };
        (hash != 0).then(|| NodeId::of_hash(hash))
    }
}

impl View<'_> {
    /// The text of a string that is neither rope nor slice, its first `most` UTF-16 units; what is no UTF-16 becomes
    /// U+FFFD. `None` of other cells. O(most).
    #[must_use]
    pub fn flat_text(self, most: usize) -> Option<String> {
        if !matches!(self.kind(), Kind::OneByteString | Kind::TwoByteString) {
            return None;
        }
        let pieces = Pieces::of(self.cell());
        let units = pieces.flat_map(|piece| Units::of_reading(piece, self.reading()).iter());
        let text = char::decode_utf16(units.take(most));
        Some(text.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }
}

impl Heap {
    /// Visits cells as [`walk`](Self::walk) does, each with a view of it.
    ///
    /// ```
    /// use heap_model::{Heap, HeapOptions, Kind, Seen, Value};
    ///
    /// let mut heap = Heap::new(HeapOptions::default())?;
    /// let root = heap.enter(|scope| -> Result<_, heap_model::HeapError> {
    ///     let cell = scope.alloc_with(Kind::Object, &[Value::Smi(7)])?;
    ///     Ok(scope.global(cell)?)
    /// })?;
    /// let mut seen = Vec::new();
    /// heap.walk_views(|node, view| seen.push((node.kind, view.get(0) == Ok(Seen::Smi(7)))));
    /// assert_eq!(seen, [(Kind::Object, true)]);
    /// # drop(root);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn walk_views(&mut self, mut visit: impl FnMut(&Node, View<'_>)) {
        self.walk_readings(|node, reading| visit(node, View::of(reading)));
    }
}

impl Scope<'_> {
    /// A view of a cell, from which its references can be followed without handles. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    #[inline(always)]
    pub fn view(&self, cell: Local<'_>) -> Result<View<'_>, AccessError> {
        Ok(View { reading: self.reading(cell)? })
    }
}

/// Whether a slot that its program may not write may be read: a record's, or a registration's strong one.
fn is_readable(header: Header, slot: usize) -> bool {
    header.is(Kind::Record) || header.is(Kind::Registration) && slot >= registration::STRONG
}
