//! One full collection while millions of objects live and none die: a linked list, in which marking finds one object at a
//! time, and a random graph, in which it finds them in random order. The result counts the references.

#[cfg(feature = "peers")]
use crate::timed::Report;
use crate::timed::TimedWorkload;

#[cfg(feature = "peers")]
mod boa;
#[cfg(feature = "peers")]
mod dumpster;
#[cfg(feature = "peers")]
mod gc;
#[cfg(feature = "peers")]
mod gc_arena;
mod ours;
#[cfg(feature = "peers")]
mod shared;
mod task;

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

/// Runs a workload on a thread whose stack has room for marking by recursion.
#[cfg(feature = "peers")]
fn deep(millions: usize, run: fn(usize) -> Report) -> Report {
    let thread = std::thread::Builder::new().stack_size(millions << 30);
    let running = thread.spawn(move || run(millions)).expect("a thread");
    running.join().expect("a report")
}
