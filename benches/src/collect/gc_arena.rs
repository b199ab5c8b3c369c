//! On gc-arena: a whole stop-the-world cycle.

use super::task::{EDGES, Random};
use crate::timed::Report;
use gc_arena::barrier::unlock;
use gc_arena::lock::RefLock;
use gc_arena::{Arena, Collect, Gc, Rootable};

#[derive(Collect)]
#[collect(no_drop)]
struct Link<'gc>(Option<Gc<'gc, Link<'gc>>>);

#[derive(Collect)]
#[collect(no_drop)]
struct Vertex<'gc> {
    edges: RefLock<[Option<Gc<'gc, Vertex<'gc>>>; EDGES]>,
}

/// Collects a list.
pub fn list(millions: usize) -> Report {
    let mut arena = Arena::<Rootable![Gc<'_, Link<'_>>]>::new(|mc| {
        let last = Gc::new(mc, Link(None));
        (1..millions * 1_000_000).fold(last, |next, _| Gc::new(mc, Link(Some(next))))
    });
    let time = super::task::measure(|| arena.finish_cycle());
    let references =
        arena.mutate(|_, first| std::iter::successors(Some(*first), |link| link.0).skip(1).count());
    super::task::report(millions, references, time)
}

/// Collects a graph.
pub fn graph(millions: usize) -> Report {
    let vertices = millions * 1_000_000;
    let mut random = Random::new();
    let mut arena = Arena::<Rootable![Vec<Gc<'_, Vertex<'_>>>]>::new(|mc| {
        let vertex = |_| Gc::new(mc, Vertex { edges: RefLock::new([None; EDGES]) });
        let all: Vec<Gc<'_, Vertex<'_>>> = (0..vertices).map(vertex).collect();
        for vertex in &all {
            let to = std::array::from_fn(|_| Some(all[random.below(vertices)]));
            *unlock!(Gc::write(mc, *vertex), Vertex, edges).borrow_mut() = to;
        }
        all
    });
    let time = super::task::measure(|| arena.finish_cycle());
    let references = arena.mutate(|_, all| {
        all.iter().map(|vertex| vertex.edges.borrow().iter().flatten().count()).sum()
    });
    super::task::report(millions, references, time)
}
