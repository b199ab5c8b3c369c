//! What a slot holds is a handle too, and ends with its scope.

use heap_model::{Heap, HeapOptions, Kind, Value};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut kept: Vec<Value<'_>> = Vec::new();
    heap.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        kept.push(scope.get(cell, 0).unwrap());
    });
    drop(kept);
}
