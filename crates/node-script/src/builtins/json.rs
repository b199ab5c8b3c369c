//! `JSON`.

use super::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R};
use crate::objects::atoms::{Key, Named, known};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::layout::FIRST;
use crate::objects::number;
use crate::objects::object::Type;
use crate::objects::property::Descriptor;
use crate::thrown::Outcome;

const METHODS: &[Method] = &[("parse", 2, parse), ("stringify", 3, stringify)];

/// Values of an object that wait for it in registers, at most.
const WAITING: usize = 64;

/// An object with this many names or more is a dictionary (V8's `JSObject::kMapCacheSize`).
const MANY: usize = 128;

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let json = machine.temp()?;
    machine.new_namespace(json, "JSON")?;
    machine.define_methods(json, METHODS)?;
    machine.define_tag(json, "JSON")
}

// -- parse ------------------------------------------------------------------------------------------------------

/// Nesting of arrays and objects at the most, beyond which the text is refused.
const MOST_NESTED: usize = 5_000;

struct Parser<'t> {
    text: &'t [u16],
    at: usize,
    depth: usize,
}

impl Machine {
    /// The value that a JSON text is.
    pub(crate) fn json_parse_text(&mut self, to: R, text: &str) -> Outcome {
        let units: Vec<u16> = text.encode_utf16().collect();
        self.json_parse(to, &units)
    }

    fn json_parse(&mut self, to: R, text: &[u16]) -> Outcome {
        let mut parser = Parser { text, at: 0, depth: 0 };
        self.json_value(to, &mut parser)?;
        parser.skip_space();
        match parser.peek() {
            _ if parser.at >= text.len() => Ok(()),
            // What is behind zero and in a text is another token of V8's scanner.
            Some(b'0'..=b'9') if parser.text[parser.at - 1] == u16::from(b'0') => {
                self.json_fault(&parser, "Unexpected number in")
            }
            _ => self.json_fault(&parser, "Unexpected non-whitespace character after"),
        }
    }

    /// Throws what is wrong at the place in a text.
    fn json_fault<T>(&mut self, parser: &Parser<'_>, what: &str) -> Outcome<T> {
        let text = format!("{what} JSON at position {}", parser.at);
        self.throw_json_error(parser, &text)
    }

    fn throw_json_error<T>(&mut self, parser: &Parser<'_>, message: &str) -> Outcome<T> {
        let thrown = self.throw_error(ErrorKind::SyntaxError, message);
        self.note_fault(parser.text, parser.at)?;
        thrown
    }

    fn json_unexpected<T>(&mut self, parser: &Parser<'_>) -> Outcome<T> {
        let shown: String = String::from_utf16_lossy(parser.text);
        let text = match parser.text.get(parser.at) {
            None => "Unexpected end of JSON input".to_owned(),
            Some(unit) => {
                let token = String::from_utf16_lossy(&[*unit]);
                if matches!(shown.as_str(), "undefined" | "NaN" | "Infinity" | "[object Object]") {
                    let text = format!("\"{shown}\" is not valid JSON");
                    return self.throw_json_error(parser, &text);
                }
                let context = match parser.text.len() <= 20 {
                    true => format!("\"{shown}\" is not valid JSON"),
                    false => {
                        let start = parser.at.saturating_sub(10);
                        let end = (parser.at + 10).min(parser.text.len());
                        let part = String::from_utf16_lossy(&parser.text[start..end]);
                        let before = if start > 0 { "..." } else { "" };
                        let after = if end < parser.text.len() { "..." } else { "" };
                        format!("{before}\"{part}\"{after} is not valid JSON")
                    }
                };
                match token.as_str() {
                    "\"" => format!("Unexpected string in JSON at position {}", parser.at),
                    "-" | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" => {
                        format!("Unexpected number in JSON at position {}", parser.at)
                    }
                    _ => format!("Unexpected token '{token}', {context}"),
                }
            }
        };
        self.throw_json_error(parser, &text)
    }

    fn json_value(&mut self, to: R, parser: &mut Parser<'_>) -> Outcome {
        parser.skip_space();
        match parser.peek() {
            Some(b'{') => self.json_object(to, parser),
            Some(b'[') => self.json_array(to, parser),
            Some(b'"') => {
                let text = self.json_string(parser)?;
                self.new_string(to, &text)
            }
            Some(b'-' | b'0'..=b'9') => match parser.number() {
                Ok(number) => self.set_number(to, number),
                Err(what) => self.json_fault(parser, what),
            },
            _ => {
                for (word, value) in [("true", Some(true)), ("false", Some(false)), ("null", None)]
                {
                    if parser.peek() == Some(word.as_bytes()[0]) && parser.word(word) {
                        match value {
                            Some(value) => self.registers().set_bool(to, value),
                            None => self.registers().set_null(to),
                        }
                        return Ok(());
                    }
                }
                self.json_unexpected(parser)
            }
        }
    }

    fn json_enter(&mut self, parser: &mut Parser<'_>) -> Outcome {
        parser.depth += 1;
        parser.at += 1;
        if parser.depth > MOST_NESTED {
            return Err(crate::thrown::Thrown::Overflow);
        }
        Ok(())
    }

    fn json_object(&mut self, to: R, parser: &mut Parser<'_>) -> Outcome {
        self.json_enter(parser)?;
        self.scoped_deeply(|machine| {
            let object = machine.temps(2)?;
            let value = object + 1;
            // Values wait for the object until their number is known: V8 gives it just the room for them.
            let mut keys: Vec<Key> = Vec::new();
            let (mut made, mut named) = (false, 0);
            parser.skip_space();
            if parser.take(b'}') {
                machine.new_object(object, 4)?;
                machine.copy(to, object);
                parser.depth -= 1;
                return Ok(());
            }
            let mut first = true;
            loop {
                parser.skip_space();
                if parser.peek() != Some(b'"') {
                    let what = match first {
                        true => "Expected property name or '}' in",
                        false => "Expected double-quoted property name in",
                    };
                    return machine.json_fault(parser, what);
                }
                let name = machine.json_string(parser)?;
                let key = match crate::parse::names::array_index(name.iter().copied()) {
                    Some(index) => Key::Index(index),
                    None => Key::Name(machine.atoms.intern_weakly(&name)),
                };
                parser.skip_space();
                if !parser.take(b':') {
                    return match first {
                        true => machine.json_fault(parser, "Expected ':' after property name in"),
                        false => machine.json_unexpected(parser),
                    };
                }
                first = false;
                machine.json_value(value, parser)?;
                named += usize::from(matches!(key, Key::Name(_)));
                if made {
                    if named == MANY {
                        machine.make_dictionary(object)?;
                    }
                    machine.define(object, key, value, Flags::PLAIN)?;
                } else {
                    let kept = machine.temp()?;
                    machine.copy(kept, value);
                    keys.push(key);
                }
                if !made && (keys.len() == WAITING || parser.peek_past_space() == Some(b'}')) {
                    made = true;
                    machine.new_object(object, named)?;
                    for (place, key) in keys.iter().enumerate() {
                        machine.define(object, *key, value + 1 + place, Flags::PLAIN)?;
                    }
                }
                parser.skip_space();
                if parser.take(b',') {
                    continue;
                }
                if parser.take(b'}') {
                    machine.copy(to, object);
                    parser.depth -= 1;
                    return Ok(());
                }
                return machine.json_fault(parser, "Expected ',' or '}' after property value in");
            }
        })
    }

    fn json_array(&mut self, to: R, parser: &mut Parser<'_>) -> Outcome {
        self.json_enter(parser)?;
        self.scoped_deeply(|machine| {
            let array = machine.temps(2)?;
            let value = array + 1;
            machine.new_array(array, 0)?;
            parser.skip_space();
            let mut done = parser.take(b']');
            while !done {
                machine.json_value(value, parser)?;
                machine.push(array, value)?;
                parser.skip_space();
                if parser.take(b',') {
                    continue;
                }
                done = parser.take(b']');
                if !done {
                    return machine
                        .json_fault(parser, "Expected ',' or ']' after array element in");
                }
            }
            machine.fit_elements(array)?;
            machine.copy(to, array);
            parser.depth -= 1;
            Ok(())
        })
    }

    fn json_string(&mut self, parser: &mut Parser<'_>) -> Outcome<Vec<u16>> {
        parser.at += 1;
        let mut text = Vec::new();
        loop {
            let Some(unit) = parser.text.get(parser.at).copied() else {
                return self.json_fault(parser, "Unterminated string in");
            };
            parser.at += 1;
            match unit {
                34 => return Ok(text),
                92 => {
                    let escape = parser.text.get(parser.at).copied().unwrap_or(0);
                    parser.at += 1;
                    text.push(match u8::try_from(escape).unwrap_or(0) {
                        b'"' => 34,
                        b'\\' => 92,
                        b'/' => 47,
                        b'b' => 8,
                        b'f' => 12,
                        b'n' => 10,
                        b'r' => 13,
                        b't' => 9,
                        b'u' => match parser.hex() {
                            Some(unit) => unit,
                            None => return self.json_fault(parser, "Bad Unicode escape in"),
                        },
                        _ if parser.at > parser.text.len() => {
                            parser.at -= 1;
                            return self.json_unexpected(parser);
                        }
                        _ => {
                            parser.at -= 1;
                            return self.json_fault(parser, "Bad escaped character in");
                        }
                    });
                }
                0..32 => {
                    parser.at -= 1;
                    return self.json_fault(parser, "Bad control character in string literal in");
                }
                unit => text.push(unit),
            }
        }
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).and_then(|unit| u8::try_from(*unit).ok())
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn peek_past_space(&mut self) -> Option<u8> {
        self.skip_space();
        self.peek()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Whether a word is here; of another, the place is the first character that is wrong.
    fn word(&mut self, word: &str) -> bool {
        let same = |(unit, byte): &(&u16, u8)| **unit == u16::from(*byte);
        let length = self.text[self.at..].iter().zip(word.bytes()).take_while(same).count();
        self.at += length;
        length == word.len()
    }

    fn hex(&mut self) -> Option<u16> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|digit| char::from(digit).to_digit(16))?;
            unit = unit << 4 | digit as u16;
            self.at += 1;
        }
        Some(unit)
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > start
    }

    /// A number, or what V8 says is wrong with it.
    fn number(&mut self) -> Result<f64, &'static str> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && !self.digits() {
            return Err("No number after minus sign in");
        }
        if self.take(b'.') && !self.digits() {
            return Err("Unterminated fractional number in");
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            if !self.digits() {
                return Err("Exponent part is missing a number in");
            }
        }
        let text: String = String::from_utf16_lossy(&self.text[start..self.at]);
        Ok(text.parse().unwrap_or(f64::NAN))
    }
}

impl Machine {
    /// The names of an object's own enumerable properties.
    fn enumerable_keys(&mut self, object: R) -> Outcome<Vec<Key>> {
        let mut keys = Vec::new();
        for key in self.own_keys(object, false)? {
            if self.is_enumerable(object, key)? {
                keys.push(key);
            }
        }
        Ok(keys)
    }
}

fn parse(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.temps(3)?;
    let (holder, value) = (text + 1, text + 2);
    machine.to_string(text, arguments.at(0))?;
    let units = machine.units(text)?;
    machine.json_parse(value, &units)?;
    if machine.is_callable(arguments.at(1)) {
        machine.new_object(holder, 4)?;
        machine.define_named(holder, known::EMPTY, value, Flags::PLAIN)?;
        revive(machine, value, holder, Key::Name(known::EMPTY), arguments.at(1))?;
    }
    Ok(value)
}

/// Lets the reviver have its say on a property and all inside.
fn revive(machine: &mut Machine, to: R, holder: R, key: Key, reviver: R) -> Outcome {
    machine.scoped_deeply(|machine| {
        let value = machine.temps(3)?;
        let (part, name) = (value + 1, value + 2);
        machine.get(value, holder, key)?;
        if machine.is_object(value) {
            let keys: Vec<Key> = if machine.is_array(value)? {
                let length = machine.length_of(value)?;
                (0..length).map(|at| machine.place_key(at)).collect()
            } else {
                machine.enumerable_keys(value)?
            };
            for key in keys {
                revive(machine, part, value, key, reviver)?;
                // What cannot be changed stays.
                if machine.is_undefined(part) {
                    machine.delete(value, key)?;
                } else {
                    machine.define_own(value, key, &Descriptor::data(part, Flags::PLAIN))?;
                }
            }
        }
        machine.key_value(name, key)?;
        machine.call(to, reviver, holder, &[name, value])
    })
}

// -- stringify --------------------------------------------------------------------------------------------------

/// The first object of a circle that an error leaves out.
const FIRST_SKIPPED: usize = 3;

struct Writer {
    out: Vec<u16>,
    gap: Vec<u16>,
    indent: Vec<u16>,
    replacer: Option<R>,
    names: Option<Vec<Key>>,
    around: Vec<Around>,
}

/// An object that is being written.
#[derive(Clone, Copy)]
struct Around {
    identity: u32,
    /// The property that has led to it.
    key: Key,
    object: R,
    array: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.out.extend(text.encode_utf16());
    }

    fn line(&mut self) {
        if !self.gap.is_empty() {
            self.out.push(10);
            self.out.extend_from_slice(&self.indent);
        }
    }

    fn quote(&mut self, text: &[u16]) {
        self.out.push(34);
        for (place, unit) in text.iter().copied().enumerate() {
            match unit {
                34 => self.text("\\\""),
                92 => self.text("\\\\"),
                8 => self.text("\\b"),
                12 => self.text("\\f"),
                10 => self.text("\\n"),
                13 => self.text("\\r"),
                9 => self.text("\\t"),
                0..32 => self.text(&format!("\\u{unit:04x}")),
                0xD800..=0xDFFF => {
                    let high = |unit: u16| (0xD800..0xDC00).contains(&unit);
                    let low = |unit: u16| (0xDC00..0xE000).contains(&unit);
                    let next = text.get(place + 1).copied().unwrap_or(0);
                    let before = place.checked_sub(1).map_or(0, |before| text[before]);
                    if high(unit) && low(next) || low(unit) && high(before) {
                        self.out.push(unit);
                    } else {
                        self.text(&format!("\\u{unit:04x}"));
                    }
                }
                unit => self.out.push(unit),
            }
        }
        self.out.push(34);
    }
}

fn stringify(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let holder = machine.temps(2)?;
    let value = holder + 1;
    let mut writer = Writer {
        out: Vec::new(),
        gap: Vec::new(),
        indent: Vec::new(),
        replacer: None,
        names: None,
        around: Vec::new(),
    };
    if machine.is_callable(arguments.at(1)) {
        writer.replacer = Some(arguments.at(1));
    } else if machine.is_array(arguments.at(1))? {
        let mut names: Vec<Key> = Vec::new();
        for place in 0..machine.length_of(arguments.at(1))? {
            machine.get_place(value, arguments.at(1), place)?;
            let fits = machine.type_of(value).is_number()
                || machine.is_string(value)
                || matches!(machine.kind_of(value), Some(ObjectKind::Number | ObjectKind::String));
            if fits {
                machine.to_string(value, value)?;
                let key = machine.to_key(value)?;
                if !names.contains(&key) {
                    names.push(key);
                }
            }
        }
        writer.names = Some(names);
    }
    let space = arguments.at(2);
    match machine.kind_of(space) {
        Some(ObjectKind::Number) => {
            let number = machine.to_number(space)?;
            machine.set_number(value, number)?;
        }
        Some(ObjectKind::String) => machine.to_string(value, space)?,
        _ => machine.copy(value, space),
    }
    if machine.type_of(value).is_number() {
        let width = machine.to_integer(value)?.clamp(0.0, 10.0) as usize;
        writer.gap = vec![32; width];
    } else if machine.is_string(value) {
        writer.gap = machine.units(value)?.into_iter().take(10).collect();
    }
    machine.new_object(holder, 4)?;
    machine.define_named(holder, known::EMPTY, arguments.at(0), Flags::PLAIN)?;
    let key = Key::Name(known::EMPTY);
    if !write_property(machine, &mut writer, holder, key, arguments.at(0))? {
        return machine.give_undefined();
    }
    machine.new_string(0, &writer.out)?;
    Ok(0)
}

/// Writes a property's value; whether it has one that JSON knows.
fn write_property(
    machine: &mut Machine,
    writer: &mut Writer,
    holder: R,
    key: Key,
    value: R,
) -> Outcome<bool> {
    machine.scoped_deeply(|machine| {
        let own = machine.temps(3)?;
        let (method, name) = (own + 1, own + 2);
        machine.copy(own, value);
        if machine.is_object(own) || machine.type_of(own) == Type::BigInt {
            machine.get_named(method, own, known::TO_JSON)?;
            if machine.is_callable(method) {
                machine.key_value(name, key)?;
                machine.call(own, method, own, &[name])?;
            }
        }
        if let Some(replacer) = writer.replacer {
            machine.key_value(name, key)?;
            machine.call(own, replacer, holder, &[name, own])?;
        }
        match machine.kind_of(own) {
            Some(ObjectKind::Number) => {
                let number = machine.to_number(own)?;
                machine.set_number(own, number)?;
            }
            Some(ObjectKind::String) => machine.to_string(own, own)?,
            Some(ObjectKind::Boolean | ObjectKind::BigInt) => {
                machine.registers().load(own, own, FIRST)?;
            }
            _ => {}
        }
        match machine.type_of(own) {
            Type::Null => writer.text("null"),
            Type::Bool(value) => writer.text(if value { "true" } else { "false" }),
            Type::Smi(number) => writer.text(&number.to_string()),
            Type::Double => {
                let number = machine.number(own);
                let text = number::to_text(number);
                writer.text(if number.is_finite() { &text } else { "null" });
            }
            Type::String => {
                let text = machine.units(own)?;
                writer.quote(&text);
            }
            Type::BigInt => {
                return machine.throw_type_error("Do not know how to serialize a BigInt");
            }
            Type::Object(_) if !machine.is_callable(own) => {
                write_object(machine, writer, key, own)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    })
}

/// The error of a circle from the first of some objects through the others (V8's `CircularStructureMessageBuilder`).
fn throw_circular(machine: &mut Machine, circle: &[Around], closing: Key) -> Outcome {
    let spelled = |machine: &Machine, holder: Around, key: Key| match key {
        Key::Index(index) if holder.array => format!("index {index}"),
        Key::Name(known::EMPTY) => "<anonymous>".to_owned(),
        key => format!("property '{}'", machine.key_text(key)),
    };
    let mut text = "Converting circular structure to JSON".to_owned();
    let last = circle.len() - 1;
    for (place, around) in circle.iter().enumerate() {
        let name = machine.constructor_name(around.object).unwrap_or_else(|| "Object".to_owned());
        let key = spelled(machine, circle[place.saturating_sub(1)], around.key);
        let line = match place {
            0 => format!("\n    --> starting at object with constructor '{name}'"),
            FIRST_SKIPPED if place < last => "\n    |     ...".to_owned(),
            _ if place > FIRST_SKIPPED && place < last => continue,
            _ => format!("\n    |     {key} -> object with constructor '{name}'"),
        };
        text.push_str(&line);
    }
    let key = spelled(machine, circle[last], closing);
    machine.throw_type_error(&format!("{text}\n    --- {key} closes the circle"))
}

fn write_object(machine: &mut Machine, writer: &mut Writer, key: Key, object: R) -> Outcome {
    let identity = machine.registers().identity_hash(object)?;
    if let Some(first) = writer.around.iter().position(|around| around.identity == identity) {
        return throw_circular(machine, &writer.around[first..], key);
    }
    if writer.around.len() > MOST_NESTED {
        return Err(crate::thrown::Thrown::Overflow);
    }
    let array = machine.is_array(object)?;
    writer.around.push(Around { identity, key, object, array });
    let outer = writer.indent.len();
    let gap = writer.gap.clone();
    writer.indent.extend_from_slice(&gap);
    machine.scoped_deeply(|machine| {
        let value = machine.temp()?;
        let mut any = false;
        writer.out.push(if array { 91 } else { 123 });
        if array {
            for place in 0..machine.length_of(object)? {
                if any {
                    writer.out.push(44);
                }
                any = true;
                writer.line();
                let key = machine.place_key(place);
                machine.get(value, object, key)?;
                if !write_property(machine, writer, object, key, value)? {
                    writer.text("null");
                }
            }
        } else {
            let keys = match &writer.names {
                Some(names) => names.clone(),
                None => machine.enumerable_keys(object)?,
            };
            for key in keys {
                machine.get(value, object, key)?;
                let before = writer.out.len();
                if any {
                    writer.out.push(44);
                }
                writer.line();
                match key {
                    Key::Name(name) if let Some(Named::Text(name)) = machine.atoms.named(name) => {
                        writer.quote(name);
                    }
                    key => {
                        let name: Vec<u16> = machine.key_text(key).encode_utf16().collect();
                        writer.quote(&name);
                    }
                }
                writer.out.push(58);
                if !writer.gap.is_empty() {
                    writer.out.push(32);
                }
                if write_property(machine, writer, object, key, value)? {
                    any = true;
                } else {
                    writer.out.truncate(before);
                }
            }
        }
        writer.indent.truncate(outer);
        if any {
            writer.line();
        }
        writer.out.push(if array { 93 } else { 125 });
        Ok(())
    })?;
    writer.around.pop();
    Ok(())
}
