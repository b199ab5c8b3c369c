//! What the heap promises, one module per behaviour.

mod collections;
mod compaction;
mod compile_fail;
mod events;
mod footprint;
mod inside;
mod layout;
mod limit;
mod lisp;
mod local;
mod marking;
mod model;
mod natives;
mod pace;
mod panics;
mod refusals;
mod registers;
mod registrations;
mod sites;
mod spaces;
mod tables;
mod typed;
mod walker;
mod weak;
