//! `async_hooks`: what is kept along asynchronous calls, for the library's file.

use crate::builtins::Method;
use crate::machine::{Machine, R, roots};
use crate::thrown::Outcome;

const CONTEXT: &[Method] = &[
    ("get", 0, |machine, _| {
        machine.load_root(0, roots::ASYNC_CONTEXT);
        Ok(0)
    }),
    ("set", 1, |machine, arguments| {
        machine.set_context(arguments.at(0));
        machine.give_undefined()
    }),
];

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    machine.share_object_with_library("context", CONTEXT)?;
    machine.library(to, "async_hooks")
}
