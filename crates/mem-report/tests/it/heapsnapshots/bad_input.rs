//! Files that are cut, wrong or hostile: an error that says where, and no panic.

use super::build::text;
use mem_report::heapsnapshot::{Analysis, Problem, Reader, Search, SnapshotError, groups};
use proptest::prelude::*;
use std::io::Read;

fn good() -> String {
    text(&[
        (1, "", 0, &[(5, "global \"é\"", 1), (2, "tab\tle", 2)]),
        (3, "Object", 100, &[(2, "next", 2), (1, "7", 1)]),
        (5, "Item", 20, &[(6, "weak", 1)]),
    ])
}

fn error(text: &str) -> SnapshotError {
    match Reader::new().read(text.as_bytes()) {
        Ok(snapshot) => panic!("a snapshot of {} nodes", snapshot.node_count()),
        Err(error) => error,
    }
}

/// A reader that gives one byte at a time.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.len().min(to.len()).min(1);
        to[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

#[test]
fn a_file_that_ends_early_is_refused_at_its_end_wherever_that_is() {
    let text = good();
    for length in 0..text.len() {
        if !text.is_char_boundary(length) {
            continue;
        }
        let error = error(&text[..length]);
        assert!(matches!(error.problem(), Problem::Truncated), "at {length}: {error}");
        assert!(error.position() <= length as u64, "at {length}: {error}");
    }
}

#[test]
fn a_file_reads_the_same_in_single_bytes() {
    let text = good();
    let (fast, slow) =
        (Reader::new().read(text.as_bytes()), Reader::new().read(Slow(text.as_bytes())));
    let (fast, slow) = (fast.expect("a snapshot"), slow.expect("a snapshot"));
    let names = |snapshot: &mem_report::heapsnapshot::Snapshot| {
        snapshot
            .nodes()
            .map(|node| {
                format!(
                    "{} {:?}",
                    node.name(),
                    node.edges().map(|edge| format!("{:?}", edge.name())).collect::<Vec<_>>()
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&fast), names(&slow));
    assert_eq!(
        fast.root().and_then(|root| root.edges().next()).map(|edge| format!("{:?}", edge.name())),
        Some("Name(\"global \\\"é\\\"\")".to_owned())
    );
}

#[test]
fn sections_and_fields_may_come_in_another_order_and_unknown_ones_are_skipped() {
    let file = r#" {"other": [[[{"a": "]}\""}]], 1.5e3, null], "strings": ["x", "\ud83e\udd80\ud800"], "snapshot": {"meta": {
        "node_fields": ["id", "edge_count", "new", "self_size", "name", "type"],
        "node_types": [0, 0, 0, 0, 0, ["object"]],
        "edge_fields": ["to_node", "type", "name_or_index"], "edge_types": [0, ["hidden", "property"]]}},
        "edges": [ 6 , 1 , 1 ], "nodes": [1,1,9,5,0,0, 3,0,9,7,1,0 ]} "#;
    let snapshot = Reader::new().read(file.as_bytes()).expect("a snapshot");
    let item = snapshot.node(1).expect("a node");
    assert_eq!((item.name(), item.id(), item.self_size()), ("🦀\u{fffd}", 3, 7));
}

#[test]
fn counts_that_lie_and_numbers_out_of_range_are_refused_where_they_are() {
    let text = good();
    type Is = fn(&Problem) -> bool;
    let cases: [(&str, &str, Is); 6] = [
        (",100,2", ",100,3", |problem| {
            matches!(problem, Problem::EdgeCount { counted: 6, found: 5 })
        }),
        ("2,4,10", "2,4,1000", |problem| {
            matches!(problem, Problem::OutOfRange { value: 200, limit: 3, .. })
        }),
        ("2,4,10", "2,4,11", |problem| matches!(problem, Problem::Expected("the start of a node"))),
        ("2,4,10", "2,500,10", |problem| matches!(problem, Problem::OutOfRange { value: 500, .. })),
        ("2,4,10", "2,-5,10", |problem| matches!(problem, Problem::Expected("a number"))),
        ("2,4,10", "2,55555555555555555555,10", |problem| {
            matches!(problem, Problem::Expected("a number below 10^19"))
        }),
    ];
    for (old, new, is_expected) in cases {
        assert!(text.contains(old), "{old} is not in {text}");
        let wrong = text.replacen(old, new, 1);
        let error = error(&wrong);
        assert!(is_expected(error.problem()), "{new}: {error}");
        let start = wrong.find(new).expect("the change") as u64;
        let distance = error.position().abs_diff(start);
        assert!(distance < 100, "{new}: {error}, but the change is at {start}");
    }
    let many = text.replace("\"node_count\":3", "\"node_count\":18446744073709551615");
    assert!(Reader::new().length(many.len() as u64).read(many.as_bytes()).is_ok());
}

#[test]
fn missing_parts_are_named() {
    for part in ["snapshot", "nodes", "edges", "strings"] {
        let text = good().replacen(&format!("\"{part}\":"), "\"renamed\":", 1);
        let error = error(&text);
        assert!(
            matches!(error.problem(), Problem::Missing(what) if what.contains(part) || part == "snapshot"),
            "{error}"
        );
    }
    assert!(matches!(error("{\"snapshot\":{}}").problem(), Problem::Meta(_)));
    assert!(matches!(error("{}").problem(), Problem::Missing(_)));
    assert!(matches!(error("[]").problem(), Problem::Expected("an object")));
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("{{\"x\":{}", "[".repeat(1 << 17));
    assert!(matches!(error(&deep).problem(), Problem::TooDeep));
}

#[test]
fn a_string_without_end_takes_no_more_memory_than_the_limit() {
    let start = good().replace("\"strings\":[\"\",", "\"strings\":[\"");
    let start = &start[..start.rfind("\"strings\":[\"").expect("strings") + 12];
    let endless = start.as_bytes().chain(std::io::repeat(b'x').take(1 << 26));
    let error = Reader::new().string_limit(1000).read(endless).expect_err("no end");
    assert!(matches!(error.problem(), Problem::Truncated));
    assert_eq!(error.position(), start.len() as u64 + (1 << 26));
    let whole = start.as_bytes().chain(std::io::repeat(b'x').take(1 << 20)).chain(&b"\",1"[..]);
    let error = Reader::new().string_limit(1000).read(whole).expect_err("no string");
    assert!(matches!(error.problem(), Problem::Expected("a string")));
}

#[test]
fn a_reader_that_fails_is_told_with_its_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let error = Reader::new().read(good().as_bytes()[..50].chain(Broken)).expect_err("no file");
    assert!(matches!(error.problem(), Problem::Io(_)));
    assert!(std::error::Error::source(&error).is_some());
}

proptest! {
    #[test]
    fn a_changed_file_is_read_or_refused_and_what_is_read_can_be_analysed(
        changes in prop::collection::vec((0usize..1 << 16, any::<u8>(), 0u8..4), 1..8),
    ) {
        let mut bytes = good().into_bytes();
        for (at, byte, how) in changes {
            let at = at % bytes.len();
            match how {
                0 => bytes[at] = byte,
                1 => bytes[at] = b"0123456789,[]{}\"\\"[usize::from(byte) % 17],
                2 => { bytes.remove(at); }
                _ => bytes.insert(at, b"0123456789,[]{}\"\\"[usize::from(byte) % 17]),
            }
        }
        if let Ok(snapshot) = Reader::new().length(bytes.len() as u64).read(&bytes[..]) {
            let analysis = Analysis::new(&snapshot);
            let _ = Search::new().least(0).run(&analysis);
            let _ = groups(&snapshot, analysis.dominators());
        }
    }
}
