//! Short ways: what instructions do with elements and equality when the registers say enough.

use crate::machine::{Machine, R, roots};
use crate::objects::class::{ClassId, Elements, ObjectKind};
use crate::objects::code::Code;
use crate::objects::layout::{BACKING, LENGTH, POOL, SHARED, tag, tags};
use crate::thrown::Outcome;
use heap_model::{AccessError, Fill, Kind, Registers, Tag, Tagged, Value};

/// A search that the short way does not know.
struct Miss;

impl From<AccessError> for Miss {
    fn from(_: AccessError) -> Self {
        Self
    }
}

/// The whole number that a key is: arithmetic with doubles gives a double, as V8's interpreter does.
#[inline(always)]
pub(super) fn index_of(registers: &Registers<'_>, key: R) -> Option<i32> {
    registers.smi(key).or_else(|| whole(registers.number(key)?))
}

#[inline(never)]
fn whole(number: f64) -> Option<i32> {
    let index = number as i32;
    (f64::from(index) == number).then_some(index)
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

    /// Two numbers, if the registers have such.
    #[inline(never)]
    pub(super) fn two_numbers(&mut self, left: R, right: R) -> Option<(f64, f64)> {
        let registers = self.runtime.heap_mut().registers();
        Some((registers.number(left)?, registers.number(right)?))
    }

    /// What an operator gives for two numbers that are not both small integers: a number in a cell, if there is room for it;
    /// whether there was (V8's `BinaryOpAssembler`).
    #[inline(never)]
    pub(super) fn short_number(
        &mut self,
        (to, left, right): (R, R, R),
        compute: fn(f64, f64) -> f64,
    ) -> bool {
        let mut registers = self.runtime.heap_mut().registers();
        let (Some(a), Some(b)) = (registers.number(left), registers.number(right)) else {
            return false;
        };
        registers.alloc_young_f64(to, compute(a, b))
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

    /// Makes a context, if there is room for it; whether there was.
    #[inline(never)]
    pub(super) fn short_context(&mut self, to: R, outer: R, code: &Code, scope: usize) -> bool {
        let (info, number) = (&code.template.scopes[scope], code.scopes[scope]);
        let mut registers = self.runtime.heap_mut().registers();
        let slots = [Fill::Smi(number), Fill::Register(outer)];
        let Some(more) = usize::from(info.slots).checked_sub(slots.len()) else { return false };
        if !registers.alloc_young_filled(to, Kind::Context, Tag::NONE, slots, more) {
            return false;
        }
        let holes = || info.holes.iter().map(|hole| usize::from(*hole));
        holes().all(|hole| registers.store_value(to, hole, Value::Hole).is_ok())
    }

    /// Makes a function of one of the running function's constants, if there is room for it and some were made before; whether
    /// it was so.
    #[inline(never)]
    pub(super) fn short_closure(&mut self, to: R, constant: usize, context: R) -> Outcome<bool> {
        let mut registers = self.runtime.heap_mut().registers();
        let shared = registers.size() - 1;
        registers.find::<AccessError>(shared, 0, |callee| {
            callee.slot(SHARED)?.slot(POOL)?.slot(constant)
        })?;
        let number = registers.peek(shared, POOL + 1)?.as_smi().unwrap_or(0);
        let Some((class, slots)) = self.codes.known_class(number) else { return Ok(false) };
        let first = [
            Fill::Undefined,
            Fill::Register(shared),
            Fill::Register(context),
            Fill::Undefined,
            Fill::Smi(number),
        ];
        let more = slots - first.len();
        Ok(registers.alloc_young_filled(to, Kind::Closure, tag(class.0), first, more))
    }

    /// Makes an array of small integers, if there is room for it; whether it was so.
    #[inline(never)]
    pub(super) fn short_array(&mut self, to: R, first: R, count: usize) -> bool {
        let Some((ObjectKind::Array, 0, class)) = self.root_classes[roots::ARRAY_PROTOTYPE] else {
            return false;
        };
        let mut registers = self.runtime.heap_mut().registers();
        if !(first..first + count).all(|element| registers.get(element).is_smi()) {
            return false;
        }
        let elements = registers.size() - 1;
        let (kind, of) = (Kind::Array, tag(tags::ELEMENTS));
        if !registers.alloc_young_with(elements, kind, of, first, count) {
            return false;
        }
        let slots = [Fill::Register(elements), Fill::Smi(count as i32)];
        registers.alloc_young_filled(to, Kind::Object, tag(class.0), slots, 0)
    }

    /// Reads an element that lies in slots, or one of a typed array; whether it was so.
    #[inline]
    pub(super) fn short_element(&mut self, to: R, object: R, key: R) -> bool {
        match index_of(&self.runtime.heap_mut().registers(), key).map(usize::try_from) {
            Some(Ok(index)) => {
                self.short_element_at(to, object, index) || self.short_typed_get(to, object, index)
            }
            _ => false,
        }
    }

    /// Reads an element that lies in slots, by its index; whether it was so.
    #[inline(always)]
    pub(crate) fn short_element_at(&mut self, to: R, object: R, index: usize) -> bool {
        let mut registers = self.runtime.heap_mut().registers();
        let Some(cell) = registers.get(object).view() else { return false };
        if cell.kind() != Kind::Object {
            return false;
        }
        let class = cell.tag().number();
        if !self.lookups.plain.get().eq(&class)
            && !{
                let plain = class >= tags::FIRST_CLASS
                    && matches!(
                        self.classes.get(ClassId(class)).kind,
                        ObjectKind::Array | ObjectKind::Ordinary
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
                let value = elements.slot(index)?;
                if value.tagged() == Tagged::HOLE { Err(Miss) } else { Ok(value) }
            })
            .is_ok()
    }

    /// Writes an element that is there already, in slots of its own or of a typed array; whether it was so.
    #[inline]
    pub(super) fn short_store(&mut self, object: R, key: R, from: R) -> Outcome<bool> {
        let mut registers = self.runtime.heap_mut().registers();
        let Some(index) = index_of(&registers, key) else { return Ok(false) };
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
        let index = index as usize;
        match class.kind {
            ObjectKind::TypedArray => return Ok(self.short_typed_set(object, index, from)),
            ObjectKind::Array | ObjectKind::Ordinary if fits && !class.frozen => {}
            _ => return Ok(false),
        }
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
