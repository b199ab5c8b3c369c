//! A cursor is its search's, so what is kept of it is its heap's.

use heap_model::{AccessError, Heap, HeapOptions};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    let (mut machine, mut others) = (heap.registers(), other.registers());
    machine.push(1).unwrap();
    others.push(1).unwrap();
    let _ = machine.find(0, 0, |cursor| {
        others.find(0, 0, |_| Ok::<_, AccessError>(cursor))?;
        Ok::<_, AccessError>(cursor)
    });
}
