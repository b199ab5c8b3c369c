//! Scenarios: programs in steps.

use node_memory::{
    Array, Figure, HeapOptions, Runtime, RuntimeError, RuntimeOptions, Scenario, Variable,
};
use std::time::Duration;

#[test]
fn a_step_that_fails_names_itself_and_leaves_what_was_recorded() {
    let heap = HeapOptions::default().with_limit(4 << 20);
    let failed = Scenario::<Vec<Variable<Array>>>::new()
        .with(RuntimeOptions::default().with_heap(heap))
        .sample("before")
        .step("new Array(1e6)", |runtime, kept| {
            kept.push(Array::new(runtime, 1_000_000)?);
            Ok(())
        })
        .sample("never")
        .run()
        .err()
        .unwrap();
    assert_eq!(failed.to_string(), "`new Array(1e6)` failed");
    assert!(matches!(failed.error, RuntimeError::OutOfMemory(_)));
    assert_eq!(
        failed.timeline.samples().map(|sample| sample.label).collect::<Vec<_>>(),
        ["before"]
    );
}

#[test]
fn jobs_and_timers_are_steps() {
    let outcome = Scenario::<()>::new()
        .step("setTimeout(f, 10)", |runtime, ()| {
            let body = Array::new(runtime, 1000)?;
            runtime.set_timeout(Duration::from_millis(10), move |runtime| body.set(runtime, 0, 1));
            Ok(())
        })
        .jobs()
        .gc()
        .sample("waiting")
        .advance(Duration::from_millis(10))
        .gc()
        .sample("run")
        .run_on(Runtime::new(RuntimeOptions::default()).unwrap())
        .unwrap();
    let used: Vec<_> = outcome.timeline.figure(Figure::HeapUsed).collect();
    assert_eq!(used, [Some(8048), Some(0)]);
    assert_eq!(outcome.collections, [(0, 1), (0, 2)]);
    let said: Vec<_> = outcome.timeline.statements(0, u64::MAX).collect();
    assert_eq!(said, ["setTimeout(f, 10)", "(end of the job)", "gc()", "(10ms later)", "gc()"]);
}
