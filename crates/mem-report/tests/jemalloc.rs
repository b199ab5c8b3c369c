//! jemalloc's figures, in a process whose allocator it is.
#![cfg(not(target_env = "msvc"))]

use mem_report::allocators::Jemalloc;
use mem_report::{MemorySource, MemoryUsage};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[test]
fn jemalloc_counts_what_is_allocated_and_held() {
    let mut jemalloc = Jemalloc::new().expect("statistics");
    let before = jemalloc.memory().expect("figures");
    let held = std::hint::black_box(vec![1_u8; 16 << 20]);
    let after = jemalloc.memory().expect("figures");
    let bytes = |reading: Option<mem_report::Reading>| reading.expect("jemalloc tells").bytes;
    assert!(bytes(after.allocated) >= bytes(before.allocated) + (16 << 20));
    assert!(bytes(after.held) >= bytes(after.allocated));
    drop(held);
    let usage = MemoryUsage::from(after);
    assert_eq!((usage.heap_used(), usage.rss()), (after.allocated.map(|it| it.bytes), None));
    assert!(jemalloc.read().heap_used() < usage.heap_used());
}
