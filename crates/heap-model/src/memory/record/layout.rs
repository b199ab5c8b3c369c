//! What a record's type says of its cells, and what a cell is known to be by it.
#![expect(unsafe_code, reason = "a record's data lies in its cell's raw bytes")]

use super::filler::Filler;
use crate::memory::cell::{Cell, HEADER, MAX_SIZE, Slot, WORD};
use crate::memory::word::Word;
use core::marker::PhantomData;

/// What can lie in a record's raw bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot lie in a record's raw bytes",
    label = "neither plain nor a slot",
    note = "a plain field is `Copy`, `Send` and `'static`; `#[payload]` puts another one beside the heap"
)]
pub trait Plain: Copy + Send + 'static {}

impl<P: Copy + Send + 'static> Plain for P {}

/// What a record type's cells consist of.
pub trait Layout: 'static {
    /// What its slots hold.
    type Slots: Slots;
    /// What lies in its raw bytes.
    type Data: Plain;
    /// The number of its payload, or nothing.
    type Index: Number;
    /// What follows.
    type Tail: Tail;
    /// The number that the program chose for the type.
    const TAG: Option<u8> = None;
}

/// A type whose handles refer to records of a layout.
pub trait Described {
    /// The layout.
    type Layout: Layout;
}

mod sealed {
    pub trait Sealed {}
}
use sealed::Sealed;

/// What one field's slots hold.
pub trait SlotKind: Sealed + 'static {
    /// How many slots.
    const WIDTH: usize;
    /// What each of them holds.
    type Element: Element;
    /// What all are filled with.
    type All;

    /// Fills the slots of a new cell.
    fn fill(all: Self::All, filler: &mut Filler);
}

/// What one slot holds.
pub trait Element: SlotKind<Element = Self> {
    /// What it is known to be.
    type Stored: Copy;

    /// What its one slot is filled with.
    fn all(stored: Self::Stored) -> Self::All;

    /// Its word.
    fn word(stored: Self::Stored) -> Word;

    /// What a word is known to be.
    ///
    /// # Safety
    /// [`word`](Self::word) made it, or a collector that moved the cell.
    unsafe fn stored(word: Word) -> Self::Stored;
}

/// A record of one type.
pub struct Strong<L>(PhantomData<fn() -> L>);
/// A record of one type, or none.
pub struct Nullable<L>(PhantomData<fn() -> L>);
/// Whatever a slot can hold.
pub struct Any;
/// So many of one kind.
pub struct Many<E, const N: usize>(PhantomData<fn() -> E>);

impl<L> Sealed for Strong<L> {}
impl<L> Sealed for Nullable<L> {}
impl Sealed for Any {}
impl<E, const N: usize> Sealed for Many<E, N> {}

macro_rules! one_slot {
    () => {
        const WIDTH: usize = 1;
        type Element = Self;
        type All = <Self as Element>::Stored;

        #[inline(always)]
        fn fill(all: Self::All, filler: &mut Filler) {
            filler.push(Self::word(all));
        }
    };
}

impl<L: Layout> SlotKind for Strong<L> {
    one_slot! {}
}

impl<L: Layout> Element for Strong<L> {
    type Stored = Known<L>;

    #[inline(always)]
    fn all(stored: Self::Stored) -> Self::All {
        stored
    }

    #[inline(always)]
    fn word(stored: Known<L>) -> Word {
        stored.cell.word()
    }

    #[inline(always)]
    unsafe fn stored(word: Word) -> Known<L> {
        // SAFETY: the word is of a cell, as the caller knows.
        let cell = unsafe { Cell::of_reference(word) };
        // SAFETY: the cell is such a record, as the caller knows.
        unsafe { Known::new(cell) }
    }
}

impl<L: Layout> SlotKind for Nullable<L> {
    one_slot! {}
}

impl<L: Layout> Element for Nullable<L> {
    type Stored = Option<Known<L>>;

    #[inline(always)]
    fn all(stored: Self::Stored) -> Self::All {
        stored
    }

    #[inline(always)]
    fn word(stored: Option<Known<L>>) -> Word {
        stored.map_or(Word::NULL, |known| known.cell.word())
    }

    #[inline(always)]
    unsafe fn stored(word: Word) -> Option<Known<L>> {
        // SAFETY: a reference is of such a record, as the caller knows.
        Cell::of(word).map(|cell| unsafe { Known::new(cell) })
    }
}

impl SlotKind for Any {
    one_slot! {}
}

impl Element for Any {
    type Stored = Word;

    #[inline(always)]
    fn all(stored: Self::Stored) -> Self::All {
        stored
    }

    #[inline(always)]
    fn word(stored: Word) -> Word {
        stored
    }

    #[inline(always)]
    unsafe fn stored(word: Word) -> Word {
        word
    }
}

impl<E: Element, const N: usize> SlotKind for Many<E, N> {
    const WIDTH: usize = N;
    type Element = E;
    type All = [E::Stored; N];

    #[inline(always)]
    fn fill(all: Self::All, filler: &mut Filler) {
        all.into_iter().for_each(|stored| filler.push(E::word(stored)));
    }
}

/// What the slots of all fields hold: the first field's, and those behind.
pub trait Slots: Sealed + 'static {
    /// How many slots.
    const COUNT: usize;
    /// What they are filled with.
    type All;

    /// As [`SlotKind::fill`].
    fn fill(all: Self::All, filler: &mut Filler);
}

impl Sealed for () {}
impl<K, R> Sealed for (K, R) {}

impl Slots for () {
    const COUNT: usize = 0;
    type All = ();

    #[inline(always)]
    fn fill((): (), _: &mut Filler) {}
}

impl<K: SlotKind, R: Slots> Slots for (K, R) {
    const COUNT: usize = K::WIDTH + R::COUNT;
    type All = (K::All, R::All);

    #[inline(always)]
    fn fill((first, rest): Self::All, filler: &mut Filler) {
        K::fill(first, filler);
        R::fill(rest, filler);
    }
}

/// The field that comes first.
pub struct First;
/// The field behind another.
pub struct Next<I>(PhantomData<I>);

/// Fields of which one is at `I`.
pub trait Has<I>: Slots {
    /// What its slots hold.
    type Kind: SlotKind;
    /// Its first slot.
    const SLOT: usize;
}

impl<K: SlotKind, R: Slots> Has<First> for (K, R) {
    type Kind = K;
    const SLOT: usize = 0;
}

impl<K: SlotKind, R: Has<I>, I> Has<Next<I>> for (K, R) {
    type Kind = R::Kind;
    const SLOT: usize = K::WIDTH + R::SLOT;
}

/// What follows a record's fields: as many of one kind as the record was made with.
pub trait Tail: Sealed + 'static {
    /// What its slots hold.
    type Element: Element;
    /// What its raw bytes hold.
    type Plain: Plain;
    /// How many those are, where they can be some.
    type Count: Number;
    /// Whether it has slots.
    const SLOTS: bool;
}

/// A number that some records have in their raw bytes and others have not.
pub trait Number: Sealed + Copy + 'static {
    /// It, where there is one.
    fn of(number: u32) -> Self;

    /// It, or 0 where there is none.
    fn get(self) -> u32;
}

impl Number for () {
    #[inline(always)]
    fn of(_: u32) {}

    #[inline(always)]
    fn get(self) -> u32 {
        0
    }
}

impl Sealed for u32 {}
impl Number for u32 {
    #[inline(always)]
    fn of(number: u32) -> u32 {
        number
    }

    #[inline(always)]
    fn get(self) -> u32 {
        self
    }
}

/// No tail.
pub struct NoTail;
/// Slots.
pub struct SlotTail<E>(PhantomData<fn() -> E>);
/// Plain values.
pub struct PlainTail<P>(PhantomData<fn() -> P>);

impl Sealed for NoTail {}
impl<E> Sealed for SlotTail<E> {}
impl<P> Sealed for PlainTail<P> {}

impl Tail for NoTail {
    type Element = Any;
    type Plain = u8;
    type Count = ();
    const SLOTS: bool = false;
}

impl<E: Element> Tail for SlotTail<E> {
    type Element = E;
    type Plain = u8;
    type Count = ();
    const SLOTS: bool = true;
}

impl<P: Plain> Tail for PlainTail<P> {
    type Element = Any;
    type Plain = P;
    type Count = u32;
    const SLOTS: bool = false;
}

/// What the slots of a layout's fields are filled with.
pub type Fields<L> = <<L as Layout>::Slots as Slots>::All;
/// What a slot of a layout's tail is known to hold.
pub type TailStored<L> = <<<L as Layout>::Tail as Tail>::Element as Element>::Stored;
/// What the raw bytes of a layout's tail hold.
pub type TailPlain<L> = <<L as Layout>::Tail as Tail>::Plain;
/// What one of a field's slots holds.
pub type ElementAt<L, I> = <<<L as Layout>::Slots as Has<I>>::Kind as SlotKind>::Element;

/// What lies first in a record's raw bytes.
pub(super) struct Fixed<L: Layout> {
    pub data: L::Data,
    pub index: L::Index,
    pub count: <L::Tail as Tail>::Count,
}

/// Where things lie in a layout's cells.
struct Places<L>(PhantomData<L>);

impl<L: Layout> Places<L> {
    /// Where the plain tail begins, from the first raw byte on.
    const PLAIN: usize = size_of::<Fixed<L>>().next_multiple_of(align_of::<TailPlain<L>>());
    /// Bytes of a plain value of the tail.
    const PLAIN_SIZE: usize = size_of::<TailPlain<L>>();
    /// Raw bytes begin at whole words, and a plain value is one of some bytes.
    const FITS: () = assert!(
        align_of::<Fixed<L>>() <= WORD
            && align_of::<TailPlain<L>>() <= WORD
            && Self::PLAIN_SIZE > 0,
        "a record's plain data is aligned to more than 8 bytes, or its tail is of nothing"
    );
}

/// A cell that is a record of a layout.
pub struct Known<L> {
    cell: Cell,
    layout: PhantomData<fn() -> L>,
}

impl<L> Clone for Known<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Known<L> {}

impl<L: Layout> Known<L> {
    /// # Safety
    /// The cell is a record of this layout, or about to be filled as one.
    #[inline(always)]
    pub(super) unsafe fn new(cell: Cell) -> Self {
        Self { cell, layout: PhantomData }
    }

    /// The size of a record with a tail of that length, of slots or of plain values, and how many slots it has. The
    /// size is one that no heap has if they are too many.
    #[inline(always)]
    pub fn extent(tail: usize, plain: usize) -> (usize, usize) {
        let () = Places::<L>::FITS;
        let tail = if L::Tail::SLOTS { tail.min(MAX_SIZE / WORD) } else { 0 };
        let plain = plain.saturating_mul(Places::<L>::PLAIN_SIZE).min(MAX_SIZE);
        let raw = if plain == 0 { size_of::<Fixed<L>>() } else { Places::<L>::PLAIN + plain };
        let slots = L::Slots::COUNT + tail;
        ((HEADER + WORD * slots + raw).next_multiple_of(WORD), slots)
    }

    #[inline(always)]
    pub fn cell(self) -> Cell {
        self.cell
    }

    /// A slot of a field.
    ///
    /// # Panics
    /// If the field does not have as many.
    #[inline(always)]
    pub fn field<I>(self, element: usize) -> Field<ElementAt<L, I>>
    where
        L::Slots: Has<I>,
    {
        assert!(element < <L::Slots as Has<I>>::Kind::WIDTH, "no such element");
        // SAFETY: a record has the slots of all fields, and those of this one begin there.
        unsafe { Field::new(self.cell, <L::Slots as Has<I>>::SLOT + element) }
    }

    /// How many the tail has.
    #[inline(always)]
    pub fn tail_len(self) -> usize {
        if L::Tail::SLOTS {
            return self.cell.slot_count() - L::Slots::COUNT;
        }
        // SAFETY: the raw bytes begin with it.
        let count = unsafe { &raw const (*self.fixed()).count };
        // SAFETY: as above; it is initialised.
        unsafe { count.read() }.get() as usize
    }

    /// A slot of the tail.
    ///
    /// # Panics
    /// If it does not have as many.
    #[inline(always)]
    pub fn tail(self, element: usize) -> Field<<L::Tail as Tail>::Element> {
        assert!(L::Tail::SLOTS && element < self.tail_len(), "no such element");
        // SAFETY: it is one of the cell's slots, behind those of the fields.
        unsafe { Field::new(self.cell, L::Slots::COUNT + element) }
    }

    /// The number of the payload.
    #[inline(always)]
    pub fn index(self) -> u32 {
        // SAFETY: the raw bytes begin with it.
        let index = unsafe { &raw const (*self.fixed()).index };
        // SAFETY: as above; it is initialised.
        unsafe { index.read() }.get()
    }

    /// Writes the number of the payload.
    #[inline(always)]
    pub fn set_index(self, number: u32) {
        // SAFETY: the raw bytes begin with it.
        let index = unsafe { &raw mut (*self.fixed()).index };
        // SAFETY: as above; nobody reads it meanwhile.
        unsafe { index.write(L::Index::of(number)) };
    }

    /// Where the raw bytes begin.
    #[inline(always)]
    pub(super) fn fixed(self) -> *mut Fixed<L> {
        let () = Places::<L>::FITS;
        let slots = if L::Tail::SLOTS { self.cell.slot_count() } else { L::Slots::COUNT };
        // SAFETY: the raw bytes begin in the cell or at its end.
        unsafe { self.cell.byte(HEADER + WORD * slots) }.as_ptr().cast()
    }

    /// Where the plain tail begins.
    #[inline(always)]
    pub(super) fn plain(self) -> *mut TailPlain<L> {
        // SAFETY: it lies behind the fixed part.
        unsafe { self.fixed().byte_add(Places::<L>::PLAIN) }.cast()
    }
}

/// A slot of a record.
pub struct Field<E> {
    slot: Slot,
    holds: PhantomData<fn() -> E>,
}

impl<E: Element> Field<E> {
    /// # Safety
    /// The cell has the slot, which holds nothing else.
    #[inline(always)]
    unsafe fn new(cell: Cell, index: usize) -> Self {
        // SAFETY: as the caller knows.
        Self { slot: unsafe { Slot::of(cell, index) }, holds: PhantomData }
    }

    #[inline(always)]
    pub fn get(self) -> E::Stored {
        // SAFETY: the slot is filled with such words alone.
        unsafe { E::stored(self.slot.get()) }
    }

    /// What to store where, behind a write barrier.
    #[inline(always)]
    pub fn put(self, stored: E::Stored) -> (Slot, Word) {
        (self.slot, E::word(stored))
    }
}
