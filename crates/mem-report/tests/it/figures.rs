//! The five figures, their differences and their text.

use mem_report::{Figure, MemoryUsage, Source};

pub fn usage() -> MemoryUsage {
    MemoryUsage::new()
        .with(Figure::Rss, 27_541_504, Source::VM_RSS)
        .with(Figure::HeapTotal, 5_685_248, Source::HEAP)
        .with(Figure::HeapUsed, 3_092_008, Source::HEAP)
        .with(Figure::External, 214_186, Source::POOL)
        .with(Figure::ArrayBuffers, 10_422, Source::POOL)
}

#[test]
fn figures_are_printed_as_node_prints_them() {
    let text = "{\n  rss: 27541504,\n  heapTotal: 5685248,\n  heapUsed: 3092008,\n  \
                external: 214186,\n  arrayBuffers: 10422\n}";
    assert_eq!(usage().to_string(), text);
}

#[test]
fn short_figures_stand_on_one_line_as_nodes_do() {
    let usage = |external| {
        MemoryUsage::new()
            .with(Figure::Rss, 10, Source::NODE)
            .with(Figure::HeapTotal, 20, Source::NODE)
            .with(Figure::HeapUsed, 30, Source::NODE)
            .with(Figure::External, external, Source::NODE)
            .with(Figure::ArrayBuffers, 5, Source::NODE)
    };
    let one_line = "{ rss: 10, heapTotal: 20, heapUsed: 30, external: 40, arrayBuffers: 5 }";
    assert_eq!(usage(40).to_string(), one_line);
    assert_eq!(usage(400).to_string().lines().count(), 7);
    assert_eq!(MemoryUsage::new().to_string(), "{}");
}

#[test]
fn an_absent_figure_is_neither_printed_nor_compared() {
    let mut without = usage();
    without.set(Figure::Rss, None);
    assert!(!without.to_string().contains("rss"));
    assert_eq!(usage().since(&without).get(Figure::Rss), None);
    assert_eq!(without.or(usage()), usage());
}

#[test]
fn differences_have_signs() {
    let later = usage().with(Figure::HeapUsed, 3_092_000, Source::HEAP).with(
        Figure::External,
        214_187,
        Source::POOL,
    );
    let difference = later.since(&usage());
    assert_eq!(difference.get(Figure::HeapUsed), Some(-8));
    assert!(difference.to_string().contains("external: +1,"));
    assert!(difference.to_string().contains("heapUsed: -8,"));
}
