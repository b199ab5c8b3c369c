//! Behaviour tests of the weak collections.

#[cfg(feature = "rc")]
mod rc;
#[cfg(feature = "rc")]
mod rc_model;
mod weak_map;
