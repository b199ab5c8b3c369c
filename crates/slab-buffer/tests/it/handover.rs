//! Buffers that are released on other threads.

use slab_buffer::{Buffer, Pool, PoolOptions, Reuse, SyncPool};
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::mpsc;
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
