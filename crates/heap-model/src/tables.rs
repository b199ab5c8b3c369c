//! The memory layout of ephemeron tables, ordered tables, registrations and buckets of registrations, as functions on
//! cells that the collectors and the program's interface share.

pub(crate) mod bucket;
pub(crate) mod ephemeron;
pub(crate) mod ordered;
pub(crate) mod registration;
