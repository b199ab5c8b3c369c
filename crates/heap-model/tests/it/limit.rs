//! At the limit: a typed error, and everything before it intact.

use heap_model::{Heap, HeapOptions, Kind, Local, Value};

#[test]
fn everything_allocated_before_the_refusal_is_still_readable() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(16 << 20)).unwrap();
    heap.enter(|scope| {
        let mut kept: Vec<Local<'_>> = Vec::new();
        let refused = loop {
            match scope.alloc(Kind::Bytes, 0, 1000 + 8 * (kept.len() % 3000)) {
                Ok(cell) => {
                    scope.bytes_mut(cell).unwrap().fill(kept.len() as u8);
                    kept.push(cell);
                }
                Err(refused) => break refused,
            }
        };
        assert_eq!(refused.limit, 16 << 20);
        assert!(refused.requested >= 1000 && refused.used > 8 << 20);
        assert!(scope.heap_total() <= 16 << 20);
        for (number, cell) in kept.iter().enumerate() {
            assert!(scope.bytes(*cell).unwrap().iter().all(|byte| *byte == number as u8));
        }
    });
    heap.collect();
    assert_eq!(heap.heap_used(), 0);
    heap.enter(|scope| scope.alloc(Kind::Bytes, 0, 1 << 20).map(drop)).expect("room again");
}

#[test]
fn a_size_past_every_maximum_is_refused() {
    Heap::new(HeapOptions::default()).unwrap().enter(|scope| {
        assert!(scope.alloc(Kind::Array, usize::MAX, 0).is_err());
        assert!(scope.alloc(Kind::Bytes, 0, usize::MAX).is_err());
        assert!(scope.alloc_sized(Kind::Bytes, usize::MAX, 1).is_err());
        assert!(scope.alloc(Kind::Bytes, 0, 5 << 30).is_err());
    });
}

#[test]
fn a_handle_of_another_heap_is_refused() {
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        let global = scope.global(cell).unwrap();
        other.enter(|foreign| {
            assert!(foreign.kind(cell).is_err());
            assert!(foreign.local(&global).is_err());
            let own = foreign.alloc(Kind::Object, 1, 0).unwrap();
            assert!(foreign.set(own, 0, Value::Ref(cell)).is_err());
        });
        assert!(scope.get(cell, 1).is_err());
    });
}

#[test]
fn a_list_of_a_million_cells_is_collected_without_recursion() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let empty = scope.alloc(Kind::Object, 1, 0).unwrap();
        let list = scope.global(empty).unwrap();
        let mut list = list;
        for _ in 0..1_000_000 {
            list = scope.scope(|inner| {
                let next = inner.local(&list).unwrap();
                let cell = inner.alloc(Kind::Object, 1, 0).unwrap();
                inner.set(cell, 0, Value::Ref(next)).unwrap();
                inner.global(cell).unwrap()
            });
        }
        scope.collect();
        assert_eq!(scope.heap_used(), 24 * 1_000_001);
        drop(list);
        scope.collect();
        assert_eq!(scope.heap_used(), 24);
    });
}
