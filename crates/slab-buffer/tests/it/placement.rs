//! Where buffers lie. The traces of real Nodes are replayed by the workspace's `conform` command.

use slab_buffer::{AllocError, Buffer, NodeVersion, Pool, PoolOptions, SyncPool};

fn node() -> Pool {
    Pool::new(PoolOptions::default())
}

#[test]
fn below_half_of_a_slab_is_pooled_at_multiples_of_eight() {
    let pool = node();
    let buffers = [1, 8, 9, 4095].map(|length| pool.alloc_unsafe(length).unwrap());
    assert_eq!(buffers.each_ref().map(Buffer::offset), [0, 8, 16, 32]);
    assert!(buffers.iter().all(|buffer| buffer.store_len() == 8192));
    let own = pool.alloc_unsafe(4096).unwrap();
    assert_eq!((own.offset(), own.store_len()), (0, 4096));
}

#[test]
fn a_slab_starts_when_the_rest_is_too_short() {
    let pool = node();
    let first = pool.alloc_unsafe(4000).unwrap();
    let second = pool.alloc_unsafe(4000).unwrap();
    let third = pool.alloc_unsafe(193).unwrap();
    assert_eq!(first.store_id(), second.store_id());
    assert_ne!(second.store_id(), third.store_id());
    let stats = pool.stats();
    assert_eq!((stats.lost_to_slab_ends, stats.lost_to_alignment), (192, 0));
}

#[test]
fn zeros_and_slow_buffers_have_stores_of_their_own() {
    let pool = node();
    for buffer in [pool.alloc(10).unwrap(), pool.alloc_unsafe_slow(10).unwrap()] {
        assert_eq!((buffer.offset(), buffer.store_len()), (0, 10));
    }
}

#[test]
fn buffers_of_no_bytes_have_no_store() {
    let pool = node();
    let empties = [
        pool.alloc(0).unwrap(),
        pool.alloc_unsafe(0).unwrap(),
        pool.from_string("").unwrap(),
        pool.concat(&[], None).unwrap(),
    ];
    assert!(empties.iter().all(|b| b.is_empty() && b.store_id().is_none() && b.store_len() == 0));
    assert_eq!(pool.array_buffers(), 0);
}

#[test]
fn strings_pack_by_four_bytes_a_character() {
    let pool = node();
    let text = "a".repeat(1000);
    let stores: Vec<_> = (0..6).map(|_| pool.from_string(&text).unwrap()).collect();
    let first = stores[0].store_id();
    assert_eq!(stores.iter().filter(|buffer| buffer.store_id() == first).count(), 5);
}

#[test]
fn versions_differ_in_slab_and_its_alignment() {
    for (version, slab, alignment) in [
        (NodeVersion::V12, 8192, 8),
        (NodeVersion::V20, 8192, 8),
        (NodeVersion::V22, 8192, 8),
        (NodeVersion::V24, 65536, 8),
        (NodeVersion::V26, 65536, 64),
    ] {
        let pool = Pool::new(PoolOptions::for_node(version));
        let (first, next) = (pool.alloc_unsafe(5).unwrap(), pool.alloc_unsafe(5).unwrap());
        assert_eq!((first.store_len(), next.offset()), (slab, 8), "{version:?}");
        assert_eq!(first.as_ptr() as usize % alignment, 0, "{version:?}");
    }
}

#[test]
fn buffers_are_aligned_as_asked() {
    let pool = Pool::new(PoolOptions::for_node(NodeVersion::V26));
    for alignment in (0..=12).map(|power| 1 << power) {
        let buffers = [10, 40_000].map(|length| {
            pool.alloc_unsafe(3).unwrap();
            pool.alloc_unsafe_aligned(length, alignment).unwrap()
        });
        assert!(buffers.iter().all(|buffer| (buffer.as_ptr() as usize).is_multiple_of(alignment)));
        assert_eq!(buffers[0].store_len() == 65536, alignment <= 64);
    }
    for alignment in [0, 3, 1 << 31] {
        let error = pool.alloc_unsafe_aligned(10, alignment).unwrap_err();
        assert_eq!(error, AllocError::Alignment { requested: 10, alignment });
    }
}

#[test]
fn a_pool_of_many_threads_places_in_the_same_way() {
    let pools = (node(), SyncPool::new(PoolOptions::default()));
    let mut held = Vec::new();
    for i in 0..3000_usize {
        let length = i * 7919 % 4500;
        let (here, there) =
            (pools.0.alloc_unsafe(length).unwrap(), pools.1.alloc_unsafe(length).unwrap());
        assert_eq!((here.offset(), here.store_len()), (there.offset(), there.store_len()));
        if i % 3 == 0 {
            held.push((here, there));
        }
    }
    assert_eq!(pools.0.array_buffers(), pools.1.array_buffers());
}

#[test]
fn a_handle_is_three_words() {
    assert_eq!(size_of::<Buffer>(), 24);
    assert_eq!(size_of::<Option<Buffer>>(), 24);
}
