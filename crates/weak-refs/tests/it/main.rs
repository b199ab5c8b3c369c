//! Behaviour tests of the weak collections.

#[cfg(feature = "heap")]
mod agent;
#[cfg(feature = "heap")]
mod cleanup;
#[cfg(feature = "heap")]
mod common;
#[cfg(feature = "heap")]
mod ephemerons;
#[cfg(feature = "heap")]
mod finalization_registry;
#[cfg(feature = "heap")]
mod limit;
#[cfg(feature = "heap")]
mod model;
#[cfg(feature = "heap")]
mod names;
#[cfg(feature = "rc")]
mod rc;
#[cfg(feature = "rc")]
mod rc_model;
#[cfg(feature = "heap")]
mod upsert;
#[cfg(feature = "heap")]
mod weak_map;
#[cfg(feature = "heap")]
mod weak_ref;
#[cfg(feature = "heap")]
mod weak_set;
