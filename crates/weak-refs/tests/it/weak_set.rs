//! WeakSet's `add`, `has` and `delete`, after test262's `built-ins/WeakSet`.

use crate::common::{identities, object, primitives, run, value};
use heap_model::Value;
use weak_refs::{WeakError, WeakMap, WeakSet};

#[test]
fn a_new_set_is_empty() {
    run(|scope| {
        let set = WeakSet::new(scope).unwrap();
        assert_eq!(set.occupancy(scope).unwrap(), 0);
        let set = WeakSet::from_values(scope, []).unwrap();
        assert_eq!(set.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn a_set_is_made_of_values() {
    run(|scope| {
        let values = identities(scope);
        let twice = values.iter().chain(&values).copied();
        let set = WeakSet::from_values(scope, twice).unwrap();
        assert_eq!(set.occupancy(scope).unwrap(), values.len());
        for value in values {
            assert!(set.has(scope, value).unwrap());
        }
    });
}

#[test]
fn add_adds_whatever_has_an_identity_and_returns_the_set() {
    run(|scope| {
        let set = WeakSet::new(scope).unwrap();
        for (i, value) in identities(scope).into_iter().enumerate() {
            let returned = set.add(scope, value).unwrap();
            assert!(scope.same(returned.cell(), set.cell()));
            assert!(set.has(scope, value).unwrap());
            let returned = set.add(scope, value).unwrap();
            assert!(scope.same(returned.cell(), set.cell()));
            assert_eq!(set.occupancy(scope).unwrap(), i + 1);
        }
    });
}

#[test]
fn has_says_whether_the_value_is_there() {
    run(|scope| {
        let set = WeakSet::new(scope).unwrap();
        for member in identities(scope) {
            assert!(!set.has(scope, member).unwrap());
            set.add(scope, member).unwrap();
            assert!(set.has(scope, member).unwrap());
            let alike = value(scope);
            assert!(!set.has(scope, alike).unwrap());
            set.delete(scope, member).unwrap();
            assert!(!set.has(scope, member).unwrap());
        }
    });
}

#[test]
fn delete_removes_once() {
    run(|scope| {
        for member in identities(scope) {
            let made = WeakSet::from_values(scope, [member]).unwrap();
            let filled = WeakSet::new(scope).unwrap();
            assert!(!filled.delete(scope, member).unwrap());
            filled.add(scope, member).unwrap();
            for set in [made, filled] {
                assert!(set.delete(scope, member).unwrap());
                assert!(!set.has(scope, member).unwrap());
                assert!(!set.delete(scope, member).unwrap());
            }
        }
    });
}

#[test]
fn a_value_without_identity_is_refused_by_add_and_found_by_nothing() {
    run(|scope| {
        let set = WeakSet::new(scope).unwrap();
        for value in primitives(scope) {
            let refused = set.add(scope, value);
            assert!(matches!(refused, Err(WeakError::CannotBeHeldWeakly)));
            assert!(!set.has(scope, value).unwrap());
            assert!(!set.delete(scope, value).unwrap());
            let refused = WeakSet::from_values(scope, [value]);
            assert!(matches!(refused, Err(WeakError::CannotBeHeldWeakly)));
        }
    });
}

#[test]
fn only_a_weak_sets_cell_gives_a_weak_set() {
    run(|scope| {
        let set = WeakSet::new(scope).unwrap();
        assert!(WeakSet::from_cell(scope, set.cell()).is_ok());
        let map = WeakMap::new(scope).unwrap().cell();
        for other in [map, object(scope)] {
            let refused = WeakSet::from_cell(scope, other);
            assert!(matches!(refused, Err(WeakError::NotAWeakSet)));
        }
    });
}

#[test]
fn a_member_that_nothing_else_holds_is_collected() {
    run(|scope| {
        let set = WeakSet::new(scope).unwrap();
        let kept = value(scope);
        set.add(scope, kept).unwrap();
        scope.scope(|inner| {
            for _ in 0..100 {
                let dropped = value(inner);
                set.add(inner, dropped).unwrap();
            }
        });
        scope.collect();
        assert_eq!(set.occupancy(scope).unwrap(), 1);
        assert!(set.has(scope, kept).unwrap());
    });
}

#[test]
fn a_set_does_not_keep_itself() {
    run(|scope| {
        let before = scope.heap_used();
        scope.scope(|inner| {
            let set = WeakSet::new(inner).unwrap();
            set.add(inner, Value::Ref(set.cell())).unwrap();
        });
        scope.collect();
        assert!(scope.heap_used() <= before);
    });
}
