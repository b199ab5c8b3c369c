//! Allocation: chooses the space by a cell's size and age, does the collections that are due first, and keeps the limit.

use super::Heap;
use crate::collect::scavenge::SWEEPABLE;
use crate::error::{OutOfMemory, Reason};
use crate::events::Cause;
use crate::memory::cell::{Cell, MAX_SIZE, WORD};
use crate::memory::header::{Kind, Tag};
use crate::memory::mapping::PAGE;
use crate::memory::room::{LARGEST_IN_PAGE, Room};
use crate::options::MarkingPace;
use crate::spaces::{LargeSpace, promotion};

/// Bytes that are allocated between two marking steps.
const STEP_BYTES: usize = 256 << 10;

impl Heap {
    /// Allocates a cell in the space for its size, after a collection if one is due.
    #[inline(always)]
    pub(crate) fn allocate(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
    ) -> Result<Cell, OutOfMemory> {
        match self.allocate_young(size) {
            Some(room) => Ok(room.format(kind, slots)),
            None => self.allocate_slowly(kind, size, slots, false),
        }
    }

    /// As [`allocate`](Self::allocate), of a cell with a tag, whose descriptor a collection on the way keeps.
    #[inline(always)]
    pub(crate) fn allocate_tagged(
        &mut self,
        kind: Kind,
        tag: Tag,
        size: usize,
        slots: usize,
    ) -> Result<Cell, OutOfMemory> {
        #[cfg(zeal)]
        self.roots.descriptors.keep_for_allocation(tag);
        let cell = match self.allocate_young(size) {
            Some(room) => room.format(kind, slots),
            None => self.allocate_tagged_slowly(kind, tag, size, slots)?,
        };
        cell.set_tag(tag);
        Ok(cell)
    }

    #[cold]
    #[inline(never)]
    fn allocate_tagged_slowly(
        &mut self,
        kind: Kind,
        tag: Tag,
        size: usize,
        slots: usize,
    ) -> Result<Cell, OutOfMemory> {
        self.roots.descriptors.keep_for_allocation(tag);
        let cell = self.allocate_slowly(kind, size, slots, false);
        self.roots.descriptors.keep_for_allocation(Tag::NONE);
        // It may be old, and is visited yet: its tag is met then.
        cell
    }

    /// Takes room in the new space, if possible without a collection. A new cell there needs neither a write barrier nor
    /// a mark.
    #[inline(always)]
    pub(crate) fn allocate_young(&mut self, size: usize) -> Option<Room> {
        #[cfg(zeal)]
        self.be_zealous();
        if size > LARGEST_IN_PAGE { None } else { self.spaces.allocate_young(size) }
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
            Some(room) => Ok(room.format(kind, slots)),
            None => self.allocate_slowly(kind, size, slots, true),
        }
    }

    /// Takes room in the old space's current bump range. Taking a new range checks whether a collection is due. During
    /// incremental marking this gives no room, because each cell must be marked and may make a step due.
    #[inline(always)]
    pub(crate) fn allocate_in_old_range(&mut self, size: usize) -> Option<Room> {
        #[cfg(zeal)]
        self.be_zealous();
        let short = size <= LARGEST_IN_PAGE && self.marking.marker.is_none();
        if short { self.spaces.allocate_in_old_range(size) } else { None }
    }

    /// Allocates a cell after the collections that are due; in the old generation if `old`.
    #[cold]
    #[inline(never)]
    pub(crate) fn allocate_slowly(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
        old: bool,
    ) -> Result<Cell, OutOfMemory> {
        let room = self.allocate_somewhere(size, slots, old);
        self.allow_allocation();
        let room = room?;
        self.forget_refusal();
        // A new mapping is zero already.
        let large = size > LARGEST_IN_PAGE;
        let cell = if large { room.format_large(kind, slots) } else { room.format(kind, slots) };
        // An old cell that is made during incremental marking is marked.
        if !self.is_young(cell)
            && let Some(marker) = &mut self.marking.marker
        {
            marker.allocated(cell);
        }
        Ok(cell)
    }

    /// Bounds the new space to where the next collection or marking step is due.
    pub(super) fn allow_allocation(&mut self) {
        let allowance = if self.natives.external.is_due() {
            0
        } else if self.marking.marker.is_some() {
            let step = STEP_BYTES.min(self.spaces.new.capacity() / 2);
            self.spaces.new.used().saturating_add(step)
        } else {
            usize::MAX
        };
        self.spaces.allow(allowance);
    }

    fn allocate_somewhere(
        &mut self,
        size: usize,
        slots: usize,
        old: bool,
    ) -> Result<Room, OutOfMemory> {
        if size > MAX_SIZE {
            return Err(self.spaces.refusal(size, Reason::TooLarge));
        }
        if size > LARGEST_IN_PAGE {
            // V8's `NewLargeObjectSpace` takes as much as a semi-space between scavenges.
            let many = self.spaces.large.exceeds(size, self.spaces.new.capacity());
            self.collect_if_due(many && self.options.marking_pace != MarkingPace::AtOnce);
            self.need(LargeSpace::commit(size), size)?;
            self.growth.allocated(size);
            // The slots are written at once; raw bytes are zero already.
            let room = self.spaces.allocate_large(size, WORD * slots);
            return room.ok_or_else(|| self.no_memory(size));
        }
        if old {
            if self.spaces.old_generation() > self.growth.next_full {
                self.collect_if_due(false);
            }
        } else {
            let marking = self.marking.marker.is_some() && !self.natives.external.is_due();
            let most = self.spaces.promotable().min(self.spaces.new.capacity());
            if marking && self.spaces.new.used() + size <= most {
                self.mark_along();
                self.allow_allocation();
                if let Some(room) = self.spaces.allocate_young(size) {
                    return Ok(room);
                }
            }
            self.collect_if_due(true);
            self.allow_allocation();
            // The cells of the new space may have to be promoted. If the limit does not allow another page for that, take
            // free ranges of the old space first, and demand at least a page from a last-resort collection: otherwise
            // every few cells would cause one.
            let needed = promotion(size).max(PAGE);
            if !self.spaces.has_room(needed)
                && let Some(room) = self.spaces.change().old.allocate_thoroughly(size)
            {
                return Ok(room);
            }
            if let Err(refusal) = self.need(needed, size) {
                // The last-resort collection may have freed ranges of the old space's pages, or a page.
                if let Some(room) = self.spaces.change().old.allocate_thoroughly(size) {
                    return Ok(room);
                }
                if !self.spaces.has_room(PAGE) {
                    return Err(refusal);
                }
            } else if let Some(room) = self.spaces.allocate_young(size) {
                return Ok(room);
            }
        }
        let mut change = self.spaces.change();
        change.old.allow_sweeping(SWEEPABLE);
        if let Some(room) = change.old.allocate(size) {
            return Ok(room);
        }
        drop(change);
        if !self.spaces.has_room(PAGE)
            && let Some(room) = self.spaces.change().old.allocate_thoroughly(size)
        {
            return Ok(room);
        }
        let needed = self.need(PAGE, size);
        let mut change = self.spaces.change();
        match needed {
            Ok(()) => {
                let room = change.old.allocate_surely(size);
                drop(change);
                room.ok_or_else(|| self.no_memory(size))
            }
            Err(refusal) => change.old.allocate_thoroughly(size).ok_or(refusal),
        }
    }

    /// The error if the operating system gives no memory for a cell.
    fn no_memory(&self, size: usize) -> OutOfMemory {
        self.spaces.refusal(size, Reason::System)
    }

    /// Collects what is due: with `young`, at least the new space.
    fn collect_if_due(&mut self, young: bool) {
        if self.natives.external.is_due() {
            return self.full_collection(Cause::ExternalMemory);
        }
        let steps = self.options.incremental.is_some();
        let pace = self.options.marking_pace;
        if !steps && pace != MarkingPace::AtOnce {
            return self.collect_at_pace(young);
        }
        // A scavenge would promote the cells below the age mark.
        let aged = if young { self.spaces.new.aged() } else { 0 };
        if !steps && self.spaces.old_generation() + aged > self.growth.next_full {
            return self.full_collection(Cause::OldSpaceLimit);
        }
        let scavenged = young && self.spaces.new.used() > 0;
        if scavenged {
            self.young_collection(Cause::Allocation);
        }
        // While marking is in progress, a step is due soon after a scavenge, so that these are two pauses; unless more was
        // promoted than marking keeps up with.
        let outrun = self.spaces.old_generation() >= self.marking.marked_until + STEP_BYTES / 2;
        let soon = scavenged && self.marking.marker.is_some() && !outrun;
        if steps && !soon {
            self.mark_along();
        }
    }

    /// Collects what is due as a V8 does that marks at a pace.
    fn collect_at_pace(&mut self, young: bool) {
        let used = self.spaces.new.used();
        // A scavenge could promote more than the old generation may hold (V8: "scavenge might not succeed").
        if young && used > self.spaces.old_room() {
            return self.full_collection(Cause::OldSpaceLimit);
        }
        let waits = matches!(self.options.marking_pace, MarkingPace::Separate(_)) && self.is_due();
        if young && waits && !self.has_marked() {
            if self.spaces.stretch_new_space() {
                return;
            }
            return self.full_collection(Cause::OldSpaceLimit);
        }
        if young && used > 0 && !waits {
            self.young_collection(Cause::Allocation);
        }
        let late = !young && self.growth.is_overshot(&self.spaces);
        if self.is_due() && (self.has_marked() || late) {
            self.full_collection(Cause::OldSpaceLimit);
        }
    }

    fn is_due(&self) -> bool {
        self.spaces.old_generation() > self.growth.next_full
    }

    fn has_marked(&mut self) -> bool {
        self.growth.has_marked(&self.spaces, self.options.marking_pace)
    }
}
