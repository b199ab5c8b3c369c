//! Buffers that are released on other threads.

use slab_buffer::{Buffer, Pool, PoolOptions, Reuse, SyncPool};
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;

/// Options whose stores' bytes are counted from outside.
fn counted(reuse: Reuse) -> (PoolOptions, Arc<AtomicIsize>) {
    let bytes = Arc::new(AtomicIsize::new(0));
    let ear = bytes.clone();
    let external = move |by: isize| {
        ear.fetch_add(by, Ordering::Relaxed);
    };
    (
        PoolOptions { external_memory: Some(Arc::new(external)), reuse, ..PoolOptions::default() },
        bytes,
    )
}

#[test]
fn what_another_thread_released_comes_back() {
    let pool = Pool::new(PoolOptions::default());
    let held: Vec<_> = (0..1000).map(|_| pool.alloc_unsafe(100).unwrap()).collect();
    thread::spawn(move || drop(held)).join().unwrap();
    let stats = pool.stats();
    assert_eq!((stats.live_buffers, stats.live_bytes, stats.array_buffers), (0, 0, 8192));
}

#[test]
fn a_pool_that_is_gone_leaves_nothing_behind() {
    for reuse in [Reuse::Node, Reuse::Recycle] {
        let (options, bytes) = counted(reuse);
        let make = move || {
            let pool = Pool::new(options);
            (0..1000).map(|i| pool.alloc_unsafe(i * 7 % 5000).unwrap()).collect::<Vec<_>>()
        };
        let mut held = thread::spawn(make).join().unwrap();
        let rest = held.split_off(500);
        thread::spawn(move || drop(rest)).join().unwrap();
        assert!(bytes.load(Ordering::Relaxed) > 0);
        drop(held);
        assert_eq!(bytes.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn many_threads_release_what_one_allocates() {
    for reuse in [Reuse::Node, Reuse::Recycle] {
        let (options, bytes) = counted(reuse);
        let pool = Pool::new(options);
        thread::scope(|scope| {
            let senders: Vec<_> = (0..3)
                .map(|_| {
                    let (sender, receiver) = mpsc::channel::<(u8, Buffer)>();
                    scope.spawn(move || {
                        let mut held = Vec::new();
                        for (mark, buffer) in receiver {
                            assert!(buffer.iter().all(|byte| *byte == mark));
                            held.push(buffer);
                            if held.len() > 40 {
                                held.swap_remove(usize::from(mark) % 40);
                            }
                        }
                    });
                    sender
                })
                .collect();
            for i in 0..30_000_usize {
                let mut buffer = pool.alloc_unsafe(1 + i * 13 % 4500).unwrap();
                buffer.fill(i as u8);
                if i % 4 < 3 {
                    senders[i % 4].send((i as u8, buffer)).unwrap();
                }
            }
        });
        let stats = pool.stats();
        assert_eq!((stats.live_buffers, stats.live_bytes), (0, 0));
        drop(pool);
        assert_eq!(bytes.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn a_pool_of_many_threads_is_used_by_many() {
    for reuse in [Reuse::Node, Reuse::Recycle] {
        let (options, bytes) = counted(reuse);
        let pool = SyncPool::new(options);
        thread::scope(|scope| {
            for thread in 0..4_usize {
                let pool = pool.clone();
                scope.spawn(move || {
                    let mut held = Vec::new();
                    for i in 0..10_000_usize {
                        let mut buffer = pool.alloc_unsafe(1 + i * 11 % 4200).unwrap();
                        buffer.fill(thread as u8);
                        held.push(buffer);
                        if i % 3 > 0 {
                            let gone = held.swap_remove(i * 7 % held.len());
                            assert!(gone.iter().all(|byte| *byte == thread as u8));
                        }
                        if i % 2000 == 0 {
                            assert!(pool.stats().live_buffers > 0);
                            pool.trim();
                            held.clear();
                        }
                    }
                });
            }
        });
        assert_eq!(pool.stats().live_buffers, 0);
        drop(pool);
        assert_eq!(bytes.load(Ordering::Relaxed), 0);
    }
}

/// One thread's random calls on a pool of its own and one of all; buffers come and go through a
/// market, and each keeps the byte it was filled with.
fn storm(seed: u64, many: &SyncPool, options: &PoolOptions, market: &Mutex<Vec<(u8, Buffer)>>) {
    let mut state = seed;
    let mut below = |bound: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let mut pool = Pool::new(options.clone());
    let mut held: Vec<(u8, Buffer)> = Vec::new();
    for step in 0..6000 {
        let mark = step as u8;
        let longest = if below(8) == 0 { 6000 } else { 700 };
        let length = below(longest);
        let pick = below(held.len().max(1));
        match below(14) {
            0..=4 => held.push((mark, pool.alloc_unsafe(length).unwrap())),
            5..=6 => held.push((mark, many.alloc_unsafe(length).unwrap())),
            7 => market.lock().unwrap().append(&mut held.split_off(pick.min(held.len()))),
            8 => {
                let mut market = market.lock().unwrap();
                let rest = market.len() / 2;
                held.extend(market.drain(rest..));
            }
            9 | 10 => {
                let _gone = (pick < held.len()).then(|| held.swap_remove(pick));
            }
            11 => {
                if let Some((_, buffer)) = held.get_mut(pick) {
                    let moved = [pool.compact(buffer).unwrap(), many.compact(buffer).unwrap()];
                    assert_ne!(moved, [true, true], "it has one pool");
                    let whole = std::mem::take(buffer);
                    *buffer = whole.subarray(length..).unwrap_or_else(|error| error.value);
                }
            }
            12 => {
                pool.trim();
                many.trim();
                assert!(pool.stats().array_buffers <= pool.stats().peak_array_buffers);
                assert!(many.slabs().iter().all(|slab| slab.live_bytes <= slab.capacity));
            }
            _ if below(40) == 0 => pool = Pool::new(options.clone()),
            _ => held.truncate(200),
        }
        if let Some((mark, buffer)) = held.last_mut() {
            buffer.fill(*mark);
        }
        if let Some((mark, buffer)) = held.get(pick).filter(|_| pick + 1 < held.len()) {
            assert!(buffer.iter().all(|byte| byte == mark));
        }
    }
}

#[test]
fn pools_and_buffers_cross_threads_at_random() {
    for (round, reuse) in [Reuse::Node, Reuse::Recycle, Reuse::Node].into_iter().enumerate() {
        let (options, bytes) = counted(reuse);
        let careful = round == 2;
        let options = PoolOptions {
            pool_size: 2048,
            max_kept_bytes: 20_000,
            track: careful,
            zero_on_release: careful,
            ..options
        };
        let many = SyncPool::new(options.clone());
        let market = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for seed in 0..4 {
                let (many, options, market) = (&many, &options, &market);
                scope.spawn(move || storm(seed + 10 * round as u64, many, options, market));
            }
        });
        drop((many, market));
        assert_eq!(bytes.load(Ordering::Relaxed), 0);
    }
}
