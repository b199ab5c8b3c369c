//! On heap-model: cells of two slots, each subtree in a scope of its own.

use heap_model::{Heap, HeapOptions, Kind, Local, Scope, Seen, Value, View};
use std::convert::Infallible;

/// Runs the workload.
pub fn run(depth: usize) -> u64 {
    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    heap.enter(|scope| {
        let mut nodes = scope.scope(|scope| counted(scope, depth + 1));
        let long = build(scope, depth);
        for (depth, trees) in super::rounds(depth) {
            for _ in 0..trees {
                nodes += scope.scope(|scope| counted(scope, depth));
            }
        }
        nodes + count(scope.view(long).expect("its own heap"))
    })
}

fn counted(scope: &mut Scope<'_>, depth: usize) -> u64 {
    let tree = build(scope, depth);
    count(scope.view(tree).expect("its own heap"))
}

/// A heap at its limit ends the program, as it does with the peers.
fn build<'s>(scope: &mut Scope<'s>, depth: usize) -> Local<'s> {
    if depth == 0 {
        return scope.alloc_with(Kind::Object, &[Value::Null, Value::Null]).expect("room");
    }
    let Ok(tree) = scope.escape(|scope| {
        let left = build(scope, depth - 1);
        let right = build(scope, depth - 1);
        let tree = scope.alloc_with(Kind::Object, &[Value::Ref(left), Value::Ref(right)]);
        Ok::<_, Infallible>(tree.expect("room"))
    });
    tree
}

fn count(tree: View<'_>) -> u64 {
    match (tree.get(0), tree.get(1)) {
        (Ok(Seen::Ref(left)), Ok(Seen::Ref(right))) => 1 + count(left) + count(right),
        _ => 1,
    }
}
