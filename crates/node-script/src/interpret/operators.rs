//! Operators where the operands are not two small integers.

use crate::machine::{Machine, R};
use crate::objects::number::to_int32;
use crate::objects::object::Type;
use crate::thrown::Outcome;
use core::cmp::Ordering;

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Sub,
    Mul,
    Div,
    Mod,
    Exp,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    UShr,
}

impl Arithmetic {
    /// Whether the results are 32-bit integers.
    fn gives_integers(self) -> bool {
        !matches!(self, Self::Sub | Self::Mul | Self::Div | Self::Mod | Self::Exp)
    }
}

impl Machine {
    #[inline(never)]
    pub(crate) fn add(&mut self, to: R, left: R, right: R) -> Outcome {
        let (a, b) = (self.type_of(left), self.type_of(right));
        match (a, b) {
            _ if a.is_number() && b.is_number() => {
                let sum = self.number(left) + self.number(right);
                self.set_result(to, sum, matches!((a, b), (Type::Smi(_), Type::Smi(_))))
            }
            (Type::String, Type::String) => self.concat(to, left, right),
            (Type::String, Type::Smi(_)) => self.scoped(|machine| {
                let text = machine.temp()?;
                machine.to_string(text, right)?;
                machine.concat(to, left, text)
            }),
            (Type::Smi(_), Type::String) => self.scoped(|machine| {
                let text = machine.temp()?;
                machine.to_string(text, left)?;
                machine.concat(to, text, right)
            }),
            (Type::BigInt, Type::BigInt) => self.add_big_ints(to, left, right, false),
            _ => self.scoped(|machine| {
                let a = machine.temps(2)?;
                let b = a + 1;
                machine.to_primitive(a, left, None)?;
                machine.to_primitive(b, right, None)?;
                if machine.is_string(a) || machine.is_string(b) {
                    machine.to_string(a, a)?;
                    machine.to_string(b, b)?;
                    return machine.concat(to, a, b);
                }
                machine.to_numeric(a, a)?;
                machine.to_numeric(b, b)?;
                match (machine.type_of(a), machine.type_of(b)) {
                    (Type::BigInt, Type::BigInt) => machine.add_big_ints(to, a, b, false),
                    (Type::BigInt, _) | (_, Type::BigInt) => machine.throw_mixed(),
                    _ => {
                        let small = machine.are_small(a, b);
                        let sum = machine.number(a) + machine.number(b);
                        machine.set_result(to, sum, small)
                    }
                }
            }),
        }
    }

    fn are_small(&mut self, left: R, right: R) -> bool {
        self.registers().smis(left, right).is_some()
    }

    /// The result of an operator on numbers: of small integers one where it is one; of others a number in a cell, also where it
    /// is whole (V8's `BinaryOpAssembler`).
    fn set_result(&mut self, to: R, number: f64, small: bool) -> Outcome {
        match small {
            true => self.set_number(to, number),
            false => Ok(self.registers().alloc_f64(to, number)?),
        }
    }

    fn throw_mixed<T>(&mut self) -> Outcome<T> {
        self.throw_type_error("Cannot mix BigInt and other types, use explicit conversions")
    }

    #[inline(never)]
    pub(crate) fn arithmetic(&mut self, op: Arithmetic, to: R, left: R, right: R) -> Outcome {
        if let (Some(a), Some(b)) = {
            let registers = self.registers();
            (registers.number(left), registers.number(right))
        } {
            let small = match op {
                Arithmetic::Exp => false,
                _ => op.gives_integers() || self.are_small(left, right),
            };
            return self.set_result(to, compute(op, a, b), small);
        }
        self.scoped(|machine| {
            let a = machine.temps(2)?;
            let b = a + 1;
            machine.to_numeric(a, left)?;
            machine.to_numeric(b, right)?;
            match (machine.type_of(a), machine.type_of(b)) {
                (Type::BigInt, Type::BigInt) => machine.compute_big_ints(op, to, a, b),
                (Type::BigInt, _) | (_, Type::BigInt) => machine.throw_mixed(),
                _ => {
                    let small =
                        op == Arithmetic::Exp || op.gives_integers() || machine.are_small(a, b);
                    let (a, b) = (machine.number(a), machine.number(b));
                    machine.set_result(to, compute(op, a, b), small)
                }
            }
        })
    }

    /// `value + by` where it is a number; `++` and `--`.
    #[inline(never)]
    pub(crate) fn step(&mut self, to: R, value: R, by: f64) -> Outcome {
        self.scoped(|machine| {
            let number = machine.temps(2)?;
            machine.to_numeric(number, value)?;
            if machine.type_of(number) == Type::BigInt {
                machine.new_big_int(number + 1, by < 0.0, &[1])?;
                return machine.add_big_ints(to, number, number + 1, false);
            }
            let small = machine.are_small(number, number);
            let sum = machine.number(number) + by;
            machine.set_result(to, sum, small)
        })
    }

    pub(crate) fn negate(&mut self, to: R, value: R) -> Outcome {
        self.scoped(|machine| {
            let number = machine.temp()?;
            machine.to_numeric(number, value)?;
            if machine.type_of(number) == Type::BigInt {
                let digits = machine.big_int_digits(number)?;
                let negative = machine.is_negative_big_int(number);
                return machine.new_big_int(to, !negative, &digits);
            }
            let small = machine.are_small(number, number);
            let negated = -machine.number(number);
            machine.set_result(to, negated, small)
        })
    }

    pub(crate) fn bit_not(&mut self, to: R, value: R) -> Outcome {
        self.scoped(|machine| {
            let number = machine.temps(2)?;
            machine.to_numeric(number, value)?;
            if machine.type_of(number) == Type::BigInt {
                // -(value + 1).
                machine.new_big_int(number + 1, false, &[1])?;
                machine.add_big_ints(number, number, number + 1, false)?;
                return machine.negate(to, number);
            }
            let inverted = !to_int32(machine.number(number));
            machine.set_number(to, f64::from(inverted))
        })
    }

    /// Whether a comparison holds.
    #[inline(never)]
    pub(crate) fn is_ordered(&mut self, op: Comparison, left: R, right: R) -> Outcome<bool> {
        let registers = self.registers();
        if let (Some(a), Some(b)) = (registers.number(left), registers.number(right)) {
            return Ok(match op {
                Comparison::Less => a < b,
                Comparison::LessEqual => a <= b,
                Comparison::Greater => a > b,
                Comparison::GreaterEqual => a >= b,
            });
        }
        let order = if self.is_string(left) && self.is_string(right) {
            Some(self.compare_strings(left, right)?)
        } else {
            self.compare(left, right)?
        };
        Ok(order.is_some_and(|order| match op {
            Comparison::Less => order == Ordering::Less,
            Comparison::LessEqual => order != Ordering::Greater,
            Comparison::Greater => order == Ordering::Greater,
            Comparison::GreaterEqual => order != Ordering::Less,
        }))
    }

    /// `key in object`.
    pub(crate) fn in_operator(&mut self, key: R, object: R) -> Outcome<bool> {
        if !self.is_object(object) {
            let key = self.show(key);
            let object = self.show(object);
            let text = format!("Cannot use 'in' operator to search for '{key}' in {object}");
            return self.throw_type_error(&text);
        }
        self.end_names();
        let key = self.to_key(key)?;
        self.has(object, key)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// An operator on two numbers.
pub(crate) fn compute(op: Arithmetic, a: f64, b: f64) -> f64 {
    match op {
        Arithmetic::Sub => a - b,
        Arithmetic::Mul => a * b,
        Arithmetic::Div => a / b,
        Arithmetic::Mod => remainder(a, b),
        Arithmetic::Exp => power(a, b),
        Arithmetic::BitAnd => f64::from(to_int32(a) & to_int32(b)),
        Arithmetic::BitOr => f64::from(to_int32(a) | to_int32(b)),
        Arithmetic::BitXor => f64::from(to_int32(a) ^ to_int32(b)),
        Arithmetic::Shl => f64::from(to_int32(a).wrapping_shl(to_int32(b) as u32)),
        Arithmetic::Shr => f64::from(to_int32(a).wrapping_shr(to_int32(b) as u32)),
        Arithmetic::UShr => f64::from((to_int32(a) as u32).wrapping_shr(to_int32(b) as u32)),
    }
}

/// `a ** b`: the language differs from C where the base is 1 and where the exponent is no number.
pub(crate) fn power(a: f64, b: f64) -> f64 {
    if b.is_nan() || (a.abs() == 1.0 && b.is_infinite()) { f64::NAN } else { libm::pow(a, b) }
}

/// The remainder of a division, which has the sign of what is divided.
fn remainder(a: f64, b: f64) -> f64 {
    /// Below it, all integers are doubles.
    const EXACT: i64 = 1 << 53;
    // A conversion stops at the largest integer.
    let (whole_a, whole_b) = (a as i64, b as i64);
    let exact = whole_a as f64 == a && whole_b as f64 == b;
    // Zero may have a sign.
    if exact && (1..EXACT).contains(&whole_a) && (1..EXACT).contains(&whole_b) {
        return (whole_a % whole_b) as f64;
    }
    a % b
}
