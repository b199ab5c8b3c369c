//! Memory outside the heap that its cells keep alive, in bytes (V8's `external-memory` accounting).
//!
//! Each native cell's bytes are added once and taken off once, so their sum is exact, even where it is more than a
//! `usize` holds. What the host says beside it may be negative, for it may correct the natives' sum, but never
//! below what those have.

/// How much external memory may grow before a full collection, in bytes (V8: `kExternalAllocationSoftLimit`, 64 MiB).
const STEP: usize = 64 << 20;

#[derive(Default)]
pub(crate) struct ExternalMemory {
    natives: u128,
    /// What the host has told, from `-natives` to `usize::MAX`.
    told: i128,
    /// All bytes after the last full collection.
    settled: usize,
}

impl ExternalMemory {
    /// All bytes, or `usize::MAX` if they are more.
    #[inline]
    pub fn bytes(&self) -> usize {
        usize::try_from(self.natives.wrapping_add_signed(self.told)).unwrap_or(usize::MAX)
    }

    /// The host reports `delta` bytes more, or fewer.
    pub fn adjust(&mut self, delta: isize) {
        self.told = (self.told + delta as i128).min(usize::MAX as i128);
        self.bound();
    }

    /// A native cell keeps `bytes` bytes.
    #[inline]
    pub fn add(&mut self, bytes: usize) {
        self.natives += bytes as u128;
    }

    /// A native cell no longer keeps `bytes` bytes.
    #[inline]
    pub fn remove(&mut self, bytes: usize) {
        self.natives -= bytes as u128;
        if self.told < 0 {
            self.bound();
        }
    }

    #[cold]
    fn bound(&mut self) {
        self.told = self.told.max(-(self.natives as i128));
    }

    /// Whether so much has come since the last full collection that another is due.
    #[inline]
    pub fn is_due(&self) -> bool {
        self.bytes() > self.settled.saturating_add(STEP)
    }

    /// A full collection is over.
    pub fn collected(&mut self) {
        self.settled = self.bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::ExternalMemory;

    #[test]
    fn a_sum_that_was_too_large_forgets_nothing() {
        let mut external = ExternalMemory::default();
        external.add(500);
        for _ in 0..3 {
            external.add(usize::MAX);
            external.adjust(isize::MAX);
        }
        assert_eq!(external.bytes(), usize::MAX);
        for _ in 0..3 {
            external.remove(usize::MAX);
        }
        assert_eq!(external.bytes(), usize::MAX, "what the host told");
        for _ in 0..4 {
            external.adjust(-isize::MAX);
        }
        assert_eq!(external.bytes(), 0);
        external.remove(500);
        external.add(700);
        assert_eq!(external.bytes(), 700);
    }

    #[test]
    fn the_host_corrects_what_natives_were_made_with() {
        let mut external = ExternalMemory::default();
        external.add(1000);
        external.adjust(-400);
        assert_eq!(external.bytes(), 600);
        external.adjust(-5000);
        assert_eq!(external.bytes(), 0);
        external.remove(1000);
        external.add(30);
        assert_eq!(external.bytes(), 30, "the correction went with what it corrected");
    }
}
