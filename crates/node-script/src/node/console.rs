//! `console`.

use crate::builtins::Method;
use crate::machine::{Machine, R, roots};
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::objects::object::Type;
use crate::thrown::Outcome;
use std::io::Write;

const METHODS: &[Method] = &[
    ("log", 0, log),
    ("info", 0, log),
    ("debug", 0, log),
    ("error", 0, error),
    ("warn", 0, error),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let console = machine.temp()?;
    machine.new_namespace(console, "console")?;
    machine.define_methods(console, METHODS)?;
    machine.store_root(roots::CONSOLE, console);
    Ok(())
}

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    machine.load_root(to, roots::CONSOLE);
    Ok(())
}

fn line(machine: &mut Machine, arguments: Arguments) -> Outcome<String> {
    let mut parts = Vec::with_capacity(arguments.count);
    for place in 0..arguments.count {
        parts.push(machine.inspect(arguments.at(place))?);
    }
    Ok(parts.join(" "))
}

fn log(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let line = line(machine, arguments)?;
    // What cannot be written is lost, as in Node.
    let _ = writeln!(machine.options.out, "{line}");
    machine.give_undefined()
}

fn error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let line = line(machine, arguments)?;
    let _ = writeln!(machine.options.err, "{line}");
    machine.give_undefined()
}

impl Machine {
    /// A value as `console.log` prints it at the top: a string is itself.
    pub(crate) fn inspect(&mut self, value: R) -> Outcome<String> {
        match self.type_of(value) {
            Type::BigInt => Ok(format!("{}n", self.show(value))),
            Type::Double => {
                let number = self.number(value);
                let negative_zero = number == 0.0 && number.is_sign_negative();
                Ok(if negative_zero { "-0".to_owned() } else { self.show(value) })
            }
            Type::Object(_) => match self.kind_of(value) {
                Some(ObjectKind::Error) => self.scoped(|machine| {
                    let stack = machine.temp()?;
                    machine.get_named(stack, value, crate::objects::atoms::known::STACK)?;
                    machine.string_of(stack)
                }),
                _ => Ok(self.show(value)),
            },
            _ => Ok(self.show(value)),
        }
    }
}
