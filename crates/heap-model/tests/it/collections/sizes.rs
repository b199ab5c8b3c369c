//! What collections take, beside the recorded sizes of a real Node (v20.20.2, x64) at every number of entries.

use crate::layout::table;
use heap_model::collections::{SameValueZero, array, map, set, string};
use heap_model::{Heap, HeapError, HeapOptions, Local, Scope, Value, shapes};

/// The bytes that what `make` makes takes when nothing else is left.
fn kept(make: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<Local<'s>, HeapError>) -> usize {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        scope.escape(make).unwrap();
        scope.collect();
        scope.heap_used()
    })
}

/// Compares each recorded size with that of the collection that `make` makes.
fn compare(
    structure: &str,
    make: impl for<'s> Fn(&mut Scope<'s>, usize) -> Result<Local<'s>, HeapError>,
) {
    let rows = table(structure);
    assert!(rows.len() > 20, "{structure}");
    for (n, bytes) in rows {
        assert_eq!(kept(|scope| make(scope, n)), bytes, "{structure}, n = {n}");
    }
}

fn numbers(scope: &mut Scope<'_>, map: Local<'_>, count: usize) -> Result<(), HeapError> {
    (0..count as i32).try_for_each(|number| {
        map::set(scope, &SameValueZero, map, Value::Smi(number), Value::Smi(number)).map(drop)
    })
}

#[test]
fn maps_and_sets_are_as_large_as_nodes() {
    compare("Map (smi keys)", |scope, n| {
        let map = shapes::map(scope, 0)?;
        numbers(scope, map, n)?;
        Ok(map)
    });
    compare("Set (smi keys)", |scope, n| {
        let set = shapes::set(scope, 0)?;
        for number in 0..n as i32 {
            set::add(scope, &SameValueZero, set, Value::Smi(number))?;
        }
        Ok(set)
    });
    compare("Map 64 then delete to n", |scope, n| {
        let map = shapes::map(scope, 0)?;
        numbers(scope, map, 64)?;
        for number in (n..64).rev() {
            map::delete(scope, &SameValueZero, map, Value::Smi(number as i32))?;
        }
        Ok(map)
    });
}

#[test]
fn arrays_are_as_large_as_nodes() {
    fn pushed<'s>(scope: &mut Scope<'s>, count: usize) -> Result<Local<'s>, HeapError> {
        let list = shapes::array(scope, 0)?;
        for number in 0..count {
            array::push(scope, list, Value::Smi(number as i32))?;
        }
        Ok(list)
    }
    compare("array by push", pushed);
    compare("array push 64 then pop to n", |scope, n| {
        let list = pushed(scope, 64)?;
        while array::len(scope, list)? > n {
            array::pop(scope, list)?;
        }
        Ok(list)
    });
    compare("array push 64 then length = n", |scope, n| {
        let list = pushed(scope, 64)?;
        array::set_len(scope, list, n)?;
        Ok(list)
    });
}

/// What the recorder repeats is a constant of its program.
const CONSTANT: &str = "-=";

/// The bytes that a string takes beside those that are shared.
fn compare_strings(
    structure: &str,
    make: impl for<'s> Fn(&mut Scope<'s>, usize) -> Result<Local<'s>, HeapError>,
) {
    let rows = table(structure);
    assert!(rows.len() > 20, "{structure}");
    for (n, bytes) in rows {
        let mut heap = Heap::new(HeapOptions::default()).unwrap();
        let (_constant, root) = heap.enter(|scope| {
            let constant = string::intern_str(scope, CONSTANT).unwrap();
            let one = make(scope, n).unwrap();
            (scope.global(constant).unwrap(), scope.global(one).unwrap())
        });
        heap.collect();
        let with = heap.heap_used();
        drop(root);
        heap.collect();
        assert_eq!(with - heap.heap_used(), bytes, "{structure}, n = {n}");
    }
}

#[test]
fn strings_are_as_large_as_nodes() {
    compare_strings("one-byte string n (latin1Slice)", |scope, n| {
        Ok(string::from_latin1(scope, &vec![b'a'; n])?)
    });
    compare_strings("string += 1 char, n times (from 1-char)", |scope, n| {
        let mut text = string::new(scope, "a")?;
        let more = string::new(scope, "x")?;
        for _ in 0..n {
            text = string::concat(scope, text, more)?;
        }
        Ok(text)
    });
    // As `String.prototype.repeat` puts them together (`string-repeat.tq`).
    fn repeated<'s>(
        scope: &mut Scope<'s>,
        text: &str,
        mut count: usize,
    ) -> Result<Local<'s>, HeapError> {
        let (mut result, mut power) = (string::new(scope, "")?, string::intern_str(scope, text)?);
        while count > 0 {
            if count & 1 == 1 {
                result = string::concat(scope, result, power)?;
            }
            count >>= 1;
            if count > 0 {
                power = string::concat(scope, power, power)?;
            }
        }
        Ok(result)
    }
    compare_strings("'-'.repeat(n)", |scope, n| repeated(scope, "-", n));
    compare_strings("'-='.repeat(n)", |scope, n| repeated(scope, CONSTANT, n));
}

#[test]
fn emptied_collections_are_as_large_as_nodes() {
    let recorded = crate::layout::recorded();
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| -> Result<(), HeapError> {
        let map = shapes::map(scope, 0)?;
        numbers(scope, map, 1000)?;
        map::clear(scope, map)?;
        scope.collect();
        assert_eq!(scope.heap_used(), recorded["Map 1000 set then clear()"]);
        numbers(scope, map, 1000)?;
        for number in 0..1000 {
            map::delete(scope, &SameValueZero, map, Value::Smi(number))?;
        }
        scope.collect();
        assert_eq!(scope.heap_used(), recorded["Map 1000 set then delete all"]);
        Ok(())
    })
    .unwrap();
    let popped = kept(|scope| {
        let list = shapes::array(scope, 0)?;
        for number in 0..100 {
            array::push(scope, list, Value::Smi(number))?;
        }
        while array::pop(scope, list)?.is_some() {}
        Ok(list)
    });
    assert_eq!(popped, recorded["[] push 100 then pop all"]);
    assert_eq!(kept(|scope| shapes::array(scope, 0)), recorded["[] literal"]);
}
