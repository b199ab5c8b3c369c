//! `util`: inspecting and formatting values, and what programs use to say what a value is.

use super::check_options::{flag, whole};
use super::inspect::{CUSTOM, Style, number, style_object};
use crate::builtins::Method;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::{Arguments, Callable};
use crate::objects::object::Type;
use crate::thrown::Outcome;

const METHODS: &[Method] = &[
    ("format", 0, format),
    ("formatWithOptions", 1, format_with_options),
    ("isArray", 1, |machine, arguments| is_kind(machine, arguments, &[ObjectKind::Array])),
];

/// What is written in JavaScript.
const LAZY: &[&str] = &[
    "aborted",
    "callbackify",
    "debug",
    "debuglog",
    "deprecate",
    "getSystemErrorName",
    "inherits",
    "isDeepStrictEqual",
    "MIMEType",
    "parseArgs",
    "promisify",
    "stripVTControlCharacters",
    "styleText",
    "toUSVString",
    "TextDecoder",
    "TextEncoder",
    "_extend",
    "isBoolean",
    "isBuffer",
    "isDate",
    "isError",
    "isFunction",
    "isNull",
    "isNullOrUndefined",
    "isNumber",
    "isObject",
    "isPrimitive",
    "isRegExp",
    "isString",
    "isSymbol",
    "isUndefined",
];

/// The kinds of objects that the functions of `util.types` ask for.
macro_rules! types {
    ($($name:literal: $pattern:pat,)*) => {
        &[$(($name, 1, |machine, arguments| {
            let kind = machine.kind_of(arguments.at(0));
            machine.give_bool(matches!(kind, Some($pattern)))
        })),*]
    };
}

use ObjectKind as Is;

const TYPES: &[Method] = types! {
    "isAnyArrayBuffer": Is::ArrayBuffer | Is::SharedArrayBuffer,
    "isArgumentsObject": Is::Arguments | Is::PlainArguments,
    "isArrayBuffer": Is::ArrayBuffer,
    "isBigIntObject": Is::BigInt,
    "isBooleanObject": Is::Boolean,
    "isBoxedPrimitive": Is::Boolean | Is::Number | Is::String | Is::Symbol | Is::BigInt,
    "isDataView": Is::DataView,
    "isDate": Is::Date,
    "isGeneratorObject": Is::Generator | Is::AsyncGenerator,
    "isMap": Is::Map,
    "isMapIterator": Is::MapIterator(_),
    "isModuleNamespaceObject": Is::Namespace,
    "isNativeError": Is::Error,
    "isNumberObject": Is::Number,
    "isPromise": Is::Promise,
    "isProxy": Is::Proxy,
    "isRegExp": Is::RegExp,
    "isSet": Is::Set,
    "isSetIterator": Is::SetIterator(_),
    "isSharedArrayBuffer": Is::SharedArrayBuffer,
    "isStringObject": Is::String,
    "isSymbolObject": Is::Symbol,
    "isTypedArray": Is::TypedArray,
    "isWeakMap": Is::WeakMap,
    "isWeakSet": Is::WeakSet,
};

/// Functions of `util.types` that ask for more than a kind.
const FINER_TYPES: &[Method] = &[
    ("isArrayBufferView", 1, |machine, arguments| {
        is_kind(machine, arguments, &[ObjectKind::TypedArray, ObjectKind::DataView])
    }),
    ("isAsyncFunction", 1, |machine, arguments| {
        is_function(machine, arguments, |code| code.is_async)
    }),
    ("isExternal", 1, |machine, _| machine.give_bool(false)),
    ("isGeneratorFunction", 1, |machine, arguments| {
        is_function(machine, arguments, |code| code.is_generator)
    }),
    ("isUint8Array", 1, |machine, arguments| {
        let is = machine.is_uint8_array(arguments.at(0))?;
        machine.give_bool(is)
    }),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let function = machine.temps(2)?;
    let name = machine.atoms.intern_str("inspect");
    machine.new_native(function, name, 2, inspect, false)?;
    let custom = machine.shared_symbol(CUSTOM);
    machine.atom_value(function + 1, custom)?;
    let key = machine.atoms.intern_str("custom");
    machine.define_named(function, key, function + 1, Flags::PLAIN)?;
    machine.store_root(roots::INSPECT, function);
    let style = Style::default();
    let depth = machine.temp()?;
    machine.set_number(depth, 2.0)?;
    style_object(machine, function + 1, &style, depth)?;
    let key = machine.atoms.intern_str("defaultOptions");
    machine.define_named(function, key, function + 1, Flags::PLAIN)
}

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    let util = machine.temps(2)?;
    machine.new_object(util, 8)?;
    machine.load_root(util + 1, roots::INSPECT);
    let inspect = machine.atoms.intern_str("inspect");
    machine.define_named(util, inspect, util + 1, Flags::PLAIN)?;
    machine.define_plain_methods(util, METHODS)?;
    make_types(machine, util + 1)?;
    machine.lazy_properties(util, "internal/util", Flags::PLAIN, LAZY)?;
    let types = machine.atoms.intern_str("types");
    machine.define_named(util, types, util + 1, Flags::PLAIN)?;
    machine.copy(to, util);
    Ok(())
}

/// `util.types`.
fn make_types(machine: &mut Machine, to: R) -> Outcome {
    machine.scoped(|machine| {
        let types = machine.temp()?;
        machine.new_object(types, 8)?;
        machine.define_methods(types, TYPES)?;
        machine.define_methods(types, FINER_TYPES)?;
        machine.copy(to, types);
        Ok(())
    })
}

// -- inspect ----------------------------------------------------------------------------------------------------

fn inspect(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let mut style = Style::default();
    let options = arguments.at(1);
    match machine.type_of(options) {
        Type::Object(_) => style = read_style(machine, options)?,
        // The old form: showHidden, depth, colors.
        Type::Bool(hidden) => {
            style.show_hidden = hidden;
            if !machine.is_undefined(arguments.at(2)) {
                style.depth = depth_of(machine, arguments.at(2))?;
            }
        }
        _ => {}
    }
    let text = machine.inspect_with(arguments.at(0), &style)?;
    machine.give_text(&text)
}

/// A depth: `null` and infinity are none.
fn depth_of(machine: &mut Machine, value: R) -> Outcome<Option<i64>> {
    if machine.is_null(value) {
        return Ok(None);
    }
    let depth = machine.to_number(value)?;
    Ok(depth.is_finite().then_some(depth as i64))
}

/// The style that an object of options tells.
fn read_style(machine: &mut Machine, options: R) -> Outcome<Style> {
    let mut style = Style::default();
    let value = machine.temp()?;
    let name = machine.atoms.intern_str("depth");
    machine.get_named(value, options, name)?;
    if !machine.is_undefined(value) {
        style.depth = depth_of(machine, value)?;
    }
    style.show_hidden = flag(machine, options, "showHidden", false)?;
    style.custom = flag(machine, options, "customInspect", true)?;
    style.proxies = flag(machine, options, "showProxy", false)?;
    style.sorted = flag(machine, options, "sorted", false)?;
    style.getters = flag(machine, options, "getters", false)?;
    style.width = whole(machine, options, "breakLength", style.width)?;
    style.elements = whole(machine, options, "maxArrayLength", style.elements)?;
    style.characters = whole(machine, options, "maxStringLength", style.characters)?;
    let name = machine.atoms.intern_str("compact");
    machine.get_named(value, options, name)?;
    style.compact = match machine.type_of(value) {
        Type::Bool(false) => 0,
        Type::Smi(levels) => i64::from(levels),
        _ => style.compact,
    };
    Ok(style)
}

// -- format -----------------------------------------------------------------------------------------------------

fn format(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.format(arguments.at(0), arguments.count)?;
    machine.give_text(&text)
}

/// `util.formatWithOptions(options, ...)`: the options do not change what this prints, but for colours, which are not printed.
fn format_with_options(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.format(arguments.at(1), arguments.count.saturating_sub(1))?;
    machine.give_text(&text)
}

impl Machine {
    /// `util.format` of values in a row of registers: what `console.log` prints.
    pub(crate) fn format(&mut self, first: R, count: usize) -> Outcome<String> {
        let mut text = String::new();
        let mut used = 0;
        if count > 0 && self.is_string(first) {
            let format = self.rust_string(first)?;
            used = 1;
            match count == 1 {
                true => return Ok(format),
                false => self.fill_in(&mut text, &format, first, count, &mut used)?,
            }
        }
        for place in used..count {
            if place > 0 {
                text.push(' ');
            }
            let shown = self.scoped(|machine| machine.inspect(first + place))?;
            text.push_str(&shown);
        }
        Ok(text)
    }

    fn fill_in(
        &mut self,
        text: &mut String,
        format: &str,
        first: R,
        count: usize,
        used: &mut usize,
    ) -> Outcome {
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            text.push_str(&rest[..at]);
            let letter = rest[at + 1..].chars().next();
            match letter {
                Some('%') => text.push('%'),
                Some(letter @ ('s' | 'd' | 'i' | 'f' | 'j' | 'o' | 'O' | 'c')) if *used < count => {
                    let value = first + *used;
                    *used += 1;
                    let shown = self.scoped(|machine| machine.fill_one(letter, value))?;
                    text.push_str(&shown);
                }
                _ => {
                    text.push('%');
                    rest = &rest[at + 1..];
                    continue;
                }
            }
            rest = &rest[at + 2..];
        }
        text.push_str(rest);
        Ok(())
    }

    fn fill_one(&mut self, letter: char, value: R) -> Outcome<String> {
        let found = self.type_of(value);
        match letter {
            's' => match found {
                Type::Smi(_) | Type::Double => Ok(number(self.number(value))),
                Type::BigInt => Ok(format!("{}n", self.show(value))),
                Type::Object(_) if self.is_callable(value) || self.has_own_text(value)? => {
                    self.string_of(value)
                }
                Type::Object(_) => {
                    self.inspect_with(value, &Style { depth: Some(0), ..Style::default() })
                }
                _ => Ok(self.show(value)),
            },
            'd' | 'i' | 'f' => match found {
                Type::BigInt if letter != 'f' => Ok(format!("{}n", self.show(value))),
                Type::Symbol(_) => Ok("NaN".to_owned()),
                Type::Object(_) if letter == 'd' => self.as_number(value, "Number"),
                _ if letter == 'd' => Ok(number(self.to_number(value)?)),
                Type::Object(_) if letter == 'i' => self.as_number(value, "parseInt"),
                _ if letter == 'i' => self.as_number(value, "parseInt"),
                _ => self.as_number(value, "parseFloat"),
            },
            'j' => self.as_json(value),
            'O' => self.inspect_with(value, &Style::default()),
            'o' => {
                let style =
                    Style { show_hidden: true, proxies: true, depth: Some(4), ..Style::default() };
                self.inspect_with(value, &style)
            }
            _ => Ok(String::new()),
        }
    }

    /// What a global function makes of a value, a number.
    fn as_number(&mut self, value: R, function: &str) -> Outcome<String> {
        let global = self.temps(2)?;
        self.load_root(global, roots::GLOBAL);
        let function = self.atoms.intern_str(function);
        self.call_method(global + 1, global, function, &[value])?;
        Ok(number(self.number(global + 1)))
    }

    fn as_json(&mut self, value: R) -> Outcome<String> {
        let json = self.temps(2)?;
        self.load_root(json, roots::GLOBAL);
        let name = self.atoms.intern_str("JSON");
        self.get_named(json, json, name)?;
        let stringify = self.atoms.intern_str("stringify");
        match self.call_method(json + 1, json, stringify, &[value]) {
            Ok(()) => self.string_of(json + 1),
            Err(thrown) => {
                self.catch(json, thrown)?;
                let head = self.error_head(json)?;
                if head.contains("circular structure") {
                    return Ok("[Circular]".to_owned());
                }
                self.throw(json)
            }
        }
    }

    /// Whether a program has given an object a text of its own: a method `toString`, its own or its class's.
    fn has_own_text(&mut self, object: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let holder = machine.temps(2)?;
            let value = holder + 1;
            machine.get_named(value, object, known::TO_STRING)?;
            if !machine.is_callable(value) || machine.kind_of(object) == Some(ObjectKind::Proxy) {
                return Ok(false);
            }
            machine.copy(holder, object);
            let mut own = true;
            while machine.own_flags(holder, known::TO_STRING.into())?.is_none() {
                own = false;
                machine.prototype_of(holder, holder)?;
                if !machine.is_object(holder) {
                    return Ok(false);
                }
            }
            if own {
                return Ok(true);
            }
            machine.own_property(value, holder, known::CONSTRUCTOR.into())?;
            let code = machine.code_of(value);
            Ok(!code.is_some_and(|code| matches!(machine.codes.get(code), Callable::Native(_))))
        })
    }
}

// -- the rest ---------------------------------------------------------------------------------------------------

fn is_kind(machine: &mut Machine, arguments: Arguments, kinds: &[ObjectKind]) -> Outcome<R> {
    let kind = machine.kind_of(arguments.at(0));
    machine.give_bool(kind.is_some_and(|kind| kinds.contains(&kind)))
}

fn is_function(
    machine: &mut Machine,
    arguments: Arguments,
    test: fn(&crate::compile::code::Template) -> bool,
) -> Outcome<R> {
    let code = machine.code_of(arguments.at(0));
    let found = code.and_then(|code| machine.codes.template(code).cloned());
    machine.give_bool(found.is_some_and(|code| test(&code)))
}
