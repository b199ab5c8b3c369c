//! What callbacks get, what they may do wrong, and what is lost then: nothing.

use crate::common::{run, value};
use core::error::Error;
use heap_model::{Scope, Value};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use weak_refs::{Agent, CleanupError, CleanupJob, FinalizationRegistry, WeakError, WeakRef};

/// A held value that a callback does not take.
#[derive(Debug, PartialEq)]
struct Odd(i32);

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is odd", self.0)
    }
}

impl Error for Odd {}

type Numbers = Vec<i32>;

/// A registry for whose new targets, which nothing holds, these numbers are held.
fn registry<'s>(scope: &mut Scope<'s>, held: &[i32]) -> FinalizationRegistry<'s> {
    let registry = FinalizationRegistry::new(scope).unwrap();
    for held in held {
        scope.scope(|scope| {
            let target = value(scope);
            let _ = registry.register(scope, target, Value::Smi(*held), None).unwrap();
        });
    }
    registry
}

fn number(held: Value<'_>) -> i32 {
    held.as_smi().expect("a number")
}

#[test]
fn a_callback_that_panics_loses_neither_its_registry_nor_the_held_values_behind() {
    run(|scope| {
        let mut agent = Agent::<Numbers>::default();
        let [bad, good] = [&[1, 2, 3], &[10, 20, 30]].map(|held| registry(scope, held));
        agent
            .enroll(scope, bad, |job, held| {
                let number = number(held);
                let target = value(job.scope);
                WeakRef::new(job.scope, job.agent, target).unwrap();
                job.context.push(number);
                assert!(number != 1, "a callback's own fault");
                Ok(())
            })
            .unwrap();
        agent
            .enroll(scope, good, |job, held| {
                job.context.push(number(held));
                Ok(())
            })
            .unwrap();
        scope.collect();
        let (mut numbers, handles) = (Numbers::new(), scope.statistics().handles);
        let ran = catch_unwind(AssertUnwindSafe(|| {
            agent.run_cleanup_with(scope, &mut numbers, usize::MAX)
        }));
        assert!(ran.is_err());
        assert_eq!((&numbers[..], scope.statistics().handles), (&[1][..], handles));
        // The job of the callback is over, so what it kept may go.
        let used = scope.heap_used();
        scope.collect();
        assert!(scope.heap_used() < used);
        assert_eq!(agent.run_cleanup_with(scope, &mut numbers, usize::MAX).unwrap(), 5);
        assert_eq!(numbers, [1, 10, 20, 30, 2, 3]);
        assert_eq!(bad.occupancy(scope).unwrap(), 0);
    });
}

#[test]
fn a_callback_fails_with_an_error_of_its_own_and_the_others_held_values_come_at_the_next_run() {
    run(|scope| {
        let mut agent = Agent::<Numbers, Odd>::default();
        let registries = [&[1, 2, 3], &[4, 5, 6]].map(|held| registry(scope, held));
        for registry in registries {
            agent
                .enroll(scope, registry, |job, held| match number(held) {
                    odd if odd % 2 == 1 => Err(Odd(odd)),
                    even => {
                        job.context.push(even);
                        Ok(())
                    }
                })
                .unwrap();
        }
        scope.collect();
        let mut numbers = Numbers::new();
        let mut run = || {
            let ran = agent.run_cleanup_with(scope, &mut numbers, usize::MAX);
            (ran, std::mem::take(&mut numbers))
        };
        for (expected, odd) in [(vec![], 1), (vec![4], 5), (vec![2], 3)] {
            let (ran, numbers) = run();
            let error = ran.unwrap_err();
            assert_eq!(error.to_string(), "a cleanup callback failed");
            assert_eq!(error.source().unwrap().to_string(), format!("{odd} is odd"));
            assert!(matches!(error, CleanupError::Callback(Odd(number)) if number == odd));
            assert_eq!(numbers, expected);
        }
        assert!(matches!(run(), (Ok(1), numbers) if numbers == [6]));
        assert!(matches!(run(), (Ok(0), _)));
    });
}

#[test]
fn a_cleanup_of_one_registry_ends_where_its_callback_fails() {
    run(|scope| {
        let registry = registry(scope, &[2, 3, 4]);
        scope.collect();
        let mut numbers = Numbers::new();
        let mut clean = |scope: &mut Scope<'_>| {
            registry.try_cleanup_some(scope, usize::MAX, |_, held| {
                numbers.push(number(held));
                if number(held) % 2 == 1 { Err(Odd(number(held))) } else { Ok(()) }
            })
        };
        assert!(matches!(clean(scope), Err(CleanupError::Callback(Odd(3)))));
        assert!(matches!(clean(scope), Ok(1)));
        assert_eq!(numbers, [2, 3, 4]);
    });
}

#[test]
fn a_registry_whose_callback_runs_is_enrolled_already() {
    run(|scope| {
        let (mut agent, mut other) = (Agent::<Numbers>::default(), Agent::<Numbers>::default());
        let registry = registry(scope, &[1, 2]);
        let root = scope.global(registry.cell()).unwrap();
        agent
            .enroll(scope, registry, move |job, held| {
                let cell = job.scope.local(&root).unwrap();
                let same = FinalizationRegistry::from_cell(job.scope, cell).unwrap();
                let again = job.agent.enroll(job.scope, same, |_, _| Ok(()));
                assert!(matches!(again, Err(WeakError::AlreadyEnrolled)));
                job.context.push(number(held));
                // Also in the turn of another registry.
                let nested = job.agent.run_cleanup_with(job.scope, job.context, usize::MAX);
                assert!(matches!(nested, Ok(0)));
                Ok(())
            })
            .unwrap();
        // The registry knows its latest agent alone.
        other.enroll(scope, registry, |_, _| Ok(())).unwrap();
        scope.collect();
        let mut numbers = Numbers::new();
        assert!(matches!(agent.run_cleanup_with(scope, &mut numbers, usize::MAX), Ok(2)));
        assert_eq!(numbers, [1, 2]);
    });
}

#[test]
fn a_registry_is_enrolled_once() {
    run(|scope| {
        let (mut agent, mut other) = (Agent::<Numbers>::default(), Agent::<Numbers>::default());
        let registry = registry(scope, &[1, 2]);
        let add = |job: CleanupJob<'_, '_, Numbers>, held: Value<'_>| {
            job.context.push(number(held));
            Ok(())
        };
        agent.enroll(scope, registry, add).unwrap();
        assert!(matches!(agent.enroll(scope, registry, add), Err(WeakError::AlreadyEnrolled)));
        // Another agent has callbacks of its own.
        other.enroll(scope, registry, add).unwrap();
        for agent in [&mut agent, &mut other] {
            assert!(matches!(agent.enroll(scope, registry, add), Err(WeakError::AlreadyEnrolled)));
        }
        scope.collect();
        let mut numbers = Numbers::new();
        assert!(matches!(agent.run_cleanup_with(scope, &mut numbers, 1), Ok(1)));
        assert!(matches!(other.run_cleanup_with(scope, &mut numbers, usize::MAX), Ok(1)));
        assert_eq!(numbers, [1, 2]);
        let again = FinalizationRegistry::from_cell(scope, registry.cell()).unwrap();
        assert!(matches!(agent.enroll(scope, again, add), Err(WeakError::AlreadyEnrolled)));
    });
}
