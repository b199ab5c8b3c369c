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
        let digits = self.big_int_digits(left)?;
        let mut value = 0.0_f64;
        for digit in digits.iter().rev() {
            value = value * 18_446_744_073_709_551_616.0 + *digit as f64;
        }
        if self.is_negative_big_int(left) {
            value = -value;
        }
        Ok(value.partial_cmp(&number))
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
            while machine.is_object(holder) {
                if machine.is_same(holder, prototype) {
                    return Ok(true);
                }
                machine.get_prototype(holder, holder)?;
            }
            Ok(false)
        })
    }
}
