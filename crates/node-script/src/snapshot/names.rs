//! What cells are called.

use crate::compile::code::{ScopeInfo, Template};
use crate::machine::Native;
use crate::objects::atoms::{Atom, Atoms};
use crate::objects::class::{Class, ClassId, Classes, ObjectKind, Place};
use crate::objects::code::{Callable, Codes};
use crate::objects::layout::{CODE, POOL, SCOPE, tags};
use crate::objects::typed::COUNT;
use heap_model::{Kind, Node, NodeId, Seen, View};
use mem_report::heapsnapshot::NodeKind;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::rc::Rc;

/// The UTF-16 units of a string that a snapshot shows: as many as V8's.
pub const TEXT: usize = 1024;

/// What the machine knows of its cells.
pub struct Names<'m> {
    pub classes: &'m Classes,
    pub atoms: &'m Atoms,
    pub codes: &'m Codes<Native>,
    pub scopes: &'m [Rc<ScopeInfo>],
    /// By the places of classes.
    pub constructors: Vec<String>,
    /// The names of the functions that scopes belong to, by the scopes' numbers.
    pub scope_names: FxHashMap<i32, String>,
    /// The bytes behind each ArrayBuffer.
    pub stores: FxHashMap<NodeId, usize>,
    /// The size of the Buffer pool's slabs.
    pub slab: usize,
}

impl Names<'_> {
    /// What a cell is, and its name, as V8 has them.
    pub fn of(&self, node: &Node, view: View<'_>) -> (NodeKind, Cow<'_, str>) {
        match node.kind {
            Kind::OneByteString | Kind::TwoByteString => {
                (NodeKind::String, view.flat_text(TEXT).unwrap_or_default().into())
            }
            Kind::ConsString => (NodeKind::ConcatenatedString, "(concatenated string)".into()),
            Kind::SlicedString => (NodeKind::SlicedString, "(sliced string)".into()),
            Kind::Double => (NodeKind::Number, "heap number".into()),
            Kind::Bytes if is_store(view) => (NodeKind::Array, "".into()),
            Kind::Bytes => (NodeKind::BigInt, "bigint".into()),
            Kind::Context => (NodeKind::Object, "system / Context".into()),
            Kind::Array => self.of_array(view),
            Kind::EphemeronTable | Kind::OrderedTable => (NodeKind::Array, "".into()),
            Kind::WeakCell => (NodeKind::Hidden, "system / WeakCell".into()),
            Kind::Registration => (NodeKind::Hidden, "system / Registration".into()),
            _ => match self.class(view) {
                Some((_, class)) if class.kind == ObjectKind::Function => {
                    (NodeKind::Closure, self.function_name(function_code(view)).into())
                }
                Some((_, class)) if class.kind == ObjectKind::RegExp => {
                    (NodeKind::RegExp, "RegExp".into())
                }
                Some((_, class)) if class.kind == ObjectKind::Global => {
                    (NodeKind::Object, "global".into())
                }
                Some((id, _)) => (NodeKind::Object, self.constructor(id).into()),
                None => (NodeKind::Hidden, "system".into()),
            },
        }
    }

    fn of_array(&self, view: View<'_>) -> (NodeKind, Cow<'_, str>) {
        match view.tag().number() {
            tags::SHARED_INFO => {
                let name = self.function_name(shared_code(view));
                let name = if name.is_empty() { "(shared function info)".to_owned() } else { name };
                (NodeKind::Code, name.into())
            }
            tags::DESCRIPTORS => (NodeKind::ObjectShape, "system / DescriptorArray".into()),
            tags::CLASS => (NodeKind::ObjectShape, "system / Map".into()),
            tags::POOL => (NodeKind::Code, "(constant pool)".into()),
            tag if tag >= tags::FIRST_CLASS => {
                (NodeKind::Symbol, self.atoms.text(Atom(tag)).into())
            }
            _ => (NodeKind::Array, "".into()),
        }
    }

    /// The bytes outside the heap that a cell keeps.
    pub fn data(&self, node: &Node) -> Option<usize> {
        let store = self.stores.get(&node.id).copied();
        store.or((node.external > 0).then_some(node.external)).filter(|bytes| *bytes > 0)
    }

    /// Whether a cell is a Buffer that is cut from the store of this ArrayBuffer, which is as large as the pool's.
    pub fn is_cut(&self, view: View<'_>, from: NodeId) -> bool {
        let store = self.stores.get(&from).copied();
        let bytes = view.bytes().ok().and_then(|raw| raw.get(COUNT..COUNT + 8)?.try_into().ok());
        let length = bytes.map(|bytes| u64::from_ne_bytes(bytes) as usize);
        store == Some(self.slab) && length.is_some_and(|length| length < self.slab)
    }

    /// The class of an object.
    pub fn class(&self, view: View<'_>) -> Option<(ClassId, &Class)> {
        let number = view.tag().number();
        let place = number.checked_sub(tags::FIRST_CLASS)? as usize;
        let is_object = matches!(view.kind(), Kind::Object | Kind::Closure | Kind::Native);
        let id = ClassId(number);
        (is_object && place < self.classes.len()).then(|| (id, self.classes.get(id)))
    }

    fn constructor(&self, class: ClassId) -> &str {
        let place = (class.0 - tags::FIRST_CLASS) as usize;
        self.constructors.get(place).map_or("Object", String::as_str)
    }

    /// The property whose value lies in this place of a class's objects.
    pub fn property(&self, class: &Class, place: Place) -> Option<String> {
        let properties = class.properties();
        let is_here = |field| class.place(field) == place;
        let mut own = properties.iter().filter(|property| !property.flags.is_internal());
        let property = own.find(|property| is_here(property.field))?;
        Some(self.key(property.key))
    }

    /// What a slot of an object of Node's is as a property there.
    pub fn host_property(&self, id: ClassId, class: &Class, slot: usize) -> Option<&'static str> {
        let is_host = class.kind == ObjectKind::Host;
        is_host.then(|| crate::node::slot_name(self.constructor(id), slot))?
    }

    /// A property's key, as V8's snapshots have it.
    pub fn key(&self, atom: Atom) -> String {
        let text = self.atoms.text(atom);
        if self.atoms.is_symbol(atom) { format!("<symbol {text}>") } else { text }
    }

    /// A function's text and scopes, if it is no built-in.
    pub fn template(&self, code: Option<i32>) -> Option<&Rc<Template>> {
        self.codes.template(code?)
    }

    fn function_name(&self, code: Option<i32>) -> String {
        let Some(code) = code else { return String::new() };
        match self.codes.get(code) {
            Callable::Native(native) => self.atoms.text(native.name),
            Callable::Compiled(compiled) => text(&compiled.template),
        }
    }

    /// The scope's number of a context, and the scope.
    pub fn scope(&self, context: View<'_>) -> Option<(u32, &ScopeInfo)> {
        let Ok(Seen::Smi(number)) = context.get(SCOPE) else { return None };
        let number = u32::try_from(number).ok()?;
        self.scopes.get(number as usize).map(|scope| (number, &**scope))
    }
}

fn text(template: &Template) -> String {
    template.name.as_deref().map_or_else(String::new, String::from_utf16_lossy)
}

/// Whether raw bytes are a store of numbers, and no BigInt.
fn is_store(view: View<'_>) -> bool {
    matches!(view.tag().number(), tags::DOUBLES | tags::BYTES | tags::REG_EXP_DATA)
}

/// The number of a function's code.
pub fn function_code(view: View<'_>) -> Option<i32> {
    match view.get(CODE) {
        Ok(Seen::Smi(code)) => Some(code),
        _ => None,
    }
}

/// The number of the code that functions share.
pub fn shared_code(view: View<'_>) -> Option<i32> {
    match view.get(POOL + 1) {
        Ok(Seen::Smi(code)) => Some(code),
        _ => None,
    }
}
