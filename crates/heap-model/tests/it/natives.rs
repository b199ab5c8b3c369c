//! Payloads of Rust's die with their cells, once.

use heap_model::{AccessError, Cause, Heap, HeapError, HeapOptions, Kind, Value, shapes};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
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

struct Panics(Arc<AtomicUsize>);

impl Drop for Panics {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        panic!("a payload's own fault");
    }
}

#[test]
fn a_panic_of_a_payload_or_a_listener_leaves_the_heap_whole() {
    let drops = Arc::new(AtomicUsize::new(0));
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let kept = heap.enter(|scope| {
        let kept = scope.alloc(Kind::Object, 1, 0).unwrap();
        scope.set(kept, 0, Value::Smi(7)).unwrap();
        scope.global(kept).unwrap()
    });
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        heap.enter(|scope| {
            scope.scope(|inner| {
                for payload in [true, false] {
                    let payload: Box<dyn Any + Send> = match payload {
                        true => Box::new(Panics(drops.clone())),
                        false => Box::new(Counted(drops.clone())),
                    };
                    inner.alloc_native(32, 0, payload, 0).unwrap();
                }
            });
            scope.alloc(Kind::Object, 1, 0).unwrap();
            scope.collect();
        });
    }));
    assert!(panicked.is_err());
    // The payload behind it is dropped after the next collection, and the scope that the panic ended keeps nothing.
    assert_eq!(drops.load(Ordering::Relaxed), 1);
    heap.enter(|scope| {
        scope.collect();
        assert_eq!(scope.heap_used(), 24);
    });
    assert_eq!(drops.load(Ordering::Relaxed), 2);
    heap.on_collection(|_| panic!("a listener's own fault"));
    assert!(catch_unwind(AssertUnwindSafe(|| heap.collect())).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| heap.scavenge())).is_err());
    heap.on_collection(|_| ());
    heap.collect();
    heap.enter(|scope| {
        let kept = scope.local(&kept).unwrap();
        assert!(matches!(scope.get(kept, 0), Ok(Value::Smi(7))));
    });
    assert_eq!(drops.load(Ordering::Relaxed), 2);
}

/// A heap with ten dead young natives whose payloads panic, and as many old ones.
fn with_panicking_payloads(drops: &Arc<AtomicUsize>) -> Heap {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let make = |heap: &mut Heap| {
        let natives = (0..10).map(|_| {
            heap.enter(|scope| {
                let payload = Box::new(Panics(drops.clone()));
                let cell = scope.alloc_native(32, 0, payload, 100).unwrap();
                scope.global(cell).unwrap()
            })
        });
        natives.collect::<Vec<_>>()
    };
    let old = make(&mut heap);
    heap.collect();
    drop((make(&mut heap), old));
    heap
}

#[test]
fn payloads_that_panic_in_one_collection_come_one_at_a_time() {
    let drops = Arc::new(AtomicUsize::new(0));
    let mut heap = with_panicking_payloads(&drops);
    for dropped in 1..=20 {
        let panicked = match dropped % 2 {
            0 => catch_unwind(AssertUnwindSafe(|| heap.scavenge())),
            _ => catch_unwind(AssertUnwindSafe(|| heap.collect())),
        };
        assert!(panicked.is_err());
        assert_eq!(drops.load(Ordering::Relaxed), dropped);
        let figures = heap.statistics();
        assert_eq!((figures.natives, figures.external, figures.used), (0, 0, 0));
    }
    heap.collect();
    assert_eq!(drops.load(Ordering::Relaxed), 20);
}

#[test]
fn payloads_that_panic_while_their_heap_is_dropped_keep_no_other_from_being_dropped() {
    let drops = Arc::new(AtomicUsize::new(0));
    let mut heap = with_panicking_payloads(&drops);
    assert!(catch_unwind(AssertUnwindSafe(|| heap.collect())).is_err());
    // Nineteen wait; these live, and so does what the heap calls.
    heap.enter(|scope| {
        let cell = scope.alloc_native(32, 0, Box::new(Panics(drops.clone())), 0).unwrap();
        scope.alloc_native(32, 0, Box::new(Counted(drops.clone())), 0).unwrap();
        scope.global(cell).unwrap()
    });
    let panics = Panics(drops.clone());
    heap.on_collection(move |_| _ = &panics);
    let panics = Panics(drops.clone());
    heap.before_collection(move |_, _| _ = &panics);
    let panics = Panics(drops.clone());
    heap.set_near_limit_callback(move |limit| {
        let _ = &panics;
        limit
    });
    assert!(catch_unwind(AssertUnwindSafe(|| drop(heap))).is_err());
    assert_eq!(drops.load(Ordering::Relaxed), 20 + 2 + 3);
}

#[test]
fn a_heap_that_a_panic_drops_keeps_the_panics_of_its_payloads_to_itself() {
    let drops = Arc::new(AtomicUsize::new(0));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _heap = with_panicking_payloads(&drops);
        panic!("the program's own fault");
    }));
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"the program's own fault"));
    assert_eq!(drops.load(Ordering::Relaxed), 20);
}

#[test]
fn a_heap_drops_the_payloads_that_it_still_has() {
    let drops = Arc::new(AtomicUsize::new(0));
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let root = heap.enter(|scope| {
        let young = scope.alloc_native(32, 0, Box::new(Counted(drops.clone())), 0).unwrap();
        let old = scope.alloc_native(200_000, 0, Box::new(Counted(drops.clone())), 0).unwrap();
        scope.global(old).unwrap();
        scope.global(young).unwrap()
    });
    drop(heap);
    assert_eq!(drops.load(Ordering::Relaxed), 2);
    drop(root);
    assert_eq!(drops.load(Ordering::Relaxed), 2);
}

#[test]
fn a_payload_that_the_limit_refuses_comes_back() {
    let drops = Arc::new(AtomicUsize::new(0));
    let mut heap = Heap::new(HeapOptions::default().with_limit(4 << 20)).unwrap();
    heap.enter(|scope| {
        let payload = Box::new(Counted(drops.clone()));
        let refused = scope.alloc_native(8 << 20, 0, payload, 1000).unwrap_err();
        assert_eq!(drops.load(Ordering::Relaxed), 0);
        assert_eq!((refused.error.requested, scope.statistics().external), (8 << 20, 0));
        assert!(scope.alloc_native(32, 0, refused.payload, 1000).is_ok());
        assert_eq!(scope.statistics().external, 1000);
    });
    heap.collect();
    assert_eq!((drops.load(Ordering::Relaxed), heap.external_memory()), (1, 0));
}

#[test]
fn a_refused_native_is_an_error_that_can_be_passed_on() {
    let drops = Arc::new(AtomicUsize::new(0));
    let mut heap = Heap::new(HeapOptions::default().with_limit(4 << 20)).unwrap();
    let refused = heap.enter(|scope| -> Result<(), HeapError> {
        shapes::array_buffer(scope, vec![1, 2, 3])?;
        let payload = Box::new(Counted(drops.clone()));
        scope.alloc_native(8 << 20, 0, payload, 1000)?;
        Ok(())
    });
    let Err(HeapError::OutOfMemory(error)) = refused else { panic!("{refused:?}") };
    assert_eq!((error.requested, drops.load(Ordering::Relaxed)), (8 << 20, 1));
    let refused = heap.enter(|scope| scope.alloc_native(8 << 20, 0, Box::new(7), 0).map(drop));
    let refused: Box<dyn std::error::Error> = Box::new(refused.unwrap_err());
    let text = refused.to_string();
    assert!(text.starts_with("out of memory: 8388608 bytes requested, "), "{text}");
}

#[test]
fn a_natives_external_bytes_follow_its_payload() {
    let (sender, events) = std::sync::mpsc::channel();
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.on_collection(move |event| sender.send(event.cause).unwrap());
    heap.enter(|scope| {
        let object = scope.alloc(Kind::Object, 0, 0).unwrap();
        assert_eq!(scope.set_external(object, 1), Err(AccessError::WrongKind));
        let kept = scope.alloc_native(32, 0, Box::new(1), 500).unwrap();
        let native = scope.alloc_native(32, 0, Box::new(2), 1000).unwrap();
        for bytes in [7, 0, 64 << 20, 3, 3] {
            scope.set_external(native, bytes).unwrap();
            assert_eq!(scope.external_memory(), 500 + bytes);
        }
        assert_eq!(events.try_iter().count(), 0);
        scope.set_external(native, 65 << 20).unwrap();
        scope.alloc(Kind::Object, 0, 0).unwrap();
        assert!(events.try_iter().eq([Cause::ExternalMemory]));
        scope.collect();
        assert_eq!(scope.external_memory(), 500 + (65 << 20));
        scope.set_external(kept, usize::MAX).unwrap();
        assert_eq!(scope.external_memory(), usize::MAX);
        // What the sum could not hold is not forgotten.
        scope.set_external(kept, 3).unwrap();
        assert_eq!(scope.external_memory(), 3 + (65 << 20));
        Heap::new(HeapOptions::default()).unwrap().enter(|other| {
            assert_eq!(other.set_external(native, 1), Err(AccessError::WrongHeap));
        });
    });
    heap.collect();
    assert_eq!(heap.external_memory(), 0);
}

#[test]
fn a_collection_that_external_memory_makes_due_is_not_forgotten_by_a_scavenge() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let before = heap.statistics().full_collections;
    heap.adjust_external_memory(65 << 20);
    heap.scavenge();
    heap.enter(|scope| scope.alloc(Kind::Object, 1, 0).map(drop)).unwrap();
    assert_eq!(heap.statistics().full_collections, before + 1);
    heap.enter(|scope| scope.alloc(Kind::Object, 1, 0).map(drop)).unwrap();
    assert_eq!(heap.statistics().full_collections, before + 1, "once");
}
