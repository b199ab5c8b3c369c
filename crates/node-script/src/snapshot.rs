//! The machine's heap as a heap snapshot in V8's format, with the names that JavaScript has for things.
//!
//! The heap is walked four times: to number the cells, to count their edges, to write the nodes, and to write the edges.
//! Between them nothing runs, so all walks see the same. Memory beside the heap: some 50 bytes for each cell that is
//! numbered, and each distinct name once.
//!
//! Nodes without a cell are the roots, and what V8 has as cells and this machine in Rust: scripts with their text, the
//! descriptions of scopes, and the memory behind ArrayBuffers.

mod edges;
mod names;

use crate::machine::{Machine, roots};
use edges::{Graph, Target, id};
use heap_model::NodeId;
use mem_report::heapsnapshot::{EdgeKind, NewName, NewNode, NodeKind, WriteError, Writer};
use names::Names;
use rustc_hash::FxHashMap;
use std::io::Write;

/// Nodes before the first cell's: the root, the roots of the collector, and of these what runs now and what the machine
/// keeps.
const BEFORE: u32 = 4;
const COLLECTOR_ROOTS: u32 = 1;
const STACK_ROOTS: u32 = 2;
const GLOBAL_HANDLES: u32 = 3;

impl Machine {
    /// Writes the heap as V8 writes a heap snapshot: what is reachable, with constructors, properties, variables and
    /// functions by name. `to` gets many small writes: a file needs a buffer.
    ///
    /// O(cells + slots). Nothing is collected; garbage is left out.
    ///
    /// # Errors
    /// What `to` refuses.
    pub fn write_heap_snapshot(&mut self, to: impl Write) -> Result<(), WriteError> {
        let constructors = self.constructors();
        let collector_roots = self.runtime.heap_mut().roots();
        // The machine's own lie at the bottom of the stack.
        let (own, stack, handles) = {
            let (own, on_stack) =
                (self.own_root_count(), self.runtime.heap_mut().stack_root_count());
            let (on_stack, handles) = collector_roots.split_at(on_stack);
            let (own, stack) = on_stack.split_at(own);
            (own, stack, handles)
        };
        let global = self.global_id();
        let Self { runtime, classes, atoms, codes, scopes, node, .. } = self;
        let mut stores = FxHashMap::default();
        runtime.heap_mut().payloads(|id, bytes: &crate::objects::typed::Bytes| {
            stores.insert(id, bytes.store_length());
        });
        let slab = node.slab.size;
        let scope_names = codes.scope_names();
        let names =
            Names { classes, atoms, codes, scopes, constructors, scope_names, stores, slab };
        let mut graph = Graph::default();
        runtime.heap_mut().walk_views(|node, view| graph.see(&names, node, view));
        let root_edges = 1 + u32::from(global.is_some());
        let root_count = collector_roots.len() as u32;
        let mut edges = graph.extra_edge_count() + root_edges + 2 + root_count;
        let mut counts = Vec::with_capacity(graph.node_count() as usize);
        runtime.heap_mut().walk_views(|node, view| {
            let before = edges;
            graph.edges(&names, node, view, &mut |_, _, _| edges += 1);
            counts.push(edges - before);
        });
        let mut counts = counts.into_iter();
        let mut nodes = Writer::new(to, BEFORE + graph.node_count(), edges)?;
        let root =
            |name, id, edges| NewNode { kind: NodeKind::Synthetic, name, id, self_size: 0, edges };
        nodes.node(root("", 1, root_edges))?;
        nodes.node(root("(GC roots)", 2, 2))?;
        nodes.node(root("(Stack roots)", 4, stack.len() as u32))?;
        nodes.node(root("(Global handles)", 6, (own.len() + handles.len()) as u32))?;
        let mut result = Ok(());
        runtime.heap_mut().walk_views(|node, view| {
            if result.is_ok() {
                let (kind, name) = names.of(node, view);
                let edges = counts.next().unwrap_or(0);
                let self_size = node.size as u64;
                let id = id(node.id);
                result = nodes.node(NewNode { kind, name: &name, id, self_size, edges });
            }
        });
        result?;
        graph.extra_nodes(&names, &mut |node| nodes.node(node))?;
        let mut edges = nodes.edges()?;
        if let Some(global) = global.and_then(|global| graph.place(Target::Cell(global))) {
            edges.edge(EdgeKind::Shortcut, NewName::Name("global"), BEFORE + global)?;
        }
        edges.edge(EdgeKind::Element, NewName::Index(1), COLLECTOR_ROOTS)?;
        edges.edge(EdgeKind::Element, NewName::Index(0), STACK_ROOTS)?;
        edges.edge(EdgeKind::Element, NewName::Index(1), GLOBAL_HANDLES)?;
        for roots in [[stack, &[]], [own, handles]] {
            for (index, root) in roots.into_iter().flatten().enumerate() {
                let place = graph.place(Target::Cell(*root)).unwrap_or(0);
                edges.edge(EdgeKind::Element, NewName::Index(index as u32), BEFORE + place)?;
            }
        }
        let mut result = Ok(());
        let mut at = BEFORE;
        runtime.heap_mut().walk_views(|node, view| {
            graph.edges(&names, node, view, &mut |kind, name, to| {
                if result.is_ok() {
                    result = edges.edge(kind, name, BEFORE + to);
                }
            });
            if let Some(location) = graph.location(&names, node, view) {
                edges.location(at, location);
            }
            at += 1;
        });
        result?;
        graph.extra_edges(&mut |name, to| {
            edges.edge(EdgeKind::Internal, NewName::Name(name), BEFORE + to)
        })?;
        edges.finish()?;
        Ok(())
    }

    /// How many of the machine's roots are cells.
    fn own_root_count(&mut self) -> usize {
        let counted = self.scoped(|machine| {
            let root = machine.temp()?;
            let is_cell = |place: &usize| {
                machine.load_root(root, *place);
                machine.registers().view(root).is_ok()
            };
            Ok((0..roots::COUNT).filter(is_cell).count())
        });
        counted.unwrap_or(0)
    }

    /// The identity of the global object.
    fn global_id(&mut self) -> Option<NodeId> {
        // A walk gives each object an identity.
        self.runtime.heap_mut().walk(|_| {});
        self.scoped(|machine| {
            let global = machine.temp()?;
            machine.load_root(global, roots::GLOBAL);
            Ok(machine.registers().view(global).ok().and_then(heap_model::View::id))
        })
        .ok()
        .flatten()
    }

    /// The names of the constructors of all classes, by the classes' places.
    fn constructors(&mut self) -> Vec<String> {
        (0..self.classes.len())
            .map(|place| {
                let class = crate::objects::class::ClassId(
                    crate::objects::layout::tags::FIRST_CLASS + place as u32,
                );
                let name = self.scoped(|machine| {
                    let prototype = machine.temp()?;
                    machine.class_prototype(prototype, class)?;
                    Ok(machine.constructor_name(prototype))
                });
                name.ok().flatten().unwrap_or_else(|| "Object".to_owned())
            })
            .collect()
    }
}
