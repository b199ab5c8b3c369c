//! Functions of `Math` to the last digit as V8 computes them (`src/base/ieee754.cc`, which is Sun's fdlibm): the ones that neither the
//! system's library nor the crate `libm`, a younger descendant, gives alike.
//!
//! What is a number only, or none, is left to `libm` first, so that each function below has ordinary numbers before it.

use core::f64::consts::{E, LN_2, LOG10_E};

/// The largest number whose hyperbolic sine is finite.
const OVERFLOW: f64 = 710.475_860_073_943_9;
/// 2^54, which makes a number ordinary that is below all of them.
const TWO_54: f64 = 18_014_398_509_481_984.0;
/// The logarithm of two in two parts, of which the first has digits to spare.
const LN_2_PARTS: (f64, f64) = (6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10);

/// The number whose upper half is given.
const fn upper(half: u64) -> f64 {
    f64::from_bits(half << 32)
}

fn is_ordinary(x: f64) -> bool {
    x > 0.0 && x.is_finite()
}

/// A number's exponent, rounded up where its digits and `round` carry, and what is left of it.
fn parts(x: f64, round: u64) -> (f64, f64) {
    let (mut exponent, mut x) = (0, x);
    if x < f64::MIN_POSITIVE {
        (exponent, x) = (-54, x * TWO_54);
    }
    let bits = x.to_bits();
    let digits = bits >> 32 & 0xf_ffff;
    let carry = (digits + round) & 0x10_0000;
    exponent += (bits >> 52) as i64 - 1023 + (carry >> 20) as i64;
    let rest = bits & 0xffff_ffff | (digits | carry ^ 0x3ff0_0000) << 32;
    (exponent as f64, f64::from_bits(rest))
}

/// The natural logarithm: that of the exponent, and a series of `s = f / (2 + f)`.
pub(super) fn log(x: f64) -> f64 {
    if !is_ordinary(x) {
        return libm::log(x);
    }
    let (exponent, x) = parts(x, 0x9_5f64);
    let f = x - 1.0;
    let (high, low) = (exponent * LN_2_PARTS.0, exponent * LN_2_PARTS.1);
    // What is added to the exponent's part; alone, it is exact where the parts are none.
    let add = |rest: f64| if exponent == 0.0 { f - rest } else { high - ((rest - low) - f) };
    if f.abs() < upper(0x3eb0_0000) {
        return match f == 0.0 {
            true => high + low,
            false => add(f * f * (0.5 - 0.333_333_333_333_333_3 * f)),
        };
    }
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w
        * (3.999_999_999_940_942e-1
            + w * (2.222_219_843_214_978_4e-1 + w * 1.531_383_769_920_937_3e-1));
    let odd = z
        * (6.666_666_666_666_735e-1
            + w * (2.857_142_874_366_239e-1
                + w * (1.818_357_216_161_805e-1 + w * 1.479_819_860_511_658_6e-1)));
    let series = odd + even;
    let digits = (x.to_bits() >> 32 & 0xf_ffff) as i32;
    if (digits - 0x6_147a) | (0x6_b851 - digits) <= 0 {
        return add(s * (f - series));
    }
    let half = 0.5 * f * f;
    match exponent == 0.0 {
        true => f - (half - s * (half + series)),
        false => high - ((half - (s * (half + series) + low)) - f),
    }
}

pub(super) fn log10(x: f64) -> f64 {
    if !is_ordinary(x) {
        return libm::log10(x);
    }
    let (exponent, rest) = parts(x, 0);
    // A logarithm below zero is taken from the next power of ten on.
    let (exponent, rest) =
        if exponent < 0.0 { (exponent + 1.0, rest / 2.0) } else { (exponent, rest) };
    let z = exponent * 3.694_239_077_158_931e-13 + LOG10_E * log(rest);
    z + exponent * 3.010_299_956_636_117_7e-1
}

pub(super) fn exp(x: f64) -> f64 {
    if x == 1.0 { E } else { libm::exp(x) }
}

/// The cube root: a guess of five bits becomes one of 23 by a polynomial, and exact by a step of Newton's.
pub(super) fn cbrt(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let third = |number: f64| (number.to_bits() >> 32) / 3;
    let magnitude = x.abs();
    let guess = match magnitude < f64::MIN_POSITIVE {
        true => third(magnitude * TWO_54) + 696_219_795,
        false => third(magnitude) + 715_094_163,
    };
    let t = upper(guess).copysign(x);
    let r = (t * t) * (t / x);
    let first = 1.875_951_824_271_77 + r * (-1.884_979_795_433_773_7 + r * 1.621_429_720_105_354_5);
    let t =
        t * (first + ((r * r) * r) * (-7.583_979_347_787_66e-1 + r * 1.459_961_928_866_124_5e-1));
    let t = f64::from_bits(t.to_bits().wrapping_add(0x8000_0000) & 0xffff_ffff_c000_0000);
    let r = x / (t * t);
    t + t * ((r - t) / ((t + t) + r))
}

pub(super) fn sinh(x: f64) -> f64 {
    let (half, magnitude) = (0.5_f64.copysign(x), x.abs());
    match magnitude {
        m if m < upper(0x3e30_0000) => x,
        m if m < 22.0 => {
            let t = libm::expm1(m);
            match m < 1.0 {
                true => half * (2.0 * t - t * t / (t + 1.0)),
                false => half * (t + t / (t + 1.0)),
            }
        }
        m if m < 709.782_226_562_5 => half * exp(m),
        m if m <= OVERFLOW => {
            let t = exp(0.5 * m);
            half * t * t
        }
        _ => x * f64::INFINITY,
    }
}

pub(super) fn cosh(x: f64) -> f64 {
    match x.abs() {
        m if m < upper(0x3fd6_2e43) => {
            let t = libm::expm1(m);
            let w = 1.0 + t;
            if m < upper(0x3c80_0000) { w } else { 1.0 + (t * t) / (w + w) }
        }
        m if m < 22.0 => {
            let t = exp(m);
            0.5 * t + 0.5 / t
        }
        m if m < upper(0x4086_2e42) => 0.5 * exp(m),
        m if m <= OVERFLOW => {
            let t = exp(0.5 * m);
            0.5 * t * t
        }
        m => m * f64::INFINITY,
    }
}

pub(super) fn tanh(x: f64) -> f64 {
    let z = match x.abs() {
        m if m.is_nan() || m < upper(0x3e30_0000) => return x,
        m if m >= 22.0 => 1.0,
        m if m >= 1.0 => 1.0 - 2.0 / (libm::expm1(2.0 * m) + 2.0),
        m => {
            let t = libm::expm1(-2.0 * m);
            -t / (t + 2.0)
        }
    };
    z.copysign(x)
}

pub(super) fn asinh(x: f64) -> f64 {
    let z = match x.abs() {
        m if !m.is_finite() || m < upper(0x3e30_0000) => return x,
        m if m > 268_435_456.0 => log(m) + LN_2,
        m if m > 2.0 => log(2.0 * m + 1.0 / ((x * x + 1.0).sqrt() + m)),
        m => {
            let t = x * x;
            libm::log1p(m + t / (1.0 + (1.0 + t).sqrt()))
        }
    };
    z.copysign(x)
}

pub(super) fn acosh(x: f64) -> f64 {
    match x {
        x if x > 268_435_456.0 => log(x) + LN_2,
        x if x > 2.0 => log(2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt())),
        x if x >= 1.0 => {
            let t = x - 1.0;
            libm::log1p(t + (2.0 * t + t * t).sqrt())
        }
        _ => f64::NAN,
    }
}

/// The root of a sum of squares, whose lost digits are added again (Kahan).
pub(super) fn hypot(numbers: &[f64], most: f64) -> f64 {
    let (mut sum, mut lost) = (0.0, 0.0);
    for number in numbers {
        let part = number.abs() / most;
        let added = part * part - lost;
        let next = sum + added;
        lost = (next - sum) - added;
        sum = next;
    }
    sum.sqrt() * most
}
