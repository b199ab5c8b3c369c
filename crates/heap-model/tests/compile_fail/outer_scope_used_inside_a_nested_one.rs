//! The outer scope rests while a nested one lives: a handle that it made would end with that.

use heap_model::{Heap, HeapOptions, Kind};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        scope.scope(|inner| {
            let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
            inner.size(cell).unwrap();
        });
    });
}
