//! The memory of a JavaScript-shaped program on our heap, step by step. One test a scenario.

use mem_report::assert_timeline_snapshot;
use mem_report::review::Review;
use node_memory::{
    Array, Context, Figure, Function, Object, RuntimeError, Scenario, Variable, kinds,
};

#[derive(Default)]
struct Variables {
    listeners: Vec<Variable<Function>>,
    emitter: Option<Variable<Object>>,
}

/// Listeners that are added and never removed keep what they refer to.
#[test]
fn listeners_are_as_reviewed() -> Result<(), RuntimeError> {
    let outcome = Scenario::<Variables>::new()
        .with_kinds()
        .gc()
        .sample("start")
        .step("const emitter = {}", |runtime, v| {
            v.emitter = Some(Object::new(runtime)?);
            Ok(())
        })
        .step("for (i < 100) listeners.push(() => big)", |runtime, v| {
            for _ in 0..100 {
                let big = Array::new(runtime, 1000)?;
                let context = Context::new(runtime, 1)?;
                context.set(runtime, 0, &big)?;
                v.listeners.push(context.arrow(runtime)?);
            }
            Ok(())
        })
        .gc()
        .sample("100 listeners")
        .step("listeners.length = 0", |_, v| {
            v.listeners.clear();
            Ok(())
        })
        .gc()
        .sample("removed")
        .run()?;
    // The resident set is the whole process's, and the spaces hold the same cells as the kinds.
    assert_timeline_snapshot!("listeners", &outcome.timeline, |timeline| {
        Review::new(timeline).without(Figure::Rss).without_group(kinds::SPACES)
    });
    Ok(())
}
