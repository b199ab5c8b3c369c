//! On Rc.

use super::{DEPTH, Keys, LEAF, NODES};
use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

type Link = Option<Rc<Node>>;

struct Node {
    key: i32,
    sides: [RefCell<Link>; 2],
    _payload: Payload,
}

enum Payload {
    Leaf(#[allow(dead_code, reason = "held")] Rc<(Vec<i32>, String)>),
    Branch(#[allow(dead_code, reason = "held")] Rc<(Payload, Payload)>),
}

fn payload(key: i32, depth: usize) -> Payload {
    if depth == 0 {
        return Payload::Leaf(Rc::new(((0..LEAF as i32).collect(), super::text(key))));
    }
    Payload::Branch(Rc::new((payload(key, depth - 1), payload(key, depth - 1))))
}

const LEFT: usize = 0;
const RIGHT: usize = 1;

impl Node {
    fn side(&self, side: usize) -> Link {
        self.sides[side].borrow().clone()
    }

    fn put(&self, side: usize, to: Link) {
        *self.sides[side].borrow_mut() = to;
    }
}

#[derive(Default)]
struct Tree(RefCell<Link>);

/// Runs the workload.
pub fn run(thousands: usize) -> u64 {
    let tree = Tree::default();
    let mut keys = Keys::new();
    for _ in 0..NODES {
        tree.insert_new(&mut keys);
    }
    for _ in 0..thousands * 1000 {
        let key = tree.insert_new(&mut keys);
        tree.remove(tree.greatest_below(key).unwrap_or(key));
    }
    let mut stack: Vec<_> = tree.0.borrow().clone().into_iter().collect();
    let mut sum = 0;
    while let Some(node) = stack.pop() {
        sum += node.key as u64;
        stack.extend([LEFT, RIGHT].into_iter().filter_map(|side| node.side(side)));
    }
    black_box(sum)
}

impl Tree {
    fn root(&self) -> Link {
        self.0.borrow().clone()
    }

    fn insert_new(&self, keys: &mut Keys) -> i32 {
        let key = loop {
            let key = keys.next();
            self.splay(key);
            if self.root().is_none_or(|root| root.key != key) {
                break key;
            }
        };
        let sides = [RefCell::new(None), RefCell::new(None)];
        let node = Rc::new(Node { key, sides, _payload: payload(key, DEPTH) });
        if let Some(root) = self.root() {
            let (down, side) = if key > root.key { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
            node.put(side, root.side(side));
            root.put(side, None);
            node.put(down, Some(root));
        }
        *self.0.borrow_mut() = Some(node);
        key
    }

    fn splay(&self, wanted: i32) {
        let Some(mut current) = self.root() else { return };
        let sides = [RefCell::new(None), RefCell::new(None)];
        let empty = Payload::Leaf(Rc::new((Vec::new(), String::new())));
        let dummy = Rc::new(Node { key: 0, sides, _payload: empty });
        let (mut left, mut right) = (dummy.clone(), dummy.clone());
        while wanted != current.key {
            let (near, far) = if wanted < current.key { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
            let Some(child) = current.side(near) else { break };
            let straight = if near == LEFT { wanted < child.key } else { wanted > child.key };
            if straight {
                current.put(near, child.side(far));
                child.put(far, Some(current));
                current = child;
            }
            let Some(next) = current.side(near) else { break };
            if near == LEFT {
                right.put(LEFT, Some(current.clone()));
                right = current;
            } else {
                left.put(RIGHT, Some(current.clone()));
                left = current;
            }
            current = next;
        }
        left.put(RIGHT, current.side(LEFT));
        right.put(LEFT, current.side(RIGHT));
        current.put(LEFT, dummy.side(RIGHT));
        current.put(RIGHT, dummy.side(LEFT));
        *self.0.borrow_mut() = Some(current);
    }

    fn greatest_below(&self, wanted: i32) -> Option<i32> {
        self.splay(wanted);
        let root = self.root()?;
        if root.key < wanted {
            return Some(root.key);
        }
        let mut node = root.side(LEFT)?;
        while let Some(right) = node.side(RIGHT) {
            node = right;
        }
        Some(node.key)
    }

    fn remove(&self, wanted: i32) {
        self.splay(wanted);
        let Some(root) = self.root() else { return };
        let right = root.side(RIGHT);
        match root.side(LEFT) {
            Some(left) => {
                *self.0.borrow_mut() = Some(left);
                self.splay(wanted);
                if let Some(root) = self.root() {
                    root.put(RIGHT, right);
                }
            }
            None => *self.0.borrow_mut() = right,
        }
    }
}
