//! What the heap promises, one module per behaviour.

mod limit;
mod lisp;
mod model;
mod natives;
