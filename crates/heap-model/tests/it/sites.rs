//! Allocation sites whose cells have been found to stay.

use crate::events::small;
use heap_model::{Heap, HeapError, HeapOptions, Kind, Local, Scope, Seen, Site, Value};
use std::time::Duration;

fn options() -> HeapOptions {
    small().with_limit(24 << 20)
}

/// A site whose cells go to the old space from now on.
fn lasting(scope: &mut Scope<'_>) -> Site {
    let site = scope.site();
    scope
        .scope(|scope| {
            let holder = scope.alloc(Kind::Array, 1000, 0)?;
            for slot in 0..1000 {
                scope.scope(|scope| {
                    let cell = scope.alloc_at(site, Kind::Object, 1, 0)?;
                    Ok::<_, HeapError>(scope.set(holder, slot, Value::Ref(cell))?)
                })?;
            }
            scope.scavenge();
            Ok::<_, HeapError>(())
        })
        .unwrap();
    let old = scope.statistics().old_space_used;
    scope.scope(|scope| scope.alloc_with_at(site, Kind::Object, &[Value::Null]).map(drop)).unwrap();
    assert_eq!(scope.statistics().old_space_used, old + 24);
    site
}

/// A list whose links are of a site that lasts and whose payloads are young, made in several garbage
/// heaps' worth of allocation.
fn list<'s>(scope: &mut Scope<'s>, site: Site, links: i32) -> Local<'s> {
    let holder = scope.alloc(Kind::Object, 1, 0).unwrap();
    for number in 0..links {
        scope.scope(|scope| {
            let payload = scope.alloc_with(Kind::Object, &[Value::Smi(number)]).unwrap();
            let next = scope.get(holder, 0).unwrap();
            let slots = [next, Value::Ref(payload), Value::Smi(number)];
            let link = scope.alloc_with_at(site, Kind::Object, &slots).unwrap();
            scope.set(holder, 0, Value::Ref(link)).unwrap();
            // Most of it is garbage, some in the old space.
            scope.alloc_with_at(site, Kind::Array, &[Value::Ref(link); 20]).unwrap();
        });
    }
    holder
}

fn check(scope: &Scope<'_>, list: Local<'_>, links: i32) {
    let mut view = scope.view(list).unwrap();
    for number in (0..links).rev() {
        let Ok(Seen::Ref(link)) = view.get(0) else { panic!("link {number} is lost") };
        assert_eq!(link.get(2), Ok(Seen::Smi(number)));
        let Ok(Seen::Ref(payload)) = link.get(1) else { panic!("payload {number} is lost") };
        assert_eq!(payload.get(0), Ok(Seen::Smi(number)));
        view = link;
    }
    assert_eq!(view.get(0), Ok(Seen::Undefined));
}

#[test]
fn old_cells_are_made_with_young_ones_in_them_through_all_collections() {
    for incremental in [None, Some(Duration::ZERO), Some(Duration::from_millis(1))] {
        let mut heap = Heap::new(options().with_incremental(incremental)).unwrap();
        heap.enter(|scope| {
            let site = lasting(scope);
            let list = list(scope, site, 30_000);
            check(scope, list, 30_000);
            scope.collect();
            check(scope, list, 30_000);
        });
        assert!(heap.statistics().full_collections > 1, "{:?}", heap.statistics());
    }
}

#[test]
fn at_the_limit_and_for_strange_handles_nothing_is_allocated_and_the_heap_stays_whole() {
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    let mut heap = Heap::new(options()).unwrap();
    heap.enter(|scope| {
        let site = lasting(scope);
        other.enter(|other| {
            let strange = other.alloc(Kind::Object, 1, 0).unwrap();
            let used = scope.heap_used();
            let refused = scope.alloc_with_at(site, Kind::Object, &[Value::Ref(strange)]);
            assert!(matches!(refused, Err(HeapError::Access(_))), "{refused:?}");
            assert_eq!(scope.heap_used(), used);
            // There it counts as no site.
            let cell = other.alloc_with_at(site, Kind::Object, &[Value::Smi(1)]).unwrap();
            assert!(matches!(other.get(cell, 0), Ok(Value::Smi(1))));
        });
        let list = list(scope, site, 1000);
        let refused = scope.scope(|scope| {
            loop {
                if let Err(error) = scope.alloc_with_at(site, Kind::Array, &[Value::Null; 1000]) {
                    return error;
                }
            }
        });
        assert!(matches!(refused, HeapError::OutOfMemory(_)), "{refused:?}");
        check(scope, list, 1000);
        // The handles of what filled the heap are gone.
        scope.alloc_with_at(site, Kind::Array, &[Value::Null; 1000]).unwrap();
        check(scope, list, 1000);
    });
}
