//! The kinds of nodes and edges, by V8's names for them.

/// What a node is (`HeapEntry::Type` in V8's `src/profiler/heap-snapshot-generator.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum NodeKind {
    /// Of the engine's own use.
    Hidden,
    /// The store of elements, properties or a table.
    Array,
    /// A string.
    String,
    /// An object of JavaScript, named after its constructor.
    Object,
    /// Bytecode, machine code and what belongs to them.
    Code,
    /// A function.
    Closure,
    /// A regular expression.
    RegExp,
    /// A number that is no small integer.
    Number,
    /// Memory outside the heap.
    Native,
    /// A root, or another node that stands for no object.
    Synthetic,
    /// A string that two others make up.
    ConcatenatedString,
    /// A part of another string.
    SlicedString,
    /// A symbol.
    Symbol,
    /// A big integer.
    BigInt,
    /// A map of V8 (hidden class), or what belongs to one. From V8 11 on; before, it was hidden.
    ObjectShape,
    /// An object of WebAssembly's garbage collection.
    WasmObject,
    /// A kind whose name is not known.
    Other,
}

impl NodeKind {
    const NAMES: [(Self, &'static str); 16] = [
        (Self::Hidden, "hidden"),
        (Self::Array, "array"),
        (Self::String, "string"),
        (Self::Object, "object"),
        (Self::Code, "code"),
        (Self::Closure, "closure"),
        (Self::RegExp, "regexp"),
        (Self::Number, "number"),
        (Self::Native, "native"),
        (Self::Synthetic, "synthetic"),
        (Self::ConcatenatedString, "concatenated string"),
        (Self::SlicedString, "sliced string"),
        (Self::Symbol, "symbol"),
        (Self::BigInt, "bigint"),
        (Self::ObjectShape, "object shape"),
        (Self::WasmObject, "wasm object"),
    ];

    /// The kinds that have a name, in the order in which V8 numbers them.
    pub const ALL: [Self; 16] = {
        let mut all = [Self::Other; 16];
        let mut index = 0;
        while index < all.len() {
            all[index] = Self::NAMES[index].0;
            index += 1;
        }
        all
    };

    pub(super) fn of_name(name: &str) -> Self {
        Self::NAMES.iter().find(|(_, own)| *own == name).map_or(Self::Other, |(kind, _)| *kind)
    }

    /// V8's name; `other` for a kind that is not known.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.get(self as usize).map_or("other", |(_, name)| name)
    }

    /// Whether it is a string of any form.
    #[must_use]
    pub fn is_string(self) -> bool {
        matches!(self, Self::String | Self::ConcatenatedString | Self::SlicedString)
    }
}

/// What an edge is (`HeapGraphEdge::Type` in V8's `src/profiler/heap-snapshot-generator.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum EdgeKind {
    /// A variable of a context.
    Context,
    /// An element, by its index.
    Element,
    /// A property.
    Property,
    /// A field that JavaScript cannot name, such as an object's map.
    Internal,
    /// As `Internal`, by a number only.
    Hidden,
    /// A short way to what is reached otherwise too; at the root, a global object.
    Shortcut,
    /// A reference that keeps nothing alive.
    Weak,
    /// From the key of a weak map to the value of its entry. V8 writes it as internal, with a long name.
    KeyToValue,
    /// From a weak map's table to the value of an entry. V8 writes it as internal, with a long name.
    TableToValue,
    /// A kind whose name is not known.
    Other,
}

impl EdgeKind {
    const NAMES: [(Self, &'static str); 7] = [
        (Self::Context, "context"),
        (Self::Element, "element"),
        (Self::Property, "property"),
        (Self::Internal, "internal"),
        (Self::Hidden, "hidden"),
        (Self::Shortcut, "shortcut"),
        (Self::Weak, "weak"),
    ];

    pub(super) fn of_name(name: &str) -> Self {
        Self::NAMES.iter().find(|(_, own)| *own == name).map_or(Self::Other, |(kind, _)| *kind)
    }

    /// V8's name; `other` for a kind that is not known.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::KeyToValue | Self::TableToValue => "internal",
            kind => Self::NAMES.get(kind as usize).map_or("other", |(_, name)| name),
        }
    }

    /// Whether the edge has a number in place of a name.
    #[must_use]
    pub fn is_numbered(self) -> bool {
        matches!(self, Self::Element | Self::Hidden)
    }
}
