//! The operators on BigInts: those of one digit in the processor's words, others digit by digit.

use super::magnitudes::{
    MOST_WORDS, add_magnitudes, add_signed, divide, multiply, shift_left, shift_right,
    twos_complement,
};
use super::operators::Arithmetic;
use crate::machine::{Machine, R};
use crate::thrown::Outcome;

impl Machine {
    /// Two BigInts of a digit at most.
    pub(crate) fn two_small_big_ints(&mut self, left: R, right: R) -> Option<(i128, i128)> {
        Some((self.small_big_int(left)?, self.small_big_int(right)?))
    }

    fn small_big_int(&mut self, value: R) -> Option<i128> {
        let registers = self.registers();
        let size = registers.view(value).ok()?.size();
        let digit = match size {
            16 => 0,
            24 => registers.read_u64(value, 0).ok()?,
            _ => return None,
        };
        let magnitude = i128::from(digit);
        Some(if self.is_negative_big_int(value) { -magnitude } else { magnitude })
    }

    fn new_small_big_int(&mut self, to: R, value: i128) -> Outcome {
        let magnitude = value.unsigned_abs();
        self.new_big_int(to, value < 0, &[magnitude as u64, (magnitude >> 64) as u64])
    }

    pub(super) fn add_big_ints(&mut self, to: R, left: R, right: R, subtract: bool) -> Outcome {
        let op = if subtract { i128::checked_sub } else { i128::checked_add };
        if let Some(sum) = self.two_small_big_ints(left, right).and_then(|(a, b)| op(a, b)) {
            return self.new_small_big_int(to, sum);
        }
        let (a, b) = (self.big_int_digits(left)?, self.big_int_digits(right)?);
        let a_negative = self.is_negative_big_int(left);
        let b_negative = self.is_negative_big_int(right) != subtract;
        let (negative, digits) = add_signed(&a, a_negative, &b, b_negative);
        self.new_big_int(to, negative, &digits)
    }

    pub(super) fn compute_big_ints(&mut self, op: Arithmetic, to: R, left: R, right: R) -> Outcome {
        let small = self.two_small_big_ints(left, right);
        if let Some(result) = small.and_then(|(a, b)| compute_small(op, a, b)) {
            return self.new_small_big_int(to, result);
        }
        let (a, b) = (self.big_int_digits(left)?, self.big_int_digits(right)?);
        let (a_negative, b_negative) =
            (self.is_negative_big_int(left), self.is_negative_big_int(right));
        match op {
            Arithmetic::Sub => self.add_big_ints(to, left, right, true),
            Arithmetic::Mul if a.len() + b.len() > MOST_WORDS + 1 => {
                self.throw_range_error("Maximum BigInt size exceeded")
            }
            Arithmetic::Mul => self.new_big_int(to, a_negative != b_negative, &multiply(&a, &b)),
            Arithmetic::Div | Arithmetic::Mod => {
                if b.is_empty() {
                    return self.throw_range_error("Division by zero");
                }
                let (quotient, rest) = divide(&a, &b);
                match op {
                    Arithmetic::Div => self.new_big_int(to, a_negative != b_negative, &quotient),
                    _ => self.new_big_int(to, a_negative, &rest),
                }
            }
            Arithmetic::Exp => {
                if b_negative {
                    return self.throw_range_error("undefined must be positive");
                }
                // Of a large one only matters whether it is odd.
                let low = b.first().copied().unwrap_or(0);
                let exponent = if b.len() > 1 { 2 + low % 2 } else { low };
                let bits = a.last().map_or(0, |last| 64 * a.len() - last.leading_zeros() as usize);
                // 0 and 1 stay what they are, whatever the exponent.
                let least = (bits as u64).saturating_sub(1).saturating_mul(exponent);
                if bits > 1 && (b.len() > 1 || least > 64 * MOST_WORDS as u64) {
                    return self.throw_range_error("Maximum BigInt size exceeded");
                }
                let (mut result, mut square) = (vec![1_u64], a);
                let mut left = if bits > 1 { exponent } else { exponent.min(2 - exponent % 2) };
                while left > 0 {
                    if left & 1 == 1 {
                        result = multiply(&result, &square);
                    }
                    left >>= 1;
                    if left > 0 {
                        square = multiply(&square, &square);
                    }
                    for digits in [&mut result, &mut square] {
                        while digits.last() == Some(&0) {
                            digits.pop();
                        }
                        if digits.len() > MOST_WORDS {
                            return self.throw_range_error("Maximum BigInt size exceeded");
                        }
                    }
                }
                self.new_big_int(to, a_negative && exponent & 1 == 1, &result)
            }
            Arithmetic::UShr => {
                self.throw_type_error("BigInts have no unsigned right shift, use >> instead")
            }
            Arithmetic::Shl | Arithmetic::Shr => {
                // By more than a digit tells, all is shifted out.
                let by = if b.len() > 1 { u64::MAX } else { b.first().copied().unwrap_or(0) };
                if by == 0 || a.is_empty() {
                    self.copy(to, left);
                    return Ok(());
                }
                let to_left = (op == Arithmetic::Shl) != b_negative;
                if to_left {
                    if by > 1 << 30 {
                        return self.throw_range_error("Maximum BigInt size exceeded");
                    }
                    return self.new_big_int(to, a_negative, &shift_left(&a, by as usize));
                }
                let (mut digits, lost) = shift_right(&a, by);
                if a_negative && lost {
                    digits = add_magnitudes(&digits, &[1]);
                }
                self.new_big_int(to, a_negative, &digits)
            }
            Arithmetic::BitAnd | Arithmetic::BitOr | Arithmetic::BitXor => {
                let length = a.len().max(b.len()) + 1;
                let a = twos_complement(&a, a_negative, length);
                let b = twos_complement(&b, b_negative, length);
                let digits: Vec<u64> = a
                    .iter()
                    .zip(&b)
                    .map(|(a, b)| match op {
                        Arithmetic::BitAnd => a & b,
                        Arithmetic::BitOr => a | b,
                        _ => a ^ b,
                    })
                    .collect();
                let negative = digits.last().is_some_and(|last| last >> 63 == 1);
                let digits = twos_complement(&digits, negative, length);
                self.new_big_int(to, negative, &digits)
            }
        }
    }
}

/// An operator on BigInts of a digit each, where its result needs no more than two and is no error.
fn compute_small(op: Arithmetic, a: i128, b: i128) -> Option<i128> {
    match op {
        Arithmetic::Sub => a.checked_sub(b),
        Arithmetic::Mul => a.checked_mul(b),
        Arithmetic::Div => a.checked_div(b),
        Arithmetic::Mod => a.checked_rem(b),
        Arithmetic::BitAnd => Some(a & b),
        Arithmetic::BitOr => Some(a | b),
        Arithmetic::BitXor => Some(a ^ b),
        // By nothing, it stays the BigInt that it is.
        Arithmetic::Shl if (1..63).contains(&b) => Some(a << b),
        Arithmetic::Shr if (1..127).contains(&b) => Some(a >> b),
        Arithmetic::Shl | Arithmetic::Shr | Arithmetic::UShr | Arithmetic::Exp => None,
    }
}
