//! A collection may move the cell whose bytes are borrowed.

use heap_model::{Heap, HeapOptions, Kind};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let cell = scope.alloc(Kind::Bytes, 0, 8).unwrap();
        let bytes = scope.bytes_mut(cell).unwrap();
        scope.collect();
        bytes[0] = 1;
    });
}
