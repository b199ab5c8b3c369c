//! The interpreter.
//!
//! [`run`] is the loop over instructions; [`call`] begins and ends frames, without recursion of Rust for a call that
//! JavaScript makes; [`lookup`] are inline caches; [`operators`] and [`names`] are what single instructions do when
//! there is no short way. What throws goes to [`unwind`].

pub(crate) mod asynchronous;
mod big_ints;
pub(crate) mod cache;
pub(crate) mod call;
pub(crate) mod declare;
pub(crate) mod frame;
pub(crate) mod generator;
pub(crate) mod iterate;
mod keyed;
mod literals;
pub(crate) mod lookup;
mod magnitudes;
mod names;
pub(crate) mod operators;
mod rare;
mod run;
pub(crate) mod script_scope;
mod short;
mod slow;
mod unwind;
