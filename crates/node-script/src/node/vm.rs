//! `vm`: texts that are compiled as files of their own (`library/vm.js`).

use crate::builtins::Method;
use crate::compile::code::SourceText;
use crate::interpret::declare::Declaring;
use crate::machine::{Machine, R};
use crate::objects::code::Arguments;
use crate::parse::Goal;
use crate::thrown::Outcome;
use std::rc::Rc;

/// The most lines that a text may be said to begin behind.
const MOST_LINES: f64 = 1e6;

const METHODS: &[Method] = &[
    ("compile", 3, |machine, arguments| {
        let source = source(machine, arguments.at(0), arguments.at(1), arguments.at(2))?;
        let compiled = machine.compile_source(0, source, Goal::Script);
        machine.decorated(compiled)?;
        Ok(0)
    }),
    ("compileFunction", 4, compile_function),
    ("run", 1, |machine, arguments| {
        let function = arguments.at(0);
        machine.declare_variables(function, None, Declaring::Script)?;
        let called = machine.call_function(0, function, &[]);
        machine.decorated(called)?;
        Ok(0)
    }),
    ("runAs", 4, |machine, arguments| {
        let name = machine.string_of(arguments.at(0))?;
        machine.node.evaluated_as = Some(name);
        let called = machine.call_function(0, arguments.at(1), &[arguments.at(2), arguments.at(3)]);
        machine.node.evaluated_as = None;
        machine.decorated(called)?;
        Ok(0)
    }),
];

impl Machine {
    /// The module `vm`.
    pub(super) fn make_vm(&mut self, to: R) -> Outcome {
        self.share_object_with_library("vm", METHODS)?;
        self.library(to, "vm")
    }
}

/// The source that a text is in a file of that name, where `lines` lines come before it.
fn source(machine: &mut Machine, text: R, name: R, lines: R) -> Outcome<Rc<SourceText>> {
    let lines = machine.number(lines).clamp(0.0, MOST_LINES) as usize;
    let mut units = vec![u16::from(b'\n'); lines];
    units.extend(machine.units(text)?);
    let name = machine.string_of(name)?.as_str().into();
    let counted = machine.options.steps.is_some();
    Ok(Rc::new(SourceText { name, text: units.into(), counted, origin: None }))
}

/// `compileFunction(code, parameters, filename, lines)`.
fn compile_function(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let source = source(machine, arguments.at(0), arguments.at(2), arguments.at(3))?;
    let names = machine.rust_strings(arguments.at(1))?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let compiled = machine.compile_source(0, source, Goal::Body { parameters: &names });
    machine.decorated(compiled)?;
    Ok(0)
}
