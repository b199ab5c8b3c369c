//! What is written reads back as it was, and what does not fit is refused.

use mem_report::heapsnapshot::{
    EdgeKind, EdgeName, Location, NewName, NewNode, NodeKind, Reader, WriteError, Writer,
};

fn node(kind: NodeKind, name: &str, id: u32, edges: u32) -> NewNode<'_> {
    NewNode { kind, name, id, self_size: 8 * u64::from(id), edges }
}

#[test]
fn every_kind_name_and_location_reads_back() {
    let name = "quote \" and \\ and \n and é and 🦀";
    let mut file = Vec::new();
    let count = NodeKind::ALL.len() as u32;
    let mut nodes = Writer::new(&mut file, count, 4).expect("a head");
    for (place, kind) in NodeKind::ALL.into_iter().enumerate() {
        let edges = if place == 0 { 4 } else { 0 };
        nodes.node(node(kind, name, place as u32, edges)).expect("a node");
    }
    let mut edges = nodes.edges().expect("all nodes");
    edges.edge(EdgeKind::Property, NewName::Name(name), 1).expect("an edge");
    edges.edge(EdgeKind::Element, NewName::Index(7), 2).expect("an edge");
    edges.edge(EdgeKind::Weak, NewName::Name("weak"), 3).expect("an edge");
    let entry = "2 / part of key (K @0) -> value (V @4) pair in WeakMap (table @9)";
    edges.edge(EdgeKind::KeyToValue, NewName::Name(entry), 4).expect("an edge");
    let location = Location { script: 3, line: 4, column: 5 };
    edges.location(4, location);
    edges.finish().expect("the end");
    let snapshot = Reader::new().read(&file[..]).expect("a snapshot");
    for (place, (node, kind)) in snapshot.nodes().zip(NodeKind::ALL).enumerate() {
        assert_eq!((node.kind(), node.name(), node.id()), (kind, name, place as u32));
        assert_eq!(node.self_size(), 8 * place as u64);
    }
    let edges: Vec<_> = snapshot.root().expect("a root").edges().collect();
    assert_eq!(edges[0].name(), EdgeName::Name(name));
    assert_eq!((edges[1].name(), edges[1].to().index()), (EdgeName::Index(7), 2));
    assert_eq!((edges[2].kind(), edges[3].kind()), (EdgeKind::Weak, EdgeKind::KeyToValue));
    assert_eq!(snapshot.node(4).and_then(|node| node.location()), Some(location));
}

#[test]
fn counts_and_names_that_do_not_fit_are_refused() {
    let writer = || Writer::new(Vec::new(), 1, 1).expect("a head");
    let root = node(NodeKind::Synthetic, "", 1, 1);
    let refused = writer().edges().expect_err("no node");
    assert!(matches!(refused, WriteError::Nodes { announced: 1, came: 0 }));
    let edges = || {
        let mut nodes = writer();
        nodes.node(root).expect("a node");
        nodes.edges().expect("all nodes")
    };
    let refused = edges().edge(EdgeKind::Property, NewName::Name("a"), 1).expect_err("no node");
    assert!(matches!(refused, WriteError::NoSuchNode(1)));
    let refused = edges().edge(EdgeKind::Element, NewName::Name("a"), 0).expect_err("no number");
    assert!(matches!(refused, WriteError::WrongName(EdgeKind::Element)));
    let refused = edges().finish().expect_err("no edge");
    assert!(matches!(refused, WriteError::Edges { announced: 1, came: 0 }));
}
