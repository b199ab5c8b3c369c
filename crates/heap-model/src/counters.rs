//! Counts of collections, promoted bytes and pauses.

use std::time::Duration;

/// Counts since the heap was made.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counters {
    pub scavenges: usize,
    pub full_collections: usize,
    pub promoted: usize,
    pub longest_pause: Duration,
    pub longest_scavenge: Duration,
    pub total_pause: Duration,
}

impl Counters {
    /// Adds a pause.
    pub fn pause(&mut self, pause: Duration) {
        self.total_pause += pause;
        self.longest_pause = self.longest_pause.max(pause);
    }
}
