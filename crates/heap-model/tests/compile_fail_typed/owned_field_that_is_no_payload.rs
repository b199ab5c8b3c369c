//! What is dropped with the cell lies beside the heap, and says so.

use heap_model::typed::Record;

#[derive(Record)]
struct Named {
    name: String,
}

fn main() {}
