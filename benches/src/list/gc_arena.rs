//! A doubly linked list: gc-arena's example, with a loop around it.

use gc_arena::{Arena, Collect, Gc, Mutation, RefLock, Rootable};

#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
struct Node<'gc, T: 'gc> {
    prev: Option<NodePtr<'gc, T>>,
    next: Option<NodePtr<'gc, T>>,
    value: T,
}

type NodePtr<'gc, T> = Gc<'gc, RefLock<Node<'gc, T>>>;

fn new_node<'gc, T: Collect<'gc>>(mc: &Mutation<'gc>, value: T) -> NodePtr<'gc, T> {
    Gc::new(mc, RefLock::new(Node { prev: None, next: None, value }))
}

fn join<'gc, T>(mc: &Mutation<'gc>, left: NodePtr<'gc, T>, right: NodePtr<'gc, T>) {
    left.borrow_mut(mc).next = Some(right);
    right.borrow_mut(mc).prev = Some(left);
}

/// Makes, walks and closes a list of `length` nodes, `rounds` times; the result sums what it meets.
pub fn run(rounds: usize, length: i32) -> u64 {
    let mut arena = Arena::<Rootable![Option<NodePtr<'_, i32>>]>::new(|_| None);
    let mut sum = 0;
    for _ in 0..rounds {
        arena.mutate_root(|mc, root| {
            let first = new_node(mc, 1);
            let mut last = first;
            for value in 2..=length {
                let node = new_node(mc, value);
                join(mc, last, node);
                last = node;
            }
            *root = Some(first);
            let mut node = first;
            while let Some(next) = node.borrow().next {
                sum += node.borrow().value as u64;
                node = next;
            }
            while let Some(prev) = node.borrow().prev {
                sum += node.borrow().value as u64;
                node = prev;
            }
            let second = first.borrow().next;
            let third = second.and_then(|second| second.borrow().next).expect("three");
            join(mc, third, first);
            let mut node = first;
            for _ in 0..6 {
                sum += node.borrow().value as u64;
                let next = node.borrow().next.expect("a circle");
                node = next;
            }
        });
        arena.collect_debt();
    }
    sum
}
