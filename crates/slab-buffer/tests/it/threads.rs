//! A pool of many threads: what each thread has at hand, and that the books are true.

use slab_buffer::{AllocError, NodeVersion, PoolOptions, Reuse, SyncPool};
use std::cell::RefCell;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

#[test]
fn a_pool_in_a_static_serves_all_threads() {
    static POOL: SyncPool = SyncPool::new(PoolOptions::for_node(NodeVersion::V20));
    let there = thread::spawn(|| POOL.from_string("hello").unwrap()).join().unwrap();
    assert_eq!(&*there, b"hello");
    drop(there);
    assert_eq!(POOL.stats().live_buffers, 0);
    assert_eq!(POOL.clone().array_buffers(), POOL.array_buffers());
}

#[test]
fn threads_have_slabs_of_their_own() {
    let pool = SyncPool::new(PoolOptions::default());
    let first = pool.alloc_unsafe(10).unwrap();
    let there = thread::scope(|scope| {
        scope.spawn(|| [pool.alloc_unsafe(10).unwrap(), pool.alloc_unsafe(10).unwrap()]).join()
    });
    let [second, third] = there.unwrap();
    let fourth = pool.alloc_unsafe(10).unwrap();
    assert_eq!((first.offset(), second.offset(), third.offset(), fourth.offset()), (0, 0, 16, 16));
    assert_eq!(first.store_id(), fourth.store_id());
    assert_eq!(second.store_id(), third.store_id());
    assert_ne!(first.store_id(), second.store_id());
    assert_eq!(pool.array_buffers(), 2 * 8192);
}

#[test]
fn a_thread_that_begins_goes_on_in_the_slab_of_one_that_has_ended() {
    let pool = SyncPool::new(PoolOptions::default());
    let mut held = Vec::new();
    for _ in 0..100 {
        let there = pool.clone();
        held.push(thread::spawn(move || there.alloc_unsafe(10).unwrap()).join().unwrap());
    }
    assert!(held.iter().all(|buffer| buffer.store_id() == held[0].store_id()));
    assert_eq!(pool.array_buffers(), 8192);
}

#[test]
fn a_thread_that_ends_gives_back_what_it_kept() {
    let pool = SyncPool::new(PoolOptions::default().with_reuse(Reuse::Recycle));
    let there = pool.clone();
    let work = move || drop((there.alloc_unsafe(5120).unwrap(), there.alloc_unsafe(5120).unwrap()));
    thread::spawn(work).join().unwrap();
    assert_eq!((pool.array_buffers(), pool.stats().kept_bytes), (10_240, 10_240));
    let _here = (pool.alloc_unsafe(5120).unwrap(), pool.alloc_unsafe(5120).unwrap());
    assert_eq!((pool.array_buffers(), pool.stats().hits), (10_240, 2));
}

#[test]
fn many_threads_that_end_at_once_leave_few_slabs() {
    let pool = SyncPool::new(PoolOptions::default());
    let all_there = Arc::new(Barrier::new(64));
    let work = |_| {
        let (pool, all_there) = (pool.clone(), all_there.clone());
        thread::spawn(move || {
            drop(pool.alloc_unsafe(10).unwrap());
            all_there.wait();
        })
    };
    let threads: Vec<_> = (0..64).map(work).collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert!(pool.array_buffers() <= 16 * 8192, "{}", pool.array_buffers());
    assert_eq!(pool.stats().hits, 64);
}

#[test]
fn the_count_is_true_at_once_wherever_buffers_are_released() {
    let pool = SyncPool::new(PoolOptions::default());
    let held: Vec<_> = (0..100).map(|_| pool.alloc_unsafe(5120).unwrap()).collect();
    let small: Vec<_> = (0..100).map(|_| pool.alloc_unsafe(1000).unwrap()).collect();
    assert_eq!(pool.array_buffers(), 100 * 5120 + 13 * 8192);
    thread::spawn(move || drop((held, small))).join().unwrap();
    // The current slab is all that is left.
    assert_eq!(pool.array_buffers(), 8192);
}

#[test]
fn a_pool_that_is_dropped_takes_from_threads_what_they_keep() {
    for reuse in [Reuse::Node, Reuse::Recycle] {
        let bytes = Arc::new(AtomicIsize::new(0));
        let ear = bytes.clone();
        let external = move |by: isize| {
            ear.fetch_add(by, Ordering::Relaxed);
        };
        let external_memory = Some(Arc::new(external) as _);
        let pool = SyncPool::new(PoolOptions { external_memory, reuse, ..PoolOptions::default() });
        let (sender, receiver) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let there = pool.clone();
        let thread = thread::spawn(move || {
            let held = there.alloc_unsafe(100).unwrap();
            drop(there.alloc_unsafe(5120).unwrap());
            drop(there);
            sender.send(held).unwrap();
            ended.recv().unwrap();
        });
        let held = receiver.recv().unwrap();
        drop(pool);
        assert_eq!(bytes.load(Ordering::Relaxed), 8192);
        drop(held);
        assert_eq!(bytes.load(Ordering::Relaxed), 0);
        end.send(()).unwrap();
        thread.join().unwrap();
    }
}

#[test]
fn a_trim_frees_what_other_threads_keep() {
    let pool = SyncPool::new(PoolOptions::default().with_reuse(Reuse::Recycle));
    let (kept, is_kept) = mpsc::channel();
    thread::scope(|scope| {
        // In here, so that a failure below ends the thread too.
        let (end, ended) = mpsc::channel::<()>();
        let pool = &pool;
        scope.spawn(move || {
            drop((pool.alloc_unsafe(5120).unwrap(), pool.alloc_unsafe(6144).unwrap()));
            kept.send(()).unwrap();
            ended.recv().unwrap();
            assert_eq!(pool.alloc_unsafe(5120).unwrap().len(), 5120);
        });
        is_kept.recv().unwrap();
        assert_eq!(pool.array_buffers(), 11_264);
        pool.trim();
        assert_eq!((pool.array_buffers(), pool.stats().kept_bytes), (0, 0));
        end.send(()).unwrap();
    });
}

#[test]
fn threads_together_keep_no_more_than_one_would() {
    let options = PoolOptions { max_kept_bytes: 50_000, ..PoolOptions::default() };
    let pool = SyncPool::new(options.with_reuse(Reuse::Recycle));
    thread::scope(|scope| {
        for thread in 0..4 {
            let pool = &pool;
            scope.spawn(move || {
                for round in 0..300_usize {
                    let length = |i: usize| 4096 + 1000 * ((i + round + thread) % 5);
                    let held: Vec<_> =
                        (0..8).map(|i| pool.alloc_unsafe(length(i)).unwrap()).collect();
                    drop(held);
                    assert!(pool.stats().kept_bytes <= 50_000);
                }
            });
        }
    });
    let stats = pool.stats();
    assert_eq!((stats.live_buffers, stats.array_buffers), (0, stats.kept_bytes));
    assert!(stats.hits > 0);
}

#[test]
fn threads_together_hold_no_more_than_the_limit() {
    let limit = 100_000;
    let pool = SyncPool::new(PoolOptions { max_bytes: limit, ..PoolOptions::default() });
    let refused: usize = thread::scope(|scope| {
        let work = || {
            let mut refused = 0;
            let mut held = Vec::new();
            for i in 0..3000_usize {
                match pool.alloc_unsafe(1 + i * 37 % 9000) {
                    Ok(buffer) => held.push(buffer),
                    Err(AllocError::LimitReached { held: there, limit: 100_000, .. }) => {
                        assert!(there <= limit);
                        refused += 1;
                        held.truncate(held.len() / 2);
                    }
                    Err(error) => panic!("{error}"),
                }
                assert!(pool.array_buffers() <= limit);
            }
            refused
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(refused > 0);
    assert!(pool.stats().peak_array_buffers <= limit);
    assert_eq!(pool.stats().live_buffers, 0);
}

#[test]
fn a_thread_that_is_ending_still_allocates() {
    static POOL: SyncPool = SyncPool::new(PoolOptions::for_node(NodeVersion::V20));
    struct Last(mpsc::Sender<Vec<u8>>);
    impl Drop for Last {
        fn drop(&mut self) {
            let buffers = [POOL.from_bytes(b"late").unwrap(), POOL.alloc_unsafe(5120).unwrap()];
            self.0.send(buffers[0].to_vec()).unwrap();
        }
    }
    thread_local! {
        static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
    }
    // Destructors of a thread run in the order in which its values were first used, or the reverse.
    for pool_first in [false, true] {
        let (sender, receiver) = mpsc::channel();
        let work = move || {
            if pool_first {
                drop(POOL.alloc_unsafe(10).unwrap());
            }
            LAST.set(Some(Last(sender)));
            drop(POOL.alloc_unsafe(10).unwrap());
        };
        thread::spawn(work).join().unwrap();
        assert_eq!(receiver.recv().unwrap(), b"late");
        assert_eq!(POOL.stats().live_buffers, 0);
    }
}

#[test]
fn numbers_of_stores_are_unique_across_threads() {
    let pool = SyncPool::new(PoolOptions::default());
    let mut ids: Vec<_> = thread::scope(|scope| {
        let work = || (0..500).map(|_| pool.alloc_unsafe(5120).unwrap()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        let held: Vec<_> = threads.into_iter().flat_map(|it| it.join().unwrap()).collect();
        held.iter().map(|buffer| buffer.store_id().unwrap()).collect()
    });
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2000);
}
