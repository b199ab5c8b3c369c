//! An allocation may move a record that is being read.

use heap_model::typed::{Gc, Record};
use heap_model::{Heap, HeapOptions};

#[derive(Record)]
struct Pair<'s> {
    number: i32,
    rest: Option<Gc<'s, Pair<'s>>>,
}

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let pair = scope.make(Pair { number: 2, rest: None }).unwrap();
        let read = scope.read(pair);
        scope.make(Pair { number: 3, rest: None }).unwrap();
        read.number()
    });
}
