//! A doubly linked list: gc-arena's example on this heap.

use heap_model::typed::{Gc, Plain, Record};
use heap_model::{Heap, HeapError, HeapOptions, Scope};

#[derive(Record)]
struct Node<'s, T> {
    prev: Option<NodePtr<'s, T>>,
    next: Option<NodePtr<'s, T>>,
    value: T,
}

type NodePtr<'s, T> = Gc<'s, Node<'s, T>>;

fn join<T: Plain>(scope: &mut Scope<'_>, left: NodePtr<'_, T>, right: NodePtr<'_, T>) {
    left.set_next(scope, Some(right));
    right.set_prev(scope, Some(left));
}

/// Makes, walks and closes a list of `length` nodes, `rounds` times; the result sums what it meets.
pub fn run(rounds: usize, length: i32) -> Result<u64, HeapError> {
    let mut heap = Heap::new(HeapOptions::default())?;
    let mut sum = 0;
    for _ in 0..rounds {
        heap.enter(|scope| -> Result<(), HeapError> {
            let first = scope.make(Node { prev: None, next: None, value: 1 })?;
            let mut last = first;
            for value in 2..=length {
                let node = scope.make(Node { prev: None, next: None, value })?;
                join(scope, last, node);
                last = node;
            }
            let mut node = scope.read(first);
            while let Some(next) = node.next() {
                sum += node.value() as u64;
                node = next;
            }
            while let Some(prev) = node.prev() {
                sum += node.value() as u64;
                node = prev;
            }
            let third = first.next(scope).and_then(|second| second.next(scope)).expect("three");
            join(scope, third, first);
            let mut node = scope.read(first);
            for _ in 0..6 {
                sum += node.value() as u64;
                node = node.next().expect("a circle");
            }
            Ok(())
        })?;
    }
    Ok(sum)
}

#[allow(dead_code)]
fn main() -> Result<(), HeapError> {
    println!("{}", run(1000, 1000)?);
    Ok(())
}
