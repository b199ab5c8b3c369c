//! `Object`.

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::{Atom, Key, known};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::object::Type;
use crate::objects::property::Descriptor;
use crate::thrown::Outcome;
use node_memory::NodeVersion;

const STATIC: &[Method] = &[
    ("assign", 2, assign),
    ("create", 2, create),
    ("defineProperties", 2, define_properties),
    ("defineProperty", 3, define_property),
    ("entries", 1, entries),
    ("freeze", 1, freeze),
    ("fromEntries", 1, from_entries),
    ("getOwnPropertyDescriptor", 2, get_own_property_descriptor),
    ("getOwnPropertyDescriptors", 1, get_own_property_descriptors),
    ("getOwnPropertyNames", 1, get_own_property_names),
    ("getOwnPropertySymbols", 1, get_own_property_symbols),
    ("getPrototypeOf", 1, get_prototype_of),
    ("hasOwn", 2, has_own),
    ("is", 2, is),
    ("isExtensible", 1, is_extensible),
    ("isFrozen", 1, is_frozen),
    ("isSealed", 1, is_sealed),
    ("keys", 1, keys),
    ("preventExtensions", 1, prevent_extensions),
    ("seal", 1, seal),
    ("setPrototypeOf", 2, set_prototype_of),
    ("values", 1, values),
];

const PROTOTYPE: &[Method] = &[
    ("__defineGetter__", 2, define_getter),
    ("__defineSetter__", 2, define_setter),
    ("__lookupGetter__", 1, lookup_getter),
    ("__lookupSetter__", 1, lookup_setter),
    ("hasOwnProperty", 1, has_own_property),
    ("isPrototypeOf", 1, is_prototype_of),
    ("propertyIsEnumerable", 1, property_is_enumerable),
    ("toLocaleString", 0, to_locale_string),
    ("toString", 0, to_string),
    ("valueOf", 0, value_of),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    machine.load_root(prototype, roots::OBJECT_PROTOTYPE);
    machine.define_class(class, "Object", 1, construct, prototype)?;
    machine.store_root(roots::OBJECT, class);
    machine.define_methods(class, STATIC)?;
    if machine.plays(NodeVersion::V22) {
        machine.define_methods(class, &[("groupBy", 2, group_by)])?;
    }
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.own_property(class, prototype, known::TO_STRING.into())?;
    machine.store_root(roots::OBJECT_TO_STRING, class);
    machine.define_getter(prototype, known::PROTO, proto, Some(set_proto))
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if let Some(new_target) = arguments.new_target
        && !machine.is_same(new_target, 0)
    {
        let prototype = machine.temp()?;
        machine.new_target_prototype(prototype, arguments, roots::OBJECT_PROTOTYPE)?;
        machine.new_with_prototype(0, prototype)?;
        return Ok(0);
    }
    if machine.is_nullish(arguments.at(0)) {
        machine.new_object(0, 4)?;
        return Ok(0);
    }
    machine.to_object(0, arguments.at(0))?;
    Ok(0)
}

fn assign(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.to_object(0, arguments.at(0))?;
    let object = machine.temps(2)?;
    let value = object + 1;
    for place in 1..arguments.count {
        let source = arguments.at(place);
        if machine.is_nullish(source) {
            continue;
        }
        machine.to_object(object, source)?;
        for key in machine.own_keys(object, true)? {
            if machine.is_enumerable(object, key)? {
                machine.get(value, object, key)?;
                machine.set(0, key, value, true)?;
            }
        }
    }
    Ok(0)
}

fn create(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let prototype = arguments.at(0);
    if machine.is_null(prototype) {
        machine.new_dictionary(0, 2)?;
    } else if machine.is_object(prototype) {
        machine.new_with_prototype(0, prototype)?;
    } else {
        let shown = machine.show(prototype);
        let text = format!("Object prototype may only be an Object or null: {shown}");
        return machine.throw_type_error(&text);
    }
    if !machine.is_undefined(arguments.at(1)) {
        define_all(machine, 0, arguments.at(1))?;
    }
    Ok(0)
}

fn define_properties(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_object(arguments.at(0)) {
        return machine.throw_type_error("Object.defineProperties called on non-object");
    }
    define_all(machine, arguments.at(0), arguments.at(1))?;
    Ok(arguments.at(0))
}

fn define_all(machine: &mut Machine, object: R, descriptors: R) -> Outcome {
    let source = machine.temps(2)?;
    machine.to_object(source, descriptors)?;
    // All are read before the first is defined.
    let mut read = Vec::new();
    for key in machine.own_keys(source, true)? {
        if !machine.is_enumerable(source, key)? {
            continue;
        }
        machine.get(source + 1, source, key)?;
        read.push((key, machine.read_descriptor(source + 1)?));
    }
    for (key, descriptor) in read {
        machine.scoped(|machine| machine.define_as(object, key, &descriptor))?;
    }
    Ok(())
}

fn define_property(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_object(arguments.at(0)) {
        return machine.throw_type_error("Object.defineProperty called on non-object");
    }
    let key = machine.to_key(arguments.at(1))?;
    machine.define_by(arguments.at(0), key, arguments.at(2))?;
    Ok(arguments.at(0))
}

impl Machine {
    /// Defines a property by a descriptor's object.
    fn define_by(&mut self, object: R, key: Key, descriptor: R) -> Outcome {
        let descriptor = self.read_descriptor(descriptor)?;
        self.define_as(object, key, &descriptor)
    }

    fn define_as(&mut self, object: R, key: Key, descriptor: &Descriptor) -> Outcome {
        if self.define_own(object, key, descriptor)? {
            return Ok(());
        }
        if self.kind_of(object) == Some(ObjectKind::Proxy) {
            let name = self.key_text(key);
            let text =
                format!("'defineProperty' on proxy: trap returned falsish for property '{name}'");
            return self.throw_type_error(&text);
        }
        let name = self.key_text(key);
        if self.kind_of(object) == Some(ObjectKind::TypedArray) && self.is_numeric_key(key) {
            if self.own_flags(object, key)?.is_none() {
                return self.throw_type_error("Invalid typed array index");
            }
            return self.throw_type_error(&format!("Cannot redefine property: {name}"));
        }
        if self.own_flags(object, key)?.is_none() {
            let text = format!("Cannot define property {name}, object is not extensible");
            return self.throw_type_error(&text);
        }
        self.throw_type_error(&format!("Cannot redefine property: {name}"))
    }

    /// Reads a descriptor's object, whose values go to new registers (ECMA-262's `ToPropertyDescriptor`).
    pub(crate) fn read_descriptor(&mut self, object: R) -> Outcome<Descriptor> {
        if !self.is_object(object) {
            let shown = self.show(object);
            return self
                .throw_type_error(&format!("Property description must be an object: {shown}"));
        }
        let mut descriptor = Descriptor::default();
        let flag = |machine: &mut Self, key| -> Outcome<Option<bool>> {
            if !machine.has(object, Key::Name(key))? {
                return Ok(None);
            }
            machine.scoped(|machine| {
                let value = machine.temp()?;
                machine.get_named(value, object, key)?;
                Ok(Some(machine.to_boolean(value)))
            })
        };
        descriptor.enumerable = flag(self, known::ENUMERABLE)?;
        descriptor.configurable = flag(self, known::CONFIGURABLE)?;
        let value = |machine: &mut Self, key| -> Outcome<Option<R>> {
            if !machine.has(object, Key::Name(key))? {
                return Ok(None);
            }
            let value = machine.temp()?;
            machine.get_named(value, object, key)?;
            Ok(Some(value))
        };
        descriptor.value = value(self, known::VALUE)?;
        descriptor.writable = flag(self, known::WRITABLE)?;
        descriptor.getter = value(self, known::GET)?;
        descriptor.setter = value(self, known::SET)?;
        for (function, what) in [(descriptor.getter, "Getter"), (descriptor.setter, "Setter")] {
            if let Some(function) = function
                && !self.is_undefined(function)
                && !self.is_callable(function)
            {
                let shown = self.show(function);
                return self.throw_type_error(&format!("{what} must be a function: {shown}"));
            }
        }
        if descriptor.is_accessor() && descriptor.is_data() {
            let shown = self.show(object);
            let text = format!(
                "Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, {shown}"
            );
            return self.throw_type_error(&text);
        }
        Ok(descriptor)
    }

    /// The object of an own property's descriptor, or undefined.
    pub(crate) fn own_descriptor(&mut self, to: R, object: R, key: Key) -> Outcome {
        if self.kind_of(object) == Some(ObjectKind::Proxy) {
            return self.proxy_own_descriptor(to, object, key);
        }
        self.scoped(|machine| {
            let value = machine.temps(3)?;
            let (getter, setter) = (value + 1, value + 2);
            let Some(flags) = machine.own_property(value, object, key)? else {
                machine.undefined(to);
                return Ok(());
            };
            let mut descriptor = Descriptor {
                enumerable: Some(flags.enumerable()),
                configurable: Some(flags.configurable()),
                ..Descriptor::default()
            };
            if flags.is_accessor() {
                use crate::objects::layout::{GETTER, SETTER};
                machine.registers().load(getter, value, GETTER)?;
                machine.registers().load(setter, value, SETTER)?;
                descriptor.getter = Some(getter);
                descriptor.setter = Some(setter);
            } else {
                descriptor.value = Some(value);
                descriptor.writable = Some(flags.writable());
            }
            machine.descriptor_object(to, &descriptor)
        })
    }

    /// A descriptor as an object (ECMA-262's `FromPropertyDescriptor`).
    pub(crate) fn descriptor_object(&mut self, to: R, descriptor: &Descriptor) -> Outcome {
        self.scoped(|machine| {
            let object = machine.temps(2)?;
            let flag = object + 1;
            machine.new_object(object, 4)?;
            let values = [
                (known::VALUE, descriptor.value),
                (known::GET, descriptor.getter),
                (known::SET, descriptor.setter),
            ];
            if let (key, Some(value)) = values[0] {
                machine.define_named(object, key, value, Flags::PLAIN)?;
            }
            if let Some(writable) = descriptor.writable {
                machine.registers().set_bool(flag, writable);
                machine.define_named(object, known::WRITABLE, flag, Flags::PLAIN)?;
            }
            for (key, value) in &values[1..] {
                if let Some(value) = value {
                    machine.define_named(object, *key, *value, Flags::PLAIN)?;
                }
            }
            let flags = [
                (known::ENUMERABLE, descriptor.enumerable),
                (known::CONFIGURABLE, descriptor.configurable),
            ];
            for (key, set) in flags {
                if let Some(set) = set {
                    machine.registers().set_bool(flag, set);
                    machine.define_named(object, key, flag, Flags::PLAIN)?;
                }
            }
            machine.copy(to, object);
            Ok(())
        })
    }
}

/// What is listed of own properties.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Keys,
    Values,
    Entries,
}

fn list(machine: &mut Machine, arguments: Arguments, what: List) -> Outcome<R> {
    let object = machine.temps(4)?;
    let (array, name, value) = (object + 1, object + 2, object + 3);
    machine.to_object(object, arguments.at(0))?;
    let keys = match what {
        List::Keys => machine.own_enumerable(object)?,
        _ => machine.own_keys(object, false)?,
    };
    machine.new_array(array, keys.len())?;
    for key in keys {
        if what != List::Keys && !machine.is_enumerable(object, key)? {
            continue;
        }
        machine.key_value(name, key)?;
        if what == List::Keys {
            machine.push(array, name)?;
            continue;
        }
        machine.get(value, object, key)?;
        if what == List::Entries {
            machine.array_of(value, &[name, value])?;
        }
        machine.push(array, value)?;
    }
    Ok(array)
}

fn keys(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    list(machine, arguments, List::Keys)
}

fn values(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    list(machine, arguments, List::Values)
}

fn entries(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    list(machine, arguments, List::Entries)
}

/// `Object.groupBy`, which Node 21 has first.
fn group_by(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let object = machine.temps(2)?;
    let nothing = object + 1;
    machine.registers().set_null(nothing);
    machine.new_with_prototype(object, nothing)?;
    super::map::each_group(machine, arguments, |machine, key, value| {
        let key = machine.to_key(key)?;
        let group = machine.temp()?;
        if machine.own_property(group, object, key)?.is_none() {
            machine.new_array(group, 0)?;
            machine.define(object, key, group, Flags::PLAIN)?;
        }
        machine.push(group, value)
    })?;
    Ok(object)
}

fn from_entries(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let object = machine.temp()?;
    if machine.is_nullish(arguments.at(0)) {
        return machine.throw_type_error("undefined is not iterable");
    }
    machine.new_object(object, 4)?;
    machine.for_each(arguments.at(0), |machine, entry| {
        if !machine.is_object(entry) {
            let shown = machine.show(entry);
            return machine
                .throw_type_error(&format!("Iterator value {shown} is not an entry object"));
        }
        let key = machine.temps(2)?;
        let value = key + 1;
        machine.get(key, entry, Key::Index(0))?;
        machine.get(value, entry, Key::Index(1))?;
        let key = machine.to_key(key)?;
        machine.define(object, key, value, Flags::PLAIN)?;
        Ok(true)
    })?;
    Ok(object)
}

fn fix(machine: &mut Machine, object: R, frozen: bool) -> Outcome<R> {
    if machine.is_object(object) {
        if !machine.prevent_extensions(object)? {
            let text = "'preventExtensions' on proxy: trap returned falsish";
            return machine.throw_type_error(text);
        }
        match machine.kind_of(object) {
            Some(ObjectKind::Proxy | ObjectKind::Namespace | ObjectKind::Arguments) => {
                fix_each(machine, object, frozen)?
            }
            Some(ObjectKind::TypedArray) if frozen && machine.typed_length(object)? > 0 => {
                let text = "Cannot freeze array buffer views with elements";
                return machine.throw_type_error(text);
            }
            _ => machine.set_integrity(object, frozen)?,
        }
    }
    Ok(object)
}

/// As the standard has it, property by property: for objects that have ways of their own.
fn fix_each(machine: &mut Machine, object: R, frozen: bool) -> Outcome {
    for key in machine.own_keys(object, true)? {
        machine.scoped(|machine| {
            let given = machine.temp()?;
            let mut descriptor = Descriptor { configurable: Some(false), ..Descriptor::default() };
            if frozen {
                machine.own_descriptor(given, object, key)?;
                if machine.is_undefined(given) {
                    return Ok(());
                }
                if !machine.read_descriptor(given)?.is_accessor() {
                    descriptor.writable = Some(false);
                }
            }
            machine.define_as(object, key, &descriptor)
        })?;
    }
    Ok(())
}

fn freeze(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    fix(machine, arguments.at(0), true)
}

fn seal(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    fix(machine, arguments.at(0), false)
}

fn prevent_extensions(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.is_object(arguments.at(0)) && !machine.prevent_extensions(arguments.at(0))? {
        return machine.throw_type_error("Cannot prevent extensions");
    }
    Ok(arguments.at(0))
}

fn is_extensible(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let extensible = machine.is_extensible(arguments.at(0))?;
    machine.give_bool(extensible)
}

fn has_integrity(machine: &mut Machine, object: R, frozen: bool) -> Outcome<R> {
    if !machine.is_object(object) {
        return machine.give_bool(true);
    }
    if machine.is_extensible(object)? {
        return machine.give_bool(false);
    }
    let is_array = machine.kind_of(object) == Some(ObjectKind::Array);
    for key in machine.own_keys(object, true)? {
        if is_array && key == Key::Name(known::LENGTH) {
            // V8 does not look at it, whether it can be written or not.
            continue;
        }
        let fixed = machine.scoped(|machine| {
            if machine.kind_of(object) == Some(ObjectKind::Proxy) {
                let given = machine.temp()?;
                machine.own_descriptor(given, object, key)?;
                if machine.is_undefined(given) {
                    return Ok(true);
                }
                let given = machine.read_descriptor(given)?;
                let writable = frozen && given.writable == Some(true);
                return Ok(given.configurable != Some(true) && !writable);
            }
            Ok(machine.own_flags(object, key)?.is_none_or(|flags| {
                let writable = frozen && !flags.is_accessor() && flags.writable();
                !flags.configurable() && !writable
            }))
        })?;
        if !fixed {
            return machine.give_bool(false);
        }
    }
    machine.give_bool(true)
}

fn is_frozen(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    has_integrity(machine, arguments.at(0), true)
}

fn is_sealed(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    has_integrity(machine, arguments.at(0), false)
}

fn get_own_property_descriptor(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let object = machine.temp()?;
    machine.to_object(object, arguments.at(0))?;
    let key = machine.to_key(arguments.at(1))?;
    machine.own_descriptor(0, object, key)?;
    Ok(0)
}

fn get_own_property_descriptors(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let object = machine.temps(3)?;
    let (result, descriptor) = (object + 1, object + 2);
    machine.to_object(object, arguments.at(0))?;
    machine.new_object(result, 4)?;
    for key in machine.own_keys(object, true)? {
        machine.own_descriptor(descriptor, object, key)?;
        if !machine.is_undefined(descriptor) {
            machine.define(result, key, descriptor, Flags::PLAIN)?;
        }
    }
    Ok(result)
}

fn own_names(machine: &mut Machine, arguments: Arguments, symbols: bool) -> Outcome<R> {
    let object = machine.temps(3)?;
    let (array, name) = (object + 1, object + 2);
    machine.to_object(object, arguments.at(0))?;
    machine.new_array(array, 0)?;
    for key in machine.own_keys(object, symbols)? {
        let symbol = matches!(key, Key::Name(name) if machine.atoms.is_symbol(name));
        if symbol == symbols {
            machine.key_value(name, key)?;
            machine.push(array, name)?;
        }
    }
    Ok(array)
}

fn get_own_property_names(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    own_names(machine, arguments, false)
}

fn get_own_property_symbols(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    own_names(machine, arguments, true)
}

fn get_prototype_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let object = machine.temp()?;
    machine.to_object(object, arguments.at(0))?;
    machine.get_prototype(0, object)?;
    Ok(0)
}

fn set_prototype_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, prototype) = (arguments.at(0), arguments.at(1));
    if machine.is_nullish(object) {
        return machine.throw_type_error("Object.setPrototypeOf called on null or undefined");
    }
    if !machine.is_object(prototype) && !machine.is_null(prototype) {
        let shown = machine.show(prototype);
        let text = format!("Object prototype may only be an Object or null: {shown}");
        return machine.throw_type_error(&text);
    }
    if machine.is_object(object) && !machine.set_prototype(object, prototype)? {
        return throw_not_set(machine, object);
    }
    Ok(object)
}

fn throw_not_set(machine: &mut Machine, object: R) -> Outcome<R> {
    let root = machine.temp()?;
    machine.load_root(root, roots::OBJECT_PROTOTYPE);
    if machine.is_same(root, object) {
        let text = "Immutable prototype object 'Object.prototype' cannot have their prototype set";
        return machine.throw_type_error(text);
    }
    if machine.is_extensible(object)? {
        return machine.throw_type_error("Cyclic __proto__ value");
    }
    let shown = machine.show_for_error(object);
    machine.throw_type_error(&format!("{shown} is not extensible"))
}

fn has_own(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let object = machine.temp()?;
    machine.to_object(object, arguments.at(0))?;
    let key = machine.to_key(arguments.at(1))?;
    machine.own_descriptor(object, object, key)?;
    let there = !machine.is_undefined(object);
    machine.give_bool(there)
}

fn is(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let same = machine.same_value(arguments.at(0), arguments.at(1));
    machine.give_bool(same)
}

// -- Object.prototype -------------------------------------------------------------------------------------------

fn has_own_property(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let key = machine.to_key(arguments.at(0))?;
    let object = machine.temp()?;
    machine.to_object(object, THIS)?;
    if machine.kind_of(object) == Some(ObjectKind::Proxy) {
        machine.own_descriptor(object, object, key)?;
        let there = !machine.is_undefined(object);
        return machine.give_bool(there);
    }
    let there = machine.own_flags(object, key)?.is_some();
    machine.give_bool(there)
}

fn is_prototype_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_object(arguments.at(0)) {
        return machine.give_bool(false);
    }
    let holder = machine.temps(2)?;
    machine.to_object(holder + 1, THIS)?;
    machine.get_prototype(holder, arguments.at(0))?;
    let mut proxies = 0;
    while machine.is_object(holder) {
        if machine.is_same(holder, holder + 1) {
            return machine.give_bool(true);
        }
        machine.follow_prototype(holder, &mut proxies)?;
    }
    machine.give_bool(false)
}

fn property_is_enumerable(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let key = machine.to_key(arguments.at(0))?;
    let object = machine.temp()?;
    machine.to_object(object, THIS)?;
    let enumerable = machine.is_enumerable(object, key)?;
    machine.give_bool(enumerable)
}

fn to_locale_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.call_method(0, THIS, known::TO_STRING, &[])?;
    Ok(0)
}

fn to_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    tag_text_of(machine, THIS)
}

/// The text that names what a value is, `[object Array]` for example, in the window's first register.
pub(super) fn tag_text_of(machine: &mut Machine, value: R) -> Outcome<R> {
    let kind = match machine.type_of(value) {
        Type::Undefined | Type::Hole => return machine.give_text("[object Undefined]"),
        Type::Null => return machine.give_text("[object Null]"),
        Type::String => Some(ObjectKind::String),
        Type::Bool(_) => Some(ObjectKind::Boolean),
        Type::Smi(_) | Type::Double => Some(ObjectKind::Number),
        _ => machine.kind_of(value),
    };
    let proxied = kind == Some(ObjectKind::Proxy) && machine.is_array(value)?;
    let known_tag = match kind {
        _ if proxied => "Array",
        Some(ObjectKind::Array) => "Array",
        Some(ObjectKind::Arguments | ObjectKind::PlainArguments) => "Arguments",
        Some(ObjectKind::Error) => "Error",
        Some(ObjectKind::Boolean) => "Boolean",
        Some(ObjectKind::Number) => "Number",
        Some(ObjectKind::String) => "String",
        Some(ObjectKind::Date) => "Date",
        Some(ObjectKind::RegExp) => "RegExp",
        _ if machine.is_callable(value) => "Function",
        _ => "Object",
    };
    let tag = machine.temp()?;
    machine.get_named(tag, value, known::TO_STRING_TAG)?;
    if machine.is_string(tag) {
        let tag = machine.rust_string(tag)?;
        return machine.give_text(&format!("[object {tag}]"));
    }
    machine.give_text(&format!("[object {known_tag}]"))
}

fn value_of(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.to_object(0, THIS)?;
    Ok(0)
}

fn proto(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let object = machine.temp()?;
    machine.to_object(object, THIS)?;
    machine.get_prototype(0, object)?;
    Ok(0)
}

fn set_proto(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let prototype = arguments.at(0);
    let fits = machine.is_object(prototype) || machine.is_null(prototype);
    if machine.is_nullish(THIS) {
        let text = "Object.prototype.__proto__ called on null or undefined";
        return machine.throw_type_error(text);
    }
    if machine.is_object(THIS) && fits && !machine.set_prototype(THIS, prototype)? {
        return throw_not_set(machine, THIS);
    }
    machine.give_undefined()
}

fn define_part(machine: &mut Machine, arguments: Arguments, getter: bool) -> Outcome<R> {
    let object = machine.temp()?;
    machine.to_object(object, THIS)?;
    let function = arguments.at(1);
    if !machine.is_callable(function) {
        let name = if getter { "__defineGetter__" } else { "__defineSetter__" };
        let text = format!("Object.prototype.{name}: Expecting function");
        return machine.throw_type_error(&text);
    }
    let key = machine.to_key(arguments.at(0))?;
    let descriptor = Descriptor {
        getter: getter.then_some(function),
        setter: (!getter).then_some(function),
        enumerable: Some(true),
        configurable: Some(true),
        ..Descriptor::default()
    };
    machine.define_member(object, key, &descriptor)?;
    machine.give_undefined()
}

fn define_getter(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    define_part(machine, arguments, true)
}

fn define_setter(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    define_part(machine, arguments, false)
}

/// The getter or the setter of the first property with the key, along the prototypes.
fn lookup_part(machine: &mut Machine, arguments: Arguments, part: Atom) -> Outcome<R> {
    let object = machine.temps(2)?;
    let descriptor = object + 1;
    machine.to_object(object, THIS)?;
    let key = machine.to_key(arguments.at(0))?;
    let mut proxies = 0;
    loop {
        machine.own_descriptor(descriptor, object, key)?;
        if machine.is_object(descriptor) {
            machine.get_named(descriptor, descriptor, part)?;
            return Ok(descriptor);
        }
        machine.follow_prototype(object, &mut proxies)?;
        if !machine.is_object(object) {
            return machine.give_undefined();
        }
    }
}

fn lookup_getter(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    lookup_part(machine, arguments, known::GET)
}

fn lookup_setter(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    lookup_part(machine, arguments, known::SET)
}
