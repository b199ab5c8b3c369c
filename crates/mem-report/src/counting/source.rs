//! The counting allocator as a source of samples.

use crate::{Allocations, MemorySource, MemoryUsage};

/// The whole process's allocations as a source; each sample has the peak since the one before.
///
/// ```
/// use mem_report::Timeline;
/// use mem_report::counting::{Counting, CountedProcess};
///
/// #[global_allocator]
/// static ALLOCATOR: Counting = Counting::system();
///
/// let mut timeline = Timeline::new().with_room(10, 100);
/// timeline.sample("start", &mut CountedProcess);
/// drop(vec![0_u8; 1 << 20]);
/// timeline.sample("end", &mut CountedProcess);
/// let end = timeline.get(1).and_then(|sample| sample.allocations).expect("counted");
/// assert!(end.peak_bytes >= end.live_bytes + (1 << 20));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CountedProcess;

impl MemorySource for CountedProcess {
    fn read(&mut self) -> MemoryUsage {
        super::memory_usage()
    }

    fn allocations(&mut self) -> Option<Allocations> {
        super::sample()
    }
}
