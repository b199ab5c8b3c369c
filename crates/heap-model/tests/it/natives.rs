//! Payloads of Rust's die with their cells, once.

use heap_model::{Heap, HeapOptions, Kind, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_payload_is_dropped_once_by_the_collection_that_finds_its_cell_dead() {
    let drops = Arc::new(AtomicUsize::new(0));
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let holder = scope.alloc(Kind::Object, 1, 0).unwrap();
        scope.scope(|inner| {
            let kept = inner.alloc_native(64, 0, Box::new(Counted(drops.clone())), 100).unwrap();
            inner.set(holder, 0, Value::Ref(kept)).unwrap();
            inner.alloc_native(64, 0, Box::new(Counted(drops.clone())), 10).unwrap();
        });
        scope.scavenge();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
        for _ in 0..3 {
            scope.scavenge();
            scope.collect();
        }
        assert_eq!(drops.load(Ordering::Relaxed), 1);
        scope.scope(|inner| {
            let Value::Ref(kept) = inner.get(holder, 0).unwrap() else { panic!("lost") };
            assert!(inner.native::<Counted>(kept).is_ok());
            assert!(inner.native::<String>(kept).is_err());
        });
        scope.set(holder, 0, Value::Null).unwrap();
        scope.collect();
        assert_eq!(drops.load(Ordering::Relaxed), 2);
    });
    assert_eq!(heap.external_memory(), 0);
    drop(heap);
    assert_eq!(drops.load(Ordering::Relaxed), 2);
}
