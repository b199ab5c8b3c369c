//! The spaces: where cells of each age and size are allocated. No unsafe code.

mod large;
mod new;
mod old;

pub(crate) use large::LargeSpace;
pub(crate) use new::{Emptied, NewSpace};
pub(crate) use old::OldSpace;
