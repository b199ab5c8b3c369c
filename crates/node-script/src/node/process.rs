//! `process`.

use crate::builtins::Method;
use crate::machine::{Machine, R, roots};
use crate::objects::class::Flags;
use crate::objects::code::Arguments;
use crate::thrown::{Outcome, Thrown};
use mem_report::Figure;

const METHODS: &[Method] = &[("memoryUsage", 0, memory_usage), ("exit", 1, exit)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let process = machine.temp()?;
    machine.new_namespace(process, "process")?;
    machine.define_methods(process, METHODS)?;
    machine.store_root(roots::PROCESS, process);
    Ok(())
}

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    machine.load_root(to, roots::PROCESS);
    Ok(())
}

const FIGURES: &[(&str, Figure)] = &[
    ("rss", Figure::Rss),
    ("heapTotal", Figure::HeapTotal),
    ("heapUsed", Figure::HeapUsed),
    ("external", Figure::External),
    ("arrayBuffers", Figure::ArrayBuffers),
];

fn memory_usage(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let object = machine.temps(2)?;
    let value = object + 1;
    // Measured before the object is made.
    let usage = machine.runtime.memory_usage();
    machine.new_object(object, FIGURES.len())?;
    for (name, figure) in FIGURES {
        let name = machine.atoms.intern_str(name);
        machine.set_number(value, usage.get(*figure).unwrap_or(0) as f64)?;
        machine.define_named(object, name, value, Flags::PLAIN)?;
    }
    Ok(object)
}

fn exit(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let code = match machine.is_undefined(arguments.at(0)) {
        true => 0,
        false => machine.to_int32(arguments.at(0))?,
    };
    Err(Thrown::Exit(code))
}
