//! Without a collector: `Rc` and `Box`.

use std::rc::Rc;

struct Shared(Option<(Rc<Shared>, Rc<Shared>)>);
struct Owned(Option<(Box<Owned>, Box<Owned>)>);

impl Shared {
    fn build(depth: usize) -> Rc<Self> {
        Rc::new(Self((depth > 0).then(|| (Self::build(depth - 1), Self::build(depth - 1)))))
    }

    fn count(&self) -> u64 {
        self.0.as_ref().map_or(1, |(left, right)| 1 + left.count() + right.count())
    }
}

impl Owned {
    fn build(depth: usize) -> Box<Self> {
        Box::new(Self((depth > 0).then(|| (Self::build(depth - 1), Self::build(depth - 1)))))
    }

    fn count(&self) -> u64 {
        self.0.as_ref().map_or(1, |(left, right)| 1 + left.count() + right.count())
    }
}

/// Runs the workload on `Rc`.
pub fn run(depth: usize) -> u64 {
    let mut nodes = Shared::build(depth + 1).count();
    let long = Shared::build(depth);
    for (depth, trees) in super::task::rounds(depth) {
        nodes += (0..trees).map(|_| Shared::build(depth).count()).sum::<u64>();
    }
    nodes + long.count()
}

/// Runs the workload on `Box`.
pub fn run_boxed(depth: usize) -> u64 {
    let mut nodes = Owned::build(depth + 1).count();
    let long = Owned::build(depth);
    for (depth, trees) in super::task::rounds(depth) {
        nodes += (0..trees).map(|_| Owned::build(depth).count()).sum::<u64>();
    }
    nodes + long.count()
}
