//! The global object's own functions and values.

use super::Method;
use crate::compile::code::SourceText;
use crate::interpret::declare::Declaring;
use crate::interpret::frame::NESTED;
use crate::machine::{FIRST, Machine, R, roots};
use crate::objects::atoms::known;
use crate::objects::class::Flags;
use crate::objects::code::Arguments;
use crate::objects::object::Type;
use crate::parse::Goal;
use crate::parse::tree::Allows;
use crate::thrown::Outcome;
use std::rc::Rc;

const METHODS: &[Method] = &[
    ("eval", 1, eval),
    ("isFinite", 1, is_finite),
    ("isNaN", 1, is_nan),
    ("queueMicrotask", 1, queue_microtask),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let global = machine.temps(2)?;
    let value = global + 1;
    machine.load_root(global, roots::GLOBAL);
    machine.define_methods(global, METHODS)?;
    machine.own_property(value, global, known::EVAL.into())?;
    machine.store_root(roots::EVAL, value);
    for name in ["globalThis", "global"] {
        let name = machine.atoms.intern_str(name);
        machine.define_named(global, name, global, Flags::HIDDEN)?;
    }
    machine.undefined(value);
    machine.define_named(global, known::UNDEFINED, value, Flags::FIXED)?;
    machine.define_constants(global, &[("NaN", f64::NAN), ("Infinity", f64::INFINITY)])?;
    if machine.options.expose_gc {
        machine.expose_gc(global)?;
    }
    Ok(())
}

fn gc(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.runtime.gc();
    machine.give_undefined()
}

fn is_finite(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = machine.to_number(arguments.at(0))?;
    machine.give_bool(number.is_finite())
}

fn is_nan(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = machine.to_number(arguments.at(0))?;
    machine.give_bool(number.is_nan())
}

fn queue_microtask(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_callable(arguments.at(0)) {
        let shown = machine.show(arguments.at(0));
        let text = format!("The \"callback\" argument must be of type function. Received {shown}");
        let kind = crate::compile::op::ErrorKind::TypeError;
        return machine.throw_node_error(kind, "ERR_INVALID_ARG_TYPE", &text);
    }
    machine.enqueue_callback(arguments.at(0))?;
    machine.give_undefined()
}

/// An indirect `eval`.
fn eval(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.type_of(arguments.at(0)) != Type::String {
        return Ok(arguments.at(0));
    }
    let text = machine.units(arguments.at(0))?;
    let function = machine.temp()?;
    let counted = machine.options.steps.is_some();
    let name = "evalmachine.<anonymous>".into();
    let origin = Some(machine.origin());
    let source = Rc::new(SourceText { name, text: text.into(), counted, origin });
    machine.compile_source(function, source, Goal::IndirectEval)?;
    machine.declare_variables(function, None, Declaring::Eval)?;
    machine.call_function(0, function, &[])?;
    Ok(0)
}

impl Machine {
    /// Gives the global object its function `gc`.
    pub(crate) fn expose_gc(&mut self, global: R) -> Outcome {
        let name = self.atoms.intern_str("gc");
        self.define_method(global, name, 0, gc)
    }

    /// Whether a value is the function whose call by its name is a direct `eval`.
    pub(crate) fn is_real_eval(&mut self, value: R) -> bool {
        let same = self.scoped(|machine| {
            let eval = machine.temp()?;
            machine.load_root(eval, roots::EVAL);
            Ok(machine.is_same(eval, value))
        });
        same.unwrap_or(false)
    }

    /// A direct `eval` of the argument behind `base`; the context that it sees is in the register before, and what it
    /// may use before that. Whether a frame has begun.
    pub(crate) fn direct_eval(&mut self, to: R, base: R, any: bool, strict: bool) -> Outcome<bool> {
        if !any || self.type_of(base + FIRST) != Type::String {
            if any {
                self.copy(to, base + FIRST);
            } else {
                self.undefined(to);
            }
            return Ok(false);
        }
        let text = self.units(base + FIRST)?;
        let counted = self.options.steps.is_some();
        let (name, origin) = match self.node.evaluated_as.take() {
            Some(name) => (name.as_str().into(), None),
            None => ("eval".into(), Some(self.origin())),
        };
        let source = Rc::new(SourceText { name, text: text.into(), counted, origin });
        let allows = self.registers().get(base - 2).as_smi().unwrap_or(0);
        let private = source.text.contains(&u16::from(b'#'));
        let classes = if private { self.outer_classes(base - 1)? } else { Vec::new() };
        let hiding = if strict { Vec::new() } else { self.names_that_hide(base - 1)? };
        let allows = Allows(allows as u8);
        let goal = Goal::Eval { strict, allows, classes: &classes, hiding: &hiding };
        self.scoped(|machine| {
            let function = machine.temps(2)?;
            machine.compile_source(function, source, goal)?;
            let slot = crate::objects::layout::CONTEXT;
            machine.registers().store(function, slot, base - 1)?;
            machine.declare_variables(function, Some(base - 1), Declaring::Eval)?;
            machine.nested(|machine| machine.enter(to, function, 0, NESTED))
        })?;
        Ok(false)
    }
}
