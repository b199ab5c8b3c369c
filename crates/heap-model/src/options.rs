//! The sizes a heap is made with. No unsafe code.

/// How far the old generation may grow before it is collected.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Growing {
    /// To so many times what a full collection left, but at least 8 MB further (V8's
    /// `MemoryController::MinimumAllocationLimitGrowingStep`). The same program collects at the same
    /// places at every run.
    Factor(f64),
    /// By V8's aim that the program has 97 % of the time (`MemoryController::GrowingFactor`): by a
    /// factor of 1.1 to 4, or to 1.3 to 2 where the limit is below 2 GiB, from the speeds of promotion and
    /// collection since the last full collection.
    Utilization,
}

/// How many places an ephemeron table has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableSizing {
    /// 4 or 6 · 2ⁿ, doubled when more than two thirds would be filled; a full collection that leaves
    /// at most a quarter filled makes the table fit.
    #[default]
    Shrink,
    /// V8's: a power of two, doubled likewise; a table never gets smaller by dying keys
    /// (`EphemeronHashTable` in `objects/hash-table.h`).
    V8,
}

/// The sizes a heap is made with, in bytes, and what it does by itself.
#[derive(Clone, Copy, Debug)]
pub struct HeapOptions {
    /// The most that all spaces together may commit.
    pub limit: usize,
    /// One semi-space at the start.
    pub initial_semi_space: usize,
    /// One semi-space at the most.
    pub max_semi_space: usize,
    /// Bytes of the old generation at which it is first collected.
    pub initial_old_generation: usize,
    /// How far the old generation may grow from then on.
    pub growing: Growing,
    /// Mark along with allocation, in steps of at most so long. The first step and the last take what
    /// [`Heap::idle`](crate::Heap::idle) says; steps are longer if marking would not end otherwise.
    pub incremental: Option<std::time::Duration>,
    /// The sizes of ephemeron tables.
    pub tables: TableSizing,
}

/// Bytes.
const MB: usize = 1 << 20;

impl Default for HeapOptions {
    /// Node 20's on a machine of 16 GB or more: 4144 MiB, semi-spaces of 1 to 16 MiB.
    fn default() -> Self {
        Self {
            limit: 4_345_298_944,
            initial_semi_space: MB,
            max_semi_space: 16 * MB,
            initial_old_generation: 32 * MB,
            growing: Growing::Factor(2.0),
            incremental: None,
            tables: TableSizing::default(),
        }
    }
}

impl HeapOptions {
    /// The same with another limit, in bytes; the largest semi-space is at most a 64th of it.
    #[must_use]
    pub fn with_limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self.max_semi_space = self.max_semi_space.min((limit / 64).max(self.initial_semi_space));
        self
    }

    /// V8's default on a machine (`Heap::HeapSizeFromPhysicalMemory`, 11.3; the semi-spaces beside
    /// the old generation are those of `Heap::YoungGenerationSizeFromOldGenerationSize`).
    ///
    /// 64-bit: half of the physical memory, from 256 MB to 2 GB, or 4 GB from about 15.5 GB on.
    /// 32-bit: a quarter, from 128 MB to 1 GB.
    #[must_use]
    pub fn for_machine(pointer_bits: u32, physical_memory: u64) -> Self {
        let clamp = |bytes: u64, least: usize, most: usize| {
            usize::try_from(bytes).unwrap_or(usize::MAX).clamp(least, most)
        };
        let old = if pointer_bits == 32 {
            clamp(physical_memory / 4, 128 * MB, 1024 * MB)
        } else {
            let most = if physical_memory >= 15 << 30 { 4096 * MB } else { 2048 * MB };
            clamp(physical_memory / 2, 256 * MB, most)
        };
        let semi = (old / 128).clamp(MB, 16 * MB).next_power_of_two().min(16 * MB);
        Self { limit: old + 3 * semi, max_semi_space: semi, ..Self::default() }
    }

    /// V8's historical limit on 64-bit systems: 1400 MiB (`Heap::ConfigureHeap`).
    #[must_use]
    pub fn historical_64_bit() -> Self {
        Self::default().with_limit(1400 * MB)
    }

    /// V8's historical limit on 32-bit systems: 700 MiB (`Heap::ConfigureHeap`).
    #[must_use]
    pub fn historical_32_bit() -> Self {
        Self::default().with_limit(700 * MB)
    }
}
