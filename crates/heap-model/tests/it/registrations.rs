//! Registrations: what they keep, and for how long.

use heap_model::{AccessError, Fate, Global, Heap, HeapOptions, Kind, Scope, Value};

/// An owner and registrations of dead targets, which it has found.
fn found(heap: &mut Heap, registrations: usize) -> (Global, Vec<Global>) {
    let made = heap.enter(|scope: &mut Scope<'_>| {
        let owner = scope.alloc(Kind::Object, 2, 0).unwrap();
        let target = scope.alloc(Kind::Object, 0, 0).unwrap();
        let make = |_| {
            let cell = scope.alloc_registration(owner, target, None, 1).unwrap();
            scope.global(cell).unwrap()
        };
        let made = (0..registrations).map(make).collect();
        (scope.global(owner).unwrap(), made)
    });
    heap.collect();
    made
}

/// Bytes of a registration with one slot of its user's.
const SIZE: usize = 56;

#[test]
fn one_that_was_ended_keeps_no_other_once_its_owner_is_dead() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (owner, mut registrations) = found(&mut heap, 3);
    // The owner's list begins with the first.
    let ended = registrations.remove(0);
    heap.enter(|scope| {
        let cell = scope.local(&ended).unwrap();
        assert_eq!(scope.registration_fate(cell), Ok(Fate::Dead));
        assert_eq!(scope.end_registration(cell), Ok(true));
        assert_eq!(scope.registration_fate(cell), Ok(Fate::Ended));
        assert_eq!(scope.end_registration(cell), Ok(false));
        assert!(scope.registration_owner(cell).unwrap().is_none());
    });
    drop(registrations);
    heap.collect();
    assert_eq!(heap.heap_used(), 32 + 3 * SIZE, "the owner keeps what it has found");
    drop(owner);
    heap.collect();
    assert_eq!(heap.heap_used(), SIZE);
    heap.enter(|scope| {
        let cell = scope.local(&ended).unwrap();
        assert_eq!(scope.registration_fate(cell), Ok(Fate::Ended));
    });
}

#[test]
fn an_owner_gives_out_those_that_were_not_ended() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (owner, registrations) = found(&mut heap, 3);
    heap.enter(|scope| {
        let owner = scope.local(&owner).unwrap();
        let [first, second, third] = &registrations[..] else { panic!("three") };
        let cells = [first, second, third].map(|cell| scope.local(cell).unwrap());
        scope.end_registration(cells[1]).unwrap();
        for expected in [cells[0], cells[2]] {
            let taken = scope.next_dead(owner).unwrap().unwrap();
            assert!(scope.same(taken, expected));
            assert_eq!(scope.registration_fate(taken), Ok(Fate::Dead));
        }
        assert!(scope.next_dead(owner).unwrap().is_none());
    });
}

#[test]
fn one_that_is_in_a_bucket_is_put_in_no_other() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (_owner, registrations) = found(&mut heap, 2);
    heap.enter(|scope| {
        let buckets = scope.alloc_buckets(1).unwrap();
        let others = scope.alloc_buckets(0).unwrap();
        let [first, second] = &registrations[..] else { panic!("two") };
        let [first, second] = [first, second].map(|cell| scope.local(cell).unwrap());
        for cell in [first, second] {
            assert_eq!(scope.link_registration(buckets, cell), Ok(()));
            for buckets in [buckets, others] {
                let again = scope.link_registration(buckets, cell);
                assert_eq!(again, Err(AccessError::AlreadyLinked));
            }
        }
        // Whoever has ended leaves, and may come again.
        scope.end_registration(first).unwrap();
        scope.purge_registrations(buckets).unwrap();
        assert_eq!(scope.link_registration(buckets, first), Ok(()));
        scope.relink_registrations(buckets, others).unwrap();
        assert_eq!(scope.link_registration(others, second), Err(AccessError::AlreadyLinked));
        assert_eq!(scope.link_registration(others, first), Ok(()));
        scope.purge_registrations(others).unwrap();
        assert_eq!(scope.link_registration(buckets, first), Ok(()));
    });
}

#[test]
fn whoever_holds_one_keeps_none_of_those_that_are_listed_behind_it_for_a_dead_owner() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (owner, mut registrations) = found(&mut heap, 100);
    drop((owner, registrations.split_off(1)));
    heap.collect();
    assert_eq!(heap.heap_used(), SIZE);
}

#[test]
fn owners_that_only_held_values_keep_alive_keep_what_was_found_for_them() {
    // Of each owner two registrations are found, the front one and the one behind it. Fronts hold one another, and
    // who is behind holds the owner of the next two: it is known to live only when the owner before is.
    const LINKS: usize = 1000;
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut links: Vec<[Global; 3]> = heap.enter(|scope| {
        let make = |_| {
            scope.scope(|scope| {
                let owner = scope.alloc(Kind::Object, 2, 0).unwrap();
                let target = scope.alloc(Kind::Object, 0, 0).unwrap();
                let front = scope.alloc_registration(owner, target, None, 1).unwrap();
                let behind = scope.alloc_registration(owner, target, None, 1).unwrap();
                [owner, front, behind].map(|cell| scope.global(cell).unwrap())
            })
        };
        (0..LINKS).map(make).collect()
    });
    heap.collect();
    heap.enter(|scope| {
        for pair in links.windows(2) {
            scope.scope(|scope| {
                let [[_, front, behind], [next_owner, next_front, _]] = pair else { panic!("two") };
                for (from, to) in [(front, next_front), (behind, next_owner)] {
                    let (from, to) = (scope.local(from).unwrap(), scope.local(to).unwrap());
                    scope.set(from, 4, Value::Ref(to)).unwrap();
                }
            });
        }
    });
    let [owner, front, _] = links.swap_remove(0);
    drop(links);
    for _ in 0..3 {
        heap.collect();
        assert_eq!(heap.heap_used(), LINKS * (32 + 2 * SIZE));
    }
    let work = heap.marking_work();
    heap.collect();
    let work = heap.marking_work() - work;
    assert!(work < LINKS * 50, "{work} for {LINKS} owners");
    // Without the first owner nothing that is listed behind a front lives.
    drop(owner);
    heap.collect();
    assert_eq!(heap.heap_used(), LINKS * SIZE);
    drop(front);
    heap.collect();
    assert_eq!(heap.heap_used(), 0);
}

#[test]
fn ending_one_after_its_owners_death_lets_go_of_its_slots() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (owner, registrations) = found(&mut heap, 2);
    heap.enter(|scope| {
        for registration in &registrations {
            let registration = scope.local(registration).unwrap();
            let held = scope.alloc(Kind::Bytes, 0, 10 << 20).unwrap();
            scope.set(registration, 4, Value::Ref(held)).unwrap();
        }
    });
    drop(owner);
    heap.collect();
    heap.enter(|scope| {
        for registration in &registrations {
            let registration = scope.local(registration).unwrap();
            assert_eq!(scope.registration_fate(registration), Ok(Fate::Ended));
            assert!(matches!(scope.get(registration, 4), Ok(Value::Ref(_))));
            assert_eq!(scope.end_registration(registration), Ok(false));
            assert!(scope.get(registration, 4).unwrap().is_undefined());
        }
    });
    heap.collect();
    assert_eq!(heap.heap_used(), 2 * SIZE);
}

#[test]
fn buckets_are_written_by_their_own_operations_alone() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (_owner, registrations) = found(&mut heap, 2);
    heap.enter(|scope| {
        let [first, second] = &registrations[..] else { panic!("two") };
        let [first, second] = [first, second].map(|cell| scope.local(cell).unwrap());
        // A list that is made by hand may be a cycle, which no operation would come to the end of.
        let by_hand = scope.alloc_with(Kind::Array, &[Value::Ref(first)]).unwrap();
        for result in [
            scope.link_registration(by_hand, first),
            scope.relink_registrations(by_hand, by_hand),
            scope.purge_registrations(by_hand),
            scope.end_registrations(by_hand, second).map(drop),
        ] {
            assert_eq!(result, Err(AccessError::WrongKind));
        }
        let buckets = scope.alloc_buckets(1).unwrap();
        let set = scope.set(buckets, 0, Value::Ref(first));
        assert_eq!(set, Err(AccessError::WrongKind));
        assert!(matches!(scope.get(buckets, 0), Err(AccessError::WrongKind)));
        for cell in [first, second] {
            scope.link_registration(buckets, cell).unwrap();
        }
        scope.relink_registrations(buckets, buckets).unwrap();
        scope.collect();
        scope.purge_registrations(buckets).unwrap();
        assert_eq!(scope.link_registration(buckets, second), Err(AccessError::AlreadyLinked));
    });
}

#[test]
fn registrations_with_one_token_have_identities_of_their_own() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let owner = scope.alloc(Kind::Object, 2, 0).unwrap();
        let token = scope.alloc(Kind::Object, 0, 0).unwrap();
        let mut identities = vec![scope.identity_hash(token).unwrap()];
        for _ in 0..1000 {
            let cell = scope.alloc_registration(owner, token, Some(token), 0).unwrap();
            identities.push(scope.identity_hash(cell).unwrap());
        }
        identities.sort_unstable();
        identities.dedup();
        assert_eq!(identities.len(), 1001);
    });
}

#[test]
fn a_host_is_told_of_each_owner_that_has_work_and_of_no_other() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (told, events) = std::sync::mpsc::channel();
    heap.on_collection(move |event| told.send(event.owners_with_work).unwrap());
    let idle = heap.enter(|scope| {
        let owner = scope.alloc(Kind::Object, 2, 0).unwrap();
        scope.global(owner).unwrap()
    });
    let (first, _first) = found(&mut heap, 2);
    let (second, _second) = found(&mut heap, 1);
    let (lost, registrations) = found(&mut heap, 1);
    assert_eq!(events.try_iter().collect::<Vec<_>>(), [1, 2, 3]);
    drop((lost, registrations));
    // Pages are sparse, so owners move.
    heap.collect();
    heap.scavenge();
    assert_eq!(heap.owners_with_work(), 2, "one is dead");
    heap.enter(|scope| {
        for (owner, registrations) in [(&first, 2), (&second, 1)] {
            let given = scope.next_owner().unwrap();
            let owner = scope.local(owner).unwrap();
            assert!(scope.same(given, owner));
            for _ in 0..registrations {
                assert!(scope.next_dead(given).unwrap().is_some());
            }
            assert!(scope.next_dead(given).unwrap().is_none());
        }
        assert!(scope.next_owner().is_none());
        let idle = scope.local(&idle).unwrap();
        assert!(scope.next_dead(idle).unwrap().is_none());
        scope.collect();
        assert!(scope.next_owner().is_none(), "no other target has died");
    });
}

#[test]
fn an_owner_whose_registrations_are_taken_without_being_told_is_not_given() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (owner, _registrations) = found(&mut heap, 1);
    let (_other, _others) = found(&mut heap, 1);
    heap.enter(|scope| {
        let owner = scope.local(&owner).unwrap();
        assert!(scope.next_dead(owner).unwrap().is_some());
        let given = scope.next_owner().unwrap();
        assert!(!scope.same(given, owner));
        assert!(scope.next_owner().is_none());
    });
}

#[test]
fn cleanup_goes_on_after_a_callback_that_fails_panics_or_collects() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let kept = [found(&mut heap, 5), found(&mut heap, 5)];
    let mut cleaned = 0;
    let mut clean = |heap: &mut Heap, limit: usize, fails: bool| {
        heap.enter(|scope| {
            scope.clean_up(limit, |scope, owner, registration| {
                assert_eq!(scope.registration_fate(registration), Ok(Fate::Dead));
                let own = scope.registration_owner(registration)?.expect("an owner");
                assert!(scope.same(own, owner));
                cleaned += 1;
                scope.collect();
                assert!(cleaned != 4, "the fourth panics");
                if fails { Err(AccessError::WrongKind) } else { Ok(()) }
            })
        })
    };
    assert_eq!(clean(&mut heap, 2, false), Ok(2));
    assert_eq!(clean(&mut heap, 0, true), Ok(0));
    assert_eq!(clean(&mut heap, 9, true), Err(AccessError::WrongKind));
    let panics = std::panic::AssertUnwindSafe(|| clean(&mut heap, 9, false));
    assert!(std::panic::catch_unwind(panics).is_err());
    assert_eq!(clean(&mut heap, usize::MAX, false), Ok(6));
    assert_eq!((cleaned, heap.owners_with_work()), (10, 0));
    drop(kept);
}
