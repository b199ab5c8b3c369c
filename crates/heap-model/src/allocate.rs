//! Allocation: in the space that a cell's size and age ask for, after what collections are due, and up to the
//! limit. No unsafe code.

use crate::events::Cause;
use crate::heap::{Heap, SWEEPABLE};
use crate::limit::promotion;
use crate::raw::cell::{Cell, Kind, MAX_SIZE};
use crate::raw::chunk::{LARGEST_IN_PAGE, PAGE};
use crate::space::LargeSpace;
use crate::{OutOfMemory, Reason};

/// Bytes that are allocated between two steps of marking.
const STEP_BYTES: usize = 256 << 10;

impl Heap {
    /// Allocates a cell in the space its size asks for, collecting where that is due.
    #[inline(always)]
    pub(crate) fn allocate(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
    ) -> Result<Cell, OutOfMemory> {
        let Some(cell) = self.allocate_young(size) else {
            return self.allocate_slowly(kind, size, slots, false);
        };
        cell.format(kind, size, slots);
        Ok(cell)
    }

    /// Takes room in the new space, if there is some without a collection. A cell there needs neither
    /// a write barrier while it is new nor a mark.
    #[inline(always)]
    pub(crate) fn allocate_young(&mut self, size: usize) -> Option<Cell> {
        #[cfg(zeal)]
        self.be_zealous();
        if size > LARGEST_IN_PAGE { None } else { self.new.allocate(size) }
    }

    /// Allocates a cell in the old generation.
    #[inline(always)]
    pub(crate) fn allocate_old(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
    ) -> Result<Cell, OutOfMemory> {
        match self.allocate_in_old_range(size) {
            Some(cell) => {
                cell.format(kind, size, slots);
                Ok(cell)
            }
            None => self.allocate_slowly(kind, size, slots, true),
        }
    }

    /// Takes room in the range of the old space that is allocated in. Whether a collection is due is asked as
    /// ranges are taken; but while marking goes along each cell is marked and may be its next step, so there
    /// is no such room.
    #[inline(always)]
    pub(crate) fn allocate_in_old_range(&mut self, size: usize) -> Option<Cell> {
        #[cfg(zeal)]
        self.be_zealous();
        let short = size <= LARGEST_IN_PAGE && self.marker.is_none();
        if short { self.old.allocate_in_range(size) } else { None }
    }

    /// Allocates a cell where there is room, in the old generation if it is to be `old`, after what collections
    /// are due.
    #[cold]
    #[inline(never)]
    pub(crate) fn allocate_slowly(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
        old: bool,
    ) -> Result<Cell, OutOfMemory> {
        let cell = self.allocate_somewhere(size, old);
        self.bound_new_space();
        let cell = cell?;
        if size > LARGEST_IN_PAGE {
            // Its mapping is of zeros that no one has touched yet.
            cell.format_zeroed(kind, size, slots);
        } else {
            cell.format(kind, size, slots);
        }
        // An old one that is made while marking goes on is marked.
        if let Some(marker) = &mut self.marker
            && !self.new.contains(cell.word())
        {
            marker.allocated(cell);
        }
        Ok(cell)
    }

    /// Lets the new space be filled only as far as what is committed leaves room to promote it, and
    /// while marking goes along, only to the next step.
    pub(crate) fn bound_new_space(&mut self) {
        if self.external.is_due() {
            return self.new.stop();
        }
        let step = if self.marker.is_some() { STEP_BYTES } else { usize::MAX };
        self.new.bound(self.promotable().min(self.new.used().saturating_add(step)));
    }

    fn allocate_somewhere(&mut self, size: usize, old: bool) -> Result<Cell, OutOfMemory> {
        if size > MAX_SIZE {
            return Err(self.refusal(size, Reason::TooLarge));
        }
        let refused = |heap: &Self| heap.refusal(size, Reason::System);
        if size > LARGEST_IN_PAGE {
            self.collect_if_due(false);
            self.need(LargeSpace::commit(size), size)?;
            return self.large.allocate(size).ok_or_else(|| refused(self));
        }
        if old {
            if self.old_generation() > self.next_full {
                self.collect_if_due(false);
            }
        } else {
            let marking = self.marker.is_some() && !self.external.is_due();
            if marking && self.new.used() + size <= self.promotable().min(self.new.capacity()) {
                self.mark_along();
                self.bound_new_space();
                if let Some(cell) = self.new.allocate(size) {
                    return Ok(cell);
                }
            }
            self.collect_if_due(true);
            self.bound_new_space();
            // What lies in the new space may have to be promoted. Where not even a page may be committed for it,
            // what is free in the old space is there all the same; and less is not worth a last collection,
            // lest each few cells ask for one.
            let needed = promotion(size).max(PAGE);
            if !self.has_room(needed)
                && let Some(cell) = self.old.allocate_thoroughly(size)
            {
                return Ok(cell);
            }
            if let Err(refusal) = self.need(needed, size) {
                // The last collection may have left room in the old space's pages.
                return self.old.allocate_thoroughly(size).ok_or(refusal);
            }
            if let Some(cell) = self.new.allocate(size) {
                return Ok(cell);
            }
        }
        self.old.allow_sweeping(SWEEPABLE);
        if let Some(cell) = self.old.allocate(size) {
            return Ok(cell);
        }
        if !self.has_room(PAGE)
            && let Some(cell) = self.old.allocate_thoroughly(size)
        {
            return Ok(cell);
        }
        match self.need(PAGE, size) {
            Ok(()) => self.old.allocate_surely(size).ok_or_else(|| refused(self)),
            Err(refusal) => self.old.allocate_thoroughly(size).ok_or(refusal),
        }
    }

    /// Collects what is due: with `young`, at least the new space.
    fn collect_if_due(&mut self, young: bool) {
        if self.external.is_due() {
            return self.full_collection(Cause::ExternalMemory);
        }
        // A scavenge would promote what is aged.
        let aged = if young { self.new.aged() } else { 0 };
        let due = self.old_generation() + aged > self.next_full;
        if due && self.options.incremental.is_none() {
            return self.full_collection(Cause::OldSpaceLimit);
        }
        if young && self.new.used() > 0 {
            // What is left of the semi-spaces' growth makes a collection unnecessary.
            self.young_collection(Cause::Allocation);
        }
        if self.options.incremental.is_some() {
            self.mark_along();
        }
    }
}
