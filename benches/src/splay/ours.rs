//! On heap-model: nodes and payloads are cells, allocated at sites, so that they are pretenured once they tend to
//! survive.

use super::task::{DEPTH, Keys, LEAF, NODES};
use heap_model::{Growing, Heap, HeapOptions, Kind, Local, Scope, Seen, Site, Value, View};

const KEY: usize = 0;
const LEFT: usize = 1;
const RIGHT: usize = 2;

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
    // A program that has 100 MB collects the old generation at 82 MiB, of which 53 live.
    let options = HeapOptions::default()
        .with_initial_old_generation(82 << 20)
        .with_growing(Growing::Factor(1.55));
    let mut heap = Heap::new(options).expect("a heap");
    heap.enter(|scope| {
        let [node, branch, leaf, numbers, text] = std::array::from_fn(|_| scope.site());
        let sites = Sites { node, branch, leaf, numbers, text };
        let tree = scope.alloc(Kind::Object, 1, 0).expect("room");
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
        match scope.view(tree).expect("its own heap").get(0) {
            Ok(Seen::Ref(root)) => sum(root),
            _ => 0,
        }
    })
}

fn insert_new(scope: &mut Scope<'_>, sites: Sites, tree: Local<'_>, keys: &mut Keys) -> i32 {
    scope.scope(|scope| {
        let key = loop {
            let key = keys.next();
            splay(scope, tree, key);
            if root_key(scope, tree) != Some(key) {
                break key;
            }
        };
        let payload = payload(scope, sites, &super::task::text(key), DEPTH);
        let slots = [Value::Smi(key), Value::Null, Value::Null, Value::Ref(payload)];
        let node = scope.alloc_with_at(sites.node, Kind::Object, &slots).expect("room");
        if let Value::Ref(root) = get(scope, tree, 0) {
            let (down, side) =
                if key > self::key(scope, root) { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
            put(scope, node, down, Value::Ref(root));
            let child = get(scope, root, side);
            put(scope, node, side, child);
            put(scope, root, side, Value::Null);
        }
        put(scope, tree, 0, Value::Ref(node));
        key
    })
}

fn payload<'s>(scope: &mut Scope<'s>, sites: Sites, text: &str, depth: usize) -> Local<'s> {
    let made = scope.escape(|scope| {
        if depth == 0 {
            let numbers: [_; LEAF] = std::array::from_fn(|index| Value::Smi(index as i32));
            let numbers = scope.alloc_with_at(sites.numbers, Kind::Array, &numbers)?;
            let words = scope.alloc_at(sites.text, Kind::OneByteString, 0, text.len())?;
            scope.bytes_mut(words)?[..text.len()].copy_from_slice(text.as_bytes());
            let slots = [Value::Ref(numbers), Value::Ref(words)];
            scope.alloc_with_at(sites.leaf, Kind::Object, &slots)
        } else {
            let left = payload(scope, sites, text, depth - 1);
            let right = payload(scope, sites, text, depth - 1);
            let slots = [Value::Ref(left), Value::Ref(right)];
            scope.alloc_with_at(sites.branch, Kind::Object, &slots)
        }
    });
    made.expect("room")
}

fn get<'s>(scope: &mut Scope<'s>, cell: Local<'_>, slot: usize) -> Value<'s> {
    scope.get(cell, slot).expect("a slot")
}

fn put(scope: &mut Scope<'_>, cell: Local<'_>, slot: usize, value: Value<'_>) {
    scope.set(cell, slot, value).expect("a slot");
}

fn key(scope: &Scope<'_>, node: Local<'_>) -> i32 {
    match scope.view(node).expect("its own heap").get(KEY) {
        Ok(Seen::Smi(key)) => key,
        _ => 0,
    }
}

fn root_key(scope: &mut Scope<'_>, tree: Local<'_>) -> Option<i32> {
    scope.scope(|scope| match get(scope, tree, 0) {
        Value::Ref(root) => Some(key(scope, root)),
        _ => None,
    })
}

/// Sleator and Tarjan's top-down splay: the key's node, or one beside it, becomes the root.
fn splay(scope: &mut Scope<'_>, tree: Local<'_>, wanted: i32) {
    scope.scope(|scope| {
        let Value::Ref(mut current) = get(scope, tree, 0) else { return };
        let dummy = scope.alloc_with(Kind::Object, &[Value::Null; 4]).expect("room");
        let (mut left, mut right) = (dummy, dummy);
        loop {
            let here = key(scope, current);
            if wanted == here {
                break;
            }
            let (near, far) = if wanted < here { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
            let Value::Ref(child) = get(scope, current, near) else { break };
            let there = key(scope, child);
            let straight = if near == LEFT { wanted < there } else { wanted > there };
            if straight {
                let inner = get(scope, child, far);
                put(scope, current, near, inner);
                put(scope, child, far, Value::Ref(current));
                current = child;
            }
            let Value::Ref(next) = get(scope, current, near) else { break };
            if near == LEFT {
                put(scope, right, LEFT, Value::Ref(current));
                right = current;
            } else {
                put(scope, left, RIGHT, Value::Ref(current));
                left = current;
            }
            current = next;
        }
        for (end, side, other) in [(left, RIGHT, LEFT), (right, LEFT, RIGHT)] {
            let child = get(scope, current, other);
            put(scope, end, side, child);
        }
        for (side, of) in [(LEFT, RIGHT), (RIGHT, LEFT)] {
            let child = get(scope, dummy, of);
            put(scope, current, side, child);
        }
        put(scope, tree, 0, Value::Ref(current));
    });
}

fn greatest_below(scope: &mut Scope<'_>, tree: Local<'_>, wanted: i32) -> Option<i32> {
    splay(scope, tree, wanted);
    let Value::Ref(root) = get(scope, tree, 0) else { return None };
    if key(scope, root) < wanted {
        return Some(key(scope, root));
    }
    let Value::Ref(mut node) = get(scope, root, LEFT) else { return None };
    while let Value::Ref(right) = get(scope, node, RIGHT) {
        node = right;
    }
    Some(key(scope, node))
}

fn remove(scope: &mut Scope<'_>, tree: Local<'_>, wanted: i32) {
    splay(scope, tree, wanted);
    let Value::Ref(root) = get(scope, tree, 0) else { return };
    let right = get(scope, root, RIGHT);
    match get(scope, root, LEFT) {
        Value::Ref(left) => {
            put(scope, tree, 0, Value::Ref(left));
            splay(scope, tree, wanted);
            let Value::Ref(root) = get(scope, tree, 0) else { return };
            put(scope, root, RIGHT, right);
        }
        _ => put(scope, tree, 0, right),
    }
}

/// The sum of the keys: a splay tree can be deep, so without recursion.
fn sum(root: View<'_>) -> u64 {
    let mut stack = vec![root];
    let mut sum = 0;
    while let Some(node) = stack.pop() {
        if let Ok(Seen::Smi(key)) = node.get(KEY) {
            sum += key as u64;
        }
        for side in [LEFT, RIGHT] {
            if let Ok(Seen::Ref(child)) = node.get(side) {
                stack.push(child);
            }
        }
    }
    sum
}
