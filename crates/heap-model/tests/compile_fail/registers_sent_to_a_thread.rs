//! Registers stay on their thread, for their heap may.

use heap_model::{HeapOptions, LocalHeap};

fn main() {
    let mut heap = LocalHeap::new(HeapOptions::default()).unwrap();
    let mut registers = heap.registers();
    std::thread::scope(|threads| {
        threads.spawn(|| registers.collect());
    });
}
