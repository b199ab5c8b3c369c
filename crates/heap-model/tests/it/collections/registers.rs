//! Collections through registers: the same cells as through handles.

use heap_model::collections::string::FlatUnits;
use heap_model::collections::{SameValueZero, array, map, set, string};
use heap_model::{
    AccessError, Heap, HeapError, HeapOptions, Kind, Register, Registers, Tag, Tagged, Value,
    shapes,
};

const RULES: SameValueZero = SameValueZero;
const MAP: Register = Register(0);
const SET: Register = Register(1);
const LIST: Register = Register(2);
const ITERATOR: usize = 3;
const KEY: usize = 4;
const VALUE: usize = 5;

fn with_registers(test: impl FnOnce(&mut Registers<'_>) -> Result<(), HeapError>) {
    let mut heap = super::heap(3, true);
    let mut machine = heap.registers();
    machine.push(6).unwrap();
    machine
        .enter(|scope| -> Result<(), HeapError> {
            let (map, set) = (shapes::map(scope, 0)?, shapes::set(scope, 0)?);
            let list = shapes::array(scope, 0)?;
            for (register, cell) in [map, set, list].into_iter().enumerate() {
                scope.set_register(register, Value::Ref(cell))?;
            }
            Ok(())
        })
        .unwrap();
    test(&mut machine).unwrap();
}

#[test]
fn a_machine_reads_the_units_of_strings_where_they_lie() {
    with_registers(|machine| {
        machine.string_new(KEY, "a rope of two ")?;
        machine.string_concat(VALUE, Register(KEY), Register(KEY))?;
        assert_eq!(string::flat_units(machine, Register(VALUE))?, None);
        assert!(!machine.string_interned(KEY, Register(VALUE))?, "nobody has interned it");
        string::flatten(machine, Register(VALUE))?;
        machine.string_substring(KEY, Register(VALUE), 10..27)?;
        let units = string::flat_units(machine, Register(KEY))?;
        assert_eq!(units, Some(FlatUnits::OneByte(b"two a rope of two")));
        assert_eq!(units.and_then(|units| units.get(17)), None);
        machine.string_intern(VALUE, Register(KEY))?;
        assert!(machine.string_interned(KEY, Register(KEY))?);
        assert_eq!(machine.get(KEY), machine.get(VALUE));
        machine.string_utf16(KEY, &[0x101, 0x62])?;
        let units = string::flat_units(machine, Register(KEY))?;
        assert_eq!(units.map(|units| (units.len(), units.get(1))), Some((2, Some(0x62))));
        Ok(())
    });
}

#[test]
fn a_machine_uses_collections_without_handles() {
    with_registers(|machine| {
        for number in 0..500 {
            machine.alloc_f64(KEY, f64::from(number) + 0.5)?;
            machine.set_smi(VALUE, number);
            assert!(map::set(machine, &RULES, MAP, Register(KEY), Register(VALUE))?);
            assert!(set::add(machine, &RULES, SET, Register(KEY))?);
            assert_eq!(array::push(machine, LIST, Register(KEY))?, number as usize + 1);
        }
        machine.collect();
        for number in 0..500 {
            machine.array_get(KEY, LIST, number)?;
            assert_eq!(machine.number(KEY), Some(number as f64 + 0.5));
            assert!(machine.map_get(VALUE, &RULES, MAP, Register(KEY))?);
            assert_eq!(machine.smi(VALUE), Some(number as i32));
        }
        assert!(!machine.map_get(VALUE, &RULES, MAP, Value::Smi(7))?);
        assert_eq!(machine.smi(VALUE), Some(499), "the register is as it was");
        machine.enter(|scope| -> Result<(), HeapError> {
            assert_eq!(scope.statistics().handles, 0);
            let map = scope.register(MAP.0).as_local().unwrap();
            let iterator = shapes::collection_iterator(scope, map)?;
            Ok(scope.set_register(ITERATOR, Value::Ref(iterator))?)
        })?;
        let mut count = 0;
        while machine.map_next(KEY, VALUE, ITERATOR)? {
            // The key is deleted as soon as it was visited.
            assert!(map::delete(machine, &RULES, MAP, Register(KEY))?);
            assert_eq!(machine.smi(VALUE), Some(count));
            count += 1;
        }
        assert_eq!((count, map::len(machine, MAP)?), (500, 0));
        Ok(())
    });
}

#[test]
fn a_popped_element_may_take_the_place_of_its_array() {
    with_registers(|machine| {
        for number in 0..100 {
            machine.alloc_f64(KEY, f64::from(number) + 0.5)?;
            array::push(machine, LIST, Register(KEY))?;
        }
        for number in (1..100).rev() {
            assert!(machine.array_pop(KEY, LIST)?);
            assert_eq!(machine.number(KEY), Some(f64::from(number) + 0.5));
        }
        assert!(machine.array_pop(LIST.0, LIST)?);
        assert_eq!(machine.number(LIST.0), Some(0.5));
        assert!(machine.array_pop(KEY, LIST).is_err());
        Ok(())
    });
}

#[test]
fn a_set_is_gone_through_by_registers() {
    with_registers(|machine| {
        machine.enter(|scope| -> Result<(), HeapError> {
            let set = scope.register(SET.0).as_local().unwrap();
            let iterator = shapes::collection_iterator(scope, set)?;
            Ok(scope.set_register(ITERATOR, Value::Ref(iterator))?)
        })?;
        set::add(machine, &RULES, SET, Value::Null)?;
        set::add(machine, &RULES, SET, Value::Bool(true))?;
        assert!(machine.set_next(KEY, ITERATOR)?);
        assert_eq!(machine.get(KEY), Tagged::NULL);
        assert!(machine.set_next(KEY, ITERATOR)? && !machine.set_next(KEY, ITERATOR)?);
        assert_eq!(machine.get(KEY), Tagged::TRUE);
        assert!(machine.map_next(KEY, VALUE, ITERATOR).is_ok_and(|next| !next), "it is over");
        Ok(())
    });
}

#[test]
#[should_panic(expected = "register")]
fn a_register_that_the_window_does_not_have_panics() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut machine = heap.registers();
    machine.push(2).unwrap();
    let _ = array::len(&machine, Register(2));
}

#[test]
fn a_number_finds_its_string_while_that_lives() -> Result<(), Box<dyn std::error::Error>> {
    let mut heap = Heap::new(HeapOptions::default())?;
    let mut machine = heap.registers();
    machine.push(3)?;
    let number = |number| Tag::new(number).expect("24 bits");
    // Old ones, and one that is young at first.
    for (name, text) in (1..).zip(["kept for good", "forgotten"]) {
        machine.string_intern_str(0, text)?;
        machine.string_set_number(0, number(name))?;
        machine.copy(name as usize, 0);
    }
    let units: Vec<u16> = "young \u{1F600}".encode_utf16().collect();
    machine.string_utf16(0, &units)?;
    assert_eq!(machine.string_set_number(0, number(9)), Err(AccessError::WrongKind));
    machine.string_intern(0, Register(0))?;
    machine.string_set_number(0, number(9))?;
    machine.set_smi(2, 0);
    for _ in 0..4 {
        machine.scavenge();
        assert!(machine.numbered(9).is_some_and(|found| found == machine.get(0)));
        assert!(machine.view(0)?.is_tagged(Kind::TwoByteString, number(9)));
    }
    assert!(machine.numbered(2).is_some(), "old ones live until a full collection");
    machine.collect();
    assert!(machine.numbered(2).is_none() && !machine.string_numbered(2, 2));
    assert!(machine.string_numbered(2, 1) && machine.get(2) == machine.get(1));
    assert!(machine.numbered(1000).is_none());
    // The same units have the same string, however they are given.
    machine.string_intern_utf16(2, &units)?;
    assert!(machine.get(2) == machine.get(0));
    machine.string_intern_utf16(1, &[0xE9])?;
    machine.string_intern_str(2, "\u{E9}")?;
    assert!(machine.get(2) == machine.get(1));
    // One that dies young.
    machine.string_intern_utf16(1, &[0xD800; 100])?;
    machine.string_latin1(1, b"dies while it is young")?;
    machine.string_intern(1, Register(1))?;
    machine.string_set_number(1, number(3))?;
    machine.set_smi(1, 0);
    machine.scavenge();
    assert!(machine.numbered(3).is_none());
    Ok(())
}
