//! Random programs over all kinds of cells beside a naive model, in heaps of all sizes, with and
//! without incremental marking. With `--cfg zeal` the heap also collects after a fixed number of
//! allocations, and checks its invariants each time.

mod oracle;
mod program;
mod registrations;

use heap_model::HeapOptions;
use program::{Program, op, op_along_marking, options};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::time::Duration;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exactly_what_is_reachable_survives(
        options in options(),
        zeal in 1_u32..60,
        ops in prop::collection::vec(op(), 1..200),
    ) {
        let mut program = Program::new(options, zeal, 0);
        for op in &ops {
            program.step(op);
        }
        program.compare();
        program.collect();
        program.end();
    }
}

#[test]
fn exactly_what_is_reachable_survives_markings_that_go_along() {
    let options = HeapOptions::default()
        .with_limit(64 << 20)
        .with_initial_semi_space(256 << 10)
        .with_max_semi_space(1 << 20)
        .with_initial_old_generation(1 << 20)
        .with_incremental(Duration::from_micros(50));
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = config.cases as usize;
    let counter = std::cell::Cell::new(0);
    let strategy = (0_usize..6, 20_u32..400, prop::collection::vec(op_along_marking(), 1..300));
    let result = TestRunner::new(config).run(&strategy, |(ballast, zeal, ops)| {
        let mut program = Program::new(options, zeal, ballast);
        for op in &ops {
            program.step(op);
        }
        program.compare();
        program.collect();
        counter.set(counter.get() + program.steps_of_marking());
        program.end();
        Ok(())
    });
    result.unwrap();
    let steps = counter.get();
    assert!(steps > cases, "{steps} steps of marking in {cases} programs");
}
