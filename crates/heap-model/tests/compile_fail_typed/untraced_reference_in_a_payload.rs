//! Nor does it see them in a payload.

use heap_model::typed::{Gc, Record};

#[derive(Record)]
struct Tree<'s> {
    #[payload]
    children: Vec<Gc<'s, Tree<'s>>>,
}

fn main() {}
