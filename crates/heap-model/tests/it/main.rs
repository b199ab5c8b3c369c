//! What the heap promises, one module per behaviour.

mod limit;
mod model;
mod natives;
mod tables;
