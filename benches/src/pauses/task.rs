//! What every implementation allocates, and how its pauses are measured.

use crate::timed::{Milliseconds, Report};
use cpu_time::ProcessTime;
use std::time::Instant;

/// Cells that an array holds; the arrays hold all that lives.
pub(super) const WIDTH: usize = 1000;
/// Words of a cell beside its header; the first holds its array.
pub(super) const WORDS: usize = 6;
/// Allocations that are measured.
pub(super) const ALLOCATIONS: usize = 20_000_000;
/// Allocations between two readings of the clocks.
pub(super) const BATCH: usize = 256;

/// The number of arrays full of cells that make `megabytes` megabytes.
pub(super) const fn arrays(megabytes: usize) -> usize {
    megabytes * 1_000_000 / (WIDTH * (8 + 8 * WORDS + 8))
}

/// What the program draws before each allocation, the same for all (xorshift).
pub(super) struct Random(u64);

impl Random {
    pub const fn new() -> Self {
        Self(88_172_645_463_325_252)
    }

    /// The array and the slot whose cell the next one replaces, if it replaces one.
    pub fn place(&mut self, arrays: usize) -> Option<(usize, usize)> {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let place = ((self.0 >> 16) as usize % arrays, (self.0 >> 32) as usize % WIDTH);
        (self.0 & 7 == 0).then_some(place)
    }
}

/// The program's time, and its longest pause by each clock.
pub(super) struct Stops {
    start: ProcessTime,
    cpu: ProcessTime,
    wall: Instant,
    longest: Milliseconds,
}

impl Stops {
    pub fn new() -> Self {
        let now = ProcessTime::now();
        Self { start: now, cpu: now, wall: Instant::now(), longest: Milliseconds::default() }
    }

    /// Ends a batch of allocations.
    pub fn lap(&mut self) {
        let (cpu, wall) = (ProcessTime::now(), Instant::now());
        let took = cpu.duration_since(self.cpu).as_secs_f64() * 1e3;
        self.longest.cpu = self.longest.cpu.max(took);
        let took = wall.duration_since(self.wall).as_secs_f64() * 1e3;
        self.longest.wall = self.longest.wall.max(took);
        (self.cpu, self.wall) = (cpu, wall);
    }

    pub fn report(&self, replaced: usize) -> Report {
        let figures = vec![
            ("longest stop, CPU ms", self.longest.cpu),
            ("longest stop, wall ms", self.longest.wall),
            ("CPU s", self.cpu.duration_since(self.start).as_secs_f64()),
        ];
        Report { result: replaced as u64, figures }
    }
}
