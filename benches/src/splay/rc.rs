//! On Rc.

use super::task::{DEPTH, LEAF};
use super::tree;
use std::cell::RefCell;
use std::rc::Rc;

type Link = Option<Rc<Node>>;

struct Node {
    key: i32,
    sides: [RefCell<Link>; 2],
    _payload: Option<Payload>,
}

enum Payload {
    Leaf(#[allow(dead_code, reason = "held")] Rc<Leaf>),
    Branch(#[allow(dead_code, reason = "held")] Rc<Branch>),
}

struct Leaf(
    #[allow(dead_code, reason = "held")] Vec<i32>,
    #[allow(dead_code, reason = "held")] String,
);

struct Branch(
    #[allow(dead_code, reason = "held")] Payload,
    #[allow(dead_code, reason = "held")] Payload,
);

fn payload(text: &str, depth: usize) -> Payload {
    if depth == 0 {
        return Payload::Leaf(Rc::new(Leaf((0..LEAF as i32).collect(), text.to_owned())));
    }
    Payload::Branch(Rc::new(Branch(payload(text, depth - 1), payload(text, depth - 1))))
}

fn node(key: i32, payload: Option<Payload>) -> Rc<Node> {
    let sides = [RefCell::new(None), RefCell::new(None)];
    Rc::new(Node { key, sides, _payload: payload })
}

impl tree::Node for Rc<Node> {
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
    tree::run::<Rc<Node>>(thousands)
}
