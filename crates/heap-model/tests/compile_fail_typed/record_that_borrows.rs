//! A record that borrows: its cell would outlive what it borrows.

use heap_model::typed::Record;

#[derive(Record)]
struct Named<'s> {
    name: &'s str,
}

fn main() {}
