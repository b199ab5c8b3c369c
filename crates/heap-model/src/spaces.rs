//! The spaces, and the limit that bounds what they commit together.
//!
//! **Invariant**: the sum of committed memory, the most that promoting the new space's cells can commit, and two pages
//! never exceeds the limit, so a collection never runs out of room. Every change of a capacity goes through this file,
//! which then bounds the new space again.

mod large;
mod new;
mod old;

pub(crate) use large::LargeSpace;
pub(crate) use new::{FromSpace, NewSpace};
pub(crate) use old::OldSpace;

use crate::error::{OutOfMemory, Reason};
use crate::memory::mapping::{Mapping, PAGE};
use crate::memory::room::Room;
use crate::options::{HeapOptions, MarkingPace};
use core::ops::{Deref, DerefMut};

/// The pages that a heap needs beside its semi-spaces: two that are kept free, and one for promotion.
const LEAST_BESIDE: usize = 3 * PAGE;

/// The least limit of a heap that can hold a cell.
const LEAST_LIMIT: usize = 2 * PAGE + LEAST_BESIDE;

/// Upper bound on the memory that promoting `bytes` bytes commits, excluding one partly filled page. A page is added
/// when no range of a class above the cell's own is free; those of its own are shorter than 131,072 bytes, so of all
/// pages but the last at least 126,649 are filled.
pub(crate) const fn promotion(bytes: usize) -> usize {
    bytes.saturating_mul(2).saturating_add(bytes / 14)
}

/// The three spaces, what is reserved beside them, and their limit.
pub(crate) struct Spaces {
    parts: Parts,
    reserved: Vec<Mapping>,
    /// The limit of what all spaces commit, in bytes.
    limit: usize,
    /// A full collection may promote the new space beyond the old generation's limit.
    soft: bool,
    /// The limit of what the old generation commits.
    old_limit: usize,
    /// Bytes up to which the new space may be filled before a collection or a marking step.
    allowance: usize,
}

/// The spaces, mutably, for a collection.
pub(crate) struct Parts {
    pub new: NewSpace,
    pub old: OldSpace,
    pub large: LargeSpace,
}

/// The spaces, mutably. Dropping this counts what is committed and bounds the new space.
pub(crate) struct Change<'h>(&'h mut Spaces);

impl Deref for Change<'_> {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

impl DerefMut for Change<'_> {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0.parts
    }
}

impl Change<'_> {
    /// Before marking: nothing is left to be swept, and the marks of all old and large cells are to be cleared.
    pub fn begin_clearing(&mut self) {
        let Parts { old, large, .. } = &mut self.0.parts;
        old.begin_clearing(large.chunks());
    }

    /// Whether compaction may commit another page.
    pub fn has_page(&self) -> bool {
        self.0.committed() + PAGE <= self.0.limit && self.0.old_room() >= PAGE
    }
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        self.0.bound();
    }
}

impl Deref for Spaces {
    type Target = Parts;

    #[inline(always)]
    fn deref(&self) -> &Parts {
        &self.parts
    }
}

/// The initial semi-space: as the options say, or less to leave room beside it; `None` if the limit is too low.
fn first_semi_space(options: &HeapOptions) -> Option<usize> {
    if options.limit < LEAST_LIMIT {
        return None;
    }
    let fits = |semi: &usize| *semi <= (options.limit - LEAST_BESIDE) / 2;
    let wanted = options.initial_semi_space.max(PAGE).checked_next_multiple_of(PAGE);
    let less = options.limit / 8;
    Some(wanted.filter(fits).unwrap_or((less - less % PAGE).max(PAGE)))
}

impl Spaces {
    /// Makes empty spaces: two semi-spaces are committed.
    pub fn new(options: &HeapOptions) -> Result<Self, OutOfMemory> {
        let limit = options.limit;
        let refused = |requested, reason| OutOfMemory { requested, used: 0, limit, reason };
        let semi = first_semi_space(options);
        let semi = semi.ok_or_else(|| refused(LEAST_LIMIT, Reason::LimitTooLow))?;
        let most = options.max_semi_space.min(limit / 2).max(semi);
        let most = most.checked_next_multiple_of(PAGE).unwrap_or(most - most % PAGE);
        let new = NewSpace::new(semi, most)
            .ok_or_else(|| refused(most.saturating_mul(2), Reason::System))?;
        let old_limit = options.old_generation_limit;
        let soft = options.marking_pace != MarkingPace::AtOnce;
        let parts = Parts { new, old: OldSpace::default(), large: LargeSpace::default() };
        let mut spaces =
            Self { parts, reserved: Vec::new(), limit, soft, old_limit, allowance: usize::MAX };
        spaces.bound();
        Ok(spaces)
    }

    /// The spaces, mutably.
    pub fn change(&mut self) -> Change<'_> {
        Change(self)
    }

    /// Takes room for a young cell, up to what the limit and the collectors allow.
    #[inline(always)]
    pub fn allocate_young(&mut self, size: usize) -> Option<Room> {
        self.parts.new.allocate(size)
    }

    /// Takes room for an old cell in the current bump range.
    #[inline(always)]
    pub fn allocate_in_old_range(&mut self, size: usize) -> Option<Room> {
        self.parts.old.allocate_in_range(size)
    }

    /// Maps room for a large cell, of whose bytes the first `written` are written at once.
    pub fn allocate_large(&mut self, size: usize, written: usize) -> Option<Room> {
        self.change().large.allocate(size, written)
    }

    /// Commits memory that holds no cells.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        if !self.has_room(bytes) {
            return Err(self.refusal(bytes, Reason::Limit));
        }
        let mut mapping = Mapping::new(bytes).ok_or_else(|| self.refusal(bytes, Reason::System))?;
        mapping.touch();
        self.reserved.push(mapping);
        self.bound();
        Ok(())
    }

    pub fn limit(&self) -> usize {
        self.limit
    }

    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
        self.bound();
    }

    /// Grows the semi-spaces, if the limit allows it.
    pub fn grow_new_space(&mut self, capacity: usize) -> bool {
        let room = self.may_commit(2 * capacity);
        if room {
            self.change().new.grow(capacity);
        }
        room
    }

    /// Shrinks the semi-spaces by what is missing for `needed` more bytes, if that is enough. They grow again as cells
    /// survive.
    pub fn yield_new_space(&mut self, needed: usize) {
        let reserve = promotion(self.new.used()) + 2 * PAGE;
        let wanted = self.committed().saturating_add(needed).saturating_add(reserve);
        let lacking = wanted.saturating_sub(self.limit).div_ceil(2 * PAGE).saturating_mul(PAGE);
        let left = self.new.capacity().saturating_sub(lacking);
        if left >= self.new.used().max(PAGE) {
            self.shrink_new_space(left);
        }
    }

    /// Adds a page to the semi-space in use until the next collection, if that may have one more and all could still be promoted.
    pub fn stretch_new_space(&mut self) -> bool {
        self.has_room(promotion(PAGE) + PAGE) && self.change().new.stretch()
    }

    /// Shrinks the semi-spaces as far as their cells fit.
    pub fn shrink_new_space(&mut self, capacity: usize) {
        self.change().new.shrink(capacity);
    }

    /// Bounds the new space to `used` bytes until the next call, as the pace of collection demands. Its cells stay.
    pub fn allow(&mut self, used: usize) {
        self.allowance = used;
        self.bound();
    }

    /// Bounds the new space to what can be promoted within the limit.
    fn bound(&mut self) {
        let used = self.promotable().min(self.allowance);
        self.parts.new.bound(used);
    }

    /// Bytes that the spaces and reservations hold now.
    pub fn total(&self) -> usize {
        self.committed() - self.new.unneeded()
    }

    /// Gives the from-space back until the next collection.
    pub fn release_from_space(&mut self) {
        self.change().new.release_from_space();
    }

    /// Bytes committed by the spaces and reservations, the whole from-space included: what the limit is held to.
    pub fn committed(&self) -> usize {
        self.new.committed() + self.old.committed() + self.large.committed() + self.reserved()
    }

    /// Bytes that hold no cells.
    pub fn reserved(&self) -> usize {
        self.reserved.iter().map(Mapping::length).sum()
    }

    /// Bytes of cells.
    pub fn used(&self) -> usize {
        self.new.used() + self.old_generation()
    }

    /// Bytes of old and large cells.
    pub fn old_generation(&self) -> usize {
        self.old.used() + self.large.used()
    }

    /// Whether the old generation may commit `needed` more bytes.
    pub fn has_room(&self, needed: usize) -> bool {
        self.may_commit(needed)
            && needed.saturating_add(if self.soft { 0 } else { self.reserve_for_promotion() })
                <= self.old_room()
    }

    /// Whether all spaces together may commit `needed` more bytes.
    fn may_commit(&self, needed: usize) -> bool {
        self.committed().saturating_add(needed).saturating_add(self.reserve_for_promotion())
            <= self.limit
    }

    /// What promoting the new space may commit, and two pages.
    fn reserve_for_promotion(&self) -> usize {
        promotion(self.new.used()) + 2 * PAGE
    }

    /// The most that the old generation may commit beside what it has.
    pub fn old_room(&self) -> usize {
        let committed = self.old.committed() + self.large.committed() + self.reserved();
        self.old_limit.saturating_sub(committed)
    }

    /// The most bytes that the new space may hold so that all can be promoted.
    pub fn promotable(&self) -> usize {
        let room = self.limit.saturating_sub(self.committed());
        let old_room = self.old_room();
        let room = if self.soft && old_room > 0 { room } else { room.min(old_room) };
        let room = room.saturating_sub(2 * PAGE);
        // The inverse of `promotion`.
        room / 29 * 14
    }

    /// The error of an allocation of `requested` bytes.
    pub fn refusal(&self, requested: usize, reason: Reason) -> OutOfMemory {
        OutOfMemory { requested, used: self.used(), limit: self.limit, reason }
    }
}
