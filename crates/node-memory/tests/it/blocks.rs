//! Variables of blocks, and those that leave them.

use node_memory::{
    Array, Buffer, Object, Runtime, RuntimeError, RuntimeOptions, Variable, WeakMap,
};

fn runtime() -> Runtime {
    Runtime::new(RuntimeOptions::default()).unwrap()
}

#[test]
fn a_variable_of_a_block_ends_with_it() {
    let mut runtime = runtime();
    let kept = runtime
        .block(|block| {
            let (dropped, kept) = (Array::new(block, 1000)?, Array::new(block, 10)?);
            block.scope().collect();
            assert_eq!(dropped.len(block)?, 1000);
            kept.own(block)
        })
        .unwrap();
    runtime.gc();
    assert_eq!(runtime.heap_used(), 32 + 16 + 80);
    drop(kept);
    runtime.gc();
    assert_eq!(runtime.heap_used(), 0);
}

#[test]
fn a_block_works_on_owned_variables_without_handles() {
    let mut runtime = runtime();
    let map = WeakMap::new(&mut runtime).unwrap();
    let keys: Vec<_> = (0..100).map(|_| Object::new(&mut runtime).unwrap()).collect();
    runtime.block(|block| {
        let handles = block.scope().statistics().handles;
        for (number, key) in keys.iter().enumerate() {
            map.set(block, key, number as i32).unwrap();
            key.set(block, 0, &map).unwrap();
            assert!(map.has(block, key).unwrap());
        }
        assert_eq!(block.scope().statistics().handles, handles);
    });
    for (number, key) in keys.iter().enumerate() {
        let found = map.get(&mut runtime, key).unwrap().unwrap();
        assert_eq!(found.as_number(), Some(number as f64));
    }
}

#[test]
fn escape_keeps_one_variable() {
    let mut runtime = runtime();
    runtime.block(|block| {
        let list = block
            .escape(|block| {
                let mut list = Object::new(block)?;
                for _ in 0..100 {
                    let next = Object::new(block)?;
                    next.set(block, 0, &list)?;
                    list = next;
                }
                Ok::<_, RuntimeError>(list)
            })
            .unwrap();
        assert_eq!(block.scope().statistics().handles, 1);
        block.scope().collect();
        assert_eq!(block.scope().heap_used(), 101 * 56);
        assert_eq!(list.size(block).unwrap(), 56);
    });
}

#[test]
fn external_memory_of_a_blocks_buffers_is_reported() {
    let mut runtime = runtime();
    runtime.block(|block| {
        let buffer = Buffer::alloc(block, 1 << 20).unwrap();
        assert_eq!(block.scope().external_memory(), 1 << 20);
        assert_eq!(buffer.len(block).unwrap(), 1 << 20);
    });
    runtime.gc();
    assert_eq!(runtime.heap().external_memory(), 0);
}

#[test]
fn clones_are_one_variable_to_the_heap() {
    let mut runtime = runtime();
    let object = Object::new(&mut runtime).unwrap();
    let same: Variable<Object> = object.clone();
    drop(object);
    runtime.gc();
    assert_eq!(runtime.heap_used(), 56);
    drop(same);
    runtime.gc();
    assert_eq!(runtime.heap_used(), 0);
}
