//! Snapshots of real Nodes: sizes as the file and memlab have them, leaks found by name, and nothing found in mends.

use super::archive::{NODES, folder, snapshot, version};
use mem_report::heapsnapshot::{
    Analysis, Dominators, Finding, FindingKind, Rules, Search, groups, totals,
};

fn findings(name: &str, node: &str) -> Vec<Finding> {
    let snapshot = snapshot(name, node);
    Search::new().run(&Analysis::new(&snapshot))
}

/// The only finding of a leak's snapshot, in each Node.
fn only(program: &str, kind: FindingKind) -> Vec<Finding> {
    NODES
        .iter()
        .map(|node| {
            let mut found = findings(&format!("{program}-leak"), node);
            assert_eq!(found.len(), 1, "{program} in Node {node}: {found:#?}");
            assert_eq!(found[0].kind, kind, "{program} in Node {node}");
            found.remove(0)
        })
        .collect()
}

fn scope_name(finding: &Finding) -> Option<&str> {
    finding.scope.as_ref().map(|scope| scope.name.as_str())
}

fn script(finding: &Finding) -> Option<&str> {
    finding.scope.as_ref().and_then(|scope| scope.script.as_deref())
}

#[test]
fn sizes_of_all_nodes_agree_with_memlabs() {
    let table = std::fs::read_to_string(folder().join("memlab.tsv")).expect("the recorded figures");
    let mut rows = 0;
    for row in table.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<_> = row.split('\t').collect();
        let [node, name, nodes, total, sum] = fields[..] else { panic!("{row}") };
        let snapshot = snapshot(name, node);
        assert_eq!(snapshot.node_count().to_string(), nodes, "{name}");
        assert_eq!(snapshot.total_size().to_string(), total, "{name}");
        let dominators = Dominators::with_rules(&snapshot, Rules::Memlab);
        let own = snapshot.nodes().fold(0u64, |sum, node| {
            sum.wrapping_add(u64::from(node.id()).wrapping_mul(dominators.retained(node)))
        });
        assert_eq!(own.to_string(), sum, "{name}");
        rows += 1;
    }
    assert_eq!(rows, 12 * NODES.len());
}

#[test]
fn files_of_all_nodes_are_read() {
    for node in NODES {
        assert!(version(node).starts_with(&format!("v{node}.")), "{node}: {}", version(node));
        let snapshot = snapshot("map-leak", node);
        let functions = snapshot.nodes().filter(|node| node.kind().name() == "closure");
        assert!(functions.filter(|node| node.location().is_some()).count() > 0, "Node {node}");
        assert!(snapshot.nodes().any(|node| node.name() == "Session"), "Node {node}");
    }
}

#[test]
fn the_root_retains_all_and_groups_and_parts_add_up() {
    let snapshot = snapshot("map-mend", "24");
    let dominators = Dominators::new(&snapshot);
    let root = snapshot.root().expect("a root");
    assert_eq!(dominators.retained(root), snapshot.total_size());
    let groups = groups(&snapshot, &dominators);
    let sum: u64 = groups.iter().map(|group| group.self_size).sum();
    assert_eq!(sum, snapshot.total_size());
    assert_eq!(groups.iter().map(|group| group.count).sum::<u64>(), snapshot.node_count() as u64);
    assert!(groups.iter().all(|group| group.self_size <= group.retained));
    let session = groups.iter().find(|group| group.name == "Session").expect("sessions");
    assert_eq!(session.count, 50);
    let totals = totals(&snapshot);
    assert_eq!(totals.heap + totals.array_buffers + totals.native, totals.total);
    assert_eq!(totals.total, snapshot.total_size());
}

#[test]
fn slabs_that_a_slice_pins_are_found() {
    for (node, found) in NODES.into_iter().zip(only("slabs", FindingKind::PinnedSlabs)) {
        // Node 26's slabs are of 64 KiB, and 64 bytes to align them.
        let slab = if node == "26" { 65_600 } else { 8192 };
        assert_eq!((found.count, found.bytes), (39, 39 * slab));
        assert!(found.holder.starts_with("kept[*], a variable of the top level"), "{found}");
        assert_eq!(script(&found), Some("/app/slabs-leak.js"));
    }
}

#[test]
fn a_weak_map_that_the_collector_emptied_is_found() {
    for found in only("table", FindingKind::StaleTable) {
        assert_eq!((found.variable.as_deref(), found.bytes), (Some("seen"), 65_576));
        assert_eq!(script(&found), Some("/app/table-leak.js"));
    }
}

#[test]
fn a_map_where_a_weak_map_was_meant_is_found() {
    for found in only("map", FindingKind::LonelyKeys) {
        assert_eq!((found.variable.as_deref(), found.count), (Some("details"), 40));
        assert!(found.bytes > 40 * 200, "{found}");
    }
}

#[test]
fn writables_that_hold_chunks_are_found_with_why() {
    for node in NODES {
        let found = findings("writable-leak", node);
        let [slow, corked] = &found[..] else { panic!("Node {node}: {found:#?}") };
        assert_eq!((slow.variable.as_deref(), slow.count), (Some("slow"), 39));
        assert!(slow.bytes >= 39_000 && slow.detail.contains("has not finished"), "{slow}");
        assert_eq!((corked.variable.as_deref(), corked.count), (Some("corked"), 20));
        assert!(corked.bytes >= 10_000 && corked.detail.contains("corked"), "{corked}");
    }
}

#[test]
fn a_variable_that_only_a_dead_closure_used_is_found() {
    for found in only("closure", FindingKind::UnusedVariable) {
        assert_eq!(found.variable.as_deref(), Some("rows"));
        assert_eq!(scope_name(&found), Some("makeReport"));
        assert!(found.holder.contains("/app/closure-leak.js:7"), "{found}");
        assert!(found.holder.contains("kept by describe (line 7)"), "{found}");
        assert!(found.bytes > 8000, "{found}");
    }
}

#[test]
fn a_chain_of_scopes_is_found() {
    for found in only("chain", FindingKind::ContextChain) {
        assert_eq!((found.variable.as_deref(), found.count), (Some("previous"), 20));
        assert_eq!(scope_name(&found), Some("replaceHandler"));
        assert!(found.bytes > 20 * 300, "{found}");
    }
}

#[test]
fn nothing_is_found_where_the_leak_is_mended() {
    for program in ["slabs", "table", "map", "writable", "closure", "chain"] {
        for node in NODES {
            let found = findings(&format!("{program}-mend"), node);
            assert!(found.is_empty(), "{program} in Node {node}: {found:#?}");
        }
    }
}

#[test]
fn a_path_names_the_variable_and_the_function() {
    let snapshot = snapshot("map-leak", "20");
    let analysis = Analysis::new(&snapshot);
    let session = snapshot
        .nodes()
        .filter(|node| node.name() == "Session")
        .find(|node| analysis.paths().to(*node).len() > 1 && node.self_size() == 32)
        .expect("a session");
    let holder = analysis.names().holder(analysis.paths(), session);
    assert_eq!(holder.expression, "details → an entry");
    assert_eq!(holder.scope.and_then(|scope| scope.script).as_deref(), Some("/app/map-leak.js"));
}
