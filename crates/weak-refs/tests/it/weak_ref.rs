//! WeakRef and KeepDuringJob, after test262's `built-ins/WeakRef` and V8's
//! `mjsunit/harmony/weakrefs`.

use crate::common::{identities, object, primitives, run};
use heap_model::{Scope, Value};
use weak_refs::{Agent, WeakError, WeakRef};

/// A reference to an object that nothing else holds.
fn to_garbage<'s>(scope: &mut Scope<'s>, agent: &mut Agent) -> WeakRef<'s> {
    let cell = scope.escape(|inner| {
        let target = object(inner);
        WeakRef::new(inner, agent, Value::Ref(target)).map(WeakRef::cell)
    });
    WeakRef::from_cell(scope, cell.expect("room")).expect("a reference")
}

/// Dereferences in a scope of its own, so that only the agent keeps the target.
fn deref(reference: WeakRef<'_>, scope: &mut Scope<'_>, agent: &mut Agent) -> bool {
    scope.scope(|inner| reference.deref(inner, agent).expect("room").is_some())
}

#[test]
fn deref_gives_the_target_whatever_has_an_identity() {
    run(|scope| {
        let mut agent = Agent::new();
        for target in identities(scope) {
            let Value::Ref(cell) = target else { unreachable!("a cell") };
            let reference = WeakRef::new(scope, &mut agent, target).unwrap();
            assert!(!scope.same(reference.cell(), cell));
            let found = reference.deref(scope, &mut agent).unwrap().expect("the target");
            assert!(scope.same(found, cell));
        }
    });
}

#[test]
fn a_target_without_identity_is_refused() {
    run(|scope| {
        let mut agent = Agent::new();
        for target in primitives(scope) {
            let refused = WeakRef::new(scope, &mut agent, target);
            assert!(matches!(refused, Err(WeakError::CannotBeHeldWeakly)));
        }
    });
}

#[test]
fn only_a_references_cell_gives_a_reference() {
    run(|scope| {
        let mut agent = Agent::new();
        let reference = to_garbage(scope, &mut agent);
        assert!(WeakRef::from_cell(scope, reference.cell()).is_ok());
        let other = object(scope);
        assert!(matches!(WeakRef::from_cell(scope, other), Err(WeakError::NotAWeakRef)));
    });
}

#[test]
fn making_a_reference_keeps_its_target_to_the_end_of_the_job() {
    run(|scope| {
        let mut agent = Agent::new();
        let reference = to_garbage(scope, &mut agent);
        scope.collect();
        assert!(reference.is_alive(scope).unwrap());
        agent.end_job();
        assert!(reference.is_alive(scope).unwrap(), "nothing is collected before a collection");
        scope.collect();
        assert!(!deref(reference, scope, &mut agent));
    });
}

#[test]
fn dereferencing_keeps_the_target_to_the_end_of_that_job() {
    run(|scope| {
        let mut agent = Agent::new();
        let reference = to_garbage(scope, &mut agent);
        for _ in 0..3 {
            agent.end_job();
            assert!(deref(reference, scope, &mut agent));
            scope.scavenge();
            scope.collect();
            assert!(reference.is_alive(scope).unwrap());
        }
        agent.end_job();
        scope.collect();
        assert!(!deref(reference, scope, &mut agent));
    });
}

#[test]
fn looking_whether_a_target_is_alive_does_not_keep_it() {
    run(|scope| {
        let mut agent = Agent::new();
        let reference = to_garbage(scope, &mut agent);
        agent.end_job();
        assert!(reference.is_alive(scope).unwrap());
        scope.collect();
        assert!(!reference.is_alive(scope).unwrap());
    });
}

#[test]
fn two_references_to_a_target_live_and_die_together() {
    run(|scope| {
        let mut agent = Agent::new();
        let (a, b) = {
            let (a, b) = scope.scope(|inner| {
                let target = object(inner);
                let a = WeakRef::new(inner, &mut agent, Value::Ref(target)).unwrap().cell();
                let b = WeakRef::new(inner, &mut agent, Value::Ref(target)).unwrap().cell();
                (inner.global(a).unwrap(), inner.global(b).unwrap())
            });
            (scope.local(&a).unwrap(), scope.local(&b).unwrap())
        };
        let a = WeakRef::from_cell(scope, a).unwrap();
        let b = WeakRef::from_cell(scope, b).unwrap();
        agent.end_job();
        assert!(deref(b, scope, &mut agent), "the second one is dereferenced in this job");
        scope.collect();
        assert!(a.is_alive(scope).unwrap() && b.is_alive(scope).unwrap());
        agent.end_job();
        scope.collect();
        assert!(!a.is_alive(scope).unwrap() && !b.is_alive(scope).unwrap());
    });
}

#[test]
fn a_hundred_thousand_dropped_targets_survive_the_job_and_none_survives_the_next() {
    run(|scope| {
        let mut agent = Agent::new();
        let before = scope.heap_used();
        for _ in 0..100_000 {
            scope.scope(|inner| {
                let target = object(inner);
                let _ = WeakRef::new(inner, &mut agent, Value::Ref(target)).unwrap();
            });
        }
        scope.collect();
        assert!(scope.heap_used() - before >= 100_000 * 32, "the targets are alive");
        agent.end_job();
        scope.collect();
        assert!(scope.heap_used() <= before);
    });
}

#[test]
fn dereferencing_over_and_over_keeps_one_target_once() {
    run(|scope| {
        let mut agent = Agent::new();
        let reference = to_garbage(scope, &mut agent);
        scope.collect();
        let before = scope.heap_used();
        for _ in 0..10_000 {
            assert!(deref(reference, scope, &mut agent));
        }
        scope.collect();
        assert!(scope.heap_used() <= before);
    });
}

#[test]
fn a_cycle_through_a_reference_is_collected() {
    run(|scope| {
        let mut agent = Agent::new();
        let before = scope.heap_used();
        scope.scope(|inner| {
            let target = object(inner);
            let reference = WeakRef::new(inner, &mut agent, Value::Ref(target)).unwrap();
            inner.set(target, 0, Value::Ref(reference.cell())).unwrap();
        });
        agent.end_job();
        scope.collect();
        assert!(scope.heap_used() <= before);
    });
}

#[test]
fn an_agent_does_not_mix_heaps() {
    run(|scope| {
        let mut agent = Agent::new();
        let reference = to_garbage(scope, &mut agent);
        run(|other| {
            assert!(matches!(reference.deref(other, &mut agent), Err(WeakError::Heap(_))));
            let target = object(other);
            assert!(matches!(agent.keep(other, target), Err(WeakError::Heap(_))));
        });
        agent.end_job();
        scope.collect();
        assert!(!reference.is_alive(scope).unwrap());
    });
}
