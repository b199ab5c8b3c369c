//! A heap whose payloads stay on their thread is no heap that can be sent.

use heap_model::{Heap, HeapOptions, LocalHeap};

fn main() {
    let mut local = LocalHeap::new(HeapOptions::default()).unwrap();
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    std::mem::swap(&mut *local, &mut heap);
}
