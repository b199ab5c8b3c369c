//! `FinalizationRegistry`: registrations in the heap, found dead after collections.
//!
//! A registry's cell has an array of the registrations that it watches, an array of those that it
//! found dead, and a table from unregister tokens to the lists of theirs. A registration is a cell:
//! the weak cell of its target, the held value, and its neighbours in its token's list. The list's
//! own cell, an array of one, refers to the first and is its left neighbour.
//!
//! Invariants: a registration is in one of the two arrays until its held value has come out or it
//! was taken back. From then on its slots are undefined, no list has it, and an array that still
//! does passes over it. No unsafe code.

use crate::WeakError;
use crate::identity::{self, Brand, cell_in, held_weakly};
use heap_model::{Kind, Local, Scope, Value};

// A registry's slots.
const CELLS: usize = 0;
const LENGTH: usize = 1;
const TOKENS: usize = 2;
const READY: usize = 3;
/// How many of the ready ones have been passed.
const PASSED: usize = 4;
const SLOTS: usize = 5;

// A registration's.
const WATCH: usize = 0;
const HELD: usize = 1;
const LEFT: usize = 2;
const RIGHT: usize = 3;
const REGISTRATION_SLOTS: usize = 4;

const FIRST_CAPACITY: usize = 4;

/// Held values that are given to a cleanup job once their target has been collected (ECMA-262,
/// 26.2).
///
/// The registry keeps its held values alive, not its targets nor its tokens. Nothing is called
/// during a collection: the host asks for cleanup, of one registry with
/// [`cleanup_some`](Self::cleanup_some) or of all with
/// [`Agent::run_cleanup`](crate::Agent::run_cleanup). A registry that is collected calls nobody.
///
/// ```
/// use heap_model::{Heap, HeapOptions, Kind, Value};
/// use weak_refs::FinalizationRegistry;
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), weak_refs::WeakError> {
///     let registry = FinalizationRegistry::new(scope)?;
///     let kept = scope.alloc(Kind::Object, 1, 0)?;
///     let registration = registry.register(scope, Value::Ref(kept), Value::Smi(1), None)?;
///     scope.scope(|inner| {
///         let target = inner.alloc(Kind::Object, 1, 0)?;
///         let _ = registry.register(inner, Value::Ref(target), Value::Smi(2), None)?;
///         Ok::<_, weak_refs::WeakError>(())
///     })?;
///     scope.collect();
///     let mut cleaned = Vec::new();
///     registry.cleanup_some(scope, usize::MAX, |_, held| {
///         if let Value::Smi(number) = held {
///             cleaned.push(number);
///         }
///     })?;
///     assert_eq!(cleaned, [2]);
///     assert!(registration.unregister(scope)?);
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct FinalizationRegistry<'s> {
    cell: Local<'s>,
}

/// What takes one registration back, whether or not it has a token.
///
/// `unregister` with a token that was never given does nothing and says so only in its answer; this
/// handle cannot miss.
#[derive(Clone, Copy)]
#[must_use = "without it or a token the registration cannot be taken back"]
pub struct Registration<'s> {
    cell: Local<'s>,
}

impl<'s> FinalizationRegistry<'s> {
    /// Makes a registry without registrations.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit.
    pub fn new(scope: &mut Scope<'s>) -> Result<Self, WeakError> {
        let cell = identity::alloc(scope, Brand::Registry, SLOTS)?;
        scope.scope(|scope| {
            let cells = scope.alloc(Kind::Array, FIRST_CAPACITY, 0)?;
            scope.set(cell, CELLS, Value::Ref(cells))?;
            let tokens = scope.alloc_ephemeron_table(4)?;
            scope.set(cell, TOKENS, Value::Ref(tokens))?;
            let ready = scope.alloc(Kind::Array, 0, 0)?;
            scope.set(cell, READY, Value::Ref(ready))?;
            for slot in [LENGTH, PASSED] {
                scope.set(cell, slot, Value::Smi(0))?;
            }
            Ok(Self { cell })
        })
    }

    /// Takes a handle for the registry that a cell is, for one that was kept in a slot or a global.
    ///
    /// # Errors
    /// [`WeakError::NotAFinalizationRegistry`] for any other cell.
    pub fn from_cell(scope: &mut Scope<'_>, cell: Local<'s>) -> Result<Self, WeakError> {
        if identity::is(scope, cell, Brand::Registry, SLOTS)? {
            Ok(Self { cell })
        } else {
            Err(WeakError::NotAFinalizationRegistry)
        }
    }

    /// The registry's own cell, to be kept in a slot or a global.
    #[must_use]
    pub fn cell(self) -> Local<'s> {
        self.cell
    }

    /// Registers `target`: once it has been collected, `held` is given to the cleanup. Amortised
    /// expected constant time.
    ///
    /// With a token the registration can also be taken back by [`unregister`](Self::unregister).
    /// The token may be the target; it is held weakly. `undefined` is none.
    ///
    /// # Errors
    /// [`WeakError::CannotBeHeldWeakly`] for a target or a token without identity,
    /// [`WeakError::HeldValueIsTarget`], and [`WeakError::Heap`] at the heap's limit; nothing is
    /// then registered.
    pub fn register<'t>(
        self,
        scope: &mut Scope<'t>,
        target: Value<'_>,
        held: Value<'_>,
        token: Option<Value<'_>>,
    ) -> Result<Registration<'t>, WeakError> {
        let target = held_weakly(scope, target)?;
        if matches!(held, Value::Ref(held) if scope.same(held, target)) {
            return Err(WeakError::HeldValueIsTarget);
        }
        let token = match token {
            None | Some(Value::Undefined) => None,
            Some(token) => Some(held_weakly(scope, token)?),
        };
        let cell = scope.escape(|scope| {
            let cell = identity::alloc(scope, Brand::Registration, REGISTRATION_SLOTS)?;
            let watch = scope.alloc_weak_cell(target)?;
            scope.set(cell, WATCH, Value::Ref(watch))?;
            scope.set(cell, HELD, held)?;
            self.make_room(scope)?;
            if let Some(token) = token {
                self.link(scope, cell, token)?;
            }
            let length = self.number(scope, LENGTH)?;
            let cells = self.part(scope, CELLS, Kind::Array)?;
            scope.set(cells, length, Value::Ref(cell))?;
            self.set_number(scope, LENGTH, length + 1)?;
            Ok::<_, WeakError>(cell)
        })?;
        Ok(Registration { cell })
    }

    /// Takes back all registrations with this token and says whether there were any. Linear in
    /// their number.
    ///
    /// # Errors
    /// [`WeakError::CannotBeHeldWeakly`] for a token without identity.
    pub fn unregister(self, scope: &mut Scope<'_>, token: Value<'_>) -> Result<bool, WeakError> {
        let token = held_weakly(scope, token)?;
        scope.scope(|scope| {
            let tokens = self.part(scope, TOKENS, Kind::EphemeronTable)?;
            let Some(Value::Ref(list)) = scope.ephemeron_get(tokens, token)? else {
                return Ok(false);
            };
            let mut any = false;
            while scope.scope(|scope| match cell_in(scope, list, 0, Kind::Object)? {
                Some(cell) => release(scope, cell),
                None => Ok(false),
            })? {
                any = true;
            }
            scope.ephemeron_delete(tokens, token)?;
            Ok(any)
        })
    }

    /// Calls `callback` with at most `limit` held values of collected targets, in the order of
    /// registration, and returns how many. Each is taken out before its call, so none comes twice.
    ///
    /// Constant time for each held value, and a look at every registration once those that an
    /// earlier call has found are used up. The callback may register and unregister here.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit; no held value is then lost.
    pub fn cleanup_some(
        self,
        scope: &mut Scope<'_>,
        limit: usize,
        mut callback: impl FnMut(&mut Scope<'_>, Value<'_>),
    ) -> Result<usize, WeakError> {
        let mut sorted_out = false;
        for called in 0..limit {
            let more = scope.scope(|scope| {
                let mut held = self.next_ready(scope)?;
                if held.is_none() && !sorted_out {
                    sorted_out = true;
                    self.sort_out(scope)?;
                    held = self.next_ready(scope)?;
                }
                let Some(held) = held else { return Ok::<_, WeakError>(false) };
                callback(scope, held);
                Ok(true)
            })?;
            if !more {
                return Ok(called);
            }
        }
        Ok(limit)
    }

    /// How many registrations there are whose held value has not come out. Linear.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn occupancy(self, scope: &mut Scope<'_>) -> Result<usize, WeakError> {
        scope.scope(|scope| {
            let cells = self.part(scope, CELLS, Kind::Array)?;
            let ready = self.part(scope, READY, Kind::Array)?;
            let mut count = 0;
            for array in [cells, ready] {
                for index in 0..scope.slot_count(array)? {
                    count += usize::from(scope.scope(|scope| registered(scope, array, index))?);
                }
            }
            Ok(count)
        })
    }

    /// Moves the registrations of dead targets to the ready ones, of which none is left, and closes
    /// the gaps.
    fn sort_out(self, scope: &mut Scope<'_>) -> Result<(), WeakError> {
        scope.scope(|scope| {
            let cells = self.part(scope, CELLS, Kind::Array)?;
            let length = self.number(scope, LENGTH)?;
            let dead = |scope: &mut Scope<'_>, index| {
                scope.scope(|scope| Ok::<_, WeakError>(fate(scope, cells, index)? == Fate::Ready))
            };
            let mut count = 0;
            for index in 0..length {
                count += usize::from(dead(scope, index)?);
            }
            let ready = scope.alloc(Kind::Array, count, 0)?;
            let (mut kept, mut moved) = (0, 0);
            for index in 0..length {
                scope.scope(|scope| {
                    let (to, at) = match fate(scope, cells, index)? {
                        Fate::Watched => (cells, &mut kept),
                        // The collection of the last allocation may have found more.
                        Fate::Ready if moved == count => (cells, &mut kept),
                        Fate::Ready => (ready, &mut moved),
                        Fate::Gone => return Ok::<_, WeakError>(()),
                    };
                    let cell = scope.get(cells, index)?;
                    scope.set(to, *at, cell)?;
                    *at += 1;
                    Ok(())
                })?;
            }
            for index in kept..length {
                scope.set(cells, index, Value::Undefined)?;
            }
            self.set_number(scope, LENGTH, kept)?;
            self.set_number(scope, PASSED, 0)?;
            Ok(scope.set(self.cell, READY, Value::Ref(ready))?)
        })
    }

    /// Takes out the next held value of a dead target, of those that are known.
    fn next_ready<'t>(self, scope: &mut Scope<'t>) -> Result<Option<Value<'t>>, WeakError> {
        let ready = self.part(scope, READY, Kind::Array)?;
        loop {
            let passed = self.number(scope, PASSED)?;
            if passed == scope.slot_count(ready)? {
                return Ok(None);
            }
            let cell = cell_in(scope, ready, passed, Kind::Object)?;
            scope.set(ready, passed, Value::Undefined)?;
            self.set_number(scope, PASSED, passed + 1)?;
            let Some(cell) = cell else { continue };
            let held = scope.get(cell, HELD)?;
            if release(scope, cell)? {
                return Ok(Some(held));
            }
        }
    }

    /// Leaves room for one registration more: drops those that were taken back, or else grows.
    fn make_room(self, scope: &mut Scope<'_>) -> Result<(), WeakError> {
        let cells = self.part(scope, CELLS, Kind::Array)?;
        let (length, capacity) = (self.number(scope, LENGTH)?, scope.slot_count(cells)?);
        if length < capacity {
            return Ok(());
        }
        let mut live = 0;
        for index in 0..length {
            live += usize::from(scope.scope(|scope| registered(scope, cells, index))?);
        }
        let larger = scope.alloc(Kind::Array, (2 * live).max(FIRST_CAPACITY), 0)?;
        let mut kept = 0;
        for index in 0..length {
            scope.scope(|scope| {
                if registered(scope, cells, index)? {
                    let cell = scope.get(cells, index)?;
                    scope.set(larger, kept, cell)?;
                    kept += 1;
                }
                Ok::<_, WeakError>(())
            })?;
        }
        self.set_number(scope, LENGTH, kept)?;
        Ok(scope.set(self.cell, CELLS, Value::Ref(larger))?)
    }

    /// Puts a registration at the head of its token's list.
    fn link(
        self,
        scope: &mut Scope<'_>,
        cell: Local<'_>,
        token: Local<'_>,
    ) -> Result<(), WeakError> {
        let tokens = self.part(scope, TOKENS, Kind::EphemeronTable)?;
        let list = match scope.ephemeron_get(tokens, token)? {
            Some(Value::Ref(list)) => list,
            _ => {
                let list = scope.alloc(Kind::Array, 1, 0)?;
                if let Some(grown) = scope.ephemeron_set(tokens, token, Value::Ref(list))? {
                    scope.set(self.cell, TOKENS, Value::Ref(grown))?;
                }
                list
            }
        };
        if let Some(first) = cell_in(scope, list, 0, Kind::Object)? {
            scope.set(first, LEFT, Value::Ref(cell))?;
            scope.set(cell, RIGHT, Value::Ref(first))?;
        }
        scope.set(cell, LEFT, Value::Ref(list))?;
        Ok(scope.set(list, 0, Value::Ref(cell))?)
    }

    fn part<'t>(
        self,
        scope: &mut Scope<'t>,
        slot: usize,
        kind: Kind,
    ) -> Result<Local<'t>, WeakError> {
        cell_in(scope, self.cell, slot, kind)?.ok_or(WeakError::NotAFinalizationRegistry)
    }

    fn number(self, scope: &mut Scope<'_>, slot: usize) -> Result<usize, WeakError> {
        match scope.get(self.cell, slot)? {
            Value::Smi(number) => Ok(number as usize),
            _ => Err(WeakError::NotAFinalizationRegistry),
        }
    }

    /// An array has fewer than 2^31 elements, so that its length is a small integer.
    fn set_number(
        self,
        scope: &mut Scope<'_>,
        slot: usize,
        number: usize,
    ) -> Result<(), WeakError> {
        Ok(scope.set(self.cell, slot, Value::Smi(number as i32))?)
    }
}

impl<'s> Registration<'s> {
    /// Takes a handle for the registration that a cell is, for one that was kept in a slot or a
    /// global.
    ///
    /// # Errors
    /// [`WeakError::NotARegistration`] for any other cell.
    pub fn from_cell(scope: &mut Scope<'_>, cell: Local<'s>) -> Result<Self, WeakError> {
        if identity::is(scope, cell, Brand::Registration, REGISTRATION_SLOTS)? {
            Ok(Self { cell })
        } else {
            Err(WeakError::NotARegistration)
        }
    }

    /// The registration's own cell, to be kept in a slot or a global. It keeps the held value.
    #[must_use]
    pub fn cell(self) -> Local<'s> {
        self.cell
    }

    /// Takes the registration back and says whether it was there: not if its held value has come
    /// out, or it was taken back before. Constant time.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn unregister(self, scope: &mut Scope<'_>) -> Result<bool, WeakError> {
        scope.scope(|scope| release(scope, self.cell))
    }
}

#[derive(PartialEq, Eq)]
enum Fate {
    Watched,
    Ready,
    Gone,
}

/// What has become of the registration at this place.
fn fate(scope: &mut Scope<'_>, array: Local<'_>, index: usize) -> Result<Fate, WeakError> {
    let Some(cell) = cell_in(scope, array, index, Kind::Object)? else { return Ok(Fate::Gone) };
    let Some(watch) = cell_in(scope, cell, WATCH, Kind::WeakCell)? else { return Ok(Fate::Gone) };
    Ok(if scope.weak_target(watch)?.is_some() { Fate::Watched } else { Fate::Ready })
}

fn registered(scope: &mut Scope<'_>, array: Local<'_>, index: usize) -> Result<bool, WeakError> {
    Ok(fate(scope, array, index)? != Fate::Gone)
}

/// Ends a registration and takes it out of its token's list. Says whether it had not ended.
fn release(scope: &mut Scope<'_>, cell: Local<'_>) -> Result<bool, WeakError> {
    if cell_in(scope, cell, WATCH, Kind::WeakCell)?.is_none() {
        return Ok(false);
    }
    let (left, right) = (scope.get(cell, LEFT)?, scope.get(cell, RIGHT)?);
    if let Value::Ref(left) = left {
        let slot = if scope.kind(left)? == Kind::Array { 0 } else { RIGHT };
        scope.set(left, slot, right)?;
    }
    if let Value::Ref(right) = right {
        scope.set(right, LEFT, left)?;
    }
    for slot in 0..REGISTRATION_SLOTS {
        scope.set(cell, slot, Value::Undefined)?;
    }
    Ok(true)
}
