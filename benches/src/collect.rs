//! One full collection while millions of objects live and none die: a linked list, whose marking has no
//! breadth, and a random graph, whose marking has no order. The result counts the references.

use crate::timed::{Milliseconds, Report, TimedWorkload, median};

#[cfg(feature = "peers")]
mod boa;
#[cfg(feature = "peers")]
mod dumpster;
#[cfg(feature = "peers")]
mod gc;
#[cfg(feature = "peers")]
mod gc_arena;
mod ours;

/// A linked list; its size is the number of millions of objects.
pub const LIST: TimedWorkload = TimedWorkload {
    name: "collect-list",
    implementations: &[
        ("heap-model", ours::list),
        #[cfg(feature = "peers")]
        ("gc-arena", gc_arena::list),
        #[cfg(feature = "peers")]
        ("boa_gc", boa::list),
        #[cfg(feature = "peers")]
        ("dumpster", |millions| deep(millions, dumpster::list)),
        #[cfg(feature = "peers")]
        ("gc", |millions| deep(millions, gc::list)),
    ],
};

/// Objects with `EDGES` references each to objects anywhere; its size is the number of millions.
pub const GRAPH: TimedWorkload = TimedWorkload {
    name: "collect-graph",
    implementations: &[
        ("heap-model", ours::graph),
        #[cfg(feature = "peers")]
        ("gc-arena", gc_arena::graph),
        #[cfg(feature = "peers")]
        ("boa_gc", boa::graph),
        #[cfg(feature = "peers")]
        ("dumpster", |millions| deep(millions, dumpster::graph)),
        #[cfg(feature = "peers")]
        ("gc", |millions| deep(millions, gc::graph)),
    ],
};

/// References of an object of the graph.
const EDGES: usize = 3;
/// Collections that are measured, after one that is not (it may move what is young).
const COLLECTIONS: usize = 5;

/// Numbers below a bound, the same for all (xorshift).
struct Random(u64);

impl Random {
    const fn new() -> Self {
        Self(88_172_645_463_325_252)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound
    }
}

/// How long a collection takes.
fn measure(mut collect: impl FnMut()) -> Milliseconds {
    collect();
    median(COLLECTIONS, collect)
}

fn report(millions: usize, references: usize, time: Milliseconds) -> Report {
    let figures = vec![
        ("CPU ms/million", time.cpu / millions as f64),
        ("wall ms/million", time.wall / millions as f64),
    ];
    Report { result: references as u64, figures }
}

/// Runs a workload on a thread whose stack has room for marking by recursion.
#[cfg(feature = "peers")]
fn deep(millions: usize, run: fn(usize) -> Report) -> Report {
    let thread = std::thread::Builder::new().stack_size(millions << 30);
    let running = thread.spawn(move || run(millions)).expect("a thread");
    running.join().expect("a report")
}
