//! Recorded snapshots of real Nodes, out of one archive for each of them.

use brotli_decompressor::Decompressor;
use mem_report::heapsnapshot::{Reader, Snapshot};
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The Nodes that snapshots are recorded of.
pub const NODES: [&str; 7] = ["14", "16", "18", "20", "22", "24", "26"];

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/heapsnapshots")
}

/// The texts of all snapshots of a Node, by their names.
fn archive(node: &str) -> &'static HashMap<String, String> {
    static ARCHIVES: [OnceLock<HashMap<String, String>>; NODES.len()] =
        [const { OnceLock::new() }; NODES.len()];
    let at = NODES.iter().position(|own| *own == node).expect("a recorded Node");
    ARCHIVES[at].get_or_init(|| {
        let path = folder().join(format!("recorded/node-{node}.br"));
        let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut text = String::new();
        Decompressor::new(file, 1 << 16).read_to_string(&mut text).expect("an archive");
        let pairs = text.lines().filter_map(|line| line.split_once('\t'));
        pairs.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    })
}

/// The version of a recorded Node, such as `v20.20.2`.
pub fn version(node: &str) -> &'static str {
    &archive(node)["node"]
}

pub fn snapshot(name: &str, node: &str) -> Snapshot {
    let text = archive(node).get(name).unwrap_or_else(|| panic!("{name} in Node {node}"));
    Reader::new().read(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"))
}
