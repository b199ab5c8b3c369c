//! Equality and order (ECMA-262, section 7.2).

use super::object::Type;
use crate::machine::{Machine, R};
use crate::thrown::Outcome;
use core::cmp::Ordering;

impl Machine {
    /// Whether two registers have one word.
    pub(crate) fn is_same(&mut self, left: R, right: R) -> bool {
        let registers = self.registers();
        registers.get(left) == registers.get(right)
    }

    /// `===`.
    pub(crate) fn strict_equal(&mut self, left: R, right: R) -> Outcome<bool> {
        let (a, b) = (self.type_of(left), self.type_of(right));
        Ok(match (a, b) {
            _ if a.is_number() && b.is_number() => self.number(left) == self.number(right),
            (Type::String, Type::String) => self.equal_strings(left, right)?,
            (Type::BigInt, Type::BigInt) => self.compare_big_ints(left, right)? == Ordering::Equal,
            _ => self.is_same(left, right),
        })
    }

    /// `Object.is`.
    pub(crate) fn same_value(&mut self, left: R, right: R) -> bool {
        let (a, b) = (self.type_of(left), self.type_of(right));
        if a.is_number() && b.is_number() {
            let (a, b) = (self.number(left), self.number(right));
            return if a.is_nan() { b.is_nan() } else { a.to_bits() == b.to_bits() };
        }
        self.strict_equal(left, right).unwrap_or(false)
    }

    /// As a Map compares its keys: zeros are the same.
    pub(crate) fn same_value_zero(&mut self, left: R, right: R) -> bool {
        let (a, b) = (self.type_of(left), self.type_of(right));
        if a.is_number() && b.is_number() {
            let (a, b) = (self.number(left), self.number(right));
            return a == b || a.is_nan() && b.is_nan();
        }
        self.strict_equal(left, right).unwrap_or(false)
    }

    /// `==`.
    pub(crate) fn loose_equal(&mut self, left: R, right: R) -> Outcome<bool> {
        let (a, b) = (self.type_of(left), self.type_of(right));
        match (a, b) {
            _ if a.is_nullish() || b.is_nullish() => Ok(a.is_nullish() && b.is_nullish()),
            _ if a.is_number() && b.is_number() => self.strict_equal(left, right),
            (Type::String, Type::String)
            | (Type::BigInt, Type::BigInt)
            | (Type::Object(_), Type::Object(_))
            | (Type::Symbol(_), Type::Symbol(_))
            | (Type::Bool(_), Type::Bool(_)) => self.strict_equal(left, right),
            (Type::Object(_), _) => self.scoped(|machine| {
                let primitive = machine.temp()?;
                machine.to_primitive(primitive, left, None)?;
                machine.loose_equal(primitive, right)
            }),
            (_, Type::Object(_)) => self.loose_equal(right, left),
            (Type::Symbol(_), _) | (_, Type::Symbol(_)) => Ok(false),
            (Type::BigInt, Type::String) => self.scoped(|machine| {
                let number = machine.temp()?;
                let text = machine.rust_string(right)?;
                Ok(machine.parse_big_int(number, &text)?
                    && machine.compare_big_ints(left, number)? == Ordering::Equal)
            }),
            (Type::BigInt, _) => {
                let number = self.to_number(right)?;
                Ok(self.compare_big_int(left, number)? == Some(Ordering::Equal))
            }
            (_, Type::BigInt) => self.loose_equal(right, left),
            _ => Ok(self.to_number(left)? == self.to_number(right)?),
        }
    }

    /// How two values compare, after they were made primitive; none if one is no number.
    pub(crate) fn compare(&mut self, left: R, right: R) -> Outcome<Option<Ordering>> {
        self.scoped(|machine| {
            let a = machine.temps(2)?;
            let b = a + 1;
            machine.to_primitive(a, left, Some(true))?;
            machine.to_primitive(b, right, Some(true))?;
            match (machine.type_of(a), machine.type_of(b)) {
                (Type::String, Type::String) => Ok(Some(machine.compare_strings(a, b)?)),
                (Type::BigInt, Type::BigInt) => Ok(Some(machine.compare_big_ints(a, b)?)),
                (Type::BigInt, Type::String) => {
                    let text = machine.rust_string(b)?;
                    if !machine.parse_big_int(b, &text)? {
                        return Ok(None);
                    }
                    machine.compare_big_ints(a, b).map(Some)
                }
                (Type::String, Type::BigInt) => {
                    let text = machine.rust_string(a)?;
                    if !machine.parse_big_int(a, &text)? {
                        return Ok(None);
                    }
                    machine.compare_big_ints(a, b).map(Some)
                }
                (Type::BigInt, _) => {
                    let number = machine.to_number(b)?;
                    machine.compare_big_int(a, number)
                }
                (_, Type::BigInt) => {
                    let number = machine.to_number(a)?;
                    Ok(machine.compare_big_int(b, number)?.map(Ordering::reverse))
                }
                _ => {
                    let (a, b) = (machine.to_number(a)?, machine.to_number(b)?);
                    Ok(a.partial_cmp(&b))
                }
            }
        })
    }

    fn compare_big_ints(&mut self, left: R, right: R) -> Outcome<Ordering> {
        if let Some((a, b)) = self.two_small_big_ints(left, right) {
            return Ok(a.cmp(&b));
        }
        let (a, b) = (self.is_negative_big_int(left), self.is_negative_big_int(right));
        if a != b {
            return Ok(b.cmp(&a));
        }
        let (left, right) = (self.big_int_digits(left)?, self.big_int_digits(right)?);
        let order = left.len().cmp(&right.len());
        let order = order.then_with(|| left.iter().rev().cmp(right.iter().rev()));
        Ok(if a { order.reverse() } else { order })
    }

    fn compare_big_int(&mut self, left: R, number: f64) -> Outcome<Option<Ordering>> {
        if number.is_nan() {
            return Ok(None);
        }
        let negative = self.is_negative_big_int(left);
        let digits = self.big_int_digits(left)?;
        let sign = |negative: bool, zero: bool| match (zero, negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let (a, b) = (sign(negative, digits.is_empty()), sign(number < 0.0, number == 0.0));
        if a != b || a == 0 {
            return Ok(Some(a.cmp(&b)));
        }
        let order = compare_digits(&digits, number.abs());
        Ok(Some(if negative { order.reverse() } else { order }))
    }

    /// `value instanceof class`.
    pub(crate) fn instance_of(&mut self, value: R, class: R) -> Outcome<bool> {
        use super::atoms::known;
        if !self.is_object(class) {
            return self.throw_type_error("Right-hand side of 'instanceof' is not an object");
        }
        self.scoped(|machine| {
            let (method, result) = (machine.temp()?, machine.temp()?);
            machine.get_named(method, class, known::HAS_INSTANCE)?;
            if !machine.is_nullish(method) {
                machine.call(result, method, class, &[value])?;
                return Ok(machine.to_boolean(result));
            }
            if !machine.is_callable(class) {
                return machine.throw_type_error("Right-hand side of 'instanceof' is not callable");
            }
            machine.is_instance(value, class)
        })
    }

    /// ECMA-262's `OrdinaryHasInstance`.
    pub(crate) fn is_instance(&mut self, value: R, class: R) -> Outcome<bool> {
        use super::atoms::known;
        use super::class::ObjectKind;
        if !self.is_callable(class) {
            return Ok(false);
        }
        self.scoped(|machine| {
            let (prototype, holder) = (machine.temp()?, machine.temp()?);
            if machine.kind_of(class) == Some(ObjectKind::BoundFunction) {
                machine.registers().load(prototype, class, super::layout::FIRST)?;
                return machine.instance_of(value, prototype);
            }
            if !machine.is_object(value) {
                return Ok(false);
            }
            machine.get_named(prototype, class, known::PROTOTYPE)?;
            if !machine.is_object(prototype) {
                let shown = machine.show(prototype);
                let text =
                    format!("Function has non-object prototype '{shown}' in instanceof check");
                return machine.throw_type_error(&text);
            }
            machine.get_prototype(holder, value)?;
            let mut proxies = 0;
            while machine.is_object(holder) {
                if machine.is_same(holder, prototype) {
                    return Ok(true);
                }
                machine.follow_prototype(holder, &mut proxies)?;
            }
            Ok(false)
        })
    }
}

/// Compares digits of 64 bits, the least first, with a number above zero.
fn compare_digits(digits: &[u64], number: f64) -> Ordering {
    if number.is_infinite() {
        return Ordering::Less;
    }
    let whole = number.trunc();
    // The mantissa, at the bit where it stands.
    let bits = whole.to_bits();
    let shift = (bits >> 52) as i32 - 1075;
    let mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    let mut other = vec![0_u64; 18];
    if whole > 0.0 {
        if shift < 0 {
            other[0] = mantissa >> -shift;
        } else {
            let (place, bit) = ((shift / 64) as usize, shift % 64);
            let wide = u128::from(mantissa) << bit;
            other[place] = wide as u64;
            other[place + 1] = (wide >> 64) as u64;
        }
    }
    while other.last() == Some(&0) {
        other.pop();
    }
    let order = digits.len().cmp(&other.len());
    let order = order.then_with(|| digits.iter().rev().cmp(other.iter().rev()));
    order.then(if number > whole { Ordering::Less } else { Ordering::Equal })
}
