//! On gc-arena: debt is collected after each step, with its default pacing or in whole stop-the-world cycles.

use super::task::{DEPTH, Keys, LEAF, NODES};
use super::tree;
use gc_arena::barrier::unlock;
use gc_arena::lock::Lock;
use gc_arena::metrics::Pacing;
use gc_arena::{Arena, Collect, Gc, Mutation, Rootable};

type Link<'gc> = Option<Gc<'gc, Node<'gc>>>;

#[derive(Collect)]
#[collect(no_drop)]
struct Node<'gc> {
    key: i32,
    sides: Lock<[Link<'gc>; 2]>,
    _payload: Option<Payload<'gc>>,
}

#[derive(Collect)]
#[collect(no_drop)]
enum Payload<'gc> {
    Leaf(Gc<'gc, Leaf>),
    Branch(Gc<'gc, Branch<'gc>>),
}

#[derive(Collect)]
#[collect(require_static)]
struct Leaf(
    #[allow(dead_code, reason = "held")] Vec<i32>,
    #[allow(dead_code, reason = "held")] String,
);

#[derive(Collect)]
#[collect(no_drop)]
struct Branch<'gc>(Payload<'gc>, Payload<'gc>);

fn payload<'gc>(mc: &Mutation<'gc>, text: &str, depth: usize) -> Payload<'gc> {
    if depth == 0 {
        return Payload::Leaf(Gc::new(mc, Leaf((0..LEAF as i32).collect(), text.to_owned())));
    }
    let (left, right) = (payload(mc, text, depth - 1), payload(mc, text, depth - 1));
    Payload::Branch(Gc::new(mc, Branch(left, right)))
}

fn node<'gc>(mc: &Mutation<'gc>, key: i32, payload: Option<Payload<'gc>>) -> Gc<'gc, Node<'gc>> {
    Gc::new(mc, Node { key, sides: Lock::new([None; 2]), _payload: payload })
}

impl<'gc> tree::Node for Gc<'gc, Node<'gc>> {
    type Context = &'gc Mutation<'gc>;

    fn new(mc: &'gc Mutation<'gc>, key: i32) -> Self {
        node(mc, key, Some(payload(mc, &super::task::text(key), DEPTH)))
    }

    fn bare(mc: &'gc Mutation<'gc>) -> Self {
        node(mc, 0, None)
    }

    fn key(&self) -> i32 {
        self.key
    }

    fn side(&self, side: usize) -> Link<'gc> {
        self.sides.get()[side]
    }

    fn put(&self, mc: &'gc Mutation<'gc>, side: usize, to: Link<'gc>) {
        let mut sides = self.sides.get();
        sides[side] = to;
        unlock!(Gc::write(mc, *self), Node, sides).set(sides);
    }
}

/// Runs the workload with the default pacing.
pub fn run(thousands: usize) -> u64 {
    run_paced(thousands, Pacing::DEFAULT)
}

/// Runs the workload with whole stop-the-world cycles.
pub fn run_at_once(thousands: usize) -> u64 {
    run_paced(thousands, Pacing::STOP_THE_WORLD)
}

fn run_paced(thousands: usize, pacing: Pacing) -> u64 {
    let mut arena = Arena::<Rootable![Link<'_>]>::new(|_| None);
    arena.metrics().set_pacing(pacing);
    let mut keys = Keys::new();
    for _ in 0..NODES {
        arena.mutate_root(|mc, root| tree::insert_new(mc, root, &mut keys));
        arena.collect_debt();
    }
    for _ in 0..thousands * 1000 {
        arena.mutate_root(|mc, root| tree::step(mc, root, &mut keys));
        arena.collect_debt();
    }
    arena.mutate(|_, root| tree::sum(root.as_ref()))
}
