//! A handle can't be kept by a thread that outlives its scope.

use heap_model::{Heap, HeapOptions, Kind};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        std::thread::spawn(move || drop(cell));
    });
}
