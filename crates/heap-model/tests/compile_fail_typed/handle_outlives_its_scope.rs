//! A handle ends with its scope.

use heap_model::typed::{Gc, Record};
use heap_model::{Heap, HeapOptions};

#[derive(Record)]
struct Pair<'s> {
    number: i32,
    rest: Option<Gc<'s, Pair<'s>>>,
}

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let pair = heap.enter(|scope| scope.make(Pair { number: 2, rest: None }).unwrap());
    heap.enter(|scope| pair.number(scope));
}
