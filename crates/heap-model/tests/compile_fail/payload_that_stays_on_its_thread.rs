//! A heap can go to another thread, so its payloads must be able to.

use heap_model::{Heap, HeapOptions};
use std::rc::Rc;

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        scope.alloc_native(32, 0, Box::new(Rc::new(1)), 0).unwrap();
    });
}
