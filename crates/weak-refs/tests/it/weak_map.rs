//! WeakMap's `get`, `set`, `has` and `delete`, after test262's `built-ins/WeakMap`.

use crate::common::{identities, number, object, primitives, run, value};
use heap_model::{Scope, Value};
use weak_refs::{FinalizationRegistry, WeakError, WeakMap, WeakSet};

#[test]
fn a_new_map_is_empty() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        assert_eq!(map.occupancy(scope).unwrap(), 0);
        let map = WeakMap::from_entries(scope, []).unwrap();
        assert_eq!(map.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn a_map_is_made_of_entries_and_the_last_of_a_key_wins() {
    run(|scope| {
        for key in identities(scope) {
            let other = value(scope);
            let entries = [(key, Value::Smi(1)), (other, Value::Smi(2)), (key, Value::Smi(3))];
            let map = WeakMap::from_entries(scope, entries).unwrap();
            assert_eq!(number(map.get(scope, key).unwrap()), Some(3));
            assert_eq!(number(map.get(scope, other).unwrap()), Some(2));
            assert_eq!(map.occupancy(scope).unwrap(), 2);
        }
    });
}

#[test]
fn an_entry_whose_key_has_no_identity_refuses_the_map() {
    run(|scope| {
        for key in primitives(scope) {
            let good = value(scope);
            let made = WeakMap::from_entries(scope, [(good, Value::Null), (key, Value::Null)]);
            assert!(matches!(made, Err(WeakError::CannotBeHeldWeakly)));
        }
    });
}

#[test]
fn set_adds_whatever_has_an_identity() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        for (i, key) in identities(scope).into_iter().enumerate() {
            map.set(scope, key, Value::Smi(i as i32)).unwrap();
            assert_eq!(number(map.get(scope, key).unwrap()), Some(i as i32));
            assert_eq!(map.occupancy(scope).unwrap(), i + 1);
        }
    });
}

#[test]
fn set_returns_the_map_also_where_the_key_was_there() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let (a, b) = (value(scope), value(scope));
        let returned = map.set(scope, a, Value::Smi(1)).unwrap().set(scope, b, Value::Smi(2));
        assert!(scope.same(returned.unwrap().cell(), map.cell()));
        let returned = map.set(scope, a, Value::Smi(3)).unwrap();
        assert!(scope.same(returned.cell(), map.cell()));
        assert_eq!(number(map.get(scope, a).unwrap()), Some(3));
        assert_eq!(map.occupancy(scope).unwrap(), 2);
    });
}

#[test]
fn a_map_holds_every_value_also_undefined() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let key = value(scope);
        map.set(scope, key, Value::Undefined).unwrap();
        assert!(matches!(map.get(scope, key).unwrap(), Some(Value::Undefined)));
        assert!(map.has(scope, key).unwrap());
        for stored in primitives(scope).into_iter().chain(identities(scope)) {
            map.set(scope, key, stored).unwrap();
            let found = map.get(scope, key).unwrap().unwrap();
            match (stored, found) {
                (Value::Ref(stored), Value::Ref(found)) => assert!(scope.same(stored, found)),
                (stored, found) => assert_eq!(format!("{stored:?}"), format!("{found:?}")),
            }
        }
    });
}

#[test]
fn get_gives_the_value_of_this_key_and_none_of_another() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        for key in identities(scope) {
            assert_eq!(number(map.get(scope, key).unwrap()), None);
            map.set(scope, key, Value::Smi(42)).unwrap();
            assert_eq!(number(map.get(scope, key).unwrap()), Some(42));
            let alike = value(scope);
            assert_eq!(number(map.get(scope, alike).unwrap()), None);
            map.delete(scope, key).unwrap();
            assert_eq!(number(map.get(scope, key).unwrap()), None);
        }
    });
}

#[test]
fn has_says_whether_the_key_is_there() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        for key in identities(scope) {
            assert!(!map.has(scope, key).unwrap());
            map.set(scope, key, Value::Smi(42)).unwrap();
            assert!(map.has(scope, key).unwrap());
            map.delete(scope, key).unwrap();
            assert!(!map.has(scope, key).unwrap());
        }
    });
}

#[test]
fn delete_removes_once() {
    run(|scope| {
        for key in identities(scope) {
            let made = WeakMap::from_entries(scope, [(key, Value::Smi(42))]).unwrap();
            let filled = WeakMap::new(scope).unwrap();
            assert!(!filled.delete(scope, key).unwrap());
            filled.set(scope, key, Value::Smi(42)).unwrap();
            for map in [made, filled] {
                assert!(map.delete(scope, key).unwrap());
                assert!(!map.has(scope, key).unwrap());
                assert!(!map.delete(scope, key).unwrap());
                assert_eq!(map.occupancy(scope).unwrap(), 0);
            }
        }
    });
}

#[test]
fn a_key_without_identity_is_refused_by_set_and_found_by_nothing() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        for key in primitives(scope) {
            let refused = map.set(scope, key, Value::Smi(1));
            assert!(matches!(refused, Err(WeakError::CannotBeHeldWeakly)));
            assert!(map.get(scope, key).unwrap().is_none());
            assert!(!map.has(scope, key).unwrap());
            assert!(!map.delete(scope, key).unwrap());
        }
        assert_eq!(map.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn only_a_weak_maps_cell_gives_a_weak_map() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let again = WeakMap::from_cell(scope, map.cell()).unwrap();
        assert!(scope.same(again.cell(), map.cell()));
        for other in others(scope) {
            let Value::Ref(other) = other else { continue };
            let refused = WeakMap::from_cell(scope, other);
            assert!(matches!(refused, Err(WeakError::NotAWeakMap)));
        }
    });
}

/// Cells of all sorts but a map's.
fn others<'s>(scope: &mut Scope<'s>) -> Vec<Value<'s>> {
    let mut cells = primitives(scope);
    cells.extend([object(scope), object(scope)].map(Value::Ref));
    cells.push(Value::Ref(WeakSet::new(scope).unwrap().cell()));
    cells.push(Value::Ref(FinalizationRegistry::new(scope).unwrap().cell()));
    cells.push(Value::Ref(scope.alloc_ephemeron_table(4).unwrap()));
    cells
}

#[test]
fn a_handle_of_another_heap_is_an_error() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let key = value(scope);
        run(|other| {
            assert!(matches!(map.get(other, key), Err(WeakError::Heap(_))));
            assert!(matches!(map.set(other, key, Value::Null), Err(WeakError::Heap(_))));
            assert!(matches!(WeakMap::from_cell(other, map.cell()), Err(WeakError::Heap(_))));
        });
        assert!(!map.has(scope, key).unwrap());
    });
}

#[test]
fn growth_loses_nothing_and_replaces_nothing() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let keys: Vec<_> = (0..1000).map(|_| value(scope)).collect();
        for (i, key) in keys.iter().enumerate() {
            map.set(scope, *key, Value::Smi(-1)).unwrap();
            map.set(scope, *key, Value::Smi(i as i32)).unwrap();
        }
        scope.scavenge();
        scope.collect();
        for (i, key) in keys.iter().enumerate() {
            assert_eq!(number(map.get(scope, *key).unwrap()), Some(i as i32));
        }
        assert_eq!(map.occupancy(scope).unwrap(), 1000);
        assert!(map.capacity(scope).unwrap() >= 1000);
    });
}
