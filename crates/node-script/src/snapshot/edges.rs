//! What refers to what, by V8's kinds and names of edges.

use super::names::{Names, TEXT, function_code, shared_code};
use crate::compile::code::SourceText;
use crate::objects::class::{ClassId, ObjectKind, Place};
use crate::objects::class_life::class_number;
use crate::objects::layout::{
    BACKING, CLASS_BEFORE, CLASS_DESCRIPTORS, CLASS_INFO, CONTEXT, FIRST, HOME, PREVIOUS,
    PROTOTYPE, SHARED, tags,
};
use heap_model::{EdgeKind as Refers, Kind, Node, NodeId, Seen, View};
use mem_report::heapsnapshot::{EdgeKind, Location, NewName, NewNode, NodeKind, WriteError};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Where an edge leads.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    Cell(NodeId),
    /// A script, by its place.
    Script(u32),
    /// The description of a scope, by the scope's number.
    Scope(u32),
    /// The memory of an ArrayBuffer.
    Data(NodeId),
    /// What marks a slab of the Buffer pool: V8's has private properties there.
    Slab,
}

/// Is told an edge.
type Emit<'e> = dyn FnMut(EdgeKind, NewName<'_>, Target) + 'e;
/// Is told an edge to the node with this place behind the roots.
pub type EmitPlace<'e> = dyn FnMut(EdgeKind, NewName<'_>, u32) + 'e;

/// The numbers of the cells and of what has no cell.
#[derive(Default)]
pub struct Graph {
    /// By identity, which has 32 bits: half the memory of a map from 64.
    cells: FxHashMap<u32, u32>,
    /// By store of properties, or pair of stores: the class of the object that has it.
    stores: FxHashMap<NodeId, ClassId>,
    /// By key of a weak map's entry: value and table.
    entries: FxHashMap<NodeId, Vec<(NodeId, NodeId)>>,
    scripts: Vec<Rc<SourceText>>,
    script_places: FxHashMap<*const SourceText, u32>,
    scopes: Vec<u32>,
    scope_places: FxHashMap<u32, u32>,
    data: Vec<(NodeId, usize)>,
    data_places: FxHashMap<NodeId, u32>,
    /// The ArrayBuffers of slabs.
    slabs: FxHashSet<NodeId>,
}

impl Graph {
    /// Numbers a cell, and what it needs that has no cell.
    pub fn see(&mut self, names: &Names<'_>, node: &Node, view: View<'_>) {
        let place = self.cells.len() as u32;
        self.cells.insert(node.id.get() as u32, place);
        match node.kind {
            Kind::Array => self.see_array(names, node, view),
            Kind::EphemeronTable => {
                for edge in &node.edges {
                    if let Refers::Ephemeron { key } = edge.kind {
                        self.entries.entry(key).or_default().push((edge.to, node.id));
                    }
                }
            }
            Kind::Context => {
                if let Some((scope, _)) = names.scope(view) {
                    self.add_scope(scope);
                }
            }
            _ => {
                if let Some((class, _)) = names.class(view)
                    && let Some(store) =
                        node.edges.iter().find(|edge| slot(edge.kind) == Some(BACKING))
                {
                    self.stores.insert(store.to, class);
                }
                if let Some(bytes) = names.data(node) {
                    self.data_places.insert(node.id, self.data.len() as u32);
                    self.data.push((node.id, bytes));
                }
                let is_array = names
                    .class(view)
                    .is_some_and(|(_, class)| class.kind == ObjectKind::TypedArray);
                let buffer = node.edges.iter().find(|edge| slot(edge.kind) == Some(FIRST));
                if let Some(buffer) =
                    buffer.filter(|buffer| is_array && names.is_cut(view, buffer.to))
                {
                    self.slabs.insert(buffer.to);
                }
            }
        }
    }

    fn see_array(&mut self, names: &Names<'_>, node: &Node, view: View<'_>) {
        match view.tag().number() {
            tags::PAIR => {
                if let Some(class) = self.stores.get(&node.id).copied() {
                    node.edges.iter().for_each(|edge| {
                        self.stores.insert(edge.to, class);
                    });
                }
            }
            tags::SHARED_INFO => {
                let code = shared_code(view);
                if let Some(template) = names.template(code) {
                    self.add_script(&template.source);
                }
                scopes(names, code).iter().for_each(|scope| self.add_scope(*scope as u32));
            }
            _ => {}
        }
    }

    fn add_script(&mut self, source: &Rc<SourceText>) {
        let next = self.scripts.len() as u32;
        self.script_places.entry(Rc::as_ptr(source)).or_insert_with(|| {
            self.scripts.push(source.clone());
            next
        });
    }

    fn add_scope(&mut self, scope: u32) {
        let next = self.scopes.len() as u32;
        self.scope_places.entry(scope).or_insert_with(|| {
            self.scopes.push(scope);
            next
        });
    }

    /// The nodes that are neither of the roots.
    pub fn node_count(&self) -> u32 {
        let scripts = 3 * self.scripts.len();
        let slab = usize::from(!self.slabs.is_empty());
        (self.cells.len() + scripts + 2 * self.scopes.len() + self.data.len() + slab) as u32
    }

    /// The edges of those without a cell.
    pub fn extra_edge_count(&self) -> u32 {
        (2 * self.scripts.len() + self.scopes.len()) as u32
    }

    /// The place of a node behind the roots.
    pub fn place(&self, target: Target) -> Option<u32> {
        let cells = self.cells.len() as u32;
        let scripts = cells + 3 * self.scripts.len() as u32;
        let scopes = scripts + 2 * self.scopes.len() as u32;
        match target {
            Target::Cell(cell) => self.cells.get(&(cell.get() as u32)).copied(),
            Target::Script(script) => Some(cells + 3 * script),
            Target::Scope(scope) => self.scope_places.get(&scope).map(|place| scripts + 2 * place),
            Target::Data(cell) => self.data_places.get(&cell).map(|place| scopes + place),
            Target::Slab => Some(scopes + self.data.len() as u32),
        }
    }

    /// The edges of a cell to what was seen, in an order that stays. What is held weakly may be garbage, which no walk
    /// sees.
    pub fn edges(&self, names: &Names<'_>, node: &Node, view: View<'_>, emit: &mut EmitPlace<'_>) {
        let mut emit = |kind, name: NewName<'_>, to| {
            if let Some(place) = self.place(to) {
                emit(kind, name, place);
            }
        };
        let emit: &mut Emit<'_> = &mut emit;
        self.edges_of_cell(names, node, view, emit);
        for (value, table) in self.entries.get(&node.id).into_iter().flatten() {
            let name = entry_name(1, node.id, *value, *table);
            emit(EdgeKind::KeyToValue, NewName::Name(&name), Target::Cell(*value));
        }
    }

    fn edges_of_cell(&self, names: &Names<'_>, node: &Node, view: View<'_>, emit: &mut Emit<'_>) {
        for edge in &node.edges {
            let to = Target::Cell(edge.to);
            match edge.kind {
                Refers::Weak(slot) => {
                    emit(EdgeKind::Weak, NewName::Name(&slot.to_string()), to);
                }
                Refers::Ephemeron { key } => {
                    let name = entry_name(2, key, edge.to, node.id);
                    emit(EdgeKind::TableToValue, NewName::Name(&name), to);
                }
                Refers::Descriptor => emit(EdgeKind::Internal, NewName::Name("map"), to),
                kind => {
                    let slot = slot(kind).unwrap_or(0);
                    let (kind, name) = self.name(names, node, view, slot);
                    match kind {
                        EdgeKind::Element | EdgeKind::Hidden => {
                            emit(kind, NewName::Index(slot as u32), to);
                        }
                        kind => emit(kind, NewName::Name(&name), to),
                    }
                }
            }
        }
        match node.kind {
            Kind::Context => {
                if let Some((scope, _)) = names.scope(view) {
                    emit(EdgeKind::Internal, NewName::Name("scope_info"), Target::Scope(scope));
                }
            }
            Kind::Array if view.tag().number() == tags::SHARED_INFO => {
                let code = shared_code(view);
                let script = names.template(code).map(|template| Rc::as_ptr(&template.source));
                if let Some(script) = script.and_then(|script| self.script_places.get(&script)) {
                    emit(EdgeKind::Internal, NewName::Name("script"), Target::Script(*script));
                }
                if let Some(scope) = scopes(names, code).first() {
                    let to = Target::Scope(*scope as u32);
                    emit(EdgeKind::Internal, NewName::Name("name_or_scope_info"), to);
                }
            }
            _ if names.data(node).is_some() => {
                emit(EdgeKind::Internal, NewName::Name("backing_store"), Target::Data(node.id));
                if self.slabs.contains(&node.id) {
                    emit(EdgeKind::Hidden, NewName::Index(0), Target::Slab);
                }
            }
            _ => {}
        }
    }

    /// The kind and name of a cell's slot.
    fn name(
        &self,
        names: &Names<'_>,
        node: &Node,
        view: View<'_>,
        slot: usize,
    ) -> (EdgeKind, String) {
        let internal = |name: &str| (EdgeKind::Internal, name.to_owned());
        match node.kind {
            Kind::Context if slot == PREVIOUS => internal("previous"),
            Kind::Context => {
                let scope = names.scope(view).map(|(_, scope)| scope);
                let own = |(_, at, _): &&(Rc<[u16]>, u16, _)| usize::from(*at) == slot;
                match scope.and_then(|scope| scope.names.iter().find(own)) {
                    Some((name, ..)) => {
                        let name = String::from_utf16_lossy(name);
                        // The compiler's own variables, such as `this` of an arrow function's, begin with a dot;
                        // what a private name is stands behind one.
                        let shown = match name.strip_prefix('.') {
                            Some(own) => own,
                            None => name.split('.').next().unwrap_or(&name),
                        };
                        (EdgeKind::Context, shown.to_owned())
                    }
                    None => internal("extension"),
                }
            }
            Kind::Array => self.name_in_array(names, node, view, slot),
            Kind::OrderedTable => internal(&slot.to_string()),
            Kind::ConsString => internal(if slot == 0 { "first" } else { "second" }),
            Kind::SlicedString => internal("parent"),
            _ => match names.class(view) {
                _ if slot == BACKING => internal("elements"),
                Some((_, class)) if class.kind == ObjectKind::Function && slot == SHARED => {
                    internal("shared")
                }
                Some((_, class)) if class.kind == ObjectKind::Function && slot == CONTEXT => {
                    internal("context")
                }
                Some((_, class)) if class.kind == ObjectKind::Function && slot == HOME => {
                    internal("home_object")
                }
                Some((_, class)) if class.kind == ObjectKind::Function && slot == PROTOTYPE => {
                    match view.get(slot) {
                        Ok(Seen::Ref(cell)) if class_number(cell).is_some() => {
                            internal("initial_map")
                        }
                        _ => (EdgeKind::Property, "prototype".to_owned()),
                    }
                }
                Some((id, class)) => match names.property(class, Place::Slot(slot)) {
                    Some(name) => (EdgeKind::Property, name),
                    None => match names.host_property(id, class, slot) {
                        Some(name) => (EdgeKind::Property, name.to_owned()),
                        None => internal(own_slot(class.kind, slot)),
                    },
                },
                None => internal(&slot.to_string()),
            },
        }
    }

    fn name_in_array(
        &self,
        names: &Names<'_>,
        node: &Node,
        view: View<'_>,
        slot: usize,
    ) -> (EdgeKind, String) {
        match view.tag().number() {
            tags::PROPERTIES => {
                let class = self.stores.get(&node.id).map(|class| names.classes.get(*class));
                match class.and_then(|class| names.property(class, Place::Outside(slot))) {
                    Some(name) => (EdgeKind::Property, name),
                    None => (EdgeKind::Internal, slot.to_string()),
                }
            }
            // An entry's key, its value, and what it allows, behind a header of six words.
            tags::NAMES if slot >= 6 && (slot - 6) % 3 == 1 => match view.get(slot - 1) {
                Ok(Seen::Ref(key)) if key.kind() == Kind::Array => {
                    let atom = crate::objects::atoms::Atom(key.tag().number());
                    (EdgeKind::Property, names.key(atom))
                }
                Ok(Seen::Ref(key)) => match key.flat_text(TEXT) {
                    Some(name) => (EdgeKind::Property, name),
                    None => (EdgeKind::Internal, slot.to_string()),
                },
                _ => (EdgeKind::Internal, slot.to_string()),
            },
            tags::PAIR => (EdgeKind::Internal, "elements".to_owned()),
            tags::CLASS => {
                let name = match slot {
                    CLASS_DESCRIPTORS => "descriptors",
                    CLASS_INFO => "prototype_info",
                    CLASS_BEFORE => "back_pointer",
                    _ => "prototype",
                };
                (EdgeKind::Internal, name.to_owned())
            }
            tags::SHARED_INFO => (EdgeKind::Internal, "function_data".to_owned()),
            tags::POOL | tags::NAMES | tags::NUMBERS => (EdgeKind::Internal, slot.to_string()),
            tags::ACCESSOR => {
                (EdgeKind::Internal, if slot == 0 { "getter" } else { "setter" }.to_owned())
            }
            _ => (EdgeKind::Element, String::new()),
        }
    }

    /// Where a function's text begins.
    pub fn location(&self, names: &Names<'_>, node: &Node, view: View<'_>) -> Option<Location> {
        let (_, class) = names.class(view)?;
        if node.kind != Kind::Closure || class.kind != ObjectKind::Function {
            return None;
        }
        let template = names.template(function_code(view))?;
        let script = *self.script_places.get(&Rc::as_ptr(&template.source))?;
        let before = template.source.text.get(..template.text.0 as usize)?;
        let line = before.iter().filter(|unit| **unit == u16::from(b'\n')).count();
        let column = before.iter().rev().take_while(|unit| **unit != u16::from(b'\n')).count();
        Some(Location { script: script + 1, line: line as u32, column: column as u32 })
    }

    /// The nodes that have no cell, in the order of their places.
    pub fn extra_nodes(
        &self,
        names: &Names<'_>,
        write: &mut dyn FnMut(NewNode<'_>) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        // The roots have the even numbers up to 6.
        let mut id = 6;
        let mut extra = |kind, name: &str, self_size, edges| {
            id += 2;
            write(NewNode { kind, name, id, self_size, edges })
        };
        for script in &self.scripts {
            extra(NodeKind::Code, &script.name, 0, 2)?;
            let text = String::from_utf16_lossy(&script.text);
            extra(NodeKind::String, &text, 0, 0)?;
            extra(NodeKind::String, &script.name, 0, 0)?;
        }
        for scope in &self.scopes {
            extra(NodeKind::Code, "system / ScopeInfo", 0, 1)?;
            let name = names.scope_names.get(&(*scope as i32)).map_or("", String::as_str);
            extra(NodeKind::String, name, 0, 0)?;
        }
        for (_, bytes) in &self.data {
            extra(NodeKind::Native, "system / JSArrayBufferData", *bytes as u64, 0)?;
        }
        if !self.slabs.is_empty() {
            extra(NodeKind::Hidden, "system / PropertyArray", 0, 0)?;
        }
        Ok(())
    }

    /// Their edges.
    pub fn extra_edges(
        &self,
        write: &mut dyn FnMut(&str, u32) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        for script in 0..self.scripts.len() as u32 {
            let place = self.place(Target::Script(script)).unwrap_or(0);
            write("source", place + 1)?;
            write("name", place + 2)?;
        }
        for scope in &self.scopes {
            let place = self.place(Target::Scope(*scope)).unwrap_or(0);
            write("function_name", place + 1)?;
        }
        Ok(())
    }
}

/// The numbers of the scopes of a function's contexts, the outermost first; none before it was called.
fn scopes<'n>(names: &'n Names<'_>, code: Option<i32>) -> &'n [i32] {
    code.and_then(|code| names.codes.code(code)).map_or(&[], |code| &code.scopes)
}

fn slot(kind: Refers) -> Option<usize> {
    match kind {
        Refers::Field(slot)
        | Refers::Element(slot)
        | Refers::Context(slot)
        | Refers::Internal(slot) => Some(slot),
        _ => None,
    }
}

/// What a slot before an object's fields is.
fn own_slot(kind: ObjectKind, slot: usize) -> &'static str {
    use ObjectKind::{BoundFunction, DataView, Map, Promise, Set, TypedArray, WeakMap, WeakSet};
    match kind {
        Map | Set | WeakMap | WeakSet if slot == FIRST => "table",
        TypedArray | DataView if slot == FIRST => "buffer",
        Promise => "reactions_or_result",
        BoundFunction => "bindings",
        _ => "data",
    }
}

/// V8's name of an edge to the value of a weak map's entry.
fn entry_name(index: u32, key: NodeId, value: NodeId, table: NodeId) -> String {
    let [key, value, table] = [key, value, table].map(id);
    format!(
        "{index} / part of key (key @{key}) -> value (value @{value}) pair in WeakMap (table @{table})"
    )
}

/// A cell's number in a snapshot: odd, as V8's are for what JavaScript sees. Others are even.
pub fn id(cell: NodeId) -> u32 {
    ((cell.get() << 1) | 1) as u32
}
