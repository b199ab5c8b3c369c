//! `tty`: whether a descriptor is a terminal. The program's own streams are not shown as such.

use crate::builtins::Method;
use crate::machine::{Machine, R};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;
use std::io::IsTerminal;

const METHODS: &[Method] = &[("isatty", 1, is_a_tty)];

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    machine.new_object(to, METHODS.len())?;
    machine.define_methods(to, METHODS)
}

/// Of the standard three; what a program has opened itself is a file.
fn is_a_tty(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let terminal = match machine.registers().smi(arguments.at(0)) {
        Some(0) => std::io::stdin().is_terminal(),
        Some(1) => std::io::stdout().is_terminal(),
        Some(2) => std::io::stderr().is_terminal(),
        _ => false,
    };
    machine.registers().set_bool(0, terminal);
    Ok(0)
}
