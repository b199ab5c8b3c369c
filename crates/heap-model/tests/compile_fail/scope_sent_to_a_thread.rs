//! A scope stays on its thread, for its heap may.

use heap_model::{HeapOptions, LocalHeap};

fn main() {
    let mut heap = LocalHeap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        std::thread::scope(|threads| {
            threads.spawn(|| scope.collect());
        });
    });
}
