//! `Error` and its kin.

mod call_site;

use super::Method;
use crate::machine::{CALLEE, Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::{Arguments, Native};
use crate::objects::trace::Skip;
use crate::thrown::Outcome;
use node_memory::NodeVersion;

/// An error's name, the root of its prototype, and its constructor.
const KINDS: &[(&str, usize, Native)] = &[
    ("TypeError", roots::TYPE_ERROR_PROTOTYPE, type_error),
    ("RangeError", roots::RANGE_ERROR_PROTOTYPE, range_error),
    ("ReferenceError", roots::REFERENCE_ERROR_PROTOTYPE, reference_error),
    ("SyntaxError", roots::SYNTAX_ERROR_PROTOTYPE, syntax_error),
    ("EvalError", roots::EVAL_ERROR_PROTOTYPE, eval_error),
    ("URIError", roots::URI_ERROR_PROTOTYPE, uri_error),
    ("AggregateError", roots::AGGREGATE_ERROR_PROTOTYPE, aggregate_error),
];

const STATIC: &[Method] = &[("captureStackTrace", 2, capture_stack_trace)];
const PROTOTYPE: &[Method] = &[("toString", 0, to_string)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(4)?;
    let (class, value, parent) = (prototype + 1, prototype + 2, prototype + 3);
    machine.new_prototype(prototype, roots::ERROR_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "Error", 1, error, prototype)?;
    machine.store_root(roots::ERROR, class);
    machine.copy(parent, class);
    machine.define_methods(class, STATIC)?;
    if machine.plays(NodeVersion::V24) {
        machine.define_methods(class, &[("isError", 1, is_error)])?;
    }
    let limit = machine.options.stack_trace_limit.unwrap_or(10);
    machine.set_number(value, f64::from(limit))?;
    machine.define_named(class, known::STACK_TRACE_LIMIT, value, Flags::PLAIN)?;
    name_prototype(machine, prototype, value, "Error")?;
    machine.define_methods(prototype, PROTOTYPE)?;
    for (name, root, construct) in KINDS {
        machine.new_prototype(prototype, *root, roots::ERROR_PROTOTYPE)?;
        let length = if *name == "AggregateError" { 2 } else { 1 };
        machine.define_class(class, name, length, *construct, prototype)?;
        machine.replace_prototype(class, parent)?;
        name_prototype(machine, prototype, value, name)?;
    }
    Ok(())
}

fn is_error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let kind = machine.kind_of(arguments.at(0));
    machine.give_bool(kind == Some(ObjectKind::Error))
}

fn name_prototype(machine: &mut Machine, prototype: R, value: R, name: &str) -> Outcome {
    let atom = machine.atoms.intern_str(name);
    machine.atom_value(value, atom)?;
    machine.define_named(prototype, known::NAME, value, Flags::HIDDEN)?;
    machine.atom_value(value, known::EMPTY)?;
    machine.define_named(prototype, known::MESSAGE, value, Flags::HIDDEN)
}

fn make(
    machine: &mut Machine,
    arguments: Arguments,
    root: usize,
    message: R,
    options: R,
) -> Outcome<R> {
    let error = machine.temps(3)?;
    let (text, prototype) = (error + 1, error + 2);
    machine.new_target_prototype(prototype, arguments, root)?;
    let id = machine.error_class(prototype)?;
    machine.new_of(error, id)?;
    let skip = Skip::Until(arguments.new_target.unwrap_or(CALLEE));
    if machine.is_undefined(message) {
        machine.begin_error(error, None, skip)?;
    } else {
        machine.to_string(text, message)?;
        machine.begin_error(error, Some(text), skip)?;
    }
    if machine.is_object(options) && machine.has(options, known::CAUSE.into())? {
        machine.get_named(text, options, known::CAUSE)?;
        machine.define_named(error, known::CAUSE, text, Flags::HIDDEN)?;
    }
    Ok(error)
}

fn plain(machine: &mut Machine, arguments: Arguments, root: usize) -> Outcome<R> {
    make(machine, arguments, root, arguments.at(0), arguments.at(1))
}

fn error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    plain(machine, arguments, roots::ERROR_PROTOTYPE)
}

fn type_error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    plain(machine, arguments, roots::TYPE_ERROR_PROTOTYPE)
}

fn range_error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    plain(machine, arguments, roots::RANGE_ERROR_PROTOTYPE)
}

fn reference_error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    plain(machine, arguments, roots::REFERENCE_ERROR_PROTOTYPE)
}

fn syntax_error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    plain(machine, arguments, roots::SYNTAX_ERROR_PROTOTYPE)
}

fn eval_error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    plain(machine, arguments, roots::EVAL_ERROR_PROTOTYPE)
}

fn uri_error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    plain(machine, arguments, roots::URI_ERROR_PROTOTYPE)
}

fn aggregate_error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let root = roots::AGGREGATE_ERROR_PROTOTYPE;
    let error = make(machine, arguments, root, arguments.at(1), arguments.at(2))?;
    let list = machine.temp()?;
    machine.new_array(list, 0)?;
    machine.push_all(list, arguments.at(0))?;
    machine.define_named(error, known::ERRORS, list, Flags::HIDDEN)?;
    Ok(error)
}

fn capture_stack_trace(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_object(arguments.at(0)) {
        return machine.throw_type_error("invalid_argument");
    }
    let skip = match machine.kind_of(arguments.at(1)) {
        Some(ObjectKind::Function) => Skip::Until(arguments.at(1)),
        _ => Skip::First,
    };
    machine.capture_stack(arguments.at(0), skip)?;
    machine.give_undefined()
}

fn to_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if !machine.is_object(THIS) {
        let shown = machine.show(THIS);
        let text =
            format!("Error.prototype.toString requires that 'this' be a JSReceiver: {shown}");
        return machine.throw_type_error(&text);
    }
    let text = machine.error_text(THIS)?;
    machine.give_text(&text)
}
