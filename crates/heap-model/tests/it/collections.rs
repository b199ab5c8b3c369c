//! Collections in the heap, beside naive models and recorded sizes.

mod arrays;
mod maps;
mod order;
mod registers;
mod sizes;
mod strings;

use heap_model::{Heap, HeapOptions};
use std::time::Duration;

/// A small heap with the verifier's collections at each `zeal`th allocation, marking in steps or not.
fn heap(zeal: u32, steps: bool) -> Heap {
    let incremental = steps.then_some(Duration::from_micros(20));
    let initial_old_generation = if steps { 1 << 20 } else { 4 << 20 };
    let heap = Heap::new(
        HeapOptions::default()
            .with_limit(64 << 20)
            .with_initial_semi_space(256 << 10)
            .with_max_semi_space(512 << 10)
            .with_initial_old_generation(initial_old_generation)
            .with_incremental(incremental),
    );
    #[cfg_attr(not(zeal), expect(unused_mut, reason = "only the verifier is set"))]
    let mut heap = heap.unwrap();
    #[cfg(zeal)]
    heap.set_zeal(Some(zeal));
    let _ = zeal;
    heap
}
