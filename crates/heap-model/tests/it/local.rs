//! Heaps that stay on their thread, and handles that are cloned, compared, adopted and borrowed in pairs.

use heap_model::typed::{Gc, Record};
use heap_model::{AccessError, Global, Heap, HeapError, HeapOptions, Kind, LocalHeap, Value};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

#[derive(Record)]
struct File<'s> {
    #[payload]
    lines: Rc<RefCell<Vec<String>>>,
    next: Option<Gc<'s, File<'s>>>,
}

#[test]
fn payloads_and_callbacks_of_a_heap_that_stays_on_its_thread_stay_there_too() {
    let mut heap = LocalHeap::new(HeapOptions::default().with_limit(4 << 20)).unwrap();
    let lines = Rc::new(RefCell::new(Vec::new()));
    let (limits, begun) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let (asked, counted) = (limits.clone(), begun.clone());
    heap.set_near_limit_callback(move |limit| {
        asked.set(asked.get() + 1);
        limit
    });
    heap.before_collection(move |_, _| counted.set(counted.get() + 1));
    heap.enter(|scope| {
        let site = scope.site();
        let last = scope.make(File { lines: lines.clone(), next: None }).unwrap();
        let kept = scope.escape_as::<Gc<File>, HeapError>(|scope| {
            let inner = scope.make_at(site, File { lines: lines.clone(), next: Some(last) })?;
            inner.lines_mut(scope).borrow_mut().push("one".into());
            Ok(inner)
        });
        let kept = kept.unwrap();
        let native = scope.escape(|scope| scope.alloc_native(32, 0, Box::new(lines.clone()), 0));
        let native = native.unwrap();
        scope.collect();
        scope.scope(|scope| {
            let native = scope.native::<Rc<RefCell<Vec<String>>>>(native).unwrap();
            native.borrow_mut().push("two".into());
        });
        assert_eq!(*kept.next(scope).unwrap().lines(scope).borrow(), ["one", "two"]);
        assert_eq!(Rc::strong_count(&lines), 4);
        let refused = scope.alloc_native(8 << 20, 0, Box::new(lines.clone()), 0).unwrap_err();
        assert!(refused.payload.is::<Rc<RefCell<Vec<String>>>>());
        let value = scope.escape_value(|scope| Ok::<_, AccessError>(scope.adopt(native).into()));
        assert!(scope.same_value(value.unwrap(), Value::Ref(native)));
    });
    assert!(limits.get() > 0 && begun.get() > 0);
    let dropped = heap.statistics().natives;
    heap.collect();
    assert_eq!((dropped, heap.statistics().natives, Rc::strong_count(&lines)), (3, 0, 1));
}

#[test]
fn a_heap_that_is_dropped_drops_what_stays_on_its_thread() {
    let mut heap = LocalHeap::new(HeapOptions::default()).unwrap();
    let text: Rc<str> = "text".into();
    let own = text.clone();
    heap.on_collection(move |_| drop(own.clone()));
    heap.enter(|scope| scope.alloc_native(32, 0, Box::new(text.clone()), 0).map(drop)).unwrap();
    assert_eq!(Rc::strong_count(&text), 3);
    drop(heap);
    assert_eq!(Rc::strong_count(&text), 1);
}

#[test]
fn roots_of_one_cell_are_equal_and_each_clone_keeps_it() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    let make = |heap: &mut Heap| {
        heap.enter(|scope| {
            let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
            (scope.global(cell).unwrap(), scope.global(cell).unwrap(), scope.weak(cell).unwrap())
        })
    };
    let (first, again, weak) = make(&mut heap);
    let (second, ..) = make(&mut heap);
    let (foreign, ..) = make(&mut other);
    assert!(first == again && first != second && first != foreign);
    let distinct: HashSet<Global> =
        [&first, &again, &second, &foreign].into_iter().cloned().collect();
    assert_eq!(distinct.len(), 3);
    let named: HashMap<Global, &str> = [(first.clone(), "first"), (second, "second")].into();
    heap.collect();
    assert_eq!(named[&again], "first", "where a cell lies is nothing to its root");
    assert_eq!(weak.clone(), weak);
    drop((first, again, distinct, named.clone()));
    heap.collect();
    let upgraded = |heap: &mut Heap| heap.enter(|scope| scope.upgrade(&weak).unwrap().is_some());
    assert!(upgraded(&mut heap), "clones are left");
    drop(named);
    heap.collect();
    assert!(!upgraded(&mut heap));
    assert_eq!((heap.statistics().globals, heap.statistics().weak_handles), (0, 1));
}

#[test]
fn roots_of_strings_and_doubles_are_equal_to_their_clones_alone() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let text = heap_model::shapes::one_byte_string(scope, b"text").unwrap();
        let number = heap_model::shapes::heap_number(scope, 0.5).unwrap();
        for cell in [text, number] {
            let (root, again) = (scope.global(cell).unwrap(), scope.global(cell).unwrap());
            assert!(root.clone() == root && root != again);
            let set = HashSet::from([root.clone(), root]);
            assert!(set.len() == 1 && !set.contains(&again));
        }
    });
}

#[test]
fn an_adopted_handle_outlives_the_scope_that_it_was_given_to() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let outer = scope.alloc_with(Kind::Object, &[Value::Smi(7)]).unwrap();
        let kept = scope.escape(|scope| {
            scope.alloc(Kind::Object, 1, 0).unwrap();
            Ok::<_, HeapError>(scope.adopt(outer))
        });
        let kept = kept.unwrap();
        scope.collect();
        assert!(scope.same(kept, outer));
        assert_eq!(scope.statistics().handles, 2);
        assert!(matches!(scope.adopt(Value::Smi(7)), Value::Smi(7)));
    });
}

#[test]
#[should_panic(expected = "a handle of another heap")]
fn a_handle_of_another_heap_is_not_adopted() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        other.enter(|scope| _ = scope.adopt(cell));
    });
}

#[test]
fn two_payloads_are_borrowed_at_once_unless_they_are_one() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let make = |number: i32| scope.alloc_native(32, 0, Box::new(number), 0).unwrap();
        let [a, b] = [1, 2].map(make);
        let plain = scope.alloc(Kind::Object, 0, 0).unwrap();
        let (first, second) = scope.natives_mut::<i32, i32>(a, b).unwrap();
        core::mem::swap(first, second);
        assert_eq!((scope.native::<i32>(a), scope.native::<i32>(b)), (Ok(&2), Ok(&1)));
        assert_eq!(scope.natives_mut::<i32, i32>(a, a), Err(AccessError::SameCell));
        assert_eq!(scope.natives_mut::<i32, u32>(a, b), Err(AccessError::WrongKind));
        assert_eq!(scope.natives_mut::<i32, i32>(a, plain), Err(AccessError::WrongKind));
        other.enter(|other| {
            assert_eq!(other.natives_mut::<i32, i32>(a, b), Err(AccessError::WrongHeap));
        });
    });
}
