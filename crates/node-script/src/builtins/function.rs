//! `Function`.

use super::Method;
use crate::machine::{FIRST, Machine, R, THIS, roots};
use crate::objects::atoms::{Key, known};
use crate::objects::class::Flags;
use crate::objects::code::Arguments;
use crate::parse::Goal;
use crate::thrown::Outcome;

const PROTOTYPE: &[Method] =
    &[("apply", 2, apply), ("bind", 1, bind), ("call", 1, call), ("toString", 0, to_string)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    machine.load_root(prototype, roots::FUNCTION_PROTOTYPE);
    machine.define_class(class, "Function", 1, construct, prototype)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    let name = machine.atoms.intern_str("[Symbol.hasInstance]");
    machine.new_native(class, name, 1, has_instance, false)?;
    machine.define_named(prototype, known::HAS_INSTANCE, class, Flags::FIXED)?;
    // The function that throws (ECMA-262, section 10.2.4.1).
    let thrower = machine.temps(2)?;
    machine.new_native(thrower, known::EMPTY, 0, throw_restricted, false)?;
    machine.registers().set_smi(thrower + 1, 0);
    machine.define_named(thrower, known::LENGTH, thrower + 1, Flags(0))?;
    machine.new_text(thrower + 1, "")?;
    machine.define_named(thrower, known::NAME, thrower + 1, Flags(0))?;
    machine.fix_properties(thrower, Flags(0))?;
    machine.new_accessor(thrower + 1, thrower, thrower)?;
    machine.store_root(roots::RESTRICTED, thrower + 1);
    for name in ["arguments", "caller"] {
        let name = machine.atoms.intern_str(name);
        let part = Some(thrower);
        machine.define_accessor(prototype, name.into(), part, part, false)?;
    }
    Ok(())
}

fn throw_restricted(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let text = "'caller', 'callee', and 'arguments' properties may not be accessed on strict mode functions or the arguments objects for calls to them";
    machine.throw_type_error(text)
}

/// The text of a function that `Function` and its like make.
pub(super) fn construct_kind(
    machine: &mut Machine,
    arguments: Arguments,
    prefix: &str,
) -> Outcome<R> {
    let mut parts = Vec::new();
    for place in 0..arguments.count {
        parts.push(machine.string_of(arguments.at(place))?);
    }
    let body = parts.pop().unwrap_or_default();
    let text = format!("({prefix} anonymous({}\n) {{\n{body}\n}})", parts.join(","));
    let function = machine.temps(2)?;
    machine.compile_evaluated(function, "evalmachine.<anonymous>", &text, Goal::Function)?;
    machine.call_function(function + 1, function, &[])?;
    if let Some(target) = arguments.new_target
        && !machine.is_same(target, crate::machine::CALLEE)
    {
        machine.get_named(function, target, known::PROTOTYPE)?;
        if machine.is_object(function) {
            machine.set_prototype(function + 1, function)?;
        }
    }
    Ok(function + 1)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    construct_kind(machine, arguments, "function")
}

fn not_callable(machine: &mut Machine, method: &str) -> Outcome<R> {
    let shown = machine.show(THIS);
    machine.throw_type_error(&format!(
        "Function.prototype.{method} was called on {shown}, which is not a function"
    ))
}

fn call(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_callable(THIS) {
        return not_callable(machine, "call");
    }
    // The function, its `this` and the arguments already lie in a row.
    machine.call_in_place(0, THIS, arguments.count.saturating_sub(1))?;
    Ok(0)
}

fn apply(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_callable(THIS) {
        return machine.throw_not_applied(THIS);
    }
    let base = machine.temps(2)?;
    machine.copy(base, THIS);
    machine.copy(base + 1, arguments.at(0));
    let count = machine.spread_list(arguments.at(1))?;
    machine.call_last(0, base, count)?;
    Ok(0)
}

impl Machine {
    /// Refuses to apply what is no function.
    pub(crate) fn throw_not_applied<T>(&mut self, value: R) -> Outcome<T> {
        let shown = self.show(value);
        let atom = match self.is_null(value) {
            true => "null".to_owned(),
            false => {
                let atom = self.typeof_atom(value);
                let article = if self.is_object(value) { "an" } else { "a" };
                format!("{article} {}", self.atoms.text(atom))
            }
        };
        self.throw_type_error(&format!(
            "Function.prototype.apply was called on {shown}, which is {atom} and not a function"
        ))
    }

    /// The values of an array-like in new registers at the end of the window; how many there are.
    pub(crate) fn spread_list(&mut self, list: R) -> Outcome<usize> {
        if self.is_nullish(list) {
            return Ok(0);
        }
        if !self.is_object(list) {
            return self.throw_type_error("CreateListFromArrayLike called on non-object");
        }
        let length = self.length_of(list)?;
        if length > 1 << 20 {
            return Err(crate::thrown::Thrown::Overflow);
        }
        let first = self.temps(length)?;
        for place in 0..length {
            self.get(first + place, list, Key::Index(place as u32))?;
        }
        Ok(length)
    }
}

fn bind(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_callable(THIS) {
        return machine.throw_type_error("Bind must be called on a function");
    }
    let list = machine.temps(3)?;
    let (bound, value) = (list + 1, list + 2);
    let count = arguments.count.saturating_sub(1);
    if count > 0 {
        let mut registers = machine.registers();
        registers.alloc(list, heap_model::Kind::Array, count, 0)?;
        for place in 0..count {
            registers.store(list, place, FIRST + 1 + place)?;
        }
    }
    machine.new_bound(bound, THIS, arguments.at(0), list)?;
    let plain = machine.has_plain_description(THIS)?;
    if plain {
        return Ok(bound);
    }
    let has_length = machine.own_flags(THIS, Key::Name(known::LENGTH))?.is_some();
    let mut length = 0.0;
    if has_length {
        machine.get_named(value, THIS, known::LENGTH)?;
        if machine.type_of(value).is_number() {
            length = (machine.to_integer(value)? - count as f64).max(0.0);
        }
    }
    machine.set_number(value, length)?;
    machine.define_named(bound, known::LENGTH, value, Flags::READ_ONLY)?;
    machine.get_named(value, THIS, known::NAME)?;
    let name = if machine.is_string(value) { machine.rust_string(value)? } else { String::new() };
    machine.new_text(value, &format!("bound {name}"))?;
    machine.define_named(bound, known::NAME, value, Flags::READ_ONLY)?;
    Ok(bound)
}

fn to_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if !machine.is_callable(THIS) {
        let text = "Function.prototype.toString requires that 'this' be a Function";
        return machine.throw_type_error(text);
    }
    let text = machine.function_text(THIS);
    machine.give_text(&text)
}

fn has_instance(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let is = machine.is_instance(arguments.at(0), THIS)?;
    machine.give_bool(is)
}
