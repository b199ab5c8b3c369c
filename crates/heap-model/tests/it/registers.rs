//! The register stack: windows, what its registers keep alive, and that collections find and move it all.

mod program;

use crate::events::small;
use heap_model::{
    AccessError, CachedSlot, Heap, HeapOptions, Kind, Registers, StackOverflow, Tag, Tagged, Value,
    Window,
};
use program::Program;
use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

fn heap() -> Heap {
    let heap = Heap::new(small()).unwrap();
    #[cfg(zeal)]
    let heap = {
        let mut heap = heap;
        heap.set_zeal(Some(1));
        heap
    };
    heap
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn registers_hold_what_a_program_put_there_through_all_collections(
        incremental in any::<bool>(),
        zeal in 1_u32..40,
        steps in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 1..400),
    ) {
        let incremental = incremental.then_some(Duration::from_micros(20));
        let initial_old_generation = 512 << 10;
        let options = small().with_incremental(incremental).with_initial_old_generation(initial_old_generation);
        let mut program = Program::new(options, zeal);
        for step in &steps {
            program.step(*step);
        }
        program.compare();
        program.end();
    }
}

#[test]
fn a_remembered_slot_is_one_of_cells_of_the_same_class_and_size_alone() {
    let mut heap = heap();
    let (tag, other) = (Tag::new(300).unwrap(), Tag::new(301).unwrap());
    let mut machine = heap.registers();
    machine.push(4).unwrap();
    machine.alloc_tagged(0, Kind::Object, tag, 3, 0).unwrap();
    machine.set_smi(1, 7);
    machine.store(0, 2, 1).unwrap();
    let slot = machine.cached_slot(0, 2);
    assert!(machine.load_cached(2, 0, slot) && machine.smi(2) == Some(7));

    // Old cells, and those that are in the remembered set or whose site counts them, are like the others.
    machine.collect();
    machine.collect();
    machine.alloc(3, Kind::Object, 1, 0).unwrap();
    assert!(machine.store_cached(0, slot, 3));
    assert!(machine.load_cached(2, 0, slot) && machine.get(2) == machine.get(3));
    machine.scavenge();
    assert!(machine.load_cached(2, 0, slot) && machine.get(2) == machine.get(3));

    let refuses = |machine: &mut Registers<'_>, kind, tag, slots, raw| {
        machine.alloc_tagged(1, kind, tag, slots, raw).unwrap();
        assert!(!machine.load_cached(2, 1, slot) && !machine.store_cached(1, slot, 3));
        assert!(!machine.add_cached(1, slot, other, 3));
    };
    refuses(&mut machine, Kind::Object, other, 3, 0);
    refuses(&mut machine, Kind::Array, tag, 3, 0);
    refuses(&mut machine, Kind::Object, tag, 2, 0);
    refuses(&mut machine, Kind::Object, tag, 2, 8);
    refuses(&mut machine, Kind::Object, tag, 40_000, 0);
    machine.set_smi(1, 3);
    assert!(!machine.load_cached(2, 1, slot) && !machine.store_cached(1, slot, 3));

    assert!(machine.add_cached(0, slot, other, 3));
    assert!(machine.get(0).is_tagged(Kind::Object, other));
    assert!(!machine.load_cached(2, 0, slot));
}

#[test]
fn no_slot_is_remembered_of_what_has_none_of_its_users() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(2).unwrap();
    machine.alloc(0, Kind::Object, 3, 0).unwrap();
    assert_eq!(machine.cached_slot(0, 3), CachedSlot::NONE);
    assert_eq!(machine.cached_slot(1, 0), CachedSlot::NONE);
    machine.enter(|scope| {
        let key = scope.alloc(Kind::Object, 0, 0).unwrap();
        let cell = scope.alloc_weak_cell(key).unwrap();
        scope.set_register(1, Value::Ref(cell)).unwrap();
    });
    assert_eq!(machine.cached_slot(1, 0), CachedSlot::NONE);
    assert!(!machine.load_cached(0, 1, CachedSlot::NONE));
}

#[test]
fn registers_outlive_the_scopes_that_they_were_written_in() {
    let mut heap = heap();
    heap.registers().push(2).unwrap();
    heap.enter(|scope| {
        let cell = scope.alloc_with(Kind::Object, &[Value::Smi(7)]).unwrap();
        scope.set_register(0, Value::Ref(cell)).unwrap();
        scope.scope(|scope| {
            let value = scope.register(0);
            assert!(scope.same_value(value, Value::Ref(cell)));
            scope.registers().copy(1, 0);
        });
    });
    heap.collect();
    let machine = heap.registers();
    assert!(machine.get(0) == machine.get(1));
    assert_eq!(machine.peek(1, 0).unwrap().as_smi(), Some(7));
}

/// A native cell whose payload tells whether it lives.
fn tell(machine: &mut Registers<'_>, to: usize) -> std::sync::Weak<()> {
    let payload = Arc::new(());
    let weak = Arc::downgrade(&payload);
    machine.alloc_native(to, 32, 0, Box::new(payload), 0).unwrap();
    weak
}

#[test]
fn what_a_popped_window_held_dies() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(1).unwrap();
    let kept = tell(&mut machine, 0);
    let caller = machine.push(3).unwrap();
    let given_up = tell(&mut machine, 2);
    machine.collect();
    assert!(given_up.upgrade().is_some());
    machine.pop(caller);
    machine.collect();
    assert!(given_up.upgrade().is_none() && kept.upgrade().is_some());
}

#[test]
fn an_overwritten_register_keeps_nothing_alive() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(1).unwrap();
    let first = tell(&mut machine, 0);
    machine.set_null(0);
    machine.collect();
    assert!(first.upgrade().is_none());
}

#[test]
fn a_window_that_is_shown_again_has_undefined_registers_after_a_collection() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(1).unwrap();
    let caller = machine.push(2).unwrap();
    machine.alloc(1, Kind::Object, 1, 0).unwrap();
    let callee = machine.window();
    machine.pop(caller);
    machine.scavenge();
    machine.pop(callee);
    assert!(machine.get(1) == Tagged::UNDEFINED);
}

#[test]
fn a_deep_recursion_is_refused_at_the_limit_and_unwound_in_one_step() {
    let mut heap = heap();
    heap.set_register_limit(100_000);
    let mut machine = heap.registers();
    machine.push(10).unwrap();
    let bottom = machine.window();
    let mut depth = 0;
    let refused = loop {
        machine.alloc(0, Kind::Object, 1, 0).unwrap();
        if let Err(refused) = machine.call_copying(0, 1, 10) {
            break refused;
        }
        depth += 1;
    };
    assert_eq!((depth, refused.limit), (9_999, 100_000));
    assert_eq!(machine.heap().statistics().registers, 100_000);
    machine.pop(bottom);
    machine.collect();
    assert_eq!((machine.heap().statistics().registers, machine.window()), (10, bottom));
    assert_eq!(machine.heap().heap_used(), 24);
    let refused: StackOverflow = machine.push(usize::MAX).unwrap_err();
    assert_eq!(refused.to_string(), "stack overflow: the limit is 100000 registers");
}

#[test]
fn a_call_shows_its_arguments_and_a_return_its_result() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(5).unwrap();
    (0..5).for_each(|register| machine.set_smi(register, register as i32));
    let numbers = |machine: &Registers<'_>| -> Vec<Option<i32>> {
        (0..machine.size()).map(|register| machine.smi(register)).collect()
    };
    let caller = machine.call_copying(1, 2, 4).unwrap();
    assert_eq!(numbers(&machine), [Some(1), Some(2), None, None]);
    machine.copy_from(3, caller, 4);
    machine.copy_to(caller, 0, 1);
    machine.pop_with(3, caller, 2);
    assert_eq!(numbers(&machine), [Some(2), Some(1), Some(4), Some(3), Some(4)]);
    let caller = machine.call(3, 2, 3).unwrap();
    assert_eq!(numbers(&machine), [Some(3), Some(4), None]);
    machine.set_smi(0, 9);
    machine.pop(caller);
    assert_eq!(numbers(&machine), [Some(2), Some(1), Some(4), Some(9), Some(4)]);
    machine.resize(1).unwrap();
    machine.resize(2).unwrap();
    assert_eq!(numbers(&machine), [Some(2), None]);
}

#[test]
fn a_register_outside_of_the_window_panics_and_changes_nothing() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(2).unwrap();
    machine.alloc(0, Kind::Object, 4, 0).unwrap();
    let above = machine.window();
    let mut panics = |f: &mut dyn FnMut(&mut Registers<'_>)| {
        assert!(catch_unwind(AssertUnwindSafe(|| f(&mut machine))).is_err());
    };
    panics(&mut |machine| machine.set_smi(2, 1));
    panics(&mut |machine| _ = machine.get(usize::MAX).as_smi());
    panics(&mut |machine| machine.copy(0, 2));
    panics(&mut |machine| _ = machine.load(2, 0, 0));
    panics(&mut |machine| _ = machine.alloc(2, Kind::Object, 0, 0));
    panics(&mut |machine| _ = machine.alloc_with(0, Kind::Object, 1, 2));
    panics(&mut |machine| _ = machine.call(1, 2, 3));
    panics(&mut |machine| _ = machine.call_copying(1, usize::MAX, 3));
    panics(&mut |machine| _ = machine.load_range(1, 0, 0, 2));
    panics(&mut |machine| _ = machine.store_range(0, 0, 2, 1));
    panics(&mut |machine| machine.copy_range(1, 0, 2));
    panics(&mut |machine| machine.clear(usize::MAX, 2));
    panics(&mut |machine| machine.copy_from(0, above, 2));
    panics(&mut |machine| {
        machine.pop(Window::default());
        machine.copy_from(0, above, 0);
    });
    machine.pop(above);
    machine.collect();
    assert!(machine.get(0).is_kind(Kind::Object) && machine.get(1) == Tagged::UNDEFINED);
}

#[test]
fn what_a_program_is_to_answer_for_is_an_error() {
    let mut heap = heap();
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    let mut machine = heap.registers();
    machine.push(4).unwrap();
    machine.alloc(0, Kind::Object, 2, 8).unwrap();
    machine.alloc_native(1, 32, 1, Box::new(5_u32), 0).unwrap();
    machine.enter(|scope| {
        let target = scope.register(0).as_local().unwrap();
        let weak = scope.alloc_weak_cell(target).unwrap();
        scope.set_register(2, Value::Ref(weak)).unwrap();
    });
    assert_eq!(machine.load(3, 3, 0), Err(AccessError::NoCell));
    assert_eq!(machine.store(3, 0, 0), Err(AccessError::NoCell));
    let out = |slot, len| Err(AccessError::SlotOutOfRange { slot, len });
    assert_eq!(machine.load(3, 0, 2), out(2, 2));
    assert_eq!(machine.store_range(0, 1, 0, 2), out(2, 2));
    assert_eq!(machine.load_range(0, 0, usize::MAX, 2), out(usize::MAX - 1, 2));
    assert_eq!(machine.load(3, 2, 0), Err(AccessError::WrongKind));
    assert_eq!(machine.copy_slots(0, 0, 2, 0, 1), Err(AccessError::WrongKind));
    assert_eq!(machine.copy_slots(0, 1, 1, 0, 2), out(2, 2));
    assert_eq!(machine.read_u64(1, 0), Err(AccessError::WrongKind));
    let outside = AccessError::BytesOutOfRange { end: 9, len: 8 };
    assert_eq!(machine.read_u64(0, 1), Err(outside));
    assert_eq!(machine.write_u32(0, 5, 0), Err(outside));
    assert_eq!(machine.copy_bytes(0, 1, 0, 0, 8), Err(outside));
    assert_eq!(machine.native::<String>(1), Err(AccessError::WrongKind));
    other.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 0, 0).unwrap();
        let global = scope.global(cell).unwrap();
        assert_eq!(machine.set(3, Value::Ref(cell)), Err(AccessError::WrongHeap));
        assert_eq!(machine.store_value(0, 0, Value::Ref(cell)), Err(AccessError::WrongHeap));
        assert_eq!(machine.set_global(3, &global), Err(AccessError::WrongHeap));
    });
    assert!(
        machine.get(3) == Tagged::UNDEFINED && machine.peek(0, 0).unwrap() == Tagged::UNDEFINED
    );
}

#[test]
fn a_generator_keeps_its_registers_in_a_cell() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(3).unwrap();
    machine.alloc(2, Kind::Object, 4, 0).unwrap();
    // In the old space, so that young cells are stored there behind the barrier.
    machine.collect();
    machine.alloc_f64(0, 0.5).unwrap();
    machine.set_smi(1, 5);
    machine.store_range(2, 1, 0, 2).unwrap();
    machine.clear(0, 2);
    machine.scavenge();
    machine.collect();
    machine.load_range(0, 2, 1, 2).unwrap();
    assert_eq!((machine.number(0), machine.number(1)), (Some(0.5), Some(5.0)));
    assert!(machine.peek(2, 3).unwrap() == Tagged::UNDEFINED);
}

#[test]
fn slots_and_bytes_are_copied_within_a_cell_as_if_through_a_buffer() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(9).unwrap();
    (1..9).for_each(|register| machine.set_smi(register, register as i32));
    machine.alloc_with(0, Kind::Array, 1, 8).unwrap();
    let slots = |machine: &Registers<'_>| -> Vec<i32> {
        (0..8).map(|slot| machine.peek(0, slot).unwrap().as_smi().unwrap()).collect()
    };
    machine.copy_slots(0, 2, 0, 0, 6).unwrap();
    assert_eq!(slots(&machine), [1, 2, 1, 2, 3, 4, 5, 6]);
    machine.copy_slots(0, 0, 0, 2, 6).unwrap();
    assert_eq!(slots(&machine), [1, 2, 3, 4, 5, 6, 5, 6]);
    machine.alloc(1, Kind::Bytes, 0, 8).unwrap();
    machine.write_u64(1, 0, u64::from_ne_bytes([1, 2, 3, 4, 5, 6, 7, 8])).unwrap();
    machine.copy_bytes(1, 1, 1, 0, 7).unwrap();
    assert_eq!(machine.bytes(1).unwrap(), [1, 1, 2, 3, 4, 5, 6, 7]);
    machine.write_f64(1, 0, 2.5).unwrap();
    assert_eq!(machine.read_f64(1, 0), Ok(2.5));
}

#[test]
fn cells_that_are_too_large_for_the_new_space_are_made_of_registers_too() {
    let mut heap = heap();
    let mut machine = heap.registers();
    let count = 20_000;
    machine.push(count + 1).unwrap();
    (1..=count).for_each(|register| machine.set_smi(register, register as i32));
    machine.alloc(count / 2, Kind::Object, 1, 0).unwrap();
    machine.alloc_with(0, Kind::Array, 1, count).unwrap();
    machine.clear(1, count);
    machine.scavenge();
    machine.collect();
    assert!(machine.peek(0, count / 2 - 1).unwrap().is_kind(Kind::Object));
    assert_eq!(machine.peek(0, count - 1).unwrap().as_smi(), Some(count as i32));
}

#[test]
fn registers_are_roots_of_the_walk_between_handles_and_owned_roots() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(3).unwrap();
    machine.alloc(2, Kind::Array, 1, 0).unwrap();
    machine.alloc(0, Kind::Context, 0, 0).unwrap();
    let global = machine.global(0).unwrap();
    machine.store(2, 0, 0).unwrap();
    machine.set_undefined(0);
    let mut kinds = Vec::new();
    machine.enter(|scope| {
        scope.alloc(Kind::Object, 0, 0).unwrap();
        scope.walk(|node| kinds.push(node.kind));
    });
    assert_eq!(kinds, [Kind::Object, Kind::Array, Kind::Context]);
    assert_eq!(heap.roots().len(), 2);
    drop(global);
}

#[test]
fn a_refusal_at_the_limit_is_tried_again_when_a_register_was_given_up() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(8 << 20)).unwrap();
    let mut machine = heap.registers();
    machine.push(2).unwrap();
    machine.alloc(0, Kind::Bytes, 0, 5 << 20).unwrap();
    assert!(machine.alloc(1, Kind::Bytes, 0, 5 << 20).is_err());
    let collections = machine.heap().statistics().full_collections;
    assert!(machine.alloc(1, Kind::Bytes, 0, 5 << 20).is_err());
    #[cfg(not(zeal))]
    assert_eq!(machine.heap().statistics().full_collections, collections);
    machine.set_undefined(0);
    machine.alloc(1, Kind::Bytes, 0, 5 << 20).unwrap();
    assert!(machine.heap().statistics().full_collections > collections);
}

#[test]
fn a_built_in_pushes_windows_of_its_own() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(2).unwrap();
    machine.set_smi(1, 6);
    let before = machine.window();
    machine.enter(|scope| {
        let mut machine = scope.registers();
        let caller = machine.call_copying(1, 1, 20).unwrap();
        machine.alloc(19, Kind::Object, 0, 0).unwrap();
        let number = machine.smi(0).unwrap();
        machine.pop(caller);
        machine.set_smi(0, number * 7);
    });
    assert_eq!((machine.smi(0), machine.window()), (Some(42), before));
}

#[test]
fn released_memory_leaves_the_registers_as_they_are() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(2).unwrap();
    machine.alloc(1, Kind::Object, 1, 0).unwrap();
    let caller = machine.push(200_000).unwrap();
    machine.pop(caller);
    machine.pop(Window::default());
    let window = {
        machine.push(2).unwrap();
        machine.alloc(1, Kind::Object, 1, 0).unwrap();
        machine.window()
    };
    heap.release_memory();
    heap.collect();
    let mut machine = heap.registers();
    assert!(machine.get(1).is_kind(Kind::Object) && machine.window() == window);
    machine.push(200_000).unwrap();
    assert!(machine.get(199_999) == Tagged::UNDEFINED);
}

#[test]
fn a_tag_stays_with_its_cell_wherever_that_is_moved() {
    let tag = |number| Tag::new(number).unwrap();
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(3).unwrap();
    machine.alloc_tagged(0, Kind::Object, tag(Tag::MOST), 3, 8).unwrap();
    machine.alloc_tagged(1, Kind::Bytes, tag(1), 0, 1 << 20).unwrap();
    machine.alloc_tagged(2, Kind::Array, tag(2), 40_000, 24).unwrap();
    for _ in 0..3 {
        machine.scavenge();
        machine.collect();
        assert!(machine.get(0).is_tagged(Kind::Object, tag(Tag::MOST)));
        assert!(!machine.get(0).is_tagged(Kind::Object, tag(1)));
        assert!(!machine.get(0).is_tagged(Kind::Array, tag(Tag::MOST)));
        let shapes: Vec<_> = (0..3)
            .map(|register| machine.view(register).unwrap())
            .map(|view| (view.tag().number(), view.size(), view.slot_count()))
            .collect();
        let expected = [(Tag::MOST, 48, 3), (1, (1 << 20) + 16, 0), (2, 320_016 + 24, 40_000)];
        assert_eq!(shapes, expected);
    }
    machine.set_tag(0, Tag::NONE).unwrap();
    assert!(machine.get(0).is_tagged(Kind::Object, Tag::NONE));
    let mut tags = Vec::new();
    machine.enter(|scope| scope.walk(|node| tags.push(node.tag.number())));
    assert_eq!(tags, [0, 1, 2]);
}

#[test]
fn the_slots_of_a_large_cell_are_its_own_and_no_more() {
    let mut heap = heap();
    let mut machine = heap.registers();
    machine.push(2).unwrap();
    for slots in [16_382, 16_383, 16_384, 20_000] {
        machine.alloc_holes(0, Kind::Array, slots).unwrap();
        assert_eq!(machine.view(0).unwrap().slot_count(), slots);
        machine.set_smi(1, 7);
        machine.store(0, slots - 1, 1).unwrap();
        assert!(machine.peek(0, 0).unwrap() == Tagged::HOLE);
        assert_eq!(machine.peek(0, slots - 1).unwrap().as_smi(), Some(7));
        let out = Err(AccessError::SlotOutOfRange { slot: slots, len: slots });
        assert_eq!(machine.load(1, 0, slots), out);
        assert_eq!(machine.bytes(0).unwrap().len(), 0);
    }
}
