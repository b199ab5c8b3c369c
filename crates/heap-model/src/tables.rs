//! What an ephemeron table, a registration and a bucket of registrations are in memory: on cells alone, so that the
//! collectors and the program's interface share it.

pub(crate) mod bucket;
pub(crate) mod ephemeron;
pub(crate) mod registration;
