//! On gc-arena: debt is collected after each tree, with its default pacing or in whole stop-the-world cycles.

use gc_arena::metrics::Pacing;
use gc_arena::{Arena, Collect, Gc, Mutation, Rootable};

#[derive(Collect)]
#[collect(no_drop)]
struct Tree<'gc>(Option<(Gc<'gc, Tree<'gc>>, Gc<'gc, Tree<'gc>>)>);

fn build<'gc>(mc: &Mutation<'gc>, depth: usize) -> Gc<'gc, Tree<'gc>> {
    Gc::new(mc, Tree((depth > 0).then(|| (build(mc, depth - 1), build(mc, depth - 1)))))
}

fn count(tree: Gc<'_, Tree<'_>>) -> u64 {
    tree.0.map_or(1, |(left, right)| 1 + count(left) + count(right))
}

/// Runs the workload with the default pacing.
pub fn run(depth: usize) -> u64 {
    run_paced(depth, Pacing::DEFAULT)
}

/// Runs the workload with whole stop-the-world cycles.
pub fn run_at_once(depth: usize) -> u64 {
    run_paced(depth, Pacing::STOP_THE_WORLD)
}

fn run_paced(depth: usize, pacing: Pacing) -> u64 {
    let mut arena = Arena::<Rootable![Gc<'_, Tree<'_>>]>::new(|mc| build(mc, depth));
    arena.metrics().set_pacing(pacing);
    let mut nodes = arena.mutate(|mc, _| count(build(mc, depth + 1)));
    for (depth, trees) in super::task::rounds(depth) {
        for _ in 0..trees {
            nodes += arena.mutate(|mc, _| count(build(mc, depth)));
            arena.collect_debt();
        }
    }
    nodes + arena.mutate(|_, root| count(*root))
}
