//! What a program does with registrations. When their targets are found dead is the heap's to choose, so the
//! program asks after each full collection.

use super::oracle::{Found, Object, Slot, Watch};
use super::program::{OWNED, Program, Source, USERS, blank, plain, value_of_root};
use heap_model::{Fate, Kind, Value};
use std::collections::BTreeMap;

impl Program {
    pub(super) fn register(
        &mut self,
        root: usize,
        owner: usize,
        target: usize,
        token: Option<usize>,
        value: Source,
    ) {
        let resolved = self.resolve(value);
        let numbers = (self.oracle.roots[owner], self.oracle.roots[target]);
        let (Some(owner_number), Some(target_number)) = numbers else { return };
        let object = self.oracle.object(owner_number);
        let fit = matches!(object.kind, Kind::Object | Kind::Array) && object.slots.len() >= OWNED;
        if fit && object.found.is_none() {
            object.found = Some(Found::default());
            object.slots[..OWNED].fill(Slot::Undefined);
            let owner = self.roots[owner].as_ref().unwrap();
            self.heap.enter(|scope| {
                let owner = scope.local(owner).unwrap();
                for slot in 0..OWNED {
                    scope.set(owner, slot, Value::Undefined).unwrap();
                }
            });
        }
        let token_object = token.and_then(|token| self.oracle.root(token));
        let fit = fit && token_object.is_none_or(|(_, token)| token.kind != Kind::Double);
        let watch = Watch { owner: owner_number, target: target_number, fate: Fate::Watched };
        let object =
            Object { watch: Some(watch), slots: vec![resolved], ..blank(Kind::Registration, 56) };
        let made = self.make(root, object, false, |scope, roots| {
            let owner = scope.local(roots[owner].as_ref()?).unwrap();
            let target = scope.local(roots[target].as_ref()?).unwrap();
            let token = token.and_then(|token| roots[token].as_ref());
            let token = token.map(|token| scope.local(token).unwrap());
            let done = scope.alloc_registration(owner, target, token, 1);
            assert!(fit || done.is_err());
            let cell = done.ok()?;
            let value = match value {
                Source::Plain(slot) => plain(slot),
                Source::Root(root) => value_of_root(scope, &roots[root]),
            };
            scope.set(cell, USERS, value).unwrap();
            Some(cell)
        });
        let Some(number) = made else { return };
        let global = self.roots[root].as_ref().unwrap();
        let weak = self.heap.enter(|scope| {
            let cell = scope.local(global).unwrap();
            scope.weak(cell).unwrap()
        });
        self.registrations.push((number, weak));
    }

    pub(super) fn end_registration(&mut self, root: usize) {
        let Some(number) = self.oracle.root_of_kind(root, Kind::Registration) else { return };
        let global = self.roots[root].as_ref().unwrap();
        let ended = self.heap.enter(|scope| {
            let cell = scope.local(global).unwrap();
            scope.end_registration(cell).unwrap()
        });
        let object = self.oracle.object(number);
        let watch = object.watch.as_mut().unwrap();
        assert_eq!(ended, watch.fate != Fate::Ended);
        watch.fate = Fate::Ended;
        object.slots.fill(Slot::Undefined);
    }

    pub(super) fn take(&mut self, root: usize, owner: usize) {
        let Some((number, object)) = self.oracle.root(owner) else { return };
        if object.found.is_none() {
            return;
        }
        let expected = self.oracle.take(number);
        let Self { heap, roots, registrations, .. } = self;
        let weak = expected.map(|number| {
            &registrations.iter().find(|(known, _)| *known == number).expect("a living one").1
        });
        let taken = heap.enter(|scope| {
            let owner = scope.local(roots[owner].as_ref().unwrap()).unwrap();
            let taken = scope.next_dead(owner).unwrap();
            assert_eq!(taken.is_some(), weak.is_some());
            let (taken, weak) = (taken?, weak?);
            let known = scope.upgrade(weak).unwrap().unwrap();
            assert!(scope.same(taken, known), "the earliest is another");
            Some(scope.global(taken).unwrap())
        });
        if let Some(taken) = taken {
            self.set_root(root, Some(taken), expected);
        }
    }

    /// Asks what has become of the registrations, if there was a full collection: the program does not know when
    /// there is one. Whose target is reachable is not found dead, and whose owner is reachable has not ended.
    pub(super) fn ask(&mut self) {
        let full = self.heap.statistics().full_collections;
        if std::mem::replace(&mut self.asked, full) == full {
            return;
        }
        let Self { heap, registrations, oracle, .. } = self;
        let live = oracle.reachable();
        heap.enter(|scope| {
            registrations.retain(|(number, weak)| {
                let Some(cell) = scope.upgrade(weak).unwrap() else {
                    assert!(!live.contains(number), "lost registration {number}");
                    return false;
                };
                let fate = scope.registration_fate(cell).unwrap();
                let watch = oracle.objects[number].watch.as_ref().unwrap();
                if fate != watch.fate {
                    match fate {
                        Fate::Watched => panic!("registration {number} was {:?}", watch.fate),
                        Fate::Dead => assert!(!live.contains(&watch.target), "{watch:?}"),
                        Fate::Ended => assert!(!live.contains(&watch.owner), "{watch:?}"),
                        other => panic!("registration {number} is {other:?}"),
                    }
                    oracle.settle(*number, fate);
                }
                true
            });
        });
    }

    /// After a full collection that was asked for: each registration lives, and has the fate, as in the oracle.
    pub(super) fn compare_fates(&mut self) {
        let fates =
            |(number, object): (&u32, &Object)| Some((*number, object.watch.as_ref()?.fate));
        let expected: BTreeMap<u32, Fate> = self.oracle.objects.iter().filter_map(fates).collect();
        self.asked = self.heap.statistics().full_collections;
        let Self { heap, registrations, .. } = self;
        heap.enter(|scope| {
            registrations.retain(|(number, weak)| {
                let cell = scope.upgrade(weak).unwrap();
                let fate = cell.map(|cell| scope.registration_fate(cell).unwrap());
                assert_eq!(fate.as_ref(), expected.get(number), "registration {number}");
                fate.is_some()
            });
        });
        assert_eq!(registrations.len(), expected.len());
    }
}
