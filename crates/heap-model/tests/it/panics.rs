//! A panic that is caught around a scope ends the scope's handles.

use heap_model::{Heap, HeapOptions, Kind, Local, Scope, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `f`, which panics.
fn panics<'s, R>(scope: &mut Scope<'s>, f: impl FnOnce(&mut Scope<'s>) -> R) {
    assert!(catch_unwind(AssertUnwindSafe(|| f(scope))).is_err());
}

fn cell<'s>(scope: &mut Scope<'s>, bytes: usize) -> Local<'s> {
    scope.alloc(Kind::Bytes, 0, bytes).expect("room")
}

#[test]
fn a_panic_caught_around_a_scope_leaves_none_of_its_handles() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(32 << 20)).unwrap();
    heap.enter(|scope| {
        let kept = scope.alloc_with(Kind::Object, &[Value::Smi(7)]).unwrap();
        for job in 0..100 {
            panics(scope, |scope| {
                scope.scope(|scope| {
                    scope.scope(|scope| _ = cell(scope, 1 << 20));
                    scope.scope(|scope| {
                        cell(scope, 1 << 20);
                        panic!("job {job} fails");
                    })
                })
            });
            assert_eq!(scope.statistics().handles, 1);
        }
        assert_eq!(scope.get(kept, 0).unwrap().as_smi(), Some(7));
        scope.collect();
        assert_eq!(scope.heap_used(), 24);
    });
}

#[test]
fn a_panic_caught_around_an_escape_leaves_none_of_its_handles() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(32 << 20)).unwrap();
    heap.enter(|scope| {
        for _ in 0..100 {
            panics(scope, |scope| {
                scope.escape(|scope| -> Result<_, ()> {
                    let outer = cell(scope, 1 << 20);
                    scope.escape(|scope| -> Result<_, ()> {
                        cell(scope, 1 << 20);
                        panic!("a job's own fault");
                    })?;
                    Ok(outer)
                })
            });
            assert_eq!(scope.statistics().handles, 0);
        }
        let kept = scope.escape(|scope| {
            cell(scope, 100);
            scope.alloc_with(Kind::Object, &[Value::Smi(7)])
        });
        assert_eq!(scope.statistics().handles, 1);
        assert_eq!(scope.get(kept.unwrap(), 0).unwrap().as_smi(), Some(7));
    });
}

#[test]
fn a_panic_caught_around_the_outermost_scope_leaves_no_handles() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        heap.enter(|scope| {
            cell(scope, 100);
            panic!("a job's own fault");
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(heap.statistics().handles, 0);
}
