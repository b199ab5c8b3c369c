//! mimalloc's figures, in a process whose allocator it is.

use mem_report::allocators;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[test]
fn mimalloc_counts_what_is_held() {
    let held = std::hint::black_box(vec![1_u8; 64 << 20]);
    let memory = allocators::mimalloc();
    assert!(memory.held.expect("mimalloc tells").bytes >= 64 << 20);
    assert!(memory.peak_held.expect("mimalloc tells").bytes >= 64 << 20);
    assert_eq!(memory.allocated, None);
    drop(held);
}
