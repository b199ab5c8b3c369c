//! A cursor is no handle: a collection would not find it.

use heap_model::{AccessError, Heap, HeapOptions, Kind};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        let mut kept = None;
        let _ = scope.find(cell, |cursor| {
            kept = Some(cursor);
            Ok::<_, AccessError>(cursor)
        });
    });
}
