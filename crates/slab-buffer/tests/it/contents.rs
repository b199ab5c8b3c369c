//! What buffers hold, and what can be done with it.

use slab_buffer::{Pool, PoolOptions, Reuse};
use std::cell::Cell;
use std::io::{Read, Write};

fn pool() -> Pool {
    Pool::new(PoolOptions::default())
}

#[test]
fn buffers_do_not_overlap_and_outlive_the_pool() {
    let pool = pool();
    let mut buffers: Vec<_> = (0..500).map(|i| pool.alloc_unsafe(1 + i % 90).unwrap()).collect();
    drop(pool);
    for (i, buffer) in buffers.iter_mut().enumerate() {
        buffer.fill(i as u8);
    }
    for (i, buffer) in buffers.iter().enumerate() {
        assert!(buffer.iter().all(|byte| *byte == i as u8));
    }
}

#[test]
fn concat_cuts_off_and_fills_up() {
    let pool = pool();
    let old = pool.from_bytes(&[9; 4000]).unwrap();
    drop(old);
    let parts: [&[u8]; 3] = [b"ab", b"", b"cde"];
    assert_eq!(&*pool.concat(&parts, None).unwrap(), b"abcde");
    assert_eq!(&*pool.concat(&parts, Some(3)).unwrap(), b"abc");
    assert_eq!(&*pool.concat(&parts, Some(8)).unwrap(), b"abcde\0\0\0");
}

#[test]
fn fill_repeats_and_copy_stops_at_the_target() {
    let mut buffer = pool().alloc(8).unwrap();
    buffer.fill_with_pattern(b"abc");
    assert_eq!(&*buffer, b"abcabcab");
    let mut target = [0; 5];
    assert_eq!(buffer.copy_to(&mut target, 2, 1..), Ok(3));
    assert_eq!(&target, b"\0\0bca");
    buffer.fill_with_pattern(b"");
    assert_eq!(&*buffer, &[0; 8]);
}

#[test]
fn subarray_keeps_a_range_and_counts_the_rest_as_unused() {
    let pool = pool();
    let buffer = pool.from_bytes(b"0123456789").unwrap().subarray(2..=5).unwrap();
    assert_eq!((&*buffer, buffer.offset()), (&b"2345"[..], 2));
    assert_eq!(pool.stats().live_bytes, 4);
    drop(buffer);
    let stats = pool.stats();
    assert_eq!((stats.live_bytes, stats.live_buffers), (0, 0));
}

#[test]
fn views_share_their_bytes() {
    let pool = pool();
    pool.alloc_unsafe(100).unwrap();
    let whole = pool.from_bytes(b"hello").unwrap().share();
    let part = whole.subarray(1..3).unwrap();
    part[0].set(b'a');
    assert_eq!(whole.to_vec(), b"hallo");
    assert_eq!(part.write(b"xyz"), 2);
    assert_eq!(whole.iter().map(Cell::get).collect::<Vec<_>>(), b"hxylo");
    assert_eq!((whole.offset(), part.offset(), part.store_len()), (104, 105, 8192));
    assert_eq!(whole.store_id(), part.store_id());
}

#[test]
fn frozen_buffers_are_cloned_sliced_and_thawed() {
    let pool = pool();
    let frozen = pool.from_bytes(b"hello world").unwrap().freeze();
    let world = frozen.slice(6..).unwrap();
    let orl = world.slice(1..4).unwrap();
    assert_eq!((&*world, &*orl), (&b"world"[..], &b"orl"[..]));
    let orl = orl.thaw().unwrap_err();
    drop((frozen, world));
    let thawed = orl.thaw().unwrap();
    assert_eq!((&*thawed, thawed.offset()), (&b"orl"[..], 7));
}

#[test]
fn they_are_readers_and_writers() {
    let pool = pool();
    let mut writer = pool.alloc_unsafe(6).unwrap().writer();
    assert_eq!(writer.write(b"hello").unwrap(), 5);
    assert!(writer.write_all(b" world").is_err(), "there is room for one byte");
    let mut text = String::new();
    let frozen = writer.into_buffer().freeze();
    std::io::Cursor::new(frozen).read_to_string(&mut text).unwrap();
    assert_eq!(text, "hello ");
}

#[test]
fn zero_options_hide_old_bytes() {
    let old = |options: PoolOptions| {
        let pool = Pool::new(PoolOptions { reuse: Reuse::Recycle, ..options });
        for length in [3000, 3000, 5000] {
            pool.alloc_unsafe(length).unwrap().fill(7);
        }
        let lengths = [3000, 3000, 3000, 3000, 5000];
        lengths.iter().any(|length| pool.alloc_unsafe(*length).unwrap().contains(&7))
    };
    let options = PoolOptions::default;
    assert!(old(options()));
    assert!(!old(PoolOptions { zero_always: true, ..options() }));
    assert!(!old(PoolOptions { zero_on_release: true, ..options() }));
}

#[test]
fn zeros_are_zeros_also_in_a_kept_store() {
    let pool = Pool::new(PoolOptions::default().with_reuse(Reuse::Recycle));
    pool.alloc(5000).unwrap().fill(7);
    let again = pool.alloc(5000).unwrap();
    assert_eq!(pool.stats().hits, 1);
    assert!(again.iter().all(|byte| *byte == 0));
}
