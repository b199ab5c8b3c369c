//! Defining built-ins: tables of methods, getters, constants, constructors and prototypes.

use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Atom, known};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Native;
use crate::objects::layout::FIRST;
use crate::thrown::Outcome;
use heap_model::Kind;
use node_memory::NodeVersion;

/// A method: its name, its `length`, and what it does.
pub(crate) type Method = (&'static str, u8, Native);

/// A row of numbers.
pub(crate) type Constant = (&'static str, f64);

impl Machine {
    /// Whether the Node that is played is this one or a later one.
    pub(crate) fn plays(&self, version: NodeVersion) -> bool {
        self.options.node >= version
    }

    /// Defines built-in methods.
    pub(crate) fn define_methods(&mut self, object: R, methods: &[Method]) -> Outcome {
        for (name, length, call) in methods {
            let name = self.atoms.intern_str(name);
            self.define_method(object, name, *length, *call)?;
        }
        Ok(())
    }

    /// Gives a method of an object another name as well.
    pub(crate) fn define_alias(&mut self, object: R, name: &str, method: &str) -> Outcome {
        let name = self.atoms.intern_str(name);
        let method = self.atoms.intern_str(method);
        self.scoped(|machine| {
            let function = machine.temp()?;
            machine.own_property(function, object, method.into())?;
            machine.define_named(object, name, function, Flags::HIDDEN)
        })
    }

    pub(crate) fn define_method(
        &mut self,
        object: R,
        name: Atom,
        length: u8,
        call: Native,
    ) -> Outcome {
        self.scoped(|machine| {
            let function = machine.temp()?;
            machine.new_native(function, name, length, call, false)?;
            machine.define_named(object, name, function, Flags::HIDDEN)
        })
    }

    /// Defines a built-in getter, and a setter if there is one.
    pub(crate) fn define_getter(
        &mut self,
        object: R,
        name: Atom,
        getter: Native,
        setter: Option<Native>,
    ) -> Outcome {
        let text = self.atoms.text(name);
        let spelled = text
            .strip_prefix("Symbol(")
            .map_or(text.clone(), |rest| format!("[{}]", rest.trim_end_matches(')')));
        let get = self.atoms.intern_str(&format!("get {spelled}"));
        let set = self.atoms.intern_str(&format!("set {spelled}"));
        self.scoped(|machine| {
            let functions = machine.temps(2)?;
            machine.new_native(functions, get, 0, getter, false)?;
            let setter = match setter {
                Some(setter) => {
                    machine.new_native(functions + 1, set, 1, setter, false)?;
                    Some(functions + 1)
                }
                None => None,
            };
            machine.define_accessor(object, name.into(), Some(functions), setter, false)
        })
    }

    /// Defines numbers that cannot be changed.
    pub(crate) fn define_constants(&mut self, object: R, constants: &[Constant]) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temp()?;
            for (name, number) in constants {
                let name = machine.atoms.intern_str(name);
                machine.set_number(value, *number)?;
                machine.define_named(object, name, value, Flags::FIXED)?;
            }
            Ok(())
        })
    }

    /// Gives an object the text by which `Object.prototype.toString` names it.
    pub(crate) fn define_tag(&mut self, object: R, tag: &str) -> Outcome {
        self.scoped(|machine| {
            let text = machine.temp()?;
            let atom = machine.atoms.intern_str(tag);
            machine.atom_value(text, atom)?;
            machine.define_named(object, known::TO_STRING_TAG, text, Flags::READ_ONLY)
        })
    }

    /// A built-in constructor in `to`, whose prototype is in a register; both refer to each other. It is a global.
    pub(crate) fn define_class(
        &mut self,
        to: R,
        name: &str,
        length: u8,
        call: Native,
        prototype: R,
    ) -> Outcome {
        self.new_constructor(to, name, length, call, prototype)?;
        let name = self.atoms.intern_str(name);
        self.define_global(name, to)
    }

    /// As `define_class`, without a global.
    pub(crate) fn new_constructor(
        &mut self,
        to: R,
        name: &str,
        length: u8,
        call: Native,
        prototype: R,
    ) -> Outcome {
        let name = self.atoms.intern_str(name);
        self.new_native(to, name, length, call, true)?;
        self.own_class(to)?;
        let slot = crate::objects::layout::PROTOTYPE;
        self.registers().store(to, slot, prototype)?;
        self.define_named(prototype, known::CONSTRUCTOR, to, Flags::HIDDEN)
    }

    pub(crate) fn define_global(&mut self, name: Atom, value: R) -> Outcome {
        self.scoped(|machine| {
            let global = machine.temp()?;
            machine.load_root(global, roots::GLOBAL);
            machine.define_named(global, name, value, Flags::HIDDEN)
        })
    }

    /// A prototype: an ordinary object that inherits from the root's, kept in a root, with a class of its own.
    pub(crate) fn new_prototype(&mut self, to: R, root: usize, parent: usize) -> Outcome {
        self.scoped(|machine| {
            let object = machine.temp()?;
            machine.load_root(object, parent);
            machine.new_with_prototype(object, object)?;
            machine.become_prototype(object)?;
            machine.store_root(root, object);
            machine.copy(to, object);
            Ok(())
        })
    }

    /// The prototype of wrappers, which is one itself, of the value in a register.
    pub(crate) fn new_wrapper_prototype(
        &mut self,
        to: R,
        root: usize,
        kind: ObjectKind,
        value: R,
    ) -> Outcome {
        self.scoped(|machine| {
            let object = machine.temp()?;
            machine.load_root(object, roots::OBJECT_PROTOTYPE);
            let class = machine.kind_class(object, kind, Kind::Object, FIRST + 1, 0)?;
            machine.new_of(object, class)?;
            machine.registers().store(object, FIRST, value)?;
            machine.become_prototype(object)?;
            machine.store_root(root, object);
            machine.copy(to, object);
            Ok(())
        })
    }

    /// An object of the global's, such as `Math`.
    pub(crate) fn new_namespace(&mut self, to: R, name: &str) -> Outcome {
        self.new_object(to, 0)?;
        self.own_class(to)?;
        let atom = self.atoms.intern_str(name);
        self.define_global(atom, to)
    }

    /// Sets a register to a boolean, and gives it: the result of many built-ins.
    pub(crate) fn give_bool(&mut self, value: bool) -> Outcome<R> {
        self.registers().set_bool(0, value);
        Ok(0)
    }

    pub(crate) fn give_number(&mut self, value: f64) -> Outcome<R> {
        self.set_number(0, value)?;
        Ok(0)
    }

    pub(crate) fn give_text(&mut self, value: &str) -> Outcome<R> {
        self.new_text(0, value)?;
        Ok(0)
    }

    pub(crate) fn give_undefined(&mut self) -> Outcome<R> {
        self.undefined(0);
        Ok(0)
    }
}
