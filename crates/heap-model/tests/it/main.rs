//! What the heap promises, one module per behaviour.

mod compile_fail;
mod layout;
mod limit;
mod lisp;
mod model;
mod natives;
mod refusals;
mod tables;
