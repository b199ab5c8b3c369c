//! Looking at registers: what is seen borrows them, so it cannot be kept over a write, an allocation or a return.

use super::Registers;
use crate::error::AccessError;
use crate::memory::handles::ReadWord;
use crate::memory::header::{Kind, Tag};
use crate::memory::word::Word;
use crate::scope::view::{Seen, View};

/// A word of a register or a slot, while it is looked at.
///
/// Two are equal if they are one constant, one small integer or one cell: it is identity, and one comparison of words.
///
/// ```
/// use heap_model::{Heap, HeapOptions, Kind, Tagged};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// let mut machine = heap.registers();
/// machine.push(3)?;
/// machine.alloc(0, Kind::Object, 1, 0)?;
/// machine.copy(1, 0);
/// assert!(machine.get(0) == machine.get(1) && machine.get(0).is_kind(Kind::Object));
/// assert!(machine.get(2) == Tagged::UNDEFINED && !machine.get(2).is_cell());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tagged<'a> {
    word: ReadWord<'a>,
}

impl Tagged<'static> {
    /// `undefined`.
    pub const UNDEFINED: Self = Self::constant(Word::UNDEFINED);
    /// `null`.
    pub const NULL: Self = Self::constant(Word::NULL);
    /// An element that is not there.
    pub const HOLE: Self = Self::constant(Word::HOLE);
    /// The boolean.
    pub const TRUE: Self = Self::constant(Word::TRUE);
    /// The boolean.
    pub const FALSE: Self = Self::constant(Word::FALSE);

    const fn constant(word: Word) -> Self {
        Self { word: ReadWord::constant(word) }
    }

    /// A small integer.
    #[inline(always)]
    #[must_use]
    pub fn smi(number: i32) -> Self {
        Self::constant(Word::smi(number))
    }
}

impl<'a> Tagged<'a> {
    #[inline(always)]
    pub(super) fn of(word: ReadWord<'a>) -> Self {
        Self { word }
    }

    /// The number, if it is a small integer.
    #[inline(always)]
    #[must_use]
    pub fn as_smi(self) -> Option<i32> {
        self.word.word().as_smi()
    }

    /// Whether it is a small integer.
    #[inline(always)]
    #[must_use]
    pub fn is_smi(self) -> bool {
        self.as_smi().is_some()
    }

    /// Whether it is a cell.
    #[inline(always)]
    #[must_use]
    pub fn is_cell(self) -> bool {
        self.word.word().is_reference()
    }

    /// Whether it is `undefined` or `null`.
    #[inline(always)]
    #[must_use]
    pub fn is_nullish(self) -> bool {
        self == Tagged::UNDEFINED || self == Tagged::NULL
    }

    /// The boolean, if it is one.
    #[inline(always)]
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.word.word() {
            Word::TRUE => Some(true),
            Word::FALSE => Some(false),
            _ => None,
        }
    }

    /// The cell, if it is one.
    #[inline(always)]
    #[must_use]
    pub fn view(self) -> Option<View<'a>> {
        self.word.cell().map(View::of)
    }

    /// The cell's kind, if it is one.
    #[inline(always)]
    #[must_use]
    pub fn kind(self) -> Option<Kind> {
        self.view().map(View::kind)
    }

    /// Whether it is a cell of this kind.
    #[inline(always)]
    #[must_use]
    pub fn is_kind(self, kind: Kind) -> bool {
        self.word.cell().is_some_and(|cell| cell.cell().header().is(kind))
    }

    /// Whether it is a cell of this kind and with this tag: a load and a comparison.
    #[inline(always)]
    #[must_use]
    pub fn is_tagged(self, kind: Kind, tag: Tag) -> bool {
        self.view().is_some_and(|view| view.is_tagged(kind, tag))
    }

    /// The number, if it is a small integer or a [`Kind::Double`].
    #[inline(always)]
    #[must_use]
    pub fn number(self) -> Option<f64> {
        match self.as_smi() {
            Some(number) => Some(f64::from(number)),
            None => self.f64(),
        }
    }

    /// The number, if it is a [`Kind::Double`].
    #[inline(always)]
    #[must_use]
    pub fn f64(self) -> Option<f64> {
        let cell = self.word.cell()?;
        cell.cell().header().is(Kind::Double).then(|| cell.double())
    }

    /// What it is, to be matched.
    #[inline(always)]
    #[must_use]
    pub fn seen(self) -> Seen<'a> {
        Seen::of(self.word)
    }
}

impl<'a> View<'a> {
    /// Reads a slot, as a word that can be compared with others. Constant time.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[inline(always)]
    pub fn tagged(self, slot: usize) -> Result<Tagged<'a>, AccessError> {
        Ok(Tagged::of(self.word(slot)?))
    }
}

impl Registers<'_> {
    /// Looks at a register. Constant time, as all here.
    #[inline(always)]
    #[must_use]
    #[track_caller]
    pub fn get(&self, register: usize) -> Tagged<'_> {
        let word = self.stack().get(register);
        Tagged::of(self.heap.roots.handles.reading_word(word))
    }

    /// The number, if the register is a small integer.
    #[inline(always)]
    #[must_use]
    #[track_caller]
    pub fn smi(&self, register: usize) -> Option<i32> {
        self.stack().get(register).as_smi()
    }

    /// The numbers, if both registers are small integers: one test for both.
    #[inline(always)]
    #[must_use]
    #[track_caller]
    pub fn smis(&self, a: usize, b: usize) -> Option<(i32, i32)> {
        Word::smis(self.stack().get(a), self.stack().get(b))
    }

    /// The number, if the register is a small integer or a [`Kind::Double`].
    #[inline(always)]
    #[must_use]
    #[track_caller]
    pub fn number(&self, register: usize) -> Option<f64> {
        self.get(register).number()
    }

    /// Reads a register's cell and what it refers to, without handles.
    ///
    /// # Errors
    /// [`AccessError::NoCell`].
    #[inline(always)]
    #[track_caller]
    pub fn view(&self, register: usize) -> Result<View<'_>, AccessError> {
        self.get(register).view().ok_or(AccessError::NoCell)
    }

    /// Looks at a slot of a register's cell.
    ///
    /// # Errors
    /// [`AccessError::NoCell`]; [`AccessError::SlotOutOfRange`] and [`AccessError::WrongKind`] as [`View::get`].
    #[inline(always)]
    #[track_caller]
    pub fn peek(&self, register: usize, slot: usize) -> Result<Tagged<'_>, AccessError> {
        self.view(register)?.tagged(slot)
    }
}
