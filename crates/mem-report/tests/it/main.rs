//! What is read, compared and printed.

use mem_report::{Figure, MemoryUsage, Timeline, resident_set};

fn usage() -> MemoryUsage {
    MemoryUsage {
        rss: 27_541_504,
        heap_total: 5_685_248,
        heap_used: 3_092_008,
        external: 214_186,
        array_buffers: 10_422,
    }
}

#[test]
fn figures_are_printed_as_node_prints_them() {
    let text = "{\n  rss: 27541504,\n  heapTotal: 5685248,\n  heapUsed: 3092008,\n  \
                external: 214186,\n  arrayBuffers: 10422\n}";
    assert_eq!(usage().to_string(), text);
}

#[test]
fn differences_have_signs() {
    let later = MemoryUsage { heap_used: 3_092_000, external: 214_187, ..usage() };
    let difference = later.since(&usage());
    assert_eq!(difference.of(Figure::HeapUsed), -8);
    assert!(difference.to_string().contains("external: +1,"));
    assert!(difference.to_string().contains("heapUsed: -8,"));
}

#[test]
fn a_timeline_shows_all_but_the_resident_set() {
    let mut timeline = Timeline::default();
    timeline.push("start", usage());
    let text = timeline.to_string();
    assert_eq!(
        text,
        "start: heapTotal 5685248 heapUsed 3092008 external 214186 arrayBuffers 10422\n"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn the_resident_set_contains_what_is_touched() {
    let before = resident_set().expect("Linux tells");
    let touched = vec![1_u8; 64 << 20];
    let after = resident_set().expect("Linux tells");
    assert_eq!(touched.iter().map(|n| usize::from(*n)).sum::<usize>(), 64 << 20);
    assert!(after > before + (32 << 20));
}
