//! Literals, arguments objects, classes, `super` and private names: what single instructions make.

use super::cache::{Cache, How};
use super::iterate::Caller;
use crate::compile::code::Constant;
use crate::compile::op::Members;
use crate::machine::{CALLEE, Machine, R, roots};
use crate::objects::atoms::{Atom, Key, known};
use crate::objects::class::{Class, ClassId, Elements, Flags, ObjectKind, internal};
use crate::objects::code::Code;
use crate::objects::layout::tag;
use crate::objects::layout::{BACKING, FIELDS, FIRST, HOME, POOL, PROTOTYPE, SHARED, tags};
use crate::objects::object::Type;
use crate::objects::property::Found;
use crate::objects::representation::Representation;
use crate::thrown::Outcome;
use heap_model::{AccessError, Kind, Tagged, Value};

impl Machine {
    /// `{}` with room for a number of fields; the class is then known.
    pub(crate) fn new_literal(&mut self, to: R, fields: usize) -> Outcome {
        self.new_object(to, fields)?;
        if self.literal_classes.len() <= fields {
            self.literal_classes.resize(fields + 1, None);
        }
        self.literal_classes[fields] = self.class_of(to);
        Ok(())
    }

    /// An object with the names of `count` sites, and values in the registers behind it; the first site then knows its class.
    pub(crate) fn new_literal_of(
        &mut self,
        object: R,
        code: &Code,
        site: u16,
        count: usize,
    ) -> Outcome {
        self.new_literal(object, count)?;
        for (field, site) in (usize::from(site)..).take(count).enumerate() {
            let (name, cache) = (code.site(site as u16), &code.caches[site]);
            self.define_named_slowly(object, name, object + 1 + field, cache)?;
        }
        self.registers().clear(object + 1, count);
        if let Some(id) = self.class_of(object)
            && let Some(how) = self.literal_how(id)
        {
            let cache = Cache { class: id.0, how, ..Cache::default() };
            code.caches[usize::from(site)].set(cache);
        }
        Ok(())
    }

    /// What is to be known of the values of a literal, if it can be said.
    fn literal_how(&self, id: ClassId) -> Option<How> {
        let (mut small, mut doubles) = (0, 0);
        for property in self.classes.get(id).properties() {
            let fields = match property.representation {
                Representation::Tagged => continue,
                Representation::Small => &mut small,
                Representation::Double => &mut doubles,
            };
            *fields |= 1_u32.checked_shl(property.field.into())?;
        }
        Some(How::Literal { small, doubles })
    }

    /// Whether the values of a literal are what its fields hold: some small integers, some numbers, which get cells of their own.
    #[inline(never)]
    pub(super) fn fit_literal(&mut self, object: R, mut small: u32, mut doubles: u32) -> bool {
        let mut registers = self.registers();
        while small != 0 {
            if !registers.get(object + 1 + small.trailing_zeros() as R).is_smi() {
                return false;
            }
            small &= small - 1;
        }
        while doubles != 0 {
            let value = object + 1 + doubles.trailing_zeros() as R;
            let Some(number) = registers.number(value) else { return false };
            if registers.alloc_f64(value, number).is_err() {
                return false;
            }
            doubles &= doubles - 1;
        }
        true
    }

    /// An array of the values in `count` registers from `first` on.
    pub(crate) fn new_array_of(&mut self, to: R, first: R, count: usize) -> Outcome {
        self.scoped(|machine| {
            let array = machine.temp()?;
            machine.new_array(array, count)?;
            // One that holds no numbers alone does so from the beginning, as V8 knows of the site.
            let registers = machine.registers();
            if !(first..first + count).all(|element| registers.number(element).is_some()) {
                machine.transition_elements(array, Elements::Packed)?;
            }
            (first..first + count).try_for_each(|element| machine.push(array, element))?;
            machine.copy(to, array);
            Ok(())
        })
    }

    /// An array that shares its elements with a constant.
    pub(crate) fn array_literal(&mut self, to: R, constant: usize) -> Outcome {
        self.scoped(|machine| {
            let array = machine.temps(2)?;
            let elements = array + 1;
            machine.new_array(array, 0)?;
            machine.registers().find::<AccessError>(elements, 0, |callee| {
                callee.slot(SHARED)?.slot(POOL)?.slot(constant)
            })?;
            let (store, length) = machine.store_of(elements);
            let kind = if store == crate::objects::elements::Store::Doubles {
                let own = machine.temp()?;
                let mut registers = machine.registers();
                registers.alloc_tagged(own, Kind::Bytes, tag(tags::DOUBLES), 0, 8 * length)?;
                registers.copy_bytes(own, 0, elements, 0, 8 * length)?;
                registers.copy(elements, own);
                Elements::PackedDouble
            } else {
                let registers = machine.registers();
                let mut kind = Elements::PackedSmi;
                for place in 0..length {
                    let value = registers.peek(elements, place)?;
                    let small = value == Tagged::HOLE || value.is_smi();
                    let needed = if small { Elements::PackedSmi } else { Elements::Packed };
                    let holey = value == Tagged::HOLE;
                    kind = crate::objects::elements::join(kind, needed, holey);
                }
                kind
            };
            machine.registers().store(array, BACKING, elements)?;
            machine.set_array_length(array, length)?;
            machine.transition_elements(array, kind)?;
            machine.copy(to, array);
            Ok(())
        })
    }

    /// Appends all values of an iterable.
    pub(crate) fn push_all(&mut self, array: R, iterable: R) -> Outcome {
        let first = self.array_length(array) == 0;
        if first && self.clone_array(array, iterable)? {
            return Ok(());
        }
        if self.push_characters(array, iterable)? {
            return if first { self.fit_elements(array) } else { Ok(()) };
        }
        self.for_each_of(iterable, Caller::Source, |machine, value| {
            machine.push(array, value)?;
            Ok(true)
        })?;
        // What an array begins with takes just its room (V8's `CreateArrayFromIterable`).
        if first { self.fit_elements(array) } else { Ok(()) }
    }

    /// Appends the characters of a string whose iteration nobody has changed; false if it must be iterated.
    fn push_characters(&mut self, array: R, text: R) -> Outcome<bool> {
        if !self.is_string(text) {
            return Ok(false);
        }
        self.scoped(|machine| {
            let iterator = machine.temps(3)?;
            let value = iterator + 2;
            machine.get_iterator_of(iterator, text, Caller::Source)?;
            if machine.kind_of(iterator) != Some(ObjectKind::StringIterator)
                || !machine.is_root(iterator + 1, roots::STRING_ITERATOR_NEXT)
            {
                return Ok(false);
            }
            while machine.next_character(value, iterator)? {
                machine.push(array, value)?;
            }
            Ok(true)
        })
    }

    /// Gives an empty array the elements of another whose iteration nobody has changed, with no more room than they
    /// need (V8's `CloneFastJSArray`); false if it must be iterated.
    fn clone_array(&mut self, array: R, from: R) -> Outcome<bool> {
        if self.kind_of(from) != Some(ObjectKind::Array) {
            return Ok(false);
        }
        let iterator = self.temps(2)?;
        self.get_iterator_of(iterator, from, Caller::Source)?;
        if !self.is_array_iteration(iterator)? {
            return Ok(false);
        }
        self.copy_elements_exactly(array, from)
    }

    /// The strings of a tagged template, which are the same object each time.
    pub(crate) fn template_object(&mut self, to: R, constant: usize, code: &Code) -> Outcome {
        self.scoped(|machine| {
            let (pool, object) = (machine.temp()?, machine.temp()?);
            let (raw, value) = (machine.temp()?, machine.temp()?);
            machine
                .registers()
                .find::<AccessError>(pool, 0, |callee| callee.slot(SHARED)?.slot(POOL))?;
            machine.registers().load(object, pool, constant)?;
            if machine.registers().get(object).is_cell() {
                machine.copy(to, object);
                return Ok(());
            }
            let Constant::Template { raw: texts, cooked } = &code.template.constants[constant]
            else {
                return Ok(());
            };
            machine.new_array(object, cooked.len())?;
            machine.new_array(raw, texts.len())?;
            for (text, cooked) in texts.iter().zip(cooked.iter()) {
                machine.new_string(value, text)?;
                machine.push(raw, value)?;
                match cooked {
                    Some(cooked) => machine.new_string(value, cooked)?,
                    None => machine.undefined(value),
                }
                machine.push(object, value)?;
            }
            machine.define_named(object, known::RAW, raw, Flags::FIXED)?;
            for array in [object, raw] {
                machine.freeze(array)?;
            }
            machine.registers().store(pool, constant, object)?;
            machine.copy(to, object);
            Ok(())
        })
    }

    /// Makes an object's properties and elements unchangeable.
    pub(crate) fn freeze(&mut self, object: R) -> Outcome {
        self.set_integrity(object, true)
    }

    /// Seals an object, or freezes it.
    pub(crate) fn set_integrity(&mut self, object: R, frozen: bool) -> Outcome {
        let gone = if frozen { Flags::CONFIGURABLE | Flags::WRITABLE } else { Flags::CONFIGURABLE };
        self.scoped(|machine| {
            let elements = machine.temp()?;
            machine.elements(elements, object)?;
            if machine.store_of(elements).0 == crate::objects::elements::Store::Dictionary {
                for (_, flags, slot) in machine.numbers_of(elements)? {
                    let keeps = flags.is_accessor();
                    let gone = if keeps { gone & !Flags::WRITABLE } else { gone };
                    machine.set_name_flags(elements, slot, Flags(flags.0 & !gone))?;
                }
            }
            Ok(())
        })?;
        self.fix_properties(object, Flags(gone))?;
        if let Some(id) = self.class_of(object) {
            let class = self.classes.get(id);
            if !(class.sealed && (class.frozen || !frozen)) {
                // The class that `fix_properties` has led to is shared by all that are fixed likewise.
                let class = self.classes.get_mut(id);
                class.sealed = true;
                class.frozen |= frozen;
            }
        }
        Ok(())
    }

    /// `delete`, which in strict code throws where it cannot.
    pub(crate) fn delete_operator(&mut self, to: R, object: R, key: Key, strict: bool) -> Outcome {
        if self.is_nullish(object) {
            let text = "Cannot convert undefined or null to object";
            return self.throw_type_error(text);
        }
        // A string's own properties are its wrapper's; other primitive values have none.
        let owned = self.type_of(object) == Type::String
            && match key {
                Key::Index(index) => (index as usize) < self.string_length(object),
                Key::Name(name) => name == known::LENGTH,
            };
        let gone = !owned && self.delete(object, key)?;
        if !gone && strict {
            let name = self.key_text(key);
            let shown = match owned {
                true => "[object String]".to_owned(),
                false => self.show_for_error(object),
            };
            return self.throw_type_error(&format!("Cannot delete property '{name}' of {shown}"));
        }
        self.registers().set_bool(to, gone);
        Ok(())
    }

    // -- arguments ----------------------------------------------------------------------------------------------

    /// The values of the frame's arguments from one on, in a new array.
    pub(crate) fn rest_arguments(&mut self, to: R, from: usize) -> Outcome {
        let Some((caller, first, count)) = self.frame_arguments() else { return Ok(()) };
        self.scoped(|machine| {
            let array = machine.temps(2)?;
            let value = array + 1;
            machine.new_array(array, count.saturating_sub(from))?;
            for place in from..count {
                machine.registers().copy_from(value, caller, first + place);
                machine.push(array, value)?;
            }
            machine.copy(to, array);
            Ok(())
        })
    }

    /// The elements of an `arguments` object.
    fn argument_elements(&mut self, to: R) -> Outcome<usize> {
        let Some((caller, first, count)) = self.frame_arguments() else { return Ok(0) };
        self.new_elements(to, count)?;
        self.scoped(|machine| {
            let value = machine.temp()?;
            for place in 0..count {
                let mut registers = machine.registers();
                registers.copy_from(value, caller, first + place);
                registers.store(to, place, value)?;
            }
            Ok(count)
        })
    }

    /// `arguments` that shares nothing with parameters: of a strict function, or of a sloppy one without any, which has
    /// `callee`.
    pub(crate) fn plain_arguments(&mut self, to: R, callee: bool) -> Outcome {
        self.scoped(|machine| {
            let object = machine.temps(3)?;
            let (elements, value) = (object + 1, object + 2);
            let count = machine.argument_elements(elements)?;
            let root = roots::OBJECT_PROTOTYPE;
            let fields = if callee { 2 } else { 1 };
            let id = machine.arguments_class(root, ObjectKind::PlainArguments, FIELDS, fields)?;
            machine.new_of(object, id)?;
            if count > 0 {
                machine.registers().store(object, BACKING, elements)?;
            }
            machine.set_number(value, count as f64)?;
            machine.add_field(object, known::LENGTH, Flags::HIDDEN, value)?;
            if callee {
                machine.copy(value, CALLEE);
                machine.add_field(object, known::CALLEE, Flags::HIDDEN, value)?;
            }
            machine.copy(to, object);
            Ok(())
        })
    }

    /// The class of `arguments`, whose iterator is the engine's own.
    fn arguments_class(
        &mut self,
        root: usize,
        kind: ObjectKind,
        base: usize,
        fields: usize,
    ) -> Outcome<ClassId> {
        self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.load_root(prototype, root);
            let identity = machine.prototype_identity(prototype)?;
            // An ordinary object's room is never as much as this number.
            let place = 200 + fields;
            if let Some(known) = machine.root_of(identity, kind, place, false) {
                return Ok(known);
            }
            let class = Class::new(kind, Kind::Object, base, fields);
            let id = machine.add_class(class, prototype)?;
            let which = internal::ARGUMENTS_ITERATOR;
            machine.classes.add_internal(id, known::ITERATOR, Flags::HIDDEN, which);
            if kind == ObjectKind::PlainArguments && fields == 1 {
                let which = internal::RESTRICTED;
                let flags = Flags(Flags::ACCESSOR);
                machine.classes.add_internal(id, known::CALLEE, flags, which);
            }
            machine.classes.set_root_for(identity, kind, place, id);
            Ok(id)
        })
    }

    /// `arguments` of a sloppy function: elements share their values with the parameters, which are in a context.
    pub(crate) fn mapped_arguments(&mut self, to: R, context: R, code: &Code) -> Outcome {
        if code.template.mapped.is_empty() {
            return self.plain_arguments(to, true);
        }
        self.scoped(|machine| {
            let object = machine.temps(4)?;
            let (elements, map, value) = (object + 1, object + 2, object + 3);
            let count = machine.argument_elements(elements)?;
            let slots = &code.template.mapped;
            let mapped = slots.len().min(count);
            machine.registers().alloc(map, Kind::Array, mapped, 0)?;
            for (place, slot) in slots.iter().take(mapped).enumerate() {
                let slot = Value::Smi(i32::from(*slot));
                machine.registers().store_value(map, place, slot)?;
            }
            let root = roots::OBJECT_PROTOTYPE;
            let kind = ObjectKind::Arguments;
            let id = machine.arguments_class(root, kind, FIRST + 2, 2)?;
            machine.new_of(object, id)?;
            let mut registers = machine.registers();
            registers.store(object, FIRST, context)?;
            registers.store(object, FIRST + 1, map)?;
            if count > 0 {
                registers.store(object, BACKING, elements)?;
            }
            machine.set_number(value, count as f64)?;
            machine.add_field(object, known::LENGTH, Flags::HIDDEN, value)?;
            machine.copy(value, 0);
            machine.add_field(object, known::CALLEE, Flags::HIDDEN, value)?;
            machine.copy(to, object);
            Ok(())
        })
    }

    // -- super --------------------------------------------------------------------------------------------------

    /// The object that `super` stands for: the prototype of the function's home.
    fn super_object(&mut self, to: R, function: R) -> Outcome {
        if self.code_of(function).is_some() {
            self.registers().load(to, function, HOME)?;
        } else {
            self.undefined(to);
        }
        if !self.is_object(to) {
            // Evaluated text, in what is no method.
            let kind = crate::compile::op::ErrorKind::SyntaxError;
            return self.throw_error(kind, "'super' keyword unexpected here");
        }
        self.get_prototype(to, to)
    }

    /// What `super(...)` calls must construct; the function whose class it is lies before it.
    pub(super) fn check_super_class(&mut self, class: R) -> Outcome {
        if self.is_constructor(class) {
            return Ok(());
        }
        self.scoped(|machine| {
            let what = match machine.is_callable(class) {
                true => machine.known_name(class)?,
                false => Some(machine.show(class)),
            };
            let what = what.unwrap_or_else(|| "null".to_owned());
            let of = machine.known_name(class - 1)?.unwrap_or_else(|| "anonymous class".to_owned());
            let text = format!("Super constructor {what} of {of} is not a constructor");
            machine.throw_type_error(&text)
        })
    }

    /// A function's name, as its code has it.
    fn known_name(&mut self, function: R) -> Outcome<Option<String>> {
        self.scoped(|machine| {
            let name = machine.temp()?;
            machine.function_name(name, function)?;
            let name = String::from_utf16_lossy(&machine.units(name)?);
            Ok(Some(name).filter(|name| !name.is_empty()))
        })
    }

    /// `super[key]`: the key, `this` and the function in a row.
    pub(crate) fn get_super(&mut self, to: R, base: R) -> Outcome {
        self.scoped(|machine| {
            let holder = machine.temp()?;
            let key = machine.to_key(base)?;
            machine.super_object(holder, base + 2)?;
            if machine.is_null(holder) {
                return machine.get(to, holder, key);
            }
            machine.get_from(to, holder, key, base + 1)
        })
    }

    pub(crate) fn set_super(&mut self, base: R, from: R, strict: bool) -> Outcome {
        self.scoped(|machine| {
            let holder = machine.temp()?;
            let key = machine.to_key(base)?;
            machine.super_object(holder, base + 2)?;
            if machine.is_null(holder) {
                return machine.set(holder, key, from, true);
            }
            if !machine.set_from(holder, key, from, base + 1)? && strict {
                let name = machine.key_text(key);
                return machine.throw_type_error(&format!("Cannot assign to property '{name}'"));
            }
            Ok(())
        })
    }

    /// The keys that are elements of an array.
    pub(crate) fn array_keys(&mut self, array: R, keys: &mut Vec<Key>) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temp()?;
            for place in 0..machine.array_length(array) {
                machine.own_element(value, array, place as u32)?;
                let key = machine.to_key(value)?;
                keys.push(key);
            }
            Ok(())
        })
    }

    // -- classes ------------------------------------------------------------------------------------------------

    /// The parent (or the hole) is in `base`, the constructor's function behind: its prototype goes to `base`.
    pub(crate) fn make_class(&mut self, base: R, members: Members) -> Outcome {
        let class = base + 1;
        let derived = self.registers().get(base) != Tagged::HOLE;
        self.scoped(|machine| {
            let (parent, prototype) = (machine.temp()?, machine.temp()?);
            if !derived {
                machine.load_root(prototype, roots::OBJECT_PROTOTYPE);
            } else if machine.is_null(base) {
                machine.registers().set_null(prototype);
                machine.load_root(base, roots::FUNCTION_PROTOTYPE);
            } else {
                if !machine.is_constructor(base) {
                    let what = machine.show(base);
                    let text = format!("Class extends value {what} is not a constructor or null");
                    return machine.throw_type_error(&text);
                }
                machine.get_named(prototype, base, known::PROTOTYPE)?;
                if !machine.is_object(prototype) && !machine.is_null(prototype) {
                    let what = machine.show(prototype);
                    let text = format!(
                        "Class extends value does not have valid prototype property {what}"
                    );
                    return machine.throw_type_error(&text);
                }
            }
            if derived {
                machine.replace_prototype(class, base)?;
                if let Some(own) = machine.class_of(class) {
                    machine.classes.get_mut(own).unique = true;
                }
            }
            machine.shape_constructor(class, members)?;
            machine.copy(parent, prototype);
            machine.shape_prototype(prototype, parent, members)?;
            machine.define_named(prototype, known::CONSTRUCTOR, class, Flags::HIDDEN)?;
            machine.registers().store(class, PROTOTYPE, prototype)?;
            machine.registers().store(class, HOME, prototype)?;
            machine.copy(base, prototype);
            Ok(())
        })
    }

    pub(crate) fn set_class_fields(&mut self, class: R, from: R) -> Outcome {
        self.define_named(class, known::CLASS_FIELDS, from, Flags::FIXED)
    }

    pub(crate) fn set_class_brand(&mut self, class: R, key: R) -> Outcome {
        self.define_named(class, known::CLASS_BRAND, key, Flags::FIXED)
    }

    /// Marks a new instance, and defines its fields.
    pub(crate) fn define_fields(&mut self, this: R, class: R) -> Outcome {
        let Some(id) = self.class_of(class) else { return Ok(()) };
        // A class that has lost a property keeps its own in a dictionary.
        let described = self.classes.get(id);
        if !described.dictionary && described.find(known::CLASS_FIELDS).is_none() {
            return Ok(());
        }
        self.scoped(|machine| {
            let value = machine.temps(2)?;
            if machine.own_property(value, class, Key::Name(known::CLASS_BRAND))?.is_some() {
                machine.define_private(this, value, class)?;
            }
            machine.own_property(value, class, Key::Name(known::CLASS_FIELDS))?;
            if machine.is_callable(value) {
                machine.call(value + 1, value, this, &[])?;
            }
            Ok(())
        })
    }

    /// A regular expression's literal (ECMA-262's `RegExpCreate`).
    pub(crate) fn regexp_literal(&mut self, to: R, pattern: Atom, flags: Atom) -> Outcome {
        self.scoped(|machine| {
            let prototype = machine.temps(3)?;
            let (pattern_text, flags_text) = (prototype + 1, prototype + 2);
            machine.load_root(prototype, roots::REG_EXP_PROTOTYPE);
            machine.atom_value(pattern_text, pattern)?;
            machine.atom_value(flags_text, flags)?;
            machine.new_reg_exp(to, prototype, pattern_text, flags_text)
        })
    }

    // -- private names ------------------------------------------------------------------------------------------

    /// A property with a private name in a register.
    pub(super) fn private_key(&mut self, key: R) -> Option<Atom> {
        match self.type_of(key) {
            Type::Symbol(atom) => Some(atom),
            _ => None,
        }
    }

    pub(super) fn has_private(&mut self, object: R, key: Atom) -> Outcome<bool> {
        match self.class_of(object) {
            Some(id) if self.classes.get(id).kind == ObjectKind::Proxy => self.scoped(|machine| {
                let holder = machine.temp()?;
                machine.proxy_privates(holder, object, false)?;
                machine.has_private(holder, key)
            }),
            Some(id) => Ok(self.find_own(object, id, key)? != Found::None),
            None => Ok(false),
        }
    }

    fn private_atom(&mut self, key: R) -> Atom {
        match self.type_of(key) {
            Type::Symbol(atom) => atom,
            _ => Atom(0),
        }
    }

    /// Does something to what has the private names of a proxy. None if an object is no proxy.
    fn with_privates(
        &mut self,
        object: R,
        wanted: bool,
        f: impl FnOnce(&mut Self, R) -> Outcome,
    ) -> Option<Outcome> {
        if self.kind_of(object) != Some(ObjectKind::Proxy) {
            return None;
        }
        Some(self.scoped(|machine| {
            let holder = machine.temp()?;
            machine.proxy_privates(holder, object, wanted)?;
            f(machine, holder)
        }))
    }

    /// Where objects like this one have a property with a private name, if it is known from before.
    fn known_private(&mut self, object: R, key: Atom) -> Option<How> {
        let id = self.class_of(object)?;
        let how = self.known_how(object, id, key).ok()??;
        let own = matches!(
            how,
            How::Slot(_) | How::Outside(_) | How::DoubleSlot(_) | How::DoubleOutside(_)
        );
        own.then_some(how)
    }

    pub(crate) fn get_private(&mut self, to: R, object: R, key: R) -> Outcome {
        if let Type::Symbol(atom) = self.type_of(key)
            && let Some(how) = self.known_private(object, atom)
        {
            return self.get_found(to, object, how, object);
        }
        let proxied = |machine: &mut Self, holder| machine.get_private(to, holder, key);
        if let Some(done) = self.with_privates(object, false, proxied) {
            return done;
        }
        let atom = self.private_atom(key);
        if !self.has_private(object, atom)? {
            let name = self.atoms.text(atom);
            let text = format!(
                "Cannot read private member {name} from an object whose class did not declare it"
            );
            return self.throw_type_error(&text);
        }
        self.own_property(to, object, Key::Name(atom))?;
        Ok(())
    }

    pub(crate) fn set_private(&mut self, object: R, key: R, from: R) -> Outcome {
        if let Type::Symbol(atom) = self.type_of(key)
            && self.known_private(object, atom).is_some()
            && self.class_of(object).is_some_and(|id| self.classes.get(id).extensible)
        {
            let site = std::cell::Cell::default();
            return match self.store_known(object, atom, from, &site) {
                true => Ok(()),
                false => self.set_named_slowly(object, atom, from, true, &site),
            };
        }
        let proxied = |machine: &mut Self, holder| machine.set_private(holder, key, from);
        if let Some(done) = self.with_privates(object, false, proxied) {
            return done;
        }
        let atom = self.private_atom(key);
        if !self.has_private(object, atom)? {
            let name = self.atoms.text(atom);
            let text = format!(
                "Cannot write private member {name} to an object whose class did not declare it"
            );
            return self.throw_type_error(&text);
        }
        self.define_named(object, atom, from, Flags(Flags::WRITABLE))
    }

    pub(crate) fn define_private(&mut self, object: R, key: R, from: R) -> Outcome {
        let proxied = |machine: &mut Self, holder| machine.define_private(holder, key, from);
        if let Some(done) = self.with_privates(object, true, proxied) {
            return done;
        }
        let atom = self.private_atom(key);
        if self.has_private(object, atom)? {
            let text = "Cannot initialize the same private elements twice on the same object";
            return self.throw_type_error(text);
        }
        self.add_field(object, atom, Flags(Flags::WRITABLE), from)
    }
}
