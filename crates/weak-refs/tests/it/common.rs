//! What the tests have in common: a heap, and cells of each sort.

use heap_model::{Heap, HeapOptions, Kind, Local, Scope, Value, shapes};
use weak_refs::{Agent, FinalizationRegistry, WeakMap, WeakRef, WeakSet};

/// Runs a test in the outermost scope of a heap of its own.
pub fn run<R>(test: impl for<'s> FnOnce(&mut Scope<'s>) -> R) -> R {
    Heap::new(HeapOptions::default()).expect("a heap").enter(test)
}

pub fn object<'s>(scope: &mut Scope<'s>) -> Local<'s> {
    scope.alloc(Kind::Object, 2, 0).expect("room for an object")
}

pub fn value<'s>(scope: &mut Scope<'s>) -> Value<'s> {
    Value::Ref(object(scope))
}

/// A cell of each sort that has an identity.
pub fn identities<'s>(scope: &mut Scope<'s>) -> Vec<Value<'s>> {
    let kinds = [Kind::Object, Kind::Array, Kind::Bytes, Kind::Context, Kind::Closure];
    let mut cells: Vec<_> =
        kinds.into_iter().map(|kind| scope.alloc(kind, 1, 8).expect("room")).collect();
    let target = cells[0];
    cells.push(scope.alloc_native(32, 0, Box::new(7), 0).expect("room"));
    cells.push(WeakMap::new(scope).expect("room").cell());
    cells.push(WeakSet::new(scope).expect("room").cell());
    cells.push(FinalizationRegistry::new(scope).expect("room").cell());
    let mut agent = Agent::new();
    cells.push(WeakRef::new(scope, &mut agent, Value::Ref(target)).expect("room").cell());
    cells.into_iter().map(Value::Ref).collect()
}

/// A value of each sort that has none.
pub fn primitives<'s>(scope: &mut Scope<'s>) -> Vec<Value<'s>> {
    let kinds = [Kind::OneByteString, Kind::TwoByteString, Kind::Double];
    let mut values: Vec<_> =
        kinds.into_iter().map(|kind| Value::Ref(scope.alloc(kind, 0, 8).expect("room"))).collect();
    let text = shapes::one_byte_string(scope, b"text").expect("room");
    values.push(Value::Ref(shapes::cons_string(scope, text, text).expect("room")));
    values.extend([Value::Undefined, Value::Null, Value::Bool(true), Value::Bool(false)]);
    values.extend([Value::Smi(0), Value::Smi(-7), Value::Hole]);
    values
}

/// The number of a small integer; no other value stands where a test asks for one.
pub fn number(value: Option<Value<'_>>) -> Option<i32> {
    value.map(|value| match value {
        Value::Smi(number) => number,
        other => panic!("a number, not {other:?}"),
    })
}
