//! Buffers that grow, are cut and are put together.

use proptest::prelude::*;
use slab_buffer::{AllocError, Buffer, Pool, PoolOptions, Reuse, SyncPool};
use std::fmt::Write;
use std::thread;

fn pool() -> Pool {
    Pool::new(PoolOptions::default())
}

#[test]
fn a_buffer_that_grows_keeps_its_bytes_and_counts_in_its_pool() {
    let pool = pool();
    let mut buffer = pool.from_string("hello").unwrap();
    assert_eq!(buffer.capacity(), 5);
    buffer.extend_from_slice(b" world");
    let place = buffer.as_ptr();
    assert!(buffer.capacity() >= 64);
    write!(buffer, ", {} times", 3).unwrap();
    buffer.extend([b'.', b'.']);
    buffer.extend(b"!");
    assert_eq!(buffer, "hello world, 3 times..!");
    assert_eq!(buffer.as_ptr(), place, "it grows where it is");
    let stats = pool.stats();
    assert_eq!((stats.live_buffers, stats.live_bytes), (1, buffer.len()));
    assert_eq!(stats.array_buffers, 8192 + buffer.store_len());
    drop(buffer);
    assert_eq!((pool.stats().live_buffers, pool.array_buffers()), (0, 8192));
}

#[test]
fn appending_byte_by_byte_moves_seldom() {
    let mut buffer = pool().alloc_unsafe(0).unwrap();
    let mut moves = 0;
    for i in 0..100_000_usize {
        let place = buffer.as_ptr();
        buffer.extend_from_slice(&[i as u8]);
        moves += usize::from(buffer.as_ptr() != place);
    }
    assert!(moves <= 12, "{moves}");
    assert!(buffer.iter().enumerate().all(|(i, byte)| *byte == i as u8));
}

#[test]
fn a_buffer_that_was_cut_grows_where_it_is() {
    for pool in [PoolOptions::default(), PoolOptions::default().with_reuse(Reuse::Recycle)] {
        let pool = Pool::new(pool);
        let mut buffer = pool.alloc(5000).unwrap();
        let place = buffer.as_ptr();
        buffer.clear();
        assert_eq!(pool.stats().live_bytes, 0);
        buffer.try_resize(5000, 7).unwrap();
        assert_eq!((buffer.as_ptr(), buffer.len(), buffer[4999]), (place, 5000, 7));
        assert_eq!(pool.stats().live_bytes, 5000);
        buffer.advance(4000).unwrap();
        assert_eq!(buffer.capacity(), 1000 + buffer.store_len() - 5000);
        drop(buffer);
        assert_eq!((pool.stats().live_buffers, pool.stats().live_bytes), (0, 0));
    }
}

#[test]
fn a_buffer_grows_on_any_thread_and_after_its_pool() {
    let pool = pool();
    let many = SyncPool::new(PoolOptions::default());
    let mut held = [pool.from_bytes(b"a").unwrap(), many.from_bytes(b"a").unwrap()];
    held = thread::spawn(move || {
        held.iter_mut().for_each(|buffer| buffer.extend_from_slice(&[b'b'; 5000]));
        held
    })
    .join()
    .unwrap();
    assert_eq!(pool.stats().live_bytes, 5001);
    assert_eq!(many.stats().live_bytes, 5001);
    assert_eq!(pool.array_buffers(), 8192 + held[0].store_len());
    assert!(pool.stats().peak_array_buffers >= pool.array_buffers());
    assert!(pool.slabs().iter().any(|slab| Some(slab.id) == held[0].store_id()));
    drop((pool, many));
    held.iter_mut().for_each(|buffer| buffer.extend_from_slice(&[b'c'; 20_000]));
    assert!(held.iter().all(|buffer| buffer.len() == 25_001 && buffer[25_000] == b'c'));
    let copies = held.clone();
    drop(held);
    assert!(copies.iter().all(|copy| copy.starts_with(b"ab") && copy.ends_with(b"c")));
}

#[test]
fn a_refused_growth_leaves_the_buffer_as_it_was() {
    let options = PoolOptions { max_bytes: 10_000, max_length: 9000, ..PoolOptions::default() };
    let (pool, many) = (Pool::new(options.clone()), SyncPool::new(options));
    for mut buffer in [pool.from_bytes(b"ab").unwrap(), many.from_bytes(b"ab").unwrap()] {
        let error = buffer.try_reserve(5000).unwrap_err();
        let held = 8192;
        assert_eq!(error, AllocError::LimitReached { requested: 5002, held, limit: 10_000 });
        assert_eq!(
            error.to_string(),
            "a buffer of 5002 bytes does not fit: the pool holds 8192 of 10000 bytes"
        );
        let error = buffer.try_extend_from_slice(&[0; 9000]).unwrap_err();
        assert_eq!(error, AllocError::TooLong { requested: 9002, maximum: 9000 });
        assert!(write!(buffer, "{}", "x".repeat(5000)).is_err());
        assert!(buffer.try_reserve(usize::MAX).is_err());
        assert_eq!(buffer, b"ab");
    }
    let large = pool.alloc_unsafe(1700).unwrap();
    assert_eq!(large.clone(), large);
    assert_eq!(pool.array_buffers(), 8192);
}

#[test]
#[should_panic(expected = "does not fit: the pool holds 8192 of 8192 bytes")]
fn a_clone_that_is_refused_panics() {
    let pool = Pool::new(PoolOptions { max_bytes: 8192, ..PoolOptions::default() });
    let buffer = pool.from_bytes(b"ab").unwrap();
    let _copy = buffer.clone();
}

#[test]
fn the_limit_frees_what_is_kept_before_it_refuses() {
    let options = PoolOptions { max_bytes: 20_480, ..PoolOptions::default() };
    let options = options.with_reuse(Reuse::Recycle);
    let (pool, many) = (Pool::new(options.clone()), SyncPool::new(options));
    let pools: [&dyn Fn(usize) -> Result<Buffer, AllocError>; 2] =
        [&|length| pool.alloc_unsafe(length), &|length| many.alloc_unsafe(length)];
    for alloc in pools {
        drop((alloc(10_240).unwrap(), alloc(10_240).unwrap()));
        let one = alloc(20_480).unwrap();
        assert!(matches!(
            alloc(5000),
            Err(AllocError::LimitReached { requested: 5000, held: 20_480, limit: 20_480 })
        ));
        assert!(matches!(alloc(10), Err(AllocError::LimitReached { .. })));
        drop(one);
        assert_eq!(alloc(10).unwrap().len(), 10);
    }
}

#[test]
fn parts_are_buffers_of_their_own_and_go_to_different_threads() {
    let pool = pool();
    let mut whole = pool.from_bytes(b"0123456789").unwrap();
    let id = whole.store_id();
    let mut middle = whole.split_off(3).unwrap();
    let end = middle.split_off(4).unwrap();
    let there = thread::spawn(move || {
        let mut end = end;
        end.fill(b'x');
        let last = end.split_off(1).unwrap();
        (end, last)
    });
    middle[0] = b'_';
    let (end, last) = there.join().unwrap();
    assert_eq!((&*whole, &*middle), (&b"012"[..], &b"_456"[..]));
    assert_eq!((&*end, &*last, last.offset(), last.store_id()), (&b"x"[..], &b"xx"[..], 8, id));
    assert_eq!((pool.stats().live_buffers, pool.stats().live_bytes), (1, 10));
    drop((whole, middle, end));
    assert_eq!(pool.stats().live_buffers, 1);
    drop(last);
    assert_eq!((pool.stats().live_buffers, pool.stats().live_bytes), (0, 0));
}

#[test]
fn split_to_takes_frames_from_the_front() {
    let many = SyncPool::new(PoolOptions::default());
    let mut stream = many.from_bytes(&[5; 4096]).unwrap();
    let frames: Vec<_> = (0..1024).map(|_| stream.split_to(4).unwrap()).collect();
    assert!(stream.is_empty() && stream.split_to(0).unwrap().is_empty());
    assert_eq!(many.array_buffers(), 4096);
    assert!(frames.iter().all(|frame| *frame == [5; 4]));
    drop(frames);
    assert_eq!(many.array_buffers(), 0);
}

#[test]
fn parts_are_joined_without_a_copy_if_they_adjoin() {
    let pool = pool();
    let mut head = pool.from_bytes(b"0123456789").unwrap();
    let place = head.as_ptr();
    let mut tail = head.split_off(4).unwrap();
    let end = tail.split_off(3).unwrap();
    let end = head.try_unsplit(end).unwrap_err();
    head.try_unsplit(tail).unwrap();
    head.unsplit(end);
    assert_eq!((head.as_ptr(), &*head), (place, &b"0123456789"[..]));
    head.unsplit(pool.from_bytes(b"ab").unwrap());
    assert_eq!(head, "0123456789ab");
    assert_ne!(head.as_ptr(), place);
    drop(head);
    assert_eq!(pool.stats().live_buffers, 0);
}

#[test]
fn the_last_part_grows_into_the_room_of_the_others_and_no_part_before_that() {
    let pool = pool();
    let mut head = pool.alloc(100).unwrap();
    let place = head.as_ptr();
    let tail = head.split_off(10).unwrap();
    assert_eq!((head.capacity(), tail.capacity()), (10, 90));
    drop(tail);
    assert_eq!(head.capacity(), 100);
    head.extend_from_slice(&[1; 90]);
    assert_eq!((head.as_ptr(), head.len()), (place, 100));
    let tail = head.split_off(50).unwrap();
    head.extend_from_slice(b"more");
    assert_ne!(head.as_ptr(), place);
    assert!(tail.iter().all(|byte| *byte == 1));
    assert!(head.ends_with(b"\x01more"));
}

#[test]
fn cuts_past_the_end_are_refused_and_change_nothing() {
    let mut buffer = pool().from_bytes(b"hello").unwrap();
    assert_eq!(
        buffer.split_off(6).unwrap_err().to_string(),
        "the range 6..5 does not lie in 5 bytes"
    );
    assert!(buffer.split_to(6).is_err() && buffer.advance(6).is_err());
    assert!(buffer.split_off(5).unwrap().is_empty());
    assert_eq!(buffer, "hello");
    let all = buffer.split_off(0).unwrap();
    assert!(buffer.is_empty() && buffer.store_id().is_none());
    buffer.unsplit(all);
    assert_eq!(buffer.split_to(5).unwrap(), "hello");
    let mut none = Buffer::empty();
    assert!(none.split_off(0).unwrap().is_empty() && none.advance(1).is_err());
}

#[test]
fn parts_hide_their_bytes_where_the_pool_does() {
    let options = PoolOptions { zero_on_release: true, ..PoolOptions::default() };
    let pool = Pool::new(options.with_reuse(Reuse::Recycle));
    let mut buffer = pool.alloc(5000).unwrap();
    buffer.fill(7);
    drop(buffer.split_off(2000).unwrap());
    drop(buffer);
    assert!(pool.alloc_unsafe(5000).unwrap().iter().all(|byte| *byte == 0));
}

#[derive(Clone, Debug)]
enum Op {
    Alloc(usize),
    SplitOff(usize, usize),
    SplitTo(usize, usize),
    Unsplit(usize, usize),
    Extend(usize, usize),
    Resize(usize, usize),
    Advance(usize, usize),
    Clone(usize),
    Drop(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let (one, length) = (any::<usize>(), 0..700_usize);
    let pair = (one, length.clone());
    prop_oneof![
        3 => length.prop_map(Op::Alloc),
        4 => pair.clone().prop_map(|(i, at)| Op::SplitOff(i, at)),
        4 => pair.clone().prop_map(|(i, at)| Op::SplitTo(i, at)),
        6 => (one, any::<usize>()).prop_map(|(i, j)| Op::Unsplit(i, j)),
        3 => pair.clone().prop_map(|(i, more)| Op::Extend(i, more)),
        2 => pair.clone().prop_map(|(i, length)| Op::Resize(i, length)),
        2 => pair.prop_map(|(i, count)| Op::Advance(i, count)),
        1 => one.prop_map(Op::Clone),
        4 => one.prop_map(Op::Drop),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Each step may be another thread's.
    #[test]
    fn buffers_that_are_cut_joined_and_grown_are_as_vectors_are(
        ops in prop::collection::vec((op(), any::<bool>()), 1..120),
        many in any::<bool>(),
        recycle in any::<bool>(),
    ) {
        let reuse = if recycle { Reuse::Recycle } else { Reuse::Node };
        let options = PoolOptions { pool_size: 1024, ..PoolOptions::default() }.with_reuse(reuse);
        let (local, shared) = (Pool::new(options.clone()), SyncPool::new(options));
        let mut held: Vec<(Buffer, Vec<u8>)> = Vec::new();
        for (mark, (op, elsewhere)) in ops.into_iter().enumerate() {
            let mark = mark as u8;
            if let Op::Alloc(length) = op {
                let buffer = if many { shared.alloc_unsafe(length) } else { local.alloc_unsafe(length) };
                held.push((buffer.unwrap(), vec![mark; length]));
                held.last_mut().unwrap().0.fill(mark);
            } else if elsewhere {
                thread::scope(|scope| scope.spawn(|| step(&mut held, op, mark)).join()).unwrap();
            } else {
                step(&mut held, op, mark);
            }
            for (buffer, bytes) in &held {
                prop_assert_eq!(buffer, bytes);
            }
        }
        held.clear();
        let stats = if many { shared.stats() } else { local.stats() };
        prop_assert_eq!((stats.live_buffers, stats.live_bytes), (0, 0));
    }
}

fn step(held: &mut Vec<(Buffer, Vec<u8>)>, op: Op, mark: u8) {
    let count = held.len();
    let pick = move |i: usize| i % count;
    if count == 0 {
        return;
    }
    match op {
        Op::Alloc(_) => {}
        Op::SplitOff(i, at) => {
            let (buffer, bytes) = &mut held[pick(i)];
            if at <= bytes.len() {
                let parts = (buffer.split_off(at).unwrap(), bytes.split_off(at));
                held.push(parts);
            } else {
                buffer.split_off(at).unwrap_err();
            }
        }
        Op::SplitTo(i, at) => {
            let (buffer, bytes) = &mut held[pick(i)];
            if at <= bytes.len() {
                let front = (buffer.split_to(at).unwrap(), bytes.drain(..at).collect());
                held.push(front);
            } else {
                buffer.split_to(at).unwrap_err();
            }
        }
        Op::Unsplit(i, j) => {
            let (mut buffer, mut bytes) = held.swap_remove(pick(i));
            if let Some(j) = j.checked_rem(held.len()) {
                let (other, more) = held.swap_remove(j);
                buffer.unsplit(other);
                bytes.extend(more);
            }
            held.push((buffer, bytes));
        }
        Op::Extend(i, more) => {
            let (buffer, bytes) = &mut held[pick(i)];
            buffer.extend_from_slice(&vec![mark; more]);
            bytes.extend(vec![mark; more]);
        }
        Op::Resize(i, length) => {
            let (buffer, bytes) = &mut held[pick(i)];
            buffer.try_resize(length, mark).unwrap();
            bytes.resize(length, mark);
        }
        Op::Advance(i, count) => {
            let (buffer, bytes) = &mut held[pick(i)];
            let count = count.min(bytes.len());
            buffer.advance(count).unwrap();
            bytes.drain(..count);
        }
        Op::Clone(i) => {
            let copy = held[pick(i)].clone();
            held.push(copy);
        }
        Op::Drop(i) => {
            held.swap_remove(pick(i));
        }
    }
}

#[test]
fn a_buffer_is_cut_into_more_parts_than_a_header_counts() {
    let pool = Pool::new(PoolOptions::default());
    let length = (1 << 22) + 1000;
    let mut rest = pool.alloc(length).unwrap();
    let mut parts = Vec::with_capacity(length);
    while rest.len() > 1 {
        parts.push(rest.split_to(1).unwrap());
    }
    assert_eq!((parts.len(), pool.stats().live_buffers), (length - 1, 1));
    parts[length - 2][0] = 1;
    drop(parts);
    assert_eq!(pool.array_buffers(), length);
    drop(rest);
    assert_eq!(pool.array_buffers(), 0);
}
