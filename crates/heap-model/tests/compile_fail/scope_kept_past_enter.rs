//! A scope can't be kept past `enter`.

use heap_model::{Heap, HeapOptions, Kind, Scope};

fn main() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut kept: Option<&mut Scope<'_>> = None;
    heap.enter(|scope| {
        kept = Some(scope);
    });
    kept.unwrap().alloc(Kind::Object, 1, 0).unwrap();
}
