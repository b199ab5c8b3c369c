//! A collection may move what was seen.

use heap_model::{Heap, HeapOptions, Kind};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut machine = heap.registers();
    machine.push(2).unwrap();
    let value = machine.get(0);
    machine.alloc(1, Kind::Object, 0, 0).unwrap();
    assert!(value.is_smi());
}
