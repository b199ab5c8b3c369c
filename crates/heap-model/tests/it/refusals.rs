//! What is asked for wrongly: errors, or panics that are documented, and a heap that stays whole.

use heap_model::{AccessError, Heap, HeapError, HeapOptions, Kind, Value, shapes};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn a_cell_that_needs_more_than_slots_and_bytes_is_not_made_without_it() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        for kind in [Kind::Native, Kind::EphemeronTable, Kind::WeakCell, Kind::Double, Kind::Free] {
            let plain = catch_unwind(AssertUnwindSafe(|| scope.alloc(kind, 1, 64).is_ok()));
            assert!(plain.is_err(), "{kind:?}");
            let sized = catch_unwind(AssertUnwindSafe(|| scope.alloc_sized(kind, 64, 1).is_ok()));
            assert!(sized.is_err(), "{kind:?}");
            let site = scope.site();
            let sited = catch_unwind(AssertUnwindSafe(|| scope.alloc_at(site, kind, 1, 0).is_ok()));
            assert!(sited.is_err(), "{kind:?}");
            let slots = [Value::Null; 5];
            let filled = catch_unwind(AssertUnwindSafe(|| scope.alloc_with(kind, &slots).is_ok()));
            assert!(filled.is_err(), "{kind:?}");
            let both = || scope.alloc_with_at(site, kind, &slots).is_ok();
            assert!(catch_unwind(AssertUnwindSafe(both)).is_err(), "{kind:?}");
        }
        scope.collect();
        assert_eq!(scope.heap_used(), 0);
    });
}

#[test]
fn a_double_is_no_key_and_keeps_its_number() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let table = scope.alloc_ephemeron_table(4).unwrap();
        let number = shapes::heap_number(scope, 1.0).unwrap();
        let refused = HeapError::Access(AccessError::WrongKind);
        assert_eq!(scope.ephemeron_set(table, number, Value::Null).map(drop), Err(refused));
        assert!(matches!(scope.ephemeron_get(table, number), Ok(None)));
        assert_eq!(scope.ephemeron_has(table, number), Ok(false));
        assert_eq!(scope.ephemeron_delete(table, number), Ok(false));
        assert_eq!(shapes::number(scope, number), Ok(1.0));
        assert_eq!(scope.ephemeron_len(table), Ok(0));
    });
}

#[test]
fn wrong_slots_kinds_and_payloads_are_typed_errors() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let object = scope.alloc(Kind::Object, 2, 5).unwrap();
        let table = scope.alloc_ephemeron_table(4).unwrap();
        let weak = scope.alloc_weak_cell(object).unwrap();
        let native = scope.alloc_native(32, 1, Box::new(7_u8), 0).unwrap();
        let out_of_range = AccessError::SlotOutOfRange { slot: 2, len: 2 };
        assert_eq!(scope.get(object, 2).map(drop), Err(out_of_range));
        assert_eq!(scope.set(object, 2, Value::Null), Err(out_of_range));
        let wrong = AccessError::WrongKind;
        for cell in [table, weak] {
            assert_eq!(scope.get(cell, 0).map(drop), Err(wrong));
            assert_eq!(scope.set(cell, 0, Value::Smi(1)), Err(wrong));
        }
        assert_eq!(scope.bytes(native).map(drop), Err(wrong));
        assert_eq!(scope.bytes_mut(native).map(drop), Err(wrong));
        assert_eq!(scope.native::<u16>(native).map(drop), Err(wrong));
        assert_eq!(scope.native_mut::<u8>(object).map(drop), Err(wrong));
        assert_eq!(scope.weak_target(table).map(drop), Err(wrong));
        assert_eq!(scope.ephemeron_len(weak), Err(wrong));
        assert_eq!(scope.ephemeron_get(object, object).map(drop), Err(wrong));
        // Raw bytes of a table are none, so its slots can't be forged.
        assert!(scope.bytes(table).unwrap().is_empty());
        scope.collect();
        assert_eq!(scope.native::<u8>(native), Ok(&7));
    });
}

#[test]
fn more_handles_than_open_scopes_can_have_are_a_panic_and_the_heap_stays_whole() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let cell = heap.enter(|scope| {
        let cell = scope.alloc_with(Kind::Object, &[Value::Smi(7)]).unwrap();
        let root = scope.global(cell).unwrap();
        let array = scope.alloc_with(Kind::Array, &[Value::Ref(cell)]).unwrap();
        let endless = catch_unwind(AssertUnwindSafe(|| {
            loop {
                scope.get(array, 0).unwrap();
            }
        }));
        assert!(endless.is_err());
        root
    });
    heap.collect();
    heap.release_memory();
    heap.enter(|scope| {
        let cell = scope.local(&cell).unwrap();
        assert!(matches!(scope.get(cell, 0), Ok(Value::Smi(7))));
    });
}

#[test]
fn values_are_the_same_if_they_are_one_constant_number_or_cell_of_the_heap() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let [a, b] = [1.5, 1.5].map(|n| Value::Ref(shapes::heap_number(scope, n).unwrap()));
        let pair = scope.alloc_with(Kind::Array, &[a, b]).unwrap();
        let different = [
            a,
            b,
            Value::Ref(pair),
            Value::Smi(0),
            Value::Smi(-1),
            Value::Bool(false),
            Value::Bool(true),
            Value::Null,
            Value::Undefined,
            Value::Hole,
        ];
        for (i, first) in different.iter().enumerate() {
            for (j, second) in different.iter().enumerate() {
                assert_eq!(scope.same_value(*first, *second), i == j, "{first:?} {second:?}");
            }
            assert_eq!(first.as_local().is_some(), i < 3);
            assert_eq!(first.is_undefined(), i == 8);
        }
        assert_eq!(different.map(Value::as_smi)[3..6], [Some(0), Some(-1), None]);
        let again = scope.get(pair, 0).unwrap();
        assert!(scope.same_value(again, a) && !scope.same_value(again, b));
        Heap::new(HeapOptions::default()).unwrap().enter(|other| {
            assert!(!other.same_value(a, a) && other.same_value(Value::Null, Value::Null));
        });
    });
}
