//! The longest stops of a program that allocates on a heap with much that lives: one cell of eight
//! takes the place of a living one, the others die at once. The result counts those of eight.
//!
//! Stops are seen from outside, as the longest time that `BATCH` allocations took; so a stop that is
//! made of several pauses in a row counts as one, and what cannot report a pause can be measured.

use crate::timed::{Milliseconds, Report, TimedWorkload};
use cpu_time::ProcessTime;
use std::time::Instant;

#[cfg(feature = "peers")]
mod gc_arena;
mod ours;

/// The workload; its size is the number of megabytes that live.
pub const WORKLOAD: TimedWorkload = TimedWorkload {
    name: "pauses",
    implementations: &[
        ("heap-model", ours::run_in_steps),
        ("heap-model at once", ours::run_at_once),
        #[cfg(feature = "peers")]
        ("gc-arena", gc_arena::run),
    ],
};

/// Cells that an array holds; the arrays hold all that lives.
const WIDTH: usize = 1000;
/// Words of a cell beside its header; the first holds its array.
const WORDS: usize = 6;
/// Allocations while the stops are looked at.
const ALLOCATIONS: usize = 20_000_000;
/// Allocations between two looks at the clocks.
const BATCH: usize = 256;

/// How many arrays are full of cells when so many megabytes live.
const fn arrays(megabytes: usize) -> usize {
    megabytes * 1_000_000 / (WIDTH * (8 + 8 * WORDS + 8))
}

/// What the program draws before each allocation, the same for all (xorshift).
struct Random(u64);

impl Random {
    const fn new() -> Self {
        Self(88_172_645_463_325_252)
    }

    /// The array and the slot whose cell the next one replaces, if it replaces one.
    fn place(&mut self, arrays: usize) -> Option<(usize, usize)> {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let place = ((self.0 >> 16) as usize % arrays, (self.0 >> 32) as usize % WIDTH);
        (self.0 & 7 == 0).then_some(place)
    }
}

/// The program's time, and its longest stop by each clock.
struct Stops {
    start: ProcessTime,
    cpu: ProcessTime,
    wall: Instant,
    longest: Milliseconds,
}

impl Stops {
    fn new() -> Self {
        let now = ProcessTime::now();
        Self { start: now, cpu: now, wall: Instant::now(), longest: Milliseconds::default() }
    }

    /// A batch of allocations is over.
    fn lap(&mut self) {
        let (cpu, wall) = (ProcessTime::now(), Instant::now());
        let took = cpu.duration_since(self.cpu).as_secs_f64() * 1e3;
        self.longest.cpu = self.longest.cpu.max(took);
        let took = wall.duration_since(self.wall).as_secs_f64() * 1e3;
        self.longest.wall = self.longest.wall.max(took);
        (self.cpu, self.wall) = (cpu, wall);
    }

    fn report(&self, replaced: usize) -> Report {
        let figures = vec![
            ("longest stop, CPU ms", self.longest.cpu),
            ("longest stop, wall ms", self.longest.wall),
            ("CPU s", self.cpu.duration_since(self.start).as_secs_f64()),
        ];
        Report { result: replaced as u64, figures }
    }
}
