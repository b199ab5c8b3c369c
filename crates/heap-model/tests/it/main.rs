//! What the heap promises, one module per behaviour.

mod compile_fail;
mod layout;
mod limit;
mod lisp;
mod marking;
mod model;
mod natives;
mod refusals;
