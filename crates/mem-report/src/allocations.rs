//! What an allocator has done.

/// Counters of an allocator, over the whole process, one thread or one scope.
///
/// All but `live_bytes`, `live_blocks` and `peak_bytes` only rise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default))]
#[non_exhaustive]
pub struct Allocations {
    /// Bytes allocated and not yet freed now. Negative where a thread or scope freed what another
    /// allocated.
    pub live_bytes: i64,
    /// Blocks allocated and not yet freed now; negative as [`Allocations::live_bytes`].
    pub live_blocks: i64,
    /// The highest `live_bytes` since the last sample (not since the start).
    pub peak_bytes: i64,
    /// Bytes allocated in all, growth by reallocations included.
    pub allocated_bytes: u64,
    /// Bytes freed in all, shrinking by reallocations included.
    pub freed_bytes: u64,
    /// Calls that allocated.
    pub allocations: u64,
    /// Calls that freed.
    pub deallocations: u64,
    /// Calls that changed a block's size: neither an allocation nor a deallocation.
    pub reallocations: u64,
}
