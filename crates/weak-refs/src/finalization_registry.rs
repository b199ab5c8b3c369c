//! `FinalizationRegistry`: registrations in the heap, which it lists as their targets die.
//!
//! A registry's cell has the heap's two lists of registrations that came to light, a table of
//! buckets and two counts. A registration is a cell of the heap's own kind, 56 bytes: besides what the
//! heap has in it (what is weak, and the next one in the bucket of its token) it has the held value.
//!
//! Invariants: a registration ends when its held value has come out or it was taken back, and is in a
//! bucket until then, and maybe longer: those that have ended are purged before they are more than the
//! others and half of the buckets. Buckets are at least half as many as registrations. No unsafe code.

use crate::identity::{self, Brand, cell_in, held_weakly};
use crate::{CleanupError, WeakError};
use core::convert::Infallible;
use heap_model::{Kind, Local, Scope, Value};

// A registry's slots, behind the heap's two.
const BUCKETS: usize = 2;
const COUNT: usize = 3;
/// How many of the registrations in the buckets have ended.
const ENDED: usize = 4;
const SLOTS: usize = 5;

// A registration's, behind the heap's.
const HELD: usize = 4;
const REGISTRATION_SLOTS: usize = 1;

/// Buckets are this many, or four, sixteen, ... times as many.
const FIRST_BUCKETS: usize = 3;
/// How many registrations there are to a bucket at the most.
const FULL: usize = 2;

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
            let buckets = scope.alloc_buckets(FIRST_BUCKETS)?;
            scope.set(cell, BUCKETS, Value::Ref(buckets))?;
            scope.set(cell, COUNT, Value::Smi(0))?;
            scope.set(cell, ENDED, Value::Smi(0))?;
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
        scope.scope(|scope| self.make_room(scope))?;
        let cell = scope.alloc_registration(self.cell, target, token, REGISTRATION_SLOTS)?;
        scope.set(cell, HELD, held)?;
        scope.scope(|scope| {
            let buckets = self.buckets(scope)?;
            scope.link_registration(buckets, cell)?;
            self.add(scope, COUNT, 1)
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
            let buckets = self.buckets(scope)?;
            let (ended, gone) = scope.end_registrations(buckets, token)?;
            self.add(scope, COUNT, -(ended as isize))?;
            self.add(scope, ENDED, -(gone as isize))?;
            Ok(ended > 0)
        })
    }

    /// Calls `callback` with at most `limit` held values of collected targets, in the order of
    /// registration, and returns how many. Each is taken out before its call, so none comes twice.
    ///
    /// Constant time for each held value, and O(n log n) once for the n that collections have found
    /// since; registrations whose targets live cost nothing. The callback may register and
    /// unregister here.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit; no held value is then lost.
    ///
    /// # Panics
    /// Where `callback` does; the held values behind come at the next cleanup.
    pub fn cleanup_some(
        self,
        scope: &mut Scope<'_>,
        limit: usize,
        mut callback: impl FnMut(&mut Scope<'_>, Value<'_>),
    ) -> Result<usize, WeakError> {
        let cleaned = self.try_cleanup_some(scope, limit, |scope, held| {
            callback(scope, held);
            Ok::<(), Infallible>(())
        });
        Ok(cleaned?)
    }

    /// As [`cleanup_some`](Self::cleanup_some), until `callback` fails.
    ///
    /// # Errors
    /// [`CleanupError::Callback`] with what `callback` fails with, and [`CleanupError::Weak`] at the heap's limit;
    /// the held values behind come at the next cleanup.
    ///
    /// # Panics
    /// As [`cleanup_some`](Self::cleanup_some).
    pub fn try_cleanup_some<E>(
        self,
        scope: &mut Scope<'_>,
        limit: usize,
        mut callback: impl FnMut(&mut Scope<'_>, Value<'_>) -> Result<(), E>,
    ) -> Result<usize, CleanupError<E>> {
        for called in 0..limit {
            let more = scope.scope(|scope| {
                let Some((cell, held)) = self.next_dead(scope)? else { return Ok(false) };
                self.release(scope, cell)?;
                callback(scope, held).map_err(CleanupError::Callback)?;
                Ok::<_, CleanupError<E>>(true)
            })?;
            if !more {
                return Ok(called);
            }
        }
        Ok(limit)
    }

    /// How many registrations there are whose held value has not come out. Constant time.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn occupancy(self, scope: &mut Scope<'_>) -> Result<usize, WeakError> {
        self.number(scope, COUNT)
    }

    /// The next registration of a collected target, and its held value.
    fn next_dead<'t>(
        self,
        scope: &mut Scope<'t>,
    ) -> Result<Option<(Local<'t>, Value<'t>)>, WeakError> {
        let Some(cell) = scope.next_dead(self.cell)? else { return Ok(None) };
        Ok(Some((cell, scope.get(cell, HELD)?)))
    }

    /// The number of the agent that enrolled the registry last, or 0.
    pub(crate) fn agent(self, scope: &Scope<'_>) -> Result<u64, WeakError> {
        identity::number(scope, self.cell)
    }

    pub(crate) fn set_agent(self, scope: &mut Scope<'_>, agent: u64) -> Result<(), WeakError> {
        identity::set_number(scope, self.cell, agent)
    }

    fn number(self, scope: &mut Scope<'_>, slot: usize) -> Result<usize, WeakError> {
        match scope.get(self.cell, slot)? {
            Value::Smi(count) => Ok(count as u32 as usize),
            _ => Err(WeakError::NotAFinalizationRegistry),
        }
    }

    fn add(self, scope: &mut Scope<'_>, slot: usize, change: isize) -> Result<(), WeakError> {
        let count = self.number(scope, slot)?.saturating_add_signed(change);
        Ok(scope.set(self.cell, slot, Value::Smi(count as u32 as i32))?)
    }

    fn buckets<'t>(self, scope: &mut Scope<'t>) -> Result<Local<'t>, WeakError> {
        let buckets = cell_in(scope, self.cell, BUCKETS, Kind::Array)?;
        buckets.ok_or(WeakError::NotAFinalizationRegistry)
    }

    /// Sees to it that there are as many buckets as one registration more asks for, and not many
    /// more than that.
    fn make_room(self, scope: &mut Scope<'_>) -> Result<(), WeakError> {
        let wanted = self.occupancy(scope)? + 1;
        let buckets = self.buckets(scope)?;
        let length = scope.slot_count(buckets)?;
        if wanted <= FULL * length && (length == FIRST_BUCKETS || length <= 8 * wanted) {
            return Ok(());
        }
        let mut fitting = FIRST_BUCKETS;
        while wanted > FULL * fitting {
            fitting *= 4;
        }
        let new = scope.alloc_buckets(fitting)?;
        scope.relink_registrations(buckets, new)?;
        scope.set(self.cell, ENDED, Value::Smi(0))?;
        Ok(scope.set(self.cell, BUCKETS, Value::Ref(new))?)
    }

    /// Ends a registration, and purges the buckets where enough have. Says whether it had not ended.
    fn release(self, scope: &mut Scope<'_>, cell: Local<'_>) -> Result<bool, WeakError> {
        if !scope.end_registration(cell)? {
            return Ok(false);
        }
        self.add(scope, COUNT, -1)?;
        self.add(scope, ENDED, 1)?;
        scope.scope(|scope| {
            let buckets = self.buckets(scope)?;
            let few = self.occupancy(scope)?.max(scope.slot_count(buckets)? / 2);
            if self.number(scope, ENDED)? > few {
                scope.purge_registrations(buckets)?;
                scope.set(self.cell, ENDED, Value::Smi(0))?;
            }
            Ok(true)
        })
    }
}

impl<'s> Registration<'s> {
    /// Takes a handle for the registration that a cell is, for one that was kept in a slot or a
    /// global.
    ///
    /// # Errors
    /// [`WeakError::NotARegistration`] for any other cell.
    pub fn from_cell(scope: &mut Scope<'_>, cell: Local<'s>) -> Result<Self, WeakError> {
        if scope.kind(cell)? == Kind::Registration && scope.slot_count(cell)? > HELD {
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
    /// out, it was taken back before, or its registry is dead. Then it keeps its held value no longer, in any case.
    /// Constant time.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn unregister(self, scope: &mut Scope<'_>) -> Result<bool, WeakError> {
        scope.scope(|scope| match scope.registration_owner(self.cell)? {
            Some(owner) => FinalizationRegistry::from_cell(scope, owner)?.release(scope, self.cell),
            None => Ok(scope.end_registration(self.cell)?),
        })
    }
}
