//! WeakMap's `get_or_insert` and `get_or_insert_computed`, after test262's directories of these
//! names.

use crate::common::{identities, number, object, primitives, run, value};
use heap_model::Value;
use weak_refs::{WeakError, WeakMap};

/// What a callback fails with.
#[derive(Debug)]
enum Failure {
    Weak(WeakError),
    Thrown,
}

impl From<WeakError> for Failure {
    fn from(error: WeakError) -> Self {
        Self::Weak(error)
    }
}

#[test]
fn get_or_insert_adds_the_value_where_there_is_none_and_returns_it() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        for (i, key) in identities(scope).into_iter().enumerate() {
            let given = map.get_or_insert(scope, key, Value::Smi(i as i32)).unwrap();
            assert_eq!(number(Some(given)), Some(i as i32));
            assert_eq!(number(map.get(scope, key).unwrap()), Some(i as i32));
            assert_eq!(map.occupancy(scope).unwrap(), i + 1);
        }
    });
}

#[test]
fn get_or_insert_returns_the_value_that_is_there() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        for key in identities(scope) {
            map.set(scope, key, Value::Smi(1)).unwrap();
            let given = map.get_or_insert(scope, key, Value::Smi(2)).unwrap();
            assert_eq!(number(Some(given)), Some(1));
            assert_eq!(number(map.get(scope, key).unwrap()), Some(1));
            map.set(scope, key, Value::Undefined).unwrap();
            let given = map.get_or_insert(scope, key, Value::Smi(2)).unwrap();
            assert!(matches!(given, Value::Undefined), "undefined is a value too");
        }
    });
}

#[test]
fn a_key_without_identity_is_refused_before_anything_is_computed() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        for key in primitives(scope) {
            let refused = map.get_or_insert(scope, key, Value::Smi(1));
            assert!(matches!(refused, Err(WeakError::CannotBeHeldWeakly)));
            let refused = map.get_or_insert_computed(scope, key, |_, _| -> Result<_, WeakError> {
                unreachable!("the key is refused first")
            });
            assert!(matches!(refused, Err(WeakError::CannotBeHeldWeakly)));
        }
    });
}

#[test]
fn a_value_is_computed_of_its_key_where_there_is_none_and_returned() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        for (i, key) in identities(scope).into_iter().enumerate() {
            let Value::Ref(cell) = key else { unreachable!("a cell") };
            let given = map
                .get_or_insert_computed(scope, key, |scope, asked| {
                    assert!(scope.same(asked, cell), "the callback gets the key");
                    Ok::<_, WeakError>(Value::Smi(i as i32))
                })
                .unwrap();
            assert_eq!(number(Some(given)), Some(i as i32));
            assert_eq!(number(map.get(scope, key).unwrap()), Some(i as i32));
            assert_eq!(map.occupancy(scope).unwrap(), i + 1);
        }
    });
}

#[test]
fn values_of_all_sorts_can_be_computed_also_undefined_and_new_cells() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let (nothing, cell) = (value(scope), value(scope));
        map.get_or_insert_computed(scope, nothing, |_, _| Ok::<_, WeakError>(Value::Undefined))
            .unwrap();
        assert!(matches!(map.get(scope, nothing).unwrap(), Some(Value::Undefined)));
        let made = map
            .get_or_insert_computed(scope, cell, |scope, _| {
                Ok::<_, WeakError>(Value::Ref(object(scope)))
            })
            .unwrap();
        let (Value::Ref(made), Some(Value::Ref(found))) = (made, map.get(scope, cell).unwrap())
        else {
            panic!("the new cell")
        };
        assert!(scope.same(made, found));
    });
}

#[test]
fn nothing_is_computed_where_there_is_a_value() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        for key in identities(scope) {
            map.set(scope, key, Value::Smi(7)).unwrap();
            let given = map
                .get_or_insert_computed(scope, key, |_, _| -> Result<_, WeakError> {
                    unreachable!("there is a value")
                })
                .unwrap();
            assert_eq!(number(Some(given)), Some(7));
        }
    });
}

#[test]
fn what_the_callback_sets_for_its_own_key_is_overwritten() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let (key, other) = (value(scope), value(scope));
        map.get_or_insert_computed(scope, key, |scope, own| {
            map.set(scope, Value::Ref(own), Value::Smi(0))?;
            map.set(scope, other, Value::Smi(1))?;
            Ok::<_, WeakError>(Value::Smi(3))
        })
        .unwrap();
        assert_eq!(number(map.get(scope, key).unwrap()), Some(3));
        assert_eq!(number(map.get(scope, other).unwrap()), Some(1));
    });
}

#[test]
fn a_callback_that_fails_sets_nothing_and_what_it_did_itself_stays() {
    run(|scope| {
        let map = WeakMap::new(scope).unwrap();
        let (present, absent) = (value(scope), value(scope));
        map.set(scope, present, Value::Smi(1)).unwrap();

        let failed = map.get_or_insert_computed(scope, absent, |_, _| Err(Failure::Thrown));
        assert!(matches!(failed, Err(Failure::Thrown)));
        assert_eq!(number(map.get(scope, present).unwrap()), Some(1));
        assert!(!map.has(scope, absent).unwrap());

        let failed = map.get_or_insert_computed(scope, absent, |scope, _| {
            map.set(scope, present, Value::Smi(2))?;
            Err(Failure::Thrown)
        });
        assert!(matches!(failed, Err(Failure::Thrown)));
        assert_eq!(number(map.get(scope, present).unwrap()), Some(2));
        assert!(!map.has(scope, absent).unwrap());

        let failed = map.get_or_insert_computed(scope, absent, |scope, own| {
            map.set(scope, Value::Ref(own), Value::Smi(3))?;
            map.set(scope, Value::Smi(0), Value::Null)?;
            Ok(Value::Smi(4))
        });
        assert!(matches!(failed, Err(Failure::Weak(WeakError::CannotBeHeldWeakly))));
        assert_eq!(number(map.get(scope, absent).unwrap()), Some(3));
    });
}
