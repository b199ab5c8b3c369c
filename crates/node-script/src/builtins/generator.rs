//! Generators: their prototypes, and the constructors of their functions.

use super::{Method, function};
use crate::interpret::generator::Mode;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::{Arguments, Native};
use crate::thrown::Outcome;

const PROTOTYPE: &[Method] = &[("next", 1, next), ("return", 1, finish), ("throw", 1, throw)];
const ASYNC: &[Method] =
    &[("next", 1, async_next), ("return", 1, async_finish), ("throw", 1, async_throw)];

/// A kind of function: its constructor's name, the root of its prototype, and the root of the prototype of what it makes.
struct Kind {
    name: &'static str,
    call: Native,
    root: usize,
    made: Option<(usize, usize, &'static [Method], &'static str)>,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "GeneratorFunction",
        call: generator_function,
        root: roots::GENERATOR_FUNCTION_PROTOTYPE,
        made: Some((roots::GENERATOR_PROTOTYPE, roots::ITERATOR_PROTOTYPE, PROTOTYPE, "Generator")),
    },
    Kind {
        name: "AsyncFunction",
        call: async_function,
        root: roots::ASYNC_FUNCTION_PROTOTYPE,
        made: None,
    },
    Kind {
        name: "AsyncGeneratorFunction",
        call: async_generator_function,
        root: roots::ASYNC_GENERATOR_FUNCTION_PROTOTYPE,
        made: Some((
            roots::ASYNC_GENERATOR_PROTOTYPE,
            roots::ASYNC_ITERATOR_PROTOTYPE,
            ASYNC,
            "AsyncGenerator",
        )),
    },
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    for kind in KINDS {
        let prototype = machine.temps(3)?;
        let (class, made) = (prototype + 1, prototype + 2);
        machine.new_prototype(prototype, kind.root, roots::FUNCTION_PROTOTYPE)?;
        machine.new_constructor(class, kind.name, 1, kind.call, prototype)?;
        let global = machine.temps(2)?;
        machine.load_root(global, roots::FUNCTION_PROTOTYPE);
        machine.get_named(global, global, known::CONSTRUCTOR)?;
        machine.set_prototype(class, global)?;
        machine.define_named(prototype, known::CONSTRUCTOR, class, Flags::READ_ONLY)?;
        machine.define_tag(prototype, kind.name)?;
        if let Some((root, parent, methods, tag)) = kind.made {
            machine.new_prototype(made, root, parent)?;
            machine.define_methods(made, methods)?;
            machine.define_tag(made, tag)?;
            machine.define_named(made, known::CONSTRUCTOR, prototype, Flags::READ_ONLY)?;
            machine.define_named(prototype, known::PROTOTYPE, made, Flags::READ_ONLY)?;
        }
    }
    Ok(())
}

fn generator_function(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    function::construct_kind(machine, arguments, "function*")
}

fn async_function(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    function::construct_kind(machine, arguments, "async function")
}

fn async_generator_function(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    function::construct_kind(machine, arguments, "async function*")
}

fn resume(machine: &mut Machine, arguments: Arguments, mode: Mode, name: &str) -> Outcome<R> {
    if machine.kind_of(THIS) != Some(ObjectKind::Generator) {
        let shown = machine.show(THIS);
        return machine
            .throw_type_error(&format!("{name} method called on incompatible receiver {shown}"));
    }
    machine.resume_generator(0, THIS, mode, arguments.at(0))?;
    Ok(0)
}

fn next(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    resume(machine, arguments, Mode::Next, "next")
}

fn finish(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    resume(machine, arguments, Mode::Return, "return")
}

fn throw(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    resume(machine, arguments, Mode::Throw, "throw")
}

fn async_next(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.request(0, THIS, Mode::Next, arguments.at(0))?;
    Ok(0)
}

fn async_finish(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.request(0, THIS, Mode::Return, arguments.at(0))?;
    Ok(0)
}

fn async_throw(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.request(0, THIS, Mode::Throw, arguments.at(0))?;
    Ok(0)
}
