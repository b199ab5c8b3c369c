//! Sources, and the thread that samples them.

use mem_report::{Figure, MemorySource, MemoryUsage, Sampler, Source, Timeline};
use std::sync::mpsc::channel;
use std::time::Duration;

const EXACT: Source = Source::exact("test");

fn used(bytes: u64) -> MemoryUsage {
    MemoryUsage::new().with(Figure::HeapUsed, bytes, EXACT)
}

#[test]
fn a_source_completes_another_and_replaces_none_of_its_figures() {
    let mut pair = (|| used(1), || used(2).with(Figure::External, 3, EXACT));
    let usage = pair.read();
    assert_eq!((usage.heap_used(), usage.external(), usage.rss()), (Some(1), Some(3), None));
    let mut timeline = Timeline::new();
    timeline.sample("now", &mut pair);
    assert_eq!(timeline.get(0).map(|sample| sample.usage), Some(usage));
}

#[test]
fn a_sampler_goes_on_until_it_is_stopped() {
    let (taken, samples) = channel();
    let mut number = 0;
    let source = move || {
        number += 1;
        let _ = taken.send(number);
        used(number)
    };
    let sampler =
        Sampler::spawn(Duration::from_nanos(1), Timeline::new(), source).expect("a thread");
    assert_eq!(samples.iter().take(5).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let timeline = sampler.stop().expect("no panic");
    let figures: Vec<_> = timeline.figure(Figure::HeapUsed).flatten().collect();
    assert!(figures.len() >= 5);
    assert!(figures.iter().copied().eq(1..=figures.len() as u64));
}

#[test]
fn each_label_has_a_sample_however_soon_the_next_one_comes() {
    let sampler = Sampler::spawn(Duration::MAX, Timeline::new(), || used(1)).expect("a thread");
    for label in ["a", "b", "c"] {
        sampler.label(label);
    }
    let timeline = sampler.stop().expect("no panic");
    let labels: Vec<_> = timeline.samples().map(|sample| sample.label).collect();
    assert_eq!(labels, ["", "a", "b", "c"]);
}

#[test]
fn samples_up_to_a_panic_of_the_source_are_not_lost() {
    let mut left = 3_u64;
    let source = move || {
        left = left.checked_sub(1).expect("this panic is wanted");
        used(left)
    };
    let sampler = Sampler::spawn(Duration::ZERO, Timeline::new(), source).expect("a thread");
    let error = loop {
        if sampler.with_timeline(Timeline::len) == 3 {
            sampler.label("one too many");
            break sampler.stop().expect_err("the source panics");
        }
        std::thread::yield_now();
    };
    assert_eq!(error.timeline.len(), 3);
}

#[cfg(all(feature = "glibc", target_os = "linux", target_env = "gnu"))]
#[test]
fn glibc_counts_what_is_allocated_and_held() {
    let bytes = |reading: Option<mem_report::Reading>| reading.expect("glibc tells").bytes;
    // Not touched: the resident set, which another test looks at, stays as it is.
    let held = std::hint::black_box(Vec::<u8>::with_capacity(256 << 20));
    let memory = mem_report::allocators::glibc();
    assert!(bytes(memory.allocated) >= 256 << 20);
    assert!(bytes(memory.held) >= bytes(memory.allocated));
    drop(held);
}
