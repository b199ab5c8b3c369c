//! Conversions between types (ECMA-262, section 7.1), and how errors show values.

use super::atoms::{Atom, Key, known};
use super::class::ObjectKind;
use super::digits;
use super::layout::FIRST;
use super::number;
use super::object::Type;
use super::proxy::TARGET;
use crate::machine::{Machine, R, roots};
use crate::objects::layout::tag;
use crate::thrown::Outcome;
use heap_model::{Kind, Tagged};

impl Machine {
    pub(crate) fn to_boolean(&mut self, value: R) -> bool {
        match self.type_of(value) {
            Type::Undefined | Type::Null | Type::Hole => false,
            Type::Bool(value) => value,
            Type::Smi(number) => number != 0,
            Type::Double => {
                let number = self.number(value);
                !(number == 0.0 || number.is_nan())
            }
            Type::String => self.string_length(value) > 0,
            Type::BigInt => !self.is_zero_big_int(value),
            Type::Symbol(_) | Type::Object(_) => true,
        }
    }

    pub(crate) fn to_number(&mut self, value: R) -> Outcome<f64> {
        match self.type_of(value) {
            Type::Smi(number) => Ok(f64::from(number)),
            Type::Double => Ok(self.number(value)),
            Type::Undefined | Type::Hole => Ok(f64::NAN),
            Type::Null => Ok(0.0),
            Type::Bool(value) => Ok(f64::from(u8::from(value))),
            Type::String => Ok(number::from_text(&self.rust_string(value)?)),
            Type::Symbol(_) => self.throw_type_error("Cannot convert a Symbol value to a number"),
            Type::BigInt => self.throw_type_error("Cannot convert a BigInt value to a number"),
            Type::Object(_) => self.scoped(|machine| {
                let primitive = machine.temp()?;
                machine.to_primitive(primitive, value, Some(true))?;
                machine.to_number(primitive)
            }),
        }
    }

    /// A number or a BigInt.
    pub(crate) fn to_numeric(&mut self, to: R, value: R) -> Outcome {
        match self.type_of(value) {
            Type::Smi(_) | Type::Double | Type::BigInt => {
                self.copy(to, value);
                Ok(())
            }
            Type::Object(_) => {
                self.to_primitive(to, value, Some(true))?;
                self.to_numeric(to, to)
            }
            _ => {
                let number = self.to_number(value)?;
                self.set_number(to, number)
            }
        }
    }

    /// An integer, or an infinity; what is no number is 0.
    pub(crate) fn to_integer(&mut self, value: R) -> Outcome<f64> {
        if let Some(number) = self.registers().smi(value) {
            return Ok(f64::from(number));
        }
        let number = self.to_number(value)?;
        Ok(if number.is_nan() { 0.0 } else { number.trunc() + 0.0 })
    }

    pub(crate) fn to_int32(&mut self, value: R) -> Outcome<i32> {
        if let Some(number) = self.registers().smi(value) {
            return Ok(number);
        }
        Ok(number::to_int32(self.to_number(value)?))
    }

    pub(crate) fn to_uint32(&mut self, value: R) -> Outcome<u32> {
        Ok(self.to_int32(value)? as u32)
    }

    /// A length: between 0 and 2^53 - 1.
    pub(crate) fn to_length(&mut self, value: R) -> Outcome<usize> {
        let number = self.to_integer(value)?;
        Ok(number.clamp(0.0, 9_007_199_254_740_991.0) as usize)
    }

    /// An index: as a length, but out of range is a RangeError.
    pub(crate) fn to_index(&mut self, value: R, what: &str) -> Outcome<usize> {
        let number = self.to_integer(value)?;
        if !(0.0..=9_007_199_254_740_991.0).contains(&number) {
            return self.throw_range_error(&format!("Invalid {what}"));
        }
        Ok(number as usize)
    }

    /// An array's length as it is set.
    pub(crate) fn to_array_length(&mut self, value: R) -> Outcome<usize> {
        let length = self.to_uint32(value)?;
        let number = self.to_number(value)?;
        if f64::from(length) != number {
            return self.throw_range_error("Invalid array length");
        }
        Ok(length as usize)
    }

    /// A place that counts from the end if it is negative, within a length.
    pub(crate) fn to_place(&mut self, value: R, length: usize, otherwise: usize) -> Outcome<usize> {
        if self.is_undefined(value) {
            return Ok(otherwise);
        }
        let place = self.to_integer(value)?;
        let from_end = if place < 0.0 { place + length as f64 } else { place };
        Ok(from_end.clamp(0.0, length as f64) as usize)
    }

    pub(crate) fn to_string(&mut self, to: R, value: R) -> Outcome {
        let atom = match self.type_of(value) {
            Type::String => {
                self.copy(to, value);
                return Ok(());
            }
            Type::Undefined | Type::Hole => known::UNDEFINED,
            Type::Null => known::NULL,
            Type::Bool(true) => known::TRUE,
            Type::Bool(false) => known::FALSE,
            Type::Smi(number) if (0..10).contains(&number) => {
                return self.unit_string(to, u16::from(b'0') + number as u16);
            }
            Type::Smi(number) => {
                let mut digits = itoa::Buffer::new();
                return self.new_one_byte(to, digits.format(number).as_bytes());
            }
            Type::Double => {
                let number = self.number(value);
                return self.new_text(to, &number::to_text(number));
            }
            Type::BigInt => {
                let text = self.big_int_text(value, 10)?;
                return self.new_text(to, &text);
            }
            Type::Symbol(_) => {
                return self.throw_type_error("Cannot convert a Symbol value to a string");
            }
            Type::Object(_) => {
                return self.scoped(|machine| {
                    let primitive = machine.temp()?;
                    machine.to_primitive(primitive, value, Some(false))?;
                    machine.to_string(to, primitive)
                });
            }
        };
        self.atom_value(to, atom)
    }

    /// A value as Rust's string, converted as the language does.
    pub(crate) fn string_of(&mut self, value: R) -> Outcome<String> {
        self.scoped(|machine| {
            let string = machine.temp()?;
            machine.to_string(string, value)?;
            machine.rust_string(string)
        })
    }

    pub(crate) fn to_object(&mut self, to: R, value: R) -> Outcome {
        let (root, kind) = match self.type_of(value) {
            Type::Object(_) => {
                self.copy(to, value);
                return Ok(());
            }
            Type::Undefined | Type::Null | Type::Hole => {
                return self.throw_type_error("Cannot convert undefined or null to object");
            }
            Type::Bool(_) => (roots::BOOLEAN_PROTOTYPE, ObjectKind::Boolean),
            Type::Smi(_) | Type::Double => (roots::NUMBER_PROTOTYPE, ObjectKind::Number),
            Type::String => (roots::STRING_PROTOTYPE, ObjectKind::String),
            Type::Symbol(_) => (roots::SYMBOL_PROTOTYPE, ObjectKind::Symbol),
            Type::BigInt => (roots::BIG_INT_PROTOTYPE, ObjectKind::BigInt),
        };
        self.scoped(|machine| {
            let object = machine.temp()?;
            machine.new_kind(object, root, kind, FIRST + 1)?;
            machine.registers().store(object, FIRST, value)?;
            machine.copy(to, object);
            Ok(())
        })
    }

    /// A primitive value; the hint is a number, a string, or none.
    pub(crate) fn to_primitive(&mut self, to: R, value: R, number: Option<bool>) -> Outcome {
        if !self.is_object(value) {
            self.copy(to, value);
            return Ok(());
        }
        self.scoped(|machine| {
            let (method, result, hint) = (machine.temp()?, machine.temp()?, machine.temp()?);
            machine.get_named(method, value, known::TO_PRIMITIVE)?;
            if !machine.registers().get(method).is_nullish() {
                let name = match number {
                    None => known::DEFAULT,
                    Some(true) => known::NUMBER,
                    Some(false) => known::STRING,
                };
                machine.atom_value(hint, name)?;
                machine.call(result, method, value, &[hint])?;
                if machine.is_object(result) {
                    return machine.throw_type_error("Cannot convert object to primitive value");
                }
                machine.copy(to, result);
                return Ok(());
            }
            let order: [Atom; 2] = match number {
                Some(false) => [known::TO_STRING, known::VALUE_OF],
                _ => [known::VALUE_OF, known::TO_STRING],
            };
            for name in order {
                machine.get_named(method, value, name)?;
                if machine.is_callable(method) {
                    machine.call(result, method, value, &[])?;
                    if !machine.is_object(result) {
                        machine.copy(to, result);
                        return Ok(());
                    }
                }
            }
            machine.throw_type_error("Cannot convert object to primitive value")
        })
    }

    /// What `typeof` says.
    pub(crate) fn typeof_atom(&mut self, value: R) -> Atom {
        match self.type_of(value) {
            Type::Undefined | Type::Hole => known::UNDEFINED,
            Type::Null => known::OBJECT,
            Type::Bool(_) => known::BOOLEAN,
            Type::Smi(_) | Type::Double => known::NUMBER,
            Type::String => known::STRING,
            Type::Symbol(_) => known::SYMBOL,
            Type::BigInt => known::BIG_INT,
            Type::Object(id) if self.classes.get(id).callable => known::FUNCTION,
            Type::Object(_) => known::OBJECT,
        }
    }

    /// A value as an error shows what cannot be read: its type, or the value if it is nullish.
    pub(crate) fn show_type(&mut self, value: R) -> String {
        match self.type_of(value) {
            Type::Undefined | Type::Hole => "undefined".to_owned(),
            Type::Null => "null".to_owned(),
            _ => {
                let atom = self.typeof_atom(value);
                self.atoms.text(atom)
            }
        }
    }

    /// A value after its type, as V8's errors show one that the source does not spell.
    pub(crate) fn show_with_type(&mut self, value: R) -> String {
        let atom = self.typeof_atom(value);
        let kind = self.atoms.text(atom);
        match self.type_of(value) {
            Type::String => format!("{kind} \"{}\"", self.show(value)),
            Type::Null | Type::Bool(_) | Type::Smi(_) | Type::Double => {
                format!("{kind} {}", self.show(value))
            }
            _ => kind,
        }
    }

    /// A value as an error shows it: no code of the program runs.
    pub(crate) fn show(&mut self, value: R) -> String {
        match self.type_of(value) {
            Type::String => self.rust_string(value).unwrap_or_default(),
            Type::Symbol(atom) => self.atoms.text(atom),
            Type::Object(_) => self.show_for_error(value),
            Type::BigInt => self.big_int_text(value, 10).unwrap_or_default(),
            _ => self.string_of(value).unwrap_or_default(),
        }
    }

    /// An object as V8's errors show it (`Object::NoSideEffectsToString`): `#<Object>`, a function's text, `[object Array]`.
    pub(crate) fn show_for_error(&mut self, value: R) -> String {
        let shown = match self.kind_of(value) {
            None => return self.show(value),
            Some(ObjectKind::Function) => return self.function_text(value),
            Some(ObjectKind::BoundFunction) => return "function () { [native code] }".to_owned(),
            Some(ObjectKind::Error) => self.error_head(value),
            Some(ObjectKind::Proxy) => self.scoped_deeply(|machine| {
                let target = machine.temp()?;
                machine.registers().load(target, value, TARGET)?;
                Ok(match machine.is_object(target) {
                    true => machine.show_for_error(target),
                    false => "[object Object]".to_owned(),
                })
            }),
            Some(kind) => self.scoped(|machine| {
                let found = machine.temp()?;
                machine.plain_property(found, value, known::TO_STRING)?;
                if machine.is_root(found, roots::OBJECT_TO_STRING)
                    && machine.plain_property(found, value, known::CONSTRUCTOR)?
                    && machine.is_callable(found)
                    && let Some(name) = machine.text_of_name(found)?
                {
                    return Ok(format!("#<{name}>"));
                }
                let named = machine.plain_property(found, value, known::TO_STRING_TAG)?;
                if named && machine.is_string(found) {
                    return Ok(format!("[object {}]", machine.rust_string(found)?));
                }
                let tag = match kind {
                    // V8 has other kinds of elements for what varies in length, and forgets to name them.
                    ObjectKind::TypedArray if machine.varies_in_length(value)? => "Object",
                    ObjectKind::TypedArray => machine.typed_type(value)?.array_name(),
                    ObjectKind::Array => "Array",
                    ObjectKind::RegExp => "RegExp",
                    ObjectKind::Date => "Date",
                    ObjectKind::Boolean => "Boolean",
                    ObjectKind::Number => "Number",
                    ObjectKind::String => "String",
                    ObjectKind::Symbol => "Symbol",
                    ObjectKind::BigInt => "BigInt",
                    _ => "Object",
                };
                Ok(format!("[object {tag}]"))
            }),
        };
        shown.unwrap_or_else(|_| "[object Object]".to_owned())
    }

    /// A function's own name, if that is a text that is not empty.
    fn text_of_name(&mut self, function: R) -> Outcome<Option<String>> {
        self.scoped(|machine| {
            let name = machine.temp()?;
            let flags = machine.own_property(name, function, Key::Name(known::NAME))?;
            if flags.is_none_or(|flags| flags.is_accessor()) || !machine.is_string(name) {
                return Ok(None);
            }
            Ok(Some(machine.rust_string(name)?).filter(|name| !name.is_empty()))
        })
    }

    /// The name of an object's constructor, as far as it can be told without running code.
    pub(crate) fn constructor_name(&mut self, object: R) -> Option<String> {
        let found = self.scoped(|machine| {
            let (holder, value) = (machine.temp()?, machine.temp()?);
            machine.copy(holder, object);
            while let Some(id) = machine.class_of(holder) {
                let key = Key::Name(known::CONSTRUCTOR);
                if let Some(flags) = machine.own_property(value, holder, key)?
                    && !flags.is_accessor()
                    && machine.kind_of(value) == Some(ObjectKind::Function)
                {
                    let name = Key::Name(known::NAME);
                    machine.own_property(value, value, name)?;
                    if machine.is_string(value) {
                        return Ok(Some(machine.rust_string(value)?));
                    }
                    return Ok(None);
                }
                machine.class_prototype(holder, id)?;
            }
            Ok(None)
        });
        found.ok().flatten().filter(|name| !name.is_empty())
    }

    /// The primitive in a wrapper of a kind, or the value itself if it is one.
    pub(crate) fn this_primitive(&mut self, to: R, value: R, kind: ObjectKind) -> Outcome<bool> {
        let found = self.type_of(value);
        let direct = match kind {
            ObjectKind::Boolean => matches!(found, Type::Bool(_)),
            ObjectKind::Number => found.is_number(),
            ObjectKind::String => found == Type::String,
            ObjectKind::Symbol => matches!(found, Type::Symbol(_)),
            ObjectKind::BigInt => found == Type::BigInt,
            _ => false,
        };
        if direct {
            self.copy(to, value);
            return Ok(true);
        }
        if self.kind_of(value) == Some(kind) {
            self.registers().load(to, value, FIRST)?;
            return Ok(true);
        }
        Ok(false)
    }

    // -- BigInts ------------------------------------------------------------------------------------------------

    /// The digits of a BigInt's magnitude, the least first.
    pub(crate) fn big_int_digits(&mut self, value: R) -> Outcome<Vec<u64>> {
        let registers = self.registers();
        let words = registers.view(value)?.size() / 8 - 2;
        (0..words).map(|word| Ok(registers.read_u64(value, 8 * word)?)).collect()
    }

    fn is_zero_big_int(&mut self, value: R) -> bool {
        self.registers()
            .view(value)
            .is_ok_and(|cell| cell.kind() == Kind::Bytes && cell.size() == 16)
    }

    /// A BigInt of digits, the least first.
    pub(crate) fn new_big_int(&mut self, to: R, negative: bool, digits: &[u64]) -> Outcome {
        use super::layout::tags;
        let used = digits.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
        if used > 1 << 24 {
            return self.throw_range_error("Maximum BigInt size exceeded");
        }
        let kind = if negative && used > 0 { tags::NEGATIVE_BIG_INT } else { tags::BIG_INT };
        let mut registers = self.registers();
        registers.alloc_tagged(to, Kind::Bytes, tag(kind), 0, 8 * used)?;
        for (place, digit) in digits[..used].iter().enumerate() {
            registers.write_u64(to, 8 * place, *digit)?;
        }
        Ok(())
    }

    pub(crate) fn big_int_text(&mut self, value: R, radix: u32) -> Outcome<String> {
        let text = digits::to_text(self.big_int_digits(value)?, radix);
        Ok(if self.is_negative_big_int(value) { format!("-{text}") } else { text })
    }

    /// The BigInt that digits of a radix spell.
    pub(crate) fn big_int_from_text(&mut self, to: R, text: &str, radix: u32) -> Outcome<bool> {
        let Some(digits) = digits::from_text(text, radix) else { return Ok(false) };
        self.new_big_int(to, false, &digits)?;
        Ok(true)
    }

    /// Whether a register is `null` or undefined.
    pub(crate) fn is_nullish(&mut self, value: R) -> bool {
        self.registers().get(value).is_nullish()
    }

    pub(crate) fn is_null(&mut self, value: R) -> bool {
        self.registers().get(value) == Tagged::NULL
    }
}
