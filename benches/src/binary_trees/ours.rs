//! On heap-model: cells of two slots, each subtree in a scope of its own.

use heap_model::{Heap, HeapOptions, Kind, Local, OutOfMemory, Scope, Value};

/// Runs the workload.
pub fn run(depth: usize) -> u64 {
    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    heap.enter(|scope| {
        let mut nodes = scope.scope(|scope| counted(scope, depth + 1));
        let long = build(scope, depth).expect("room");
        for (depth, trees) in super::rounds(depth) {
            for _ in 0..trees {
                nodes += scope.scope(|scope| counted(scope, depth));
            }
        }
        nodes + count(scope, long)
    })
}

fn counted(scope: &mut Scope<'_>, depth: usize) -> u64 {
    let tree = build(scope, depth).expect("room");
    count(scope, tree)
}

fn build<'s>(scope: &mut Scope<'s>, depth: usize) -> Result<Local<'s>, OutOfMemory> {
    if depth == 0 {
        return scope.alloc(Kind::Object, 2, 0);
    }
    scope.escape(|scope| {
        let left = build(scope, depth - 1)?;
        let right = build(scope, depth - 1)?;
        let tree = scope.alloc(Kind::Object, 2, 0)?;
        scope.set(tree, 0, Value::Ref(left)).expect("a slot");
        scope.set(tree, 1, Value::Ref(right)).expect("a slot");
        Ok(tree)
    })
}

fn count(scope: &mut Scope<'_>, tree: Local<'_>) -> u64 {
    scope.scope(|scope| {
        let mut nodes = 1;
        for slot in 0..2 {
            if let Ok(Value::Ref(child)) = scope.get(tree, slot) {
                nodes += count(scope, child);
            }
        }
        nodes
    })
}
