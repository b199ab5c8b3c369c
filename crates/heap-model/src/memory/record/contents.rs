//! Making records.
#![expect(unsafe_code, reason = "cells are made of memory")]

use super::filler::Filler;
use super::layout::{
    Element, Fields, Fixed, Known, Layout, Number, Slots, Tail, TailPlain, TailStored,
};
use super::types::TypeNumber;
use crate::memory::cell::Cell;
use crate::memory::header::{Kind, Tag};
use crate::memory::room::Room;

/// What a record is made of.
pub struct Contents<'a, L: Layout, S> {
    pub fields: Fields<L>,
    pub data: L::Data,
    pub tail: S,
    pub plain: &'a [TailPlain<L>],
}

impl<L: Layout, S: ExactSizeIterator<Item = TailStored<L>>> Contents<'_, L, S> {
    /// The size and the number of slots of the record's cell.
    #[inline(always)]
    fn extent(&self) -> (usize, usize) {
        Known::<L>::extent(self.tail.len(), self.plain.len())
    }

    /// Makes the record.
    ///
    /// # Panics
    /// If the room is not as large as the record.
    #[inline(always)]
    pub fn format(self, room: Room, number: TypeNumber<L>) -> Known<L> {
        let (size, slots) = self.extent();
        self.fill(room.format_record(slots, size, number.get(), tag::<L>()), slots)
    }

    /// As [`format`](Self::format), of a cell that was formatted as a record and is none yet.
    ///
    /// # Panics
    /// If it is one already, or not as large.
    pub fn complete(self, cell: Cell, number: TypeNumber<L>) -> Known<L> {
        let ((size, slots), header) = (self.extent(), cell.header());
        let fits = header.is(Kind::Record) && (cell.size(), cell.slot_count()) == (size, slots);
        assert!(fits && cell.type_number() == 0, "not the cell that was asked for");
        cell.set_type_number(number.get());
        cell.set_tag(tag::<L>());
        self.fill(cell, slots)
    }

    /// The cell has `slots` slots and the size of the record.
    #[inline(always)]
    fn fill(self, cell: Cell, slots: usize) -> Known<L> {
        let Self { fields, data, tail, plain } = self;
        // SAFETY: the cell has that number of slots.
        let mut filler = unsafe { Filler::new(cell, slots) };
        L::Slots::fill(fields, &mut filler);
        if L::Tail::SLOTS {
            let element = <<L::Tail as Tail>::Element as Element>::word;
            tail.for_each(|stored| filler.push(element(stored)));
        }
        filler.finish();
        // SAFETY: the cell's slots are those of the layout, filled with what it says; the rest follows.
        let known = unsafe { Known::<L>::new(cell) };
        let count = <L::Tail as Tail>::Count::of(plain.len() as u32);
        let fixed = Fixed::<L> { data, index: L::Index::of(0), count };
        // SAFETY: the raw bytes begin with room for it, aligned to words.
        unsafe { known.fixed().write(fixed) };
        if !plain.is_empty() {
            // SAFETY: the cell's size says that they have room behind it.
            unsafe { known.plain().copy_from_nonoverlapping(plain.as_ptr(), plain.len()) };
        }
        known
    }
}

/// The tag that a record's cells are made with: the one that the program chose for the type.
#[inline(always)]
fn tag<L: Layout>() -> Tag {
    match L::TAG {
        Some(tag) => Tag::new(u32::from(tag)).unwrap_or(Tag::NONE),
        None => Tag::NONE,
    }
}
