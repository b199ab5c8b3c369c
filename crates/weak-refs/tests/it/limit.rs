//! At the heap's limit an operation is refused, the collection is as before it, and goes on once
//! there is room.

use crate::common::{number, object, value};
use heap_model::{Heap, HeapError, HeapOptions, Kind, Local, Scope, Value};
use weak_refs::{Agent, FinalizationRegistry, WeakError, WeakMap, WeakRef, WeakSet};

const LIMIT: usize = 16 << 20;

/// Runs a test with a ballast that leaves little room; the test may drop it.
fn run_near_the_limit(test: impl for<'s> FnOnce(&mut Scope<'s>, Local<'s>)) {
    let mut heap = Heap::new(HeapOptions::default().with_limit(LIMIT)).expect("a heap");
    heap.enter(|scope| {
        let ballast = object(scope);
        let mut size = LIMIT / 16;
        while size > 4096 {
            let room = scope.scope(|inner| {
                let Ok(more) = inner.alloc(Kind::Array, size / 8, 0) else { return false };
                let link = inner.get(ballast, 0).expect("a slot");
                inner.set(more, 0, link).expect("a slot");
                inner.set(ballast, 0, Value::Ref(more)).expect("a slot");
                true
            });
            if !room {
                size /= 2;
            }
        }
        test(scope, ballast);
    });
}

fn out_of_memory<T>(result: Result<T, WeakError>) -> bool {
    match result {
        Ok(_) => false,
        Err(WeakError::Heap(HeapError::OutOfMemory(_))) => true,
        Err(other) => panic!("out of memory, not {other}"),
    }
}

#[test]
fn a_map_that_cannot_grow_keeps_its_entries_and_takes_no_new_one() {
    run_near_the_limit(|scope, ballast| {
        let map = WeakMap::new(scope).expect("room for a map");
        let mut keys = Vec::new();
        let refused = loop {
            let Ok(key) = scope.alloc(Kind::Object, 1, 0) else { break None };
            let key = Value::Ref(key);
            if out_of_memory(map.set(scope, key, Value::Smi(keys.len() as i32))) {
                break Some(key);
            }
            keys.push(key);
        };
        assert_eq!(map.occupancy(scope).unwrap(), keys.len());
        for (i, key) in keys.iter().enumerate() {
            assert_eq!(number(map.get(scope, *key).unwrap()), Some(i as i32));
        }
        scope.set(ballast, 0, Value::Null).unwrap();
        if let Some(key) = refused {
            assert!(!map.has(scope, key).unwrap());
            map.set(scope, key, Value::Smi(-1)).expect("there is room again");
            assert_eq!(map.occupancy(scope).unwrap(), keys.len() + 1);
        }
    });
}

#[test]
fn a_map_or_a_set_that_does_not_fit_is_not_made() {
    run_near_the_limit(|scope, ballast| {
        while scope.alloc(Kind::Array, 1, 0).is_ok() {}
        assert!(out_of_memory(WeakMap::new(scope)));
        assert!(out_of_memory(WeakSet::new(scope)));
        assert!(out_of_memory(FinalizationRegistry::new(scope)));
        scope.set(ballast, 0, Value::Null).unwrap();
        WeakMap::new(scope).expect("there is room again");
    });
}

#[test]
fn a_registration_that_is_refused_is_not_there_and_the_others_come_out() {
    run_near_the_limit(|scope, ballast| {
        let registry = FinalizationRegistry::new(scope).expect("room for a registry");
        let (target, token) = (value(scope), value(scope));
        let mut count = 0;
        while !out_of_memory(
            registry.register(scope, target, Value::Smi(count), Some(token)).map(drop),
        ) {
            count += 1;
        }
        assert_eq!(registry.occupancy(scope).unwrap(), count as usize);
        scope.set(ballast, 0, Value::Null).unwrap();
        assert!(registry.unregister(scope, token).unwrap());
        assert_eq!(registry.occupancy(scope).unwrap(), 0);
        let _ = registry.register(scope, target, Value::Null, None).expect("there is room again");
    });
}

#[test]
fn a_cleanup_at_the_limit_needs_no_memory_and_gives_out_every_held_value() {
    run_near_the_limit(|scope, _| {
        let registry = FinalizationRegistry::new(scope).expect("room for a registry");
        let mut count = 0;
        while !out_of_memory(scope.scope(|inner| {
            let target = Value::Ref(inner.alloc(Kind::Object, 1, 0)?);
            registry.register(inner, target, Value::Smi(count), None).map(drop)
        })) {
            count += 1;
        }
        scope.collect();
        while scope.alloc(Kind::Array, 1, 0).is_ok() {}
        let mut out = Vec::new();
        let called = registry
            .cleanup_some(scope, usize::MAX, |_, held| out.extend(number(Some(held))))
            .expect("no memory is needed");
        assert_eq!(called, out.len());
        assert_eq!(out, (0..count).collect::<Vec<_>>());
        assert!(count > 0);
    });
}

#[test]
fn a_reference_whose_target_cannot_be_kept_is_refused() {
    run_near_the_limit(|scope, ballast| {
        let mut agent = Agent::new();
        let target = value(scope);
        let reference = WeakRef::new(scope, &mut agent, target).expect("room for a reference");
        agent.end_job();
        while scope.alloc(Kind::Array, 0, 0).is_ok() {}
        assert!(out_of_memory(reference.deref(scope, &mut agent)));
        assert!(reference.is_alive(scope).unwrap());
        scope.set(ballast, 0, Value::Null).unwrap();
        assert!(reference.deref(scope, &mut agent).unwrap().is_some());
    });
}
