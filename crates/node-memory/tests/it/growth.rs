//! Leak, plateau and noise of programs that run on the runtime.

use mem_report::{Growth, Verdict};
use node_memory::{Array, Figure, JsString, Runtime, RuntimeError, Scenario, Variable};
use std::collections::VecDeque;

type Cache = VecDeque<Variable<JsString>>;

/// Twenty rounds of a statement, each with a collection and a sample.
fn growth(
    statement: &str,
    round: fn(&mut Runtime, &mut Cache, usize) -> Result<(), RuntimeError>,
) -> Growth {
    let mut scenario = Scenario::<Cache>::new().with_kinds();
    for number in 0..20 {
        scenario = scenario
            .step(statement, move |runtime, cache| round(runtime, cache, number))
            .gc()
            .sample("after gc");
    }
    let outcome = scenario.run().expect("it runs");
    Growth::of(&outcome.timeline, Figure::HeapUsed)
}

#[test]
fn what_is_never_dropped_is_a_leak_with_its_kind_and_statement() {
    let growth = growth("cache.push(text)", |runtime, cache, _| {
        cache.push_back(JsString::new(runtime, "one more")?);
        drop(Array::new(runtime, 1000)?);
        Ok(())
    });
    assert_eq!((growth.verdict, growth.bytes_a_floor, growth.rise), (Verdict::Leak, 24.0, 19 * 24));
    assert_eq!(growth.kinds[0].to_string(), "strings +19, +456 bytes");
    assert_eq!(growth.statements, [("cache.push(text); gc()".to_owned(), 19 * 24)]);
}

#[test]
fn a_cache_with_a_bound_is_a_plateau() {
    let growth = growth("cache.set(key, text)", |runtime, cache, _| {
        cache.push_back(JsString::new(runtime, "one more")?);
        if cache.len() > 5 {
            cache.pop_front();
        }
        Ok(())
    });
    assert_eq!(growth.verdict, Verdict::Plateau, "{growth}");
}

#[test]
fn garbage_is_noise() {
    let growth = growth("answer(request)", |runtime, cache, number| {
        cache.clear();
        for _ in 0..number * 7 % 5 {
            cache.push_back(JsString::new(runtime, "one more")?);
        }
        Ok(())
    });
    assert_eq!(growth.verdict, Verdict::Noise, "{growth}");
}
