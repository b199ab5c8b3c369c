//! A collection may drop the payload that is borrowed.

use heap_model::{Heap, HeapOptions, Kind};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let cell = scope.alloc_native(32, 0, Box::new(String::new()), 0).unwrap();
        let payload = scope.native::<String>(cell).unwrap();
        scope.alloc(Kind::Object, 1, 0).unwrap();
        assert!(payload.is_empty());
    });
}
