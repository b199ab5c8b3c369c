//! Allocation of the tables of Maps and Sets.

use super::Heap;
use crate::error::{OutOfMemory, Reason};
use crate::memory::cell::{HEADER, WORD};
use crate::memory::header::Kind;
use crate::tables::ordered::{MOST, Table};

impl Heap {
    /// Allocates an empty table, in the old generation if it is to be `old`. May collect; O(capacity).
    pub(crate) fn allocate_table<const WIDTH: usize>(
        &mut self,
        capacity: usize,
        old: bool,
    ) -> Result<Table<WIDTH>, OutOfMemory> {
        if capacity > MOST {
            let size = HEADER.saturating_add(capacity.saturating_mul(WORD * WIDTH));
            return Err(self.spaces.refusal(size, Reason::TooLarge));
        }
        let slots = Table::<WIDTH>::slots(capacity);
        let size = HEADER + WORD * slots;
        let cell = if old {
            self.allocate_old(Kind::OrderedTable, size, slots)?
        } else {
            self.allocate(Kind::OrderedTable, size, slots)?
        };
        Ok(Table::begin(cell, capacity))
    }
}
