//! On heap-model: cells of two slots, each larger subtree in a scope of its own.

use heap_model::{Heap, HeapOptions, Kind, Local, Scope, Seen, Value, View};
use std::convert::Infallible;

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
        nodes + count(scope.view(long).expect("its own heap"))
    })
}

fn counted(scope: &mut Scope<'_>, depth: usize) -> u64 {
    let tree = build(scope, depth);
    count(scope.view(tree).expect("its own heap"))
}

/// Levels of a subtree that needs no scope of its own: it has at most 511 handles.
const LEVELS: usize = 8;

fn build<'s>(scope: &mut Scope<'s>, depth: usize) -> Local<'s> {
    if depth <= LEVELS {
        return subtree(scope, depth);
    }
    let Ok(tree) = scope.escape(|scope| {
        let left = build(scope, depth - 1);
        let right = build(scope, depth - 1);
        Ok::<_, Infallible>(node(scope, Value::Ref(left), Value::Ref(right)))
    });
    tree
}

fn subtree<'s>(scope: &mut Scope<'s>, depth: usize) -> Local<'s> {
    if depth == 0 {
        return node(scope, Value::Null, Value::Null);
    }
    let left = subtree(scope, depth - 1);
    let right = subtree(scope, depth - 1);
    node(scope, Value::Ref(left), Value::Ref(right))
}

/// A heap at its limit ends the program, as the peers do.
#[inline(always)]
fn node<'s>(scope: &mut Scope<'s>, left: Value<'s>, right: Value<'s>) -> Local<'s> {
    scope.alloc_with(Kind::Object, &[left, right]).expect("room")
}

fn count(tree: View<'_>) -> u64 {
    if let Ok(Seen::Ref(left)) = tree.get(0)
        && let Ok(Seen::Ref(right)) = tree.get(1)
    {
        1 + count(left) + count(right)
    } else {
        1
    }
}
