//! FinalizationRegistry's `register` and `unregister`, after test262's
//! `built-ins/FinalizationRegistry`.

use crate::common::{identities, object, primitives, run, value};
use heap_model::{Kind, Value};
use weak_refs::{FinalizationRegistry, Registration, WeakError, WeakMap};

#[test]
fn a_new_registry_is_empty_and_a_cell_of_its_own() {
    run(|scope| {
        let (a, b) =
            (FinalizationRegistry::new(scope).unwrap(), FinalizationRegistry::new(scope).unwrap());
        assert!(!scope.same(a.cell(), b.cell()));
        assert_eq!(a.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn only_a_registrys_cell_gives_a_registry() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let target = value(scope);
        let registration = registry.register(scope, target, Value::Null, None).unwrap();
        assert!(FinalizationRegistry::from_cell(scope, registry.cell()).is_ok());
        assert!(Registration::from_cell(scope, registration.cell()).is_ok());
        let map = WeakMap::new(scope).unwrap().cell();
        for other in [map, object(scope), registration.cell()] {
            let refused = FinalizationRegistry::from_cell(scope, other);
            assert!(matches!(refused, Err(WeakError::NotAFinalizationRegistry)));
        }
        for other in [map, object(scope), registry.cell()] {
            let refused = Registration::from_cell(scope, other);
            assert!(matches!(refused, Err(WeakError::NotARegistration)));
        }
    });
}

#[test]
fn whatever_has_an_identity_can_be_registered_also_many_times() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let targets = identities(scope);
        for target in &targets {
            for held in [Value::Undefined, Value::Smi(1), Value::Smi(1)] {
                let _ = registry.register(scope, *target, held, None).unwrap();
            }
        }
        assert_eq!(registry.occupancy(scope).unwrap(), 3 * targets.len());
    });
}

#[test]
fn a_registry_can_be_its_own_target_and_token_and_dies_all_the_same() {
    run(|scope| {
        let before = scope.heap_used();
        scope.scope(|inner| {
            let registry = FinalizationRegistry::new(inner).unwrap();
            let own = Value::Ref(registry.cell());
            let held = value(inner);
            let _ = registry.register(inner, own, held, None).unwrap();
            let _ = registry.register(inner, own, held, Some(own)).unwrap();
            assert_eq!(registry.occupancy(inner).unwrap(), 2);
        });
        scope.collect();
        assert!(scope.heap_used() <= before);
    });
}

#[test]
fn a_held_value_may_be_anything_but_the_target() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let target = object(scope);
        let own = Value::Ref(registry.cell());
        for held in primitives(scope).into_iter().chain(identities(scope)).chain([own]) {
            let _ = registry.register(scope, Value::Ref(target), held, None).unwrap();
        }
        let count = registry.occupancy(scope).unwrap();
        for token in [None, Some(Value::Ref(target)), Some(own)] {
            let itself = Value::Ref(target);
            let refused = registry.register(scope, itself, itself, token);
            assert!(matches!(refused, Err(WeakError::HeldValueIsTarget)));
        }
        assert_eq!(registry.occupancy(scope).unwrap(), count, "nothing is registered");
    });
}

#[test]
fn a_target_or_a_token_without_identity_is_refused() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let target = value(scope);
        for other in primitives(scope) {
            let refused = registry.register(scope, other, Value::Null, None);
            assert!(matches!(refused, Err(WeakError::CannotBeHeldWeakly)));
            let refused = registry.unregister(scope, other);
            assert!(matches!(refused, Err(WeakError::CannotBeHeldWeakly)));
            if !matches!(other, Value::Undefined) {
                let refused = registry.register(scope, target, Value::Null, Some(other));
                assert!(matches!(refused, Err(WeakError::CannotBeHeldWeakly)));
            }
        }
        assert_eq!(registry.occupancy(scope).unwrap(), 0);
        let _ = registry.register(scope, target, Value::Null, Some(Value::Undefined)).unwrap();
        assert_eq!(registry.occupancy(scope).unwrap(), 1, "undefined is no token");
    });
}

#[test]
fn a_token_may_be_the_target_or_the_held_value() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        for token in identities(scope) {
            let other = value(scope);
            let _ = registry.register(scope, token, other, Some(token)).unwrap();
            let _ = registry.register(scope, other, token, Some(token)).unwrap();
            assert!(registry.unregister(scope, token).unwrap());
            assert!(!registry.unregister(scope, token).unwrap());
        }
        assert_eq!(registry.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn unregister_takes_back_all_registrations_of_its_token_and_no_others() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let other_registry = FinalizationRegistry::new(scope).unwrap();
        for (token, other_token) in identities(scope).into_iter().zip(identities(scope)) {
            assert!(!registry.unregister(scope, token).unwrap());
            let [a, b, c] = [(); 3].map(|()| value(scope));
            for (target, token) in [(a, token), (a, token), (b, other_token), (c, other_token)] {
                let _ = registry.register(scope, target, Value::Null, Some(token)).unwrap();
            }
            for target in [a, b, c] {
                assert!(!registry.unregister(scope, target).unwrap(), "a target is no token");
            }
            assert!(!other_registry.unregister(scope, token).unwrap());
            assert!(registry.unregister(scope, token).unwrap());
            assert!(!registry.unregister(scope, token).unwrap());
            assert_eq!(registry.occupancy(scope).unwrap(), 2);
            assert!(registry.unregister(scope, other_token).unwrap());
            assert!(!registry.unregister(scope, other_token).unwrap());

            let handle = registry.register(scope, a, token, None).unwrap();
            assert!(!registry.unregister(scope, token).unwrap(), "a held value is no token");
            assert!(handle.unregister(scope).unwrap());
        }
        assert_eq!(registry.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn a_handle_takes_back_its_own_registration_only_with_or_without_a_token() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let (target, token) = (value(scope), value(scope));
        for token in [None, Some(token)] {
            let handles =
                [1, 2, 3].map(|i| registry.register(scope, target, Value::Smi(i), token).unwrap());
            for order in [1, 0, 2] {
                assert!(handles[order].unregister(scope).unwrap());
                assert!(!handles[order].unregister(scope).unwrap());
            }
        }
        assert!(!registry.unregister(scope, token).unwrap());
        assert_eq!(registry.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn registrations_that_come_and_go_do_not_pile_up() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let (target, token) = (value(scope), value(scope));
        let kept = registry.register(scope, target, Value::Smi(0), Some(token)).unwrap();
        scope.collect();
        let before = scope.heap_used();
        for _ in 0..10_000 {
            scope.scope(|inner| {
                let handle = registry.register(inner, target, Value::Smi(1), Some(token)).unwrap();
                assert!(handle.unregister(inner).unwrap());
            });
        }
        scope.collect();
        assert!(scope.heap_used() < before + 1000, "{} bytes more", scope.heap_used() - before);
        assert!(kept.unregister(scope).unwrap());
    });
}

#[test]
fn registrations_that_were_taken_back_do_not_pile_up_in_the_registry() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let (target, token) = (value(scope), value(scope));
        scope.collect();
        let before = scope.heap_used();
        for round in 0..20_000 {
            scope.scope(|inner| {
                let held = Value::Smi(round);
                let one = registry.register(inner, target, held, Some(token)).unwrap();
                let _ = registry.register(inner, target, held, Some(token)).unwrap();
                assert!(one.unregister(inner).unwrap());
                assert!(!one.unregister(inner).unwrap());
                assert!(registry.unregister(inner, token).unwrap());
                let without = registry.register(inner, target, held, None).unwrap();
                assert!(without.unregister(inner).unwrap());
            });
        }
        assert_eq!(registry.occupancy(scope).unwrap(), 0);
        assert!(!registry.unregister(scope, token).unwrap());
        scope.collect();
        // A handful may wait for the next purge.
        assert!(scope.heap_used() < before + 1000);
    });
}

#[test]
fn those_left_in_a_bucket_are_found_after_others_of_it_were_taken_back() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let target = value(scope);
        let tokens: Vec<_> = (0..500).map(|_| value(scope)).collect();
        for (number, token) in tokens.iter().enumerate() {
            for _ in 0..=number % 3 {
                let held = Value::Smi(number as i32);
                let _ = registry.register(scope, target, held, Some(*token)).unwrap();
            }
        }
        let mut left = registry.occupancy(scope).unwrap();
        for (number, token) in tokens.iter().enumerate() {
            if number % 7 == 0 {
                scope.collect();
            }
            assert!(registry.unregister(scope, *token).unwrap());
            assert!(!registry.unregister(scope, *token).unwrap());
            left -= 1 + number % 3;
            assert_eq!(registry.occupancy(scope).unwrap(), left);
        }
        assert_eq!(left, 0);
    });
}

#[test]
fn a_registration_that_outlives_its_registry_lets_go_of_its_held_value_when_it_is_taken_back() {
    run(|scope| {
        let kept = object(scope);
        let registration = scope.escape(|scope| {
            let registry = FinalizationRegistry::new(scope)?;
            let held = scope.alloc(Kind::Bytes, 0, 10 << 20)?;
            let target = Value::Ref(kept);
            let handle = registry.register(scope, target, Value::Ref(held), None)?;
            Ok::<_, WeakError>(handle.cell())
        });
        let registration = Registration::from_cell(scope, registration.unwrap()).unwrap();
        scope.collect();
        assert!(scope.heap_used() > 10 << 20, "the registration's own cell keeps it");
        assert!(!registration.unregister(scope).unwrap(), "its registry is dead");
        scope.collect();
        assert!(scope.heap_used() < 1000);
    });
}
