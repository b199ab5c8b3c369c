//! What becomes of released slabs and stores.

use slab_buffer::{Buffer, Pool, PoolOptions, Reuse, SlabState, SyncPool};
use std::iter;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, Ordering};

fn recycling() -> Pool {
    Pool::new(PoolOptions::default().with_reuse(Reuse::Recycle))
}

/// Random lengths, the same each time.
fn lengths(range: Range<usize>) -> impl Iterator<Item = usize> {
    let mut state = 1_u64;
    iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        range.start + (state >> 33) as usize % range.len()
    })
}

#[test]
fn node_never_uses_a_slab_again() {
    let pool = Pool::new(PoolOptions::default());
    let mut ids: Vec<_> = (0..50).map(|_| pool.alloc_unsafe(4000).unwrap().store_id()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 25);
    assert_eq!(pool.array_buffers(), 8192);
    assert_eq!(pool.stats().kept_slabs, 0);
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
    assert_eq!(pool.stats().peak_array_buffers, 5000 * 8192);
}

#[test]
fn the_memory_of_freed_slabs_that_is_at_hand_is_bounded_and_shown() {
    let pool = Pool::new(PoolOptions::default());
    let held: Vec<_> = (0..1000).map(|_| pool.alloc_unsafe(4000).unwrap()).collect();
    assert_eq!(pool.stats().kept_bytes, 0);
    drop(held);
    let stats = pool.stats();
    assert_eq!((stats.kept_bytes, stats.kept_slabs, stats.array_buffers), (1 << 20, 0, 8192));
    let held: Vec<_> = (0..20).map(|_| pool.alloc_unsafe(4000).unwrap()).collect();
    let taken = held.last().unwrap().store_id().unwrap() - held[0].store_id().unwrap();
    assert_eq!(pool.stats().kept_bytes, (1 << 20) - taken as usize * 8192);
    pool.trim();
    assert_eq!((pool.stats().kept_bytes, pool.array_buffers()), (0, (taken as usize + 1) * 8192));
}

#[test]
fn slabs_are_full_then_partial_then_kept_then_used_again() {
    let pool = recycling();
    let [first, second, third] = [0; 3].map(|_| pool.alloc_unsafe(3000).unwrap());
    let slab = first.store_id().unwrap();
    let state = |pool: &Pool| {
        let slabs = pool.slabs();
        slabs.iter().find(|s| s.id == slab).map(|s| (s.state, s.live_buffers, s.live_bytes))
    };
    assert_eq!(state(&pool), Some((SlabState::Full, 2, 6000)));
    drop(first);
    assert_eq!(state(&pool), Some((SlabState::Partial, 1, 3000)));
    drop(second);
    assert_eq!(state(&pool), Some((SlabState::Kept, 0, 0)));
    assert_eq!((pool.stats().kept_slabs, pool.array_buffers()), (1, 2 * 8192));
    let fourth = pool.alloc_unsafe(3000).unwrap();
    assert_eq!(fourth.store_id(), third.store_id());
    let fifth = pool.alloc_unsafe(3000).unwrap();
    assert_eq!(fifth.store_id(), Some(slab));
    assert_eq!(pool.array_buffers(), 2 * 8192);
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
fn stores_of_their_own_are_kept_by_size_class() {
    let pool = recycling();
    let id = pool.alloc_unsafe(5000).unwrap().store_id();
    for length in [5000, 4700, 4600] {
        let buffer = pool.alloc_unsafe(length).unwrap();
        assert_eq!((buffer.store_id(), buffer.len(), buffer.store_len()), (id, length, 5000));
        assert_eq!([&buffer, &pool.alloc_unsafe(9).unwrap()].map(Buffer::is_pooled), [false, true]);
    }
    assert_ne!(pool.alloc_unsafe(5001).unwrap().store_id(), id);
    assert_eq!(pool.array_buffers(), 8192 + 5000 + 5001);
    pool.trim();
    assert_eq!(pool.array_buffers(), 8192);
}

#[test]
fn sizes_that_are_not_used_any_more_make_room_for_those_that_are() {
    let pool = recycling();
    let burst: Vec<_> = (0..839).map(|_| pool.alloc_unsafe(5000).unwrap()).collect();
    drop(burst);
    let before = pool.stats();
    for _ in 0..100_000 {
        pool.alloc_unsafe(6000).unwrap();
    }
    let stats = pool.stats();
    assert_eq!((stats.hits - before.hits, stats.misses - before.misses), (99_999, 1));
    assert!(stats.kept_bytes <= pool.options().max_kept_bytes);
    // The others are not given up at once.
    assert!(stats.kept_bytes > pool.options().max_kept_bytes - 3 * 6144);
}

#[test]
fn random_lengths_find_kept_stores() {
    let pool = recycling();
    for length in lengths(4096..65536).take(100_000) {
        pool.alloc_unsafe(length).unwrap();
    }
    let stats = pool.stats();
    assert!(stats.hits >= 99_850, "{}", stats.hits);
}

#[test]
fn many_sizes_at_once_share_the_budget() {
    let options = PoolOptions { max_kept_bytes: 100_000, ..PoolOptions::default() };
    let pool = Pool::new(options.with_reuse(Reuse::Recycle));
    let mut held = std::collections::VecDeque::new();
    for length in lengths(4096..16_000).take(10_000) {
        held.push_back(pool.alloc_unsafe(length).unwrap());
        if held.len() > 20 {
            held.pop_front();
        }
        assert!(pool.stats().kept_bytes <= 100_000);
    }
    let stats = pool.stats();
    assert!(stats.hits > 3500, "{}", stats.hits);
}

#[test]
fn what_is_kept_is_bounded() {
    let options = PoolOptions { max_kept_bytes: 20_000, ..PoolOptions::default() };
    let pool = Pool::new(options.with_reuse(Reuse::Recycle));
    let held: Vec<_> = (0..10).map(|_| pool.alloc_unsafe(6000).unwrap()).collect();
    assert_eq!(pool.array_buffers(), 60_000);
    drop(held);
    assert_eq!(pool.array_buffers(), 18_000);
    for length in 4096..4296 {
        pool.alloc_unsafe(length).unwrap();
    }
    assert!(pool.array_buffers() <= 20_000);
    // What can never be kept is as long as its buffer, and displaces nothing.
    let kept = pool.stats().kept_bytes;
    let large = pool.alloc_unsafe(30_001).unwrap();
    assert_eq!(large.store_len(), 30_001);
    drop(large);
    assert_eq!(pool.stats().kept_bytes, kept);
}

#[test]
fn the_owner_hears_of_every_store() {
    for reuse in [Reuse::Node, Reuse::Recycle] {
        let heard = Arc::new(AtomicIsize::new(0));
        let ear = heard.clone();
        let external = move |bytes: isize| {
            ear.fetch_add(bytes, Ordering::Relaxed);
        };
        let options = PoolOptions {
            external_memory: Some(Arc::new(external)),
            reuse,
            ..PoolOptions::default()
        };
        let (pool, many) = (Pool::new(options.clone()), SyncPool::new(options));
        let mut held = Vec::new();
        for i in 0..2000_usize {
            held.push(pool.alloc_unsafe(i * 31 % 5000).unwrap());
            held.push(many.alloc_unsafe(i * 37 % 5000).unwrap());
            if i % 3 == 0 {
                held.swap_remove(i * 17 % held.len());
            }
            let told = heard.load(Ordering::Relaxed) as usize;
            assert_eq!(told, pool.array_buffers() + many.array_buffers());
        }
        drop((pool, many));
        drop(held);
        assert_eq!(heard.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn the_owner_may_use_the_pool_as_it_hears() {
    use std::cell::{Cell, RefCell};

    thread_local! {
        static POOLS: RefCell<Option<(Pool, SyncPool)>> = const { RefCell::new(None) };
        static HEARD: Cell<isize> = const { Cell::new(0) };
        static HEARING: Cell<bool> = const { Cell::new(false) };
    }
    let hear = |bytes: isize| {
        HEARD.set(HEARD.get() + bytes);
        if HEARING.replace(true) {
            return;
        }
        POOLS.with_borrow(|pools| {
            let Some((pool, many)) = pools else { return };
            let own = [pool.alloc_unsafe(100).unwrap(), many.alloc_unsafe(100).unwrap()];
            assert!(pool.slabs().iter().any(|slab| slab.live_buffers > 0));
            assert!(many.stats().live_buffers > 0);
            assert!(own.iter().all(|buffer| buffer.len() == 100));
        });
        HEARING.set(false);
    };
    for reuse in [Reuse::Node, Reuse::Recycle] {
        let options = PoolOptions {
            external_memory: Some(Arc::new(hear)),
            reuse,
            max_kept_bytes: 20_000,
            ..PoolOptions::default()
        };
        POOLS.set(Some((Pool::new(options.clone()), SyncPool::new(options))));
        let mut held = Vec::new();
        for i in 0..3000_usize {
            POOLS.with_borrow(|pools| {
                let (pool, many) = pools.as_ref().unwrap();
                held.push(pool.alloc_unsafe(i * 31 % 5000).unwrap());
                held.push(many.alloc_unsafe(i * 37 % 5000).unwrap());
            });
            if i % 3 > 0 {
                held.swap_remove(i * 17 % held.len());
                held.swap_remove(i * 13 % held.len());
            }
        }
        held.clear();
        drop(POOLS.take());
        assert_eq!(HEARD.get(), 0);
    }
}

#[test]
fn a_slow_buffer_has_a_store_of_exactly_its_length_and_leaves_none() {
    let pool = recycling();
    let slow = pool.alloc_unsafe_slow(10_422).unwrap();
    assert_eq!((slow.store_len(), pool.array_buffers()), (10_422, 10_422));
    drop(slow);
    assert_eq!((pool.array_buffers(), pool.stats().kept_bytes), (0, 0));
    // The next one finds no store of an earlier buffer either.
    drop(pool.alloc_unsafe(10_422).unwrap());
    assert_eq!(pool.alloc_unsafe_slow(10_422).unwrap().store_len(), 10_422);
}
