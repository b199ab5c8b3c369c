//! Making records.

use super::describe::Internal;
use super::describe::{Fields, Parts, Payload};
use super::{Gc, Record, Slot};
use crate::error::{HeapError, OutOfMemory};
use crate::memory::header::Kind;
use crate::memory::record::contents::Contents;
use crate::memory::record::layout::{Known, Layout};
use crate::memory::record::types::TypeNumber;
use crate::natives::Native;
use crate::scope::Scope;
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
    pub fn make<T: Record>(&mut self, record: T) -> Result<Gc<'s, T::At<'s>>, OutOfMemory> {
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
    ) -> Result<Gc<'s, T::At<'s>>, Refused<T::Payload>> {
        let known = self.known_record(record.into_parts(), false)?;
        Ok(Gc::new(self.heap.roots.handles.push_record(known)))
    }

    /// Makes a record, in the old space if it is to be `old`.
    #[inline(always)]
    fn known_record<T: Record>(
        &mut self,
        parts: Parts<'_, T>,
        old: bool,
    ) -> Result<Known<T::Id>, Refused<T::Payload>> {
        let number = self.heap.types.number::<T::Id>();
        let (size, _) = Known::<T::Id>::extent(parts.tail.len(), parts.plain.len());
        let room = match old {
            false => self.heap.allocate_young(size),
            true => self.heap.allocate_in_old_range(size),
        };
        let Some(room) = room else {
            return self.known_record_slowly(parts, number, old);
        };
        let Parts { fields, data, payload, tail, plain } = parts;
        let contents = Contents {
            fields: fields.store(self, Internal(())),
            data,
            tail: tail.iter().map(|value| value.store(self, Internal(()))),
            plain,
        };
        let known = contents.format(room, number);
        if old {
            self.record_fields(known);
        }
        self.attach(known, payload);
        Ok(known)
    }

    #[cold]
    #[inline(never)]
    fn known_record_slowly<T: Record>(
        &mut self,
        parts: Parts<'_, T>,
        number: TypeNumber<T::Id>,
        old: bool,
    ) -> Result<Known<T::Id>, Refused<T::Payload>> {
        let Parts { fields, data, payload, tail, plain } = parts;
        let (size, slots) = Known::<T::Id>::extent(tail.len(), plain.len());
        let cell = match self.heap.allocate_slowly(Kind::Record, size, slots, old) {
            Ok(cell) => cell,
            Err(error) => return Err(Refused { error, payload }),
        };
        // A collection may have moved what the handles refer to, so they are read after it.
        let contents = Contents {
            fields: fields.store(self, Internal(())),
            data,
            tail: tail.iter().map(|value| value.store(self, Internal(()))),
            plain,
        };
        let known = contents.complete(cell, number);
        self.record_fields(known);
        self.attach(known, payload);
        Ok(known)
    }

    /// The write barrier of a record that was filled.
    fn record_fields<L: Layout>(&mut self, known: Known<L>) {
        let cell = known.cell();
        for slot in 0..cell.slot_count() {
            self.heap.record_store(cell, slot, cell.slot(slot));
        }
    }

    #[inline(always)]
    fn attach<L: Layout>(&mut self, known: Known<L>, payload: impl Payload) {
        if let Some(payload) = payload.boxed() {
            let cell = known.cell();
            let young = self.heap.is_young(cell);
            let native = Native { cell, payload, external: 0 };
            known.set_index(self.heap.natives.payloads.insert(native, young));
        }
    }
}
