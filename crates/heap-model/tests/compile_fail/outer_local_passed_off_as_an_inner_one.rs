//! `escape` gives back what its own scope made or was given through it, not any outer handle.

use heap_model::{Heap, HeapOptions, Kind, OutOfMemory};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let outer = scope.alloc(Kind::Object, 1, 0).unwrap();
        scope.escape(|_| Ok::<_, OutOfMemory>(outer)).unwrap();
    });
}
