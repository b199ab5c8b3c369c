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
