//! `Set` (ECMA-262, section 24.2), on the heap's ordered tables.

mod algebra;

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, Gives, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::key_rules::Keys;
use crate::objects::layout::FIRST;
use crate::thrown::Outcome;
use heap_model::collections::set;
use heap_model::{Kind, Register, shapes};
use node_memory::NodeVersion;

const PROTOTYPE: &[Method] = &[
    ("has", 1, has),
    ("add", 1, add),
    ("delete", 1, delete),
    ("clear", 0, clear),
    ("entries", 0, entries),
    ("forEach", 1, for_each),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(3)?;
    let (class, value) = (prototype + 1, prototype + 2);
    machine.new_prototype(prototype, roots::SET_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "Set", 0, construct, prototype)?;
    machine.define_species(class)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_getter(prototype, known::SIZE, size, None)?;
    machine.define_methods(prototype, &[("values", 0, values)])?;
    let name = machine.atoms.intern_str("values");
    machine.own_property(value, prototype, name.into())?;
    machine.define_named(prototype, known::KEYS, value, Flags::HIDDEN)?;
    if machine.plays(NodeVersion::V22) {
        machine.define_methods(prototype, algebra::METHODS)?;
    }
    machine.define_tag(prototype, "Set")?;
    machine.define_named(prototype, known::ITERATOR, value, Flags::HIDDEN)?;
    machine.iterator_prototype(roots::SET_ITERATOR_PROTOTYPE, "Set Iterator", next)?;
    machine.keep_next(roots::SET_ITERATOR_PROTOTYPE, roots::SET_ITERATOR_NEXT)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_new(arguments, "Set")?;
    let object = machine.temp()?;
    let made = (roots::SET_PROTOTYPE, ObjectKind::Set, Kind::Object, FIRST + 1);
    machine.construct_shape(object, arguments, made, |scope| shapes::set(scope, 0))?;
    machine.fill_collection(object, arguments.at(0), known::ADD, false)?;
    Ok(object)
}

impl Machine {
    /// A Set of the machine's own.
    pub(crate) fn new_set(&mut self, to: R) -> Outcome {
        let root = roots::SET_PROTOTYPE;
        let id = self.root_class(root, ObjectKind::Set, Kind::Object, FIRST + 1, 0)?;
        self.shape(to, |scope| shapes::set(scope, 0))?;
        Ok(self.registers().set_tag(to, crate::objects::layout::tag(id.0))?)
    }

    /// How many values a Set has.
    pub(crate) fn set_size(&mut self, object: R) -> Outcome<usize> {
        Ok(set::len(&self.registers(), Register(object))?)
    }

    pub(crate) fn set_add(&mut self, object: R, value: R) -> Outcome {
        set::add(&mut self.registers(), &Keys, Register(object), Register(value))?;
        Ok(())
    }

    /// Calls `f` with each value of a Set, in a register, those that are added meanwhile included.
    pub(crate) fn each_member(
        &mut self,
        object: R,
        mut f: impl FnMut(&mut Self, R) -> Outcome,
    ) -> Outcome {
        self.scoped(|machine| {
            let iterator = machine.temps(2)?;
            let value = iterator + 1;
            let kind = ObjectKind::SetIterator(Gives::Values);
            machine.collection_iterator(iterator, object, roots::SET_ITERATOR_PROTOTYPE, kind)?;
            while machine.registers().set_next(value, iterator)? {
                machine.scoped(|machine| f(machine, value))?;
            }
            Ok(())
        })
    }
}

fn has(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Set, "Set.prototype.has")?;
    let mut registers = machine.registers();
    let has = set::has(&mut registers, &Keys, Register(THIS), Register(arguments.at(0)))?;
    machine.give_bool(has)
}

fn add(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Set, "Set.prototype.add")?;
    machine.set_add(THIS, arguments.at(0))?;
    Ok(THIS)
}

fn delete(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Set, "Set.prototype.delete")?;
    let mut registers = machine.registers();
    let had = set::delete(&mut registers, &Keys, Register(THIS), Register(arguments.at(0)))?;
    machine.give_bool(had)
}

fn clear(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Set, "Set.prototype.clear")?;
    set::clear(&mut machine.registers(), Register(THIS))?;
    machine.give_undefined()
}

fn size(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Set, "get Set.prototype.size")?;
    let size = machine.set_size(THIS)?;
    machine.give_number(size as f64)
}

fn for_each(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Set, "Set.prototype.forEach")?;
    super::array::expect_called(machine, arguments.at(0))?;
    machine.each_member(THIS, |machine, value| {
        let result = machine.temp()?;
        machine.call(result, arguments.at(0), arguments.at(1), &[value, value, THIS])
    })?;
    machine.give_undefined()
}

fn iterate(machine: &mut Machine, gives: Gives, method: &str) -> Outcome<R> {
    machine.require_kind(ObjectKind::Set, method)?;
    let kind = ObjectKind::SetIterator(gives);
    machine.collection_iterator(0, THIS, roots::SET_ITERATOR_PROTOTYPE, kind)?;
    Ok(0)
}

fn values(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, Gives::Values, "Set.prototype.values")
}

fn entries(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, Gives::Entries, "Set.prototype.entries")
}

fn next(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let Some(ObjectKind::SetIterator(gives)) = machine.kind_of(THIS) else {
        return machine.throw_incompatible("Set Iterator.prototype.next");
    };
    let value = machine.temp()?;
    let more = machine.registers().set_next(value, THIS)?;
    if more {
        machine.give_entry(value, value, value, gives)?;
    }
    machine.new_result(0, value, !more)?;
    Ok(0)
}
