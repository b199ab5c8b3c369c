//! What is refused, and that nothing is lost by it.

use slab_buffer::{AllocError, MAX_LENGTH, MAX_POOL_SIZE, Pool, PoolOptions, RangeError, SyncPool};

#[test]
fn lengths_past_the_maximum_are_refused() {
    let options = PoolOptions { max_length: 100, ..PoolOptions::default() };
    let (pool, many) = (Pool::new(options.clone()), SyncPool::new(options));
    let error = AllocError::TooLong { requested: 101, maximum: 100 };
    let kept = pool.alloc_unsafe(100).unwrap();
    assert_eq!(pool.alloc(101).unwrap_err(), error);
    assert_eq!(pool.alloc_unsafe(101).unwrap_err(), error);
    assert_eq!(pool.alloc_unsafe_slow(101).unwrap_err(), error);
    assert_eq!(many.from_bytes(&[0; 101]).unwrap_err(), error);
    assert_eq!(pool.from_string(&"a".repeat(101)).unwrap_err(), error);
    assert_eq!(pool.concat(&[], Some(101)).unwrap_err(), error);
    assert_eq!(error.to_string(), "a buffer of 101 bytes is longer than the maximum of 100");
    assert_eq!((kept.len(), pool.stats().live_buffers), (100, 1));
}

#[test]
fn a_refusing_allocator_is_an_error_and_the_pool_goes_on() {
    let pool = Pool::new(PoolOptions::default());
    let before = pool.alloc_unsafe(10).unwrap();
    let error = pool.alloc(MAX_LENGTH).unwrap_err();
    assert_eq!(error, AllocError::Refused { requested: MAX_LENGTH });
    assert_eq!(error.requested(), MAX_LENGTH);
    let unbounded = PoolOptions { max_length: usize::MAX, ..PoolOptions::default() };
    let too_long = Pool::new(unbounded).alloc_unsafe(usize::MAX).unwrap_err();
    assert!(matches!(too_long, AllocError::TooLong { maximum: MAX_LENGTH, .. }));
    assert_eq!(pool.alloc_unsafe(10).unwrap().store_id(), before.store_id());
    assert_eq!(pool.array_buffers(), 8192);
}

#[test]
fn ranges_out_of_bounds_give_back_what_was_to_be_cut() {
    let pool = Pool::new(PoolOptions::default());
    let buffer = pool.from_bytes(b"hello").unwrap();
    let RangeError { start, end, length, value } = buffer.subarray(2..6).unwrap_err();
    assert_eq!((start, end, length, &*value), (2, 6, 5, &b"hello"[..]));
    assert!(value.copy_to(&mut [0; 3], 4, ..).is_err());
    assert!(value.copy_to(&mut [0; 3], 0, 6..).is_err());
    let frozen = value.freeze();
    let (start, end) = (3, 2);
    let error = frozen.slice(start..end).unwrap_err();
    assert_eq!(error.to_string(), "the range 3..2 does not lie in 5 bytes");
    assert!(frozen.slice(..=usize::MAX).is_err());
    assert!(frozen.thaw().unwrap().share().subarray(6..).is_err());
}

#[test]
fn odd_options_do_no_harm() {
    for pool_size in [0, 1, 2, 3, 7, 8, 9, 100, usize::MAX] {
        for slab_alignment in [0, 1, 3, 8, 63, usize::MAX] {
            let options = PoolOptions { pool_size, slab_alignment, ..PoolOptions::default() };
            let pool = Pool::new(options.clone());
            let many = SyncPool::new(options);
            assert!(pool.options().pool_size <= MAX_POOL_SIZE);
            for length in 0..60 {
                for mut buffer in
                    [pool.alloc_unsafe(length), many.alloc_unsafe(length)].map(Result::unwrap)
                {
                    buffer.fill(1);
                    assert_eq!(buffer.len(), length);
                }
            }
        }
    }
}
