//! Random programs over strings beside vectors of units, and what strings promise.

use heap_model::collections::{SameValueZero, map, string};
use heap_model::{
    AccessError, Heap, HeapError, HeapOptions, Kind, Local, Reason, Scope, Value, layout, shapes,
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Op {
    New(Vec<u16>),
    /// Two bytes a unit, whatever the units are.
    Wide(Vec<u16>),
    Concat(usize, usize),
    /// A rope of any length.
    Rope(usize, usize),
    Substring(usize, usize, usize),
    Flatten(usize),
    Hash(usize),
    Compare(usize, usize),
    Intern(usize),
    Unit(usize, usize),
    Append(usize, u16, usize),
    Forget(usize),
    Scavenge,
    Collect,
}

fn unit() -> impl Strategy<Value = u16> {
    prop_oneof![8 => 97_u16..100, 1 => 0_u16..300, 1 => any::<u16>()]
}

fn op() -> impl Strategy<Value = Op> {
    let units = || prop::collection::vec(unit(), 0..40);
    let some = any::<usize>;
    prop_oneof![
        4 => units().prop_map(Op::New),
        2 => units().prop_map(Op::Wide),
        8 => (some(), some()).prop_map(|(a, b)| Op::Concat(a, b)),
        1 => (some(), some()).prop_map(|(a, b)| Op::Rope(a, b)),
        6 => (some(), some(), some()).prop_map(|(a, b, c)| Op::Substring(a, b, c)),
        2 => some().prop_map(Op::Flatten),
        2 => some().prop_map(Op::Hash),
        4 => (some(), some()).prop_map(|(a, b)| Op::Compare(a, b)),
        4 => some().prop_map(Op::Intern),
        2 => (some(), some()).prop_map(|(a, b)| Op::Unit(a, b)),
        2 => (some(), unit(), 1_usize..60).prop_map(|(a, unit, count)| Op::Append(a, unit, count)),
        2 => some().prop_map(Op::Forget),
        1 => Just(Op::Scavenge),
        1 => Just(Op::Collect),
    ]
}

/// As many strings as are held at a time.
const HELD: usize = 16;
/// Longer ones are not put together.
const LONG: usize = 5000;

fn run(zeal: u32, steps: bool, ops: &[Op]) -> Result<(), HeapError> {
    let mut heap = super::heap(zeal, steps);
    heap.enter(|scope| {
        let held = scope.alloc(Kind::Array, HELD, 0)?;
        let mut model: Vec<Vec<u16>> = vec![Vec::new(); HELD];
        for slot in 0..HELD {
            scope.scope(|scope| -> Result<(), HeapError> {
                let empty = string::new(scope, "")?;
                Ok(scope.set(held, slot, Value::Ref(empty))?)
            })?;
        }
        let mut next = 0;
        for op in ops {
            scope.scope(|scope| -> Result<(), HeapError> {
                let made = step(scope, held, &mut model, op)?;
                if let Some((made, units)) = made {
                    assert_eq!(string::units(scope, made)?, units);
                    scope.set(held, next % HELD, Value::Ref(made))?;
                    model[next % HELD] = units;
                    next += 1;
                }
                Ok(())
            })?;
        }
        for (slot, units) in model.iter().enumerate() {
            scope.scope(|scope| -> Result<(), HeapError> {
                let text = nth(scope, held, slot);
                assert_eq!(&string::units(scope, text)?, units);
                assert_eq!(string::to_string(scope, text)?, String::from_utf16_lossy(units));
                Ok(())
            })?;
        }
        Ok(())
    })
}

fn nth<'s>(scope: &mut Scope<'s>, held: Local<'_>, slot: usize) -> Local<'s> {
    scope.get(held, slot % HELD).unwrap().as_local().unwrap()
}

type Made<'s> = Option<(Local<'s>, Vec<u16>)>;

fn step<'s>(
    scope: &mut Scope<'s>,
    held: Local<'_>,
    model: &mut [Vec<u16>],
    op: &Op,
) -> Result<Made<'s>, HeapError> {
    let both = |a: usize, b: usize| [&*model[a % HELD], &model[b % HELD]].concat();
    match op {
        Op::New(units) => Ok(Some((string::from_utf16(scope, units)?, units.clone()))),
        Op::Wide(units) => Ok(Some((shapes::two_byte_string(scope, units)?, units.clone()))),
        &Op::Concat(a, b) if both(a, b).len() < LONG => {
            let (left, right) = (nth(scope, held, a), nth(scope, held, b));
            let made = string::concat(scope, left, right)?;
            let units = both(a, b);
            if model[a % HELD].is_empty() || model[b % HELD].is_empty() {
                assert!(scope.same(made, left) || scope.same(made, right));
            } else {
                let rope = scope.kind(made)? == Kind::ConsString;
                assert_eq!(rope, units.len() >= layout::CONS_STRING_LENGTH);
            }
            Ok(Some((made, units)))
        }
        &Op::Rope(a, b) if both(a, b).len() < LONG => {
            let (left, right) = (nth(scope, held, a), nth(scope, held, b));
            Ok(Some((shapes::cons_string(scope, left, right)?, both(a, b))))
        }
        &Op::Substring(a, start, end) => {
            let units = &model[a % HELD];
            let (start, end) = (start % (units.len() + 2), end % (units.len() + 2));
            let text = nth(scope, held, a);
            let made = string::substring(scope, text, start..end)?;
            let part = units.get(start..end.min(units.len())).unwrap_or(&[]).to_vec();
            if part.len() < units.len() {
                let slice = scope.kind(made)? == Kind::SlicedString;
                assert_eq!(slice, part.len() >= layout::SLICED_STRING_LENGTH);
            }
            Ok(Some((made, part)))
        }
        &Op::Flatten(a) => {
            let text = nth(scope, held, a);
            string::flatten(scope, text)?;
            // Its bytes can be borrowed from now on.
            let bytes = shapes::string_bytes(scope, text)?;
            let units = &model[a % HELD];
            assert!(bytes.len() == units.len() || bytes.len() == 2 * units.len());
            Ok(None)
        }
        &Op::Hash(a) => {
            let text = nth(scope, held, a);
            let copy = shapes::two_byte_string(scope, &model[a % HELD])?;
            let hash = string::hash(scope, text)?;
            assert_eq!(string::hash(scope, copy)?, hash);
            assert_eq!(scope.identity_hash(text)?, hash);
            assert!(string::equal(scope, text, copy)?);
            Ok(None)
        }
        &Op::Compare(a, b) => {
            let (left, right) = (nth(scope, held, a), nth(scope, held, b));
            let (one, two) = (&model[a % HELD], &model[b % HELD]);
            assert_eq!(string::equal(scope, left, right)?, one == two);
            assert_eq!(string::compare(scope, left, right)?, one.cmp(two));
            Ok(None)
        }
        &Op::Intern(a) => {
            let text = nth(scope, held, a);
            let made = string::intern(scope, text)?;
            assert!(string::is_interned(scope, made)?);
            // Every other one that is held and has the same units is the same when interned.
            for b in 0..HELD {
                let other = nth(scope, held, b);
                let found = string::interned(scope, other)?;
                let same = found.is_some_and(|found| scope.same(found, made));
                assert_eq!(same, model[a % HELD] == model[b]);
            }
            Ok(Some((made, model[a % HELD].clone())))
        }
        &Op::Unit(a, index) => {
            let units = &model[a % HELD];
            let index = index % (units.len() + 1);
            let text = nth(scope, held, a);
            let len = units.len();
            let end = AccessError::BytesOutOfRange { end: index + 1, len };
            assert_eq!(string::unit(scope, text, index), units.get(index).copied().ok_or(end));
            assert_eq!(string::len(scope, text)?, len);
            Ok(None)
        }
        &Op::Append(a, unit, count) if model[a % HELD].len() < LONG => {
            let mut text = nth(scope, held, a);
            let mut units = model[a % HELD].clone();
            for _ in 0..count {
                let part = string::from_utf16(scope, &[unit])?;
                text = string::concat(scope, text, part)?;
                units.push(unit);
            }
            Ok(Some((text, units)))
        }
        &Op::Forget(a) => {
            let empty = string::new(scope, "")?;
            scope.set(held, a % HELD, Value::Ref(empty))?;
            model[a % HELD].clear();
            Ok(None)
        }
        Op::Scavenge => {
            scope.scavenge();
            Ok(None)
        }
        Op::Collect => {
            scope.collect();
            Ok(None)
        }
        Op::Concat(..) | Op::Rope(..) | Op::Append(..) => Ok(None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn strings_hold_the_units_that_were_put_together(
        zeal in 1_u32..20,
        steps: bool,
        ops in prop::collection::vec(op(), 1..150),
    ) {
        run(zeal, steps, &ops).unwrap();
    }
}

fn with_scope(test: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<(), HeapError>) {
    Heap::new(HeapOptions::default()).unwrap().enter(test).unwrap();
}

#[test]
fn interned_strings_die_when_nothing_refers_to_them() {
    with_scope(|scope| {
        let kept = string::intern_str(scope, "kept for good")?;
        let young = string::new(scope, "kept while young")?;
        let young = string::intern(scope, young)?;
        for number in 0..1000 {
            scope
                .scope(|scope| string::intern_str(scope, &format!("a name {number}")).map(drop))?;
            scope.scope(|scope| -> Result<(), HeapError> {
                let text = string::new(scope, &format!("a text {number}"))?;
                string::intern(scope, text).map(drop)
            })?;
        }
        assert_eq!(string::interned_len(scope), 2002);
        scope.scavenge();
        assert_eq!(string::interned_len(scope), 1002, "the young ones are gone");
        scope.collect();
        assert_eq!(string::interned_len(scope), 2);
        for text in [kept, young] {
            assert!(string::is_interned(scope, text)?);
            let again = string::to_string(scope, text)?;
            let found = string::intern_str(scope, &again)?;
            assert!(scope.same(found, text));
        }
        Ok(())
    });
}

#[test]
fn a_string_that_is_interned_is_the_interners() {
    with_scope(|scope| {
        let used = scope.heap_used();
        let text = string::from_latin1(scope, b"a name of 25 characters..")?;
        let interned = string::intern(scope, text)?;
        assert!(scope.same(text, interned));
        assert_eq!(scope.heap_used() - used, layout::one_byte_string(25), "and there is no other");
        let rope = shapes::cons_string(scope, text, text)?;
        let flat = string::intern(scope, rope)?;
        assert!(!scope.same(rope, flat) && scope.kind(flat)? == Kind::OneByteString);
        assert_eq!(string::len(scope, flat)?, 50);
        Ok(())
    });
}

#[test]
fn interned_strings_cannot_be_written_and_others_lose_their_hash() {
    with_scope(|scope| {
        let text = string::from_latin1(scope, b"some text")?;
        let before = string::hash(scope, text)?;
        scope.bytes_mut(text)?[0] = b'S';
        assert_ne!(string::hash(scope, text)?, before);
        let copy = string::from_latin1(scope, b"Some text")?;
        assert!(string::equal(scope, text, copy)?);
        string::intern(scope, text)?;
        assert_eq!(scope.bytes_mut(text), Err(AccessError::WrongKind));
        assert_eq!(scope.copy_bytes((text, 0), (copy, 1), 4), Err(AccessError::WrongKind));
        scope.copy_bytes((copy, 0), (text, 1), 4)?;
        assert!(!string::equal(scope, text, copy)?);
        Ok(())
    });
}

#[test]
fn a_rope_of_a_hundred_thousand_parts_is_flattened_hashed_and_compared() {
    with_scope(|scope| {
        let (mut left, mut right) = (string::new(scope, "")?, string::new(scope, "")?);
        let part = string::new(scope, "ab")?;
        for _ in 0..100_000 {
            left = scope.escape(|scope| string::concat(scope, left, part))?;
            right = scope.escape(|scope| string::concat(scope, part, right))?;
        }
        assert!(string::equal(scope, left, right)?);
        assert_eq!(string::hash(scope, left)?, string::hash(scope, right)?);
        assert_eq!(string::unit(scope, left, 199_999), Ok(u16::from(b'b')));
        string::flatten(scope, left)?;
        assert_eq!(shapes::string_bytes(scope, left)?, b"ab".repeat(100_000));
        assert!(string::equal(scope, right, left)?);
        Ok(())
    });
}

#[test]
fn a_flattened_rope_lets_go_of_its_parts() {
    with_scope(|scope| {
        let part = string::from_latin1(scope, &[b'x'; 1000])?;
        let rope = scope.escape(|scope| {
            let other = string::from_latin1(scope, &[b'y'; 1000])?;
            string::concat(scope, other, part)
        })?;
        string::flatten(scope, rope)?;
        scope.collect();
        let sizes = [layout::one_byte_string(1000), layout::one_byte_string(2000)];
        let singles = scope.heap_used() - sizes.iter().sum::<usize>();
        assert_eq!(singles, layout::CONS_STRING);
        Ok(())
    });
}

#[test]
fn a_slice_keeps_the_whole_alive_and_a_copy_does_not() {
    with_scope(|scope| {
        let used = scope.heap_used();
        let slice = scope.escape(|scope| {
            let text = string::from_latin1(scope, &[b'x'; 1000])?;
            let part = string::substring(scope, text, 100..900)?;
            // A slice of a slice is one of the whole.
            string::substring(scope, part, 10..30)
        })?;
        scope.collect();
        let whole = layout::one_byte_string(1000);
        assert_eq!(scope.heap_used() - used, whole + layout::SLICED_STRING);
        let copy = string::substring(scope, slice, 0..12)?;
        assert_eq!(scope.kind(copy)?, Kind::OneByteString);
        Ok(())
    });
}

#[test]
fn maps_find_strings_by_their_units_whatever_they_are_made_of() {
    with_scope(|scope| {
        let names = shapes::map(scope, 0)?;
        let wide = shapes::two_byte_string(scope, &[0x61; 20])?;
        map::set(scope, &SameValueZero, names, wide, Value::Smi(7))?;
        let ten = string::from_latin1(scope, &[b'a'; 10])?;
        let rope = string::concat(scope, ten, ten)?;
        let long = string::from_latin1(scope, &[b'a'; 30])?;
        let slice = string::substring(scope, long, 3..23)?;
        for key in [rope, slice] {
            let found = map::get(scope, &SameValueZero, names, key)?;
            assert_eq!(found.and_then(Value::as_smi), Some(7));
        }
        assert!(!map::has(scope, &SameValueZero, names, long)?);
        Ok(())
    });
}

#[test]
fn the_parts_of_a_string_are_the_heaps_alone() {
    with_scope(|scope| {
        let text = string::from_latin1(scope, &[b'x'; 20])?;
        let (rope, slice) =
            (string::concat(scope, text, text)?, string::substring(scope, text, 1..19)?);
        for cell in [rope, slice] {
            assert_eq!(scope.set(cell, 0, Value::Null), Err(AccessError::WrongKind));
            assert_eq!(scope.get(cell, 0).err(), Some(AccessError::WrongKind));
        }
        assert!(scope.get(text, 0).is_err());
        let object = shapes::object(scope, 1)?;
        assert_eq!(string::len(scope, object), Err(AccessError::WrongKind));
        assert_eq!(string::len(scope, Value::Smi(1)), Err(AccessError::WrongKind));
        assert!(string::concat(scope, text, object).is_err());
        assert!(string::intern(scope, Value::Null).is_err());
        Ok(())
    });
}

#[test]
fn a_string_that_would_be_too_long_is_refused() {
    with_scope(|scope| {
        let mut text = string::from_latin1(scope, &[b'x'; 1 << 20])?;
        for _ in 0..8 {
            text = string::concat(scope, text, text)?;
        }
        assert_eq!(string::len(scope, text)?, 1 << 28);
        let refused = string::concat(scope, text, text).unwrap_err();
        let HeapError::OutOfMemory(refused) = refused else { panic!("{refused}") };
        assert_eq!(refused.reason, Reason::TooLarge);
        Ok(())
    });
}

#[test]
fn walks_tell_strings_with_the_same_units_apart() {
    with_scope(|scope| {
        let texts = [string::new(scope, "the same")?, string::new(scope, "the same")?];
        assert_eq!(string::hash(scope, texts[0])?, string::hash(scope, texts[1])?);
        scope.scavenge();
        let before = scope.roots();
        assert_ne!(before[0], before[1]);
        scope.collect();
        assert_eq!(scope.roots(), before);
        assert!(scope.view(texts[0])?.id().is_none());
        Ok(())
    });
}
