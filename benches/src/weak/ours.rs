//! On weak-refs. The program's lists are arrays of the heap.

use super::task::{Figures, MAPS, ORDERS, Order, shuffled, sum};
use crate::timed::Report;
use heap_model::{Heap, HeapError, HeapOptions, Kind, Local, Scope, Value, shapes};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use weak_refs::{Agent, FinalizationRegistry, WeakError, WeakMap};

const FIELDS: usize = 4;

fn heap() -> Heap {
    Heap::new(HeapOptions::default()).expect("a heap")
}

/// A list of new objects.
fn objects<'s>(scope: &mut Scope<'s>, n: usize) -> Result<Local<'s>, HeapError> {
    let list = scope.alloc(Kind::Array, n, 0)?;
    for i in 0..n {
        scope.scope(|scope| {
            let key = shapes::object(scope, FIELDS)?;
            Ok::<_, HeapError>(scope.set(list, i, Value::Ref(key))?)
        })?;
    }
    Ok(list)
}

/// References to a list's objects, in this order.
fn references<'s>(
    scope: &mut Scope<'s>,
    list: Local<'_>,
    order: impl IntoIterator<Item = usize>,
) -> Result<Vec<Local<'s>>, HeapError> {
    let mut references = Vec::new();
    for i in order {
        if let Value::Ref(object) = scope.get(list, i)? {
            references.push(object);
        }
    }
    Ok(references)
}

fn insert(
    scope: &mut Scope<'_>,
    map: WeakMap<'_>,
    keys: Local<'_>,
    n: usize,
) -> Result<(), WeakError> {
    for i in 0..n {
        scope.scope(|scope| {
            let key = scope.get(keys, i)?;
            map.set(scope, key, Value::Smi(i as i32))?;
            Ok::<_, WeakError>(())
        })?;
    }
    Ok(())
}

fn get(scope: &mut Scope<'_>, map: WeakMap<'_>, keys: &[Local<'_>]) -> Result<u64, WeakError> {
    let mut sum = 0;
    for key in keys {
        if let Some(Value::Smi(number)) = map.get(scope, Value::Ref(*key))? {
            sum += number as u64;
        }
    }
    Ok(sum)
}

fn has(scope: &mut Scope<'_>, map: WeakMap<'_>, keys: &[Local<'_>]) -> Result<usize, WeakError> {
    let mut count = 0;
    for key in keys {
        count += usize::from(map.has(scope, Value::Ref(*key))?);
    }
    Ok(count)
}

pub fn live(n: usize) -> Report {
    heap().enter(|scope| live_in(scope, n)).expect("room")
}

fn live_in(scope: &mut Scope<'_>, n: usize) -> Result<Report, WeakError> {
    let mut figures = Figures::default();
    let keys = objects(scope, n)?;
    scope.collect();
    let before = scope.heap_used();
    let map = WeakMap::new(scope)?;
    figures.time("insert ms", || insert(scope, map, keys, n))?;
    let orders = [
        ("get ms", "has ms", (0..n).collect()),
        ("get-shuffled ms", "has-shuffled ms", shuffled(n)),
    ];
    for (get_name, has_name, order) in orders {
        scope.scope(|scope| {
            let keys = references(scope, keys, order)?;
            let found = figures.time(get_name, || get(scope, map, &keys))?;
            assert_eq!(found, sum(n));
            let found = figures.time(has_name, || has(scope, map, &keys))?;
            assert_eq!(found, n);
            Ok::<_, WeakError>(())
        })?;
    }
    scope.collect();
    figures.time("collect ms", || scope.collect());
    assert_eq!(map.occupancy(scope)?, n);
    figures.note("hold bytes/entry", (scope.heap_used() - before) as f64 / n as f64);
    Ok(figures.report(n))
}

pub fn dropped(n: usize) -> Report {
    heap().enter(|scope| dropped_in(scope, n)).expect("room")
}

fn dropped_in(scope: &mut Scope<'_>, n: usize) -> Result<Report, WeakError> {
    let mut figures = Figures::default();
    let before = scope.heap_used();
    let map = WeakMap::new(scope)?;
    scope.scope(|scope| {
        let keys = objects(scope, n)?;
        insert(scope, map, keys, n)?;
        scope.collect();
        Ok::<_, WeakError>(())
    })?;
    figures.time("collect ms", || scope.collect());
    assert_eq!(map.occupancy(scope)?, 0);
    figures.note("hold bytes", (scope.heap_used() - before) as f64);
    Ok(figures.report(n))
}

pub fn chain(n: usize) -> Report {
    let mut figures = Figures::default();
    for (spread, maps) in [1, MAPS].into_iter().enumerate() {
        for order in &ORDERS {
            let name = order.names[spread];
            heap()
                .enter(|scope| chain_in(scope, &mut figures, name, n, order, maps))
                .expect("room");
        }
    }
    figures.report(n)
}

fn chain_in(
    scope: &mut Scope<'_>,
    figures: &mut Figures,
    name: &'static str,
    n: usize,
    order: &Order,
    maps: usize,
) -> Result<(), WeakError> {
    let maps = (0..maps).map(|_| WeakMap::new(scope)).collect::<Result<Vec<_>, _>>()?;
    let first = scope.escape(|scope| {
        let keys = objects(scope, n + 1)?;
        for (turn, i) in (order.entries)(n).into_iter().enumerate() {
            scope.scope(|scope| {
                let (key, value) = (scope.get(keys, i)?, scope.get(keys, i + 1)?);
                maps[turn % maps.len()].set(scope, key, value).map(drop)
            })?;
        }
        scope.collect();
        match scope.get(keys, 0)? {
            Value::Ref(first) => Ok(first),
            _ => Err(WeakError::CannotBeHeldWeakly),
        }
    })?;
    figures.time(name, || scope.collect());
    let entries = maps.iter().map(|map| map.occupancy(scope)).sum::<Result<usize, _>>()?;
    assert_eq!((entries, scope.kind(first)?), (n, Kind::Object));
    Ok(())
}

pub fn registrations(n: usize) -> Report {
    heap().enter(|scope| registrations_in(scope, n)).expect("room")
}

fn registrations_in(scope: &mut Scope<'_>, n: usize) -> Result<Report, WeakError> {
    let mut figures = Figures::default();
    let mut agent = Agent::new();
    let targets = objects(scope, n)?;
    scope.collect();
    let before = scope.heap_used();
    let registry = FinalizationRegistry::new(scope)?;
    let sum_of_held = Arc::new(AtomicU64::new(0));
    let sum = Arc::clone(&sum_of_held);
    agent.enroll(scope, registry, move |_, held| {
        if let Value::Smi(number) = held {
            sum.fetch_add(number as u64, Ordering::Relaxed);
        }
        Ok(())
    })?;
    figures.time("register ms", || {
        for i in 0..n {
            scope.scope(|scope| {
                let target = scope.get(targets, i)?;
                // The program unregisters by token only.
                let _ = registry.register(scope, target, Value::Smi(i as i32), Some(target))?;
                Ok::<_, WeakError>(())
            })?;
        }
        Ok::<_, WeakError>(())
    })?;
    scope.collect();
    figures.note("hold bytes/entry", (scope.heap_used() - before) as f64 / n as f64);
    for i in (1..n).step_by(2) {
        scope.set(targets, i, Value::Null)?;
    }
    figures.time("collect ms", || scope.collect());
    let called = figures.time("cleanup ms", || agent.run_cleanup(scope, usize::MAX))?;
    assert_eq!(called, n / 2);
    assert_eq!(sum_of_held.load(Ordering::Relaxed), (1..n as u64).step_by(2).sum::<u64>());
    Ok(figures.report(n))
}
