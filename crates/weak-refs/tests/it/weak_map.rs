//! What a WeakMap keeps, and what it does not.

use heap_model::{Heap, HeapOptions, Kind, Local, Scope, Value};
use weak_refs::{WeakError, WeakMap};

fn object<'s>(scope: &mut Scope<'s>) -> Local<'s> {
    scope.alloc(Kind::Object, 1, 0).expect("room for an object")
}

fn heap() -> Heap {
    Heap::new(HeapOptions::default()).expect("a heap")
}

#[test]
fn a_dropped_key_frees_its_value_while_the_map_lives_on() {
    heap().enter(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let before = scope.heap_used();
        scope.scope(|inner| {
            let key = object(inner);
            let value = inner.alloc(Kind::Array, 100_000, 0).unwrap();
            map.set(inner, Value::Ref(key), Value::Ref(value)).unwrap();
            inner.collect();
            assert!(matches!(map.get(inner, Value::Ref(key)).unwrap(), Some(Value::Ref(_))));
            assert!(inner.heap_used() > before + 800_000);
        });
        scope.collect();
        assert_eq!(map.occupancy(scope).unwrap(), 0);
        assert!(scope.heap_used() <= before);
    });
}

#[test]
fn a_value_that_refers_to_its_own_key_is_collected_with_it() {
    heap().enter(|scope| {
        let map = WeakMap::new(scope).unwrap();
        scope.scope(|inner| {
            let (key, value) = (object(inner), object(inner));
            inner.set(value, 0, Value::Ref(key)).unwrap();
            map.set(inner, Value::Ref(key), Value::Ref(value)).unwrap();
        });
        scope.collect();
        assert_eq!(map.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn a_key_held_only_by_another_entrys_value_survives_with_that_entry() {
    heap().enter(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let first = object(scope);
        scope.scope(|inner| {
            let (second, value) = (object(inner), object(inner));
            map.set(inner, Value::Ref(second), Value::Ref(value)).unwrap();
            map.set(inner, Value::Ref(first), Value::Ref(second)).unwrap();
        });
        scope.collect();
        assert_eq!(map.occupancy(scope).unwrap(), 2);
        let second = map.get(scope, Value::Ref(first)).unwrap().expect("the first entry");
        assert!(map.has(scope, second).unwrap());
    });
}

#[test]
fn set_replaces_delete_removes_and_growth_loses_nothing() {
    heap().enter(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let keys: Vec<_> = (0..1000).map(|_| object(scope)).collect();
        for (i, key) in keys.iter().enumerate() {
            map.set(scope, Value::Ref(*key), Value::Smi(-1)).unwrap();
            map.set(scope, Value::Ref(*key), Value::Smi(i as i32)).unwrap();
        }
        scope.scavenge();
        scope.collect();
        for (i, key) in keys.iter().enumerate() {
            let found = map.get(scope, Value::Ref(*key)).unwrap();
            assert!(matches!(found, Some(Value::Smi(n)) if n == i as i32));
        }
        assert!(map.delete(scope, Value::Ref(keys[3])).unwrap());
        assert!(!map.delete(scope, Value::Ref(keys[3])).unwrap());
        assert!(!map.has(scope, Value::Ref(keys[3])).unwrap());
        assert_eq!(map.occupancy(scope).unwrap(), 999);
    });
}

#[test]
fn what_has_no_identity_cannot_be_a_key() {
    heap().enter(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let text = scope.alloc(Kind::OneByteString, 0, 8).unwrap();
        for key in [Value::Smi(1), Value::Null, Value::Undefined, Value::Ref(text)] {
            let refused = map.set(scope, key, Value::Null);
            assert!(matches!(refused, Err(WeakError::CannotBeHeldWeakly)));
            assert!(!map.has(scope, key).unwrap());
        }
        let not_a_map = object(scope);
        assert!(matches!(WeakMap::from_cell(scope, not_a_map), Err(WeakError::NotAWeakMap)));
        assert!(WeakMap::from_cell(scope, map.cell()).is_ok());
    });
}
