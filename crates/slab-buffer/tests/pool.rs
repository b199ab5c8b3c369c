//! Placement, reuse and counting.

use slab_buffer::{Pool, PoolOptions, Reuse};

fn recycling() -> Pool {
    Pool::new(PoolOptions { reuse: Reuse::Recycle, ..PoolOptions::default() })
}

#[test]
fn buffers_of_one_slab_do_not_overlap_and_outlive_the_pool() {
    let pool = Pool::new(PoolOptions::default());
    let mut buffers: Vec<_> = (0..500).map(|i| pool.alloc_unsafe(1 + i % 90).unwrap()).collect();
    drop(pool);
    for (i, buffer) in buffers.iter_mut().enumerate() {
        buffer.fill(i as u8);
    }
    for (i, buffer) in buffers.iter().enumerate() {
        assert!(buffer.iter().all(|byte| *byte == i as u8));
        assert_eq!(buffer.offset() % 8, 0);
    }
}

#[test]
fn a_recycled_slab_shows_old_bytes_and_a_filled_buffer_does_not() {
    let pool = recycling();
    pool.alloc_unsafe(3000).unwrap().fill(7);
    let stale = (0..3).map(|_| pool.alloc_unsafe(3000).unwrap()).any(|b| b.contains(&7));
    assert!(stale);
    assert!(pool.alloc(3000).unwrap().iter().all(|byte| *byte == 0));
}

#[test]
fn array_buffers_count_slabs_whole_and_fall_with_the_last_buffer() {
    let pool = Pool::new(PoolOptions::default());
    let held: Vec<_> = (0..10_000).map(|_| pool.alloc_unsafe(4000).unwrap()).collect();
    assert_eq!(pool.array_buffers(), 5000 * 8192);
    drop(held);
    assert_eq!(pool.array_buffers(), 8192);
    let own = pool.alloc_unsafe(4096).unwrap();
    assert_eq!((own.store_len(), pool.array_buffers()), (4096, 8192 + 4096));
}

#[test]
fn strings_pack_by_four_bytes_a_character() {
    let pool = Pool::new(PoolOptions::default());
    let text = "a".repeat(1000);
    let stores: Vec<_> = (0..6).map(|_| pool.from_string(&text).unwrap().store_id()).collect();
    assert_eq!(stores.iter().filter(|id| **id == stores[0]).count(), 5);
}
