//! The heap rests while a scope lives.

use heap_model::{Heap, HeapOptions, Kind};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        heap.collect();
        scope.size(cell).unwrap();
    });
}
