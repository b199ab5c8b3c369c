//! A record's fields are in the heap, which only a scope reaches.

use heap_model::typed::{Gc, Record};
use heap_model::{Heap, HeapOptions};

#[derive(Record)]
struct Pair<'s> {
    number: i32,
    rest: Option<Gc<'s, Pair<'s>>>,
}

fn number(pair: Gc<'_, Pair>) -> i32 {
    pair.rest().unwrap().number()
}

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| number(scope.make(Pair { number: 2, rest: None }).unwrap()));
}
