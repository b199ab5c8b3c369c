//! Random programs over an array beside a vector.

use heap_model::collections::array;
use heap_model::{AccessError, Heap, HeapError, HeapOptions, Value, shapes};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Op {
    Push(i32),
    /// A cell that holds a number.
    PushCell(i32),
    PushMany(i32),
    Pop,
    PopMany(usize),
    Set(usize, i32),
    SetLen(usize),
    Reserve(usize),
    Scavenge,
    Collect,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => any::<i32>().prop_map(Op::Push),
        6 => any::<i32>().prop_map(Op::PushCell),
        2 => (1..300).prop_map(Op::PushMany),
        6 => Just(Op::Pop),
        2 => (1_usize..300).prop_map(Op::PopMany),
        4 => (any::<usize>(), any::<i32>()).prop_map(|(index, value)| Op::Set(index, value)),
        2 => (0_usize..600).prop_map(Op::SetLen),
        1 => (0_usize..600).prop_map(Op::Reserve),
        1 => Just(Op::Scavenge),
        1 => Just(Op::Collect),
    ]
}

/// What an element holds: a number, a cell with one, or nothing.
fn run(zeal: u32, steps: bool, ops: &[Op]) -> Result<(), HeapError> {
    let mut heap = super::heap(zeal, steps);
    heap.enter(|scope| {
        let list = shapes::array(scope, 0)?;
        let mut model: Vec<Option<i32>> = Vec::new();
        for op in ops {
            scope.scope(|scope| -> Result<(), HeapError> {
                match *op {
                    Op::Push(value) => {
                        model.push(Some(value));
                        assert_eq!(array::push(scope, list, Value::Smi(value))?, model.len());
                    }
                    Op::PushCell(value) => {
                        let cell = shapes::heap_number(scope, f64::from(value))?;
                        model.push(Some(value));
                        assert_eq!(array::push(scope, list, cell)?, model.len());
                    }
                    Op::PushMany(count) => {
                        for value in 0..count {
                            array::push(scope, list, Value::Smi(value))?;
                            model.push(Some(value));
                        }
                    }
                    Op::Pop => pop(scope, list, &mut model)?,
                    Op::PopMany(count) => {
                        (0..count).try_for_each(|_| pop(scope, list, &mut model))?;
                    }
                    Op::Set(index, value) if !model.is_empty() => {
                        let index = index % model.len();
                        model[index] = Some(value);
                        array::set(scope, list, index, Value::Smi(value))?;
                    }
                    Op::Set(index, _) => {
                        let refused = AccessError::SlotOutOfRange { slot: index, len: 0 };
                        assert_eq!(array::set(scope, list, index, Value::Null), Err(refused));
                    }
                    Op::SetLen(length) => {
                        model.resize(length, None);
                        array::set_len(scope, list, length)?;
                    }
                    Op::Reserve(additional) => {
                        array::reserve(scope, list, additional)?;
                        assert!(array::capacity(scope, list)? >= model.len() + additional);
                    }
                    Op::Scavenge => scope.scavenge(),
                    Op::Collect => scope.collect(),
                }
                Ok(())
            })?;
            assert_eq!(array::len(scope, list)?, model.len());
        }
        for (index, expected) in model.iter().enumerate() {
            let value = array::get(scope, list, index)?;
            assert_eq!(number(scope, value), *expected);
        }
        assert!(array::get(scope, list, model.len()).is_err());
        Ok(())
    })
}

fn pop(
    scope: &mut heap_model::Scope<'_>,
    list: heap_model::Local<'_>,
    model: &mut Vec<Option<i32>>,
) -> Result<(), HeapError> {
    let expected = model.pop();
    let popped = array::pop(scope, list)?;
    assert_eq!(popped.map(|value| number(scope, value)), expected);
    Ok(())
}

fn number(scope: &heap_model::Scope<'_>, value: Value<'_>) -> Option<i32> {
    match value {
        Value::Hole => None,
        Value::Smi(value) => Some(value),
        Value::Ref(cell) => Some(shapes::number(scope, cell).unwrap() as i32),
        other => panic!("{other:?} was not put there"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arrays_hold_what_vectors_do(
        zeal in 1_u32..20,
        steps: bool,
        ops in prop::collection::vec(op(), 1..200),
    ) {
        run(zeal, steps, &ops).unwrap();
    }
}

#[test]
fn what_is_no_array_is_refused() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| -> Result<(), HeapError> {
        // An object with a field is as large as an array.
        let object = shapes::object(scope, 1)?;
        shapes::set_field(scope, object, 0, Value::Smi(0))?;
        assert_eq!(array::len(scope, object), Err(AccessError::WrongKind));
        assert!(array::push(scope, object, Value::Null).is_err());
        let map = shapes::map(scope, 0)?;
        assert_eq!(array::len(scope, map), Err(AccessError::WrongKind));
        assert_eq!(array::len(scope, Value::Smi(3)), Err(AccessError::WrongKind));
        // Lengths that a program wrote itself lead nowhere.
        let list = shapes::array(scope, 2)?;
        scope.set(list, shapes::LENGTH, Value::Smi(1000))?;
        assert!(array::get(scope, list, 500).is_err() && array::pop(scope, list).is_err());
        assert!(array::set(scope, list, 500, Value::Null).is_err());
        array::push(scope, list, Value::Smi(7))?;
        assert_eq!(array::get(scope, list, 1000)?.as_smi(), Some(7));
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_length_that_no_cell_has_is_refused() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| -> Result<(), HeapError> {
        let list = shapes::array(scope, 2)?;
        for length in [usize::MAX, 1 << 40, 1 << 27] {
            assert!(array::set_len(scope, list, length).is_err());
            assert!(array::reserve(scope, list, length).is_err());
            assert!(shapes::array(scope, length).is_err());
        }
        assert_eq!((array::len(scope, list)?, array::capacity(scope, list)?), (2, 2));
        Ok(())
    })
    .unwrap();
}
