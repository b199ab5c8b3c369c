//! Registrations, as programs use them.

use super::size::cell_size;
use super::{Local, Scope};
use crate::error::{AccessError, HeapError};
use crate::memory::cell::Cell;
use crate::memory::header::{Header, Kind};
use crate::memory::word::Word;
use crate::tables::registration::{
    self, FOUND, Fate, ORDERED, OWNER, OWNERS_SLOTS, TARGET, TOKEN, USERS,
};

impl<'s> Scope<'s> {
    /// Allocates a registration of 48 + 8 `slots` bytes, in the old space, as V8 does its WeakCells. Its
    /// slots are undefined. They begin with slot 4 of the cell; those before are the heap's own.
    ///
    /// Once a full collection has found the target dead, [`next_dead`](Self::next_dead) returns the
    /// registration, if it is alive itself. From now on the first two slots of the owner, an object or an
    /// array, are the heap's own. May collect; otherwise O(slots).
    ///
    /// # Errors
    /// [`HeapError::OutOfMemory`] at the limit; [`AccessError::WrongKind`] for another owner, or a token
    /// without identity (a double); [`AccessError::WrongHeap`].
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn alloc_registration(
        &mut self,
        owner: Local<'_>,
        target: Local<'_>,
        token: Option<Local<'_>>,
        slots: usize,
    ) -> Result<Local<'s>, HeapError> {
        self.owner(owner)?;
        // Refuse handles of other heaps before anything is allocated.
        self.cell(target)?;
        let hash = token.map(|token| self.identity_hash(token)).transpose()?;
        let slots = USERS.saturating_add(slots);
        let place = self.heap.allocate_old(Kind::Registration, cell_size(slots, 0), slots)?;
        let cell = self.push(place);
        let (owner, target) = (self.cell(owner)?, self.cell(target)?);
        let token = token.map(|token| self.cell(token)).transpose()?;
        let heap = &mut self.heap;
        let own = heap.identities.of(place);
        place.set_auxiliary(hash.unwrap_or(own));
        heap.store(place, TARGET, target.word());
        heap.store(place, TOKEN, token.map_or(Word::UNDEFINED, Cell::word));
        heap.store(place, OWNER, owner.word());
        Ok(cell)
    }

    /// What has become of a registration. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for another cell, [`AccessError::WrongHeap`].
    #[inline]
    pub fn registration_fate(&self, cell: Local<'_>) -> Result<Fate, AccessError> {
        Ok(registration::fate(self.registration(cell)?))
    }

    /// The owner of a registration, unless it is dead or the registration has ended. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for another cell, [`AccessError::WrongHeap`].
    pub fn registration_owner(
        &mut self,
        cell: Local<'_>,
    ) -> Result<Option<Local<'s>>, AccessError> {
        let cell = self.registration(cell)?;
        let owner = if registration::has_ended(cell) { None } else { Cell::of(cell.slot(OWNER)) };
        Ok(owner.map(|owner| self.push(owner)))
    }

    /// Ends a registration: [`next_dead`](Self::next_dead) no longer returns it, and its slots become undefined, also if
    /// it had ended with its owner. Returns whether it had not ended before. It stays in its bucket until the next
    /// traversal of the bucket. O(its slots).
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for another cell, [`AccessError::WrongHeap`].
    #[inline]
    pub fn end_registration(&mut self, cell: Local<'_>) -> Result<bool, AccessError> {
        let cell = self.registration(cell)?;
        let ended = registration::has_ended(cell);
        self.heap.forget_refusal();
        registration::end(cell);
        Ok(!ended)
    }

    /// Takes the next registration of a dead target out of the owner's list: the earliest of those
    /// that collections have found so far. Constant time; the first call after collections also sorts what they have
    /// listed, in O(n log c) for n registrations by c collections.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for a cell that is no owner, [`AccessError::WrongHeap`].
    pub fn next_dead(&mut self, owner: Local<'_>) -> Result<Option<Local<'s>>, AccessError> {
        let owner = self.owner(owner)?;
        if owner.slot(FOUND).is_reference() {
            self.order_registrations(owner);
        }
        while let Some(cell) = registration::listed(owner.slot(ORDERED)) {
            self.heap.store(owner, ORDERED, registration::unlist(cell));
            if registration::fate(cell) == Fate::Dead {
                return Ok(Some(self.push(cell)));
            }
        }
        Ok(None)
    }

    /// The next owner of registrations whose targets have died: a registry that has work. It is given again when a
    /// collection has found more, and not before, so its registrations are to be taken out until
    /// [`next_dead`](Self::next_dead) gives none. It is not kept alive meanwhile. Amortised constant time.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapError, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let registries = [scope.alloc(Kind::Object, 3, 0)?, scope.alloc(Kind::Object, 3, 0)?];
    /// scope.scope(|scope| -> Result<(), HeapError> {
    ///     let target = scope.alloc(Kind::Object, 0, 0)?;
    ///     let registration = scope.alloc_registration(registries[1], target, None, 1)?;
    ///     // The owner keeps it, and what its slot refers to.
    ///     Ok(scope.set(registries[1], 2, Value::Ref(registration))?)
    /// })?;
    /// scope.collect();
    /// assert_eq!(scope.owners_with_work(), 1);
    /// let owner = scope.next_owner().expect("one that has work");
    /// assert!(scope.same(owner, registries[1]) && scope.next_owner().is_none());
    /// assert!(scope.next_dead(owner)?.is_some());
    /// # Ok::<(), HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn next_owner(&mut self) -> Option<Local<'s>> {
        while let Some(owner) = self.heap.roots.owners.pop_front() {
            if registration::has_listed(owner) {
                return Some(self.push(owner));
            }
        }
        None
    }

    /// Takes at most `limit` registrations of dead targets out of all owners' lists, and calls `f` with each and its owner,
    /// in a scope of its own. The host's state and errors are `f`'s. Returns how many there were. Constant time for each
    /// beside `f`'s, and what [`next_dead`](Self::next_dead) sorts.
    ///
    /// ```
    /// # use heap_model::{AccessError, Heap, HeapError, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let files = scope.alloc(Kind::Array, 12, 0)?;
    /// for file in 0..10 {
    ///     scope.scope(|scope| -> Result<(), HeapError> {
    ///         let target = scope.alloc(Kind::Object, 0, 0)?;
    ///         let registration = scope.alloc_registration(files, target, None, 1)?;
    ///         scope.set(registration, 4, Value::Smi(file))?;
    ///         Ok(scope.set(files, 2 + file as usize, Value::Ref(registration))?)
    ///     })?;
    /// }
    /// scope.collect();
    /// // The host closes files, which may fail.
    /// let mut closed = Vec::new();
    /// let failed = scope.clean_up(usize::MAX, |scope, _, registration| {
    ///     let file = scope.get(registration, 4)?.as_smi();
    ///     closed.push(file.unwrap_or(-1));
    ///     if closed.len() == 3 { Err(AccessError::WrongKind) } else { Ok(()) }
    /// });
    /// assert_eq!((failed, &closed[..]), (Err(AccessError::WrongKind), &[0, 1, 2][..]));
    /// let rest = scope.clean_up(usize::MAX, |_, _, _| Ok::<(), AccessError>(()))?;
    /// assert_eq!((rest, scope.owners_with_work()), (7, 0));
    /// # Ok::<(), HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// What `f` fails with; the other registrations wait for the next call.
    ///
    /// # Panics
    /// If `f` does; the other registrations wait likewise.
    pub fn clean_up<E: From<AccessError>>(
        &mut self,
        limit: usize,
        mut f: impl for<'i> FnMut(&mut Scope<'i>, Local<'i>, Local<'i>) -> Result<(), E>,
    ) -> Result<usize, E> {
        let mut cleaned = 0;
        while cleaned < limit {
            let goes_on = self.scope(|scope| -> Result<bool, E> {
                let Some(owner) = scope.next_owner() else { return Ok(false) };
                let Some(cell) = scope.next_dead(owner)? else { return Ok(true) };
                // Before `f`, which may fail or collect.
                let first = scope.known(owner);
                if registration::has_listed(first) {
                    scope.heap.roots.owners.push_front(first);
                }
                cleaned += 1;
                f(scope, owner, cell)?;
                Ok(true)
            })?;
            if !goes_on {
                break;
            }
        }
        Ok(cleaned)
    }

    #[inline(always)]
    pub(crate) fn registration(&self, cell: Local<'_>) -> Result<Cell, AccessError> {
        let cell = self.cell(cell)?;
        if cell.header().is(Kind::Registration) { Ok(cell) } else { Err(AccessError::WrongKind) }
    }

    #[inline(always)]
    fn owner(&self, cell: Local<'_>) -> Result<Cell, AccessError> {
        let cell = self.cell(cell)?;
        let header = cell.header();
        let right = matches!(header.kind(), Kind::Object | Kind::Array);
        let right = right && cell.slot_count() >= OWNERS_SLOTS;
        if right { Ok(cell) } else { Err(AccessError::WrongKind) }
    }

    /// Sorts an owner's list by the order in which the registrations were made.
    #[cold]
    fn order_registrations(&mut self, owner: Cell) {
        self.heap.forget_refusal();
        let mut cells = Vec::new();
        for list in [FOUND, ORDERED] {
            let mut next = owner.slot(list);
            while let Some(cell) = registration::listed(next) {
                next = registration::unlist(cell);
                if registration::fate(cell) == Fate::Dead {
                    cells.push((self.heap.identities.age(cell.hash()), cell));
                }
            }
            owner.set_slot(list, Word::UNDEFINED);
        }
        // A stable sort is fast on few ascending runs.
        cells.sort_by_key(|(age, _)| *age);
        // The latest registration is the last of the list.
        let mut next = Word::UNDEFINED;
        for (_, cell) in cells {
            cell.set_flag(Header::LISTED, true);
            self.heap.store(cell, TARGET, next);
            next = cell.word();
        }
        self.heap.store(owner, ORDERED, next);
    }
}
