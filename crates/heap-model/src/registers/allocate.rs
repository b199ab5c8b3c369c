//! Allocation, straight into a register.

use super::Registers;
use crate::error::{NativeRefused, OutOfMemory};
use crate::memory::cell::Cell;
use crate::memory::header::{Kind, Tag};
use crate::memory::word::Word;
use crate::scope::size::{cell_size, is_plain, raw_bytes};
use crate::sites::Site;
use core::any::Any;

/// What a slot of a new cell holds: see [`Registers::alloc_young_filled`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// `undefined`.
    Undefined,
    /// The hole.
    Hole,
    /// A small integer.
    Smi(i32),
    /// What a register holds.
    Register(usize),
}

impl Registers<'_> {
    /// `to` becomes a new cell, as [`Scope::alloc`](crate::Scope::alloc) makes it. May collect; else O(size).
    ///
    /// # Errors
    /// [`OutOfMemory`] at the limit, or for a cell of 1 GiB or more. The register keeps what it was then.
    ///
    /// # Panics
    /// As [`Scope::alloc`](crate::Scope::alloc).
    #[inline(always)]
    #[track_caller]
    pub fn alloc(
        &mut self,
        to: usize,
        kind: Kind,
        slots: usize,
        raw_bytes: usize,
    ) -> Result<(), OutOfMemory> {
        assert!(is_plain(kind, slots), "the kind has a function of its own");
        let cell = self.heap.allocate(kind, cell_size(slots, raw_bytes), slots)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// As [`alloc`](Self::alloc), with a tag.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Tag};
    /// # let mut heap = Heap::new(HeapOptions::default())?;
    /// let class = Tag::new(300).unwrap();
    /// let mut machine = heap.registers();
    /// machine.push(1)?;
    /// machine.alloc_tagged(0, Kind::Object, class, 4, 0)?;
    /// // An inline cache: the class that it has seen, so the slot is known.
    /// if machine.get(0).is_tagged(Kind::Object, class) {
    ///     machine.load(0, 0, 3)?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    #[track_caller]
    pub fn alloc_tagged(
        &mut self,
        to: usize,
        kind: Kind,
        tag: Tag,
        slots: usize,
        raw_bytes: usize,
    ) -> Result<(), OutOfMemory> {
        assert!(is_plain(kind, slots), "the kind has a function of its own");
        let cell = self.heap.allocate_tagged(kind, tag, cell_size(slots, raw_bytes), slots)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// As [`alloc`](Self::alloc), without raw bytes and with holes as its slots: the elements of an array.
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline]
    #[track_caller]
    pub fn alloc_holes(&mut self, to: usize, kind: Kind, slots: usize) -> Result<(), OutOfMemory> {
        self.alloc(to, kind, slots, 0)?;
        if let Some(cell) = Cell::of(self.stack().get(to)) {
            cell.load().slots().for_each(|slot| slot.set(Word::HOLE));
        }
        Ok(())
    }

    /// As [`alloc`](Self::alloc), of exactly `size` bytes (rounded up to 8, and to its header and slots).
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    #[track_caller]
    pub fn alloc_sized(
        &mut self,
        to: usize,
        kind: Kind,
        size: usize,
        slots: usize,
    ) -> Result<(), OutOfMemory> {
        self.alloc(to, kind, slots, raw_bytes(size, slots))
    }

    /// `to` becomes a new cell whose slots are `count` registers from `first` on, without raw bytes: an array literal,
    /// arguments, a context. May collect; else O(`count`).
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    #[track_caller]
    pub fn alloc_with(
        &mut self,
        to: usize,
        kind: Kind,
        first: usize,
        count: usize,
    ) -> Result<(), OutOfMemory> {
        assert!(is_plain(kind, count), "the kind has a function of its own");
        self.stack().run(first, count);
        let cell = match self.heap.allocate_young(cell_size(count, 0)) {
            Some(room) => {
                let words = self.stack().run(first, count);
                room.format_with(kind, Tag::NONE, words.iter().copied())
            }
            None => self.alloc_with_slowly(kind, first, count)?,
        };
        self.put(to, cell.word());
        Ok(())
    }

    /// As [`alloc_tagged`](Self::alloc_tagged) without raw bytes, if there is room in the new space; whether there was. It
    /// never collects. O(`slots`).
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    #[track_caller]
    pub fn alloc_young(&mut self, to: usize, kind: Kind, tag: Tag, slots: usize) -> bool {
        assert!(is_plain(kind, slots), "the kind has a function of its own");
        let Some(room) = self.heap.allocate_young(cell_size(slots, 0)) else { return false };
        let words = core::iter::repeat_n(Word::UNDEFINED, slots);
        let cell = room.format_with(kind, tag, words);
        self.put(to, cell.word());
        true
    }

    /// As [`alloc_with`](Self::alloc_with) with a tag, if there is room in the new space; whether there was. It never collects,
    /// so that a machine's loop over instructions need not expect it to: otherwise it leaves the loop. O(`count`).
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Tag};
    /// # let mut heap = Heap::new(HeapOptions::default())?;
    /// let class = Tag::new(300).unwrap();
    /// let mut machine = heap.registers();
    /// machine.push(3)?;
    /// machine.set_smi(1, 7);
    /// if !machine.alloc_young_with(0, Kind::Object, class, 1, 2) {
    ///     machine.alloc_with(0, Kind::Object, 1, 2)?;
    ///     machine.set_tag(0, class)?;
    /// }
    /// assert_eq!(machine.peek(0, 0)?.as_smi(), Some(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    #[track_caller]
    pub fn alloc_young_with(
        &mut self,
        to: usize,
        kind: Kind,
        tag: Tag,
        first: usize,
        count: usize,
    ) -> bool {
        assert!(is_plain(kind, count), "the kind has a function of its own");
        self.stack().run(first, count);
        let Some(room) = self.heap.allocate_young(cell_size(count, 0)) else { return false };
        let words = self.stack().run(first, count);
        let cell = room.format_with(kind, tag, words.iter().copied());
        self.put(to, cell.word());
        true
    }

    /// As [`alloc_young`](Self::alloc_young), whose first slots hold what is said of them, and `more` behind them are undefined: a
    /// closure, a context. O(slots).
    ///
    /// ```
    /// # use heap_model::{Fill, Heap, HeapOptions, Kind, Tag};
    /// # let mut heap = Heap::new(HeapOptions::default())?;
    /// let mut machine = heap.registers();
    /// machine.push(1)?;
    /// machine.set_null(0);
    /// let slots = [Fill::Smi(7), Fill::Register(0)];
    /// if machine.alloc_young_filled(0, Kind::Context, Tag::NONE, slots, 1) {
    ///     assert_eq!(machine.peek(0, 0)?.as_smi(), Some(7));
    ///     assert!(machine.peek(0, 1)?.is_nullish() && machine.peek(0, 2)?.is_nullish());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    #[track_caller]
    pub fn alloc_young_filled<const N: usize>(
        &mut self,
        to: usize,
        kind: Kind,
        tag: Tag,
        first: [Fill; N],
        more: usize,
    ) -> bool {
        let slots = N + more;
        assert!(is_plain(kind, slots), "the kind has a function of its own");
        let Some(room) = self.heap.allocate_young(cell_size(slots, 0)) else { return false };
        let first = first.map(|fill| match fill {
            Fill::Undefined => Word::UNDEFINED,
            Fill::Hole => Word::HOLE,
            Fill::Smi(number) => Word::smi(number),
            Fill::Register(register) => self.stack().get(register),
        });
        let word = |slot: usize| first.get(slot).copied().unwrap_or(Word::UNDEFINED);
        let cell = room.format_with(kind, tag, (0..slots).map(word));
        self.put(to, cell.word());
        true
    }

    #[cold]
    #[inline(never)]
    fn alloc_with_slowly(
        &mut self,
        kind: Kind,
        first: usize,
        count: usize,
    ) -> Result<Cell, OutOfMemory> {
        let cell = self.heap.allocate_slowly(kind, cell_size(count, 0), count, false)?;
        for slot in 0..count {
            let word = self.stack().get(first + slot);
            self.heap.store(cell, slot, word);
        }
        Ok(cell)
    }

    /// As [`alloc`](Self::alloc), at a site: see [`Scope::alloc_at`](crate::Scope::alloc_at).
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    #[track_caller]
    pub fn alloc_at(
        &mut self,
        to: usize,
        site: Site,
        kind: Kind,
        slots: usize,
        raw_bytes: usize,
    ) -> Result<(), OutOfMemory> {
        let cell = self.heap.make_at(site, kind, slots, raw_bytes)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// `to` becomes a new [`Kind::Double`] of 16 bytes. May collect; else constant time.
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    #[track_caller]
    pub fn alloc_f64(&mut self, to: usize, number: f64) -> Result<(), OutOfMemory> {
        let cell = self.heap.allocate(Kind::Double, cell_size(0, 0), 0)?;
        cell.set_double(number);
        self.put(to, cell.word());
        Ok(())
    }

    /// As [`alloc_f64`](Self::alloc_f64), if there is room in the new space; whether there was. It never collects. Constant time.
    #[inline(always)]
    pub fn alloc_young_f64(&mut self, to: usize, number: f64) -> bool {
        let Some(room) = self.heap.allocate_young(cell_size(0, 0)) else { return false };
        let cell = room.format(Kind::Double, 0);
        cell.set_double(number);
        self.put(to, cell.word());
        true
    }

    /// `to` becomes a new native cell: see [`Scope::alloc_native`](crate::Scope::alloc_native). May collect; else
    /// O(size).
    ///
    /// # Errors
    /// [`NativeRefused`] at the limit, with the payload.
    #[track_caller]
    pub fn alloc_native(
        &mut self,
        to: usize,
        size: usize,
        slots: usize,
        payload: Box<dyn Any + Send>,
        external: usize,
    ) -> Result<(), NativeRefused> {
        let cell = self.heap.make_native(size, slots, payload, external)?;
        self.put(to, cell.word());
        Ok(())
    }
}
