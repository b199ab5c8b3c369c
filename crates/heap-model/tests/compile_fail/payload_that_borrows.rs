//! A payload lives as long as its cell, so it can't borrow.

use heap_model::{Heap, HeapOptions};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let text = String::from("text");
    heap.enter(|scope| {
        scope.alloc_native(32, 0, Box::new(&text), 0).unwrap();
    });
}
