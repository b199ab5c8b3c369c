//! `FinalizationRegistry`: registrations in the heap, which it lists as their targets die.
//!
//! The registry's cell, 80 bytes, has the heap's two lists of registrations whose target is dead, a table of
//! buckets and two counts. A registration is a cell of the heap's own kind, 56 bytes: weak references to target,
//! token and registry, the next registration of its bucket, and the held value.
//!
//! Invariants: a registration ends on delivery or unregistration. Ended ones stay in their bucket until purged.
//! They never outnumber both the live ones and half the buckets. There are at least half as many buckets as live
//! registrations.

use super::error::{CleanupError, WeakError};
use super::identity::held_weakly;
use core::convert::Infallible;
use heap_model::shapes::{self, Brand, HOLDINGS, KEY_MAP, REGISTRY_OWN};
use heap_model::{Kind, Local, Scope, Value};

/// How many registrations are live.
const COUNT: usize = REGISTRY_OWN;
/// How many of the registrations in the buckets have ended.
const ENDED: usize = REGISTRY_OWN + 1;

/// Buckets of a new registry; later there are 4, 16, ... times as many.
const FIRST_BUCKETS: usize = 3;
/// The most live registrations for each bucket.
const FULL: usize = 2;

/// Held values that a cleanup job delivers once their target has been collected (ECMA-262, 26.2).
///
/// The registry keeps its held values alive, but neither targets nor tokens. Nothing is called
/// during a collection: the host runs the cleanup, of one registry with
/// [`cleanup_some`](Self::cleanup_some) or of all with
/// [`Agent::run_cleanup`](crate::Agent::run_cleanup). A registry that was collected delivers nothing.
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
/// [`unregister`](FinalizationRegistry::unregister) with a token that was never given only returns false; this handle
/// always names its registration.
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
        Ok(Self { cell: shapes::finalization_registry(scope, FIRST_BUCKETS)? })
    }

    /// Takes a handle for the registry that a cell is, for one that was kept in a slot or a global.
    ///
    /// # Errors
    /// [`WeakError::NotAFinalizationRegistry`] for any other cell.
    pub fn from_cell(scope: &mut Scope<'_>, cell: Local<'s>) -> Result<Self, WeakError> {
        if shapes::brand(scope, cell)? == Some(Brand::FinalizationRegistry) {
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

    /// Registers `target`: once it has been collected, the cleanup delivers `held`. Amortised
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
        let cell = shapes::registration(scope, self.cell, target, token, held)?;
        scope.scope(|scope| {
            let buckets = self.buckets(scope)?;
            scope.link_registration(buckets, cell)?;
            self.add(scope, COUNT, 1)
        })?;
        Ok(Registration { cell })
    }

    /// Takes back all registrations with this token and says whether there were any. Linear in
    /// the registrations of the token's bucket.
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
    /// Constant time for each held value, and O(n log n) once to order the n that collections have found since the
    /// last call; registrations whose targets live cost nothing. The callback may register and
    /// unregister here.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit; no held value is lost then.
    ///
    /// # Panics
    /// If `callback` panics; the next cleanup delivers the other held values.
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
    /// [`CleanupError::Callback`] with the error of `callback`, and [`CleanupError::Weak`] at the heap's limit;
    /// the next cleanup delivers the other held values.
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
                self.end(scope, cell)?;
                callback(scope, held).map_err(CleanupError::Callback)?;
                Ok::<_, CleanupError<E>>(true)
            })?;
            if !more {
                return Ok(called);
            }
        }
        Ok(limit)
    }

    /// The number of live registrations: neither delivered nor taken back. Constant time.
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
        Ok(Some((cell, scope.get(cell, HOLDINGS)?)))
    }

    /// The number of the agent that enrolled the registry last, or 0.
    pub(crate) fn agent(self, scope: &Scope<'_>) -> Result<u64, WeakError> {
        Ok(shapes::registry_number(scope, self.cell)?)
    }

    pub(crate) fn set_agent(self, scope: &mut Scope<'_>, agent: u64) -> Result<(), WeakError> {
        Ok(shapes::set_registry_number(scope, self.cell, agent)?)
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
        match scope.get(self.cell, KEY_MAP)? {
            Value::Ref(buckets) => Ok(buckets),
            _ => Err(WeakError::NotAFinalizationRegistry),
        }
    }

    /// Makes as many buckets as one registration more needs, and not many more.
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
        Ok(scope.set(self.cell, KEY_MAP, Value::Ref(new))?)
    }

    /// Ends a registration, and purges the buckets if too many have ended. Says whether it was live.
    fn end(self, scope: &mut Scope<'_>, cell: Local<'_>) -> Result<bool, WeakError> {
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
        if scope.kind(cell)? == Kind::Registration && scope.slot_count(cell)? > HOLDINGS {
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

    /// Takes the registration back and says whether it was live: false if its held value was delivered, it was taken
    /// back before, or its registry is dead. In any case it no longer keeps its held value alive. Constant time.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn unregister(self, scope: &mut Scope<'_>) -> Result<bool, WeakError> {
        scope.scope(|scope| match scope.registration_owner(self.cell)? {
            Some(owner) => FinalizationRegistry::from_cell(scope, owner)?.end(scope, self.cell),
            None => Ok(scope.end_registration(self.cell)?),
        })
    }
}
