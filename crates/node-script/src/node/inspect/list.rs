//! What has entries: arrays, typed arrays, buffers, Maps and Sets; and dates and regular expressions, which have a text.

use super::inspector::{Inspector, Shown};
use super::text::number;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Key, known};
use crate::objects::class::{Flags, Gives, ObjectKind};
use crate::objects::layout::FIRST;
use crate::objects::object::Type;
use crate::thrown::Outcome;
use heap_model::Kind;

/// How many entries a Map or a Set has.
pub(super) fn size(machine: &mut Machine, object: R) -> Outcome<usize> {
    machine.scoped(|machine| {
        let size = machine.temp()?;
        machine.get_named(size, object, known::SIZE)?;
        Ok(machine.number(size) as usize)
    })
}

fn called(machine: &mut Machine, object: R, method: &str) -> Outcome<String> {
    let text = machine.temp()?;
    let method = machine.atoms.intern_str(method);
    machine.call_method(text, object, method, &[])?;
    machine.string_of(text)
}

pub(super) fn date(machine: &mut Machine, object: R) -> Outcome<String> {
    let time = machine.temp()?;
    let get_time = machine.atoms.intern_str("getTime");
    machine.call_method(time, object, get_time, &[])?;
    match machine.number(time).is_nan() {
        true => Ok("Invalid Date".to_owned()),
        false => called(machine, object, "toISOString"),
    }
}

pub(super) fn regular_expression(machine: &mut Machine, object: R) -> Outcome<String> {
    called(machine, object, "toString")
}

fn plural(count: usize) -> &'static str {
    if count > 1 { "s" } else { "" }
}

impl Inspector {
    pub(super) fn array(
        &mut self,
        machine: &mut Machine,
        array: R,
        level: i64,
    ) -> Outcome<Vec<String>> {
        let length = machine.array_length(array);
        let most = self.style.elements.min(length);
        let mut shown = Vec::with_capacity(most + 1);
        let mut index = 0;
        while index < length && shown.len() < most {
            let key = Key::Index(index as u32);
            if machine.own_flags(array, key)?.is_some() {
                shown.push(self.property(machine, array, key, level, Shown::Element)?);
                index += 1;
                continue;
            }
            let next = self.next_index(machine, array, index)?.unwrap_or(length);
            let empty = next - index;
            shown.push(format!("<{empty} empty item{}>", plural(empty)));
            index = next;
        }
        let left = length - index;
        if left > 0 {
            shown.push(format!("... {left} more item{}", plural(left)));
        }
        Ok(shown)
    }

    /// The first element behind a hole.
    fn next_index(
        &mut self,
        machine: &mut Machine,
        array: R,
        from: usize,
    ) -> Outcome<Option<usize>> {
        let indices = machine.own_indices(array)?;
        let place = indices.partition_point(|index| (*index as usize) < from);
        Ok(indices.get(place).map(|index| *index as usize))
    }

    pub(super) fn typed_array(&mut self, machine: &mut Machine, array: R) -> Outcome<Vec<String>> {
        let length = machine.typed_length(array)?;
        let most = self.style.elements.min(length);
        let mut shown = Vec::with_capacity(most + 1);
        let value = machine.temp()?;
        for index in 0..most {
            machine.typed_get(value, array, index)?;
            shown.push(match machine.type_of(value) {
                Type::BigInt => format!("{}n", machine.show(value)),
                _ => number(machine.number(value)),
            });
        }
        if length > most {
            let left = length - most;
            shown.push(format!("... {left} more item{}", plural(left)));
        }
        Ok(shown)
    }

    /// `<Buffer 61 62>`, with the properties that were added to it.
    pub(super) fn buffer(&mut self, machine: &mut Machine, buffer: R) -> Outcome<String> {
        let length = machine.typed_length(buffer)?;
        let most = length.min(machine.node.buffer_bytes);
        let mut text = "<Buffer".to_owned();
        if most == 0 {
            text.push(' ');
        }
        let value = machine.temp()?;
        for index in 0..most {
            machine.typed_get(value, buffer, index)?;
            text.push_str(&format!(" {:02x}", machine.number(value) as u8));
        }
        if length > most {
            let left = length - most;
            text.push_str(&format!(" ... {left} more byte{}", plural(left)));
        }
        let mut comma = if length == 0 { "" } else { ", " };
        for key in machine.own_names(buffer)? {
            if machine.own_flags(buffer, key)?.is_some_and(Flags::enumerable) {
                let shown = self.property(machine, buffer, key, 1, Shown::Named)?;
                text.extend([comma, &shown]);
                comma = ", ";
            }
        }
        text.push('>');
        Ok(text)
    }

    /// `[Uint8Contents]: <61 62>`.
    pub(super) fn bytes(&mut self, machine: &mut Machine, buffer: R) -> Outcome<String> {
        let bytes = machine.bytes_of(buffer)?;
        let most = self.style.elements.min(bytes.len());
        let shown: Vec<String> = bytes[..most].iter().map(|byte| format!("{byte:02x}")).collect();
        let mut text = shown.join(" ");
        if bytes.len() > most {
            let left = bytes.len() - most;
            text.push_str(&format!(" ... {left} more byte{}", plural(left)));
        }
        Ok(format!("[Uint8Contents]: <{text}>"))
    }

    pub(super) fn set(
        &mut self,
        machine: &mut Machine,
        set: R,
        level: i64,
    ) -> Outcome<Vec<String>> {
        self.members(machine, set, level, |inspector, machine, value, level| {
            inspector.value(machine, value, level)
        })
    }

    pub(super) fn map(
        &mut self,
        machine: &mut Machine,
        map: R,
        level: i64,
    ) -> Outcome<Vec<String>> {
        self.members(machine, map, level, |inspector, machine, entry, level| {
            let key = machine.temps(2)?;
            machine.get(key, entry, Key::Index(0))?;
            machine.get(key + 1, entry, Key::Index(1))?;
            let shown = inspector.value(machine, key, level)?;
            Ok(format!("{shown} => {}", inspector.value(machine, key + 1, level)?))
        })
    }

    /// What an iterator of a Map or a Set has left. The iterator stays where it is: a copy goes on.
    pub(super) fn iterator(
        &mut self,
        machine: &mut Machine,
        iterator: R,
        kind: ObjectKind,
        level: i64,
    ) -> Outcome<Vec<String>> {
        let (root, gives) = match kind {
            ObjectKind::MapIterator(gives) => (roots::MAP_ITERATOR_PROTOTYPE, gives),
            ObjectKind::SetIterator(gives) => (roots::SET_ITERATOR_PROTOTYPE, gives),
            _ => return Ok(Vec::new()),
        };
        let is_map = root == roots::MAP_ITERATOR_PROTOTYPE;
        let copy = machine.temps(3)?;
        let (key, value) = (copy + 1, copy + 2);
        let class = machine.root_class(root, kind, Kind::Object, FIRST + 2, 0)?;
        machine.new_of(copy, class)?;
        for slot in [FIRST, FIRST + 1] {
            machine.registers().load(value, iterator, slot)?;
            machine.registers().store(copy, slot, value)?;
        }
        let mut shown = Vec::new();
        self.indentation += 2;
        loop {
            let mut registers = machine.registers();
            let more = match is_map {
                true => registers.map_next(key, value, copy)?,
                false => registers.set_next(value, copy)?,
            };
            if !more {
                break;
            }
            if !is_map {
                machine.copy(key, value);
            }
            machine.give_entry(value, key, value, gives)?;
            shown.push(machine.scoped(|machine| self.value(machine, value, level))?);
        }
        self.indentation -= 2;
        Ok(shown)
    }

    fn members(
        &mut self,
        machine: &mut Machine,
        collection: R,
        level: i64,
        show: fn(&mut Self, &mut Machine, R, i64) -> Outcome<String>,
    ) -> Outcome<Vec<String>> {
        let count = size(machine, collection)?;
        let most = self.style.elements.min(count);
        let mut shown = Vec::with_capacity(most);
        self.indentation += 2;
        let walked = machine.for_each(collection, |machine, value| {
            if shown.len() < most {
                let text = machine.scoped(|machine| show(self, machine, value, level))?;
                shown.push(text);
            }
            Ok(shown.len() < most)
        });
        self.indentation -= 2;
        walked?;
        if count > most {
            let left = count - most;
            shown.push(format!("... {left} more item{}", plural(left)));
        }
        Ok(shown)
    }
}

/// How an iterator of a Map or a Set is named.
pub(super) fn iterator_brace(of: &str, gives: Gives) -> String {
    let what = if gives == Gives::Entries { "Entries" } else { "Iterator" };
    format!("[{of} {what}] {{")
}

impl Machine {
    /// The own keys of an object that are no indices: names, then symbols.
    pub(super) fn own_names(&mut self, object: R) -> Outcome<Vec<Key>> {
        let mut keys = match self.kind_of(object) {
            // A typed array's indices are many, and none of them is looked at.
            Some(ObjectKind::Array | ObjectKind::TypedArray) => self.own_named_keys(object)?,
            _ => self.own_keys(object, true)?,
        };
        keys.retain(|key| matches!(key, Key::Name(_)));
        Ok(keys)
    }
}
