//! What was seen in a register borrows the registers, so it does not outlive their window.

use heap_model::{Heap, HeapOptions};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut machine = heap.registers();
    let caller = machine.push(1).unwrap();
    let value = machine.get(0);
    machine.pop(caller);
    assert!(value.is_smi());
}
