//! On heap-model's records: the same program as over slots.

use heap_model::typed::{Gc, Record, Ref};
use heap_model::{Heap, HeapOptions, OutOfMemory, Scope};

#[derive(Record)]
struct Tree<'s> {
    left: Option<Gc<'s, Tree<'s>>>,
    right: Option<Gc<'s, Tree<'s>>>,
}

/// Runs the workload.
pub fn run(depth: usize) -> u64 {
    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    heap.enter(|scope| {
        let mut nodes = scope.scope(|scope| counted(scope, depth + 1));
        let long = build(scope, depth);
        for (depth, trees) in super::task::rounds(depth) {
            for _ in 0..trees {
                nodes += scope.scope(|scope| counted(scope, depth));
            }
        }
        nodes + count(scope.read(long))
    })
}

fn counted(scope: &mut Scope<'_>, depth: usize) -> u64 {
    let tree = build(scope, depth);
    count(scope.read(tree))
}

/// Levels of a subtree whose handles, 511 at the most, need no scope of their own.
const LEVELS: usize = 8;

fn build<'s>(scope: &mut Scope<'s>, depth: usize) -> Gc<'s, Tree<'s>> {
    if depth <= LEVELS {
        return subtree(scope, depth);
    }
    let made = scope.escape_as::<Gc<Tree>, OutOfMemory>(|scope| {
        let left = build(scope, depth - 1);
        let right = build(scope, depth - 1);
        scope.make(Tree { left: Some(left), right: Some(right) })
    });
    made.expect("room")
}

/// A heap at its limit ends the program, as it does with the peers.
fn subtree<'s>(scope: &mut Scope<'s>, depth: usize) -> Gc<'s, Tree<'s>> {
    if depth == 0 {
        return scope.make(Tree { left: None, right: None }).expect("room");
    }
    let left = subtree(scope, depth - 1);
    let right = subtree(scope, depth - 1);
    scope.make(Tree { left: Some(left), right: Some(right) }).expect("room")
}

fn count(tree: Ref<'_, Tree>) -> u64 {
    match (tree.left(), tree.right()) {
        (Some(left), Some(right)) => 1 + count(left) + count(right),
        _ => 1,
    }
}
