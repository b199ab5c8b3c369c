//! On dumpster, which examines, by recursion, only what a dropped reference may have left over. So a reference to the
//! first object, from which all others are reached, is dropped before each collection. The objects are forgotten at the
//! end, because their drop would recurse too.

use super::task::{EDGES, Random};
use crate::timed::Report;
use dumpster::Trace;
use dumpster::unsync::{Gc, collect};
use std::cell::RefCell;

#[derive(Trace)]
struct Link(Option<Gc<Link>>);

#[derive(Trace)]
struct Vertex(RefCell<[Option<Gc<Vertex>>; EDGES]>);

/// Collects a list.
pub fn list(millions: usize) -> Report {
    let last = Gc::new(Link(None));
    let first = (1..millions * 1_000_000).fold(last, |next, _| Gc::new(Link(Some(next))));
    let time = super::task::measure(|| {
        drop(first.clone());
        collect();
    });
    let references = std::iter::successors(Some(&first), |link| link.0.as_ref()).skip(1).count();
    std::mem::forget(first);
    super::task::report(millions, references, time)
}

/// Collects a graph.
pub fn graph(millions: usize) -> Report {
    let vertices = millions * 1_000_000;
    let vertex = |_| Gc::new(Vertex(RefCell::new([const { None }; EDGES])));
    let all: Vec<Gc<Vertex>> = (0..vertices).map(vertex).collect();
    let mut random = Random::new();
    for vertex in &all {
        let to = std::array::from_fn(|_| Some(all[random.below(vertices)].clone()));
        *vertex.0.borrow_mut() = to;
    }
    let all = Gc::new(all);
    let time = super::task::measure(|| {
        drop(all.clone());
        collect();
    });
    let references = all.iter().map(|vertex| vertex.0.borrow().iter().flatten().count()).sum();
    std::mem::forget(all);
    super::task::report(millions, references, time)
}
