//! A handle says which type its record has.

use heap_model::typed::{Gc, Record};
use heap_model::{Heap, HeapOptions};

#[derive(Record)]
struct Pair<'s> {
    number: i32,
    rest: Option<Gc<'s, Pair<'s>>>,
}

#[derive(Record)]
struct Other {
    number: i32,
}

fn number(pair: Gc<'_, Pair>, scope: &heap_model::Scope<'_>) -> i32 {
    pair.number(scope)
}

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let other = scope.make(Other { number: 1 }).unwrap();
        number(other, scope)
    });
}
