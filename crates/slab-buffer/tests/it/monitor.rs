//! What other threads release, as long as the pool's own thread does nothing.

use slab_buffer::{Buffer, Monitor, Pool, PoolOptions, Reuse};
use std::sync::Barrier;
use std::thread;

fn pool(reuse: Reuse) -> Pool {
    Pool::new(PoolOptions::default().with_reuse(reuse))
}

/// Asked on a third thread.
fn polled(monitor: &Monitor) -> usize {
    thread::scope(|scope| scope.spawn(|| monitor.array_buffers()).join()).unwrap()
}

#[test]
fn large_buffers_go_while_the_owner_idles() {
    for reuse in [Reuse::Node, Reuse::Recycle] {
        let pool = pool(reuse);
        let monitor = pool.monitor();
        let held: Vec<_> = (0..800).map(|_| pool.alloc_unsafe(256 << 10).unwrap()).collect();
        assert_eq!(polled(&monitor), 200 << 20);
        thread::spawn(move || drop(held)).join().unwrap();
        let kept = if reuse == Reuse::Node { 0 } else { pool.options().max_kept_bytes };
        assert_eq!(polled(&monitor), kept);
        assert_eq!(monitor.reclaim(), kept);
        assert_eq!(polled(&monitor), 0);
        assert_eq!((pool.array_buffers(), pool.stats().kept_bytes), (0, 0));
    }
}

#[test]
fn slabs_go_while_the_owner_idles_whoever_releases_the_last_buffer() {
    for reuse in [Reuse::Node, Reuse::Recycle] {
        for here in [0, 1, 4, 7] {
            for last_here in [false, true] {
                let pool = pool(reuse);
                let monitor = pool.monitor();
                let mut held: Vec<_> =
                    (0..8000).map(|_| pool.alloc_unsafe(1000).unwrap()).collect();
                let current = pool.alloc_unsafe(1000).unwrap();
                assert_eq!(polled(&monitor), 1001 * 8192);
                let (mut ours, mut theirs) = (Vec::new(), Vec::new());
                for (i, buffer) in held.drain(..).enumerate() {
                    if i % 8 < here { ours.push(buffer) } else { theirs.push(buffer) }
                }
                if last_here {
                    thread::scope(|scope| scope.spawn(|| drop(theirs)).join()).unwrap();
                    drop(ours);
                } else {
                    drop(ours);
                    thread::scope(|scope| scope.spawn(|| drop(theirs)).join()).unwrap();
                }
                let kept = if reuse == Reuse::Node { 0 } else { 512 * 8192 };
                assert_eq!(polled(&monitor), 8192 + kept);
                let waited = monitor.reclaim();
                assert_eq!(waited, if reuse == Reuse::Node { 1 << 20 } else { kept });
                assert_eq!((polled(&monitor), monitor.reclaim()), (8192, 0));
                assert_eq!((pool.array_buffers(), pool.stats().live_buffers), (8192, 1));
                drop(current);
            }
        }
    }
}

#[test]
fn the_last_two_releases_at_once_are_both_seen() {
    for reuse in [Reuse::Node, Reuse::Recycle] {
        let pool = pool(reuse);
        let monitor = pool.monitor();
        const ROUNDS: usize = 3000;
        let meet = Barrier::new(2);
        let (sender, receiver) = std::sync::mpsc::channel::<[Buffer; 2]>();
        thread::scope(|scope| {
            scope.spawn(|| {
                for [first, second] in receiver {
                    drop(first);
                    meet.wait();
                    drop(second);
                    meet.wait();
                }
            });
            for _ in 0..ROUNDS {
                let [first, ours, second] = [(); 3].map(|()| pool.alloc_unsafe(2000).unwrap());
                // The slab is used up.
                let next = pool.alloc_unsafe(4000).unwrap();
                let before = monitor.array_buffers();
                sender.send([first, second]).unwrap();
                meet.wait();
                drop(ours);
                meet.wait();
                let gone = if reuse == Reuse::Node { 8192 } else { 0 };
                assert_eq!(polled(&monitor), before - gone);
                assert_eq!(pool.stats().live_buffers, 1);
                drop(next);
            }
            drop(sender);
        });
    }
}

#[test]
fn a_monitor_outlives_its_pool() {
    let pool = pool(Reuse::Recycle);
    let monitor = pool.monitor();
    let held = pool.alloc_unsafe(5000).unwrap();
    drop(pool);
    assert_eq!(monitor.clone().array_buffers(), 5000);
    drop(held);
    assert_eq!((monitor.array_buffers(), monitor.reclaim()), (0, 0));
}
