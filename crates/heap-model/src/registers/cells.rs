//! Between registers and cells: slots, raw bytes, payloads.

use super::Registers;
use crate::error::AccessError;
use crate::memory::cell::{Cell, Loaded};
use crate::memory::header::{Kind, Tag};
use crate::scope::Value;
use crate::scope::access::{users_slot, users_slots};
use crate::scope::bytes::{copy_bytes, copy_slots};
use crate::text;
use core::any::Any;

impl Registers<'_> {
    #[inline(always)]
    #[track_caller]
    fn loaded(&self, register: usize) -> Result<Loaded, AccessError> {
        Ok(self.cell(register)?.load())
    }

    /// `to` becomes what a slot of `object`'s cell holds. Constant time.
    ///
    /// # Errors
    /// [`AccessError::NoCell`]; [`AccessError::SlotOutOfRange`] and [`AccessError::WrongKind`] as
    /// [`Scope::get`](crate::Scope::get). All of these functions have these errors.
    #[inline(always)]
    #[track_caller]
    pub fn load(&mut self, to: usize, object: usize, slot: usize) -> Result<(), AccessError> {
        let word = users_slot(self.loaded(object)?, slot)?.get();
        self.put(to, word);
        Ok(())
    }

    /// A slot of `object`'s cell becomes what `from` is. Constant time.
    ///
    /// # Errors
    /// As [`load`](Self::load). Nothing is written then.
    #[inline(always)]
    #[track_caller]
    pub fn store(&mut self, object: usize, slot: usize, from: usize) -> Result<(), AccessError> {
        let slot = users_slot(self.loaded(object)?, slot)?;
        let word = self.stack().get(from);
        self.heap.store_slot(slot, word);
        Ok(())
    }

    /// As [`store`](Self::store), of the cell that a slot of `object`'s cell refers to: an element of an array. Constant time.
    ///
    /// # Errors
    /// As [`load`](Self::load) and [`store`](Self::store). Nothing is written then.
    #[inline(always)]
    #[track_caller]
    pub fn store_inner(
        &mut self,
        object: usize,
        slot: usize,
        inner: usize,
        from: usize,
    ) -> Result<(), AccessError> {
        let word = users_slot(self.loaded(object)?, slot)?.get();
        let cell = Cell::of(word).ok_or(AccessError::NoCell)?;
        let slot = users_slot(cell.load(), inner)?;
        let word = self.stack().get(from);
        self.heap.store_slot(slot, word);
        Ok(())
    }

    /// A slot of `object`'s cell becomes a value: a constant, or a handle's cell. Constant time.
    ///
    /// # Errors
    /// As [`load`](Self::load); [`AccessError::WrongHeap`] for the value.
    #[inline(always)]
    #[track_caller]
    pub fn store_value(
        &mut self,
        object: usize,
        slot: usize,
        value: Value<'_>,
    ) -> Result<(), AccessError> {
        let slot = users_slot(self.loaded(object)?, slot)?;
        let word = self.heap.word(value)?;
        self.heap.store_slot(slot, word);
        Ok(())
    }

    /// The number of a register's [`Kind::Double`] becomes another, for all that refers to the cell: a field's own. Constant
    /// time.
    ///
    /// # Errors
    /// [`AccessError::NoCell`] if the register has no such cell.
    #[inline]
    #[track_caller]
    pub fn set_f64(&mut self, register: usize, number: f64) -> Result<(), AccessError> {
        let cell = self.loaded(register)?;
        if !cell.header().is(Kind::Double) {
            return Err(AccessError::NoCell);
        }
        cell.cell().set_double(number);
        Ok(())
    }

    /// As [`set_f64`](Self::set_f64), of the double that a slot of `object`'s cell refers to. Constant time.
    ///
    /// # Errors
    /// As [`load`](Self::load); [`AccessError::NoCell`] if the slot refers to no such cell.
    #[inline]
    #[track_caller]
    pub fn set_inner_f64(
        &mut self,
        object: usize,
        slot: usize,
        number: f64,
    ) -> Result<(), AccessError> {
        let word = users_slot(self.loaded(object)?, slot)?.get();
        match Cell::of(word) {
            Some(cell) if cell.header().is(Kind::Double) => {
                cell.set_double(number);
                Ok(())
            }
            _ => Err(AccessError::NoCell),
        }
    }

    /// `count` registers from `to` on become what the slots of `object`'s cell hold, from `slot` on: a generator that
    /// goes on. O(`count`).
    ///
    /// # Errors
    /// As [`load`](Self::load).
    #[inline]
    #[track_caller]
    pub fn load_range(
        &mut self,
        to: usize,
        object: usize,
        slot: usize,
        count: usize,
    ) -> Result<(), AccessError> {
        let slots = users_slots(self.loaded(object)?, slot, count)?;
        let registers = self.stack_mut().run_mut(to, count);
        registers.iter_mut().zip(slots).for_each(|(register, slot)| *register = slot.get());
        Ok(())
    }

    /// `count` slots of `object`'s cell from `slot` on become what the registers from `from` on are: a generator that
    /// yields. O(`count`).
    ///
    /// # Errors
    /// As [`load`](Self::load). Nothing is written then.
    #[inline]
    #[track_caller]
    pub fn store_range(
        &mut self,
        object: usize,
        slot: usize,
        from: usize,
        count: usize,
    ) -> Result<(), AccessError> {
        let slots = users_slots(self.loaded(object)?, slot, count)?;
        self.stack().run(from, count);
        for (number, slot) in slots.enumerate() {
            let word = self.stack().get(from + number);
            self.heap.store_slot(slot, word);
        }
        Ok(())
    }

    /// Copies slots from `from`'s cell to `to`'s, which may be the same, as if through a buffer. O(`count`).
    ///
    /// # Errors
    /// As [`load`](Self::load); [`AccessError::WrongKind`] also for a registration. Nothing is written then.
    #[track_caller]
    pub fn copy_slots(
        &mut self,
        to: usize,
        to_slot: usize,
        from: usize,
        from_slot: usize,
        count: usize,
    ) -> Result<(), AccessError> {
        let (to, from) = (self.loaded(to)?, self.loaded(from)?);
        copy_slots(self.heap, (to, to_slot), (from, from_slot), count)
    }

    /// Copies raw bytes from `from`'s cell to `to`'s, which may be the same, as if through a buffer. O(`count`).
    ///
    /// # Errors
    /// [`AccessError::NoCell`], [`AccessError::BytesOutOfRange`]; [`AccessError::WrongKind`] for a native cell.
    #[track_caller]
    pub fn copy_bytes(
        &mut self,
        to: usize,
        to_offset: usize,
        from: usize,
        from_offset: usize,
        count: usize,
    ) -> Result<(), AccessError> {
        copy_bytes((self.cell(to)?, to_offset), (self.cell(from)?, from_offset), count)
    }

    /// The raw bytes of a register's cell, as [`Scope::bytes`](crate::Scope::bytes). Constant time.
    ///
    /// # Errors
    /// [`AccessError::NoCell`]; [`AccessError::WrongKind`] for a native cell.
    #[inline]
    #[track_caller]
    pub fn bytes(&self, register: usize) -> Result<&[u8], AccessError> {
        self.view(register)?.bytes()
    }

    /// As [`bytes`](Self::bytes), to be changed.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    #[inline]
    #[track_caller]
    pub fn bytes_mut(&mut self, register: usize) -> Result<&mut [u8], AccessError> {
        let cell = self.cell(register)?;
        if cell.header().is(Kind::Native) {
            return Err(AccessError::WrongKind);
        }
        text::before_write(cell)?;
        Ok(self.heap.roots.handles.bytes_mut_of(cell))
    }

    /// Writes `N` raw bytes at an offset in bytes. Constant time.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes); [`AccessError::BytesOutOfRange`].
    #[inline(always)]
    #[track_caller]
    fn write<const N: usize>(
        &mut self,
        register: usize,
        offset: usize,
        value: [u8; N],
    ) -> Result<(), AccessError> {
        let bytes = self.bytes_mut(register)?;
        let (end, len) = (offset.saturating_add(N), bytes.len());
        let place = bytes.get_mut(offset..end).ok_or(AccessError::BytesOutOfRange { end, len })?;
        place.copy_from_slice(&value);
        Ok(())
    }

    /// A payload of a register's native cell. Constant time.
    ///
    /// # Errors
    /// [`AccessError::NoCell`]; [`AccessError::WrongKind`] if the cell has none of this type.
    #[inline]
    #[track_caller]
    pub fn native<T: Any>(&self, register: usize) -> Result<&T, AccessError> {
        self.heap.natives.payload(self.cell(register)?)
    }

    /// As [`native`](Self::native), to be changed.
    ///
    /// # Errors
    /// As [`native`](Self::native).
    #[inline]
    #[track_caller]
    pub fn native_mut<T: Any>(&mut self, register: usize) -> Result<&mut T, AccessError> {
        let cell = self.cell(register)?;
        self.heap.natives.payload_mut(cell)
    }

    /// As [`native`](Self::native), of the cell that a slot of `object`'s cell refers to. Constant time.
    ///
    /// # Errors
    /// As [`load`](Self::load) and [`native`](Self::native).
    #[inline]
    #[track_caller]
    pub fn native_inner<T: Any>(&self, object: usize, slot: usize) -> Result<&T, AccessError> {
        let word = users_slot(self.loaded(object)?, slot)?.get();
        self.heap.natives.payload(Cell::of(word).ok_or(AccessError::NoCell)?)
    }

    /// As [`native_inner`](Self::native_inner), to be changed.
    ///
    /// # Errors
    /// As [`native_inner`](Self::native_inner).
    #[inline]
    #[track_caller]
    pub fn native_inner_mut<T: Any>(
        &mut self,
        object: usize,
        slot: usize,
    ) -> Result<&mut T, AccessError> {
        let word = users_slot(self.loaded(object)?, slot)?.get();
        self.heap.natives.payload_mut(Cell::of(word).ok_or(AccessError::NoCell)?)
    }

    /// Gives a register's cell a tag, instead of the one that it has: an object that goes over to another hidden class.
    /// Constant time.
    ///
    /// # Errors
    /// [`AccessError::NoCell`].
    #[inline(always)]
    #[track_caller]
    pub fn set_tag(&mut self, register: usize, tag: Tag) -> Result<(), AccessError> {
        let cell = self.cell(register)?;
        self.heap.set_tag(cell, tag);
        Ok(())
    }

    /// See [`Scope::set_external`](crate::Scope::set_external). Constant time.
    ///
    /// # Errors
    /// [`AccessError::NoCell`]; [`AccessError::WrongKind`] if the cell is not native.
    pub fn set_external(&mut self, register: usize, bytes: usize) -> Result<(), AccessError> {
        let cell = self.cell(register)?;
        self.heap.natives.set_external(cell, bytes)?;
        self.heap.stop_if_external_is_due();
        Ok(())
    }

    /// See [`Scope::identity_hash`](crate::Scope::identity_hash). Constant time.
    ///
    /// # Errors
    /// [`AccessError::NoCell`]; [`AccessError::WrongKind`] for a double, which has no identity.
    #[inline]
    #[track_caller]
    pub fn identity_hash(&mut self, register: usize) -> Result<u32, AccessError> {
        let cell = self.cell(register)?;
        if cell.header().is(Kind::Double) {
            return Err(AccessError::WrongKind);
        }
        Ok(self.heap.identity_of(cell))
    }
}

/// Numbers in raw bytes.
macro_rules! numbers {
    ($($type:ident, $read:ident, $write:ident, $size:literal;)*) => {
        impl Registers<'_> {$(
            #[doc = concat!("Reads a `", stringify!($type), "` of ", $size, " raw bytes, in the machine's order, at an offset in bytes. Constant time.")]
            ///
            /// # Errors
            /// As [`bytes`](Self::bytes); [`AccessError::BytesOutOfRange`].
            #[inline(always)]
            #[track_caller]
            pub fn $read(&self, register: usize, offset: usize) -> Result<$type, AccessError> {
                Ok($type::from_ne_bytes(self.view(register)?.raw(offset)?))
            }

            #[doc = concat!("Writes a `", stringify!($type), "` as [`", stringify!($read), "`](Self::", stringify!($read), ") reads it. Constant time.")]
            ///
            /// # Errors
            /// As [`bytes`](Self::bytes); [`AccessError::BytesOutOfRange`].
            #[inline(always)]
            #[track_caller]
            pub fn $write(
                &mut self,
                register: usize,
                offset: usize,
                value: $type,
            ) -> Result<(), AccessError> {
                self.write(register, offset, value.to_ne_bytes())
            }
        )*}
    };
}

numbers! {
    u8, read_u8, write_u8, "1";
    u16, read_u16, write_u16, "2";
    u32, read_u32, write_u32, "4";
    u64, read_u64, write_u64, "8";
    f64, read_f64, write_f64, "8";
}
