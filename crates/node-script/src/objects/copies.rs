//! Copying the properties of an object to another: spread, `Object.assign`, and patterns with a rest.

use super::atoms::Key;
use super::class::{Flags, ObjectKind, Place, Property};
use super::descriptor::Found;
use super::elements::Store;
use super::layout::BACKING;
use super::object::Type;
use super::representation::Representation;
use crate::machine::{Machine, R};
use crate::thrown::Outcome;

impl Machine {
    /// Copies own enumerable properties to an object, but for some.
    pub(crate) fn copy_properties(&mut self, to: R, from: R, except: &[Key]) -> Outcome {
        match self.type_of(from) {
            Type::Object(_) | Type::String => {}
            _ => return Ok(()),
        }
        if except.is_empty() && self.clone_plain(to, from)? {
            return Ok(());
        }
        if except.is_empty() && self.copy_fields(to, from)? {
            return Ok(());
        }
        self.scoped(|machine| {
            let (object, value) = (machine.temp()?, machine.temp()?);
            machine.to_object(object, from)?;
            for key in machine.own_keys(object, true)? {
                if except.contains(&key) || !machine.is_enumerable(object, key)? {
                    continue;
                }
                machine.get(value, object, key)?;
                machine.define(to, key, value, Flags::PLAIN)?;
            }
            Ok(())
        })
    }

    /// As `copy_properties`, from an object that has plain properties with names and nothing else; false if it is no such.
    fn copy_fields(&mut self, to: R, from: R) -> Outcome<bool> {
        let Some(id) = self.class_of(from) else { return Ok(false) };
        let class = self.classes.get(id);
        let properties = class.properties();
        let plain = class.kind == ObjectKind::Ordinary
            && !class.dictionary
            && properties.iter().all(|Property { key, flags, .. }| {
                *flags == Flags::PLAIN
                    && !self.atoms.is_symbol(*key)
                    && !self.atoms.is_private(*key)
            });
        if !plain {
            return Ok(false);
        }
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.elements(value, from)?;
            if machine.store_of(value) != (Store::None, 0) {
                return Ok(false);
            }
            for Property { key, flags, representation, field } in properties {
                let place = machine.classes.get(id).place(field);
                machine.load_found(value, from, Found::Field(place, flags, representation))?;
                machine.define_named(to, key, value, Flags::PLAIN)?;
            }
            Ok(true)
        })
    }

    /// A literal that begins with another plain object is made like that (V8's `CloneObjectIC`): `to`, a literal that
    /// has nothing yet, becomes an object of the other's class. False if one of them is no such object.
    fn clone_plain(&mut self, to: R, from: R) -> Outcome<bool> {
        let (Some(literal), Some(id)) = (self.class_of(to), self.class_of(from)) else {
            return Ok(false);
        };
        if !self.literal_classes.contains(&Some(literal)) {
            return Ok(false);
        }
        let class = self.classes.get(id);
        let properties = class.properties();
        let plain = class.kind == ObjectKind::Ordinary
            && !class.dictionary
            && !class.unique
            && class.extensible
            && properties.iter().all(|property| property.flags == Flags::PLAIN);
        let slots = class.slots();
        let own = properties.iter().filter(|one| one.representation == Representation::Double);
        let doubles: Vec<Place> = own.map(|property| class.place(property.field)).collect();
        if !plain || self.registers().peek(from, BACKING)?.is_cell() {
            return Ok(false);
        }
        self.scoped(|machine| {
            let value = machine.temps(2)?;
            machine.class_prototype(value, id)?;
            machine.class_prototype(value + 1, literal)?;
            if !machine.is_same(value, value + 1) {
                return Ok(false);
            }
            machine.new_of(to, id)?;
            for slot in BACKING..slots {
                let mut registers = machine.registers();
                registers.load(value, from, slot)?;
                registers.store(to, slot, value)?;
            }
            for place in doubles {
                machine.load_own_number(value, from, place)?;
                machine.store_field(to, place, value)?;
            }
            Ok(true)
        })
    }
}
