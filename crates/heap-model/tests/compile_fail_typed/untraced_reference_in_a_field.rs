//! The collector does not see references to cells in a vector.

use heap_model::typed::{Gc, Record};

#[derive(Record)]
struct Tree<'s> {
    children: Vec<Gc<'s, Tree<'s>>>,
}

fn main() {}
