//! A record with a payload that cannot be sent is made in a heap that stays on its thread.

use heap_model::typed::Record;
use heap_model::{Heap, HeapOptions};
use std::rc::Rc;

#[derive(Record)]
struct File {
    #[payload]
    path: Rc<str>,
}

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        scope.make(File { path: "a.txt".into() }).unwrap();
    });
}
