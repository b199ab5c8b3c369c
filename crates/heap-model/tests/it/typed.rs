//! Records: what a derived type makes of cells.

use heap_model::typed::{Gc, Record, Root, Slot};
use heap_model::{
    AccessError, Heap, HeapError, HeapOptions, Kind, Local, OutOfMemory, Scope, Seen,
};
use heap_model::{Reason, Tag, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

#[derive(Record)]
struct Node<'s> {
    key: i32,
    left: Option<Gc<'s, Node<'s>>>,
    right: Option<Gc<'s, Node<'s>>>,
    value: Value<'s>,
}

#[derive(Record)]
struct Cons<'s, T> {
    value: T,
    rest: Option<Gc<'s, Cons<'s, T>>>,
    same: bool,
}

#[derive(Record)]
struct Resource<'s> {
    #[payload]
    name: Arc<str>,
    #[payload]
    list: Vec<u32>,
    owner: Local<'s>,
    id: u8,
}

#[derive(Record)]
struct Frame<'s, const N: usize> {
    pc: u32,
    registers: [Value<'s>; N],
    caller: Option<Local<'s>>,
    rest: &'s [Option<Gc<'s, Number>>],
}

#[derive(Record)]
#[record(tag = 7)]
struct Number {
    value: f64,
}

#[derive(Record)]
struct Text<'s> {
    hash: u16,
    owner: Value<'s>,
    bytes: &'s [u8],
}

#[derive(Record)]
struct Words<'s> {
    odd: [u8; 3],
    words: &'s [u64],
}

#[derive(Clone, Copy, Slot)]
enum Any<'s> {
    Nothing,
    Flag(bool),
    Small(i32),
    Number(Gc<'s, Number>),
    Text(Gc<'s, Text<'s>>),
    Other(Local<'s>),
}

#[derive(Record)]
struct Variable<'s> {
    value: Any<'s>,
}

fn heap() -> Heap {
    Heap::new(HeapOptions::default()).unwrap()
}

/// Runs a test in a scope of its own heap.
fn run(test: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<(), HeapError>) {
    heap().enter(test).unwrap();
}

/// Whether the function panics; the message is not shown.
fn panics<R>(f: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(f)).is_err()
}

#[test]
fn a_record_keeps_its_fields_through_collections() {
    run(|scope| {
        let leaf = scope.make(Node { key: 1, left: None, right: None, value: Value::Smi(3) })?;
        let root =
            scope.make(Node { key: 2, left: Some(leaf), right: None, value: leaf.into() })?;
        for round in 0..4 {
            if round % 2 == 0 {
                scope.scavenge()
            } else {
                scope.collect()
            }
            assert_eq!((root.key(scope), leaf.key(scope)), (2, 1));
            assert_eq!(root.left(scope).map(|left| left.key(scope)), Some(1));
            assert!(root.right(scope).is_none());
            assert_eq!(leaf.value(scope).as_smi(), Some(3));
        }
        root.set_right(scope, Some(root));
        root.set_key(scope, 9);
        let read = scope.read(root);
        assert_eq!(read.right().and_then(NodeRead::right).map(NodeRead::key), Some(9));
        assert!(matches!(read.value(), Seen::Ref(_)));
        Ok(())
    });
}

#[test]
fn an_old_record_keeps_what_is_stored_in_it_alive() {
    run(|scope| {
        let old = scope.make(Node { key: 0, left: None, right: None, value: Value::Null })?;
        scope.collect();
        for key in 1..100 {
            scope.scope(|scope| -> Result<(), OutOfMemory> {
                let left = old.left(scope);
                let young = scope.make(Node { key, left, right: None, value: Value::Null })?;
                old.set_left(scope, Some(young));
                old.set_value(scope, young.into());
                Ok(())
            })?;
            scope.scavenge();
        }
        let mut keys = Vec::new();
        let mut next = scope.read(old).left();
        while let Some(node) = next {
            keys.push(node.key());
            next = node.left();
        }
        assert!(keys.into_iter().eq((1..100).rev()));
        Ok(())
    });
}

#[test]
fn instances_of_a_generic_struct_are_types_of_their_own() {
    run(|scope| {
        let whole = scope.make(Cons { value: 7_u64, rest: None, same: true })?;
        let pair = scope.make(Cons { value: (1_u8, 'x'), rest: None, same: false })?;
        let longer = scope.make(Cons { value: 8_u64, rest: Some(whole), same: true })?;
        assert_eq!(longer.rest(scope).map(|rest| rest.value(scope)), Some(7));
        assert_eq!((pair.value(scope), pair.same(scope)), ((1, 'x'), false));
        assert!(scope.cast::<Cons<u64>>(whole).is_some());
        assert!(scope.cast::<Cons<(u8, char)>>(whole).is_none());
        assert!(scope.cast::<Cons<u64>>(pair).is_none());
        Ok(())
    });
}

#[test]
fn a_payload_is_dropped_with_its_record() {
    let name: Arc<str> = "a resource".into();
    run(|scope| {
        let owner = scope.alloc(Kind::Object, 0, 0)?;
        let kept = Resource { name: name.clone(), list: vec![1, 2], owner, id: 1 };
        let kept = scope.make(kept)?;
        scope.scope(|scope| {
            let dropped = Resource { name: name.clone(), list: Vec::new(), owner, id: 2 };
            scope.make(dropped).map(drop)
        })?;
        assert_eq!(Arc::strong_count(&name), 3);
        scope.collect();
        assert_eq!(Arc::strong_count(&name), 2);
        kept.list_mut(scope).push(3);
        scope.scavenge();
        assert_eq!((&**kept.name(scope), &**kept.list(scope)), ("a resource", &[1, 2, 3][..]));
        assert_eq!(kept.id(scope), 1);
        let again = kept.owner(scope);
        assert!(scope.same(again, owner));
        Ok(())
    });
    assert_eq!(Arc::strong_count(&name), 1);
}

#[test]
fn a_refused_record_gives_its_payload_back() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(2 << 20)).unwrap();
    heap.enter(|scope| {
        #[derive(Record)]
        struct Large<'s> {
            #[payload]
            name: String,
            bytes: &'s [u8],
        }
        let bytes = vec![0; 4 << 20];
        let refused = scope.try_make(Large { name: "kept".into(), bytes: &bytes }).unwrap_err();
        assert_eq!(refused.error.reason, Reason::Limit);
        assert_eq!(refused.payload.0.0, "kept");
        let made = scope.make(Large { name: refused.payload.0.0, bytes: &bytes[..9] }).unwrap();
        assert_eq!(made.bytes(scope).len(), 9);
    });
}

#[test]
fn arrays_and_slices_have_their_elements() {
    run(|scope| {
        let one = scope.make(Number { value: 1.0 })?;
        let two = scope.make(Number { value: 2.0 })?;
        let frame = scope.make(Frame::<3> {
            pc: 5,
            registers: [Value::Smi(0), one.into(), Value::Null],
            caller: Some(two.into()),
            rest: &[Some(one), None, Some(two)],
        })?;
        scope.collect();
        frame.set_registers(scope, 0, Value::Bool(true));
        frame.set_rest(scope, 1, Some(one));
        assert!(matches!(frame.registers(scope, 0), Value::Bool(true)));
        let second = frame.registers(scope, 1);
        assert!(scope.cast::<Number>(second).is_some());
        let values: Vec<_> = (0..frame.rest_len(scope))
            .map(|index| frame.rest(scope, index).unwrap().value(scope))
            .collect();
        assert_eq!((values, frame.pc(scope)), (vec![1.0, 1.0, 2.0], 5));
        let caller = frame.caller(scope).unwrap();
        assert!(scope.same(caller, two.into()));
        let read = scope.read(frame);
        assert_eq!((read.rest_len(), read.rest(2).map(NumberRead::value)), (3, Some(2.0)));
        assert!(matches!(read.registers(2), Seen::Null));
        assert_eq!(scope.size(frame.into())?, 16 + 8 * (3 + 1 + 3) + 8);
        assert!(panics(|| frame.registers(scope, 3)));
        assert!(panics(|| frame.rest(scope, 3)));
        assert!(panics(|| frame.set_rest(scope, usize::MAX, None)));
        Ok(())
    });
}

#[test]
fn slices_of_plain_values_are_as_long_as_they_were_given() {
    run(|scope| {
        for length in [0, 1, 2, 7, 8, 9, 1000, 131_072, 1 << 20] {
            scope.scope(|scope| -> Result<(), HeapError> {
                let bytes: Vec<u8> = (0..length).map(|byte| byte as u8).collect();
                let text = scope.make(Text { hash: 3, owner: Value::Null, bytes: &bytes })?;
                scope.collect();
                assert_eq!(text.bytes(scope), bytes);
                if let Some(last) = text.bytes_mut(scope).last_mut() {
                    *last = 77;
                }
                let read = scope.read(text);
                assert_eq!(read.bytes().last(), (length > 0).then_some(&77));
                assert_eq!((read.bytes().len(), read.hash()), (length, 3));
                let words: Vec<u64> = (0..length as u64 / 8).collect();
                let words = scope.make(Words { odd: [1, 2, 3], words: &words })?;
                scope.scavenge();
                assert!(words.words(scope).iter().copied().eq(0..length as u64 / 8));
                assert_eq!(words.odd(scope), [1, 2, 3]);
                Ok(())
            })?;
        }
        Ok(())
    });
}

#[test]
fn an_enum_in_a_slot_is_what_was_stored() {
    run(|scope| {
        let number = scope.make(Number { value: 0.5 })?;
        let text = scope.make(Text { hash: 0, owner: Value::Null, bytes: b"x" })?;
        let other = scope.alloc(Kind::Object, 0, 0)?;
        let variable = scope.make(Variable { value: Any::Nothing })?;
        let all = [
            Any::Nothing,
            Any::Flag(true),
            Any::Small(-7),
            Any::Number(number),
            Any::Text(text),
            Any::Other(other),
        ];
        for value in all {
            variable.set_value(scope, value);
            scope.scavenge();
            match (variable.value(scope), value) {
                (Any::Nothing, Any::Nothing) => {}
                (Any::Flag(a), Any::Flag(b)) => assert_eq!(a, b),
                (Any::Small(a), Any::Small(b)) => assert_eq!(a, b),
                (Any::Number(a), Any::Number(b)) => assert!(scope.same(a.into(), b.into())),
                (Any::Text(a), Any::Text(b)) => assert_eq!(a.bytes(scope), b.bytes(scope)),
                (Any::Other(a), Any::Other(b)) => assert!(scope.same(a, b)),
                _ => panic!("another variant"),
            }
        }
        Ok(())
    });
}

#[test]
fn a_value_is_cast_to_its_own_type_alone() {
    run(|scope| {
        let number = scope.make(Number { value: 0.5 })?;
        let object = scope.alloc(Kind::Object, 2, 8)?;
        assert_eq!(scope.cast::<Number>(number).map(|number| number.value(scope)), Some(0.5));
        assert!(scope.cast::<Node>(number).is_none(), "no record of the type was made");
        scope.make(Node { key: 1, left: None, right: None, value: Value::Null })?;
        assert!(scope.cast::<Node>(number).is_none());
        for value in [Value::Ref(object), Value::Smi(1), Value::Null, Value::Hole] {
            assert!(scope.cast::<Number>(value).is_none());
        }
        heap().enter(|other| {
            let foreign = other.make(Number { value: 0.5 }).unwrap();
            assert!(scope.cast::<Number>(foreign).is_none());
        });
        Ok(())
    });
}

#[test]
fn a_handle_of_another_heap_panics_and_changes_nothing() {
    run(|scope| {
        let own = scope.make(Node { key: 1, left: None, right: None, value: Value::Null })?;
        heap().enter(|other| {
            let foreign = other.make(Node { key: 2, left: None, right: None, value: Value::Null });
            let foreign = foreign.unwrap();
            assert!(panics(|| foreign.key(scope)));
            assert!(panics(|| foreign.left(scope)));
            assert!(panics(|| foreign.set_key(scope, 3)));
            assert!(panics(|| foreign.set_left(scope, None)));
            assert!(panics(|| own.set_left(scope, Some(foreign))));
            assert!(panics(|| own.set_value(scope, foreign.into())));
            assert!(panics(|| scope.read(foreign).key()));
            let node = Node { key: 3, left: Some(foreign), right: None, value: Value::Null };
            assert!(panics(|| scope.make(node)));
            assert_eq!(scope.root(foreign).unwrap_err(), AccessError::WrongHeap);
            assert_eq!(foreign.key(other), 2);
        });
        assert!(own.left(scope).is_none() && own.value(scope).as_local().is_none());
        scope.collect();
        Ok(())
    });
}

#[test]
fn who_does_not_know_a_records_type_reads_its_slots_and_changes_nothing() {
    run(|scope| {
        let text = scope.make(Text { hash: 513, owner: Value::Smi(4), bytes: b"abc" })?;
        let local = Local::from(text);
        assert_eq!((scope.kind(local)?, scope.slot_count(local)?), (Kind::Record, 1));
        assert_eq!(scope.view(local)?.get(0)?, Seen::Smi(4));
        assert_eq!(scope.set(local, 0, Value::Null), Err(AccessError::WrongKind));
        assert_eq!(scope.get(local, 0).unwrap_err(), AccessError::WrongKind);
        assert!(scope.bytes(local)?.is_empty() && scope.bytes_mut(local)?.is_empty());
        assert!(scope.native::<u8>(local).is_err() && scope.set_external(local, 1).is_err());
        let array = scope.alloc_with(Kind::Array, &[local.into()])?;
        let value = scope.get(array, 0)?;
        assert_eq!(scope.cast::<Text>(value).map(|text| text.hash(scope)), Some(513));
        assert!(panics(|| scope.alloc(Kind::Record, 1, 0)));
        let mut registers = scope.registers();
        registers.push(2).unwrap();
        registers.set(0, local.into())?;
        assert_eq!(registers.store(0, 0, 1), Err(AccessError::WrongKind));
        assert_eq!(registers.store_range(0, 0, 1, 1), Err(AccessError::WrongKind));
        assert!(registers.copy_slots(0, 0, 0, 0, 1).is_err());
        assert!(registers.bytes_mut(0)?.is_empty());
        assert!(registers.copy_bytes(0, 0, 0, 0, 1).is_err());
        Ok(())
    });
}

#[test]
fn a_chosen_tag_is_the_types_number() {
    #[derive(Record)]
    #[record(tag = 7)]
    struct Same {
        value: f64,
    }
    run(|scope| {
        let number = scope.make(Number { value: 1.0 })?;
        let text = scope.make(Text { hash: 0, owner: Value::Null, bytes: b"" })?;
        let object = scope.alloc(Kind::Object, 0, 0)?;
        assert_eq!(scope.record_type(number.into())?, 7);
        let tag = Tag::new(7).unwrap();
        assert!(scope.view(number.into())?.is_tagged(Kind::Record, tag));
        scope.set_tag(number.into(), Tag::NONE)?;
        assert_eq!((scope.record_type(number.into())?, scope.tag(text.into())?), (7, Tag::NONE));
        assert!(scope.record_type(text.into())? > 255);
        assert_eq!(scope.record_type(object), Err(AccessError::WrongKind));
        assert!(panics(|| scope.make(Same { value: 1.0 })), "another type has the tag");
        assert!(scope.cast::<Same>(number).is_none());
        Ok(())
    });
}

#[test]
fn records_of_a_site_that_survive_are_pretenured_and_keep_their_type() {
    run(|scope| {
        let site = scope.site();
        let mut list = None;
        for value in 0..5000 {
            list = Some(scope.make_at(site, Cons { value, rest: list, same: true })?);
            if value % 100 == 0 {
                scope.scavenge();
                assert!(list.is_some_and(|first| scope.cast::<Cons<i32>>(first).is_some()));
            }
        }
        let scavenges = scope.statistics().scavenges;
        let old = |scope: &Scope<'_>| {
            let spaces = scope.space_statistics();
            spaces.iter().find(|space| space.name == "old_space").unwrap().used
        };
        let before = old(scope);
        for value in 0..100 {
            scope.make_at(site, Cons { value, rest: list, same: false })?;
        }
        assert_eq!(scope.statistics().scavenges, scavenges);
        assert!(old(scope) > before, "they are allocated in the old space");
        let sum: i32 =
            std::iter::successors(list.map(|first| scope.read(first)), |cons| cons.rest())
                .map(|cons| cons.value())
                .sum();
        assert_eq!(sum, 5000 * 4999 / 2);
        Ok(())
    });
}

#[test]
fn a_record_an_enum_or_a_value_escapes_its_scope_with_one_handle() {
    run(|scope| {
        let before = scope.statistics().handles;
        let number = scope.escape_as::<Gc<Number>, OutOfMemory>(|scope| {
            scope.make(Number { value: 1.0 })?;
            scope.make(Number { value: 2.0 })
        })?;
        let any = scope.escape_as::<Any, OutOfMemory>(|scope| {
            Ok(Any::Number(scope.make(Number { value: 3.0 })?))
        })?;
        assert_eq!(scope.statistics().handles, before + 2);
        let Any::Number(other) = any else { panic!("a number") };
        scope.collect();
        assert_eq!((number.value(scope), other.value(scope)), (2.0, 3.0));
        let refused = scope.escape_as::<Any, _>(|_| Err("refused"));
        assert_eq!(refused.err(), Some("refused"));
        Ok(())
    });
}

#[test]
fn a_record_is_found_from_another_without_handles_between() {
    run(|scope| {
        let mut list = None;
        for value in 0..100_u64 {
            list = Some(scope.make(Cons { value, rest: list, same: true })?);
        }
        let before = scope.statistics().handles;
        let find = |scope: &mut Scope<'_>, wanted| {
            let found = scope.find_record::<Cons<u64>, _>(list.unwrap(), |mut cons| {
                while cons.value() != wanted {
                    cons = cons.rest()?;
                }
                Some(cons)
            });
            found.map(|found| found.value(scope))
        };
        assert_eq!((find(scope, 7), find(scope, 100)), (Some(7), None));
        assert_eq!(scope.statistics().handles, before + 1);
        Ok(())
    });
}

#[test]
fn the_ports_of_other_heaps_examples_run() {
    // The list is walked up to its end and back, and twice around the circle.
    assert_eq!(
        linked_list::run(3, 1000).unwrap(),
        3 * (999 * 1000 / 2 + (2 + 1000) * 999 / 2 + 12)
    );
    let program = include_str!("../../examples/mini/counters.mini").replace("300000", "1000");
    assert_eq!(language::run(&program).unwrap(), 5000);
    for (program, value) in [
        ("(get (object a 5 b 6) b)", 6),
        ("(do (let f (fn (x) (+ x 1))) (f (f 4)))", 6),
        ("(do (let o (object)) (let put_in (fn (x) (put o c x))) (put_in 4) (get o c))", 4),
        ("(do (let i 0) (while (< i 5000) (set i (+ i 1))) i)", 5000),
    ] {
        assert_eq!(language::run(program).unwrap(), value, "{program}");
    }
    for program in ["(", "x", "(1)", "(+ 1 (object))", "(get 1 a)", "(fn (x) x)", "1 2", ")"] {
        assert!(language::run(program).is_err(), "{program}");
    }
}

#[path = "../../examples/mini/language.rs"]
mod language;
#[path = "../../examples/linked_list.rs"]
mod linked_list;
#[path = "../../examples/mini/syntax.rs"]
mod syntax;

#[test]
fn a_root_keeps_a_record_between_scopes() {
    let mut heap = heap();
    let root: Root<Node<'static>> = heap.enter(|scope| {
        let node = scope.make(Node { key: 7, left: None, right: None, value: Value::Null });
        scope.root(node.unwrap()).unwrap()
    });
    heap.collect();
    heap.enter(|scope| assert_eq!(scope.rooted(&root).unwrap().key(scope), 7));
    self::heap().enter(|scope| {
        assert_eq!(scope.rooted(&root).unwrap_err(), AccessError::WrongHeap);
    });
}

#[test]
fn a_record_is_as_large_as_its_fields() {
    #[derive(Record)]
    struct Empty;
    #[derive(Record)]
    struct Plain {
        a: u8,
        b: u64,
        c: u8,
    }
    run(|scope| {
        let empty = scope.make(Empty)?;
        let plain = scope.make(Plain { a: 1, b: 2, c: 3 })?;
        let node = scope.make(Node { key: 1, left: None, right: None, value: Value::Null })?;
        let sizes = [empty.into(), plain.into(), node.into()].map(|cell| scope.size(cell).unwrap());
        assert_eq!(sizes, [16, 32, 16 + 3 * 8 + 8]);
        assert_eq!((plain.a(scope), plain.b(scope), plain.c(scope)), (1, 2, 3));
        Ok(())
    });
}

/// Random programs on a graph of records beside a naive copy of it.
#[test]
fn a_graph_of_records_is_as_a_naive_copy_of_it() {
    let options = HeapOptions::default().with_initial_semi_space(256 << 10);
    let mut heap = Heap::new(options.with_limit(8 << 20)).unwrap();
    let mut random = 2_463_534_242_u32;
    let mut random = |below: usize| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random as usize % below
    };
    const ROOTS: usize = 50;
    let mut copy: Vec<(i32, [Option<usize>; 2])> = Vec::new();
    heap.enter(|scope| {
        let frame = scope.make(Table { nodes: [None; ROOTS] }).unwrap();
        // The copy's node of each root.
        let mut roots = [None; ROOTS];
        for step in 0..20_000 {
            scope.scope(|scope| {
                let (at, from) = (random(ROOTS), random(ROOTS));
                match random(10) {
                    0..5 => {
                        let (left, right) = (frame.nodes(scope, from), frame.nodes(scope, at));
                        let value = left.map_or(Value::Smi(step), Value::from);
                        let node = scope.make(Node { key: step, left, right, value }).unwrap();
                        frame.set_nodes(scope, at, Some(node));
                        copy.push((step, [roots[from], roots[at]]));
                        roots[at] = Some(copy.len() - 1);
                    }
                    5..8 => {
                        if let (Some(node), Some(index)) = (frame.nodes(scope, at), roots[at]) {
                            let other = frame.nodes(scope, from);
                            node.set_left(scope, other);
                            node.set_key(scope, -step);
                            copy[index] = (-step, [roots[from], copy[index].1[1]]);
                        }
                    }
                    8 => {
                        frame.set_nodes(scope, at, None);
                        roots[at] = None;
                    }
                    _ if random(20) == 0 => scope.collect(),
                    _ => scope.scavenge(),
                }
                // A walk of some steps in both.
                let mut node = scope.read(frame).nodes(from);
                let mut index = roots[from];
                for _ in 0..10 {
                    let (Some(read), Some(at)) = (node, index) else { break };
                    assert_eq!(read.key(), copy[at].0);
                    let side = random(2);
                    node = if side == 0 { read.left() } else { read.right() };
                    index = copy[at].1[side];
                }
                assert_eq!(node.is_some(), index.is_some());
            });
        }
    });
}

#[derive(Record)]
struct Table<'s> {
    nodes: [Option<Gc<'s, Node<'s>>>; 50],
}
