//! A nested scope's handle does not fit where an outer scope's is kept.

use heap_model::{Heap, HeapOptions, Kind};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let mut kept = scope.alloc(Kind::Object, 1, 0).unwrap();
        scope.scope(|inner| {
            kept = inner.alloc(Kind::Object, 1, 0).unwrap();
        });
        scope.size(kept).unwrap();
    });
}
