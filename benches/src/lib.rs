//! The workloads of whole processes, one module for each implementation.

pub mod binary_trees;
pub mod buffers;
pub mod collect;
pub mod collections;
pub mod facade;
mod figures;
pub mod interpret;
pub mod list;
pub mod mini;
pub mod pauses;
pub mod scavenges;
pub mod splay;
#[cfg(feature = "peers")]
pub mod streams;
pub mod timed;
#[cfg(feature = "peers")]
mod weak;
pub mod workload;

pub use figures::shuffled;

use workload::Workload;

/// Every workload of the `whole` program.
pub const WORKLOADS: &[Workload] = &[
    binary_trees::WORKLOAD,
    buffers::SMALL,
    buffers::MIDDLE,
    buffers::LARGE,
    buffers::HUGE,
    buffers::RING_SMALL,
    buffers::RING_MIDDLE,
    buffers::RING_LARGE,
    buffers::RING_HUGE,
    buffers::HELD,
    interpret::FIELDS,
    interpret::CALLS,
    splay::WORKLOAD,
    list::WORKLOAD,
    mini::WORKLOAD,
    facade::OBJECTS,
    facade::OBJECTS_HELD,
    facade::TREES,
    facade::BUFFERS,
    facade::BUFFERS_HELD,
    facade::WEAK_MAPS,
    facade::WEAK_MAPS_HELD,
    facade::WRITES,
    facade::WRITES_CORKED,
    #[cfg(feature = "peers")]
    streams::SYNC_16,
    #[cfg(feature = "peers")]
    streams::SYNC_1024,
    #[cfg(feature = "peers")]
    streams::CORKED_16,
    #[cfg(feature = "peers")]
    streams::CORKED_1024,
    #[cfg(feature = "peers")]
    streams::LATER_16,
    #[cfg(feature = "peers")]
    streams::LATER_1024,
    #[cfg(feature = "peers")]
    streams::WRITEV_16,
    #[cfg(feature = "peers")]
    streams::WRITEV_1024,
    #[cfg(feature = "peers")]
    streams::BACKLOG,
];

/// Every workload of the `timed` program.
pub const TIMED: &[timed::TimedWorkload] = &[
    collect::LIST,
    collect::GRAPH,
    pauses::WORKLOAD,
    scavenges::WORKLOAD,
    collections::MAPS,
    collections::STRINGS,
    #[cfg(feature = "peers")]
    weak::LIVE,
    #[cfg(feature = "peers")]
    weak::DROPPED,
    #[cfg(feature = "peers")]
    weak::CHAIN,
    #[cfg(feature = "peers")]
    weak::REGISTRATIONS,
];
