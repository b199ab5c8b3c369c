//! Scopes of two heaps can't be exchanged, so a handle stays with its heap's scope.

use heap_model::{Heap, HeapOptions};

fn main() {
    let mut one = Heap::new(HeapOptions::default()).unwrap();
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    one.enter(|a| {
        other.enter(|b| {
            std::mem::swap(a, b);
        });
    });
}
