//! Where a Buffer's bytes are: in the slab, or in a store of its own (`allocate` and its like in Node's `lib/buffer.js`).
//!
//! A slab is an ArrayBuffer like any other, whose store is one of the runtime's pool, since a program may see all of it by
//! `buffer.buffer`. It dies with the last Buffer in it; the machine keeps the current one.

use crate::machine::{Machine, R, roots};
use crate::node::state::Slab;
use crate::objects::atoms::known;
use crate::objects::class::Flags;
use crate::objects::typed::ElementType;
use crate::thrown::Outcome;
use slab_buffer::{Buffer as Store, Reuse};

/// Offsets in a slab are multiples of this.
const ALIGNMENT: usize = 8;
/// What Node itself has taken of its first slab before a program begins.
const TAKEN: usize = 8;

impl Machine {
    /// The slab that is there when a program begins, some of which Node has in use for good.
    pub(super) fn first_slab(&mut self) -> Outcome {
        let size = self.runtime.pool().options().pool_size;
        self.next_slab(size)?;
        self.node.slab.offset = TAKEN;
        self.scoped(|machine| {
            let buffer = machine.temp()?;
            machine.load_root(buffer, roots::BUFFER_SLAB);
            machine.store_root(roots::FIRST_BUFFER_SLAB, buffer);
            Ok(())
        })
    }

    fn next_slab(&mut self, size: usize) -> Outcome {
        let store = self.unfilled_store(size)?;
        self.scoped(|machine| {
            let buffer = machine.temps(2)?;
            machine.new_array_buffer(buffer, store)?;
            // Node marks it, by a property: it cannot be sent elsewhere.
            machine.registers().set_bool(buffer + 1, true);
            machine.add_field(buffer, known::UNTRANSFERABLE, Flags::FIXED, buffer + 1)?;
            machine.store_root(roots::BUFFER_SLAB, buffer);
            machine.node.slab = Slab { size, offset: 0 };
            Ok(())
        })
    }

    /// A store of its own. A pool that recycles keeps those of half a slab and more, and gives them again.
    fn unfilled_store(&mut self, length: usize) -> Outcome<Store> {
        let pool = self.runtime.pool();
        let options = pool.options();
        let recycles = options.reuse == Reuse::Recycle && length >= options.pool_size / 2;
        match if recycles { pool.alloc_unsafe(length) } else { pool.alloc_unsafe_slow(length) } {
            Ok(store) => Ok(store),
            Err(_) => self.throw_range_error("Array buffer allocation failed"),
        }
    }

    /// `Buffer.poolSize`, which a program may set.
    fn buffer_pool_size(&mut self) -> Outcome<usize> {
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.load_root(value, roots::BUFFER);
            machine.get_text(value, value, "poolSize")?;
            Ok(machine.registers().number(value).unwrap_or(0.0).max(0.0) as usize)
        })
    }

    /// `Buffer.allocUnsafe(length)`.
    pub(crate) fn buffer_unsafe(&mut self, to: R, length: usize) -> Outcome {
        self.buffer_in_slab(to, length, length)
    }

    /// `Buffer.allocUnsafeSlow(length)`.
    pub(crate) fn buffer_slow(&mut self, to: R, length: usize) -> Outcome {
        let store = self.unfilled_store(length)?;
        self.buffer_of_store(to, store)
    }

    /// `Buffer.alloc(length)`: as a Uint8Array is made, whose few bytes lie in the heap.
    pub(crate) fn buffer_zeroed(&mut self, to: R, length: usize) -> Outcome {
        self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.load_root(prototype, roots::BUFFER_PROTOTYPE);
            machine.own_typed_array(to, prototype, length, ElementType::Uint8)
        })
    }

    /// A Buffer of bytes that a text has become. The slab must have room for four bytes a unit while that is below half of
    /// a slab.
    pub(crate) fn buffer_of_text(&mut self, to: R, bytes: &[u8], units: usize) -> Outcome {
        let half = self.buffer_pool_size()? / 2;
        let room = if 4 * units < half { 4 * units } else { bytes.len() };
        self.buffer_in_slab(to, bytes.len(), room)?;
        self.with_bytes(to, |to| to.copy_from_slice(bytes))
    }

    /// A Buffer of bytes, placed as by `allocUnsafe`.
    pub(crate) fn buffer_of_bytes(&mut self, to: R, bytes: &[u8]) -> Outcome {
        self.buffer_unsafe(to, bytes.len())?;
        self.with_bytes(to, |to| to.copy_from_slice(bytes))
    }

    fn buffer_in_slab(&mut self, to: R, length: usize, room: usize) -> Outcome {
        let size = self.buffer_pool_size()?;
        if length == 0 || length >= size / 2 {
            return self.buffer_slow(to, length);
        }
        if room > self.node.slab.size.saturating_sub(self.node.slab.offset) {
            self.next_slab(size)?;
        }
        let offset = self.node.slab.offset;
        self.node.slab.offset = (offset + length).next_multiple_of(ALIGNMENT);
        self.scoped(|machine| {
            let slab = machine.temp()?;
            machine.load_root(slab, roots::BUFFER_SLAB);
            machine.buffer_on(to, slab, offset, length)
        })
    }

    fn buffer_of_store(&mut self, to: R, store: Store) -> Outcome {
        let length = store.len();
        self.scoped(|machine| {
            let buffer = machine.temp()?;
            machine.new_array_buffer(buffer, store)?;
            machine.buffer_on(to, buffer, 0, length)
        })
    }

    /// A Buffer on an ArrayBuffer.
    pub(crate) fn buffer_on(&mut self, to: R, buffer: R, offset: usize, length: usize) -> Outcome {
        self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.load_root(prototype, roots::BUFFER_PROTOTYPE);
            let kind = ElementType::Uint8;
            machine.new_typed_array(to, prototype, buffer, (offset, length), kind)
        })
    }
}
