//! Short ways: what instructions do with elements and equality when the registers say enough.

use crate::machine::{Machine, R};
use crate::objects::class::{ClassId, Elements};
use crate::objects::layout::{BACKING, LENGTH, tags};
use crate::thrown::Outcome;
use heap_model::{AccessError, Kind, Tagged, Value};

/// A search that the short way does not know.
struct Miss;

impl From<AccessError> for Miss {
    fn from(_: AccessError) -> Self {
        Self
    }
}

impl Machine {
    /// Whether a value counts as true, if its word or its kind tells.
    #[inline(always)]
    pub(super) fn quick_truth(&mut self, value: R) -> Option<bool> {
        let registers = self.runtime.heap_mut().registers();
        let value = registers.get(value);
        if let Some(truth) = value.as_bool() {
            return Some(truth);
        }
        match value.as_smi() {
            Some(number) => Some(number != 0),
            None if value.is_nullish() => Some(false),
            None => value.is_kind(Kind::Object).then_some(true),
        }
    }

    /// Whether a value is strictly equal to a small integer.
    #[inline]
    pub(super) fn is_small(&mut self, value: R, small: i16) -> bool {
        let registers = self.registers();
        match registers.smi(value) {
            Some(number) => number == i32::from(small),
            // Zero may be negative.
            None => registers.number(value) == Some(f64::from(small)),
        }
    }

    /// Whether values are strictly equal, if their words or kinds tell.
    #[inline(always)]
    pub(super) fn quick_equal(&mut self, left: R, right: R) -> Option<bool> {
        let registers = self.runtime.heap_mut().registers();
        let (a, b) = (registers.get(left), registers.get(right));
        if a == b {
            return (!a.is_kind(Kind::Double)).then_some(true);
        }
        // What is no number, no string and no BigInt is equal to itself alone.
        let by_identity = |value: Tagged<'_>| match value.kind() {
            None => !value.is_smi(),
            Some(Kind::Object | Kind::Closure) => true,
            Some(_) => false,
        };
        let tells = !a.is_cell() && !b.is_cell() || by_identity(a) || by_identity(b);
        tells.then_some(false)
    }

    /// Reads an element that lies in slots; whether it was so.
    #[inline]
    pub(super) fn short_element(&mut self, to: R, object: R, key: R) -> bool {
        let mut registers = self.runtime.heap_mut().registers();
        let Some(index) = registers.smi(key) else { return false };
        let Some(cell) = registers.get(object).view() else { return false };
        if cell.kind() != Kind::Object || index < 0 {
            return false;
        }
        let class = cell.tag().number();
        if !self.lookups.plain.get().eq(&class)
            && !{
                let plain = class >= tags::FIRST_CLASS
                    && matches!(
                        self.classes.get(ClassId(class)).kind,
                        crate::objects::class::ObjectKind::Array
                            | crate::objects::class::ObjectKind::Ordinary
                    );
                if plain {
                    self.lookups.plain.set(class);
                }
                plain
            }
        {
            return false;
        }
        registers
            .find::<Miss>(to, object, |object| {
                let elements = object.slot(BACKING)?;
                let tag = elements.view().map(|cell| cell.tag().number());
                if !matches!(tag, Some(tags::ELEMENTS | tags::SHARED_ELEMENTS)) {
                    return Err(Miss);
                }
                let value = elements.slot(index as usize)?;
                if value.tagged() == Tagged::HOLE { Err(Miss) } else { Ok(value) }
            })
            .is_ok()
    }

    /// Writes an element that lies in slots of its own and is there already; whether it was so.
    #[inline]
    pub(super) fn short_store(&mut self, object: R, key: R, from: R) -> Outcome<bool> {
        let mut registers = self.runtime.heap_mut().registers();
        let Some(index) = registers.smi(key) else { return Ok(false) };
        let Some(cell) = registers.get(object).view() else { return Ok(false) };
        if cell.kind() != Kind::Object || cell.tag().number() < tags::FIRST_CLASS || index < 0 {
            return Ok(false);
        }
        let class = self.classes.get(ClassId(cell.tag().number()));
        let fits = match class.elements {
            Elements::PackedSmi | Elements::HoleySmi => registers.get(from).is_smi(),
            Elements::Packed | Elements::Holey => true,
            _ => false,
        };
        let plain = matches!(
            class.kind,
            crate::objects::class::ObjectKind::Array | crate::objects::class::ObjectKind::Ordinary
        );
        if !fits || !plain || class.frozen {
            return Ok(false);
        }
        let index = index as usize;
        let Some(elements) = cell.tagged(BACKING)?.view() else { return Ok(false) };
        if elements.tag().number() != tags::ELEMENTS
            || index >= elements.slot_count()
            || elements.tagged(index)? == Tagged::HOLE
        {
            return Ok(false);
        }
        registers.store_inner(object, BACKING, index, from)?;
        Ok(true)
    }

    /// Appends to an array whose elements have room; whether it was so.
    #[inline]
    pub(crate) fn short_push(&mut self, array: R, from: R) -> Outcome<bool> {
        let mut registers = self.runtime.heap_mut().registers();
        let cell = registers.view(array)?;
        let class = self.classes.get(ClassId(cell.tag().number()));
        let fits = match class.elements {
            Elements::PackedSmi | Elements::HoleySmi => registers.get(from).is_smi(),
            Elements::Packed | Elements::Holey => true,
            _ => false,
        };
        let length = cell.tagged(LENGTH)?.as_smi();
        let (Some(length), true) = (length, fits) else { return Ok(false) };
        let Some(elements) = cell.tagged(BACKING)?.view() else { return Ok(false) };
        if elements.tag().number() != tags::ELEMENTS || length as usize >= elements.slot_count() {
            return Ok(false);
        }
        registers.store_inner(array, BACKING, length as usize, from)?;
        registers.store_value(array, LENGTH, Value::Smi(length + 1))?;
        Ok(true)
    }
}
