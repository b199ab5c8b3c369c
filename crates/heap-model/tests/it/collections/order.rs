//! Iteration while its collection changes, in the manner of test262's `Map/prototype/forEach` and `MapIteratorPrototype`.

use heap_model::collections::{Identity, IdentityHashes, KeyRules, SameValueZero, map, set};
use heap_model::{AccessError, Heap, HeapError, HeapOptions, Local, Scope, Seen, Value, shapes};

const RULES: SameValueZero = SameValueZero;

/// Goes through a map of 1, 2, 3 and so on to a last number, and does something at each.
fn visited(
    last: i32,
    mut at: impl FnMut(&mut Scope<'_>, Local<'_>, i32) -> Result<(), HeapError>,
) -> Vec<i32> {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let result = heap.enter(|scope| -> Result<_, HeapError> {
        let map = shapes::map(scope, 0)?;
        for number in 1..=last {
            map::set(scope, &RULES, map, Value::Smi(number), Value::Smi(-number))?;
        }
        let mut entries = map::entries(scope, map)?;
        let mut visited = Vec::new();
        while let Some((key, value)) = entries.next(scope)? {
            let (Some(key), Some(value)) = (key.as_smi(), value.as_smi()) else {
                panic!("a number")
            };
            visited.push(key);
            assert_eq!(value, -key);
            at(scope, map, key)?;
            assert!(visited.len() < 10_000, "it ends");
        }
        // It is over for good.
        map::set(scope, &RULES, map, Value::Smi(77), Value::Smi(-77))?;
        assert!(entries.next(scope)?.is_none());
        Ok(visited)
    });
    result.unwrap()
}

fn set(scope: &mut Scope<'_>, map: Local<'_>, key: i32) -> Result<(), HeapError> {
    map::set(scope, &RULES, map, Value::Smi(key), Value::Smi(-key)).map(drop)
}

fn delete(scope: &mut Scope<'_>, map: Local<'_>, key: i32) -> Result<bool, HeapError> {
    Ok(map::delete(scope, &RULES, map, Value::Smi(key))?)
}

#[test]
fn what_is_added_meanwhile_is_visited() {
    let all =
        visited(1, |scope, map, key| if key < 1000 { set(scope, map, key + 1) } else { Ok(()) });
    assert!(all.into_iter().eq(1..=1000));
}

#[test]
fn what_is_deleted_before_its_turn_is_not_visited() {
    let at = |scope: &mut Scope<'_>, map: Local<'_>, key| delete(scope, map, key + 1).map(drop);
    assert!(visited(100, at).into_iter().eq((1..=100).step_by(2)));
}

#[test]
fn what_is_deleted_and_added_again_is_visited_again() {
    let mut again = 0;
    let all = visited(10, |scope, map, key| {
        if key == 3 && again < 3 {
            again += 1;
            assert!(delete(scope, map, 3)?);
            set(scope, map, 3)?;
        }
        Ok(())
    });
    assert_eq!(all, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 3, 3, 3]);
}

#[test]
fn the_visited_key_can_be_deleted_while_tables_shrink() {
    let all = visited(1000, |scope, map, key| {
        assert!(delete(scope, map, key)?);
        assert_eq!(map::len(scope, map)?, 1000 - key as usize);
        Ok(())
    });
    assert!(all.into_iter().eq(1..=1000));
}

#[test]
fn what_is_added_after_a_clear_is_visited() {
    let all = visited(50, |scope, map, key| {
        if key == 30 {
            map::clear(scope, map)?;
            for key in [90, 91, 5] {
                set(scope, map, key)?;
            }
        }
        Ok(())
    });
    assert!(all.into_iter().eq((1..=30).chain([90, 91, 5])));
}

#[test]
fn iterations_survive_collections_and_any_number_of_tables() {
    let all = visited(8, |scope, map, key| {
        for number in 0..300 {
            set(scope, map, 1000 + number)?;
        }
        scope.collect();
        for number in 0..300 {
            delete(scope, map, 1000 + number)?;
        }
        scope.scavenge();
        delete(scope, map, key).map(drop)
    });
    assert!(all.into_iter().eq(1..=8));
}

#[test]
fn iterators_that_are_cells_end_for_good() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| -> Result<(), HeapError> {
        let numbers = shapes::set(scope, 0)?;
        let iterator = shapes::collection_iterator(scope, numbers)?;
        assert_eq!(scope.size(iterator)?, heap_model::layout::SET_ITERATOR);
        for number in 0..20 {
            set::add(scope, &RULES, numbers, Value::Smi(number))?;
        }
        for number in 0..20 {
            let next = set::next(scope, iterator)?;
            assert_eq!(next.and_then(Value::as_smi), Some(number));
        }
        assert!(set::next(scope, iterator)?.is_none());
        set::add(scope, &RULES, numbers, Value::Smi(20))?;
        assert!(set::next(scope, iterator)?.is_none());
        Ok(())
    })
    .unwrap();
}

#[test]
fn what_is_no_map_and_no_key_is_refused_and_changes_nothing() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| -> Result<(), HeapError> {
        let (map, of) = (shapes::map(scope, 0)?, shapes::set(scope, 0)?);
        let object = shapes::object(scope, 4)?;
        let wrong = |result: Result<bool, HeapError>| {
            assert_eq!(result, Err(AccessError::WrongKind.into()));
        };
        wrong(map::set(scope, &RULES, object, Value::Null, Value::Null));
        wrong(map::set(scope, &RULES, of, Value::Null, Value::Null));
        wrong(map::set(scope, &RULES, Value::Smi(1), Value::Null, Value::Null));
        wrong(map::set(scope, &RULES, map, Value::Hole, Value::Null));
        wrong(set::add(scope, &RULES, map, Value::Null));
        assert!(map::clear(scope, of).is_err() && set::clear(scope, map).is_err());
        assert!(map::entries(scope, of).is_err() && set::values(scope, object).is_err());
        assert!(shapes::collection_iterator(scope, object).is_err());
        assert!(map::next(scope, map).is_err(), "a map is no iterator of itself");
        // The table's slots are the heap's alone.
        let table = scope.get(map, shapes::TABLE)?.as_local().unwrap();
        assert_eq!(scope.set(table, 2, Value::Smi(9)), Err(AccessError::WrongKind));
        assert_eq!(scope.get(table, 2).err(), Some(AccessError::WrongKind));
        other.enter(|other| {
            let strange = shapes::object(other, 0).unwrap();
            let value = Value::Ref(strange);
            let refused = Err(AccessError::WrongHeap.into());
            assert_eq!(map::set(scope, &RULES, map, value, Value::Null), refused);
            assert_eq!(map::set(scope, &RULES, map, Value::Null, value), refused);
            assert_eq!(map::set(scope, &RULES, strange, Value::Null, Value::Null), refused);
        });
        assert_eq!((map::len(scope, map)?, set::len(scope, of)?), (0, 0));
        Ok(())
    })
    .unwrap();
}

#[test]
fn at_the_limit_a_map_keeps_what_it_has() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(8 << 20)).unwrap();
    heap.enter(|scope| {
        let map = shapes::map(scope, 0).unwrap();
        let mut count = 0;
        let refused = loop {
            match map::set(scope, &RULES, map, Value::Smi(count), Value::Smi(count)) {
                Ok(new) => assert!(new),
                Err(refused) => break refused,
            }
            count += 1;
        };
        assert!(matches!(refused, HeapError::OutOfMemory(_)), "{refused}");
        assert!(count > 10_000);
        assert_eq!(map::len(scope, map), Ok(count as usize));
        for number in 0..count {
            let found = map::get(scope, &RULES, map, Value::Smi(number));
            assert_eq!(found.unwrap().and_then(Value::as_smi), Some(number));
        }
        // What was there can still be changed, and deleting makes room.
        assert_eq!(map::set(scope, &RULES, map, Value::Smi(0), Value::Null), Ok(false));
        for number in 0..count {
            assert_eq!(map::delete(scope, &RULES, map, Value::Smi(number)), Ok(true));
        }
        assert_eq!(map::set(scope, &RULES, map, Value::Smi(-1), Value::Null), Ok(true));
    });
}

/// Rules that panic when they are told to.
struct Panicking;

impl KeyRules for Panicking {
    fn hash(&self, key: Seen<'_>, _: &mut IdentityHashes<'_>) -> u32 {
        assert!(key != Seen::Smi(13), "an unlucky number");
        0
    }

    fn equal(&self, a: Seen<'_>, b: Seen<'_>) -> bool {
        assert!(b != Seen::Smi(17), "another");
        a == b
    }
}

#[test]
fn rules_that_panic_leave_the_map_as_it_was() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| -> Result<(), HeapError> {
        let map = shapes::map(scope, 0)?;
        for number in 0..4 {
            map::set(scope, &Panicking, map, Value::Smi(number), Value::Null)?;
        }
        for unlucky in [13, 17] {
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                map::set(scope, &Panicking, map, Value::Smi(unlucky), Value::Null)
            }));
            assert!(caught.is_err());
        }
        // All hashes are one, so each key is found by equality alone.
        for number in 0..4 {
            assert!(map::has(scope, &Panicking, map, Value::Smi(number))?);
        }
        assert!(map::delete(scope, &Panicking, map, Value::Smi(2))?);
        assert_eq!(map::len(scope, map)?, 3);
        Ok(())
    })
    .unwrap();
}

#[test]
fn identity_tells_cells_apart_that_hold_the_same() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| -> Result<(), HeapError> {
        let cells = shapes::set(scope, 0)?;
        let (a, b) = (shapes::heap_number(scope, 0.5)?, shapes::heap_number(scope, 0.5)?);
        assert!(set::add(scope, &Identity, cells, a)? && set::add(scope, &Identity, cells, b)?);
        assert!(!set::add(scope, &Identity, cells, a)?);
        scope.collect();
        assert!(set::has(scope, &Identity, cells, b)?);
        assert_eq!(set::len(scope, cells)?, 2);
        Ok(())
    })
    .unwrap();
}
