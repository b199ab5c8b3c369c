//! Registrations: what they keep, and for how long.

use heap_model::{AccessError, Fate, Global, Heap, HeapOptions, Kind, Scope};

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
    // What is found together hangs together, until its owner's death has come to light.
    heap.collect();
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
        let buckets = scope.alloc(Kind::Array, 1, 0).unwrap();
        let others = scope.alloc(Kind::Array, 1, 0).unwrap();
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
