//! Tables by kind.

use node_memory::kinds::{BUFFERS, HEAP, SPACES};
use node_memory::{
    Any, Array, Buffer, Figure, JsString, Runtime, RuntimeOptions, Scenario, Variable,
};

fn runtime() -> Runtime {
    Runtime::new(RuntimeOptions::default()).expect("room")
}

#[test]
fn the_rows_of_an_account_add_up_to_its_figure() {
    let mut runtime = runtime();
    let held: Vec<_> = (0..100)
        .map(|number| {
            drop(Array::new(&mut runtime, number).expect("room"));
            (
                JsString::new(&mut runtime, "a text").expect("room"),
                Buffer::from_text(&mut runtime, "b").expect("room"),
            )
        })
        .collect();
    let big = Buffer::from_text(&mut runtime, &"x".repeat(100_000)).expect("room");
    let table = runtime.kinds();
    let usage = runtime.memory_usage();
    let sum = |group: &str| Some(table.group(group).iter().map(|row| row.bytes).sum::<u64>());
    assert_eq!(sum(HEAP), usage.heap_used());
    assert_eq!(sum(SPACES), usage.heap_used());
    assert_eq!(sum(BUFFERS), usage.array_buffers());
    assert_eq!(table.get(BUFFERS, "unpooled buffers").map(|row| row.bytes), Some(100_000));
    assert!(table.get(HEAP, "garbage").is_some());
    runtime.gc();
    assert_eq!(runtime.kinds().get(HEAP, "garbage"), None);
    drop((held, big));
}

#[test]
fn a_scenario_s_tables_say_which_kind_grew_after_which_statement() {
    let outcome = Scenario::<Vec<Variable<JsString>>>::new()
        .with_kinds()
        .gc()
        .sample("before")
        .step("cache.push('x'.repeat(1000))", |runtime, cache| {
            for _ in 0..200 {
                cache.push(JsString::new(runtime, &"x".repeat(1000))?);
            }
            Ok(())
        })
        .gc()
        .sample("after")
        .run_on(runtime())
        .expect("it runs");
    let samples: Vec<_> = outcome.timeline.samples().collect();
    let (before, after) = (samples[0].kinds.expect("a table"), samples[1].kinds.expect("a table"));
    let difference = after.since(before);
    assert_eq!(difference.changes()[0].to_string(), "strings +200, +203,200 bytes");
    assert_eq!(samples[1].since(&samples[0]).get(Figure::HeapUsed), Some(203_200));
    let ran: Vec<_> = outcome.timeline.statements(samples[0].step, samples[1].step).collect();
    assert_eq!(ran, ["cache.push('x'.repeat(1000))", "gc()"]);
    assert_eq!((samples[0].collections, samples[1].collections), (Some(1), Some(2)));
}

#[test]
fn tables_change_no_figure() {
    let program = |scenario: Scenario<Vec<Variable<Any>>>| {
        let mut scenario = scenario;
        for _ in 0..3 {
            scenario = scenario
                .step("make", |runtime, made| {
                    made.push(Array::new(runtime, 100)?.erase());
                    made.push(JsString::new(runtime, "text")?.erase());
                    Ok(())
                })
                .sample("made");
        }
        let outcome = scenario.gc().sample("end").run_on(runtime()).expect("it runs");
        let figures = |figure| outcome.timeline.figure(figure).collect::<Vec<_>>();
        [Figure::HeapTotal, Figure::HeapUsed, Figure::External, Figure::ArrayBuffers].map(figures)
    };
    assert_eq!(program(Scenario::new()), program(Scenario::new().with_kinds()));
}
