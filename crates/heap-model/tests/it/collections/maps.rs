//! Random programs over a Map and a Set beside ECMA-262's own definition of them: a list of entries in which deleted
//! ones stay as empty, so that an iteration is an index into it.

use heap_model::collections::{SameValueZero, map, set};
use heap_model::{HeapError, Local, Scope, Value, shapes};
use proptest::prelude::*;

/// A key as the model knows it, equal where SameValueZero says so.
#[derive(Clone, Debug, PartialEq)]
enum Key {
    Undefined,
    Null,
    Bool(bool),
    /// A number's bits, once zero and NaN are one each.
    Number(u64),
    Object(usize),
}

/// How a key is given.
#[derive(Clone, Copy, Debug)]
enum Given {
    Undefined,
    Null,
    Bool(bool),
    Smi(i32),
    Double(f64),
    Object(usize),
}

const OBJECTS: usize = 24;

impl Given {
    fn key(self) -> Key {
        let number = |number: f64| match number {
            0.0 => Key::Number(0),
            n if n.is_nan() => Key::Number(f64::NAN.to_bits()),
            n => Key::Number(n.to_bits()),
        };
        match self {
            Self::Undefined => Key::Undefined,
            Self::Null => Key::Null,
            Self::Bool(of) => Key::Bool(of),
            Self::Smi(of) => number(f64::from(of)),
            Self::Double(of) => number(of),
            Self::Object(of) => Key::Object(of),
        }
    }

    fn value<'s>(self, scope: &mut Scope<'s>, objects: Local<'_>) -> Value<'s> {
        match self {
            Self::Undefined => Value::Undefined,
            Self::Null => Value::Null,
            Self::Bool(of) => Value::Bool(of),
            Self::Smi(of) => Value::Smi(of),
            Self::Double(of) => Value::Ref(shapes::heap_number(scope, of).unwrap()),
            Self::Object(of) => scope.get(objects, of).unwrap(),
        }
    }
}

#[derive(Clone, Debug)]
enum Op {
    Set(Given, i32),
    Get(Given),
    Delete(Given),
    /// Deletes all keys from a number on, one by one.
    DeleteMany(i32),
    AddMany(i32),
    Clear,
    Iterate,
    Step(usize, usize),
    Scavenge,
    Collect,
}

fn given() -> impl Strategy<Value = Given> {
    prop_oneof![
        8 => (-4..40).prop_map(Given::Smi),
        2 => any::<i32>().prop_map(Given::Smi),
        1 => any::<bool>().prop_map(Given::Bool),
        1 => prop_oneof![Just(Given::Undefined), Just(Given::Null)],
        2 => prop::sample::select(vec![0.0, -0.0, 1.0, 7.0, 0.5, -1.5, 1e300, f64::NAN, f64::INFINITY])
            .prop_map(Given::Double),
        4 => (0..OBJECTS).prop_map(Given::Object),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        12 => (given(), any::<i32>()).prop_map(|(key, value)| Op::Set(key, value)),
        4 => given().prop_map(Op::Get),
        8 => given().prop_map(Op::Delete),
        1 => (0..200).prop_map(Op::DeleteMany),
        2 => (1..200).prop_map(Op::AddMany),
        1 => Just(Op::Clear),
        2 => Just(Op::Iterate),
        8 => (any::<usize>(), 1_usize..20).prop_map(|(which, steps)| Op::Step(which, steps)),
        1 => Just(Op::Scavenge),
        1 => Just(Op::Collect),
    ]
}

/// ECMA-262's list of a Map's entries.
#[derive(Default)]
struct Model(Vec<Option<(Key, i32)>>);

impl Model {
    fn place(&self, key: &Key) -> Option<usize> {
        self.0.iter().position(|entry| entry.as_ref().is_some_and(|(other, _)| other == key))
    }

    fn set(&mut self, key: Key, value: i32) -> bool {
        match self.place(&key) {
            Some(place) => self.0[place] = Some((key, value)),
            None => {
                self.0.push(Some((key, value)));
                return true;
            }
        }
        false
    }

    fn delete(&mut self, key: &Key) -> bool {
        let place = self.place(key);
        place.map(|place| self.0[place] = None).is_some()
    }

    fn len(&self) -> usize {
        self.0.iter().flatten().count()
    }

    /// The next entry of an iteration that stands at an index.
    fn next(&self, index: &mut usize) -> Option<(Key, i32)> {
        while *index < self.0.len() {
            *index += 1;
            if let Some(entry) = &self.0[*index - 1] {
                return Some(entry.clone());
            }
        }
        *index = usize::MAX;
        None
    }
}

/// The model's key of a value.
fn key_of(scope: &Scope<'_>, value: Value<'_>) -> Key {
    match value {
        Value::Undefined => Key::Undefined,
        Value::Null => Key::Null,
        Value::Bool(of) => Key::Bool(of),
        Value::Smi(of) => Given::Smi(of).key(),
        Value::Ref(cell) => match shapes::number(scope, cell) {
            Ok(number) => {
                assert!(number != 0.0, "a zero is kept as a small integer");
                Given::Double(number).key()
            }
            Err(_) => {
                let Seen::Smi(number) = scope.view(cell).unwrap().get(0).unwrap() else { panic!() };
                Key::Object(number as usize)
            }
        },
        other => panic!("{other:?} is no key"),
    }
}

use heap_model::Seen;

const RULES: SameValueZero = SameValueZero;

fn run(zeal: u32, steps: bool, ops: &[Op]) -> Result<(), HeapError> {
    let mut heap = super::heap(zeal, steps);
    heap.enter(|scope| {
        let objects = shapes::array(scope, OBJECTS)?;
        let objects = scope.get(objects, shapes::ELEMENTS)?.as_local().unwrap();
        for number in 0..OBJECTS {
            scope.scope(|scope| -> Result<(), HeapError> {
                let object = shapes::object(scope, 1)?;
                scope.set(object, 0, Value::Smi(number as i32))?;
                Ok(scope.set(objects, number, Value::Ref(object))?)
            })?;
        }
        let (map, set) = (shapes::map(scope, 0)?, shapes::set(scope, 0)?);
        let mut model = Model::default();
        let mut iterations = Vec::new();
        for op in ops {
            match *op {
                Op::Iterate => {
                    let cells = [
                        shapes::collection_iterator(scope, map)?,
                        shapes::collection_iterator(scope, set)?,
                    ];
                    let cursors = (map::entries(scope, map)?, set::values(scope, set)?);
                    iterations.push((cells, cursors, 0));
                }
                Op::Step(which, count) if !iterations.is_empty() => {
                    let which = which % iterations.len();
                    let (cells, cursors, index) = &mut iterations[which];
                    for _ in 0..count {
                        let expected = model.next(index);
                        scope.scope(|scope| -> Result<(), HeapError> {
                            let (entries, values) = cursors;
                            let found = entries.next(scope)?;
                            compare(scope, &expected, found);
                            let found = map::next(scope, cells[0])?;
                            compare(scope, &expected, found);
                            let value = expected.as_ref().map_or(0, |(_, value)| *value);
                            let found = values.next(scope)?;
                            compare(scope, &expected, found.map(|key| (key, Value::Smi(value))));
                            let found = set::next(scope, cells[1])?;
                            compare(scope, &expected, found.map(|key| (key, Value::Smi(value))));
                            Ok(())
                        })?;
                    }
                }
                Op::Step(..) => {}
                _ => scope.scope(|scope| step(scope, map, set, objects, &mut model, op))?,
            }
            assert_eq!((map::len(scope, map)?, set::len(scope, set)?), (model.len(), model.len()));
        }
        // All of it, in order.
        let mut entries = map::entries(scope, map)?;
        let mut index = 0;
        while let Some(expected) = model.next(&mut index) {
            scope.scope(|scope| -> Result<(), HeapError> {
                let found = entries.next(scope)?;
                compare(scope, &Some(expected), found);
                Ok(())
            })?;
        }
        assert!(entries.next(scope)?.is_none());
        Ok(())
    })
}

fn compare(
    scope: &Scope<'_>,
    expected: &Option<(Key, i32)>,
    found: Option<(Value<'_>, Value<'_>)>,
) {
    let found = found.map(|(key, value)| (key_of(scope, key), value.as_smi().unwrap()));
    assert_eq!(expected, &found);
}

fn step(
    scope: &mut Scope<'_>,
    map: Local<'_>,
    set: Local<'_>,
    objects: Local<'_>,
    model: &mut Model,
    op: &Op,
) -> Result<(), HeapError> {
    let mut both = |scope: &mut Scope<'_>, given: Given, value| -> Result<(), HeapError> {
        let key = given.value(scope, objects);
        let new = map::set(scope, &RULES, map, key, Value::Smi(value))?;
        assert_eq!(new, set::add(scope, &RULES, set, key)?);
        assert_eq!(new, model.set(given.key(), value));
        Ok(())
    };
    match *op {
        Op::Set(given, value) => both(scope, given, value)?,
        Op::AddMany(count) => (0..count).try_for_each(|n| both(scope, Given::Smi(1000 + n), n))?,
        Op::Get(given) => {
            let key = given.value(scope, objects);
            let expected = model.place(&given.key()).and_then(|place| model.0[place].clone());
            let found = map::get(scope, &RULES, map, key)?.and_then(Value::as_smi);
            assert_eq!(found, expected.as_ref().map(|(_, value)| *value));
            assert_eq!(map::has(scope, &RULES, map, key)?, expected.is_some());
            assert_eq!(set::has(scope, &RULES, set, key)?, expected.is_some());
        }
        Op::Delete(given) => {
            let key = given.value(scope, objects);
            let there = model.delete(&given.key());
            assert_eq!(map::delete(scope, &RULES, map, key)?, there);
            assert_eq!(set::delete(scope, &RULES, set, key)?, there);
        }
        Op::DeleteMany(from) => {
            for number in from..200 {
                let given = Given::Smi(1000 + number);
                let there = model.delete(&given.key());
                assert_eq!(map::delete(scope, &RULES, map, Value::Smi(1000 + number))?, there);
                assert_eq!(set::delete(scope, &RULES, set, Value::Smi(1000 + number))?, there);
            }
        }
        Op::Clear => {
            map::clear(scope, map)?;
            set::clear(scope, set)?;
            model.0.fill(None);
        }
        Op::Scavenge => scope.scavenge(),
        Op::Collect => scope.collect(),
        Op::Iterate | Op::Step(..) => unreachable!("a step of the caller's"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn maps_and_sets_do_what_ecma_262_says(
        zeal in 1_u32..20,
        steps: bool,
        ops in prop::collection::vec(op(), 1..200),
    ) {
        run(zeal, steps, &ops).unwrap();
    }
}
