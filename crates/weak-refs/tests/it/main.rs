//! Behaviour tests of the weak collections.

mod agent;
mod cleanup;
mod common;
mod ephemerons;
mod finalization_registry;
mod limit;
mod model;

#[cfg(feature = "rc")]
mod rc;
#[cfg(feature = "rc")]
mod rc_model;
mod upsert;
mod weak_map;
mod weak_ref;
mod weak_set;
