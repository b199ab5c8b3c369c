//! Atoms: names as numbers. Each interned string and each symbol has one, in its cell's tag, so that a property's name is
//! compared as a number.

use hashbrown::HashTable;
use heap_model::collections::string::hash_utf16;
use rustc_hash::FxHashMap;
use std::num::NonZeroU64;
use std::rc::Rc;

/// The number of a name: of an interned string, a symbol or a private name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Atom(pub u32);

/// A property's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Name(Atom),
    /// An array index, or a number up to 2^32 - 1 that is spelled like one.
    Index(u32),
}

impl From<Atom> for Key {
    fn from(atom: Atom) -> Self {
        Self::Name(atom)
    }
}

/// What an atom is the number of.
#[derive(Clone, Debug)]
pub enum Named {
    Text(Rc<[u16]>),
    /// A symbol, with its description.
    Symbol(Option<Rc<[u16]>>),
    /// A private name of a class, or one that the engine itself uses.
    Private(Rc<[u16]>),
}

/// All names that the machine knows.
#[derive(Debug, Default)]
pub struct Atoms {
    names: Vec<Name>,
    /// The atoms of texts, with the hashes of these.
    texts: HashTable<(u32, Atom)>,
    /// The symbols of `Symbol.for`, by their keys, which are their descriptions.
    shared: FxHashMap<Rc<[u16]>, Atom>,
    /// How many names are weak.
    weak: usize,
    /// How many weak names there have been.
    born: u64,
    /// Numbers whose texts have ended.
    free: Vec<Atom>,
    /// Weak texts that are looked through next.
    limit: usize,
}

/// What a number is given to.
#[derive(Debug, Default)]
struct Name {
    named: Option<Named>,
    /// Its place in the order of all weak names, if it is one: a text that only strings of the program have. It ends with
    /// these.
    weak: Option<NonZeroU64>,
}

/// Weak texts that are not worth looking through.
const FEW_WEAK: usize = 4096;

/// A hash of 32 bits in both the bits by which a table finds a bucket and those by which it tells entries apart.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

impl Atoms {
    pub fn new() -> Self {
        // 0 is no atom.
        let mut atoms = Self { names: vec![Name::default()], limit: FEW_WEAK, ..Self::default() };
        for (number, text) in known::TEXTS.iter().enumerate() {
            let atom = atoms.intern_str(text);
            debug_assert_eq!(atom.0 as usize, number + 1, "{text} is known twice");
        }
        for (number, text) in known::SYMBOLS.iter().enumerate() {
            let atom = atoms.add_symbol(Some(units(&format!("Symbol.{text}"))));
            debug_assert_eq!(atom.0 as usize, known::TEXTS.len() + number + 1);
        }
        for text in known::PRIVATE {
            atoms.add_private(units(text));
        }
        atoms
    }

    /// The atom of a text, for good.
    pub fn intern(&mut self, text: &[u16]) -> Atom {
        let atom = self.add_text(text, hash_utf16(text)).0;
        self.hold(atom);
        atom
    }

    /// The atom of a string's text, which ends with the string unless something [holds](Self::hold) it.
    pub fn intern_weakly(&mut self, text: &[u16]) -> Atom {
        self.intern_hashed(text, hash_utf16(text))
    }

    /// As [`intern_weakly`](Self::intern_weakly), with the string's hash.
    pub fn intern_hashed(&mut self, text: &[u16], hash: u32) -> Atom {
        let (atom, is_new) = self.add_text(text, hash);
        if is_new {
            self.born += 1;
            self.names[atom.0 as usize].weak = NonZeroU64::new(self.born);
            self.weak += 1;
        }
        atom
    }

    /// Lets an atom stay, whatever becomes of its string.
    pub fn hold(&mut self, atom: Atom) {
        if self.is_weak(atom) {
            self.names[atom.0 as usize].weak = None;
            self.weak -= 1;
        }
    }

    pub fn is_weak(&self, atom: Atom) -> bool {
        self.names.get(atom.0 as usize).is_some_and(|name| name.weak.is_some())
    }

    /// How many atoms that end with their strings there have been.
    pub fn born(&self) -> u64 {
        self.born
    }

    /// Whether the atoms that end with their strings have become twice as many as were left.
    #[inline]
    pub fn are_many(&self) -> bool {
        self.weak > self.limit
    }

    /// The atoms that end with their strings, without the first ones that were [born](Self::born).
    pub fn weak_since(&self, born: u64) -> impl Iterator<Item = Atom> {
        let weak = self.names.iter().zip(0..);
        let weak = weak.filter(move |(name, _)| name.weak.is_some_and(|since| since.get() > born));
        weak.map(|(_, number)| Atom(number))
    }

    /// Ends atoms whose strings have died; their numbers are given again.
    pub fn end(&mut self, dead: &[Atom]) {
        for atom in dead {
            self.hold(*atom);
            let Some(name) = self.names.get_mut(atom.0 as usize) else { continue };
            if let Some(Named::Text(text)) = name.named.take() {
                let entry =
                    self.texts.find_entry(spread(hash_utf16(&text)), |(_, other)| other == atom);
                entry.map(|entry| entry.remove()).ok();
            }
            self.free.push(*atom);
        }
        self.limit = FEW_WEAK.max(2 * self.weak);
    }

    /// The atom of a text with that hash.
    fn find_text(&self, text: &[u16], hash: u32) -> Option<Atom> {
        let is = |&(other, atom): &(u32, Atom)| {
            other == hash
                && matches!(self.named(atom), Some(Named::Text(found)) if **found == *text)
        };
        self.texts.find(spread(hash), is).map(|(_, atom)| *atom)
    }

    /// The atom of a text with that hash, and whether it is a new one.
    fn add_text(&mut self, text: &[u16], hash: u32) -> (Atom, bool) {
        if let Some(atom) = self.find_text(text, hash) {
            return (atom, false);
        }
        let atom = self.add(Named::Text(text.into()));
        self.texts.insert_unique(spread(hash), (hash, atom), |(hash, _)| spread(*hash));
        (atom, true)
    }

    pub fn intern_str(&mut self, text: &str) -> Atom {
        let mut units = [0; 32];
        if text.len() > units.len() {
            return self.intern(&text.encode_utf16().collect::<Vec<_>>());
        }
        let mut length = 0;
        for unit in text.encode_utf16() {
            units[length] = unit;
            length += 1;
        }
        self.intern(&units[..length])
    }

    /// The atom of a text that has one.
    pub fn find(&self, text: &[u16]) -> Option<Atom> {
        self.find_text(text, hash_utf16(text))
    }

    pub fn add_symbol(&mut self, description: Option<Rc<[u16]>>) -> Atom {
        self.add(Named::Symbol(description))
    }

    /// The symbol of a key (ECMA-262's GlobalSymbolRegistry).
    pub fn shared_symbol(&mut self, key: &[u16]) -> Atom {
        if let Some(atom) = self.shared.get(key) {
            return *atom;
        }
        let key: Rc<[u16]> = key.into();
        let atom = self.add_symbol(Some(key.clone()));
        self.shared.insert(key, atom);
        atom
    }

    /// The key of a symbol that [`shared_symbol`](Self::shared_symbol) gave.
    pub fn shared_key(&self, atom: Atom) -> Option<&Rc<[u16]>> {
        let Some(Named::Symbol(Some(key))) = self.named(atom) else { return None };
        (self.shared.get(key) == Some(&atom)).then_some(key)
    }

    pub fn add_private(&mut self, name: Rc<[u16]>) -> Atom {
        self.add(Named::Private(name))
    }

    fn add(&mut self, named: Named) -> Atom {
        let name = Name { named: Some(named), weak: None };
        if let Some(atom) = self.free.pop() {
            self.names[atom.0 as usize] = name;
            return atom;
        }
        self.names.push(name);
        Atom((self.names.len() - 1) as u32)
    }

    pub fn named(&self, atom: Atom) -> Option<&Named> {
        self.names.get(atom.0 as usize)?.named.as_ref()
    }

    /// Whether it names a symbol of the language.
    pub fn is_symbol(&self, atom: Atom) -> bool {
        matches!(self.named(atom), Some(Named::Symbol(_)))
    }

    /// Whether it is a name that no program can spell.
    pub fn is_private(&self, atom: Atom) -> bool {
        matches!(self.named(atom), Some(Named::Private(_)))
    }

    /// The atom as a person reads it.
    pub fn text(&self, atom: Atom) -> String {
        match self.named(atom) {
            None => String::new(),
            Some(Named::Text(text) | Named::Private(text)) => String::from_utf16_lossy(text),
            Some(Named::Symbol(description)) => {
                let text = description.as_deref().map(String::from_utf16_lossy);
                format!("Symbol({})", text.unwrap_or_default())
            }
        }
    }
}

pub fn units(text: &str) -> Rc<[u16]> {
    text.encode_utf16().collect::<Vec<_>>().into()
}

/// Names that the engine itself uses.
pub mod known {
    use super::Atom;

    macro_rules! known {
        ($($name:ident = $text:literal,)* ; $($symbol:ident = $spelled:literal,)* ; $($private:ident = $shown:literal,)*) => {
            pub(super) const TEXTS: &[&str] = &[$($text),*];
            pub(super) const SYMBOLS: &[&str] = &[$($spelled),*];
            pub(super) const PRIVATE: &[&str] = &[$($shown),*];

            #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "counted by their order")]
            enum Order { None, $($name,)* $($symbol,)* $($private,)* }
            $(#[allow(dead_code, reason = "named before the built-ins that spell it")]
            pub const $name: Atom = Atom(Order::$name as u32);)*
            $(#[allow(dead_code, reason = "named before the built-ins that spell it")]
            pub const $symbol: Atom = Atom(Order::$symbol as u32);)*
            $(pub const $private: Atom = Atom(Order::$private as u32);)*
            const _: u32 = Order::None as u32;
        };
    }

    known! {
        EMPTY = "", LENGTH = "length", NAME = "name", PROTOTYPE = "prototype", CONSTRUCTOR = "constructor",
        MESSAGE = "message", STACK = "stack", CAUSE = "cause", ERRORS = "errors", TO_STRING = "toString",
        VALUE_OF = "valueOf", TO_JSON = "toJSON", VALUE = "value", DONE = "done", NEXT = "next", RETURN = "return",
        THROW = "throw", GET = "get", SET = "set", WRITABLE = "writable", ENUMERABLE = "enumerable",
        CONFIGURABLE = "configurable", INDEX = "index", INPUT = "input", GROUPS = "groups", CALLEE = "callee",
        CALLER = "caller", ARGUMENTS = "arguments", PROTO = "__proto__", UNDEFINED = "undefined", NULL = "null",
        TRUE = "true", FALSE = "false", NAN = "NaN", INFINITY = "Infinity", OBJECT = "object", FUNCTION = "function",
        NUMBER = "number", STRING = "string", BOOLEAN = "boolean", SYMBOL = "symbol", BIG_INT = "bigint",
        DEFAULT = "default", THEN = "then", RAW = "raw", JOIN = "join", EVAL = "eval", LAST_INDEX = "lastIndex",
        EXEC = "exec", FLAGS = "flags", SOURCE = "source", HAS = "has", KEYS = "keys", ADD = "add", EXPORTS = "exports",
        STACK_TRACE_LIMIT = "stackTraceLimit", RESOLVE = "resolve", PROMISE = "promise", REJECT = "reject",
        CODE = "code", SIZE = "size", DELETE = "delete", APPLY = "apply", CONSTRUCT = "construct",
        WRITABLE_STATE = "_writableState", WRITE = "_write", WRITEV = "_writev", FINAL = "_final",
        NEXT_TICK = "nextTick", CHUNK = "chunk", ENCODING = "encoding", CALLBACK = "callback", BUFFER = "buffer",
        UTF8 = "utf8", READABLE_STATE = "_readableState",
        ;
        ITERATOR = "iterator", ASYNC_ITERATOR = "asyncIterator", HAS_INSTANCE = "hasInstance",
        TO_PRIMITIVE = "toPrimitive", TO_STRING_TAG = "toStringTag", SPECIES = "species",
        IS_CONCAT_SPREADABLE = "isConcatSpreadable", UNSCOPABLES = "unscopables", MATCH = "match",
        MATCH_ALL = "matchAll", REPLACE = "replace", SEARCH = "search", SPLIT = "split",
        ;
        CLASS_FIELDS = "class_fields", CLASS_BRAND = "class_brand", ERROR_STACK = "error_stack",
        UNTRANSFERABLE = "untransferable",
    }
}

#[cfg(test)]
mod tests {
    use super::{Atoms, FEW_WEAK, known};

    #[test]
    fn known_names_have_their_numbers() {
        let mut atoms = Atoms::new();
        assert_eq!(atoms.intern_str("length"), known::LENGTH);
        assert_eq!(atoms.intern_str("construct"), known::CONSTRUCT);
        assert_eq!(atoms.text(known::ITERATOR), "Symbol(Symbol.iterator)");
        assert_eq!(atoms.text(known::ERROR_STACK), "error_stack");
        assert!(atoms.is_symbol(known::SPLIT) && atoms.is_private(known::CLASS_FIELDS));
    }

    #[test]
    fn an_atom_that_is_held_does_not_end_with_its_string() {
        let mut atoms = Atoms::new();
        let names: Vec<_> =
            (0..=FEW_WEAK as u16).map(|unit| atoms.intern_weakly(&[unit, 1])).collect();
        assert_eq!(atoms.intern(&[7, 1]), names[7]);
        assert!(!atoms.are_many(), "as many as are allowed");
        let before = atoms.born();
        let more = atoms.intern_weakly(&[0, 2]);
        assert!(atoms.are_many());
        assert_eq!(atoms.weak_since(before).collect::<Vec<_>>(), [more]);
        let weak: Vec<_> = atoms.weak_since(0).collect();
        assert!(!weak.contains(&names[7]) && weak.contains(&more));
        atoms.end(&weak);
        assert_eq!(atoms.find(&[0, 2]), None);
        assert_eq!(atoms.find(&[7, 1]), Some(names[7]));
        assert!(weak.contains(&atoms.intern_str("again")), "a number is given again");
    }
}
