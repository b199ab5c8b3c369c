//! What a heap shows of itself: its figures, and its graph of cells.

pub(crate) mod statistics;
pub(crate) mod walk;
