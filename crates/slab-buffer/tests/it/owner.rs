//! Owners of external memory that use the pool, drop its last handle, or panic as they hear.

use slab_buffer::{Buffer, ExternalMemory, Pool, PoolOptions, Reuse, SyncPool};
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

const BOTH: [Reuse; 2] = [Reuse::Node, Reuse::Recycle];

fn heard_by(external: impl ExternalMemory + 'static, reuse: Reuse) -> PoolOptions {
    PoolOptions {
        external_memory: Some(Arc::new(external)),
        reuse,
        max_kept_bytes: 20_000,
        ..PoolOptions::default()
    }
}

#[test]
fn the_owner_may_drop_the_pool_while_a_buffer_is_dropped() {
    thread_local! {
        static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
        static HEARD: Cell<isize> = const { Cell::new(0) };
    }
    let hear = |by: isize| {
        HEARD.set(HEARD.get() + by);
        if by < 0 {
            drop(POOL.take());
        }
    };
    for reuse in BOTH {
        // In a store that is too long to be kept, in a slab that is used up, and with others out.
        for lengths in [&[30_000][..], &[3000, 3000, 3000], &[5000, 100, 30_000]] {
            let pool = Pool::new(heard_by(hear, reuse));
            let mut held: Vec<_> =
                lengths.iter().map(|length| pool.alloc_unsafe(*length).unwrap()).collect();
            POOL.set(Some(pool));
            held.iter_mut().for_each(|buffer| buffer.fill(1));
            drop(held);
            drop(POOL.take());
            assert_eq!(HEARD.get(), 0);
        }
    }
}

#[test]
fn the_owner_may_drop_a_pool_of_many_threads_while_a_buffer_is_dropped() {
    static POOL: Mutex<Option<SyncPool>> = Mutex::new(None);
    static HEARD: AtomicIsize = AtomicIsize::new(0);
    let hear = |by: isize| {
        HEARD.fetch_add(by, Ordering::Relaxed);
        if by < 0 {
            let pool = POOL.lock().unwrap().take();
            drop(pool);
        }
    };
    for reuse in BOTH {
        let pool = SyncPool::new(heard_by(hear, reuse));
        let held = [30_000, 3000, 100].map(|length| pool.alloc_unsafe(length).unwrap());
        *POOL.lock().unwrap() = Some(pool);
        thread::spawn(move || drop(held)).join().unwrap();
        assert!(POOL.lock().unwrap().is_none());
        assert_eq!(HEARD.load(Ordering::Relaxed), 0);
    }
}

/// An owner that hears, and then panics at each call that it is armed for.
#[derive(Clone, Default)]
struct Panicking {
    heard: Arc<AtomicIsize>,
    armed: Arc<AtomicUsize>,
}

impl ExternalMemory for Panicking {
    fn adjust(&self, bytes: isize) {
        self.heard.fetch_add(bytes, Ordering::Relaxed);
        let disarm = |armed: usize| armed.checked_sub(1);
        let armed = self.armed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, disarm).is_ok();
        assert!(!armed, "the owner panics");
    }
}

impl Panicking {
    fn heard(&self) -> usize {
        self.heard.load(Ordering::Relaxed).try_into().expect("no less than nothing")
    }

    /// Whether the owner panicked in the call.
    fn panics<R>(&self, call: impl FnOnce() -> R) -> bool {
        self.armed.store(1, Ordering::Relaxed);
        let result = panic::catch_unwind(AssertUnwindSafe(call));
        self.armed.store(0, Ordering::Relaxed);
        result.is_err()
    }
}

#[test]
fn a_panic_of_the_owner_while_the_pool_is_dropped_leaves_the_stores_that_are_out_whole() {
    for reuse in BOTH {
        let owner = Panicking::default();
        let pool = Pool::new(heard_by(owner.clone(), reuse));
        let mut held = [5000, 100, 30_000].map(|length| pool.alloc_unsafe(length).unwrap());
        for length in [10, 4000, 5000, 6000] {
            drop(pool.alloc_unsafe(length).unwrap());
        }
        drop(pool.alloc_unsafe(4000).unwrap());
        let other_panics = owner.panics(|| drop(pool));
        assert_eq!(
            other_panics,
            reuse == Reuse::Recycle,
            "only then are there kept stores that count"
        );
        held.iter_mut().for_each(|buffer| buffer.fill(1));
        thread::scope(|scope| scope.spawn(|| drop(held)).join()).unwrap();
        assert_eq!(owner.heard(), 0);
    }
}

#[test]
fn a_panic_of_the_owner_loses_no_store() {
    for reuse in BOTH {
        let owner = Panicking::default();
        let pool = Pool::new(heard_by(owner.clone(), reuse));
        let out = |held: Vec<Buffer>| thread::spawn(move || drop(held)).join().unwrap();
        let many = |length: usize| -> Vec<Buffer> {
            (0..40).map(|_| pool.alloc_unsafe(length).unwrap()).collect()
        };
        let mut panics = 0;
        for length in [100, 4000, 4096, 5000, 30_000] {
            let calls: [&dyn Fn(); 8] = [
                &|| drop(pool.alloc_unsafe(length)),
                &|| drop(pool.alloc(length)),
                &|| drop(many(length)),
                &|| pool.trim(),
                &|| drop(pool.alloc_unsafe_aligned(length, 4096)),
                &|| assert_eq!(pool.stats().live_buffers, 0),
                &|| assert!(pool.array_buffers() < 1 << 30),
                &|| {
                    many(length).iter_mut().for_each(|buffer| assert!(pool.compact(buffer).is_ok()))
                },
            ];
            for call in calls {
                for returned in [false, true] {
                    if returned {
                        let held = many(length);
                        out(held);
                    }
                    panics += usize::from(owner.panics(call));
                    let stats = pool.stats();
                    assert_eq!(stats.live_buffers, 0);
                    assert_eq!(owner.heard(), stats.array_buffers);
                    let stores: usize = pool.slabs().iter().map(|slab| slab.capacity).sum();
                    assert_eq!(stores, stats.array_buffers);
                }
            }
        }
        assert!(panics > 20, "{panics}");
        drop(pool);
        assert_eq!(owner.heard(), 0);
    }
}

#[test]
fn a_panic_of_the_owner_of_a_pool_of_many_threads_loses_no_store() {
    for reuse in BOTH {
        let owner = Panicking::default();
        let pool = SyncPool::new(heard_by(owner.clone(), reuse));
        let mut panics = 0;
        for length in [100, 4000, 4096, 5000, 30_000] {
            let calls: [&dyn Fn(); 4] = [
                &|| drop(pool.alloc_unsafe(length)),
                &|| drop(pool.alloc(length)),
                &|| drop([(); 40].map(|()| pool.alloc_unsafe(length))),
                &|| pool.trim(),
            ];
            for call in calls {
                panics += usize::from(owner.panics(call));
                let stats = pool.stats();
                assert_eq!((stats.live_buffers, stats.array_buffers), (0, owner.heard()));
            }
        }
        assert!(panics > 10, "{panics}");
        drop(pool);
        assert_eq!(owner.heard(), 0);
    }
}

#[test]
fn a_panic_of_the_owner_on_another_thread_loses_no_store() {
    for reuse in BOTH {
        let owner = Panicking::default();
        let pool = Pool::new(heard_by(owner.clone(), reuse));
        for length in [100, 4000, 5000, 30_000] {
            let held: Vec<_> = (0..200).map(|_| pool.alloc_unsafe(length).unwrap()).collect();
            let there = owner.clone();
            let drop_all = move || {
                held.into_iter().filter(|_| true).for_each(|buffer| {
                    there.panics(|| drop(buffer));
                });
            };
            thread::spawn(drop_all).join().unwrap();
            let monitor = pool.monitor();
            owner.panics(|| monitor.reclaim());
            assert_eq!(owner.heard(), monitor.array_buffers());
            assert_eq!(owner.heard(), pool.array_buffers());
            assert_eq!(pool.stats().live_buffers, 0);
        }
        drop(pool);
        assert_eq!(owner.heard(), 0);
    }
}
