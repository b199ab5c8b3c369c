//! `Array`.

mod changes;
mod list;
mod more;
pub(super) mod sort;
mod tim_sort;

pub(super) use list::{Holes, each, expect_callable, expect_called};
pub(super) use more::{
    at, find_last, find_last_index, last_index_of, reduce_right_of, to_locale_string,
};

use super::Method;
use crate::interpret::iterate::{ENTRIES, KEYS, VALUES};
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Elements, Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::elements::MAX_FAST;
use crate::objects::layout::{BACKING, LENGTH};
use crate::objects::object::Type;
use crate::objects::packed::Search;
use crate::objects::string::Text;
use crate::objects::text_builder::TextBuilder;
use crate::thrown::Outcome;
use heap_model::Value;
use list::{each_of, expect_short, set_list_length, this_list};

const STATIC: &[Method] = &[("from", 1, from), ("isArray", 1, is_array), ("of", 0, of)];

const PROTOTYPE: &[Method] = &[
    ("at", 1, at),
    ("copyWithin", 2, more::copy_within),
    ("findLast", 1, find_last),
    ("findLastIndex", 1, find_last_index),
    ("flat", 0, more::flat),
    ("flatMap", 1, more::flat_map),
    ("lastIndexOf", 1, last_index_of),
    ("reduceRight", 1, more::reduce_right),
    ("sort", 1, sort::sort),
    ("toLocaleString", 0, to_locale_string),
    ("toReversed", 0, more::to_reversed),
    ("toSorted", 1, sort::to_sorted),
    ("toSpliced", 2, more::to_spliced),
    ("with", 2, more::with),
    ("concat", 1, concat),
    ("entries", 0, entries),
    ("every", 1, every),
    ("fill", 1, fill),
    ("filter", 1, filter),
    ("find", 1, find),
    ("findIndex", 1, find_index),
    ("forEach", 1, for_each),
    ("includes", 1, includes),
    ("indexOf", 1, index_of),
    ("join", 1, join),
    ("keys", 0, keys),
    ("map", 1, map),
    ("pop", 0, changes::pop),
    ("push", 1, changes::push),
    ("reduce", 1, reduce),
    ("reverse", 0, reverse),
    ("shift", 0, changes::shift),
    ("slice", 2, slice),
    ("some", 1, some),
    ("splice", 2, changes::splice),
    ("toString", 0, to_string),
    ("unshift", 1, changes::unshift),
    ("values", 0, values),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(3)?;
    let (class, value) = (prototype + 1, prototype + 2);
    machine.load_root(prototype, roots::ARRAY_PROTOTYPE);
    machine.define_class(class, "Array", 1, construct, prototype)?;
    machine.store_root(roots::ARRAY, class);
    machine.define_methods(class, STATIC)?;
    machine.define_getter(class, known::SPECIES, species, None)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    let name = machine.atoms.intern_str("values");
    machine.own_property(value, prototype, name.into())?;
    machine.store_root(roots::ARRAY_VALUES, value);
    machine.define_named(prototype, known::ITERATOR, value, Flags::HIDDEN)?;
    more::define_unscopables(machine, prototype)
}

fn species(_: &mut Machine, _: Arguments) -> Outcome<R> {
    Ok(THIS)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let array = machine.temp()?;
    let base = LENGTH + 1;
    let root = roots::ARRAY_PROTOTYPE;
    machine.construct_kind(array, arguments, root, ObjectKind::Array, base)?;
    machine.registers().store_value(array, LENGTH, Value::Smi(0))?;
    let only = (arguments.count == 1).then(|| machine.registers().number(arguments.at(0)));
    if let Some(Some(length)) = only {
        if length < 0.0 || length > f64::from(u32::MAX) || length.fract() != 0.0 {
            return machine.throw_range_error("Invalid array length");
        }
        machine.set_fresh_length(array, length as usize)?;
        return Ok(array);
    }
    if arguments.count == 0 {
        // V8's `new Array()` has room for four.
        machine.preallocate(array, 4)?;
        return Ok(array);
    }
    machine.preallocate(array, arguments.count)?;
    for place in 0..arguments.count {
        machine.push(array, arguments.at(place))?;
    }
    Ok(array)
}

impl Machine {
    /// Gives an array without elements room for some.
    pub(crate) fn preallocate(&mut self, array: R, capacity: usize) -> Outcome {
        self.scoped(|machine| {
            let elements = machine.temp()?;
            machine.new_elements(elements, capacity)?;
            Ok(machine.registers().store(array, BACKING, elements)?)
        })
    }

    /// Gives a new array a length: with holes, or as a dictionary if it is very long.
    pub(crate) fn set_fresh_length(&mut self, array: R, length: usize) -> Outcome {
        if length == 0 {
            return Ok(());
        }
        if length > MAX_FAST {
            self.scoped(|machine| {
                let elements = machine.temp()?;
                machine.new_numbers(elements, 0)?;
                machine.set_elements(array, elements)?;
                machine.transition_elements(array, Elements::Dictionary)
            })?;
        } else {
            self.preallocate(array, length)?;
            self.transition_elements(array, Elements::HoleySmi)?;
        }
        self.set_array_length(array, length)
    }

    /// The array that a method of an array makes, by its constructor's species.
    pub(crate) fn species_array(&mut self, to: R, original: R, length: usize) -> Outcome {
        if !self.is_array(original)? {
            return self.array_of_length(to, length);
        }
        self.scoped(|machine| {
            let constructor = machine.temps(2)?;
            let argument = constructor + 1;
            machine.get_named(constructor, original, known::CONSTRUCTOR)?;
            if machine.is_object(constructor) {
                machine.get_named(constructor, constructor, known::SPECIES)?;
                if machine.is_null(constructor) {
                    machine.undefined(constructor);
                }
            }
            machine.load_root(argument, roots::ARRAY);
            if machine.is_undefined(constructor) || machine.is_same(constructor, argument) {
                return machine.array_of_length(to, length);
            }
            if !machine.is_constructor(constructor) {
                return machine
                    .throw_type_error("object.constructor[Symbol.species] is not a constructor");
            }
            machine.set_number(argument, length as f64)?;
            machine.construct(to, constructor, &[argument], constructor)
        })
    }

    /// A new array with room for `length` elements, where that is not too much; more than an array can have are refused.
    pub(super) fn array_of_length(&mut self, to: R, length: usize) -> Outcome {
        if length > u32::MAX as usize {
            return self.throw_range_error("Invalid array length");
        }
        self.new_array(to, if length > MAX_FAST { 0 } else { length })
    }
}

fn is_array(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let is = machine.is_array(arguments.at(0))?;
    machine.give_bool(is)
}

fn of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let array = machine.temps(2)?;
    if is_own_class(machine)? {
        machine.new_array(array, arguments.count)?;
        for place in 0..arguments.count {
            machine.push(array, arguments.at(place))?;
        }
        return Ok(array);
    }
    machine.set_number(array + 1, arguments.count as f64)?;
    machine.construct(array, THIS, &[array + 1], THIS)?;
    for place in 0..arguments.count {
        machine.create_element(array, place, arguments.at(place))?;
    }
    set_list_length(machine, array, arguments.count)?;
    Ok(array)
}

/// Whether a static method was called on `Array` itself, or on what constructs nothing.
fn is_own_class(machine: &mut Machine) -> Outcome<bool> {
    if !machine.is_constructor(THIS) {
        return Ok(true);
    }
    machine.scoped(|machine| {
        let class = machine.temp()?;
        machine.load_root(class, roots::ARRAY);
        Ok(machine.is_same(class, THIS))
    })
}

fn from(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (items, mapper) = (arguments.at(0), arguments.at(1));
    let maps = !machine.is_undefined(mapper);
    if maps && !machine.is_callable(mapper) {
        let shown = machine.show(mapper);
        return machine.throw_type_error(&format!("{shown} is not a function"));
    }
    let array = machine.temps(4)?;
    let (method, object, number) = (array + 1, array + 2, array + 3);
    if machine.is_nullish(items) {
        return machine.get_iterator(method, items).map(|()| method);
    }
    machine.get_named(method, items, known::ITERATOR)?;
    let own = is_own_class(machine)?;
    if !machine.is_nullish(method) {
        if own {
            machine.new_array(array, 0)?;
        } else {
            machine.construct(array, THIS, &[], THIS)?;
        }
        let mut place = 0;
        machine.for_each(items, |machine, value| {
            if maps {
                machine.set_number(number, place as f64)?;
                machine.call(value, mapper, arguments.at(2), &[value, number])?;
            }
            if own {
                machine.push(array, value)?;
            } else {
                machine.create_element(array, place, value)?;
            }
            place += 1;
            Ok(true)
        })?;
        if own {
            machine.fit_elements(array)?;
        } else {
            set_list_length(machine, array, place)?;
        }
        return Ok(array);
    }
    machine.to_object(object, items)?;
    let length = machine.length_of(object)?;
    let value = machine.temp()?;
    if !own {
        machine.set_number(number, length as f64)?;
        machine.construct(array, THIS, &[number], THIS)?;
        for place in 0..length {
            machine.get_place(value, object, place)?;
            if maps {
                machine.set_number(number, place as f64)?;
                machine.call(value, mapper, arguments.at(2), &[value, number])?;
            }
            machine.create_element(array, place, value)?;
        }
        set_list_length(machine, array, length)?;
        return Ok(array);
    }
    machine.array_of_length(array, length)?;
    for place in 0..length {
        machine.get_place(value, object, place)?;
        if maps {
            machine.set_number(number, place as f64)?;
            machine.call(value, mapper, arguments.at(2), &[value, number])?;
        }
        machine.push(array, value)?;
    }
    Ok(array)
}

fn for_each(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    for_each_of(machine, arguments, Holes::Skip)
}

pub(super) fn for_each_of(machine: &mut Machine, arguments: Arguments, holes: Holes) -> Outcome<R> {
    each(machine, arguments, holes, |_, _, _, _| Ok(true))?;
    machine.give_undefined()
}

fn map(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    expect_callable(machine, arguments.at(0))?;
    let array = machine.temp()?;
    machine.species_array(array, object, length)?;
    let list = (object, length);
    each_of(machine, arguments, list, Holes::Skip, |machine, _, place, result| {
        machine.create_element(array, place, result)?;
        Ok(true)
    })?;
    if machine.kind_of(array) == Some(ObjectKind::Array) && machine.array_length(array) < length {
        machine.truncate_array(array, length)?;
    }
    Ok(array)
}

fn filter(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let list = this_list(machine)?;
    expect_callable(machine, arguments.at(0))?;
    let array = machine.temp()?;
    machine.species_array(array, list.0, 0)?;
    let mut count = 0;
    each_of(machine, arguments, list, Holes::Skip, |machine, value, _, result| {
        if machine.to_boolean(result) {
            machine.create_element(array, count, value)?;
            count += 1;
        }
        Ok(true)
    })?;
    Ok(array)
}

fn some(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    some_of(machine, arguments, Holes::Skip)
}

pub(super) fn some_of(machine: &mut Machine, arguments: Arguments, holes: Holes) -> Outcome<R> {
    let mut found = false;
    each(machine, arguments, holes, |machine, _, _, result| {
        found = machine.to_boolean(result);
        Ok(!found)
    })?;
    machine.give_bool(found)
}

fn every(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    every_of(machine, arguments, Holes::Skip)
}

pub(super) fn every_of(machine: &mut Machine, arguments: Arguments, holes: Holes) -> Outcome<R> {
    let mut all = true;
    each(machine, arguments, holes, |machine, _, _, result| {
        all = machine.to_boolean(result);
        Ok(all)
    })?;
    machine.give_bool(all)
}

pub(super) fn find(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let found = machine.temp()?;
    each(machine, arguments, Holes::Read, |machine, value, _, result| {
        let is = machine.to_boolean(result);
        if is {
            machine.copy(found, value);
        }
        Ok(!is)
    })?;
    Ok(found)
}

pub(super) fn find_index(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let mut found = -1.0;
    each(machine, arguments, Holes::Read, |machine, _, place, result| {
        let is = machine.to_boolean(result);
        if is {
            found = place as f64;
        }
        Ok(!is)
    })?;
    machine.give_number(found)
}

fn reduce(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    reduce_of(machine, arguments, Holes::Skip)
}

pub(super) fn reduce_of(machine: &mut Machine, arguments: Arguments, holes: Holes) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    list::fold(machine, arguments, object, holes, 0..length)
}

fn slice(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let start = machine.to_place(arguments.at(0), length, 0)?;
    let end = machine.to_place(arguments.at(1), length, length)?;
    let array = machine.temps(2)?;
    let value = array + 1;
    let count = end.saturating_sub(start);
    machine.species_array(array, object, count)?;
    if machine.copy_run(array, object, start, count)? {
        return Ok(array);
    }
    for place in 0..count {
        if machine.element_if_there(value, object, start + place)? {
            machine.create_element(array, place, value)?;
        }
    }
    set_list_length(machine, array, count)?;
    Ok(array)
}

fn concat(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let object = list::this_object(machine)?;
    let array = machine.temps(2)?;
    let value = array + 1;
    machine.species_array(array, object, 0)?;
    let mut room = 0;
    for place in 0..=arguments.count {
        let item = if place == 0 { object } else { arguments.at(place - 1) };
        room += match machine.kind_of(item) {
            Some(ObjectKind::Array) => machine.array_length(item),
            _ => 1,
        };
    }
    if machine.kind_of(array) == Some(ObjectKind::Array) && room <= MAX_FAST {
        machine.preallocate(array, room)?;
    }
    let mut length = 0;
    for place in 0..=arguments.count {
        let item = if place == 0 { object } else { arguments.at(place - 1) };
        let mut spreads = machine.is_array(item)?;
        if machine.is_object(item) {
            machine.get_named(value, item, known::IS_CONCAT_SPREADABLE)?;
            if !machine.is_undefined(value) {
                spreads = machine.to_boolean(value);
            }
        }
        if !spreads {
            machine.create_element(array, length, item)?;
            length += 1;
            continue;
        }
        let count = match machine.kind_of(item) {
            Some(ObjectKind::Array) => machine.array_length(item),
            _ => {
                machine.get_named(value, item, known::LENGTH)?;
                machine.to_length(value)?
            }
        };
        expect_short(machine, length + count)?;
        if machine.array_length(array) == length && machine.append_run(array, item)? {
            length += count;
            continue;
        }
        let there = machine.places_there(item, count)?;
        for place in 0..there.as_ref().map_or(count, Vec::len) {
            let place = there.as_ref().map_or(place, |there| there[place]);
            if machine.element_if_there(value, item, place)? {
                // A whole number among doubles is a small integer here (V8's `IterateElements`).
                if machine.type_of(value) == Type::Double {
                    let number = machine.number(value);
                    machine.set_number(value, number)?;
                }
                machine.create_element(array, length + place, value)?;
            }
        }
        length += count;
    }
    set_list_length(machine, array, length)?;
    Ok(array)
}

pub(super) fn join(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    if length > 1
        && machine.is_string(arguments.at(0))
        && machine.kind_of(object) == Some(ObjectKind::Array)
        && machine.is_hollow(object)?
    {
        machine.repeat(0, arguments.at(0), length - 1)?;
        return Ok(0);
    }
    let separator = match machine.is_undefined(arguments.at(0)) {
        true => Text::OneByte(vec![b',']),
        false => {
            let text = machine.temp()?;
            machine.to_string(text, arguments.at(0))?;
            machine.text(text)?
        }
    };
    // What is being joined already is empty.
    let identity = machine.registers().identity_hash(object)?;
    if machine.joining.contains(&identity) {
        return machine.give_text("");
    }
    machine.joining.push(identity);
    let joined = machine.scoped(|machine| {
        let value = machine.temp()?;
        let mut text = TextBuilder::default();
        for place in 0..length {
            if place > 0 {
                machine.check_length(text.len() + separator.len())?;
                match &separator {
                    Text::OneByte(separator) => text.push_latin1(separator),
                    Text::TwoByte(separator) => text.push_units(separator),
                }
            }
            machine.get_place(value, object, place)?;
            if !machine.is_nullish(value) {
                machine.to_string(value, value)?;
                let more = machine.string_length(value);
                machine.check_length(text.len() + more)?;
                text.push_string(machine, value)?;
            }
        }
        Ok(text)
    });
    machine.joining.pop();
    joined?.finish(machine, 0)?;
    Ok(0)
}

fn to_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let method = machine.temps(2)?;
    let object = method + 1;
    machine.to_object(object, THIS)?;
    machine.get_named(method, object, known::JOIN)?;
    if machine.is_callable(method) {
        machine.call(0, method, object, &[])?;
        return Ok(0);
    }
    super::object::tag_text_of(machine, object)
}

pub(super) fn reverse(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let low = machine.temps(2)?;
    let high = low + 1;
    for place in 0..length / 2 {
        let other = length - 1 - place;
        let has_low = machine.element_if_there(low, object, place)?;
        let has_high = machine.element_if_there(high, object, other)?;
        for (has, value, at) in [(has_high, high, place), (has_low, low, other)] {
            let key = machine.place_key(at);
            if has {
                machine.set(object, key, value, true)?;
            } else if has_low || has_high {
                machine.delete_or_throw(object, key)?;
            }
        }
    }
    Ok(object)
}

fn fill(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let start = machine.to_place(arguments.at(1), length, 0)?;
    let end = machine.to_place(arguments.at(2), length, length)?;
    for place in start..end {
        let key = machine.place_key(place);
        machine.set(object, key, arguments.at(0), true)?;
    }
    Ok(object)
}

pub(super) fn index_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    if length == 0 {
        return machine.give_number(-1.0);
    }
    let start = machine.to_place(arguments.at(1), length, 0)?;
    let places = start..length;
    if let Some(found) = machine.search_elements(object, arguments.at(0), places, Search::Strict)? {
        return machine.give_number(found.map_or(-1.0, |place| place as f64));
    }
    let value = machine.temp()?;
    for place in start..length {
        if machine.element_if_there(value, object, place)?
            && machine.strict_equal(value, arguments.at(0))?
        {
            return machine.give_number(place as f64);
        }
    }
    machine.give_number(-1.0)
}

pub(super) fn includes(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    if length == 0 {
        return machine.give_bool(false);
    }
    let start = machine.to_place(arguments.at(1), length, 0)?;
    let places = start..length;
    if let Some(found) =
        machine.search_elements(object, arguments.at(0), places, Search::SameValueZero)?
    {
        return machine.give_bool(found.is_some());
    }
    let value = machine.temp()?;
    for place in start..length {
        machine.get_place(value, object, place)?;
        if machine.same_value_zero(value, arguments.at(0)) {
            return machine.give_bool(true);
        }
    }
    machine.give_bool(false)
}

fn iterate(machine: &mut Machine, which: i32) -> Outcome<R> {
    let object = machine.temp()?;
    machine.to_object(object, THIS)?;
    machine.new_array_iterator(0, object, which)?;
    Ok(0)
}

fn keys(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, KEYS)
}

fn values(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, VALUES)
}

fn entries(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, ENTRIES)
}
