//! Small survivors of big slabs: seen, blamed and moved.

use slab_buffer::{Pool, PoolOptions, SlabState, SyncPool};

/// One byte of each of `count` slabs.
fn survivors(pool: &Pool, count: usize) -> Vec<slab_buffer::Buffer> {
    let survivor = |i| {
        let mut survivor = pool.alloc_unsafe(1).unwrap();
        survivor[0] = i as u8;
        while pool.alloc_unsafe(1000).unwrap().store_id() == survivor.store_id() {}
        survivor
    };
    (0..count).map(survivor).collect()
}

#[test]
fn ten_thousand_one_byte_survivors_pin_eighty_megabytes_until_they_are_compacted() {
    let pool = Pool::new(PoolOptions::default());
    let mut held = survivors(&pool, 10_000);
    let before = pool.array_buffers();
    assert!((81_920_000..=81_930_000).contains(&before), "{before}");
    let moved = held.iter_mut().map(|b| pool.compact(b).unwrap()).filter(|moved| *moved).count();
    assert!(moved >= 9_999);
    let after = pool.array_buffers();
    assert!(after <= 100_000, "{after}");
    assert!(held.iter().enumerate().all(|(i, buffer)| buffer[0] == i as u8));
}

#[test]
fn survivors_of_a_pool_of_many_threads_are_compacted_too() {
    let pool = SyncPool::new(PoolOptions::default());
    let mut held = Vec::new();
    for i in 0..1000 {
        let mut survivor = pool.alloc_unsafe(1).unwrap();
        survivor[0] = i as u8;
        while pool.alloc_unsafe(1000).unwrap().store_id() == survivor.store_id() {}
        held.push(survivor);
    }
    assert!(pool.array_buffers() >= 1000 * 8192);
    let moved = held.iter_mut().map(|b| pool.compact(b).unwrap()).filter(|moved| *moved).count();
    assert!(moved >= 999);
    assert!(pool.array_buffers() <= 4 * 8192);
    assert!(held.iter().enumerate().all(|(i, buffer)| buffer[0] == i as u8));
}

#[test]
fn a_slab_that_is_well_used_is_left_alone() {
    let pool = Pool::new(PoolOptions::default());
    let mut held: Vec<_> = (0..8).map(|_| pool.alloc_unsafe(1000).unwrap()).collect();
    pool.alloc_unsafe(1000).unwrap();
    held.truncate(5);
    assert_eq!(held.iter_mut().map(|b| pool.compact(b).unwrap()).filter(|moved| *moved).count(), 0);
    held.truncate(3);
    assert!(held.iter_mut().all(|b| pool.compact(b).unwrap()));
}

#[test]
fn buffers_of_another_pool_stay() {
    let (one, other) = (Pool::new(PoolOptions::default()), Pool::new(PoolOptions::default()));
    let mut held = survivors(&one, 3);
    assert!(held.iter_mut().all(|buffer| !other.compact(buffer).unwrap()));
}

#[test]
fn a_small_slice_of_a_frozen_buffer_lets_go_of_it() {
    let pool = Pool::new(PoolOptions::default());
    let mut slice = pool.from_bytes(&[3; 100_000]).unwrap().freeze().slice(500..510).unwrap();
    assert_eq!(pool.array_buffers(), 100_000);
    assert!(slice.compact(&pool).unwrap());
    assert_eq!((pool.array_buffers(), &*slice), (8192, &[3; 10][..]));
    assert!(!slice.compact(&pool).unwrap());
}

#[test]
fn the_worst_slabs_are_named_with_who_pins_them() {
    let pool = Pool::new(PoolOptions { track: true, ..PoolOptions::default() });
    let line = line!() + 1;
    let pin = pool.alloc_unsafe(10).unwrap();
    let rest: Vec<_> = (0..9).map(|_| pool.alloc_unsafe(1000).unwrap()).collect();
    drop(rest);
    let worst = pool.worst_pinned(3);
    assert_eq!(worst.len(), 1);
    let slab = &worst[0];
    assert_eq!((slab.id, slab.state), (pin.store_id().unwrap(), SlabState::Partial));
    assert_eq!((slab.wasted(), slab.live_bytes), (8182, 10));
    let who = slab.pins[0];
    assert_eq!((who.offset, who.length), (0, 10));
    assert_eq!((who.allocated_at.file(), who.allocated_at.line()), (file!(), line));
    let pin = pin.subarray(4..6).unwrap();
    let who = pool.worst_pinned(1)[0].pins[0];
    assert_eq!((who.offset, who.length, who.allocated_at.line()), (4, 2, line));
    drop(pin);
    assert_eq!(pool.worst_pinned(1), []);
}
