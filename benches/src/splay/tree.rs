//! The tree over shared nodes, which reference counts or a collector keep. A peer implements [`Node`]; the order of the
//! program's reads and writes is the same for all.

use super::task::{Keys, NODES};
use std::hint::black_box;

pub const LEFT: usize = 0;
pub const RIGHT: usize = 1;

/// A node's pointer: two pointers to the same node see each other's writes.
pub trait Node: Clone {
    /// The context that allocation and writes need.
    type Context: Copy;

    /// A node with a payload.
    fn new(context: Self::Context, key: i32) -> Self;
    /// A node without a payload.
    fn bare(context: Self::Context) -> Self;
    fn key(&self) -> i32;
    fn side(&self, side: usize) -> Option<Self>;
    fn put(&self, context: Self::Context, side: usize, to: Option<Self>);
}

/// Runs the workload where the tree is a local variable.
pub fn run<N: Node<Context = ()>>(thousands: usize) -> u64 {
    let mut root: Option<N> = None;
    let mut keys = Keys::new();
    for _ in 0..NODES {
        insert_new((), &mut root, &mut keys);
    }
    for _ in 0..thousands * 1000 {
        step((), &mut root, &mut keys);
    }
    black_box(sum(root.as_ref()))
}

/// Adds a node, and removes the one before it in the order of keys.
pub fn step<N: Node>(context: N::Context, root: &mut Option<N>, keys: &mut Keys) {
    let key = insert_new(context, root, keys);
    let greatest = greatest_below(context, root, key).unwrap_or(key);
    remove(context, root, greatest);
}

/// Adds a node of a new key, which becomes the root.
pub fn insert_new<N: Node>(context: N::Context, root: &mut Option<N>, keys: &mut Keys) -> i32 {
    let key = loop {
        let key = keys.next();
        splay(context, root, key);
        if root.as_ref().is_none_or(|root| root.key() != key) {
            break key;
        }
    };
    let node = N::new(context, key);
    if let Some(root) = root.take() {
        let (down, side) = if key > root.key() { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
        node.put(context, side, root.side(side));
        root.put(context, side, None);
        node.put(context, down, Some(root));
    }
    *root = Some(node);
    key
}

/// Sleator and Tarjan's top-down splay: the key's node, or one beside it, becomes the root.
fn splay<N: Node>(context: N::Context, root: &mut Option<N>, wanted: i32) {
    let Some(mut current) = root.clone() else { return };
    let dummy = N::bare(context);
    let (mut left, mut right) = (dummy.clone(), dummy.clone());
    while wanted != current.key() {
        let (near, far) = if wanted < current.key() { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
        let Some(child) = current.side(near) else { break };
        let straight = if near == LEFT { wanted < child.key() } else { wanted > child.key() };
        if straight {
            current.put(context, near, child.side(far));
            child.put(context, far, Some(current));
            current = child;
        }
        let Some(next) = current.side(near) else { break };
        if near == LEFT {
            right.put(context, LEFT, Some(current.clone()));
            right = current;
        } else {
            left.put(context, RIGHT, Some(current.clone()));
            left = current;
        }
        current = next;
    }
    left.put(context, RIGHT, current.side(LEFT));
    right.put(context, LEFT, current.side(RIGHT));
    current.put(context, LEFT, dummy.side(RIGHT));
    current.put(context, RIGHT, dummy.side(LEFT));
    *root = Some(current);
}

fn greatest_below<N: Node>(context: N::Context, root: &mut Option<N>, wanted: i32) -> Option<i32> {
    splay(context, root, wanted);
    let root = root.as_ref()?;
    if root.key() < wanted {
        return Some(root.key());
    }
    let mut node = root.side(LEFT)?;
    while let Some(right) = node.side(RIGHT) {
        node = right;
    }
    Some(node.key())
}

fn remove<N: Node>(context: N::Context, root: &mut Option<N>, wanted: i32) {
    splay(context, root, wanted);
    let Some(removed) = root.take() else { return };
    let right = removed.side(RIGHT);
    *root = removed.side(LEFT);
    if root.is_some() {
        splay(context, root, wanted);
        if let Some(root) = root {
            root.put(context, RIGHT, right);
        }
    } else {
        *root = right;
    }
}

/// The sum of the keys: a splay tree can be deep, so without recursion.
pub fn sum<N: Node>(root: Option<&N>) -> u64 {
    let mut stack: Vec<N> = root.cloned().into_iter().collect();
    let mut sum = 0;
    while let Some(node) = stack.pop() {
        sum += node.key() as u64;
        stack.extend([LEFT, RIGHT].into_iter().filter_map(|side| node.side(side)));
    }
    sum
}
