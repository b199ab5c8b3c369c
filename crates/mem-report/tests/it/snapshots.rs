//! Timelines as insta's snapshots.

use mem_report::insta::Bands;
use mem_report::review::Review;
use mem_report::{Figure, MemoryUsage, Source, Timeline, assert_timeline_snapshot};

fn timeline(used: u64, rss: u64) -> Timeline {
    let mut timeline = Timeline::new();
    let usage = MemoryUsage::new().with(Figure::HeapUsed, used, Source::HEAP).with(
        Figure::Rss,
        rss,
        Source::VM_RSS,
    );
    timeline.push("start", usage);
    timeline
}

#[test]
fn a_noisy_figure_inside_its_band_matches_and_an_exact_one_must_be_equal() {
    let committed = Review::new(&timeline(1000, 33 << 20)).to_string();
    let holds = |used, rss| {
        Bands::new(&timeline(used, rss), |timeline| Review::new(timeline)).holds(&committed)
    };
    assert!(holds(1000, 33 << 20));
    assert!(holds(1000, 43 << 20));
    assert!(!holds(1000, 45 << 20));
    assert!(!holds(1001, 33 << 20));
}

/// The committed snapshot was made with 33 MiB.
#[test]
fn the_committed_snapshot_stays_as_it_is_while_the_value_is_inside() {
    assert_timeline_snapshot!("a service", &timeline(1000, 43 << 20));
}

#[test]
fn the_committed_text_is_found_where_insta_keeps_it() {
    let found = |name| {
        let manifest = env!("CARGO_MANIFEST_DIR");
        mem_report::insta::committed(manifest, file!(), module_path!(), name)
    };
    assert_eq!(found("a service"), "start\n  rss: 24 MiB to 44 MiB\n  heapUsed: 1000\n");
    assert_eq!(found("no such name"), "");
}

/// The text that is found of a snapshot in a folder of a test, under insta's settings of that moment.
fn found_in(folder: &str, file: &str, text: &str, name: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let snapshots = root.join("tests/snapshots");
    std::fs::create_dir_all(&snapshots).expect("the target directory can be written");
    std::fs::write(snapshots.join(file), text).expect("a file");
    let root = root.to_str().expect("a path of UTF-8");
    mem_report::insta::committed(root, "tests/it.rs", "it::a", name)
}

#[test]
fn a_snapshot_keeps_its_bands_whatever_insta_makes_of_its_name() {
    let text = "---\nsource: a\n---\nstart\n  rss: 24 MiB to 44 MiB\n";
    let found = |file: &str, name: &str| found_in("names", file, text, name);
    let body = "start\n  rss: 24 MiB to 44 MiB\n";
    assert_eq!(found("it__a__one:two.snap", "one:two"), body);
    assert_eq!(found("it__a__one__two.snap", "one/two"), body);
    insta::with_settings!({ snapshot_suffix => "release" }, {
        assert_eq!(found("it__a__one@release.snap", "one"), body);
    });
}

#[test]
fn a_snapshot_with_line_ends_of_windows_keeps_its_bands() {
    let text = "---\r\nsource: a\r\n---\r\nstart\r\n  rss: 24 MiB to 44 MiB\r\n";
    let found = found_in("windows", "it__a__one.snap", text, "one");
    assert_eq!(found, "start\n  rss: 24 MiB to 44 MiB\n");
}
