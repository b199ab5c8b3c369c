//! Making records.

use super::describe::Internal;
use super::describe::{Fields, Parts, Payload};
use super::{Gc, Record, Slot};
use crate::error::{HeapError, OutOfMemory};
use crate::memory::header::Kind;
use crate::memory::record::contents::Contents;
use crate::memory::record::layout::{Known, Layout, TailPlain, TailStored};
use crate::memory::record::types::TypeNumber;
use crate::memory::room::Room;
use crate::natives::{Native, Stored};
use crate::scope::Scope;
use crate::scope::sites::mark;
use crate::sites::Site;
use core::fmt;

/// A record that the limit refused, with its payload.
pub struct Refused<P> {
    /// What the allocation failed with.
    pub error: OutOfMemory,
    /// The payload, as it was given.
    pub payload: P,
}

impl<P> fmt::Debug for Refused<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<P> fmt::Display for Refused<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<P> core::error::Error for Refused<P> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.error.source()
    }
}

impl<P> From<Refused<P>> for OutOfMemory {
    fn from(refused: Refused<P>) -> Self {
        refused.error
    }
}

impl<P> From<Refused<P>> for HeapError {
    fn from(refused: Refused<P>) -> Self {
        Self::OutOfMemory(refused.error)
    }
}

impl<'s> Scope<'s> {
    /// Makes a record. May collect; else O(its size).
    ///
    /// # Errors
    /// [`OutOfMemory`] at the limit, or for a record of 1 GiB or more. The payload is dropped;
    /// [`try_make`](Self::try_make) gives it back.
    ///
    /// # Panics
    /// If a handle in the record is of another heap. If there are too many handles, or too many types of records.
    #[inline(always)]
    pub fn make<T: Record>(&mut self, record: T) -> Result<Gc<'s, T::At<'s>>, OutOfMemory>
    where
        T::Payload: Send,
    {
        Ok(self.try_make(record)?)
    }

    /// As [`make`](Self::make), and gives the payload back that is refused.
    ///
    /// # Errors
    /// [`Refused`] as [`make`](Self::make) does, with the payload.
    ///
    /// # Panics
    /// As [`make`](Self::make).
    #[inline(always)]
    pub fn try_make<T: Record>(
        &mut self,
        record: T,
    ) -> Result<Gc<'s, T::At<'s>>, Refused<T::Payload>>
    where
        T::Payload: Send,
    {
        self.try_make_with(record, Payload::boxed_to_send)
    }

    /// As [`try_make`](Self::try_make), of a payload that `stored` makes what heaps keep.
    #[inline(always)]
    pub(crate) fn try_make_with<T: Record>(
        &mut self,
        record: T,
        stored: fn(T::Payload) -> Option<Stored>,
    ) -> Result<Gc<'s, T::At<'s>>, Refused<T::Payload>> {
        let known = self.known_record(record.into_parts(), false, stored)?;
        Ok(Gc::new(self.heap.roots.handles.push_record(known)))
    }

    /// As [`make`](Self::make), at a site: see [`alloc_at`](Self::alloc_at).
    ///
    /// # Errors
    /// As [`make`](Self::make). A site that has ended, or of another heap, counts as none.
    ///
    /// # Panics
    /// As [`make`](Self::make).
    #[inline(always)]
    pub fn make_at<T: Record>(
        &mut self,
        site: Site,
        record: T,
    ) -> Result<Gc<'s, T::At<'s>>, OutOfMemory>
    where
        T::Payload: Send,
    {
        self.make_at_with(site, record, Payload::boxed_to_send)
    }

    /// As [`make_at`](Self::make_at), of a payload that `stored` makes what heaps keep.
    #[inline(always)]
    pub(crate) fn make_at_with<T: Record>(
        &mut self,
        site: Site,
        record: T,
        stored: fn(T::Payload) -> Option<Stored>,
    ) -> Result<Gc<'s, T::At<'s>>, OutOfMemory> {
        let pretenured = self.heap.sites.allocated(site);
        let known = self.known_record(record.into_parts(), pretenured == Some(true), stored)?;
        if pretenured == Some(false) {
            mark(known.cell(), site);
        }
        Ok(Gc::new(self.heap.roots.handles.push_record(known)))
    }

    /// Makes a record, in the old space if it is to be `old`. The number of nearly every type is known when the program is
    /// compiled.
    #[inline(always)]
    fn known_record<T: Record>(
        &mut self,
        parts: Parts<'_, T>,
        old: bool,
        stored: fn(T::Payload) -> Option<Stored>,
    ) -> Result<Known<T::Id>, Refused<T::Payload>> {
        if let Some(number) = self.heap.types.at_home::<T::Id>()
            && let Some(room) = self.room_of_record(&parts, old)
        {
            return Ok(self.format_record(parts, number, room, old, stored));
        }
        self.known_record_slowly(parts, old, stored)
    }

    /// As [`known_record`](Self::known_record), after what collections are due, or of a type that is new to the heap or
    /// whose number is another one's.
    #[cold]
    #[inline(never)]
    fn known_record_slowly<T: Record>(
        &mut self,
        parts: Parts<'_, T>,
        old: bool,
        stored: fn(T::Payload) -> Option<Stored>,
    ) -> Result<Known<T::Id>, Refused<T::Payload>> {
        let number = self.heap.types.number::<T::Id>();
        if let Some(room) = self.room_of_record(&parts, old) {
            return Ok(self.format_record(parts, number, room, old, stored));
        }
        let (size, slots) = Known::<T::Id>::extent(parts.tail.len(), parts.plain.len());
        let cell = match self.heap.allocate_slowly(Kind::Record, size, slots, old) {
            Ok(cell) => cell,
            Err(error) => return Err(Refused { error, payload: parts.payload }),
        };
        // A collection may have moved what the handles refer to, so they are read after it.
        let Parts { fields, data, payload, tail, plain } = parts;
        let known = self.contents::<T>(fields, data, tail, plain).complete(cell, number);
        self.record_fields(known);
        self.attach(known, stored(payload));
        Ok(known)
    }

    /// Room for a record, if there is some without a collection.
    #[inline(always)]
    fn room_of_record<T: Record>(&mut self, parts: &Parts<'_, T>, old: bool) -> Option<Room> {
        let (size, _) = Known::<T::Id>::extent(parts.tail.len(), parts.plain.len());
        match old {
            false => self.heap.allocate_young(size),
            true => self.heap.allocate_in_old_range(size),
        }
    }

    #[inline(always)]
    fn format_record<T: Record>(
        &mut self,
        parts: Parts<'_, T>,
        number: TypeNumber<T::Id>,
        room: Room,
        old: bool,
        stored: fn(T::Payload) -> Option<Stored>,
    ) -> Known<T::Id> {
        let Parts { fields, data, payload, tail, plain } = parts;
        let known = self.contents::<T>(fields, data, tail, plain).format(room, number);
        if old {
            self.record_fields(known);
        }
        self.attach(known, stored(payload));
        known
    }

    /// What the cell is filled with now.
    #[inline(always)]
    fn contents<'a, T: Record>(
        &self,
        fields: T::Fields,
        data: <T::Id as Layout>::Data,
        tail: &'a [T::TailSlot],
        plain: &'a [TailPlain<T::Id>],
    ) -> Contents<'a, T::Id, impl ExactSizeIterator<Item = TailStored<T::Id>>> {
        Contents {
            fields: fields.store(self, Internal(())),
            data,
            tail: tail.iter().map(|value| value.store(self, Internal(()))),
            plain,
        }
    }

    /// The write barrier of a record that was filled.
    fn record_fields<L: Layout>(&mut self, known: Known<L>) {
        let cell = known.cell();
        for slot in 0..cell.slot_count() {
            self.heap.record_store(cell, slot, cell.slot(slot));
        }
    }

    #[inline(always)]
    fn attach<L: Layout>(&mut self, known: Known<L>, payload: Option<Stored>) {
        if let Some(payload) = payload {
            let cell = known.cell();
            let young = self.heap.is_young(cell);
            let native = Native { cell, payload, external: 0 };
            known.set_index(self.heap.natives.payloads.insert(native, young));
        }
    }
}
