//! Cleanup jobs, after V8's `mjsunit/harmony/weakrefs` and WPT's `js/builtins/weakrefs`.

use crate::common::{object, run, value};
use heap_model::{Global, Scope, Value};
use std::sync::{Arc, Mutex};
use weak_refs::{Agent, CleanupJob, FinalizationRegistry, Registration, WeakMap, WeakRef};

/// Registers a new object that nothing holds.
fn register_garbage(
    scope: &mut Scope<'_>,
    registry: FinalizationRegistry<'_>,
    held: i32,
    token: Option<Value<'_>>,
) -> Global {
    scope.scope(|inner| {
        let target = value(inner);
        let handle = registry.register(inner, target, Value::Smi(held), token).expect("room");
        inner.global(handle.cell()).expect("this heap's")
    })
}

/// Cleans up and returns the numbers that were held.
fn cleaned(scope: &mut Scope<'_>, registry: FinalizationRegistry<'_>, limit: usize) -> Vec<i32> {
    let mut numbers = Vec::new();
    let count = registry.cleanup_some(scope, limit, |_, held| match held {
        Value::Smi(number) => numbers.push(number),
        other => panic!("a number, not {other:?}"),
    });
    assert_eq!(count.unwrap(), numbers.len());
    numbers
}

#[test]
fn held_values_come_out_once_in_the_order_of_registration_after_a_collection() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let kept = value(scope);
        let _ = registry.register(scope, kept, Value::Smi(-1), None).unwrap();
        for held in 0..100 {
            register_garbage(scope, registry, held, None);
        }
        assert!(cleaned(scope, registry, usize::MAX).is_empty(), "nothing has been collected");
        scope.collect();
        assert_eq!(cleaned(scope, registry, usize::MAX), (0..100).collect::<Vec<_>>());
        assert!(cleaned(scope, registry, usize::MAX).is_empty());
        assert_eq!(registry.occupancy(scope).unwrap(), 1);
    });
}

#[test]
fn a_collection_calls_nobody() {
    run(|scope| {
        let mut agent = Agent::new();
        let registry = FinalizationRegistry::new(scope).unwrap();
        let calls = count_calls(scope, &mut agent, registry);
        register_garbage(scope, registry, 1, None);
        scope.collect();
        scope.collect();
        assert_eq!(*calls.lock().unwrap(), 0);
        assert_eq!(agent.run_cleanup(scope, usize::MAX).unwrap(), 1);
        assert_eq!(*calls.lock().unwrap(), 1);
        assert_eq!(agent.run_cleanup(scope, usize::MAX).unwrap(), 0);
        assert_eq!(*calls.lock().unwrap(), 1);
    });
}

fn count_calls(
    scope: &mut Scope<'_>,
    agent: &mut Agent,
    registry: FinalizationRegistry<'_>,
) -> Arc<Mutex<usize>> {
    let calls = Arc::new(Mutex::new(0));
    let counter = calls.clone();
    let count = move |_: CleanupJob<'_, '_>, _: Value<'_>| {
        *counter.lock().unwrap() += 1;
        Ok(())
    };
    agent.enroll(scope, registry, count).expect("room");
    calls
}

#[test]
fn a_limit_leaves_the_rest_for_later() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        for held in 0..5 {
            register_garbage(scope, registry, held, None);
        }
        scope.collect();
        assert!(cleaned(scope, registry, 0).is_empty());
        assert_eq!(cleaned(scope, registry, 2), [0, 1]);
        assert_eq!(registry.occupancy(scope).unwrap(), 3);
        register_garbage(scope, registry, 5, None);
        scope.collect();
        assert_eq!(cleaned(scope, registry, 2), [2, 3]);
        assert_eq!(cleaned(scope, registry, usize::MAX), [4, 5], "the old ones and the new");
    });
}

#[test]
fn a_registry_keeps_its_held_values_and_only_until_they_have_come_out() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        scope.collect();
        let before = scope.heap_used();
        scope.scope(|inner| {
            let (target, held, deep) = (object(inner), object(inner), object(inner));
            inner.set(held, 0, Value::Ref(deep)).unwrap();
            inner.set(deep, 0, Value::Smi(42)).unwrap();
            let _ = registry.register(inner, Value::Ref(target), Value::Ref(held), None).unwrap();
        });
        scope.collect();
        scope.collect();
        let count = registry.cleanup_some(scope, usize::MAX, |scope, held| {
            let Value::Ref(held) = held else { panic!("the held object") };
            let Value::Ref(deep) = scope.get(held, 0).unwrap() else { panic!("its field") };
            assert!(matches!(scope.get(deep, 0).unwrap(), Value::Smi(42)));
        });
        assert_eq!(count.unwrap(), 1);
        scope.collect();
        let left = scope.heap_used() - before;
        assert!(left < 64, "{left} bytes are left");
    });
}

#[test]
fn undefined_is_a_held_value() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        scope.scope(|inner| {
            let target = value(inner);
            let _ = registry.register(inner, target, Value::Undefined, None).unwrap();
        });
        scope.collect();
        let count =
            registry.cleanup_some(scope, 9, |_, held| assert!(matches!(held, Value::Undefined)));
        assert_eq!(count.unwrap(), 1);
    });
}

#[test]
fn a_held_value_that_refers_to_its_target_keeps_it() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        scope.scope(|inner| {
            let (target, held) = (object(inner), object(inner));
            inner.set(held, 0, Value::Ref(target)).unwrap();
            let _ = registry.register(inner, Value::Ref(target), Value::Ref(held), None).unwrap();
        });
        scope.collect();
        assert!(cleaned(scope, registry, usize::MAX).is_empty());
        assert_eq!(registry.occupancy(scope).unwrap(), 1);
    });
}

#[test]
fn a_token_is_held_weakly() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let (kept, map) = (value(scope), WeakMap::new(scope).unwrap());
        scope.scope(|inner| {
            let (token, target) = (value(inner), value(inner));
            map.set(inner, token, Value::Null).unwrap();
            let _ = registry.register(inner, kept, Value::Smi(1), Some(token)).unwrap();
            let _ = registry.register(inner, target, Value::Smi(2), Some(token)).unwrap();
            let _ = registry.register(inner, target, Value::Smi(3), Some(target)).unwrap();
        });
        scope.collect();
        assert_eq!(map.occupancy(scope).unwrap(), 0, "the token is gone");
        assert_eq!(cleaned(scope, registry, usize::MAX), [2, 3]);
        assert_eq!(registry.occupancy(scope).unwrap(), 1);
    });
}

#[test]
fn unregistered_before_the_collection_nothing_comes_out() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let token = value(scope);
        register_garbage(scope, registry, 1, Some(token));
        assert!(registry.unregister(scope, token).unwrap());
        scope.collect();
        assert!(cleaned(scope, registry, usize::MAX).is_empty());
    });
}

#[test]
fn unregistered_between_the_collection_and_the_cleanup_nothing_comes_out() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let token = value(scope);
        for held in [1, 2, 3] {
            register_garbage(scope, registry, held, Some(token));
        }
        register_garbage(scope, registry, 4, None);
        scope.collect();
        assert_eq!(cleaned(scope, registry, 1), [1]);
        assert!(registry.unregister(scope, token).unwrap());
        assert!(!registry.unregister(scope, token).unwrap());
        assert_eq!(cleaned(scope, registry, usize::MAX), [4]);
    });
}

#[test]
fn unregistered_after_the_cleanup_there_is_nothing_to_take_back() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let token = value(scope);
        let handle = register_garbage(scope, registry, 1, Some(token));
        scope.collect();
        assert_eq!(cleaned(scope, registry, usize::MAX), [1]);
        assert!(!registry.unregister(scope, token).unwrap());
        let handle = scope.local(&handle).unwrap();
        assert!(!Registration::from_cell(scope, handle).unwrap().unregister(scope).unwrap());
    });
}

#[test]
fn a_callback_may_unregister_what_waits_behind_it() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let token = value(scope);
        let _ = register_garbage(scope, registry, 0, None);
        for held in [1, 2] {
            register_garbage(scope, registry, held, Some(token));
        }
        register_garbage(scope, registry, 3, None);
        let alive = value(scope);
        let _ = registry.register(scope, alive, Value::Smi(4), Some(token)).unwrap();
        scope.collect();
        let mut called = Vec::new();
        registry
            .cleanup_some(scope, usize::MAX, |scope, held| {
                if called.is_empty() {
                    assert!(registry.unregister(scope, token).unwrap());
                    assert!(!registry.unregister(scope, token).unwrap());
                }
                if let Value::Smi(number) = held {
                    called.push(number);
                }
            })
            .unwrap();
        assert_eq!(called, [0, 3]);
        assert_eq!(registry.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn a_callback_cannot_take_back_the_registration_that_called_it() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let token = value(scope);
        register_garbage(scope, registry, 1, Some(token));
        scope.collect();
        let count = registry.cleanup_some(scope, usize::MAX, |scope, _| {
            assert!(!registry.unregister(scope, token).unwrap());
        });
        assert_eq!(count.unwrap(), 1);
    });
}

#[test]
fn a_callback_may_register_collect_and_clean_up_further() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        for held in 0..3 {
            register_garbage(scope, registry, held, None);
        }
        scope.collect();
        let (mut outer, mut inner) = (Vec::new(), Vec::new());
        registry
            .cleanup_some(scope, usize::MAX, |scope, held| {
                if outer.is_empty() {
                    for held in 10..40 {
                        register_garbage(scope, registry, held, None);
                    }
                    scope.collect();
                    inner = cleaned(scope, registry, 5);
                }
                if let Value::Smi(number) = held {
                    outer.push(number);
                }
            })
            .unwrap();
        assert_eq!(inner, [1, 2, 10, 11, 12], "the known ones first, then the new");
        assert_eq!(outer[0], 0);
        assert_eq!(outer[1..], (13..40).collect::<Vec<_>>(), "and nothing twice");
        assert_eq!(registry.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn a_dead_registry_calls_nobody() {
    run(|scope| {
        let mut agent = Agent::new();
        let (early, late) = scope.scope(|inner| {
            let early = FinalizationRegistry::new(inner).unwrap();
            let late = FinalizationRegistry::new(inner).unwrap();
            for registry in [early, late] {
                register_garbage(inner, registry, 1, None);
            }
            let calls =
                (count_calls(inner, &mut agent, early), count_calls(inner, &mut agent, late));
            inner.collect();
            assert_eq!(agent.run_cleanup(inner, 1).unwrap(), 1, "alive it does");
            register_garbage(inner, early, 2, None);
            calls
        });
        assert_eq!((*early.lock().unwrap(), *late.lock().unwrap()), (1, 0));
        scope.collect();
        assert_eq!(agent.run_cleanup(scope, usize::MAX).unwrap(), 0);
        assert_eq!((*early.lock().unwrap(), *late.lock().unwrap()), (1, 0));
        assert_eq!(Arc::strong_count(&early), 1, "its callback is dropped");
    });
}

#[test]
fn registries_clean_up_apart_also_of_one_target_and_take_turns() {
    run(|scope| {
        let mut agent = Agent::new();
        let registries = [(); 3].map(|()| FinalizationRegistry::new(scope).unwrap());
        let calls = registries.map(|registry| count_calls(scope, &mut agent, registry));
        let seen = || calls.each_ref().map(|calls| *calls.lock().unwrap());
        scope.scope(|inner| {
            let target = value(inner);
            for registry in registries {
                for held in 0..2 {
                    let _ = registry.register(inner, target, Value::Smi(held), None).unwrap();
                }
            }
        });
        scope.collect();
        assert_eq!(agent.run_cleanup(scope, 3).unwrap(), 3);
        assert_eq!(seen(), [2, 1, 0]);
        assert_eq!(agent.run_cleanup(scope, 1).unwrap(), 1);
        assert_eq!(seen(), [2, 1, 1], "the next in turn");
        assert_eq!(agent.run_cleanup(scope, usize::MAX).unwrap(), 2);
        assert_eq!(seen(), [2, 2, 2]);
    });
}

#[test]
fn a_registry_is_scheduled_again_by_every_collection() {
    run(|scope| {
        let mut agent = Agent::new();
        let registry = FinalizationRegistry::new(scope).unwrap();
        let calls = count_calls(scope, &mut agent, registry);
        for round in 1..=3 {
            register_garbage(scope, registry, 1, None);
            scope.collect();
            register_garbage(scope, registry, 2, None);
            scope.collect();
            assert_eq!(agent.run_cleanup(scope, usize::MAX).unwrap(), 2);
            assert_eq!(*calls.lock().unwrap(), 2 * round);
        }
    });
}

#[test]
fn a_target_that_a_job_keeps_is_cleaned_up_after_the_job() {
    run(|scope| {
        let mut agent = Agent::new();
        let registry = FinalizationRegistry::new(scope).unwrap();
        scope.scope(|inner| {
            let target = value(inner);
            let _ = WeakRef::new(inner, &mut agent, target).unwrap();
            let _ = registry.register(inner, target, Value::Smi(1), None).unwrap();
        });
        scope.collect();
        assert!(cleaned(scope, registry, usize::MAX).is_empty());
        agent.end_job();
        scope.collect();
        assert_eq!(cleaned(scope, registry, usize::MAX), [1]);
    });
}

#[test]
fn each_callback_is_a_job_of_its_own() {
    run(|scope| {
        let mut agent = Agent::new();
        let registry = FinalizationRegistry::new(scope).unwrap();
        for held in 0..2 {
            register_garbage(scope, registry, held, None);
        }
        let references: Arc<Mutex<Vec<Global>>> = Arc::default();
        let made = references.clone();
        agent
            .enroll(scope, registry, move |job, _| {
                let target = value(job.scope);
                let reference = WeakRef::new(job.scope, job.agent, target).unwrap();
                made.lock().unwrap().push(job.scope.global(reference.cell()).unwrap());
                Ok(())
            })
            .unwrap();
        scope.collect();
        agent.run_cleanup(scope, usize::MAX).unwrap();
        scope.collect();
        let references = references.lock().unwrap();
        assert_eq!(references.len(), 2);
        for reference in &*references {
            let cell = scope.local(reference).unwrap();
            assert!(!WeakRef::from_cell(scope, cell).unwrap().is_alive(scope).unwrap());
        }
    });
}

#[test]
fn a_hundred_thousand_registrations_are_cleaned_up_in_order() {
    run(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let n = 100_000;
        for held in 0..n {
            scope.scope(|inner| {
                let target = value(inner);
                let _ = registry.register(inner, target, Value::Smi(held), Some(target)).unwrap();
            });
        }
        scope.collect();
        assert_eq!(cleaned(scope, registry, usize::MAX), (0..n).collect::<Vec<_>>());
        assert_eq!(registry.occupancy(scope).unwrap(), 0);
    });
}
