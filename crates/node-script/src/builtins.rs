//! Built-in objects: a file for each global.
//!
//! A file has a function `install(machine)`, which [`install`] calls in the order of [`GLOBALS`], and one function for
//! each built-in: `fn(&mut Machine, Arguments) -> Outcome<R>`. Its window has the function in register 0, `this` in
//! [`THIS`](crate::machine::THIS) and the arguments from [`FIRST`](crate::machine::FIRST) on; it gives the register of
//! its result. [`define`](Machine::define_methods) and its like put functions onto objects.

mod array;
mod array_buffer;
mod big_int;
mod boolean;
mod data_view;
mod date;
mod define;
mod error;
mod finalization_registry;
mod function;
mod generator;
mod global;
mod iterator;
mod json;
mod map;
mod math;
mod number;
mod object;
mod promise;
mod reflect;
mod reg_exp;
mod set;
mod string;
mod structured_clone;
mod symbol;
mod typed_array;
mod uri;
mod weak_map;
mod weak_ref;
mod weak_set;

pub(crate) use define::{Constant, Method};

use crate::machine::Machine;
use crate::thrown::Outcome;

/// What each file installs, in an order in which what is needed comes first.
const GLOBALS: &[fn(&mut Machine) -> Outcome] = &[
    object::install,
    function::install,
    error::install,
    symbol::install,
    iterator::install,
    array::install,
    string::install,
    number::install,
    boolean::install,
    math::install,
    json::install,
    reflect::install,
    generator::install,
    promise::install,
    map::install,
    set::install,
    weak_map::install,
    weak_set::install,
    weak_ref::install,
    finalization_registry::install,
    array_buffer::install,
    typed_array::install,
    data_view::install,
    date::install,
    reg_exp::install,
    big_int::install,
    structured_clone::install,
    uri::install,
    global::install,
];

/// Makes all globals.
pub(crate) fn install(machine: &mut Machine) -> Outcome {
    GLOBALS.iter().try_for_each(|install| machine.scoped(install))
}
