//! Node's checks of arguments, and the errors that they throw (`lib/internal/validators.js`, `lib/internal/errors.js`).

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::object::Type;
use crate::thrown::Outcome;

impl Machine {
    /// Throws ERR_INVALID_ARG_TYPE: `must` says what the argument must be. A name of several words is as it is, another is
    /// quoted.
    pub(crate) fn throw_argument_type<T>(
        &mut self,
        name: &str,
        must: &str,
        value: R,
    ) -> Outcome<T> {
        let received = self.received(value);
        let what = match name.ends_with(" argument") {
            true => name.to_owned(),
            false if name.contains('.') => format!("\"{name}\" property"),
            false => format!("\"{name}\" argument"),
        };
        let message = format!("The {what} must be {must}. Received {received}");
        self.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_TYPE", &message)
    }

    /// Throws ERR_INVALID_ARG_VALUE.
    pub(crate) fn throw_argument_value<T>(&mut self, name: &str, value: R) -> Outcome<T> {
        self.throw_argument_that(name, "is invalid", value)
    }

    /// As `throw_argument_value`, with what is wrong.
    pub(crate) fn throw_argument_that<T>(&mut self, name: &str, why: &str, value: R) -> Outcome<T> {
        let what = if name.contains('.') { "property" } else { "argument" };
        let shown = self.shown_argument(value);
        let message = format!("The {what} '{name}' {why}. Received {shown}");
        self.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_VALUE", &message)
    }

    /// Throws ERR_OUT_OF_RANGE.
    pub(crate) fn throw_out_of_range<T>(
        &mut self,
        name: &str,
        range: &str,
        value: R,
    ) -> Outcome<T> {
        let shown = self.shown_argument(value);
        let large = match self.type_of(value) {
            Type::BigInt => shown.trim_start_matches('-').len() > 11,
            _ => {
                let number = self.registers().number(value).unwrap_or(0.0);
                number.fract() == 0.0 && number.abs() > 4_294_967_296.0 && number.is_finite()
            }
        };
        let shown = if large { grouped(&shown) } else { shown };
        let message = format!(
            "The value of \"{name}\" is out of range. It must be {range}. Received {shown}"
        );
        self.throw_node_error(ErrorKind::RangeError, "ERR_OUT_OF_RANGE", &message)
    }

    /// A number of a range (`validateNumber`).
    pub(crate) fn check_number(
        &mut self,
        name: &str,
        value: R,
        low: f64,
        high: f64,
    ) -> Outcome<f64> {
        let Some(number) = self.registers().number(value) else {
            return self.throw_argument_type(name, "of type number", value);
        };
        if number < low || number > high || number.is_nan() {
            let range = format!(">= {low} && <= {high}");
            return self.throw_out_of_range(name, &range, value);
        }
        Ok(number)
    }

    /// A whole number of a range (`validateInteger`, `validateOffset`).
    pub(crate) fn check_integer(
        &mut self,
        name: &str,
        value: R,
        low: f64,
        high: f64,
    ) -> Outcome<f64> {
        let Some(number) = self.registers().number(value) else {
            return self.throw_argument_type(name, "of type number", value);
        };
        if number.fract() != 0.0 {
            return self.throw_out_of_range(name, "an integer", value);
        }
        if number < low || number > high {
            let range = format!(">= {low} && <= {high}");
            return self.throw_out_of_range(name, &range, value);
        }
        Ok(number)
    }

    pub(crate) fn check_function(&mut self, name: &str, value: R) -> Outcome {
        if self.is_callable(value) {
            return Ok(());
        }
        self.throw_argument_type(name, "of type function", value)
    }

    /// What an error says that it has received (`determineSpecificType`).
    pub(crate) fn received(&mut self, value: R) -> String {
        match self.type_of(value) {
            Type::Undefined | Type::Hole => "undefined".to_owned(),
            Type::Null => "null".to_owned(),
            Type::Object(_) if self.is_callable(value) => {
                let name = self.scoped(|machine| {
                    let text = machine.temp()?;
                    machine.get_named(text, value, crate::objects::atoms::known::NAME)?;
                    machine.string_of(text)
                });
                format!("function {}", name.unwrap_or_default())
            }
            Type::Object(_) => match self.constructor_name(value) {
                Some(name) => format!("an instance of {name}"),
                None => "[Object: null prototype] {}".to_owned(),
            },
            _ => {
                let atom = self.typeof_atom(value);
                let name = self.atoms.text(atom);
                let mut shown = self.shown_argument(value);
                if shown.chars().count() > 28 {
                    shown = shown.chars().take(25).collect::<String>() + "...";
                }
                format!("type {name} ({shown})")
            }
        }
    }

    /// A value as `util.inspect` shows it, at least if it is a primitive one.
    pub(crate) fn shown_argument(&mut self, value: R) -> String {
        match self.type_of(value) {
            Type::String => {
                let text = self.rust_string(value).unwrap_or_default();
                let quote = match (text.contains('\''), text.contains('"'), text.contains('`')) {
                    (false, ..) => '\'',
                    (_, false, _) => '"',
                    (.., false) => '`',
                    _ => '\'',
                };
                let text = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\0', "\\x00");
                format!("{quote}{text}{quote}")
            }
            Type::Object(_) if self.kind_of(value) == Some(ObjectKind::Array) => {
                let length = self.array_length(value);
                if length == 0 { "[]".to_owned() } else { "[Array]".to_owned() }
            }
            _ => self.inspect(value).unwrap_or_default(),
        }
    }

    /// Defines methods as an assignment does: Node's are enumerable.
    pub(crate) fn define_plain_methods(&mut self, object: R, methods: &[Method]) -> Outcome {
        for (name, length, call) in methods {
            let name = self.atoms.intern_str(name);
            self.scoped(|machine| {
                let function = machine.temp()?;
                machine.new_native(function, name, *length, *call, false)?;
                machine.define_named(object, name, function, Flags::PLAIN)
            })?;
        }
        Ok(())
    }

    /// Lets a constructor inherit from the constructor of a prototype, as `class A extends B` does.
    pub(crate) fn inherit_constructor(&mut self, class: R, prototype: usize) -> Outcome {
        self.scoped(|machine| {
            let parent = machine.temp()?;
            machine.load_root(parent, prototype);
            if !machine.is_object(parent) {
                return Ok(());
            }
            machine.get_named(parent, parent, crate::objects::atoms::known::CONSTRUCTOR)?;
            machine.replace_prototype(class, parent)
        })
    }

    /// Gives a property the value in a register, as an assignment does.
    pub(crate) fn put(&mut self, object: R, name: &str, value: R) -> Outcome {
        let name = self.atoms.intern_str(name);
        self.define_named(object, name, value, Flags::PLAIN)
    }

    /// Reads a property by its name.
    pub(crate) fn get_text(&mut self, to: R, object: R, name: &str) -> Outcome {
        let name = self.atoms.intern_str(name);
        self.get_named(to, object, name)
    }
}

/// A number's digits in groups of three.
fn grouped(text: &str) -> String {
    let end = text.find(|unit: char| !unit.is_ascii_digit() && unit != '-').unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let mut groups = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            groups.push('_');
        }
        groups.push(digit);
    }
    format!("{sign}{groups}{rest}")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn large_numbers_are_shown_in_groups_of_three() {
        assert_eq!(grouped("8589934592"), "8_589_934_592");
        assert_eq!(grouped("-999"), "-999");
        assert_eq!(grouped("18446744073709551616n"), "18_446_744_073_709_551_616n");
    }
}
