//! On heap-model.

use super::task::{HELD, NAMES, key, sum, text};
use crate::figures::Figures;
use crate::shuffled;
use crate::timed::Report;
use heap_model::collections::{SameValueZero, array, map, string};
use heap_model::{Heap, HeapError, HeapOptions, Local, Scope, Value, shapes};

const RULES: SameValueZero = SameValueZero;

pub fn maps(n: usize) -> Report {
    run(|scope, figures| {
        let other = shuffled(n);
        let numbers = shapes::map(scope, 0)?;
        figures
            .time("insert ms", || (0..n).try_for_each(|i| set(scope, numbers, key(i), i as i32)))?;
        let get = |scope: &mut Scope<'_>, i: usize| -> Result<u64, HeapError> {
            let value = map::get(scope, &RULES, numbers, Value::Smi(key(i)))?;
            Ok(value.and_then(Value::as_smi).map_or(0, |value| value as u64))
        };
        let all: Result<u64, HeapError> =
            figures.time("get ms", || (0..n).map(|i| get(scope, i)).sum());
        assert_eq!(all?, sum(n));
        let all: Result<u64, HeapError> =
            figures.time("get-shuffled ms", || other.iter().map(|i| get(scope, *i)).sum());
        assert_eq!(all?, sum(n));
        let all = figures.time("iterate ms", || -> Result<u64, HeapError> {
            let (mut entries, mut sum) = (map::entries(scope, numbers)?, 0);
            while let Some((_, value)) = entries.next(scope)? {
                sum += value.as_smi().map_or(0, |value| value as u64);
            }
            Ok(sum)
        });
        assert_eq!(all?, sum(n));
        let queue = shapes::map(scope, 0)?;
        (0..HELD).try_for_each(|i| set(scope, queue, key(i), 0))?;
        figures.time("queue ms", || {
            (0..n).try_for_each(|i| {
                assert!(map::delete(scope, &RULES, queue, Value::Smi(key(i)))?);
                set(scope, queue, key(i + HELD), 0)
            })
        })?;
        assert_eq!(map::len(scope, queue)?, HELD);
        Ok(n)
    })
}

fn set(scope: &mut Scope<'_>, numbers: Local<'_>, key: i32, value: i32) -> Result<(), HeapError> {
    map::set(scope, &RULES, numbers, Value::Smi(key), Value::Smi(value)).map(drop)
}

pub fn strings(n: usize) -> Report {
    run(|scope, figures| {
        let list = shapes::array(scope, 0)?;
        figures.time("push ms", || {
            (0..n).try_for_each(|i| array::push(scope, list, Value::Smi(i as i32)).map(drop))
        })?;
        assert_eq!(array::len(scope, list)?, n);
        let part = string::new(scope, "a part, ")?;
        let long = figures.time("append ms", || -> Result<_, HeapError> {
            let holder = scope.alloc_with(heap_model::Kind::Object, &[Value::Ref(part)])?;
            for _ in 1..n {
                scope.scope(|scope| -> Result<(), HeapError> {
                    let Value::Ref(text) = scope.get(holder, 0)? else { unreachable!("a string") };
                    let longer = string::concat(scope, text, part)?;
                    Ok(scope.set(holder, 0, Value::Ref(longer))?)
                })?;
            }
            let Value::Ref(text) = scope.get(holder, 0)? else { unreachable!("a string") };
            string::flatten(scope, text)?;
            Ok(text)
        })?;
        assert_eq!(shapes::string_bytes(scope, long)?.len(), 8 * n);
        let texts: Vec<String> = (0..NAMES).map(text).collect();
        figures.time("intern ms", || {
            (0..n).try_for_each(|i| {
                scope.scope(|scope| string::intern_str(scope, &texts[i % NAMES]).map(drop))
            })
        })?;
        let names = shapes::map(scope, 0)?;
        let total = figures.time("text-keys ms", || -> Result<u64, HeapError> {
            let mut total = 0;
            for i in 0..n {
                total += scope.scope(|scope| -> Result<u64, HeapError> {
                    let name = string::new(scope, &texts[i % NAMES])?;
                    let count = map::get(scope, &RULES, names, name)?;
                    let count = count.and_then(Value::as_smi).unwrap_or(0);
                    map::set(scope, &RULES, names, name, Value::Smi(count + 1))?;
                    Ok(count as u64)
                })?;
            }
            Ok(total)
        })?;
        assert_eq!(map::len(scope, names)?, NAMES.min(n));
        Ok(total as usize)
    })
}

fn run(
    work: impl for<'s> FnOnce(&mut Scope<'s>, &mut Figures) -> Result<usize, HeapError>,
) -> Report {
    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    let mut figures = Figures::default();
    let result = heap.enter(|scope| work(scope, &mut figures)).expect("room");
    figures.report(result)
}
