//! Writable streams that hold chunks.
//!
//! What is written while a write is under way, or while the stream is corked, waits in the stream's state
//! (`lib/internal/streams/writable.js`): a list of requests up to Node 14, an array of them from 16 on, under a symbol
//! from 20 on. While a write is under way, the sink holds the callback that ends it; otherwise only the state does.

use super::found::{FindingKind, Found, is_of_node};
use crate::heapsnapshot::analysis::Analysis;
use crate::heapsnapshot::columns::{Edge, EdgeName, Node};
use crate::heapsnapshot::groups::is_array_buffer_data;
use crate::heapsnapshot::kinds::{EdgeKind, NodeKind};
use std::collections::HashSet;

const BUFFERED: [&str; 2] = ["buffered", "<symbol kBufferedValue>"];
const REQUESTS: &str = "bufferedRequest";
const CALLBACK: &str = "onwrite";
const WRITE: &str = "_write";
const WRITE_MANY: &str = "_writev";

pub fn find(analysis: &Analysis<'_>, found: &mut Vec<Found>) {
    for stream in analysis.snapshot.nodes() {
        if stream.kind() != NodeKind::Object {
            continue;
        }
        let Some(state) = property(stream, "_writableState") else { continue };
        let mut chunks = Chunks::default();
        if let Some(list) = BUFFERED.iter().find_map(|name| property(state, name)) {
            // V8's snapshots have elements at the array too, others only at the store behind it.
            let mut elements = elements(list).peekable();
            if elements.peek().is_none()
                && let Some(store) = list.follow(EdgeKind::Internal, "elements")
            {
                self::elements(store).for_each(|node| chunks.add(node));
            }
            elements.for_each(|node| chunks.add(node));
        }
        let mut request = property(state, REQUESTS);
        let mut seen = HashSet::new();
        while let Some(node) = request.filter(|node| seen.insert(node.index)) {
            chunks.add(node);
            request = property(node, "next");
        }
        if chunks.count == 0 {
            continue;
        }
        let is_writing = property(state, CALLBACK)
            .is_some_and(|callback| analysis.dominators.dominator(callback) != state);
        let kind = (FindingKind::BufferedWrites, chunks.count, chunks.bytes);
        let detail = if is_writing { undrained } else { corked };
        let mut own = Found::held(analysis, stream, kind, detail);
        if own.scope.as_ref().is_none_or(is_of_node) {
            own.holder = told_by_write(analysis, stream, own.holder);
        }
        found.push(own);
    }
}

/// A holder for a stream that no variable of the program leads to: what is known of it is the function that writes.
fn told_by_write(analysis: &Analysis<'_>, stream: Node<'_>, otherwise: String) -> String {
    let stream = analysis.snapshot.at(stream.index);
    let write = [WRITE, WRITE_MANY].iter().find_map(|name| property(stream, name));
    match write.map(|write| analysis.names.function(write)) {
        Some(function) if function.script.is_some() => {
            format!("a {} that writes by {function}", stream.name())
        }
        _ => otherwise,
    }
}

fn undrained(count: &str, bytes: &str) -> String {
    format!("a Writable holds {count} chunks, {bytes} bytes, while a write of it has not finished")
}

fn corked(count: &str, bytes: &str) -> String {
    format!(
        "a Writable holds {count} chunks, {bytes} bytes, and writes none: it is corked or not open yet"
    )
}

/// The chunks of a stream, and the bytes behind them.
#[derive(Default)]
struct Chunks {
    count: u64,
    bytes: u64,
    /// Memory that was counted: several Buffers may be slices of one.
    seen: HashSet<u32>,
}

impl Chunks {
    fn add(&mut self, request: Node<'_>) {
        let Some(chunk) = property(request, "chunk") else { return };
        self.count += 1;
        self.size(chunk, 0);
    }

    fn size(&mut self, node: Node<'_>, depth: usize) {
        if !self.seen.insert(node.index) {
            return;
        }
        self.bytes = self.bytes.saturating_add(node.self_size());
        // A Buffer, its ArrayBuffer and the data; the parts of a string.
        let is_part = |edge: &Edge<'_>| match edge.name() {
            EdgeName::Name(name) => matches!(name, "buffer" | "first" | "second" | "parent"),
            _ => false,
        };
        let parts = node.edges().filter(|edge| {
            edge.kind() == EdgeKind::Internal && (is_part(edge) || is_array_buffer_data(edge.to()))
        });
        if depth < 64 {
            parts.for_each(|edge| self.size(edge.to(), depth + 1));
        }
    }
}

fn elements<'s>(array: Node<'s>) -> impl Iterator<Item = Node<'s>> {
    array.edges().filter(|edge| edge.kind() == EdgeKind::Element).map(Edge::to)
}

fn property<'s>(node: Node<'s>, name: &str) -> Option<Node<'s>> {
    node.follow(EdgeKind::Property, name)
}
