//! A heap is used by one thread at a time, also where it is only looked at.

use heap_model::{Heap, HeapOptions};

fn main() {
    let heap = Heap::new(HeapOptions::default()).unwrap();
    std::thread::scope(|threads| {
        threads.spawn(|| heap.heap_used());
    });
}
