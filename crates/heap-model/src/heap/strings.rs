//! Allocation of strings, and hashes of all cells.

use super::Heap;
use crate::error::{OutOfMemory, Reason};
use crate::memory::cell::{Cell, HEADER, WORD};
use crate::memory::header::Kind;
use crate::text::{self, LONGEST, Width};

impl Heap {
    /// Allocates a flat string whose units are zero, in the old generation if it is to be `old`. May collect;
    /// O(units).
    #[inline]
    pub(crate) fn allocate_flat(
        &mut self,
        width: Width,
        units: usize,
        old: bool,
    ) -> Result<Cell, OutOfMemory> {
        self.check_string(width, units)?;
        let bytes = width.bytes(units);
        let size = HEADER + bytes.next_multiple_of(WORD);
        let cell = if old {
            self.allocate_old(width.kind(), size, 0)?
        } else {
            self.allocate(width.kind(), size, 0)?
        };
        text::begin_flat(cell, bytes);
        Ok(cell)
    }

    /// Allocates a rope or a slice of `units` units, whose slots are undefined. May collect; else constant time.
    pub(crate) fn allocate_part(
        &mut self,
        kind: Kind,
        width: Width,
        units: usize,
    ) -> Result<Cell, OutOfMemory> {
        const SLOTS: usize = 2;
        self.check_string(width, units)?;
        let cell = self.allocate(kind, HEADER + WORD * SLOTS, SLOTS)?;
        text::begin_part(cell, units, width);
        Ok(cell)
    }

    /// Whether a string may have that many units.
    #[inline]
    pub(crate) fn check_string(&self, width: Width, units: usize) -> Result<(), OutOfMemory> {
        if units <= LONGEST {
            return Ok(());
        }
        let size = units.saturating_mul(width as usize).saturating_add(HEADER);
        Err(self.spaces.refusal(size, Reason::TooLarge))
    }

    /// The cell's identity hash, or that of a string's units. The cell is not a double.
    #[inline(always)]
    pub(crate) fn identity_of(&mut self, cell: Cell) -> u32 {
        if cell.header().is_string() {
            text::hash(self.roots.handles.reading_of(cell))
        } else {
            self.identities.of(cell)
        }
    }
}
