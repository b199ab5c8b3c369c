//! Writing fields: what a field of a class holds follows from the values that were written to it.

use super::atoms::Atom;
use super::class::{ClassId, Place};
use super::representation::Representation;
use crate::interpret::cache::Cache;
use crate::machine::{Machine, R};
use crate::thrown::Outcome;
use heap_model::Kind;
use rustc_hash::FxHashSet;

impl Machine {
    /// What a property of a class holds once it holds a value too.
    pub(crate) fn fit_field(
        &mut self,
        id: ClassId,
        key: Atom,
        value: R,
    ) -> Outcome<Representation> {
        let new = Representation::of(self.registers().get(value));
        self.generalize(id, key, new)
    }

    /// What a property of a class holds once it holds such values too.
    pub(crate) fn generalize(
        &mut self,
        id: ClassId,
        key: Atom,
        with: Representation,
    ) -> Outcome<Representation> {
        let Some(property) = self.classes.get(id).find(key) else { return Ok(with) };
        let old = property.representation;
        let new = old.join(with);
        if new != old {
            let line = self.classes.generalize(id, key, new);
            if [old, new].contains(&Representation::Double) {
                self.forget_sites(&line.into_iter().map(|id| id.0).collect());
            }
        }
        Ok(new)
    }

    /// Nothing that is cached names these classes any more.
    pub(super) fn forget_sites(&mut self, classes: &FxHashSet<u32>) {
        self.lookups.forget(classes);
        for cache in self.codes.caches() {
            if cache.get().names_any(classes) {
                cache.set(Cache::default());
            }
        }
    }

    /// Writes a field that is there.
    pub(crate) fn assign_field(
        &mut self,
        object: R,
        id: ClassId,
        (key, place): (Atom, Place),
        value: R,
    ) -> Outcome {
        match self.fit_field(id, key, value)? {
            Representation::Double => self.store_own_number(object, place, value),
            _ => self.store_field(object, place, value),
        }
    }

    /// Writes a number to the cell that a field has for it; one that has held small integers so far gets it now.
    pub(crate) fn store_own_number(&mut self, object: R, place: Place, value: R) -> Outcome {
        let mut registers = self.registers();
        let number = registers.number(value).unwrap_or(f64::NAN);
        if let Place::Slot(slot) = place
            && registers.set_inner_f64(object, slot, number).is_ok()
        {
            return Ok(());
        }
        self.scoped(|machine| {
            let own = machine.temp()?;
            machine.load_field(own, object, place)?;
            let mut registers = machine.registers();
            if registers.get(own).is_kind(Kind::Double) {
                return Ok(registers.set_f64(own, number)?);
            }
            registers.alloc_f64(own, number)?;
            machine.store_field(object, place, own)
        })
    }

    /// The number of a field that has a cell of its own for it, in another: whole ones too (V8's `LoadIC` of such fields).
    pub(crate) fn load_own_number(&mut self, to: R, object: R, place: Place) -> Outcome {
        self.load_field(to, object, place)?;
        let mut registers = self.registers();
        match registers.number(to) {
            Some(number) if !registers.get(to).is_smi() => Ok(registers.alloc_f64(to, number)?),
            _ => Ok(()),
        }
    }

    /// A cell of its own for a number.
    pub(crate) fn make_own_number(&mut self, to: R, value: R) -> Outcome {
        let number = self.number(value);
        Ok(self.registers().alloc_f64(to, number)?)
    }
}
