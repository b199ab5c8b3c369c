//! Sizes beside a real Node's: each constant and function of `layout`, and each shape, has recorded
//! rows that must equal it (Node v20.20.2, x64; bytes retained per object).

use heap_model::collections::string;
use heap_model::layout::*;
use heap_model::{AccessError, Heap, HeapOptions, Kind, Local, Scope, Value, shapes};
use std::collections::HashMap;

/// Bytes per object by name, without the optimizing compiler, to the nearest word.
pub fn recorded() -> HashMap<&'static str, usize> {
    let rows = include_str!("fixtures/layout.tsv").lines().skip(1);
    rows.map(|row| {
        let mut columns = row.split('\t');
        let (name, _, bytes) = (columns.next().unwrap(), columns.next(), columns.next().unwrap());
        let bytes: f64 = bytes.parse().unwrap();
        (name, (bytes / 8.0).round() as usize * 8)
    })
    .collect()
}

/// `(n, bytes)` of a growing structure.
pub fn table(structure: &str) -> Vec<(usize, usize)> {
    let rows = include_str!("fixtures/tables.tsv").lines().skip(1);
    let rows = rows.map(|row| row.split('\t').collect::<Vec<_>>());
    let rows = rows.filter(|row| row[0] == structure).map(|row| {
        let bytes: f64 = row[2].parse().unwrap();
        (row[1].parse().unwrap(), (bytes / 8.0).round() as usize * 8)
    });
    rows.collect()
}

#[test]
fn every_size_is_the_recorded_one() {
    let array = |length| JS_ARRAY + fixed_array(length);
    let rows: &[(&str, usize)] = &[
        ("{} literal", EMPTY_OBJECT),
        ("new Object()", object(4)),
        ("{a} literal", object(1)),
        ("{a,b,c,d,e,f,g,h} literal", object(8)),
        ("class instance 0 fields", object(0)),
        ("class instance 8 fields", object(8)),
        ("Symbol()", SYMBOL),
        ("Symbol('d')", SYMBOL),
        ("{} + 5 named stores (o.pK=)", EMPTY_OBJECT + property_array(1)),
        ("{} + 7 named stores (o.pK=)", EMPTY_OBJECT + property_array(3)),
        ("{} + 8 named stores (o.pK=)", EMPTY_OBJECT + property_array(4)),
        ("{} + 20 keyed stores (o[key]=)", object(0) + name_dictionary(dictionary_capacity(20))),
        ("{} + 100 keyed stores (o[key]=)", object(0) + name_dictionary(dictionary_capacity(100))),
        ("{} + 1000 keyed stores (o[key]=)", object(0) + name_dictionary(2048)),
        ("Object.create(null)", object(0) + name_dictionary(4)),
        ("{a,b,c} then delete o.a", object(0) + name_dictionary(8)),
        ("{} + 10 integer keys (elements)", EMPTY_OBJECT + fixed_array(array_capacity(10))),
        ("[] literal", JS_ARRAY),
        ("new Array()", array(4)),
        ("new Array(1)", array(1)),
        ("new Array(16384)", array(16_384)),
        ("new Array(1048576)", array(1 << 20)),
        ("[] + 17 push(smi)", array(array_capacity(17))),
        ("[] + 18 push(smi)", array(array_capacity(18))),
        ("[] + 1000 push(smi)", array(array_capacity(1000))),
        ("[] + 100000 push(smi)", array(array_capacity(100_000))),
        ("double array new Array(1000) filled i+0.5", JS_ARRAY + fixed_double_array(1000)),
        ("array of 100 heap numbers in tagged elements", array(100) + 100 * HEAP_NUMBER),
        ("new Array(100000000) (sparse)", JS_ARRAY + number_dictionary(4)),
        ("arguments object (3 args, strict)", ARGUMENTS + fixed_array(3)),
        ("iterator result {value, done}", ITERATOR_RESULT),
        ("string one-byte len 8", one_byte_string(8)),
        ("string one-byte len 9 (buf.latin1Slice)", one_byte_string(9)),
        ("string one-byte len 1,000,000 (buf.latin1Slice)", one_byte_string(1_000_000)),
        ("string two-byte len 1 (buf.ucs2Slice)", two_byte_string(1)),
        ("string two-byte len 1000 (buf.ucs2Slice)", two_byte_string(1000)),
        ("cons string len 13 (a+b)", CONS_STRING),
        ("string concat len 12 (a+b < 13: copied)", one_byte_string(CONS_STRING_LENGTH - 1)),
        ("sliced string len 500 (substring)", SLICED_STRING),
        ("external string: 2,000,000 latin1 from Buffer", EXTERNAL_STRING),
        ("heap number (tagged element)", HEAP_NUMBER),
        ("{a: double} (boxed double field)", object(1) + HEAP_NUMBER),
        ("BigInt 0n", big_int(0)),
        ("BigInt 4 words", big_int(4)),
        ("function expression, no own context", FUNCTION),
        ("generator function", FUNCTION),
        ("arrow function, no own context", ARROW_FUNCTION),
        ("async function", ARROW_FUNCTION),
        ("arrow + Context 3 captured", ARROW_FUNCTION + context(3)),
        ("function + Context 1 captured", FUNCTION + context(1)),
        ("bound function, no args", BOUND_FUNCTION),
        ("bound function, 2 args", BOUND_FUNCTION + fixed_array(2)),
        ("Map 0 entries (smi keys)", MAP + ordered_hash_map(ordered_capacity(0))),
        ("Map 1000 entries (smi keys)", MAP + ordered_hash_map(ordered_capacity(1000))),
        ("Set 5 entries (smi keys)", SET + ordered_hash_set(ordered_capacity(5))),
        ("WeakMap 0 entries (shared live keys)", WEAK_MAP + ephemeron_table(4)),
        ("WeakSet 16 entries (shared live keys)", WEAK_SET + ephemeron_table(32)),
        ("WeakRef (shared target)", WEAK_REF),
        ("FinalizationRegistry, empty", FINALIZATION_REGISTRY),
        (
            "FinalizationRegistry + 1 registration (live target)",
            FINALIZATION_REGISTRY + REGISTRATION,
        ),
        ("registration in a shared registry (live target)", REGISTRATION),
        ("MapIterator (map.entries())", MAP_ITERATOR),
        ("SetIterator (set.values())", SET_ITERATOR),
        ("ArrayIterator (arr.values())", ARRAY_ITERATOR),
        ("Promise pending", PROMISE),
        ("p.then(fn) result kept, p shared", PROMISE + PROMISE_REACTION),
        ("Date (new Date(ms) smi)", DATE),
        ("Date (new Date(double))", DATE + HEAP_NUMBER),
        ("RegExp literal /ab/", REG_EXP),
        ("Proxy({}, {})", PROXY),
        ("new String(\"abc\") wrapper", PRIMITIVE_WRAPPER),
        ("new Number(1) wrapper", PRIMITIVE_WRAPPER),
        ("ArrayBuffer(8192)", JS_ARRAY_BUFFER),
        ("Uint8Array over shared buffer", JS_TYPED_ARRAY),
        ("Uint8Array(8) own buffer", JS_TYPED_ARRAY + JS_ARRAY_BUFFER + byte_array(8)),
        (
            "Uint8Array(64) own buffer",
            JS_TYPED_ARRAY + JS_ARRAY_BUFFER + byte_array(TYPED_ARRAY_IN_HEAP),
        ),
        ("Uint8Array(65) own buffer", JS_TYPED_ARRAY + JS_ARRAY_BUFFER),
        ("DataView over shared buffer", DATA_VIEW),
    ];
    let recorded = recorded();
    for (name, size) in rows {
        assert_eq!(recorded.get(name), Some(size), "{name}");
    }
}

#[test]
fn growing_structures_are_as_large_as_the_recorded_ones_at_every_size() {
    type Size = fn(usize) -> usize;
    let structures: [(&str, Size); 12] = [
        ("Map (smi keys)", |n| MAP + ordered_hash_map(ordered_capacity(n))),
        ("Set (smi keys)", |n| SET + ordered_hash_set(ordered_capacity(n))),
        ("WeakMap (live keys)", |n| WEAK_MAP + ephemeron_table(dictionary_capacity(n))),
        ("array by push", |n| match n {
            0 => JS_ARRAY,
            n => JS_ARRAY + fixed_array(array_capacity(n)),
        }),
        ("Object.create(null) keyed stores", |n| {
            object(0) + name_dictionary(dictionary_capacity(n))
        }),
        ("{} keyed stores", |n| match n {
            0..=4 => EMPTY_OBJECT,
            5..20 => EMPTY_OBJECT + property_array(n - 4),
            _ => object(0) + name_dictionary(dictionary_capacity(n)),
        }),
        ("{} integer keys 0..n-1", |n| match n {
            0 => EMPTY_OBJECT,
            n => EMPTY_OBJECT + fixed_array(array_capacity(n)),
        }),
        ("sparse array a[k*10000]", |n| match n {
            0 => JS_ARRAY,
            // The first store, at 0, makes it dense.
            1 => JS_ARRAY + fixed_array(array_capacity(1)),
            n => JS_ARRAY + number_dictionary(dictionary_capacity(n)),
        }),
        ("one-byte string n (latin1Slice)", |n| if n < 2 { 0 } else { one_byte_string(n) }),
        ("two-byte string n (ucs2Slice)", |n| if n < 1 { 0 } else { two_byte_string(n) }),
        ("arrow with n captured vars", |n| match n {
            0 => ARROW_FUNCTION,
            n => ARROW_FUNCTION + context(n),
        }),
        ("literal of n fields", |n| if n == 0 { EMPTY_OBJECT } else { object(n) }),
    ];
    for (name, size) in structures {
        let rows = table(name);
        assert!(rows.len() > 20, "{name}");
        for (n, bytes) in rows {
            assert_eq!(size(n), bytes, "{name}, n = {n}");
        }
    }
}

/// The bytes that a shape takes in the heap.
fn taken<R>(shape: impl for<'s> FnOnce(&mut Scope<'s>) -> R) -> usize {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        shape(scope);
        scope.heap_used()
    })
}

#[test]
fn every_shape_takes_the_bytes_of_its_layout() {
    let recorded = recorded();
    let bytes = |name: &str| recorded[name];
    assert_eq!(taken(|s| shapes::object(s, 4).map(drop)), bytes("{} literal"));
    assert_eq!(taken(|s| shapes::object(s, 0).map(drop)), bytes("class instance 0 fields"));
    assert_eq!(taken(|s| shapes::array(s, 16).map(drop)), bytes("new Array(16)"));
    assert_eq!(taken(|s| shapes::array(s, 16_384).map(drop)), bytes("new Array(16384)"));
    let text = [b'x'; 100];
    let name = "string one-byte len 100 (buf.latin1Slice)";
    assert_eq!(taken(|s| shapes::one_byte_string(s, &text).map(drop)), bytes(name));
    let name = "string two-byte len 100 (buf.ucs2Slice)";
    assert_eq!(taken(|s| shapes::two_byte_string(s, &[0x263A; 100]).map(drop)), bytes(name));
    let name = "heap number (tagged element)";
    assert_eq!(taken(|s| shapes::heap_number(s, 0.5).map(drop)), bytes(name));
    let rope = taken(|s| {
        let part = shapes::one_byte_string(s, &text).unwrap();
        shapes::cons_string(s, part, part).map(drop)
    });
    assert_eq!(rope - one_byte_string(100), bytes("cons string len 1000 (a+b)"));
    let closure = |function: bool| {
        taken(move |s| {
            let context = shapes::context(s, None, 1).unwrap();
            match function {
                true => shapes::function(s, context).map(drop),
                false => shapes::arrow_function(s, context).map(drop),
            }
        })
    };
    assert_eq!(closure(false), bytes("arrow + Context 1 captured"));
    assert_eq!(closure(true), bytes("function + Context 1 captured"));
    for (entries, map, set) in [(0, "Map 0", "Set 0"), (17, "Map 17", "Set 17")] {
        let rest = "entries (smi keys)";
        let size = taken(move |s| shapes::map(s, entries).map(drop));
        assert_eq!(size, bytes(&format!("{map} {rest}")));
        let size = taken(move |s| shapes::set(s, entries).map(drop));
        assert_eq!(size, bytes(&format!("{set} {rest}")));
    }
    for (entries, name) in [(0, "WeakMap 0"), (4, "WeakMap 4"), (1000, "WeakMap 1000")] {
        let size = taken(move |s| shapes::weak_map(s, entries).map(drop));
        assert_eq!(size, bytes(&format!("{name} entries (shared live keys)")));
    }
    let weak = taken(|s| {
        let target = shapes::object(s, 4).unwrap();
        shapes::weak_ref(s, target).map(drop)
    });
    assert_eq!(weak - EMPTY_OBJECT, bytes("WeakRef (shared target)"));
    let buffer = |view: bool| {
        taken(move |s| {
            let buffer = shapes::array_buffer(s, vec![0; 8192]).unwrap();
            if view {
                shapes::typed_array(s, buffer, 0, 8192).unwrap();
            }
        })
    };
    assert_eq!(buffer(false), bytes("ArrayBuffer(8192)"));
    assert_eq!(buffer(true), bytes("Uint8Array(8192) own buffer"));
}

/// Both kinds of collection, the first of them twice.
fn churn(scope: &mut Scope<'_>) {
    scope.scavenge();
    scope.scavenge();
    scope.collect();
}

#[test]
fn shapes_keep_what_they_hold() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let texts: Vec<Local<'_>> = (0..20)
            .map(|length| shapes::one_byte_string(scope, &vec![b'\0'; length]).unwrap())
            .collect();
        let wide = shapes::two_byte_string(scope, &[0x263A, 0, 7]).unwrap();
        let rope = shapes::cons_string(scope, texts[3], wide).unwrap();
        let number = shapes::heap_number(scope, -1.5e300).unwrap();
        let outer = shapes::context(scope, None, 2).unwrap();
        scope.set(outer, shapes::VARIABLES + 1, Value::Ref(number)).unwrap();
        let inner = shapes::context(scope, Some(outer), 1).unwrap();
        let function = shapes::function(scope, inner).unwrap();
        let buffer = shapes::array_buffer(scope, (0..=99).collect()).unwrap();
        let view = shapes::typed_array(scope, buffer, 10, 5).unwrap();
        let array = shapes::array(scope, 3).unwrap();
        churn(scope);

        for (length, text) in texts.iter().enumerate() {
            assert_eq!(shapes::string_bytes(scope, *text).unwrap(), vec![b'\0'; length]);
        }
        let units: Vec<u8> =
            [0x263A_u16, 0, 7].iter().flat_map(|unit| unit.to_ne_bytes()).collect();
        assert_eq!(shapes::string_bytes(scope, wide).unwrap(), units);
        assert_eq!(string::units(scope, rope).unwrap(), [0, 0, 0, 0x263A, 0, 7]);
        assert_eq!(shapes::number(scope, number), Ok(-1.5e300));
        let mut follow = |cell, slot| match scope.get(cell, slot) {
            Ok(Value::Ref(cell)) => cell,
            other => panic!("a cell, not {other:?}"),
        };
        let context = follow(function, shapes::CONTEXT);
        let context = follow(context, shapes::PREVIOUS);
        let captured = follow(context, shapes::VARIABLES + 1);
        let elements = follow(array, shapes::ELEMENTS);
        assert!(scope.same(captured, number));
        assert!(matches!(scope.get(elements, 2), Ok(Value::Hole)));
        assert!(matches!(scope.get(array, shapes::LENGTH), Ok(Value::Smi(3))));

        let handles = scope.statistics().handles;
        shapes::typed_array_bytes(scope, view).unwrap()[4] = 200;
        assert_eq!(shapes::typed_array_bytes(scope, view).unwrap(), [10, 11, 12, 13, 200]);
        assert_eq!(scope.statistics().handles, handles, "reading makes no handles");
        assert_eq!(scope.native::<Vec<u8>>(buffer).unwrap()[14], 200);
        scope.native_mut::<Vec<u8>>(buffer).unwrap().truncate(12);
        let out_of_range = AccessError::BytesOutOfRange { end: 15, len: 12 };
        assert_eq!(shapes::typed_array_bytes(scope, view), Err(out_of_range));
    });
}

#[test]
fn a_string_that_is_a_key_keeps_its_length() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let mut table = scope.alloc_ephemeron_table(4).unwrap();
        for length in 0..40 {
            let text = shapes::one_byte_string(scope, &vec![b'x'; length]).unwrap();
            let grown = scope.ephemeron_set(table, text, Value::Smi(length as i32)).unwrap();
            table = grown.unwrap_or(table);
            churn(scope);
            assert_eq!(shapes::string_bytes(scope, text).unwrap().len(), length);
            let value = scope.ephemeron_get(table, text);
            assert!(matches!(value, Ok(Some(Value::Smi(found))) if found == length as i32));
        }
    });
}

#[test]
fn shapes_of_what_is_not_there_are_refused() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let object = shapes::object(scope, 4).unwrap();
        let text = shapes::one_byte_string(scope, b"text").unwrap();
        let buffer = shapes::array_buffer(scope, vec![0; 8]).unwrap();
        assert!(shapes::cons_string(scope, text, object).is_err());
        assert!(shapes::number(scope, text).is_err());
        assert!(shapes::string_bytes(scope, object).is_err());
        assert!(shapes::typed_array(scope, object, 0, 0).is_err());
        for (offset, length, end) in [(1, 8, 9), (usize::MAX, 2, usize::MAX)] {
            let refused = shapes::typed_array(scope, buffer, offset, length).err().unwrap();
            assert_eq!(refused, AccessError::BytesOutOfRange { end, len: 8 }.into());
        }
        assert!(shapes::typed_array_bytes(scope, object).is_err());
        let as_large = shapes::object(scope, 9).unwrap();
        scope.set(as_large, shapes::BUFFER, Value::Ref(buffer)).unwrap();
        assert_eq!(scope.size(as_large), Ok(heap_model::layout::JS_TYPED_ARRAY));
        assert!(shapes::typed_array_bytes(scope, as_large).is_err());
        let empty = scope.alloc(Kind::Object, 0, 80).unwrap();
        assert!(shapes::typed_array_bytes(scope, empty).is_err());
        assert!(shapes::object(scope, usize::MAX).is_err());
        assert!(shapes::array(scope, usize::MAX).is_err());
        assert!(shapes::context(scope, None, usize::MAX).is_err());
        assert!(shapes::map(scope, usize::MAX).is_err());
        assert!(shapes::set(scope, usize::MAX).is_err());
        assert_eq!(scope.kind(text), Ok(Kind::OneByteString));
    });
}
