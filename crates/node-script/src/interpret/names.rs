//! Names that are looked up as the program runs: globals, and what `eval` and `with` make uncertain.

use super::lookup::{Cache, How};
use crate::compile::code::ScopeInfo;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Atom, Key, known};
use crate::objects::class::{Flags, Place};
use crate::objects::layout::tag;
use crate::objects::layout::{EXTENSION, PREVIOUS, SCOPE, tags};
use crate::objects::property::Found;
use crate::parse::OuterClass;
use crate::parse::scope::BindingKind;
use crate::thrown::Outcome;
use heap_model::{Kind, Tagged, Value};
use std::cell::Cell;
use std::rc::Rc;

/// Where a name was found.
enum Where {
    /// In a slot of the context that is in the register given.
    Slot(usize, BindingKind),
    /// A property of the object in the register given.
    Object {
        with: bool,
    },
    Global,
}

impl Machine {
    /// A global's value; the register has the global object already.
    #[cold]
    pub(crate) fn load_global_slowly(
        &mut self,
        to: R,
        name: Atom,
        cache: &Cell<Cache>,
        or_undefined: bool,
    ) -> Outcome {
        if let Some((place, _)) = self.script_scope.find(name) {
            return self.load_script(to, name, place);
        }
        if self.fill_global_cache(to, name, cache)? {
            return self.get_from(to, to, Key::Name(name), to);
        }
        if self.has(to, Key::Name(name))? {
            return self.get_from(to, to, Key::Name(name), to);
        }
        if or_undefined {
            self.undefined(to);
            return Ok(());
        }
        self.throw_not_defined(name)
    }

    pub(crate) fn throw_not_defined<T>(&mut self, name: Atom) -> Outcome<T> {
        let text = self.atoms.text(name);
        self.throw_error(ErrorKind::ReferenceError, &format!("{text} is not defined"))
    }

    /// Whether the global object has the name as a field; the cache then knows it. The class of the global object is
    /// its own, and a property stays where it is as long as it has the class.
    fn fill_global_cache(&mut self, global: R, name: Atom, cache: &Cell<Cache>) -> Outcome<bool> {
        let Some(id) = self.class_of(global) else { return Ok(false) };
        let Found::Field(place, flags, _) = self.find_own(global, id, name)? else {
            return Ok(false);
        };
        if flags.is_accessor() {
            return Ok(true);
        }
        let how = match place {
            Place::Slot(slot) => How::Slot(slot as u16),
            Place::Outside(place) => How::Outside(place as u16),
        };
        let kind = self.classes.get(id).cell;
        let own = self.own_slot(global, how);
        cache.set(Cache { own, kind, class: id.0, epoch: 0, how });
        Ok(true)
    }

    pub(crate) fn store_global(&mut self, name: Atom, from: R, strict: bool) -> Outcome {
        if let Some((place, kind)) = self.script_scope.find(name) {
            return self.store_script(name, place, kind, from);
        }
        self.scoped(|machine| {
            let global = machine.temp()?;
            machine.load_root(global, roots::GLOBAL);
            if strict && !machine.has(global, Key::Name(name))? {
                return machine.throw_not_defined(name);
            }
            machine.set(global, Key::Name(name), from, strict)
        })
    }

    // -- dynamic names ------------------------------------------------------------------------------------------

    pub(super) fn scope_info(&mut self, context: R) -> Option<Rc<ScopeInfo>> {
        let number = self.registers().peek(context, SCOPE).ok()?.as_smi()?;
        usize::try_from(number).ok().and_then(|number| self.scopes.get(number).cloned())
    }

    /// The classes around a context with private names, from the outermost in.
    pub(crate) fn outer_classes(&mut self, context: R) -> Outcome<Vec<OuterClass>> {
        let mut classes = Vec::new();
        self.scoped(|machine| {
            let place = machine.temp()?;
            machine.copy(place, context);
            while machine.registers().get(place).is_kind(Kind::Context) {
                if let Some(info) = machine.scope_info(place) {
                    let hidden = |kind: BindingKind| kind == BindingKind::Hidden;
                    let names = info.names.iter().filter(|(.., kind)| hidden(*kind));
                    let variables: Vec<_> = names.map(|(name, ..)| name.clone()).collect();
                    if !variables.is_empty() {
                        classes.push(OuterClass { variables });
                    }
                }
                machine.registers().load(place, place, PREVIOUS)?;
            }
            Ok(())
        })?;
        classes.reverse();
        Ok(classes)
    }

    /// Looks for a name from a context out. The register becomes the context or the object that has it.
    fn find_dynamic(&mut self, context: R, name: Atom) -> Outcome<Where> {
        let text = match self.atoms.named(name) {
            Some(crate::objects::atoms::Named::Text(text)) => text.clone(),
            _ => return Ok(Where::Global),
        };
        while self.registers().get(context).is_kind(Kind::Context) {
            if let Some(info) = self.scope_info(context) {
                let found = info.names.iter().find(|(known, ..)| *known == text);
                if let Some((_, slot, kind)) = found {
                    return Ok(Where::Slot(usize::from(*slot), *kind));
                }
                if info.extends && self.has_extension(context, name)? {
                    self.registers().load(context, context, EXTENSION)?;
                    return Ok(Where::Object { with: false });
                }
            } else if self.is_visible_in_with(context, name)? {
                self.registers().load(context, context, EXTENSION)?;
                return Ok(Where::Object { with: true });
            }
            self.registers().load(context, context, PREVIOUS)?;
        }
        self.load_root(context, roots::GLOBAL);
        Ok(Where::Global)
    }

    fn has_extension(&mut self, context: R, name: Atom) -> Outcome<bool> {
        self.scoped(|machine| {
            let object = machine.temp()?;
            machine.registers().load(object, context, EXTENSION)?;
            Ok(machine.own_flags(object, Key::Name(name))?.is_some())
        })
    }

    /// Whether the object of a `with` has a name that it does not hide.
    fn is_visible_in_with(&mut self, context: R, name: Atom) -> Outcome<bool> {
        self.scoped(|machine| {
            let object = machine.temps(2)?;
            let hidden = object + 1;
            machine.registers().load(object, context, EXTENSION)?;
            if !machine.has(object, Key::Name(name))? {
                return Ok(false);
            }
            machine.get_named(hidden, object, known::UNSCOPABLES)?;
            if machine.is_object(hidden) {
                machine.get_named(hidden, hidden, name)?;
                return Ok(!machine.to_boolean(hidden));
            }
            Ok(true)
        })
    }

    pub(crate) fn load_dynamic(
        &mut self,
        to: R,
        context: R,
        name: Atom,
        or_undefined: bool,
    ) -> Outcome {
        self.scoped(|machine| {
            let place = machine.temp()?;
            machine.copy(place, context);
            let found = machine.find_dynamic(place, name)?;
            machine.load_where(to, place, found, name, or_undefined)
        })
    }

    /// The value of a name, where it was found.
    fn load_where(
        &mut self,
        to: R,
        place: R,
        found: Where,
        name: Atom,
        or_undefined: bool,
    ) -> Outcome {
        match found {
            Where::Slot(slot, BindingKind::Import) => {
                self.registers().load(to, place, slot)?;
                let slot = self.registers().peek(place, slot + 1)?.as_smi().unwrap_or(0);
                self.load_import(to, slot as usize, name)
            }
            // `this` of a derived constructor: what follows tells whether it is there.
            Where::Slot(slot, BindingKind::This) => Ok(self.registers().load(to, place, slot)?),
            Where::Slot(slot, _) => {
                self.registers().load(to, place, slot)?;
                if self.registers().get(to) == Tagged::HOLE {
                    return self.throw_not_initialised(name);
                }
                Ok(())
            }
            Where::Object { with: true } => self.load_found_name(to, place, Key::Name(name), false),
            Where::Object { .. } => self.get(to, place, Key::Name(name)),
            Where::Global => {
                if let Some((slot, _)) = self.script_scope.find(name) {
                    return self.load_script(to, name, slot);
                }
                let text = self.atoms.text(name);
                if text == ".this" {
                    self.load_root(to, roots::GLOBAL);
                    return Ok(());
                }
                if !self.has(place, Key::Name(name))? {
                    if or_undefined || text.starts_with('.') {
                        self.undefined(to);
                        return Ok(());
                    }
                    return self.throw_not_defined(name);
                }
                self.get(to, place, Key::Name(name))
            }
        }
    }

    /// The object of a `with` that has a name, or a hole.
    pub(crate) fn find_with(&mut self, to: R, context: R, name: Atom) -> Outcome {
        self.scoped(|machine| {
            let place = machine.temp()?;
            machine.copy(place, context);
            match machine.find_dynamic(place, name)? {
                Where::Object { .. } => machine.copy(to, place),
                _ => machine.registers().set_hole(to),
            }
            Ok(())
        })
    }

    /// The value of a name that was found on an object, which may have lost it.
    pub(crate) fn load_found_name(&mut self, to: R, object: R, key: Key, strict: bool) -> Outcome {
        if !self.has(object, key)? {
            if let (true, Key::Name(name)) = (strict, key) {
                return self.throw_not_defined(name);
            }
            self.undefined(to);
            return Ok(());
        }
        self.get(to, object, key)
    }

    pub(crate) fn store_found_name(
        &mut self,
        object: R,
        key: Key,
        from: R,
        strict: bool,
    ) -> Outcome {
        let there = self.has(object, key)?;
        if let (true, false, Key::Name(name)) = (strict, there, key) {
            return self.throw_not_defined(name);
        }
        self.set(object, key, from, strict)
    }

    /// The function to call, and what `this` is: the object of a `with` that has it.
    pub(crate) fn load_dynamic_callee(&mut self, to: R, context: R, name: Atom) -> Outcome {
        self.scoped(|machine| {
            let place = machine.temp()?;
            machine.copy(place, context);
            let found = machine.find_dynamic(place, name)?;
            match found {
                Where::Object { with: true } => machine.copy(to + 1, place),
                _ => machine.undefined(to + 1),
            }
            machine.load_where(to, place, found, name, false)
        })
    }

    pub(crate) fn store_dynamic(
        &mut self,
        context: R,
        name: Atom,
        from: R,
        strict: bool,
    ) -> Outcome {
        self.scoped(|machine| {
            let place = machine.temps(2)?;
            machine.copy(place, context);
            match machine.find_dynamic(place, name)? {
                Where::Slot(slot, kind) => match kind {
                    BindingKind::Const | BindingKind::Import => machine.throw_constant(),
                    BindingKind::FunctionName if strict => machine.throw_constant(),
                    BindingKind::FunctionName => Ok(()),
                    BindingKind::This => Ok(machine.registers().store(place, slot, from)?),
                    _ => {
                        machine.registers().load(place + 1, place, slot)?;
                        if machine.registers().get(place + 1) == Tagged::HOLE {
                            return machine.throw_not_initialised(name);
                        }
                        Ok(machine.registers().store(place, slot, from)?)
                    }
                },
                Where::Object { with: true } => {
                    machine.store_found_name(place, Key::Name(name), from, strict)
                }
                Where::Object { .. } => machine.set(place, Key::Name(name), from, strict),
                Where::Global => machine.store_global(name, from, strict),
            }
        })
    }

    pub(crate) fn delete_dynamic(&mut self, context: R, name: Atom) -> Outcome<bool> {
        self.scoped(|machine| {
            let place = machine.temp()?;
            machine.copy(place, context);
            match machine.find_dynamic(place, name)? {
                Where::Slot(..) => Ok(false),
                Where::Global if machine.script_scope.find(name).is_some() => Ok(false),
                Where::Object { .. } | Where::Global => machine.delete(place, Key::Name(name)),
            }
        })
    }

    /// A variable that evaluated text declares: of the function around, or of the global object, where the function of a
    /// block is assigned.
    pub(crate) fn declare_dynamic(
        &mut self,
        context: R,
        name: Atom,
        from: R,
        assigned: bool,
    ) -> Outcome {
        self.scoped(|machine| {
            let place = machine.temps(2)?;
            let object = place + 1;
            machine.copy(place, context);
            while machine.registers().get(place).is_kind(Kind::Context) {
                if let Some(info) = machine.scope_info(place)
                    && info.function
                    && info.extends
                {
                    let known = machine.atoms.text(name);
                    let known: Rc<[u16]> = crate::objects::atoms::units(&known);
                    if let Some((_, slot, _)) = info.names.iter().find(|(text, ..)| *text == known)
                    {
                        return Ok(machine.registers().store(place, usize::from(*slot), from)?);
                    }
                    machine.extension_of(object, place)?;
                    return machine.define_named(object, name, from, Flags::PLAIN);
                }
                machine.registers().load(place, place, PREVIOUS)?;
            }
            if assigned {
                return machine.store_global(name, from, false);
            }
            machine.declare_global_function(name, from, true)
        })
    }

    /// The context of a `with`.
    pub(crate) fn new_with(&mut self, to: R, outer: R, object: R) -> Outcome {
        self.scoped(|machine| {
            let holder = machine.temps(2)?;
            machine.to_object(holder, object)?;
            let context = holder + 1;
            let mut registers = machine.registers();
            registers.alloc_tagged(context, Kind::Context, tag(tags::WITH), EXTENSION + 1, 16)?;
            registers.store_value(context, SCOPE, Value::Smi(-1))?;
            registers.store(context, PREVIOUS, outer)?;
            registers.store(context, EXTENSION, holder)?;
            registers.copy(to, context);
            Ok(())
        })
    }

    /// A context of a scope, inside another.
    #[inline]
    pub(crate) fn new_context(
        &mut self,
        to: R,
        outer: R,
        info: &ScopeInfo,
        number: i32,
    ) -> Outcome {
        let slots = usize::from(info.slots);
        let mut registers = self.registers();
        // V8's context has two words before its slots, as has ours; its size counts them as 32 bytes.
        let cell = registers.size() - 1;
        registers.alloc_tagged(cell, Kind::Context, tag(0), slots, 0)?;
        registers.store_value(cell, SCOPE, Value::Smi(number))?;
        registers.store(cell, PREVIOUS, outer)?;
        for hole in &info.holes {
            registers.store_value(cell, usize::from(*hole), Value::Hole)?;
        }
        registers.copy(to, cell);
        registers.set_undefined(cell);
        Ok(())
    }

    /// A copy of a context, for the next turn of a loop.
    pub(crate) fn copy_context(&mut self, context: R) -> Outcome {
        let mut registers = self.registers();
        let slots = registers.view(context)?.slot_count();
        let cell = registers.size() - 1;
        registers.alloc_tagged(cell, Kind::Context, tag(0), slots, 0)?;
        registers.copy_slots(cell, 0, context, 0, slots)?;
        registers.copy(context, cell);
        registers.set_undefined(cell);
        Ok(())
    }

    pub(crate) fn throw_not_initialised<T>(&mut self, name: Atom) -> Outcome<T> {
        let text = self.atoms.text(name);
        let message = format!("Cannot access '{text}' before initialization");
        self.throw_error(ErrorKind::ReferenceError, &message)
    }

    pub(crate) fn throw_constant<T>(&mut self) -> Outcome<T> {
        self.throw_type_error("Assignment to constant variable.")
    }

    pub(crate) fn throw_this_missing<T>(&mut self) -> Outcome<T> {
        self.throw_error(
            ErrorKind::ReferenceError,
            "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
        )
    }
}
