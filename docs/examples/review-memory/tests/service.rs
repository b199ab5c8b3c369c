//! The memory of a plain Rust service: what its allocator counts. One test a scenario.
//!
//! A scope counts the test's own thread, so other tests of the process do not disturb it.

use mem_report::assert_timeline_snapshot;
use mem_report::budget::Budgets;
use mem_report::counting::{Counting, Scope};
use mem_report::{Counter, MemoryUsage, Sample, Timeline, assert_memory, assert_no_growth};
use review_memory::Cache;

#[global_allocator]
static ALLOCATOR: Counting = Counting::system();

/// Takes a sample of what the test's thread has allocated since the scope began.
fn sample(timeline: &mut Timeline, label: &str, scope: &Scope) {
    let counted = scope.so_far().expect("the counting allocator is installed");
    timeline.record(Sample::new(label, MemoryUsage::new()).with_allocations(counted));
}

fn requests() -> Timeline {
    // Room for the samples is taken before the scope, so that the timeline does not count itself.
    let mut timeline = Timeline::new().with_room(16, 1024);
    let scope = Scope::begin();
    sample(&mut timeline, "start", &scope);
    let mut cache = Cache::new(100);
    sample(&mut timeline, "empty cache", &scope);
    let mut request = 0;
    for round in ["warm-up", "round 1", "round 2", "round 3", "round 4"] {
        for _ in 0..700 {
            cache.answer(request);
            request += 1;
        }
        sample(&mut timeline, round, &scope);
    }
    drop(cache);
    sample(&mut timeline, "dropped", &scope);
    timeline
}

#[test]
fn requests_are_as_reviewed() {
    assert_timeline_snapshot!("requests", &requests());
}

#[test]
fn rounds_of_requests_do_not_grow() {
    let mut rounds = Timeline::new();
    for sample in requests().samples().filter(|sample| sample.label.starts_with("round")) {
        rounds.record(sample);
    }
    assert_no_growth!(rounds, Counter::LiveBytes, 4);
    assert_memory!(requests(), Counter::LiveBytes, "start" => "dropped", ..=0);
}

#[test]
fn requests_stay_in_their_budget() {
    let budgets =
        Budgets::parse(include_str!("../memory-budget.toml")).expect("the file of budgets");
    let exceeded = budgets.check(&requests());
    assert!(exceeded.is_empty(), "{}", exceeded[0]);
}
