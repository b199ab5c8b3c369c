//! Weak-keyed collections over [`Rc`] and [`Arc`], for programs without a garbage-collected heap.
//!
//! Keys are compared by the address of their allocation. An entry holds its key weakly and its value strongly; once
//! the key is dead, the entry is unreachable and [`expire`] frees it. One call frees whole chains, in which the value
//! of an entry holds the key of the next.
//!
//! # Complexity
//! *n* is the number of entries. `get`, `has`, `set` and `delete` take expected constant time;
//! `set` amortised, because a full table expires before it grows. [`expire`] passes over all
//! entries, frees the dead ones, and passes again in the other direction as long as it freed any. A key that dies by
//! a freed value is found in the same pass if its entry is further on. A key in a [`Mortal`] logs its own death,
//! wherever its entry is, so a chain in any order is freed in O(*n*). Other keys are found by passes alone: a chain of
//! *k* such entries costs O(*n*) in insertion order or its reverse, and up to O(*n k*) when shuffled.
//!
//! One [`expire`] after each of *n* deaths is therefore O(*n*²).
//! [`expire_next`](WeakKeyMap::expire_next) looks at a few entries a call: with a few looks after each death, all are
//! freed in O(*n*).
//!
//! # Limit
//! There is no tracing, so these are not ephemerons: a value that refers to its own key, directly
//! or through other entries, keeps it alive and leaks until it is deleted. A dead key's payload is
//! dropped at once, its allocation is freed when its entry is. Ephemerons are what `WeakMap` has,
//! with the feature `heap`.
//!
//! [`expire`]: WeakKeyMap::expire

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
