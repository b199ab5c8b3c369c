//! The spaces: where cells of each age and size are allocated. No unsafe code.

mod large;
mod new;
mod old;

pub(crate) use large::LargeSpace;
pub(crate) use new::{Emptied, NewSpace};
pub(crate) use old::OldSpace;

/// How far behind a new cell memory is loaded that the next ones will take, in bytes. The processor foresees
/// such stores itself, but not beyond the system's page, each of which began with a wait.
const ALLOCATED_AHEAD: isize = 4096;
