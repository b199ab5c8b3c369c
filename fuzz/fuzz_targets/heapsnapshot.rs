//! Bytes as a heap snapshot: refused with a position inside them, or read, analysed, written, and read again as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mem_report::heapsnapshot::{
    Analysis, Edge, EdgeKind, EdgeName, NewName, NewNode, Node, NodeKind, Reader, Search, Snapshot,
    Summary, WriteError, Writer, write_page,
};

/// Bytes of the columns for one byte of the input, at most: a node takes ten bytes, or six with fewer fields.
const FACTOR: usize = 16;
/// Bytes that the columns of a tiny input may have beyond that.
const LEAST: usize = 1 << 10;

fuzz_target!(|bytes: &[u8]| {
    let reader = Reader::new().string_limit(1 << 10);
    let known = reader.clone().length(bytes.len() as u64).read(bytes);
    let unknown = reader.read(bytes);
    match (known, unknown) {
        (Ok(snapshot), Ok(same)) => {
            assert!(snapshot.capacity() <= LEAST + FACTOR * bytes.len());
            assert_same(&snapshot, &same);
            analyse(&snapshot);
            let written = write(&snapshot).expect("what was read can be written");
            let again = Reader::new().read(&written[..]).expect("what was written can be read");
            assert_same(&snapshot, &again);
        }
        (Err(error), Err(_)) => assert!(error.position() <= bytes.len() as u64, "{error}"),
        (known, unknown) => panic!("the length decides: {known:?}, {unknown:?}"),
    }
});

fn analyse(snapshot: &Snapshot) {
    let analysis = Analysis::new(snapshot);
    let root = snapshot.root().map(|root| analysis.dominators().retained(root));
    assert!(root.is_none_or(|bytes| bytes == snapshot.total_size()));
    let summary = Summary::new("fuzz", &analysis, &[], &Search::new().least(0));
    let _ = summary.to_string().len() + summary.markdown().len();
    summary.write_json(std::io::sink()).expect("a sink takes all");
    write_page(&summary, &analysis, std::io::sink()).expect("a sink takes all");
}

fn write(snapshot: &Snapshot) -> Result<Vec<u8>, WriteError> {
    let (nodes, edges) = (snapshot.node_count() as u32, snapshot.edge_count() as u32);
    let mut writer = Writer::new(Vec::new(), nodes, edges)?;
    for node in snapshot.nodes() {
        writer.node(NewNode {
            kind: node.kind(),
            name: node.name(),
            id: node.id(),
            self_size: node.self_size(),
            edges: node.edges().len() as u32,
        })?;
    }
    let mut writer = writer.edges()?;
    for edge in snapshot.nodes().flat_map(Node::edges) {
        let entry;
        let name = match edge.name() {
            EdgeName::Index(index) => NewName::Index(index),
            EdgeName::Name(name) => NewName::Name(name),
            EdgeName::Entry(own) => {
                let (key, value, table) = (own.key, own.value, own.table);
                entry = format!(
                    "1 / part of key (K @{key}) -> value (V @{value}) pair in WeakMap (table @{table})"
                );
                NewName::Name(&entry)
            }
        };
        // A kind without a name of V8's cannot be written; it has a name as an internal edge has.
        let kind = if edge.kind() == EdgeKind::Other { EdgeKind::Internal } else { edge.kind() };
        writer.edge(kind, name, edge.to().index() as u32)?;
    }
    writer.finish()
}

fn assert_same(one: &Snapshot, other: &Snapshot) {
    assert_eq!(one.node_count(), other.node_count());
    for (one, other) in one.nodes().zip(other.nodes()) {
        assert_eq!(node(one), node(other));
        assert!(one.edges().map(edge).eq(other.edges().map(edge)));
    }
}

fn node(node: Node<'_>) -> (&'static str, &str, u32, u64) {
    let kind = if node.kind() == NodeKind::Other { NodeKind::Hidden } else { node.kind() };
    (kind.name(), node.name(), node.id(), node.self_size())
}

fn edge(edge: Edge<'_>) -> (&'static str, EdgeName<'_>, usize) {
    let kind = if edge.kind() == EdgeKind::Other { EdgeKind::Internal } else { edge.kind() };
    (kind.name(), edge.name(), edge.to().index())
}
