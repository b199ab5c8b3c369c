//! What a script or evaluated text declares in scopes that are not its own (ECMA-262's
//! `GlobalDeclarationInstantiation` and `EvalDeclarationInstantiation`): all is checked before any of it is made.

use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Atom, Key, units};
use crate::objects::class::Flags;
use crate::objects::layout::{EXTENSION, PREVIOUS};
use crate::parse::scope::BindingKind;
use crate::thrown::Outcome;
use heap_model::{Kind, Tagged};
use std::rc::Rc;

/// Whose declarations are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declaring {
    Script,
    Eval,
}

impl Machine {
    /// Declares the variables of a function that is a script or evaluated text, in a context or in the global scope.
    pub(crate) fn declare_variables(
        &mut self,
        function: R,
        context: Option<R>,
        how: Declaring,
    ) -> Outcome {
        let template = self.code_of(function).and_then(|code| self.codes.template(code)).cloned();
        let Some(template) = template.filter(|template| !template.declares.is_empty()) else {
            return Ok(());
        };
        let names: Vec<(Atom, BindingKind)> =
            template.declares.iter().map(|(text, kind)| (self.atoms.intern(text), *kind)).collect();
        self.scoped(|machine| {
            let place = machine.temps(2)?;
            let nothing = place + 1;
            if let Some(context) = context {
                machine.copy(place, context);
                for (name, _) in &names {
                    machine.check_contexts(place, *name)?;
                }
                if machine.find_variable_scope(place)? {
                    let variables = names.iter().filter(|(_, kind)| *kind == BindingKind::Var);
                    for (name, _) in variables {
                        machine.declare_in_context(place, *name)?;
                    }
                    return Ok(());
                }
            }
            for (name, kind) in &names {
                machine.check_global(*name, *kind)?;
            }
            for (name, kind) in &names {
                match kind {
                    BindingKind::Var => machine.declare_global_variable(*name, how)?,
                    BindingKind::Function => {}
                    _ => {
                        let place = machine.script_scope.add(*name, *kind);
                        machine.registers().set_hole(nothing);
                        let table = machine.temp()?;
                        machine.load_root(table, roots::SCRIPT_SCOPE);
                        machine.put_in_table(table, place, nothing, roots::SCRIPT_SCOPE)?;
                    }
                }
            }
            Ok(())
        })
    }

    fn throw_declared<T>(&mut self, name: Atom) -> Outcome<T> {
        let text = self.atoms.text(name);
        let message = format!("Identifier '{text}' has already been declared");
        self.throw_error(ErrorKind::SyntaxError, &message)
    }

    /// A `let` between evaluated text and the function around it is in the way of a `var`.
    fn check_contexts(&mut self, context: R, name: Atom) -> Outcome {
        let text = units(&self.atoms.text(name));
        self.scoped(|machine| {
            let place = machine.temp()?;
            machine.copy(place, context);
            while machine.registers().get(place).is_kind(Kind::Context) {
                if let Some(info) = machine.scope_info(place) {
                    let found = info.names.iter().find(|(known, ..)| *known == text);
                    if found.is_some_and(|(.., kind)| info.refuses_var(*kind)) {
                        return machine.throw_declared(name);
                    }
                    if info.function {
                        return Ok(());
                    }
                }
                machine.registers().load(place, place, PREVIOUS)?;
            }
            Ok(())
        })
    }

    /// The names of variables between evaluated text and the function around it, that one's included, that keep functions
    /// of its blocks from being variables of that function.
    pub(crate) fn names_that_hide(&mut self, context: R) -> Outcome<Vec<Rc<[u16]>>> {
        let mut names = Vec::new();
        self.scoped(|machine| {
            let place = machine.temp()?;
            machine.copy(place, context);
            while machine.registers().get(place).is_kind(Kind::Context) {
                if let Some(info) = machine.scope_info(place) {
                    let hiding = info.names.iter().filter(|(.., kind)| info.refuses_var(*kind));
                    names.extend(hiding.map(|(name, ..)| name.clone()));
                    if info.function {
                        break;
                    }
                }
                machine.registers().load(place, place, PREVIOUS)?;
            }
            Ok(names)
        })
    }

    /// Goes from a context out to that of the function in which evaluated text declares its variables; false at the
    /// global scope.
    pub(super) fn find_variable_scope(&mut self, place: R) -> Outcome<bool> {
        while self.registers().get(place).is_kind(Kind::Context) {
            if self.scope_info(place).is_some_and(|info| info.function && info.extends) {
                return Ok(true);
            }
            self.registers().load(place, place, PREVIOUS)?;
        }
        Ok(false)
    }

    fn declare_in_context(&mut self, place: R, name: Atom) -> Outcome {
        let text = units(&self.atoms.text(name));
        let Some(info) = self.scope_info(place) else { return Ok(()) };
        if info.names.iter().any(|(known, ..)| *known == text) {
            return Ok(());
        }
        self.scoped(|machine| {
            let object = machine.temps(2)?;
            machine.extension_of(object, place)?;
            if machine.own_flags(object, Key::Name(name))?.is_some() {
                return Ok(());
            }
            machine.define_named(object, name, object + 1, Flags::PLAIN)
        })
    }

    /// The object that has what evaluated text declares in a function's context.
    pub(super) fn extension_of(&mut self, to: R, context: R) -> Outcome {
        self.registers().load(to, context, EXTENSION)?;
        if !self.registers().get(to).is_cell() {
            self.new_dictionary(to, 2)?;
            self.registers().store(context, EXTENSION, to)?;
        }
        Ok(())
    }

    fn check_global(&mut self, name: Atom, kind: BindingKind) -> Outcome {
        if self.script_scope.find(name).is_some() {
            return self.throw_declared(name);
        }
        self.scoped(|machine| {
            let global = machine.temp()?;
            machine.load_root(global, roots::GLOBAL);
            let old = machine.own_flags(global, Key::Name(name))?;
            let extensible = machine.is_extensible(global)?;
            let refused = match (kind, old) {
                (BindingKind::Var, None) => !extensible,
                (BindingKind::Var, Some(_)) => false,
                (BindingKind::Function, None) => !extensible,
                (BindingKind::Function, Some(flags)) => {
                    let plain = !flags.is_accessor() && flags.writable() && flags.enumerable();
                    !flags.configurable() && !plain
                }
                (_, old) => {
                    if old.is_some_and(|flags| !flags.configurable()) {
                        return machine.throw_declared(name);
                    }
                    false
                }
            };
            if refused {
                let text = machine.atoms.text(name);
                let message = format!("Cannot declare global '{text}'");
                return machine.throw_type_error(&message);
            }
            Ok(())
        })
    }

    fn declare_global_variable(&mut self, name: Atom, how: Declaring) -> Outcome {
        self.scoped(|machine| {
            let global = machine.temps(2)?;
            machine.load_root(global, roots::GLOBAL);
            if machine.own_flags(global, Key::Name(name))?.is_some() {
                return Ok(());
            }
            let flags = Flags::PLAIN.with(Flags::CONFIGURABLE, how == Declaring::Eval);
            machine.define_named(global, name, global + 1, flags)
        })
    }

    /// A function of the global scope. What cannot be configured keeps what it allows.
    pub(crate) fn declare_global_function(
        &mut self,
        name: Atom,
        from: R,
        configurable: bool,
    ) -> Outcome {
        self.scoped(|machine| {
            let global = machine.temp()?;
            machine.load_root(global, roots::GLOBAL);
            let old = machine.own_flags(global, Key::Name(name))?;
            let flags = match old {
                Some(flags) if !flags.configurable() => flags,
                _ => Flags::PLAIN.with(Flags::CONFIGURABLE, configurable),
            };
            machine.define_named(global, name, from, flags)
        })
    }

    // -- variables of scripts -----------------------------------------------------------------------------------

    pub(super) fn load_script(&mut self, to: R, name: Atom, place: usize) -> Outcome {
        self.load_root(to, roots::SCRIPT_SCOPE);
        self.registers().load(to, to, place)?;
        if self.registers().get(to) == Tagged::HOLE {
            return self.throw_not_initialised(name);
        }
        Ok(())
    }

    pub(super) fn store_script(
        &mut self,
        name: Atom,
        place: usize,
        kind: BindingKind,
        from: R,
    ) -> Outcome {
        self.scoped(|machine| {
            let table = machine.temps(2)?;
            machine.load_script(table + 1, name, place)?;
            if kind == BindingKind::Const {
                return machine.throw_constant();
            }
            machine.load_root(table, roots::SCRIPT_SCOPE);
            Ok(machine.registers().store(table, place, from)?)
        })
    }

    /// Gives a variable its first value.
    pub(super) fn initialise_script(&mut self, name: Atom, from: R) -> Outcome {
        let Some((place, _)) = self.script_scope.find(name) else { return Ok(()) };
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.load_root(table, roots::SCRIPT_SCOPE);
            Ok(machine.registers().store(table, place, from)?)
        })
    }
}
