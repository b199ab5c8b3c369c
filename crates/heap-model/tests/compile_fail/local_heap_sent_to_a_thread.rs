//! A heap whose payloads stay on their thread does so itself.

use heap_model::{HeapOptions, LocalHeap};

fn main() {
    let heap = LocalHeap::new(HeapOptions::default()).unwrap();
    std::thread::spawn(move || drop(heap));
}
