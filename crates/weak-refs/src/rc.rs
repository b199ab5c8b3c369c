//! Weak-keyed collections over [`Rc`] and [`Arc`], for programs without a garbage-collected heap.
//!
//! A key is compared by the place of its allocation. Its entry holds it weakly and its value
//! strongly; once the key is dead nobody can ask for the entry, and [`expire`] frees it. One call
//! frees whole chains, in which the value of an entry holds the key of the next.
//!
//! # Complexity
//! *n* is the number of entries. `get`, `has`, `set` and `delete` take expected constant time;
//! `set` amortised, because a full table expires before it grows. [`expire`] looks at every entry
//! once, frees the dead ones it meets, and looks again, the other way round, as long as it found
//! any. What a freed value kills further on is met in the same look. A key in a [`Mortal`] says
//! itself that it died, wherever its entry is, so that a chain in any order is freed in O(*n*).
//! A key that is not can only be found by looking: a chain of *k* such entries costs O(*n*) in
//! insertion order or the reverse of it, and up to O(*n k*) when shuffled.
//!
//! One [`expire`] after each of *n* deaths is therefore O(*n*²).
//! [`expire_next`](WeakKeyMap::expire_next) looks at a few entries a call, in turns: with a few looks after each
//! death all are freed in O(*n*).
//!
//! # Limit
//! There is no tracing, so these are not ephemerons: a value that refers to its own key, directly
//! or through other entries, keeps it alive and leaks until it is deleted. A dead key's payload is
//! dropped at once, its allocation is freed when its entry is. For ephemerons, see
//! [`WeakMap`](crate::WeakMap).
//!
//! [`expire`]: WeakKeyMap::expire
//!
//! No unsafe code.

mod map;
mod mortal;
mod pointer;
mod registry;
mod set;

pub use map::WeakKeyMap;
pub use mortal::Mortal;
pub use pointer::Pointer;
pub use registry::{KeyRegistration, WeakKeyRegistry};
pub use set::WeakKeySet;

use std::rc::Rc;
use std::sync::Arc;

/// A map from `Rc` keys, held weakly and compared by identity.
pub type RcWeakMap<K, V> = WeakKeyMap<Rc<K>, V>;
/// A map from `Arc` keys, held weakly and compared by identity.
pub type ArcWeakMap<K, V> = WeakKeyMap<Arc<K>, V>;
/// A set of `Rc`s, held weakly and compared by identity.
pub type RcWeakSet<K> = WeakKeySet<Rc<K>>;
/// A set of `Arc`s, held weakly and compared by identity.
pub type ArcWeakSet<K> = WeakKeySet<Arc<K>>;
/// Held values that come out when their `Rc` has died.
pub type RcFinalizationRegistry<K, H> = WeakKeyRegistry<Rc<K>, H>;
/// Held values that come out when their `Arc` has died.
pub type ArcFinalizationRegistry<K, H> = WeakKeyRegistry<Arc<K>, H>;
