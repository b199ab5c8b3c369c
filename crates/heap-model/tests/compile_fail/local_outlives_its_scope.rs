//! A handle ends with the scope that it was made in.

use heap_model::{Heap, HeapOptions, Kind};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let cell = heap.enter(|scope| scope.alloc(Kind::Object, 1, 0).unwrap());
    heap.enter(|scope| scope.size(cell).unwrap());
}
