//! A timeline of a million samples as a page, and as JSON lines and CSV, which have each sample.

use criterion::{Criterion, criterion_group, criterion_main};
use mem_report::html::Page;
use mem_report::{Figure, MemoryUsage, Sample, Source, Timeline, csv, json};
use std::time::Duration;

const SAMPLES: u64 = 1_000_000;
/// The most bytes that a page may have.
const PAGE: usize = 2_000_000;

/// Five figures that go up and down, with a time and a collection every 1000 samples.
fn timeline() -> Timeline {
    let mut timeline = Timeline::new().with_room(SAMPLES as usize, 1024);
    for number in 0..SAMPLES {
        let wave = 1_000_000_000 + number * 7919 % 1_000_000_000;
        let usage = MemoryUsage::new()
            .with(Figure::Rss, wave * 3, Source::VM_RSS)
            .with(Figure::HeapTotal, wave * 2, Source::HEAP)
            .with(Figure::HeapUsed, wave, Source::HEAP)
            .with(Figure::External, wave / 2, Source::POOL)
            .with(Figure::ArrayBuffers, wave / 3, Source::POOL);
        let label = ["warm-up", "load", "idle"][(number * 3 / SAMPLES) as usize];
        let time = Duration::from_millis(number * 10);
        timeline.record(Sample::new(label, usage).with_time(time).with_collections(number / 1000));
    }
    timeline
}

fn outputs(criterion: &mut Criterion) {
    let timeline = timeline();
    let mut group = criterion.benchmark_group("mem-report/output/1M-samples");
    group.sample_size(10);
    let mut text = Vec::new();
    group.bench_function("html", |bencher| {
        bencher.iter(|| {
            text.clear();
            Page::new("a million samples", &timeline).write(&mut text).expect("memory takes all");
            assert!(text.len() < PAGE, "{} bytes", text.len());
        });
    });
    group.bench_function("json", |bencher| {
        bencher.iter(|| {
            text.clear();
            json::write("a million samples", &timeline, &mut text).expect("memory takes all");
        });
    });
    group.bench_function("csv", |bencher| {
        bencher.iter(|| {
            text.clear();
            csv::write(&timeline, &mut text).expect("memory takes all");
        });
    });
    group.finish();
}

criterion_group!(benches, outputs);
criterion_main!(benches);
