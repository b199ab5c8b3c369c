//! A small language with closures, objects whose fields have strings as keys, and environments: each round makes an
//! object with a closure over it, and calls that. The result sums what comes of it.

use crate::workload::Workload;

#[cfg(feature = "peers")]
mod boa;
#[cfg(feature = "peers")]
mod gc_arena;
#[path = "../../crates/heap-model/examples/mini/language.rs"]
mod ours;
#[path = "../../crates/heap-model/examples/mini/syntax.rs"]
mod syntax;

/// The workload; its size is the number of thousands of rounds.
pub const WORKLOAD: Workload = Workload {
    name: "mini-language",
    implementations: &[
        ("heap-model", |thousands| sum(ours::run(&program(thousands)))),
        #[cfg(feature = "peers")]
        ("gc-arena", |thousands| sum(gc_arena::run(&program(thousands)))),
        #[cfg(feature = "peers")]
        ("boa_gc", |thousands| sum(boa::run(&program(thousands)))),
    ],
};

fn program(thousands: usize) -> String {
    let text = include_str!("../../crates/heap-model/examples/mini/counters.mini");
    text.replace("300000", &(1000 * thousands).to_string())
}

fn sum(result: Result<i32, Box<dyn std::error::Error>>) -> u64 {
    result.expect("the program runs") as u64
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_implementation_comes_to_the_same_sum() {
        for (name, run) in super::WORKLOAD.implementations {
            assert_eq!(run(3), 15_000, "{name}");
        }
    }
}
