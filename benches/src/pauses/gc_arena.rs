//! On gc-arena, with its default pacing: debt is collected after each batch.

use super::task::{ALLOCATIONS, BATCH, Random, Stops, WIDTH, WORDS};
use crate::timed::Report;
use gc_arena::barrier::unlock;
use gc_arena::lock::RefLock;
use gc_arena::{Arena, Collect, Gc, Mutation, Rootable};

#[derive(Collect)]
#[collect(no_drop)]
struct Array<'gc> {
    cells: RefLock<Vec<Gc<'gc, Cell<'gc>>>>,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Cell<'gc> {
    array: Gc<'gc, Array<'gc>>,
    words: [u64; WORDS - 1],
}

type All<'gc> = Vec<Gc<'gc, Array<'gc>>>;

fn array<'gc>(mc: &Mutation<'gc>) -> Gc<'gc, Array<'gc>> {
    let array = Gc::new(mc, Array { cells: RefLock::new(Vec::with_capacity(WIDTH)) });
    let cells = (0..WIDTH).map(|_| Gc::new(mc, Cell { array, words: [0; WORDS - 1] }));
    unlock!(Gc::write(mc, array), Array, cells).borrow_mut().extend(cells);
    array
}

/// Allocates a cell; true if it replaces one.
fn allocate<'gc>(mc: &Mutation<'gc>, all: &All<'gc>, random: &mut Random) -> bool {
    let place = random.place(all.len());
    let array = all[place.map_or(0, |(index, _)| index)];
    let cell = Gc::new(mc, Cell { array, words: [0; WORDS - 1] });
    let Some((_, slot)) = place else { return false };
    unlock!(Gc::write(mc, array), Array, cells).borrow_mut()[slot] = cell;
    true
}

/// Runs the workload.
pub fn run(megabytes: usize) -> Report {
    let mut arena = Arena::<Rootable![All<'_>]>::new(|_| Vec::new());
    for _ in 0..super::task::arrays(megabytes) {
        arena.mutate_root(|mc, all| all.push(array(mc)));
    }
    arena.finish_cycle();
    let mut random = Random::new();
    let (mut stops, mut replaced) = (Stops::new(), 0);
    for _ in 0..ALLOCATIONS / BATCH {
        replaced +=
            arena.mutate(|mc, all| (0..BATCH).filter(|_| allocate(mc, all, &mut random)).count());
        arena.collect_debt();
        stops.lap();
    }
    stops.report(replaced)
}
