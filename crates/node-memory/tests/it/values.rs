//! What is put into cells comes out again, of the type that it has; nothing else does.

use heap_model::{AccessError, layout};
use node_memory::{
    Any, Array, Buffer, Context, Function, HeapOptions, JsString, Map, Null, Object, Runtime,
    RuntimeError, RuntimeOptions, Set, Type, Undefined, Value, Variable, WeakMap, WeakRef, WeakSet,
    Writable,
};

fn runtime() -> Runtime {
    Runtime::new(RuntimeOptions::default()).unwrap()
}

/// One variable of each type, without its type, and the name.
fn one_of_each(host: &mut Runtime) -> Vec<(Variable<Any>, &'static str)> {
    let context = Context::new(host, 1).unwrap();
    let key = Object::new(host).unwrap();
    fn named<T: Type>(variable: Variable<T>) -> (Variable<Any>, &'static str) {
        (variable.erase(), T::NAME)
    }
    vec![
        named(Array::new(host, 0).unwrap()),
        named(Array::new(host, 3).unwrap()),
        named(Buffer::alloc(host, 10).unwrap()),
        named(Buffer::alloc_unsafe(host, 10).unwrap()),
        named(context.arrow(host).unwrap()),
        named(context.function(host).unwrap()),
        named(Function::arrow(host).unwrap()),
        named(context),
        named(JsString::new(host, "text").unwrap()),
        named(Map::new(host).unwrap()),
        named(Set::new(host).unwrap()),
        named(WeakMap::new(host).unwrap()),
        named(WeakSet::new(host).unwrap()),
        named(WeakRef::new(host, &key).unwrap()),
        named(Writable::new(host).unwrap()),
        named(Object::with_fields(host, 0).unwrap()),
        named(Object::with_fields(host, 1).unwrap()),
        named(key),
    ]
}

fn casts<T: Type>(host: &mut Runtime, variable: &Variable<Any>, name: &str) {
    match variable.clone().cast::<T>(host) {
        Ok(_) => assert_eq!(name, T::NAME),
        Err(refused) => {
            assert_ne!(name, T::NAME);
            assert_eq!(refused.expected, T::NAME);
            assert!(refused.variable.is_same(host, variable).unwrap(), "it comes back");
            let error = RuntimeError::from(refused);
            assert_eq!(error.to_string(), format!("the variable refers to no {}", T::NAME));
        }
    }
}

#[test]
fn a_variable_casts_to_its_own_type_and_to_no_other() {
    let mut runtime = runtime();
    for (variable, name) in one_of_each(&mut runtime) {
        casts::<Array>(&mut runtime, &variable, name);
        casts::<Buffer>(&mut runtime, &variable, name);
        casts::<Context>(&mut runtime, &variable, name);
        casts::<Function>(&mut runtime, &variable, name);
        casts::<JsString>(&mut runtime, &variable, name);
        casts::<Map>(&mut runtime, &variable, name);
        casts::<Object>(&mut runtime, &variable, name);
        casts::<Set>(&mut runtime, &variable, name);
        casts::<WeakMap>(&mut runtime, &variable, name);
        casts::<WeakRef>(&mut runtime, &variable, name);
        casts::<WeakSet>(&mut runtime, &variable, name);
        casts::<Writable>(&mut runtime, &variable, name);
    }
}

#[test]
fn fields_hold_each_value_through_collections() {
    let mut runtime = runtime();
    let host = &mut runtime;
    let object = Object::with_fields(host, 10).unwrap();
    let text = JsString::new(host, "text").unwrap();
    object.set(host, 0, &text).unwrap();
    object.set(host, 1, true).unwrap();
    object.set(host, 2, -7).unwrap();
    object.set(host, 3, 1e300).unwrap();
    object.set(host, 4, -0.0).unwrap();
    object.set(host, 5, Null).unwrap();
    object.set(host, 6, Undefined).unwrap();
    for field in 0..3 {
        let value = object.get(host, field).unwrap();
        object.set(host, field + 7, &value).unwrap();
    }
    for _ in 0..3 {
        host.gc();
        for field in [0, 7] {
            let found = object.get(host, field).unwrap().into_variable().unwrap();
            assert_eq!(found.cast::<JsString>(host).unwrap().text(host).unwrap(), "text");
        }
        assert!(matches!(object.get(host, 8).unwrap(), Value::Bool(true)));
        assert_eq!(object.get(host, 9).unwrap().as_number(), Some(-7.0));
        assert_eq!(object.get(host, 3).unwrap().as_number(), Some(1e300));
        let zero = object.get(host, 4).unwrap().as_number().unwrap();
        assert!(zero == 0.0 && zero.is_sign_negative());
        assert!(matches!(object.get(host, 5).unwrap(), Value::Null));
        assert!(object.get(host, 6).unwrap().is_undefined());
    }
    let past = AccessError::SlotOutOfRange { slot: 10, len: 10 };
    for result in [object.get(host, 10).map(drop), object.set(host, 10, 1)] {
        assert!(matches!(result, Err(RuntimeError::Access(error)) if error == past));
    }
    assert!(object.get(host, usize::MAX).is_err());
}

#[test]
fn another_runtimes_variables_are_refused_and_change_nothing() {
    let (mut runtime, mut other) = (runtime(), runtime());
    let strange = Object::new(&mut other).unwrap();
    let strange_value = Value::Variable(strange.clone().erase());
    let host = &mut runtime;
    let (object, array) = (Object::new(host).unwrap(), Array::new(host, 1).unwrap());
    let (map, weak) = (Map::new(host).unwrap(), WeakMap::new(host).unwrap());
    let writable = Writable::new(host).unwrap();
    let buffer = Buffer::alloc(&mut other, 10).unwrap();
    for result in [
        strange.set(host, 0, 1),
        strange.get(host, 0).map(drop),
        object.set(host, 0, &strange),
        object.set(host, 0, &strange_value),
        array.push(host, &strange).map(drop),
        map.set(host, &strange, 1).map(drop),
        map.set(host, 1, &strange).map(drop),
        weak.set(host, &strange, 1),
        weak.set(host, &object, &strange),
        weak.get(host, &strange).map(drop),
        writable.write(host, &buffer).map(drop),
        strange.own(host).map(drop),
        host.block(|block| block.local(&strange).map(drop)),
    ] {
        assert!(matches!(result, Err(RuntimeError::Access(AccessError::WrongHeap))), "{result:?}");
    }
    assert!(strange.clone().cast::<Object>(host).is_err());
    assert_eq!((array.len(host).unwrap(), map.len(host).unwrap()), (1, 0));
    assert_eq!(weak.occupancy(host).unwrap(), 0);
    assert_eq!(writable.sunk(host).unwrap(), 0);
    drop(runtime);
    // A variable that outlives its runtime is harmless.
    drop((object, weak, map));
}

#[test]
fn strings_cannot_be_held_weakly() {
    let mut runtime = runtime();
    let host = &mut runtime;
    let text = JsString::new(host, "text").unwrap();
    let (map, set) = (WeakMap::new(host).unwrap(), WeakSet::new(host).unwrap());
    for result in
        [map.set(host, &text, 1), set.add(host, &text), WeakRef::new(host, &text).map(drop)]
    {
        assert!(matches!(result, Err(RuntimeError::Weak(_))));
    }
    assert!(map.get(host, &text).unwrap().is_none() && !set.has(host, &text).unwrap());
}

#[test]
fn an_array_gives_what_was_set_and_pushed_through_collections() {
    let mut runtime = runtime();
    let host = &mut runtime;
    let array = Array::new(host, 2).unwrap();
    assert!(array.get(host, 1).unwrap().is_undefined());
    for length in 2..200 {
        let object = Object::new(host).unwrap();
        object.set(host, 0, length as i32).unwrap();
        assert_eq!(array.push(host, &object).unwrap(), length + 1);
    }
    array.set(host, 50, Null).unwrap();
    for _ in 0..2 {
        host.gc();
        for index in 2..200 {
            let element = array.get(host, index).unwrap().into_variable();
            assert_eq!(element.is_none(), index == 50);
            let Some(element) = element else { continue };
            let element = element.cast::<Object>(host).unwrap();
            assert_eq!(element.get(host, 0).unwrap().as_number(), Some(index as f64));
        }
    }
    for index in [200, 300, usize::MAX] {
        let expected = AccessError::SlotOutOfRange { slot: index, len: 200 };
        for result in [array.get(host, index).map(drop), array.set(host, index, Null)] {
            assert!(matches!(result, Err(RuntimeError::Access(error)) if error == expected));
        }
    }
    array.set_len(host, 3).unwrap();
    assert!(array.pop(host).unwrap().unwrap().into_variable().is_some());
    assert_eq!(array.len(host).unwrap(), 2);
}

#[test]
fn an_array_grows_as_v8s_does() {
    let mut runtime = runtime();
    let array = Array::new(&mut runtime, 0).unwrap();
    for pushes in 1..=100 {
        array.push(&mut runtime, Null).unwrap();
        runtime.gc();
        let elements = layout::fixed_array(layout::array_capacity(pushes));
        assert_eq!(runtime.heap_used(), layout::JS_ARRAY + elements, "after {pushes} pushes");
    }
}

#[test]
fn an_array_that_the_limit_refuses_to_grow_stays_as_it_was() {
    let heap = HeapOptions::default().with_limit(8 << 20);
    let mut runtime = Runtime::new(RuntimeOptions::default().with_heap(heap)).unwrap();
    let host = &mut runtime;
    let object = Object::new(host).unwrap();
    let array = Array::new(host, 0).unwrap();
    let length = loop {
        let length = array.len(host).unwrap();
        match array.push(host, &object) {
            Ok(longer) => assert_eq!(longer, length + 1),
            Err(RuntimeError::OutOfMemory(_)) => break length,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(array.len(host).unwrap(), length);
    assert!(array.get(host, length - 1).unwrap().into_variable().is_some());
    assert!(array.get(host, length).is_err());
}

#[test]
fn a_map_and_a_set_keep_the_order_of_insertion() {
    let mut runtime = runtime();
    let host = &mut runtime;
    let (map, set) = (Map::new(host).unwrap(), Set::new(host).unwrap());
    for number in [5, 3, 9, 3, 1] {
        assert_eq!(map.set(host, number, number * 10).unwrap(), set.add(host, number).unwrap());
    }
    assert!(map.delete(host, 9).unwrap() && set.delete(host, 9).unwrap());
    host.gc();
    let entries = map.entries(host).unwrap();
    let entries: Vec<_> = entries.iter().map(|(k, v)| (k.as_number(), v.as_number())).collect();
    assert_eq!(entries, [5.0, 3.0, 1.0].map(|number| (Some(number), Some(number * 10.0))));
    let values = set.values(host).unwrap();
    let values: Vec<_> = values.iter().filter_map(Value::as_number).collect();
    assert_eq!(values, [5.0, 3.0, 1.0]);
    map.clear(host).unwrap();
    set.clear(host).unwrap();
    assert_eq!((map.len(host).unwrap(), set.len(host).unwrap()), (0, 0));
}

#[test]
fn a_map_keeps_its_keys_where_a_weak_map_does_not() {
    let mut runtime = runtime();
    let host = &mut runtime;
    let (map, weak) = (Map::new(host).unwrap(), WeakMap::new(host).unwrap());
    let (held, dropped) = (Object::new(host).unwrap(), Object::new(host).unwrap());
    map.set(host, &held, 1).unwrap();
    weak.set(host, &held, 1).unwrap();
    weak.set(host, &dropped, 2).unwrap();
    drop((held, dropped));
    host.gc();
    assert_eq!((map.len(host).unwrap(), weak.occupancy(host).unwrap()), (1, 1));
    map.clear(host).unwrap();
    host.gc();
    assert_eq!(weak.occupancy(host).unwrap(), 0);
}

#[test]
fn a_store_that_the_heap_refuses_comes_back() {
    let heap = HeapOptions::default().with_limit(4 << 20);
    let mut runtime = Runtime::new(RuntimeOptions::default().with_heap(heap)).unwrap();
    let array = Array::new(&mut runtime, 0).unwrap();
    loop {
        let store = runtime.pool().from_bytes(b"bytes").unwrap();
        match Buffer::adopt(&mut runtime, store) {
            Ok(buffer) => {
                if array.push(&mut runtime, &buffer).is_err() {
                    // Nothing but small cells fit now.
                    std::mem::forget(buffer);
                }
            }
            Err(refused) => {
                assert_eq!(refused.value.as_deref(), Some(&b"bytes"[..]));
                assert!(matches!(refused.error, RuntimeError::OutOfMemory(_)));
                break;
            }
        }
    }
}
