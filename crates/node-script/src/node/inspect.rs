//! `util.inspect`: any value as a text for people, as Node's `console.log` prints it.
//!
//! The rules are those of Node 20's `lib/internal/util/inspect.js`: what an object is called, which of its properties are
//! shown, how deep, and when what is shown goes onto one line, into columns or onto a line each. Values stay in registers;
//! texts are Rust's, so that printing allocates nothing in the heap but for what the program's own code does.

mod constructor;
mod error;
mod inspector;
mod lines;
mod list;
mod style;
mod text;

use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Atom, Key, known};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::layout::FIRST;
use crate::objects::object::Type;
use crate::objects::promise::{PENDING, REJECTED, RESULT};
use crate::objects::proxy::TARGET;
use crate::thrown::{Outcome, Thrown};
use inspector::{Inspector, Shown};
pub(crate) use style::Style;
pub(super) use style::{CUSTOM, style_object};
pub(super) use text::{number, quoted};

/// Stack of Rust's that a level needs at the most.
const RED_ZONE: usize = 128 << 10;
const SEGMENT: usize = 1 << 20;

impl Machine {
    /// A value as `console.log` prints it behind other values: a string is itself.
    pub(crate) fn inspect(&mut self, value: R) -> Outcome<String> {
        match self.type_of(value) {
            Type::String => self.rust_string(value),
            _ => self.inspect_with(value, &Style::default()),
        }
    }

    /// `util.inspect(value, style)`.
    pub(crate) fn inspect_with(&mut self, value: R, style: &Style) -> Outcome<String> {
        let mut inspector = Inspector {
            style: style.clone(),
            seen: Vec::new(),
            circular: Vec::new(),
            indentation: 0,
            current: 0,
        };
        inspector.value(self, value, 0)
    }

    /// The symbol of `Symbol.for(key)`.
    pub(crate) fn shared_symbol(&mut self, key: &str) -> Atom {
        let units: Vec<u16> = key.encode_utf16().collect();
        self.atoms.shared_symbol(&units)
    }
}

/// An object's parts, until they are put together.
struct Parts {
    base: String,
    open: String,
    close: &'static str,
    keys: Vec<Key>,
    /// An array's: many are put into columns.
    is_list: bool,
}

impl Inspector {
    fn value(&mut self, machine: &mut Machine, value: R, level: i64) -> Outcome<String> {
        stacker::maybe_grow(RED_ZONE, SEGMENT, || {
            machine.scoped(|machine| match machine.is_object(value) {
                true => self.object(machine, value, level),
                false => self.primitive(machine, value),
            })
        })
    }

    fn primitive(&mut self, machine: &mut Machine, value: R) -> Outcome<String> {
        match machine.type_of(value) {
            Type::String => {
                let units = machine.units(value)?;
                let room = self.style.width.saturating_sub(self.indentation + 4);
                Ok(text::string(&units, self.style.characters, room, self.indentation))
            }
            Type::Smi(small) => Ok(small.to_string()),
            Type::Double => Ok(number(machine.number(value))),
            Type::BigInt => Ok(format!("{}n", machine.show(value))),
            _ => Ok(machine.show(value)),
        }
    }

    fn object(&mut self, machine: &mut Machine, value: R, level: i64) -> Outcome<String> {
        let object = machine.temp()?;
        machine.copy(object, value);
        while machine.kind_of(object) == Some(ObjectKind::Proxy) {
            if self.style.proxies {
                return self.proxy(machine, object, level);
            }
            machine.registers().load(object, object, TARGET)?;
        }
        if !machine.is_object(object) {
            return Ok("<Revoked Proxy>".to_owned());
        }
        if self.style.custom
            && let Some(text) = self.custom(machine, object, level)?
        {
            return Ok(text);
        }
        for place in 0..self.seen.len() {
            if machine.is_same(self.seen[place], object) {
                let identity = machine.registers().identity_hash(object)?;
                let known = self.circular.iter().position(|known| *known == identity);
                let number = known.unwrap_or_else(|| {
                    self.circular.push(identity);
                    self.circular.len() - 1
                });
                return Ok(format!("[Circular *{}]", number + 1));
            }
        }
        let (seen, indentation) = (self.seen.len(), self.indentation);
        match self.raw(machine, object, level) {
            // What is too deep to be shown is told where the stack ends (Node's `handleMaxCallStackSize`).
            Err(Thrown::Overflow) => {
                self.seen.truncate(seen);
                self.indentation = indentation;
                let is_array = machine.kind_of(object) == Some(ObjectKind::Array);
                let name = if is_array { "Array" } else { "Object" };
                let told = "Inspection interrupted prematurely. Maximum call stack size exceeded.";
                Ok(format!("[{name}: {told}]"))
            }
            shown => shown,
        }
    }

    fn proxy(&mut self, machine: &mut Machine, proxy: R, level: i64) -> Outcome<String> {
        if self.style.depth.is_some_and(|depth| level > depth) {
            return Ok("Proxy [Array]".to_owned());
        }
        let target = machine.temps(2)?;
        machine.registers().load(target, proxy, TARGET)?;
        machine.registers().load(target + 1, proxy, crate::objects::proxy::HANDLER)?;
        self.indentation += 2;
        let parts =
            [self.value(machine, target, level + 1)?, self.value(machine, target + 1, level + 1)?];
        self.indentation -= 2;
        let braces = lines::Braces { base: "", open: "Proxy [", close: "]" };
        self.put_together(machine, parts.into(), &braces, None, level + 1)
    }

    /// What the object's own `[nodejs.util.inspect.custom]` says, or Buffer's.
    fn custom(&mut self, machine: &mut Machine, object: R, level: i64) -> Outcome<Option<String>> {
        let key = machine.shared_symbol(CUSTOM);
        let function = machine.temps(5)?;
        let (depth, options, inspect, result) =
            (function + 1, function + 2, function + 3, function + 4);
        machine.get_named(function, object, key)?;
        if !machine.is_callable(function) {
            return match self.is_buffer(machine, object)? {
                true => self.buffer(machine, object).map(Some),
                false => Ok(None),
            };
        }
        machine.load_root(inspect, roots::INSPECT);
        if machine.is_same(function, inspect) {
            return Ok(None);
        }
        match self.style.depth {
            Some(levels) => machine.set_number(depth, (levels - level) as f64)?,
            None => machine.set_number(depth, f64::INFINITY)?,
        }
        style_object(machine, options, &self.style, depth)?;
        let stylize = machine.atoms.intern_str("stylize");
        machine.define_method(options, stylize, 2, style::stylize)?;
        machine.call(result, function, object, &[depth, options, inspect])?;
        if machine.is_same(result, object) {
            return Ok(None);
        }
        if machine.is_string(result) {
            let line = format!("\n{}", " ".repeat(self.indentation));
            return Ok(Some(machine.rust_string(result)?.replace('\n', &line)));
        }
        match machine.is_object(result) {
            true => self.value(machine, result, level).map(Some),
            false => Ok(Some(machine.show(result))),
        }
    }

    fn is_buffer(&mut self, machine: &mut Machine, object: R) -> Outcome<bool> {
        if machine.kind_of(object) != Some(ObjectKind::TypedArray) {
            return Ok(false);
        }
        let holder = machine.temps(2)?;
        machine.load_root(holder + 1, roots::BUFFER_PROTOTYPE);
        machine.copy(holder, object);
        while machine.is_object(holder) {
            if machine.is_same(holder, holder + 1) {
                return Ok(true);
            }
            machine.prototype_of(holder, holder)?;
        }
        Ok(false)
    }

    /// An object without what it says of itself.
    fn raw(&mut self, machine: &mut Machine, object: R, level: i64) -> Outcome<String> {
        let constructor = self.constructor(machine, object, level)?;
        let tag = self.tag(machine, object)?;
        let mut kind = machine.kind_of(object).unwrap_or(ObjectKind::Ordinary);
        if kind == ObjectKind::Ordinary && machine.inherits_error(object)? {
            kind = ObjectKind::Error;
        }
        let name = Name { constructor: constructor.as_deref(), tag: &tag };
        let prefix = |fallback: &str, size: &str| name.prefix(fallback, size);
        let is_list = matches!(kind, ObjectKind::Array | ObjectKind::TypedArray);
        let mut keys = self.keys(machine, object, is_list)?;
        let none = keys.is_empty();
        let mut base = String::new();
        let mut open = "{".to_owned();
        let mut close = "}";
        match kind {
            ObjectKind::Array | ObjectKind::TypedArray => {
                let length = match kind {
                    ObjectKind::Array => machine.array_length(object),
                    _ => machine.typed_length(object)?,
                };
                let plain = kind == ObjectKind::Array && name.is("Array");
                let prefix = match plain {
                    true => String::new(),
                    false => prefix("Array", &format!("({length})")),
                };
                (open, close) = (format!("{prefix}["), "]");
                if length == 0 && none {
                    return Ok(format!("{open}]"));
                }
            }
            ObjectKind::Set | ObjectKind::Map => {
                let size = list::size(machine, object)?;
                let fallback = if kind == ObjectKind::Set { "Set" } else { "Map" };
                let prefix = prefix(fallback, &format!("({size})"));
                if size == 0 && none {
                    return Ok(format!("{prefix}{{}}"));
                }
                open = format!("{prefix}{{");
            }
            ObjectKind::Arguments | ObjectKind::PlainArguments => {
                open = "[Arguments] {".to_owned();
                if none {
                    return Ok("[Arguments] {}".to_owned());
                }
            }
            ObjectKind::Function | ObjectKind::BoundFunction => {
                base = self.function(machine, object, &name)?;
                if none {
                    return Ok(base);
                }
            }
            ObjectKind::RegExp | ObjectKind::Date => {
                base = match kind {
                    ObjectKind::Date => list::date(machine, object)?,
                    _ => list::regular_expression(machine, object)?,
                };
                let fallback = if kind == ObjectKind::Date { "Date" } else { "RegExp" };
                let prefix = prefix(fallback, "");
                if prefix.trim_end() != fallback {
                    base = format!("{prefix}{base}");
                }
                if none {
                    return Ok(base);
                }
            }
            ObjectKind::Error => {
                base = self.error(machine, object, &name, &mut keys)?;
                if keys.is_empty() {
                    return Ok(base);
                }
            }
            ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer => {
                let is_shared = kind == ObjectKind::SharedArrayBuffer;
                let prefix =
                    prefix(if is_shared { "SharedArrayBuffer" } else { "ArrayBuffer" }, "");
                open = format!("{prefix}{{");
                keys.insert(0, machine.text_key("byteLength"));
            }
            ObjectKind::DataView => {
                open = format!("{}{{", prefix("DataView", ""));
                for key in ["buffer", "byteOffset", "byteLength"] {
                    keys.insert(0, machine.text_key(key));
                }
            }
            ObjectKind::Namespace => open = format!("{}{{", prefix("Module", "")),
            ObjectKind::MapIterator(gives) => open = list::iterator_brace("Map", gives),
            ObjectKind::SetIterator(gives) => open = list::iterator_brace("Set", gives),
            ObjectKind::Promise => open = format!("{}{{", prefix("Promise", "")),
            ObjectKind::WeakSet => open = format!("{}{{", prefix("WeakSet", "")),
            ObjectKind::WeakMap => open = format!("{}{{", prefix("WeakMap", "")),
            ObjectKind::Number
            | ObjectKind::String
            | ObjectKind::Boolean
            | ObjectKind::BigInt
            | ObjectKind::Symbol => {
                base = self.wrapper(machine, object, kind, &name, &mut keys)?;
                if keys.is_empty() {
                    return Ok(base);
                }
            }
            _ => {
                if !name.is("Object") {
                    open = format!("{}{{", prefix("Object", ""));
                }
                if none {
                    return Ok(format!("{open}}}"));
                }
            }
        }
        if self.style.depth.is_some_and(|depth| level > depth) {
            return Ok(match constructor.as_deref() {
                Some("Array") if kind == ObjectKind::Array => "[Array]".to_owned(),
                _ => format!("[{}]", prefix("Object", "").trim_end()),
            });
        }
        let parts = Parts { base, open, close, keys, is_list };
        self.contents(machine, object, kind, level + 1, parts)
    }

    /// The object's contents and properties, put together.
    fn contents(
        &mut self,
        machine: &mut Machine,
        object: R,
        kind: ObjectKind,
        level: i64,
        parts: Parts,
    ) -> Outcome<String> {
        let Parts { mut base, open, close, keys, is_list } = parts;
        self.seen.push(object);
        self.current = level;
        let shown = self.entries(machine, object, kind, level, &keys);
        self.seen.pop();
        let mut shown = shown?;
        let identity = machine.registers().identity_hash(object)?;
        if let Some(number) = self.circular.iter().position(|known| *known == identity) {
            let space = if base.is_empty() { "" } else { " " };
            base = format!("<ref *{}>{space}{base}", number + 1);
        }
        if self.style.sorted && !is_list {
            shown.sort();
        }
        let braces = lines::Braces { base: &base, open: &open, close };
        self.put_together(machine, shown, &braces, is_list.then_some(object), level)
    }

    fn entries(
        &mut self,
        machine: &mut Machine,
        object: R,
        kind: ObjectKind,
        level: i64,
        keys: &[Key],
    ) -> Outcome<Vec<String>> {
        let mut shown = match kind {
            ObjectKind::Array => self.array(machine, object, level)?,
            ObjectKind::TypedArray => self.typed_array(machine, object)?,
            ObjectKind::Set => self.set(machine, object, level)?,
            ObjectKind::Map => self.map(machine, object, level)?,
            ObjectKind::MapIterator(_) | ObjectKind::SetIterator(_) => {
                self.iterator(machine, object, kind, level)?
            }
            ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer => {
                vec![self.bytes(machine, object)?]
            }
            ObjectKind::Promise => vec![self.promise(machine, object, level)?],
            ObjectKind::WeakSet | ObjectKind::WeakMap => vec!["<items unknown>".to_owned()],
            _ => Vec::new(),
        };
        for key in keys {
            shown.push(self.property(machine, object, *key, level, Shown::Named)?);
        }
        Ok(shown)
    }

    fn promise(&mut self, machine: &mut Machine, object: R, level: i64) -> Outcome<String> {
        let state = machine.promise_state(object);
        if state == PENDING {
            return Ok("<pending>".to_owned());
        }
        let result = machine.temp()?;
        machine.registers().load(result, object, RESULT)?;
        self.indentation += 2;
        let shown = self.value(machine, result, level)?;
        self.indentation -= 2;
        Ok(if state == REJECTED { format!("<rejected> {shown}") } else { shown })
    }

    /// The keys of the properties that are shown; of a list, those that are no elements.
    fn keys(&mut self, machine: &mut Machine, object: R, is_list: bool) -> Outcome<Vec<Key>> {
        let mut keys = match is_list {
            true => machine.own_names(object)?,
            false => machine.own_keys(object, true)?,
        };
        if is_list {
            keys.retain(|key| matches!(key, Key::Name(_)));
        }
        if !self.style.show_hidden {
            let all = std::mem::take(&mut keys);
            for key in all {
                if machine.own_flags(object, key)?.is_some_and(Flags::enumerable) {
                    keys.push(key);
                }
            }
        }
        Ok(keys)
    }

    fn property(
        &mut self,
        machine: &mut Machine,
        object: R,
        key: Key,
        level: i64,
        shown: Shown,
    ) -> Outcome<String> {
        machine.scoped(|machine| {
            let value = machine.temp()?;
            let mut flags = machine.own_property(value, object, key)?;
            if flags.is_none() {
                machine.get(value, object, key)?;
                flags = Some(Flags::PLAIN);
            }
            let flags = flags.unwrap_or(Flags::PLAIN);
            let text = match flags.is_accessor() {
                true => self.accessor(machine, value, object, level)?,
                false => {
                    self.indentation += 2;
                    let text = self.value(machine, value, level);
                    self.indentation -= 2;
                    text?
                }
            };
            if shown == Shown::Element {
                return Ok(text);
            }
            let name = match key {
                Key::Index(index) => format!("'{index}'"),
                Key::Name(name) if machine.atoms.is_symbol(name) => {
                    format!("[{}]", machine.atoms.text(name))
                }
                Key::Name(known::PROTO) => "['__proto__']".to_owned(),
                Key::Name(name) => {
                    let spelled = machine.atoms.text(name);
                    match flags.enumerable() {
                        true if text::is_plain_name(&spelled) => spelled,
                        true => quoted(&spelled),
                        false => format!("[{spelled}]"),
                    }
                }
            };
            Ok(format!("{name}: {text}"))
        })
    }

    fn accessor(
        &mut self,
        machine: &mut Machine,
        pair: R,
        object: R,
        level: i64,
    ) -> Outcome<String> {
        use crate::objects::layout::{GETTER, SETTER};
        let function = machine.temp()?;
        machine.registers().load(function, pair, GETTER)?;
        let reads = machine.is_callable(function);
        machine.registers().load(function, pair, SETTER)?;
        let writes = machine.is_callable(function);
        let label = match (reads, writes) {
            (true, true) => "Getter/Setter",
            (true, false) => "Getter",
            (false, true) => "Setter",
            (false, false) => return Ok("undefined".to_owned()),
        };
        if !reads || !self.style.getters {
            return Ok(format!("[{label}]"));
        }
        machine.call_getter(function, pair, object)?;
        self.indentation += 2;
        let shown = self.value(machine, function, level);
        self.indentation -= 2;
        let shown = shown?;
        Ok(match machine.is_object(function) {
            true => format!("[{label}] {shown}"),
            false => format!("[{label}: {shown}]"),
        })
    }

    /// An object around a primitive value.
    fn wrapper(
        &mut self,
        machine: &mut Machine,
        object: R,
        kind: ObjectKind,
        name: &Name<'_>,
        keys: &mut Vec<Key>,
    ) -> Outcome<String> {
        let value = machine.temp()?;
        machine.registers().load(value, object, FIRST)?;
        let what = match kind {
            ObjectKind::Number => "Number",
            ObjectKind::String => "String",
            ObjectKind::Boolean => "Boolean",
            ObjectKind::BigInt => "BigInt",
            _ => "Symbol",
        };
        if kind == ObjectKind::String {
            let length = machine.string_length(value);
            keys.retain(|key| !matches!(key, Key::Index(index) if (*index as usize) < length));
        }
        let inner = self.primitive(machine, value)?;
        let class = match name.constructor {
            None => " (null prototype)".to_owned(),
            Some(constructor) if constructor != what => format!(" ({constructor})"),
            Some(_) => String::new(),
        };
        let tag = match name.constructor {
            Some(constructor) if !name.tag.is_empty() && constructor != name.tag => {
                format!(" [{}]", name.tag)
            }
            _ => String::new(),
        };
        Ok(format!("[{what}{class}: {inner}]{tag}"))
    }
}

/// What an object is called.
struct Name<'n> {
    /// Its constructor's name; none: no constructor is found along its prototypes.
    constructor: Option<&'n str>,
    /// Its `Symbol.toStringTag`, unless it is shown as a property.
    tag: &'n str,
}

impl Name<'_> {
    /// It is called what all of its kind are called.
    fn is(&self, kind: &str) -> bool {
        self.constructor == Some(kind) && self.tag.is_empty()
    }

    /// The name before an opening brace, with a space.
    fn prefix(&self, fallback: &str, size: &str) -> String {
        match self.constructor {
            None if !self.tag.is_empty() && self.tag != fallback => {
                format!("[{fallback}{size}: null prototype] [{}] ", self.tag)
            }
            None => format!("[{fallback}{size}: null prototype] "),
            Some(name) if !self.tag.is_empty() && self.tag != name => {
                format!("{name}{size} [{}] ", self.tag)
            }
            Some(name) => format!("{name}{size} "),
        }
    }
}
