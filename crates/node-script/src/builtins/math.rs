//! `Math`.

mod digits;

use super::{Constant, Method};
use crate::interpret::operators::power;
use crate::machine::{Machine, R};
use crate::objects::code::Arguments;
use crate::objects::number::to_int32;
use crate::thrown::Outcome;

const CONSTANTS: &[Constant] = &[
    ("E", core::f64::consts::E),
    ("LN10", core::f64::consts::LN_10),
    ("LN2", core::f64::consts::LN_2),
    ("LOG10E", core::f64::consts::LOG10_E),
    ("LOG2E", core::f64::consts::LOG2_E),
    ("PI", core::f64::consts::PI),
    ("SQRT1_2", core::f64::consts::FRAC_1_SQRT_2),
    ("SQRT2", core::f64::consts::SQRT_2),
];

/// Built-ins of one number.
macro_rules! of_one {
    ($($name:ident($number:ident) = $value:expr;)*) => {
        $(fn $name(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
            let $number = machine.to_number(arguments.at(0))?;
            machine.give_number($value)
        })*
    };
}

of_one! {
    abs(x) = x.abs();
    acos(x) = libm::acos(x);
    acosh(x) = digits::acosh(x);
    asin(x) = libm::asin(x);
    asinh(x) = digits::asinh(x);
    atan(x) = libm::atan(x);
    atanh(x) = libm::atanh(x);
    cbrt(x) = digits::cbrt(x);
    ceil(x) = x.ceil();
    clz32(x) = f64::from((to_int32(x) as u32).leading_zeros());
    cos(x) = libm::cos(x);
    cosh(x) = digits::cosh(x);
    exp(x) = digits::exp(x);
    expm1(x) = libm::expm1(x);
    floor(x) = x.floor();
    fround(x) = f64::from(x as f32);
    log(x) = digits::log(x);
    log10(x) = digits::log10(x);
    log1p(x) = libm::log1p(x);
    log2(x) = libm::log2(x);
    round(x) = if x.fract() == -0.5 { x.ceil() } else { x.round() };
    sign(x) = if x == 0.0 || x.is_nan() { x } else { x.signum() };
    sin(x) = libm::sin(x);
    sinh(x) = digits::sinh(x);
    sqrt(x) = x.sqrt();
    tan(x) = libm::tan(x);
    tanh(x) = digits::tanh(x);
    trunc(x) = x.trunc();
}

const METHODS: &[Method] = &[
    ("abs", 1, abs),
    ("acos", 1, acos),
    ("acosh", 1, acosh),
    ("asin", 1, asin),
    ("asinh", 1, asinh),
    ("atan", 1, atan),
    ("atan2", 2, atan2),
    ("atanh", 1, atanh),
    ("cbrt", 1, cbrt),
    ("ceil", 1, ceil),
    ("clz32", 1, clz32),
    ("cos", 1, cos),
    ("cosh", 1, cosh),
    ("exp", 1, exp),
    ("expm1", 1, expm1),
    ("floor", 1, floor),
    ("fround", 1, fround),
    ("hypot", 2, hypot),
    ("imul", 2, imul),
    ("log", 1, log),
    ("log10", 1, log10),
    ("log1p", 1, log1p),
    ("log2", 1, log2),
    ("max", 2, max),
    ("min", 2, min),
    ("pow", 2, pow),
    ("random", 0, random),
    ("round", 1, round),
    ("sign", 1, sign),
    ("sin", 1, sin),
    ("sinh", 1, sinh),
    ("sqrt", 1, sqrt),
    ("tan", 1, tan),
    ("tanh", 1, tanh),
    ("trunc", 1, trunc),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let math = machine.temp()?;
    machine.new_namespace(math, "Math")?;
    machine.define_constants(math, CONSTANTS)?;
    machine.define_methods(math, METHODS)?;
    machine.define_tag(math, "Math")
}

fn atan2(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (y, x) = (machine.to_number(arguments.at(0))?, machine.to_number(arguments.at(1))?);
    machine.give_number(libm::atan2(y, x))
}

fn pow(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (x, y) = (machine.to_number(arguments.at(0))?, machine.to_number(arguments.at(1))?);
    machine.give_number(power(x, y))
}

fn imul(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (a, b) = (machine.to_int32(arguments.at(0))?, machine.to_int32(arguments.at(1))?);
    machine.give_number(f64::from(a.wrapping_mul(b)))
}

fn numbers(machine: &mut Machine, arguments: Arguments) -> Outcome<Vec<f64>> {
    (0..arguments.count).map(|place| machine.to_number(arguments.at(place))).collect()
}

fn hypot(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let numbers = numbers(machine, arguments)?;
    if numbers.iter().any(|number| number.is_infinite()) {
        return machine.give_number(f64::INFINITY);
    }
    let most = numbers.iter().fold(0.0_f64, |most, number| most.max(number.abs()));
    if most == 0.0 && !numbers.iter().any(|number| number.is_nan()) {
        return machine.give_number(0.0);
    }
    machine.give_number(digits::hypot(&numbers, most))
}

fn max(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let mut most = f64::NEG_INFINITY;
    for number in numbers(machine, arguments)? {
        let larger = number > most || (number == 0.0 && most == 0.0 && most.is_sign_negative());
        if number.is_nan() || (larger && !most.is_nan()) {
            most = number;
        }
    }
    machine.give_number(most)
}

fn min(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let mut least = f64::INFINITY;
    for number in numbers(machine, arguments)? {
        let smaller =
            number < least || (number == 0.0 && least == 0.0 && number.is_sign_negative());
        if number.is_nan() || (smaller && !least.is_nan()) {
            least = number;
        }
    }
    machine.give_number(least)
}

/// Random numbers are V8's generator (`xorshift128+`) from a seed that is fixed where the machine is deterministic.
fn random(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let [mut first, second] = machine.random;
    first ^= first << 23;
    first ^= first >> 17;
    first ^= second;
    first ^= second >> 26;
    machine.random = [second, first];
    machine.give_number((first >> 11) as f64 / (1_u64 << 53) as f64)
}
