//! Random programs against a model that knows where every buffer must lie and what it holds.

use proptest::prelude::*;
use slab_buffer::{AllocError, Buffer, Pool, PoolOptions, PoolStats, Reuse, Slab, SyncPool};

#[derive(Clone, Debug)]
enum Op {
    Alloc(usize),
    Zeros(usize),
    Text(usize),
    Drop(usize),
    DropElsewhere(usize),
    Narrow(usize, usize, usize),
    Compact(usize),
    Trim,
}

fn op() -> impl Strategy<Value = Op> {
    let length = prop_oneof![4 => 0..80_usize, 2 => 0..600_usize];
    prop_oneof![
        8 => length.clone().prop_map(Op::Alloc),
        1 => length.clone().prop_map(Op::Zeros),
        2 => length.prop_map(Op::Text),
        4 => any::<usize>().prop_map(Op::Drop),
        1 => any::<usize>().prop_map(Op::DropElsewhere),
        1 => (any::<usize>(), 0..80_usize, 0..80_usize).prop_map(|(i, a, b)| Op::Narrow(i, a, b)),
        2 => any::<usize>().prop_map(Op::Compact),
        1 => Just(Op::Trim),
    ]
}

/// Either kind of pool: on one thread they do the same.
enum Any {
    Local(Pool),
    Many(SyncPool),
}

macro_rules! either {
    ($($call:ident($($name:ident: $type:ty),*) -> $result:ty;)*) => {
        #[allow(clippy::wrong_self_convention, reason = "the names are the pools'")]
        impl Any {
            $(fn $call(&self, $($name: $type),*) -> $result {
                match self {
                    Self::Local(pool) => pool.$call($($name),*),
                    Self::Many(pool) => pool.$call($($name),*),
                }
            })*
        }
    };
}

either! {
    alloc_unsafe(length: usize) -> Result<Buffer, AllocError>;
    alloc(length: usize) -> Result<Buffer, AllocError>;
    from_string(text: &str) -> Result<Buffer, AllocError>;
    compact(buffer: &mut Buffer) -> Result<bool, AllocError>;
    trim() -> ();
    stats() -> PoolStats;
    slabs() -> Vec<Slab>;
}

/// Node's placement: the offset in the current slab, or none for a store of its own.
struct Placement {
    pool_size: usize,
    at: usize,
}

impl Placement {
    fn place(&mut self, length: usize, room: usize) -> Option<usize> {
        if length == 0 || length >= self.pool_size / 2 {
            return None;
        }
        if self.at + room > self.pool_size {
            self.at = 0;
        }
        let offset = self.at;
        self.at = (offset + length).next_multiple_of(8);
        Some(offset)
    }
}

struct Held {
    buffer: Buffer,
    bytes: Vec<u8>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn buffers_lie_where_node_puts_them_and_keep_their_bytes(
        ops in prop::collection::vec(op(), 1..250),
        pool_size in prop_oneof![Just(1024_usize), Just(256), Just(100), Just(8), Just(0)],
        recycle in any::<bool>(),
        many in any::<bool>(),
        track in any::<bool>(),
        zero_on_release in any::<bool>(),
    ) {
        let reuse = if recycle { Reuse::Recycle } else { Reuse::Node };
        let options = PoolOptions {
            pool_size, reuse, track, zero_on_release, max_kept_bytes: 2000,
            ..PoolOptions::default()
        };
        let pool = if many { Any::Many(SyncPool::new(options)) } else { Any::Local(Pool::new(options)) };
        let mut model = Placement { pool_size, at: pool_size + 1 };
        let mut held: Vec<Held> = Vec::new();
        for (mark, op) in ops.into_iter().enumerate() {
            let mark = mark as u8;
            let pick = |i: usize| (!held.is_empty()).then(|| i % held.len());
            match op {
                Op::Alloc(length) | Op::Zeros(length) | Op::Text(length) => {
                    let (mut buffer, expected) = match op {
                        Op::Alloc(_) => (pool.alloc_unsafe(length), model.place(length, length)),
                        Op::Zeros(_) => (pool.alloc(length), None),
                        _ => {
                            let four = Some(length * 4).filter(|room| *room < pool_size / 2);
                            let expected = model.place(length, four.unwrap_or(length));
                            (pool.from_string(&"x".repeat(length)), expected)
                        }
                    };
                    let mut buffer = buffer.as_mut().map(std::mem::take).unwrap();
                    match op {
                        Op::Zeros(_) => prop_assert!(buffer.iter().all(|byte| *byte == 0)),
                        Op::Text(_) => prop_assert!(buffer.iter().all(|byte| *byte == b'x')),
                        _ => {}
                    }
                    prop_assert_eq!(buffer.len(), length);
                    prop_assert_eq!(buffer.offset(), expected.unwrap_or(0));
                    match expected {
                        Some(_) => prop_assert_eq!(buffer.store_len(), pool_size),
                        None if recycle => {
                            let waste = buffer.store_len() - length;
                            prop_assert!(waste < 16.max(length.div_ceil(4)), "{waste} of {length}");
                        }
                        None => prop_assert_eq!(buffer.store_len(), length),
                    }
                    buffer.fill(mark);
                    held.push(Held { buffer, bytes: vec![mark; length] });
                }
                Op::Drop(i) => {
                    if let Some(i) = pick(i) {
                        held.swap_remove(i);
                    }
                }
                Op::DropElsewhere(i) => {
                    if let Some(i) = pick(i) {
                        let gone = held.swap_remove(i);
                        std::thread::spawn(move || drop(gone)).join().unwrap();
                    }
                }
                Op::Narrow(i, start, length) => {
                    if let Some(i) = pick(i) {
                        let Held { buffer, bytes } = held.swap_remove(i);
                        let end = start + length;
                        let fits = end <= bytes.len();
                        match buffer.subarray(start..end) {
                            Ok(buffer) => {
                                prop_assert!(fits);
                                held.push(Held { buffer, bytes: bytes[start..end].to_vec() });
                            }
                            Err(error) => {
                                prop_assert!(!fits);
                                held.push(Held { buffer: error.value, bytes });
                            }
                        }
                    }
                }
                Op::Compact(i) => {
                    if let Some(i) = pick(i) {
                        pool.compact(&mut held[i].buffer).unwrap();
                    }
                }
                Op::Trim => pool.trim(),
            }
            for one in &held {
                prop_assert_eq!(&*one.buffer, &*one.bytes);
            }
            let live: Vec<_> = held.iter().filter(|one| one.buffer.store_id().is_some()).collect();
            let stats = pool.stats();
            prop_assert_eq!(stats.live_buffers, live.len());
            prop_assert_eq!(stats.live_bytes, live.iter().map(|one| one.bytes.len()).sum::<usize>());
            let slabs = pool.slabs();
            prop_assert_eq!(stats.array_buffers, slabs.iter().map(|slab| slab.capacity).sum::<usize>());
            if track {
                prop_assert_eq!(live.len(), slabs.iter().map(|slab| slab.pins.len()).sum::<usize>());
            }
        }
        drop(pool);
        for one in &held {
            prop_assert_eq!(&*one.buffer, &*one.bytes);
        }
    }
}
