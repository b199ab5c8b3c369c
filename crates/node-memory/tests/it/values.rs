//! Objects have fields, arrays elements, contexts variables; no other cell's insides can be reached by them.

use heap_model::{AccessError, layout};
use node_memory::{HeapOptions, Runtime, RuntimeError, RuntimeOptions, Variable};

fn runtime() -> Runtime {
    Runtime::new(RuntimeOptions::default()).unwrap()
}

fn is_refused<T>(result: Result<T, RuntimeError>) -> bool {
    matches!(result, Err(RuntimeError::Access(AccessError::WrongKind)))
}

/// A string's length tells it from other strings.
fn string(runtime: &mut Runtime, length: usize) -> Variable {
    runtime.string(&vec![b'x'; length]).unwrap()
}

#[test]
fn fields_are_an_objects_alone_and_other_cells_stay_whole() {
    let mut runtime = runtime();
    let key = runtime.object().unwrap();
    let array = runtime.array(3).unwrap();
    runtime.array_set(&array, 0, Some(&key)).unwrap();
    let map = runtime.weak_map().unwrap();
    runtime.weak_map_set(&map, &key, &array).unwrap();
    let writable = runtime.writable().unwrap();
    runtime.writable_cork(&writable).unwrap();
    runtime.writable_write(&writable, "held").unwrap();
    let context = runtime.context(2, None).unwrap();
    let function = runtime.arrow_function(Some(&context)).unwrap();
    let buffer = runtime.buffer_alloc(10_000).unwrap();
    let text = string(&mut runtime, 10);
    for cell in [&array, &map, &writable, &context, &function, &buffer, &text] {
        for field in [0, 1, 100] {
            assert!(is_refused(runtime.set_field(cell, field, Some(&key))));
            assert!(is_refused(runtime.set_number(cell, field, 7)));
            assert!(is_refused(runtime.field(cell, field)));
            assert!(is_refused(runtime.number(cell, field)));
        }
    }
    assert_eq!(runtime.array_length(&array).unwrap(), 3);
    assert!(runtime.array_get(&array, 0).unwrap().is_some());
    assert!(runtime.weak_map_has(&map, &key).unwrap());
    runtime.writable_uncork(&writable).unwrap();
    assert_eq!(runtime.writable_sunk(&writable).unwrap(), 1);
    assert!(runtime.set_field(&key, 3, Some(&text)).is_ok());
    let past = runtime.set_field(&key, 4, Some(&text));
    let expected = AccessError::SlotOutOfRange { slot: 4, len: 4 };
    assert!(matches!(past, Err(RuntimeError::Access(error)) if error == expected));
}

#[test]
fn elements_and_variables_are_refused_of_other_cells() {
    let mut runtime = runtime();
    let object = runtime.object().unwrap();
    let array = runtime.array(1).unwrap();
    let map = runtime.weak_map().unwrap();
    let writable = runtime.writable().unwrap();
    let context = runtime.context(1, None).unwrap();
    for cell in [&object, &map, &writable, &context] {
        assert!(is_refused(runtime.array_length(cell)));
        assert!(is_refused(runtime.array_get(cell, 0)));
        assert!(is_refused(runtime.array_set(cell, 0, None)));
        assert!(is_refused(runtime.array_push(cell, None)));
    }
    for cell in [&object, &array, &map, &writable] {
        assert!(is_refused(runtime.capture(cell, 0, None)));
        assert!(is_refused(runtime.context(1, Some(cell))));
        assert!(is_refused(runtime.arrow_function(Some(cell))));
    }
    assert!(runtime.capture(&context, 0, Some(&object)).is_ok());
    let mut other = self::runtime();
    let strange = other.object().unwrap();
    for result in [
        runtime.array_set(&array, 0, Some(&strange)),
        runtime.array_push(&array, Some(&strange)).map(drop),
        other.array_length(&array).map(drop),
    ] {
        assert!(matches!(result, Err(RuntimeError::Access(AccessError::WrongHeap))));
    }
    assert_eq!(runtime.array_length(&array).unwrap(), 1);
}

#[test]
fn an_array_gives_what_was_set_and_pushed_through_collections() {
    let mut runtime = runtime();
    let array = runtime.array(2).unwrap();
    assert!(runtime.array_get(&array, 1).unwrap().is_none());
    for length in 2..200 {
        let object = runtime.object().unwrap();
        runtime.set_number(&object, 0, length as i32).unwrap();
        assert_eq!(runtime.array_push(&array, Some(&object)).unwrap(), length + 1);
    }
    runtime.array_set(&array, 50, None).unwrap();
    for _ in 0..2 {
        runtime.gc();
        for index in 2..200 {
            let element = runtime.array_get(&array, index).unwrap();
            assert_eq!(element.is_none(), index == 50);
            let Some(element) = element else { continue };
            assert_eq!(runtime.number(&element, 0).unwrap(), Some(index as i32));
        }
    }
    for index in [200, 300, usize::MAX] {
        let expected = AccessError::SlotOutOfRange { slot: index, len: 200 };
        let results =
            [runtime.array_get(&array, index).map(drop), runtime.array_set(&array, index, None)];
        for result in results {
            assert!(matches!(result, Err(RuntimeError::Access(error)) if error == expected));
        }
    }
    assert_eq!(runtime.array_length(&array).unwrap(), 200);
}

#[test]
fn an_array_grows_as_v8s_does() {
    let mut runtime = runtime();
    let array = runtime.array(0).unwrap();
    for pushes in 1..=100 {
        runtime.array_push(&array, None).unwrap();
        runtime.gc();
        let elements = layout::fixed_array(layout::array_capacity(pushes));
        assert_eq!(runtime.heap_used(), layout::JS_ARRAY + elements, "after {pushes} pushes");
    }
}

#[test]
fn an_array_that_the_limit_refuses_to_grow_stays_as_it_was() {
    let heap = HeapOptions::default().with_limit(8 << 20);
    let mut runtime = Runtime::new(RuntimeOptions { heap, ..RuntimeOptions::default() }).unwrap();
    let object = runtime.object().unwrap();
    let array = runtime.array(0).unwrap();
    let length = loop {
        let length = runtime.array_length(&array).unwrap();
        match runtime.array_push(&array, Some(&object)) {
            Ok(longer) => assert_eq!(longer, length + 1),
            Err(RuntimeError::OutOfMemory(_)) => break length,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(runtime.array_length(&array).unwrap(), length);
    assert!(runtime.array_get(&array, length - 1).unwrap().is_some());
    assert!(runtime.array_get(&array, length).is_err());
}
