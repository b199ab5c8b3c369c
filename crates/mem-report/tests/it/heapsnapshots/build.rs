//! Small snapshots by hand.

use mem_report::heapsnapshot::{Reader, Snapshot};

/// An edge: its type, its name and its target.
pub type Edge<'a> = (u32, &'a str, usize);
/// A node: its type, its name, its size and its edges.
pub type Node<'a> = (u32, &'a str, u64, &'a [Edge<'a>]);

/// A file of objects: each has an identity, a name, a size, and edges (kind, name, place of the target). Kinds are V8's
/// numbers: 0 variable, 1 element, 2 property, 3 internal, 5 shortcut, 6 weak.
pub fn text(nodes: &[Node<'_>]) -> String {
    let mut strings: Vec<String> = Vec::new();
    let mut intern = |text: &str| {
        strings.iter().position(|own| own == text).unwrap_or_else(|| {
            strings.push(text.to_owned());
            strings.len() - 1
        })
    };
    let (mut rows, mut edges) = (Vec::new(), Vec::new());
    for (place, (id, name, size, own)) in nodes.iter().enumerate() {
        let kind = if place == 0 { 9 } else { 3 };
        rows.push(format!("{kind},{},{id},{size},{}", intern(name), own.len()));
        for (kind, name, to) in *own {
            let name = if *kind == 1 { name.parse().expect("an index") } else { intern(name) };
            edges.push(format!("{kind},{name},{}", to * 5));
        }
    }
    let strings = serde_json::to_string(&strings).expect("strings");
    format!(
        r#"{{"snapshot":{{"meta":{{"node_fields":["type","name","id","self_size","edge_count"],"node_types":[["hidden","array","string","object","code","closure","regexp","number","native","synthetic"],"string","number","number","number"],"edge_fields":["type","name_or_index","to_node"],"edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"string_or_number","node"]}},"node_count":{},"edge_count":{}}},
"nodes":[{}],
"edges":[{}],
"strings":{strings}}}"#,
        nodes.len(),
        edges.len(),
        rows.join("\n,"),
        edges.join("\n,"),
    )
}

pub fn snapshot(nodes: &[Node<'_>]) -> Snapshot {
    Reader::new().read(text(nodes).as_bytes()).expect("a snapshot")
}
