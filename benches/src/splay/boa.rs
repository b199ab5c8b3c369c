//! On boa_gc, which collects during allocation.

use super::task::{DEPTH, LEAF};
use super::tree;
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

type Link = Option<Gc<Node>>;

#[derive(Trace, Finalize)]
struct Node {
    key: i32,
    sides: [GcRefCell<Link>; 2],
    _payload: Option<Payload>,
}

#[derive(Trace, Finalize)]
enum Payload {
    Leaf(Gc<Leaf>),
    Branch(Gc<Branch>),
}

#[derive(Trace, Finalize)]
struct Leaf(Vec<i32>, String);

#[derive(Trace, Finalize)]
struct Branch(Payload, Payload);

fn payload(text: &str, depth: usize) -> Payload {
    if depth == 0 {
        return Payload::Leaf(Gc::new(Leaf((0..LEAF as i32).collect(), text.to_owned())));
    }
    Payload::Branch(Gc::new(Branch(payload(text, depth - 1), payload(text, depth - 1))))
}

fn node(key: i32, payload: Option<Payload>) -> Gc<Node> {
    let sides = [GcRefCell::new(None), GcRefCell::new(None)];
    Gc::new(Node { key, sides, _payload: payload })
}

impl tree::Node for Gc<Node> {
    type Context = ();

    fn new((): (), key: i32) -> Self {
        node(key, Some(payload(&super::task::text(key), DEPTH)))
    }

    fn bare((): ()) -> Self {
        node(0, None)
    }

    fn key(&self) -> i32 {
        self.key
    }

    fn side(&self, side: usize) -> Link {
        self.sides[side].borrow().clone()
    }

    fn put(&self, (): (), side: usize, to: Link) {
        *self.sides[side].borrow_mut() = to;
    }
}

/// Runs the workload.
pub fn run(thousands: usize) -> u64 {
    tree::run::<Gc<Node>>(thousands)
}
