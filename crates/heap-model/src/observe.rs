//! Observation: the heap's figures, and its graph of cells.

pub(crate) mod statistics;
pub(crate) mod walk;
