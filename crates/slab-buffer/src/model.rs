//! Pools whose buffers several threads release, in every order of their steps, under the model checker loom:
//! `cargo xtask sanitize loom`.
//!
//! A wrong count shows in the sum of bytes: a store that is never taken back stays in it, and one that is taken back twice
//! makes it wrap.

use crate::options::{PoolOptions, Reuse};
use crate::pool::Pool;
use crate::raw::buffer::Buffer;
use loom::thread;

/// Runs a test in all orders with at most three preemptions.
fn model(test: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(test);
}

/// A pool, and two buffers that fill its first slab.
fn full_slab(options: PoolOptions) -> (Pool, Buffer, Buffer) {
    let pool = Pool::new(options);
    let (first, second) = (pool.alloc_unsafe(4000).unwrap(), pool.alloc_unsafe(4000).unwrap());
    assert_eq!(first.store_id(), second.store_id());
    (pool, first, second)
}

/// Runs a test with both policies, with and without tracking.
fn each(test: impl Fn(PoolOptions) + Sync + Send + Copy + 'static) {
    for reuse in [Reuse::Node, Reuse::Recycle] {
        for track in [false, true] {
            model(move || test(PoolOptions { reuse, track, ..PoolOptions::default() }));
        }
    }
}

/// Drops the pool, after which none of its stores is left.
fn leaves_nothing(pool: Pool) {
    let monitor = pool.monitor();
    drop(pool);
    assert_eq!(monitor.array_buffers(), 0);
}

#[test]
fn the_owner_and_another_thread_release_the_last_two_buffers_of_a_slab() {
    each(|options| {
        let (pool, first, second) = full_slab(options);
        let next = pool.alloc_unsafe(4000).unwrap();
        let other = thread::spawn(move || drop(first));
        drop(second);
        other.join().unwrap();
        assert_eq!(pool.stats().live_buffers, 1);
        drop(next);
        leaves_nothing(pool);
    });
}

#[test]
fn a_slab_is_retired_while_another_thread_releases_its_buffers() {
    each(|options| {
        let (pool, first, second) = full_slab(options);
        let other = thread::spawn(move || drop((first, second)));
        let next = pool.alloc_unsafe(4000).unwrap();
        other.join().unwrap();
        assert_eq!(pool.stats().live_buffers, 1);
        drop(next);
        leaves_nothing(pool);
    });
}

#[test]
fn the_pool_is_dropped_while_another_thread_releases_the_last_buffer() {
    each(|options| {
        let (pool, first, second) = full_slab(options);
        let monitor = pool.monitor();
        let other = thread::spawn(move || drop(first));
        drop(second);
        drop(pool);
        other.join().unwrap();
        assert_eq!(monitor.array_buffers(), 0);
    });
}

#[test]
fn two_threads_release_the_last_two_buffers_while_the_pool_is_dropped() {
    each(|options| {
        let (pool, first, second) = full_slab(options);
        let monitor = pool.monitor();
        let others = [first, second].map(|buffer| thread::spawn(move || drop(buffer)));
        drop(pool);
        others.into_iter().for_each(|other| other.join().unwrap());
        assert_eq!(monitor.array_buffers(), 0);
    });
}

#[test]
fn a_store_that_the_owner_and_another_thread_complete_unseen_is_found_by_a_third() {
    each(|options| {
        let (pool, first, second) = full_slab(options);
        let next = pool.alloc_unsafe(4000).unwrap();
        let monitor = pool.monitor();
        let other = thread::spawn(move || {
            drop(first);
            let _sum = monitor.array_buffers();
            monitor.reclaim();
        });
        drop(second);
        other.join().unwrap();
        drop(next);
        leaves_nothing(pool);
    });
}

#[test]
fn a_store_that_waits_for_the_pool_is_used_again_or_freed_once() {
    each(|options| {
        let pool = Pool::new(options);
        let monitor = pool.monitor();
        let first = pool.alloc_unsafe(5000).unwrap();
        let other = thread::spawn(move || drop(first));
        let second = pool.alloc_unsafe(5000).unwrap();
        pool.trim();
        monitor.reclaim();
        drop(second);
        drop(pool);
        other.join().unwrap();
        assert_eq!(monitor.array_buffers(), 0);
    });
}

#[test]
fn the_parts_of_a_buffer_are_released_cut_and_joined_on_two_threads() {
    each(|options| {
        let pool = Pool::new(options);
        let monitor = pool.monitor();
        let mut head = pool.alloc_unsafe(5000).unwrap();
        let mut tail = head.split_off(2000).unwrap();
        let other = thread::spawn(move || {
            let end = tail.split_off(1000).unwrap();
            tail.try_unsplit(end).unwrap();
            drop(tail);
        });
        drop(head.split_off(500).unwrap());
        drop(head);
        drop(pool);
        other.join().unwrap();
        assert_eq!(monitor.array_buffers(), 0);
    });
}

#[test]
fn bytes_are_released_on_another_thread_before_their_buffer_is() {
    each(|options| {
        let (pool, mut first, second) = full_slab(options);
        let next = pool.alloc_unsafe(4000).unwrap();
        let monitor = pool.monitor();
        let other = thread::spawn(move || {
            first.truncate(10);
            drop(first);
        });
        drop(second);
        drop(pool);
        other.join().unwrap();
        drop(next);
        assert_eq!(monitor.array_buffers(), 0);
    });
}
