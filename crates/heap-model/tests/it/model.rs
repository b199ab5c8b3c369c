//! Random programs over all kinds of cells beside a naive model, in heaps of all sizes, with and
//! without incremental marking. With `--cfg zeal` the heap also collects at every so many
//! allocations, and checks its invariants each time.

mod oracle;
mod program;

use program::{Program, op, options};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exactly_what_is_reachable_survives(
        options in options(),
        zeal in 1_u32..60,
        ops in prop::collection::vec(op(), 1..200),
    ) {
        let mut program = Program::new(options, zeal);
        for op in &ops {
            program.step(op);
        }
        program.compare();
        program.collect();
        program.end();
    }
}
