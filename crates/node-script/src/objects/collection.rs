//! Objects that `heap_model::shapes` makes, and what Maps' and Sets' iterators have in common.

use super::atoms::Atom;
use super::class::{Gives, ObjectKind};
use super::code::Arguments;
use super::layout::{FIRST, tag};
use crate::machine::{Machine, R, THIS, roots};
use crate::thrown::Outcome;
use heap_model::{HeapError, Kind, Local, Scope, Value, shapes};

impl Machine {
    /// Makes a cell in a scope, and puts it into a register.
    pub(crate) fn shape(
        &mut self,
        to: R,
        make: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<Local<'s>, HeapError>,
    ) -> Outcome {
        self.registers().enter(|scope| {
            let cell = make(scope)?;
            scope.set_register(to, Value::Ref(cell))?;
            Ok(())
        })
    }

    /// The object that a built-in constructor makes out of a cell of another maker: with `base` slots before its fields,
    /// and the prototype of this construction's `new.target`, or of a root if that has none.
    pub(crate) fn construct_shape(
        &mut self,
        to: R,
        arguments: Arguments,
        (root, kind, cell, base): (usize, ObjectKind, Kind, usize),
        make: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<Local<'s>, HeapError>,
    ) -> Outcome {
        let id = self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.new_target_prototype(prototype, arguments, root)?;
            machine.kind_class(prototype, kind, cell, base, 0)
        })?;
        self.shape(to, make)?;
        Ok(self.registers().set_tag(to, tag(id.0))?)
    }

    /// A constructor that is called without `new` throws.
    pub(crate) fn require_new(&mut self, arguments: Arguments, name: &str) -> Outcome {
        if arguments.construct() {
            return Ok(());
        }
        self.throw_type_error(&format!("Constructor {name} requires 'new'"))
    }

    /// A method that is called on something else than an object of its kind throws.
    pub(crate) fn require_kind(&mut self, kind: ObjectKind, method: &str) -> Outcome {
        if self.kind_of(THIS) == Some(kind) {
            return Ok(());
        }
        self.throw_incompatible(method)
    }

    pub(crate) fn throw_incompatible<T>(&mut self, method: &str) -> Outcome<T> {
        let shown = match self.is_string(THIS) {
            true => self.show(THIS),
            false => self.show_for_error(THIS),
        };
        self.throw_type_error(&format!("Method {method} called on incompatible receiver {shown}"))
    }

    /// Adds what an iterable gives to a new collection, by its method `adder`: a value each, or a key and a value.
    pub(crate) fn fill_collection(
        &mut self,
        collection: R,
        iterable: R,
        adder: Atom,
        pairs: bool,
    ) -> Outcome {
        if self.is_nullish(iterable) {
            return Ok(());
        }
        self.scoped(|machine| {
            let method = machine.temps(4)?;
            let (key, value, result) = (method + 1, method + 2, method + 3);
            machine.get_named(method, collection, adder)?;
            if !machine.is_callable(method) {
                let shown = machine.show(method);
                let (name, object) = (machine.atoms.text(adder), machine.show_for_error(collection));
                let text = format!(
                    "'{shown}' returned for property '{name}' of object '{object}' is not a function"
                );
                return machine.throw_type_error(&text);
            }
            machine.for_each(iterable, |machine, item| {
                if !pairs {
                    machine.call(result, method, collection, &[item])?;
                    return Ok(true);
                }
                if !machine.is_object(item) {
                    let shown = machine.show(item);
                    let text = format!("Iterator value {shown} is not an entry object");
                    return machine.throw_type_error(&text);
                }
                machine.get(key, item, super::atoms::Key::Index(0))?;
                machine.get(value, item, super::atoms::Key::Index(1))?;
                machine.call(result, method, collection, &[key, value])?;
                Ok(true)
            })
        })
    }

    /// An iterator of the Map or Set in `this`.
    pub(crate) fn collection_iterator(
        &mut self,
        to: R,
        collection: R,
        root: usize,
        kind: ObjectKind,
    ) -> Outcome {
        let id = self.root_class(root, kind, Kind::Object, FIRST + 2, 0)?;
        self.registers().enter(|scope| {
            let Value::Ref(collection) = scope.register(collection) else {
                return Err(heap_model::AccessError::NoCell.into());
            };
            let cell = shapes::collection_iterator(scope, collection)?;
            scope.set_register(to, Value::Ref(cell))?;
            Ok::<_, crate::thrown::Thrown>(())
        })?;
        Ok(self.registers().set_tag(to, tag(id.0))?)
    }

    /// Puts what an iterator gives of a key and a value into a register.
    pub(crate) fn give_entry(&mut self, to: R, key: R, value: R, gives: Gives) -> Outcome {
        match gives {
            Gives::Keys => self.copy(to, key),
            Gives::Values => self.copy(to, value),
            Gives::Entries => self.array_of(to, &[key, value])?,
        }
        Ok(())
    }

    /// Whether a value can be held weakly: an object, or a symbol that is not shared by its key.
    pub(crate) fn can_be_held_weakly(&mut self, value: R) -> bool {
        use super::object::Type;
        match self.type_of(value) {
            Type::Object(_) => true,
            Type::Symbol(atom) => self.atoms.shared_key(atom).is_none(),
            _ => false,
        }
    }

    /// A getter that gives `this`: a class's species.
    pub(crate) fn define_species(&mut self, class: R) -> Outcome {
        let name = super::atoms::known::SPECIES;
        self.define_getter(class, name, |_, _| Ok(THIS), None)?;
        self.scoped(|machine| {
            let getter = machine.temp()?;
            machine.own_property(getter, class, name.into())?;
            machine.registers().load(getter, getter, super::layout::GETTER)?;
            let code = machine.code_of(getter);
            machine.codes.species.extend(code);
            Ok(())
        })
    }

    /// The prototype of a collection's iterators.
    pub(crate) fn iterator_prototype(
        &mut self,
        root: usize,
        tag: &str,
        next: super::code::Native,
    ) -> Outcome {
        self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.new_prototype(prototype, root, roots::ITERATOR_PROTOTYPE)?;
            machine.define_method(prototype, super::atoms::known::NEXT, 0, next)?;
            machine.define_tag(prototype, tag)
        })
    }

    /// Keeps the method `next` of iterators' prototype in a root, by which loops know it.
    pub(crate) fn keep_next(&mut self, prototype: usize, root: usize) -> Outcome {
        self.scoped(|machine| {
            let method = machine.temps(2)?;
            let holder = method + 1;
            machine.load_root(holder, prototype);
            machine.own_property(method, holder, super::atoms::known::NEXT.into())?;
            machine.store_root(root, method);
            Ok(())
        })
    }
}
