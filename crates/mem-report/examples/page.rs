//! Writes the page of a made-up service to a file: `cargo run --example page --features html -- FILE [SAMPLES]`.

use mem_report::{Figure, Kinds, MemoryUsage, Sample, Source, Timeline, html};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::{Duration, Instant};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().unwrap_or_else(|| "page.html".to_owned());
    let samples = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(400);
    let timeline = service(samples);
    let started = Instant::now();
    let mut to = BufWriter::new(File::create(&file)?);
    html::Page::new("Requests to a service", &timeline).write(&mut to)?;
    to.flush()?;
    println!("{file}: {samples} samples in {:?}", started.elapsed());
    Ok(())
}

/// A heap that fills with requests' garbage, is collected, and keeps a little of each round in a cache.
fn service(samples: u64) -> Timeline {
    let mut timeline = Timeline::new();
    let mut random = 1_u64;
    let (mut garbage, mut collections) = (0_u64, 0);
    for number in 0..samples {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        garbage += random >> 44;
        let cache = 4_000_000 * number / samples;
        if garbage > 12_000_000 {
            timeline.statement("gc()");
            (garbage, collections) = (random >> 46, collections + 1);
        }
        let buffers = 1_000_000 + (random >> 45);
        let used = 3_000_000 + cache + garbage;
        let usage = MemoryUsage::new()
            .with(Figure::Rss, 42_000_000 + used + (random >> 43), Source::VM_RSS)
            .with(Figure::HeapTotal, used / 4_194_304 * 4_194_304 + 6_291_456, Source::HEAP)
            .with(Figure::HeapUsed, used, Source::HEAP)
            .with(Figure::External, buffers + 200_000, Source::POOL)
            .with(Figure::ArrayBuffers, buffers, Source::POOL);
        let label = match number * 4 / samples {
            0 => "warm-up",
            1 => "1,000 requests a second",
            2 => "with <b>large</b> answers",
            _ => "cooling down",
        };
        let mut kinds = Kinds::new();
        if number.is_multiple_of(samples.div_ceil(400)) {
            kinds.add("heap", "strings", cache / 1000, 800_000 + cache / 2 + garbage / 4);
            kinds.add("heap", "arrays", cache / 4000, 700_000 + cache / 4 + garbage / 2);
            kinds.add("heap", "objects", cache / 56, 900_000 + cache / 4);
            kinds.add("heap", "closures", 300, 600_000 + garbage / 4);
            kinds.add("buffers", "in use", buffers / 8192, buffers * 3 / 4);
            kinds.add("buffers", "free", buffers / 32768, buffers / 4);
        }
        let sample = Sample::new(label, usage)
            .with_time(Duration::from_millis(number * 10))
            .with_collections(collections);
        timeline.record(if kinds.is_empty() { sample } else { sample.with_kinds(&kinds) });
    }
    timeline
}
