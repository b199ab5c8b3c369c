//! How long hidden classes live: as V8's maps, as long as an object of theirs, a constructor that makes such objects, or a
//! class that they lead to. What does not come of assignments alone lives as long as the objects' prototype, as V8's literals
//! keep an object of their class.
//!
//! A class's cell is the heap's descriptor of its number, so an object keeps it without a word for it. When a collection has
//! freed the cell, nothing finds the class any more: not its prototype, not the class that led to it, and no inline cache,
//! which keep none. Its number is given to another only where no Rust code may hold it: where the program's own code calls
//! what is built in, and between two jobs. Until then the classes whose numbers were handed out are kept.

use super::class::{Class, ClassId, ObjectKind, RecentRoots};
use super::layout::{CLASS_BEFORE, CLASS_NUMBER, CLASS_PROTOTYPE, CLASS_SLOTS, tag, tags};
use crate::machine::{Machine, R};
use crate::thrown::Outcome;
use heap_model::{AccessError, Kind, Seen, Value, View};
use rustc_hash::FxHashSet;

impl Machine {
    /// Adds a class whose objects have the prototype in a register (`null` for none), and which the next objects with it find.
    pub(crate) fn add_class(&mut self, class: Class, prototype: R) -> Outcome<ClassId> {
        self.add_class_of(class, prototype, true)
    }

    /// As `add_class`, of one that nothing but its object finds.
    pub(crate) fn add_lone_class(&mut self, class: Class, prototype: R) -> Outcome<ClassId> {
        self.add_class_of(class, prototype, false)
    }

    fn add_class_of(&mut self, class: Class, prototype: R, is_found: bool) -> Outcome<ClassId> {
        let id = self.classes.next();
        self.scoped(|machine| {
            let cell = machine.temp()?;
            let mut registers = machine.registers();
            registers.alloc_tagged(cell, Kind::Array, tag(tags::CLASS), CLASS_SLOTS, 0)?;
            registers.store(cell, CLASS_PROTOTYPE, prototype)?;
            registers.store_value(cell, CLASS_NUMBER, Value::Smi(id.0 as i32))?;
            match is_found {
                true => registers.describe_tag_by(tag(id.0), cell, CLASS_PROTOTYPE)?,
                false => registers.describe_tag(tag(id.0), cell)?,
            }
            Ok(())
        })?;
        let added = self.classes.add(class);
        debug_assert_eq!(added, id);
        Ok(self.keep_class(added))
    }

    /// As `add_lone_class`, with the prototype of another.
    pub(crate) fn add_class_like(&mut self, like: ClassId, class: Class) -> Outcome<ClassId> {
        self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.class_prototype(prototype, like)?;
            machine.add_lone_class(class, prototype)
        })
    }

    /// Adds a class that another leads to, with its prototype: it keeps that. Whether it stays for the next objects when it has
    /// none, as those do that a literal makes.
    pub(crate) fn add_class_behind(
        &mut self,
        before: ClassId,
        class: Class,
        stays: bool,
    ) -> Outcome<ClassId> {
        self.keep_class(before);
        self.scoped(|machine| {
            let cell = machine.temps(2)?;
            machine.class_prototype(cell, before)?;
            let id = machine.add_class_of(class, cell, stays)?;
            machine.class_cell(cell, id)?;
            machine.class_cell(cell + 1, before)?;
            machine.registers().store(cell, CLASS_BEFORE, cell + 1)?;
            Ok(id)
        })
    }

    /// The prototype of a class's objects.
    #[inline]
    pub(crate) fn class_prototype(&mut self, to: R, class: ClassId) -> Outcome {
        Ok(self.registers().find_from_descriptor::<AccessError>(to, tag(class.0), |cell| {
            cell.slot(CLASS_PROTOTYPE)
        })?)
    }

    pub(crate) fn class_cell(&mut self, to: R, class: ClassId) -> Outcome {
        match self.registers().load_descriptor(to, tag(class.0)) {
            true => Ok(()),
            false => Err(AccessError::NoCell.into()),
        }
    }

    /// A class's number is handed out.
    #[inline]
    pub(crate) fn keep_class(&mut self, id: ClassId) -> ClassId {
        self.runtime.heap_mut().keep_tag(tag(id.0));
        id
    }

    /// See [`Classes::root`](super::class::Classes::root).
    pub(crate) fn root_of(
        &mut self,
        prototype: u32,
        kind: ObjectKind,
        fields: usize,
        dictionary: bool,
    ) -> Option<ClassId> {
        self.lose_dead_classes();
        let id = self.classes.root(prototype, kind, fields, dictionary)?;
        Some(self.keep_class(id))
    }

    /// Here no Rust code holds a class's number but what waits for this run of the loop: what was handed out since it began
    /// is kept no longer. If nothing waits, the classes that have died are forgotten.
    #[inline]
    pub(crate) fn settle_classes(&mut self) {
        let kept = self.kept_below;
        self.runtime.heap_mut().release_kept_tags(kept);
        if self.nesting <= 1 {
            self.lose_dead_classes();
            self.classes.forget_lost();
        }
    }

    /// Classes that have died are no longer found: before one is looked for.
    #[inline]
    pub(crate) fn lose_dead_classes(&mut self) {
        if self.runtime.heap_mut().has_dead_tags() {
            self.lose_classes();
        }
    }

    #[cold]
    fn lose_classes(&mut self) {
        let dead = self.runtime.heap_mut().take_dead_tags();
        let dead: Vec<ClassId> = dead.into_iter().map(|tag| ClassId(tag.number())).collect();
        self.prototype_users -= self.classes.lose(&dead);
        let dead: FxHashSet<u32> = dead.into_iter().map(|id| id.0).collect();
        self.classes.recent = RecentRoots::default();
        self.forget_sites(&dead);
    }
}

/// The number of the class whose cell this is.
pub fn class_number(cell: View<'_>) -> Option<ClassId> {
    match cell.get(CLASS_NUMBER) {
        Ok(Seen::Smi(number)) if cell.is_tagged(Kind::Array, tag(tags::CLASS)) => {
            Some(ClassId(number as u32))
        }
        _ => None,
    }
}
