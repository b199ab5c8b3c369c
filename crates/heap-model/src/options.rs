//! A heap's options.

use crate::memory::mapping::PAGE;
use std::time::Duration;

/// The policy for how far the old generation may grow before it is collected.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Growing {
    /// To this multiple of what a full collection left, and by at least 8 MB (V8's
    /// `MemoryController::MinimumAllocationLimitGrowingStep`). A program collects at the same points in every run.
    Factor(f64),
    /// By the largest factor that V8 takes with the heap's limit (`MemoryController::MaxGrowingFactor`): 1.3 to 256 MiB, 4
    /// from 2 GiB on, and between them in proportion. V8 grows by it where collections cost little of the time. A program
    /// collects at the same points in every run.
    Maximum,
    /// By V8's aim that the program has 97 % of the time (`MemoryController::GrowingFactor`): by a
    /// factor of 1.1 to 4, or to 1.3 to 2 where the limit is below 2 GiB, from the speeds of promotion and
    /// collection since the last full collection.
    Utilization,
}

/// When the full collection comes that is due, where marking is not [done in steps](HeapOptions::incremental).
///
/// All but the first follow a V8 with one thread. It begins to mark after the scavenge by which the old generation reaches its
/// mark, marks a little whenever the program has allocated 64 KiB, and collects once it has marked all. Its new space is not
/// bounded by what the old generation has left: a full collection may promote beyond
/// [`old_generation_limit`](HeapOptions::old_generation_limit), and the next allocation is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum MarkingPace {
    /// Instead of a scavenge that could promote beyond the mark. The old generation keeps its limit at all times.
    #[default]
    AtOnce,
    /// Right after the scavenge: marking overtakes the program by far (V8 to 11.3).
    Ahead,
    /// So many bytes are marked for each byte that is allocated, and scavenges come between (V8 12.4: 0.5).
    Interleaved(f64),
    /// So many bytes are marked for each byte that is allocated, and no scavenge comes before the end: the new space
    /// grows beyond its capacity instead (V8 13.6, whose `--separate-gc-phases` is on: 1).
    Separate(f64),
}

/// The policy for the number of buckets of an ephemeron table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableSizing {
    /// 4 or 6 · 2ⁿ, doubled when more than two thirds would be filled. A full collection that leaves
    /// at most a quarter filled shrinks the table.
    #[default]
    Shrink,
    /// V8's: a power of two, doubled likewise. A table never shrinks (`EphemeronHashTable` in `objects/hash-table.h`).
    V8,
}

/// The options of a heap. Sizes are in bytes.
///
/// There will be more of them, so they are made from the defaults: by the functions that are named `with_`, or by assignment.
///
/// ```
/// use heap_model::{Growing, HeapOptions};
/// use std::time::Duration;
///
/// let options = HeapOptions::default()
///     .with_limit(64 << 20)
///     .with_max_semi_space(1 << 20)
///     .with_growing(Growing::Utilization)
///     .with_incremental(Duration::from_millis(1));
/// assert_eq!((options.limit, options.max_semi_space), (64 << 20, 1 << 20));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct HeapOptions {
    /// The most that all spaces together may commit; at least 1,310,720.
    pub limit: usize,
    /// The most that the old generation may commit: old cells' pages, large cells, and what is reserved. `usize::MAX` if
    /// [`limit`](Self::limit) alone bounds it; V8's `--max-old-space-size` otherwise.
    pub old_generation_limit: usize,
    /// The initial size of a semi-space; less if [`limit`](Self::limit) leaves no room beside two of them.
    pub initial_semi_space: usize,
    /// The largest size of a semi-space.
    pub max_semi_space: usize,
    /// Bytes of the old generation at which it is first collected.
    pub initial_old_generation: usize,
    /// Each collection before the first full one lowers these bytes to the part of them that young cells survive with on
    /// average, at least to 8 MiB above what is alive (V8: `Heap::ConfigureInitialOldGenerationSize`).
    pub adaptive_initial: bool,
    /// How a full collection's marking keeps step with the program.
    pub marking_pace: MarkingPace,
    /// How far the old generation may grow after that.
    pub growing: Growing,
    /// Incremental marking: the longest time of a step. [`Heap::idle`](crate::Heap::idle) says how long the first step
    /// and the last take; steps are longer if marking would not end otherwise.
    pub incremental: Option<Duration>,
    /// The sizes of ephemeron tables.
    pub tables: TableSizing,
}

/// A release line of Node.js, by the defaults of its V8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NodeVersion {
    /// Node 12: V8 7.8.
    V12,
    /// Node 14: V8 8.4.
    V14,
    /// Node 16: V8 9.4.
    V16,
    /// Node 18: V8 10.2.
    V18,
    /// Node 20: V8 11.3.
    #[default]
    V20,
    /// Node 22: V8 12.4.
    V22,
    /// Node 24: V8 13.6.
    V24,
    /// Node 26: V8 14.6.
    V26,
}

/// Bytes.
const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;

/// What a V8 derives its sizes from, in bytes.
struct Rules {
    /// The least and the largest old generation.
    least: u64,
    most: u64,
    /// Physical memory from which the old generation may be twice as large.
    huge: Option<u64>,
    /// The ratio of the old generation to a semi-space, and the ratio where memory is low.
    ratio: u64,
    low_ratio: u64,
    /// Memory is low if the old generation's share of it is at most this.
    low: u64,
    /// The least and the largest semi-space.
    least_semi: u64,
    most_semi: u64,
    /// What the old generation is rounded down to.
    unit: u64,
}

impl NodeVersion {
    /// V8's constants without pointer compression. `words` is the size of a pointer in units of 32 bits, which
    /// is both V8's `kPointerMultiplier` and its `kHeapLimitMultiplier`.
    fn rules(self, words: u64) -> Rules {
        let huge = match self {
            // At most 2 GB.
            Self::V12 => None,
            // `Heap::MaxOldGenerationSize`: `(physical_memory + 512 * MB) / GB >= 16`.
            Self::V14 | Self::V16 | Self::V18 | Self::V20 => Some(16 * GB - 512 * MB),
            // Likewise: `physical_memory / GB >= 15`.
            Self::V22 | Self::V24 | Self::V26 => Some(15 * GB),
        };
        let huge = huge.filter(|_| words == 2);
        // `Heap::OldGenerationToSemiSpaceRatio` and `--scavenger-max-new-space-capacity-mb`; before:
        // `kOldGenerationToSemiSpaceRatio` and `kMaxSemiSpaceSize` in heap.h.
        let (ratio, semi) = match self {
            Self::V24 => (32, 32 * MB),
            Self::V26 => (64, 16 * MB),
            _ => (128, 8 * MB),
        };
        Rules {
            least: 128 * MB * words,
            most: 1024 * MB * words,
            huge,
            ratio,
            low_ratio: if self == Self::V26 { 128 } else { 256 },
            low: if self == Self::V26 { 64 * MB * words } else { 128 * MB * words },
            least_semi: 512 * (MB / 1024) * words,
            most_semi: semi * words,
            unit: if self == Self::V12 { MB } else { PAGE as u64 },
        }
    }
}

impl Default for HeapOptions {
    /// Node 20's on a machine of 16 GiB: with pointers of 64 bits 4144 MiB, and semi-spaces of 1 to 16.
    fn default() -> Self {
        Self::for_node(NodeVersion::V20, usize::BITS, 16 * GB)
    }
}

impl HeapOptions {
    /// With another limit, in bytes. The largest semi-space becomes at most a 64th of it.
    #[must_use]
    pub fn with_limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self.max_semi_space = self.max_semi_space.min((limit / 64).max(self.initial_semi_space));
        self
    }

    /// With semi-spaces of another size at first, in bytes.
    #[must_use]
    pub fn with_initial_semi_space(mut self, bytes: usize) -> Self {
        self.initial_semi_space = bytes;
        self
    }

    /// With semi-spaces of another size at the most, in bytes.
    #[must_use]
    pub fn with_max_semi_space(mut self, bytes: usize) -> Self {
        self.max_semi_space = bytes;
        self
    }

    /// With an old generation that is first collected at another number of bytes.
    #[must_use]
    pub fn with_initial_old_generation(mut self, bytes: usize) -> Self {
        self.initial_old_generation = bytes;
        self
    }

    /// With a first collection of the old generation that comes the earlier the fewer young cells survive, or without.
    #[must_use]
    pub fn with_adaptive_initial(mut self, adaptive: bool) -> Self {
        self.adaptive_initial = adaptive;
        self
    }

    /// With another pace of a full collection's marking.
    #[must_use]
    pub fn with_marking_pace(mut self, pace: MarkingPace) -> Self {
        self.marking_pace = pace;
        self
    }

    /// With another policy for the growth of the old generation.
    #[must_use]
    pub fn with_growing(mut self, growing: Growing) -> Self {
        self.growing = growing;
        self
    }

    /// With incremental marking in steps of this time, or without: with `None`.
    #[must_use]
    pub fn with_incremental(mut self, step: impl Into<Option<Duration>>) -> Self {
        self.incremental = step.into();
        self
    }

    /// With a limit for the old generation, in bytes.
    #[must_use]
    pub fn with_old_generation_limit(mut self, limit: usize) -> Self {
        self.old_generation_limit = limit;
        self
    }

    /// With another policy for the sizes of ephemeron tables.
    #[must_use]
    pub fn with_tables(mut self, tables: TableSizing) -> Self {
        self.tables = tables;
        self
    }

    /// The defaults of a Node on a machine. The limit is the `heap_size_limit` of `v8.getHeapStatistics()`: the old
    /// generation and three semi-spaces. V8 derives them from the physical memory, or from the container's limit
    /// (`SetIsolateCreateParamsForNode` in `src/api/environment.cc`, `ResourceConstraints::ConfigureDefaults`).
    ///
    /// | | Node 12 | 14 to 20 | 22 | 24 | 26 |
    /// |---|---|---|---|---|---|
    /// | old generation, 64-bit | half the memory, 256 MiB to 2 GiB | to 4 GiB from 15.5 GiB on | to 4 GiB from 15 GiB on | as 22 | as 22 |
    /// | old generation, 32-bit | a quarter, 128 MiB to 1 GiB | as 12 | as 12 | as 12 | as 12 |
    /// | semi-space | a 128th of it, to 16 MiB (32-bit: 8) | as 12 | as 12 | a 32nd, to 64 MiB (32) | a 64th, to 32 MiB (16) |
    ///
    /// A semi-space is rounded up to a power of two. With the least old generation it is a 256th of that; in Node 26 a
    /// 128th, on a machine of at most 256 MiB.
    ///
    /// The sources are V8's `src/heap/heap.cc` and `heap.h` (`Heap::HeapSizeFromPhysicalMemory`,
    /// `MaxOldGenerationSize`, `YoungGenerationSizeFromOldGenerationSize`, `ConfigureHeap`). The figures for 64 bits equal
    /// those of Node 12.22.12, 14.21.3, 16.20.2, 18.20.8, 20.20.2, 22.23.3, 24.21.0 and 26.12.1 on Linux
    /// with the same `/proc/meminfo`; those for 32 bits are from the sources only.
    #[must_use]
    pub fn for_node(version: NodeVersion, pointer_bits: u32, physical_memory: u64) -> Self {
        let words = if pointer_bits == 32 { 1 } else { 2 };
        let rules = version.rules(words);
        let huge = rules.huge.is_some_and(|huge| physical_memory >= huge);
        let most = if huge { 2 * rules.most } else { rules.most };
        // Capped before it is rounded, so that it cannot overflow.
        let share = (physical_memory / 4 * words).min(most);
        let old = share.max(rules.least).next_multiple_of(PAGE as u64);
        let ratio = if share <= rules.low { rules.low_ratio } else { rules.ratio };
        let semi = (old / ratio).clamp(rules.least_semi, rules.most_semi);
        let semi = semi.next_multiple_of(PAGE as u64).next_power_of_two();
        let limit = old - old % rules.unit + 3 * semi;
        let bytes = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
        Self {
            limit: bytes(limit),
            initial_semi_space: bytes(semi.min(MB)),
            max_semi_space: bytes(semi),
            initial_old_generation: bytes(32 * MB),
            adaptive_initial: false,
            marking_pace: MarkingPace::default(),
            growing: Growing::Factor(2.0),
            incremental: None,
            old_generation_limit: usize::MAX,
            tables: TableSizing::default(),
        }
    }

    /// Node 20's defaults on a machine, as [`for_node`](Self::for_node) gives them.
    #[must_use]
    pub fn for_machine(pointer_bits: u32, physical_memory: u64) -> Self {
        Self::for_node(NodeVersion::V20, pointer_bits, physical_memory)
    }

    /// V8's limit on 64-bit systems before it depended on the physical memory, and still the limit of an embedder that
    /// does not configure it: 1400 MiB (`max_old_generation_size_(700ul * (kPointerSize / 4) * MB)` in
    /// `src/heap/heap.cc` of V8 5 and 6; later in `Heap::ConfigureHeap`).
    #[must_use]
    pub fn historical_64_bit() -> Self {
        Self::default().with_limit(1400 << 20)
    }

    /// Likewise on 32-bit systems: 700 MiB.
    #[must_use]
    pub fn historical_32_bit() -> Self {
        Self::default().with_limit(700 << 20)
    }
}
