//! A global allocator that uses a pool: the last place where other people's code runs inside this
//! crate. No list of a pool is half changed, and no lock of it held, while memory is allocated or
//! freed.

use slab_buffer::{Buffer, Pool, PoolOptions, Reuse};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::thread;

thread_local! {
    /// The pool that the allocator uses on this thread.
    static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
    static USED: Cell<usize> = const { Cell::new(0) };
}

/// Places two buffers in the pool, and drops them.
fn use_the_pool() {
    // The thread may be about to end.
    let _ended = POOL.try_with(|pool| {
        let Ok(pool) = pool.try_borrow_mut() else { return };
        let Some(pool) = &*pool else { return };
        USED.set(USED.get() + 1);
        let buffers = [3000, 5000].map(|length| pool.alloc_unsafe(length));
        drop(buffers);
    });
}

struct Hooked;

#[global_allocator]
static ALLOCATOR: Hooked = Hooked;

#[allow(unsafe_code, reason = "an allocator")]
// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Hooked {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        use_the_pool();
        // SAFETY: by contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        use_the_pool();
        // SAFETY: by contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: by contract.
        unsafe { System.dealloc(start, layout) };
        use_the_pool();
    }
}

#[test]
fn the_allocator_may_use_the_pool() {
    for reuse in [Reuse::Node, Reuse::Recycle] {
        let options = PoolOptions { reuse, max_kept_bytes: 50_000, ..PoolOptions::default() };
        let pool = Pool::new(options);
        POOL.set(Some(pool.clone()));
        USED.set(0);
        let mut held: Vec<Buffer> = Vec::new();
        for i in 0..3000_usize {
            held.push(pool.alloc_unsafe(i * 31 % 9000).unwrap());
            if held.len() > 100 {
                held.swap_remove(i * 17 % held.len());
                held.swap_remove(i * 13 % held.len());
            }
            if i % 100 == 0 {
                let there = held.split_off(held.len() / 2);
                thread::spawn(move || drop(there)).join().unwrap();
                pool.monitor().reclaim();
                pool.trim();
                let slabs = pool.slabs();
                let live: usize = slabs.iter().map(|slab| slab.live_buffers).sum();
                let expected = held.iter().filter(|buffer| buffer.store_id().is_some()).count();
                assert_eq!(live, expected);
                let bytes: usize = slabs.iter().map(|slab| slab.capacity).sum();
                drop(slabs);
                pool.trim();
                let slabs = pool.slabs();
                assert!(bytes >= slabs.iter().map(|slab| slab.capacity).sum::<usize>());
            }
        }
        assert!(USED.get() > 1000, "{}", USED.get());
        held.clear();
        POOL.set(None);
        assert_eq!(pool.stats().live_buffers, 0);
    }
}
