//! On heap-model's records: the same program as over slots.

use super::task::{DEPTH, Keys, LEAF, NODES};
use heap_model::typed::{Gc, Record, Slot};
use heap_model::{Growing, Heap, HeapOptions, OutOfMemory, Scope, Site};

#[derive(Record)]
struct Tree<'s> {
    root: Option<Gc<'s, Node<'s>>>,
}

/// A node: its children are those with smaller keys and those with greater ones.
#[derive(Record)]
struct Node<'s> {
    sides: [Option<Gc<'s, Node<'s>>>; 2],
    payload: Option<Gc<'s, Branch<'s>>>,
    key: i32,
}

#[derive(Clone, Copy, Slot)]
enum Payload<'s> {
    Branch(Gc<'s, Branch<'s>>),
    Leaf(Gc<'s, Leaf<'s>>),
}

#[derive(Record)]
struct Branch<'s> {
    left: Payload<'s>,
    right: Payload<'s>,
}

#[derive(Record)]
struct Leaf<'s> {
    numbers: Gc<'s, Numbers>,
    text: Gc<'s, Text<'s>>,
}

#[derive(Record)]
struct Numbers {
    numbers: [i64; LEAF],
}

#[derive(Record)]
struct Text<'s> {
    text: &'s [u8],
}

const LEFT: usize = 0;
const RIGHT: usize = 1;

type NodePtr<'s> = Gc<'s, Node<'s>>;

/// Where the program allocates.
#[derive(Clone, Copy)]
struct Sites {
    node: Site,
    branch: Site,
    leaf: Site,
    numbers: Site,
    text: Site,
}

/// Runs the workload.
pub fn run(thousands: usize) -> u64 {
    // What a program would say that has 100 MB: collect the old generation at 82 MiB, of which 53 live.
    let options = HeapOptions::default()
        .with_initial_old_generation(82 << 20)
        .with_growing(Growing::Factor(1.55));
    let mut heap = Heap::new(options).expect("a heap");
    heap.enter(|scope| {
        let [node, branch, leaf, numbers, text] = std::array::from_fn(|_| scope.site());
        let sites = Sites { node, branch, leaf, numbers, text };
        let tree = scope.make(Tree { root: None }).expect("room");
        let mut keys = Keys::new();
        for _ in 0..NODES {
            insert_new(scope, sites, tree, &mut keys);
        }
        for _ in 0..thousands * 1000 {
            let key = insert_new(scope, sites, tree, &mut keys);
            scope.scope(|scope| {
                let greatest = greatest_below(scope, tree, key).unwrap_or(key);
                remove(scope, tree, greatest);
            });
        }
        sum(scope, tree)
    })
}

fn insert_new(scope: &mut Scope<'_>, sites: Sites, tree: Gc<'_, Tree>, keys: &mut Keys) -> i32 {
    scope.scope(|scope| {
        let key = loop {
            let key = keys.next();
            splay(scope, tree, key);
            if scope.read(tree).root().map(|root| root.key()) != Some(key) {
                break key;
            }
        };
        let text = super::task::text(key);
        let Ok(Payload::Branch(payload)) = payload(scope, sites, &text, DEPTH) else {
            unreachable!("there is room, and a payload is deep")
        };
        let node = Node { sides: [None; 2], payload: Some(payload), key };
        let node = scope.make_at(sites.node, node).expect("room");
        if let Some(root) = tree.root(scope) {
            let (down, side) = if key > root.key(scope) { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
            node.set_sides(scope, down, Some(root));
            let child = root.sides(scope, side);
            node.set_sides(scope, side, child);
            root.set_sides(scope, side, None);
        }
        tree.set_root(scope, Some(node));
        key
    })
}

fn payload<'s>(
    scope: &mut Scope<'s>,
    sites: Sites,
    text: &str,
    depth: usize,
) -> Result<Payload<'s>, OutOfMemory> {
    scope.escape_as::<Payload, _>(|scope| {
        if depth == 0 {
            let numbers = Numbers { numbers: std::array::from_fn(|index| index as i64) };
            let numbers = scope.make_at(sites.numbers, numbers)?;
            let text = scope.make_at(sites.text, Text { text: text.as_bytes() })?;
            Ok(Payload::Leaf(scope.make_at(sites.leaf, Leaf { numbers, text })?))
        } else {
            let left = payload(scope, sites, text, depth - 1)?;
            let right = payload(scope, sites, text, depth - 1)?;
            Ok(Payload::Branch(scope.make_at(sites.branch, Branch { left, right })?))
        }
    })
}

/// Sleator and Tarjan's top-down splay: the key's node, or one beside it, becomes the root.
fn splay(scope: &mut Scope<'_>, tree: Gc<'_, Tree>, wanted: i32) {
    scope.scope(|scope| {
        let Some(mut current) = tree.root(scope) else { return };
        let dummy = scope.make(Node { sides: [None; 2], payload: None, key: 0 }).expect("room");
        let (mut left, mut right) = (dummy, dummy);
        loop {
            let here = current.key(scope);
            if wanted == here {
                break;
            }
            let (near, far) = if wanted < here { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
            let Some(child) = current.sides(scope, near) else { break };
            let there = child.key(scope);
            let straight = if near == LEFT { wanted < there } else { wanted > there };
            if straight {
                let inner = child.sides(scope, far);
                current.set_sides(scope, near, inner);
                child.set_sides(scope, far, Some(current));
                current = child;
            }
            let Some(next) = current.sides(scope, near) else { break };
            if near == LEFT {
                right.set_sides(scope, LEFT, Some(current));
                right = current;
            } else {
                left.set_sides(scope, RIGHT, Some(current));
                left = current;
            }
            current = next;
        }
        for (end, side, other) in [(left, RIGHT, LEFT), (right, LEFT, RIGHT)] {
            let child = current.sides(scope, other);
            end.set_sides(scope, side, child);
        }
        for (side, of) in [(LEFT, RIGHT), (RIGHT, LEFT)] {
            let child = dummy.sides(scope, of);
            current.set_sides(scope, side, child);
        }
        tree.set_root(scope, Some(current));
    });
}

fn greatest_below(scope: &mut Scope<'_>, tree: Gc<'_, Tree>, wanted: i32) -> Option<i32> {
    splay(scope, tree, wanted);
    let root = scope.read(tree).root()?;
    if root.key() < wanted {
        return Some(root.key());
    }
    let mut node = root.sides(LEFT)?;
    while let Some(right) = node.sides(RIGHT) {
        node = right;
    }
    Some(node.key())
}

fn remove(scope: &mut Scope<'_>, tree: Gc<'_, Tree>, wanted: i32) {
    splay(scope, tree, wanted);
    let Some(root) = tree.root(scope) else { return };
    let right = root.sides(scope, RIGHT);
    match root.sides(scope, LEFT) {
        Some(left) => {
            tree.set_root(scope, Some(left));
            splay(scope, tree, wanted);
            let root: Option<NodePtr<'_>> = tree.root(scope);
            if let Some(root) = root {
                root.set_sides(scope, RIGHT, right);
            }
        }
        None => tree.set_root(scope, right),
    }
}

/// The sum of the keys: a splay tree can be deep, so without recursion.
fn sum(scope: &Scope<'_>, tree: Gc<'_, Tree>) -> u64 {
    let mut stack: Vec<_> = scope.read(tree).root().into_iter().collect();
    let mut sum = 0;
    while let Some(node) = stack.pop() {
        sum += node.key() as u64;
        stack.extend([LEFT, RIGHT].into_iter().filter_map(|side| node.sides(side)));
    }
    sum
}
