//! `Map` (ECMA-262, section 24.1), on the heap's ordered tables.

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, Gives, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::key_rules::Keys;
use crate::objects::layout::FIRST;
use crate::thrown::Outcome;
use heap_model::collections::map;
use heap_model::{Kind, Register, shapes};
use node_memory::NodeVersion;

const PROTOTYPE: &[Method] = &[
    ("get", 1, get),
    ("set", 2, set),
    ("has", 1, has),
    ("delete", 1, delete),
    ("clear", 0, clear),
    ("entries", 0, entries),
    ("forEach", 1, for_each),
    ("keys", 0, keys),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(3)?;
    let (class, value) = (prototype + 1, prototype + 2);
    machine.new_prototype(prototype, roots::MAP_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "Map", 0, construct, prototype)?;
    machine.define_species(class)?;
    if machine.plays(NodeVersion::V22) {
        machine.define_methods(class, &[("groupBy", 2, group_by)])?;
    }
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_getter(prototype, known::SIZE, size, None)?;
    machine.define_methods(prototype, &[("values", 0, values)])?;
    machine.define_tag(prototype, "Map")?;
    let name = machine.atoms.intern_str("entries");
    machine.own_property(value, prototype, name.into())?;
    machine.define_named(prototype, known::ITERATOR, value, Flags::HIDDEN)?;
    machine.iterator_prototype(roots::MAP_ITERATOR_PROTOTYPE, "Map Iterator", next)?;
    machine.keep_next(roots::MAP_ITERATOR_PROTOTYPE, roots::MAP_ITERATOR_NEXT)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_new(arguments, "Map")?;
    let object = machine.temp()?;
    let made = (roots::MAP_PROTOTYPE, ObjectKind::Map, Kind::Object, FIRST + 1);
    machine.construct_shape(object, arguments, made, |scope| shapes::map(scope, 0))?;
    machine.fill_collection(object, arguments.at(0), known::SET, true)?;
    Ok(object)
}

impl Machine {
    /// A Map of the machine's own.
    pub(crate) fn new_map(&mut self, to: R) -> Outcome {
        let root = roots::MAP_PROTOTYPE;
        let id = self.root_class(root, ObjectKind::Map, Kind::Object, FIRST + 1, 0)?;
        self.shape(to, |scope| shapes::map(scope, 0))?;
        Ok(self.registers().set_tag(to, crate::objects::layout::tag(id.0))?)
    }

    /// How many entries a Map has.
    pub(crate) fn map_size(&mut self, object: R) -> Outcome<usize> {
        Ok(map::len(&self.registers(), Register(object))?)
    }

    pub(crate) fn map_set(&mut self, object: R, key: R, value: R) -> Outcome {
        let mut registers = self.registers();
        map::set(&mut registers, &Keys, Register(object), Register(key), Register(value))?;
        Ok(())
    }

    /// Calls `f` with each key and value of a Map, in registers, those that are added meanwhile included.
    pub(crate) fn each_entry(
        &mut self,
        object: R,
        mut f: impl FnMut(&mut Self, R, R) -> Outcome,
    ) -> Outcome {
        self.scoped(|machine| {
            let iterator = machine.temps(3)?;
            let (key, value) = (iterator + 1, iterator + 2);
            let kind = ObjectKind::MapIterator(Gives::Entries);
            machine.collection_iterator(iterator, object, roots::MAP_ITERATOR_PROTOTYPE, kind)?;
            while machine.registers().map_next(key, value, iterator)? {
                machine.scoped(|machine| f(machine, key, value))?;
            }
            Ok(())
        })
    }
}

/// Calls `f` with what a function says of each value of an iterable, and the value (ECMA-262's `GroupBy`).
pub(super) fn each_group(
    machine: &mut Machine,
    arguments: Arguments,
    mut f: impl FnMut(&mut Machine, R, R) -> Outcome,
) -> Outcome {
    if machine.is_nullish(arguments.at(0)) {
        let shown = machine.show(arguments.at(0));
        return machine.throw_type_error(&format!("{shown} is not iterable"));
    }
    super::array::expect_callable(machine, arguments.at(1))?;
    let number = machine.temps(3)?;
    let (nothing, key) = (number + 1, number + 2);
    let mut place = 0.0;
    machine.for_each(arguments.at(0), |machine, value| {
        machine.set_number(number, place)?;
        machine.call(key, arguments.at(1), nothing, &[value, number])?;
        place += 1.0;
        machine.scoped(|machine| f(machine, key, value))?;
        Ok(true)
    })
}

/// `Map.groupBy`, which Node 21 has first.
fn group_by(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let result = machine.temp()?;
    machine.new_map(result)?;
    each_group(machine, arguments, |machine, key, value| {
        let group = machine.temp()?;
        let known = machine.registers().map_get(group, &Keys, Register(result), Register(key))?;
        if !known {
            machine.new_array(group, 0)?;
            machine.map_set(result, key, group)?;
        }
        machine.push(group, value)
    })?;
    Ok(result)
}

fn get(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Map, "Map.prototype.get")?;
    let mut registers = machine.registers();
    match registers.map_get(0, &Keys, Register(THIS), Register(arguments.at(0)))? {
        true => Ok(0),
        false => machine.give_undefined(),
    }
}

fn set(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Map, "Map.prototype.set")?;
    machine.map_set(THIS, arguments.at(0), arguments.at(1))?;
    Ok(THIS)
}

fn has(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Map, "Map.prototype.has")?;
    let mut registers = machine.registers();
    let has = map::has(&mut registers, &Keys, Register(THIS), Register(arguments.at(0)))?;
    machine.give_bool(has)
}

fn delete(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Map, "Map.prototype.delete")?;
    let mut registers = machine.registers();
    let had = map::delete(&mut registers, &Keys, Register(THIS), Register(arguments.at(0)))?;
    machine.give_bool(had)
}

fn clear(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Map, "Map.prototype.clear")?;
    map::clear(&mut machine.registers(), Register(THIS))?;
    machine.give_undefined()
}

fn size(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Map, "get Map.prototype.size")?;
    let size = machine.map_size(THIS)?;
    machine.give_number(size as f64)
}

fn for_each(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::Map, "Map.prototype.forEach")?;
    super::array::expect_called(machine, arguments.at(0))?;
    machine.each_entry(THIS, |machine, key, value| {
        let result = machine.temp()?;
        machine.call(result, arguments.at(0), arguments.at(1), &[value, key, THIS])
    })?;
    machine.give_undefined()
}

fn iterate(machine: &mut Machine, gives: Gives, method: &str) -> Outcome<R> {
    machine.require_kind(ObjectKind::Map, method)?;
    let kind = ObjectKind::MapIterator(gives);
    machine.collection_iterator(0, THIS, roots::MAP_ITERATOR_PROTOTYPE, kind)?;
    Ok(0)
}

fn keys(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, Gives::Keys, "Map.prototype.keys")
}

fn values(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, Gives::Values, "Map.prototype.values")
}

fn entries(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, Gives::Entries, "Map.prototype.entries")
}

fn next(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let Some(ObjectKind::MapIterator(gives)) = machine.kind_of(THIS) else {
        return machine.throw_incompatible("Map Iterator.prototype.next");
    };
    let key = machine.temps(2)?;
    let value = key + 1;
    let more = machine.registers().map_next(key, value, THIS)?;
    if more {
        machine.give_entry(value, key, value, gives)?;
    }
    machine.new_result(0, value, !more)?;
    Ok(0)
}
