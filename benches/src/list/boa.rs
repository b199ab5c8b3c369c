//! On boa_gc, which collects during allocation.

use boa_gc::{Finalize, Gc, GcRefCell, Trace};

#[derive(Trace, Finalize)]
struct Node {
    prev: GcRefCell<Option<Gc<Node>>>,
    next: GcRefCell<Option<Gc<Node>>>,
    value: i32,
}

fn new_node(value: i32) -> Gc<Node> {
    Gc::new(Node { prev: GcRefCell::new(None), next: GcRefCell::new(None), value })
}

fn join(left: &Gc<Node>, right: &Gc<Node>) {
    *left.next.borrow_mut() = Some(right.clone());
    *right.prev.borrow_mut() = Some(left.clone());
}

/// Makes, walks and closes a list of `length` nodes, `rounds` times; the result sums what it meets.
pub fn run(rounds: usize, length: i32) -> u64 {
    let mut sum = 0;
    for _ in 0..rounds {
        let first = new_node(1);
        let mut last = first.clone();
        for value in 2..=length {
            let node = new_node(value);
            join(&last, &node);
            last = node;
        }
        let mut node = first.clone();
        while let Some(next) = { node.next.borrow().clone() } {
            sum += node.value as u64;
            node = next;
        }
        while let Some(prev) = { node.prev.borrow().clone() } {
            sum += node.value as u64;
            node = prev;
        }
        let second = first.next.borrow().clone();
        let third = second.and_then(|second| second.next.borrow().clone()).expect("three");
        join(&third, &first);
        let mut node = first.clone();
        for _ in 0..6 {
            sum += node.value as u64;
            let next = node.next.borrow().clone().expect("a circle");
            node = next;
        }
    }
    sum
}
