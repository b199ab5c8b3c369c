//! Bytes in the heap can't be kept past `enter`.

use heap_model::{Heap, HeapOptions, Kind};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let bytes = heap.enter(|scope| {
        let cell = scope.alloc(Kind::Bytes, 0, 8).unwrap();
        scope.bytes(cell).unwrap()
    });
    drop(bytes);
}
