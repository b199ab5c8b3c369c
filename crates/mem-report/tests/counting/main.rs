//! The counting allocator, installed in this test's process; the tests run side by side.

use mem_report::counting::{self, Counting, Scope};
use mem_report::{Allocations, Figure, Kinds, MemoryUsage, Sample, Source, Timeline};
use std::sync::Barrier;
use std::thread;

#[global_allocator]
static ALLOCATOR: Counting = Counting::system();

fn bytes(size: usize) -> Vec<u8> {
    std::hint::black_box(Vec::with_capacity(size))
}

fn did(work: impl FnOnce()) -> Allocations {
    counting::measure(work).1.expect("the allocator is installed")
}

#[test]
fn a_scope_counts_what_its_thread_did_and_no_other() {
    let (start, done) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|threads| {
        threads.spawn(|| {
            start.wait();
            for _ in 0..1000 {
                drop(bytes(100_000));
            }
            done.wait();
        });
        let did = did(|| {
            start.wait();
            drop(bytes(1000));
            done.wait();
        });
        assert_eq!((did.allocations, did.deallocations), (1, 1));
        assert_eq!((did.allocated_bytes, did.freed_bytes, did.live_bytes), (1000, 1000, 0));
        assert_eq!(did.peak_bytes, 1000);
    });
}

#[test]
fn a_reallocation_is_neither_an_allocation_nor_a_deallocation() {
    let did = did(|| {
        let mut vector = bytes(1000);
        vector.reserve_exact(3000);
        vector.shrink_to(2000);
        drop(vector);
    });
    assert_eq!((did.allocations, did.reallocations, did.deallocations), (1, 2, 1));
    assert_eq!((did.allocated_bytes, did.freed_bytes), (3000, 3000));
    assert_eq!((did.peak_bytes, did.live_bytes, did.live_blocks), (3000, 0, 0));
}

#[test]
fn scopes_nest_and_each_has_its_own_peak() {
    let outer = Scope::begin();
    drop(bytes(5000));
    let held = bytes(1000);
    let inner = Scope::begin();
    drop(bytes(300));
    let inner = inner.end().expect("installed");
    drop(bytes(200));
    let outer = outer.end().expect("installed");
    assert_eq!((inner.peak_bytes, inner.live_bytes), (300, 0));
    assert_eq!((outer.peak_bytes, outer.live_bytes, outer.live_blocks), (5000, 1000, 1));
    drop(held);
}

#[test]
fn the_peak_of_an_inner_scope_is_one_of_the_outer_scope() {
    let outer = Scope::begin();
    let inner = Scope::begin();
    drop(bytes(300_000));
    drop(inner);
    assert_eq!(outer.end().expect("installed").peak_bytes, 300_000);
}

#[test]
fn what_is_freed_by_another_thread_is_that_threads_deallocation() {
    let sent = bytes(4000);
    let did = thread::spawn(move || did(|| drop(sent))).join().expect("the thread");
    assert_eq!((did.allocations, did.deallocations), (0, 1));
    assert_eq!((did.live_bytes, did.freed_bytes, did.live_blocks), (-4000, 4000, -1));
}

#[test]
fn what_is_uncounted_moves_no_counter_and_panics_count_again() {
    let did = did(|| {
        let hidden = counting::uncounted(|| bytes(1000));
        counting::uncounted(|| drop(hidden));
        let caught = counting::uncounted(|| std::panic::catch_unwind(|| drop(bytes(7))));
        assert!(caught.is_ok());
        drop(bytes(10));
    });
    assert_eq!((did.allocations, did.allocated_bytes, did.peak_bytes), (1, 10, 10));
    let scope = Scope::begin();
    let inside = counting::uncounted(|| scope.so_far());
    assert_eq!(inside, Some(Allocations::default()));
}

#[test]
fn the_thread_is_counted_from_its_start() {
    let thread = thread::spawn(|| {
        let before = counting::thread().expect("installed");
        let held = bytes(100);
        let after = counting::thread().expect("installed");
        drop(held);
        after.live_bytes - before.live_bytes
    });
    assert_eq!(thread.join().expect("the thread"), 100);
}

#[test]
fn the_process_counts_all_threads_also_those_that_have_ended() {
    // Other tests allocate meanwhile: some megabytes, far less than this thread's.
    let size: usize = 512 << 20;
    let before = counting::process().expect("installed");
    let held: Vec<_> =
        (0..4).map(|_| thread::spawn(move || bytes(size)).join().expect("the thread")).collect();
    let during = counting::process().expect("installed");
    let grown = during.live_bytes - before.live_bytes;
    let other = 256 << 20;
    assert!((grown - 4 * size as i64).abs() < other, "{grown}");
    assert!(during.peak_bytes >= during.live_bytes - 4 * 65536);
    drop(held);
    let after = counting::process().expect("installed");
    assert!(after.live_bytes - before.live_bytes < other);
}

#[test]
fn live_bytes_are_the_figure_of_a_program_without_a_heap() {
    let usage = counting::memory_usage();
    let reading = usage.reading(Figure::HeapUsed).expect("installed");
    assert_eq!(reading.source, Source::COUNTING_ALLOCATOR);
    assert_eq!(usage.rss(), None);
}

#[test]
fn a_timeline_does_not_count_itself_with_room_or_without() {
    let usage = MemoryUsage::new().with(Figure::HeapUsed, 1, Source::HEAP);
    let mut kinds = Kinds::new();
    kinds.add("heap", "strings", 1, 24);
    let label = "a label";
    let did = did(|| {
        let mut timeline = Timeline::new().with_room(100, 100);
        for _ in 0..1000 {
            timeline.statement("statement");
            timeline.record(Sample::new(label, usage).with_kinds(&kinds));
        }
        drop(timeline.clone());
        let mut ring = Timeline::ring(10);
        for _ in 0..100 {
            ring.record(Sample::new(label, usage).with_kinds(&kinds));
        }
    });
    assert_eq!(did, Allocations::default());
}

#[test]
fn a_sampler_does_not_count_its_labels() {
    let sampler =
        mem_report::Sampler::spawn(std::time::Duration::MAX, Timeline::new(), MemoryUsage::new)
            .expect("a thread");
    let did = did(|| {
        for label in ["a label", "another one"] {
            sampler.label(label);
        }
    });
    assert_eq!(did, Allocations::default());
    assert_eq!(sampler.stop().expect("no panic").len(), 3);
}

#[test]
fn a_scope_that_ends_by_a_panic_leaves_the_outer_scope_its_peak() {
    let outer = Scope::begin();
    let unwound = std::panic::catch_unwind(|| {
        let _inner = Scope::begin();
        drop(bytes(1 << 20));
        std::panic::resume_unwind(counting::uncounted(|| Box::new(())));
    });
    counting::uncounted(|| drop(unwound));
    let held = bytes(1000);
    let outer = outer.end().expect("installed");
    assert_eq!(outer.peak_bytes, 1 << 20);
    drop(held);
}
