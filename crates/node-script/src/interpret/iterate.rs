//! Iteration: the iterator protocol, with a short way for arrays, and `for (key in object)`.

use super::cache::How;
use crate::compile::op::IteratorMethod;
use crate::compile::spell::LAST_CALL;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Key, known};
use crate::objects::class::{Elements, Flags, ObjectKind};
use crate::objects::layout::{BACKING, FIELDS, FIRST, LENGTH, tag, tags};
use crate::objects::representation::Representation;
use crate::thrown::Outcome;
use heap_model::{AccessError, Kind, Tagged, Value};

/// An array iterator's object, index, and which of keys, values and both it gives.
pub(crate) const ITERATED: usize = FIRST;
pub(crate) const NEXT_INDEX: usize = FIRST + 1;
pub(crate) const WHICH: usize = FIRST + 2;
/// The next index of an iterator that has come to its end, as V8 sets the largest number: it keeps its array.
const AT_END: usize = i32::MAX as usize;
pub(crate) const KEYS: i32 = 0;
pub(crate) const VALUES: i32 = 1;
pub(crate) const ENTRIES: i32 = 2;

/// Who iterates, for the error that says what cannot be.
#[derive(Clone, Copy)]
pub(crate) enum Caller {
    /// An instruction, whose operand the source spells.
    Source,
    /// `for await`, after it has looked for an asynchronous iterator.
    ForAwait,
    /// A built-in.
    Native,
}

impl Machine {
    /// The iterator of a value in `to`, its `next` in the register behind.
    pub(crate) fn get_iterator(&mut self, to: R, value: R) -> Outcome {
        self.get_iterator_of(to, value, Caller::Native)
    }

    pub(crate) fn get_iterator_of(&mut self, to: R, value: R, caller: Caller) -> Outcome {
        self.scoped(|machine| {
            let method = machine.temps(2)?;
            let iterator = method + 1;
            if machine.is_nullish(value) {
                return machine.throw_not_iterable(value, caller);
            }
            machine.get_named(method, value, known::ITERATOR)?;
            if !machine.is_callable(method) {
                return machine.throw_not_iterable(value, caller);
            }
            if machine.kind_of(value) == Some(ObjectKind::Array)
                && machine.is_root(method, roots::ARRAY_VALUES)
            {
                machine.new_array_iterator(iterator, value, VALUES)?;
            } else {
                machine.call(iterator, method, value, &[])?;
            }
            if !machine.is_object(iterator) {
                let text = "Result of the Symbol.iterator method is not an object";
                return machine.throw_type_error(text);
            }
            machine.get_named(method, iterator, known::NEXT)?;
            machine.copy(to, iterator);
            machine.copy(to + 1, method);
            Ok(())
        })
    }

    #[cold]
    pub(super) fn throw_not_iterable(&mut self, value: R, caller: Caller) -> Outcome {
        let spelled = match caller {
            Caller::Source | Caller::ForAwait => self.spelled(),
            Caller::Native => None,
        };
        let text = match &spelled {
            Some(text) if matches!(caller, Caller::ForAwait) => {
                format!("{text} is not async iterable")
            }
            None => {
                let shown = self.show_with_type(value);
                format!("{shown} is not iterable (cannot read property Symbol(Symbol.iterator))")
            }
            Some(text) if text.starts_with(LAST_CALL) => {
                let text = &text[LAST_CALL.len()..];
                format!("{text} is not iterable (cannot read property Symbol(Symbol.iterator))")
            }
            Some(text) => match text.strip_prefix("...") {
                None => format!("{text} is not iterable"),
                Some(text) if self.is_nullish(value) => {
                    let shown = self.show(value);
                    format!("{text} is not iterable (cannot read property {shown})")
                }
                Some(_) => "Spread syntax requires ...iterable[Symbol.iterator] to be a function"
                    .to_owned(),
            },
        };
        self.throw_type_error(&text)
    }

    /// The next value, or the hole at the end; the iterator is then undefined, as it is after an error.
    pub(crate) fn next_value(&mut self, to: R, iterator: R) -> Outcome {
        if self.is_undefined(iterator) {
            self.registers().set_hole(to);
            return Ok(());
        }
        if self.short_next(to, iterator) {
            return Ok(());
        }
        let done = match self.is_array_iteration(iterator)? {
            true => self.array_next(to, iterator),
            false => self.generic_next(to, iterator),
        };
        match done {
            Ok(true) => {
                let mut registers = self.registers();
                registers.set_undefined(iterator);
                registers.set_hole(to);
                Ok(())
            }
            Ok(false) => Ok(()),
            Err(thrown) => {
                self.undefined(iterator);
                Err(thrown)
            }
        }
    }

    /// The next value of an array's iterator that nobody has changed, if it is in a slot; whether it was.
    fn short_next(&mut self, to: R, iterator: R) -> bool {
        let roots = self.roots;
        let mut registers = self.runtime.heap_mut().registers();
        registers.copy_from(to, roots, roots::ARRAY_ITERATOR_NEXT);
        if registers.get(to) != registers.get(iterator + 1) {
            return false;
        }
        let Some(cell) = registers.get(iterator).view() else { return false };
        if self.classes.kind_of(cell.tag()) != Some(ObjectKind::ArrayIterator) {
            return false;
        }
        let slot = |slot| cell.tagged(slot).ok();
        let (Some(array), Some(index)) =
            (slot(ITERATED).and_then(Tagged::view), slot(NEXT_INDEX).and_then(Tagged::as_smi))
        else {
            return false;
        };
        let length = array.tagged(LENGTH).ok().and_then(Tagged::as_smi);
        let fast = slot(WHICH).and_then(Tagged::as_smi) == Some(VALUES)
            && self.classes.kind_of(array.tag()) == Some(ObjectKind::Array)
            && length.is_some_and(|length| index < length);
        if !fast {
            return false;
        }
        let found = registers.find::<AccessError>(to, iterator, |iterator| {
            let elements = iterator.slot(ITERATED)?.slot(BACKING)?;
            let tag = elements.view().map(|cell| cell.tag().number());
            match tag {
                Some(tags::ELEMENTS | tags::SHARED_ELEMENTS) => elements.slot(index as usize),
                _ => Ok(iterator),
            }
        });
        // Anything else is read as such, the iterator itself among it.
        let there = found.is_ok()
            && registers.get(to) != Tagged::HOLE
            && registers.get(to) != registers.get(iterator);
        there && registers.store_value(iterator, NEXT_INDEX, Value::Smi(index + 1)).is_ok()
    }

    /// Whether an iterator is an array's, and its `next` the built-in.
    pub(crate) fn is_array_iteration(&mut self, iterator: R) -> Outcome<bool> {
        if self.kind_of(iterator) != Some(ObjectKind::ArrayIterator) {
            return Ok(false);
        }
        Ok(self.is_root(iterator + 1, roots::ARRAY_ITERATOR_NEXT))
    }

    /// The next of an array's iterator; whether it is at its end.
    pub(crate) fn array_next(&mut self, to: R, iterator: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let array = machine.temps(2)?;
            let number = array + 1;
            let mut registers = machine.registers();
            registers.load(array, iterator, ITERATED)?;
            let index = registers.peek(iterator, NEXT_INDEX)?.number().unwrap_or(0.0) as usize;
            let which = registers.peek(iterator, WHICH)?.as_smi().unwrap_or(VALUES);
            if index == AT_END {
                return Ok(true);
            }
            if machine.kind_of(array) == Some(ObjectKind::TypedArray)
                && machine.is_out_of_bounds(array)?
            {
                let text = "Cannot perform Array Iterator.prototype.next on a detached ArrayBuffer";
                return machine.throw_type_error(text);
            }
            let length = machine.length_of(array)?;
            if index >= length {
                let end = Value::Smi(AT_END as i32);
                machine.registers().store_value(iterator, NEXT_INDEX, end)?;
                return Ok(true);
            }
            match i32::try_from(index + 1) {
                Ok(next) => {
                    machine.registers().store_value(iterator, NEXT_INDEX, Value::Smi(next))?;
                }
                Err(_) => {
                    machine.set_number(number, (index + 1) as f64)?;
                    machine.registers().store(iterator, NEXT_INDEX, number)?;
                }
            }
            if which == KEYS {
                machine.set_number(to, index as f64)?;
                return Ok(false);
            }
            let value = if which == VALUES { to } else { machine.temp()? };
            machine.registers().set_smi(number, index as i32);
            if index > i32::MAX as usize || !machine.short_element(value, array, number) {
                machine.get(value, array, Key::Index(index as u32))?;
            }
            if which == ENTRIES {
                machine.set_number(number, index as f64)?;
                machine.array_of(to, &[number, value])?;
            }
            Ok(false)
        })
    }

    /// The length of an array or of what is like one.
    pub(crate) fn length_of(&mut self, object: R) -> Outcome<usize> {
        match self.kind_of(object) {
            Some(ObjectKind::Array) => Ok(self.array_length(object)),
            Some(ObjectKind::TypedArray) => self.typed_length(object),
            _ => self.scoped(|machine| {
                let length = machine.temp()?;
                machine.get_named(length, object, known::LENGTH)?;
                machine.to_length(length)
            }),
        }
    }

    /// An array of values in registers.
    pub(crate) fn array_of(&mut self, to: R, values: &[R]) -> Outcome {
        self.scoped(|machine| {
            let array = machine.temps(2 + values.len())?;
            let (elements, first) = (array + 1, array + 2);
            let mut registers = machine.registers();
            for (place, value) in values.iter().enumerate() {
                registers.copy(first + place, *value);
            }
            let all = (first..first + values.len()).map(|value| registers.get(value));
            let (mut smis, mut doubles) = (true, false);
            for value in all {
                smis &= value.is_smi();
                doubles |= value.is_kind(Kind::Double);
            }
            if doubles || values.is_empty() {
                machine.new_array(array, values.len())?;
                for value in first..first + values.len() {
                    machine.push(array, value)?;
                }
            } else {
                machine.new_array(array, 0)?;
                if !smis {
                    machine.transition_elements(array, Elements::Packed)?;
                }
                let mut registers = machine.registers();
                registers.alloc_with(elements, Kind::Array, first, values.len())?;
                registers.set_tag(elements, tag(tags::ELEMENTS))?;
                registers.store(array, BACKING, elements)?;
                registers.store_value(array, LENGTH, Value::Smi(values.len() as i32))?;
            }
            machine.copy(to, array);
            Ok(())
        })
    }

    /// As `generic_next`, of a Map's, a Set's or a string's iterator whose `next` is the built-in: what that does, without a call.
    fn collection_next(&mut self, to: R, iterator: R) -> Outcome<Option<bool>> {
        let (gives, of_map) = match self.kind_of(iterator) {
            Some(ObjectKind::StringIterator)
                if self.is_root(iterator + 1, roots::STRING_ITERATOR_NEXT) =>
            {
                let more = self.next_character(to, iterator)?;
                self.scoped(|machine| {
                    let result = machine.temp()?;
                    machine.new_result(result, to, !more)
                })?;
                return Ok(Some(!more));
            }
            Some(ObjectKind::MapIterator(gives))
                if self.is_root(iterator + 1, roots::MAP_ITERATOR_NEXT) =>
            {
                (gives, true)
            }
            Some(ObjectKind::SetIterator(gives))
                if self.is_root(iterator + 1, roots::SET_ITERATOR_NEXT) =>
            {
                (gives, false)
            }
            _ => return Ok(None),
        };
        self.scoped(|machine| {
            let result = machine.temps(3)?;
            let (key, value) = (result + 1, result + 2);
            let mut registers = machine.registers();
            let more = match of_map {
                true => registers.map_next(key, value, iterator)?,
                false => {
                    let more = registers.set_next(key, iterator)?;
                    registers.copy(value, key);
                    more
                }
            };
            if more {
                machine.give_entry(to, key, value, gives)?;
            }
            // V8 makes the result, though nobody sees it.
            machine.new_result(result, to, !more)?;
            Ok(Some(!more))
        })
    }

    fn generic_next(&mut self, to: R, iterator: R) -> Outcome<bool> {
        if let Some(done) = self.collection_next(to, iterator)? {
            return Ok(done);
        }
        self.scoped(|machine| {
            let result = machine.temps(2)?;
            machine.call(result, iterator + 1, iterator, &[])?;
            let class = machine.class_of(result);
            if class.is_some() && class == machine.result_class {
                let mut registers = machine.registers();
                match registers.peek(result, FIELDS + 1)?.as_bool() {
                    Some(true) => return Ok(true),
                    Some(false) => {
                        registers.load(to, result, FIELDS)?;
                        return Ok(false);
                    }
                    // A program has changed it.
                    None => {}
                }
            }
            machine.check_result(result)?;
            machine.get_named(result + 1, result, known::DONE)?;
            if machine.to_boolean(result + 1) {
                return Ok(true);
            }
            machine.get_named(to, result, known::VALUE)?;
            Ok(false)
        })
    }

    pub(crate) fn check_result(&mut self, result: R) -> Outcome {
        if self.is_object(result) {
            return Ok(());
        }
        let what = self.show(result);
        self.throw_type_error(&format!("Iterator result {what} is not an object"))
    }

    /// The value of a result, or the hole if it is the last.
    pub(crate) fn result_value(&mut self, to: R, result: R) -> Outcome {
        self.check_result(result)?;
        self.scoped(|machine| {
            let done = machine.temp()?;
            machine.get_named(done, result, known::DONE)?;
            if machine.to_boolean(done) {
                machine.registers().set_hole(to);
                return Ok(());
            }
            machine.get_named(to, result, known::VALUE)
        })
    }

    fn has_return(&mut self, iterator: R) -> Outcome<bool> {
        let Some(id) = self.class_of(iterator) else { return Ok(false) };
        match self.known_how(iterator, id, known::RETURN)? {
            Some(How::Absent) => Ok(false),
            Some(_) => Ok(true),
            None => self.has(iterator, Key::Name(known::RETURN)),
        }
    }

    /// Calls `return` of an iterator that is not at its end.
    pub(crate) fn close_iterator(&mut self, iterator: R) -> Outcome {
        if self.is_undefined(iterator)
            || self.kind_of(iterator) == Some(ObjectKind::ArrayIterator)
                && !self.has_return(iterator)?
        {
            return Ok(());
        }
        self.scoped(|machine| {
            let method = machine.temps(3)?;
            let closed = method + 2;
            // Whatever its method does, it is not closed again.
            machine.copy(closed, iterator);
            machine.undefined(iterator);
            let iterator = closed;
            machine.get_named(method, iterator, known::RETURN)?;
            if machine.is_nullish(method) {
                return Ok(());
            }
            machine.call(method + 1, method, iterator, &[])?;
            if machine.is_object(method + 1) {
                return Ok(());
            }
            let what = machine.show(method + 1);
            machine.throw_type_error(&format!("{what} is not an object"))
        })
    }

    /// As an exception goes on: another one that `return` throws is dropped.
    pub(crate) fn close_iterator_quietly(&mut self, iterator: R) -> Outcome {
        let window = self.registers().window();
        let depth = self.frames.len();
        match self.close_iterator(iterator) {
            Err(crate::thrown::Thrown::Exception | crate::thrown::Thrown::Overflow) => {
                self.frames.truncate(depth);
                self.registers().pop(window);
                Ok(())
            }
            other => other,
        }
    }

    pub(crate) fn iterator_method(&mut self, to: R, iterator: R, which: IteratorMethod) -> Outcome {
        let name = match which {
            IteratorMethod::Throw => known::THROW,
            IteratorMethod::Return => known::RETURN,
        };
        self.get_named(to, iterator, name)?;
        if self.is_null(to) {
            self.undefined(to);
        }
        Ok(())
    }

    /// An object `{ value, done }`.
    pub(crate) fn new_result(&mut self, to: R, value: R, done: bool) -> Outcome {
        self.scoped(|machine| {
            let object = machine.temps(3)?;
            let class = machine.result_class;
            let mut registers = machine.registers();
            registers.copy(object + 1, value);
            registers.set_bool(object + 2, done);
            match class {
                Some(class) => {
                    registers.alloc_with(object, Kind::Object, object, 3)?;
                    registers.set_tag(object, tag(class.0))?;
                }
                None => {
                    machine.new_object(object, 2)?;
                    machine.add_field(object, known::VALUE, Flags::PLAIN, object + 1)?;
                    machine.add_field(object, known::DONE, Flags::PLAIN, object + 2)?;
                    machine.result_class = machine.class_of(object);
                    // V8's class of them tells nothing of the values.
                    if let Some(class) = machine.result_class {
                        machine.generalize(class, known::VALUE, Representation::Tagged)?;
                    }
                }
            }
            machine.copy(to, object);
            Ok(())
        })
    }

    /// Calls `f` with each value of an iterable, in a register; false ends it early.
    pub(crate) fn for_each(
        &mut self,
        iterable: R,
        f: impl FnMut(&mut Self, R) -> Outcome<bool>,
    ) -> Outcome {
        self.for_each_of(iterable, Caller::Native, f)
    }

    /// The strings of an iterable that has nothing else.
    pub(crate) fn rust_strings(&mut self, iterable: R) -> Outcome<Vec<String>> {
        let mut strings = Vec::new();
        self.for_each(iterable, |machine, value| {
            strings.push(machine.rust_string(value)?);
            Ok(true)
        })?;
        Ok(strings)
    }

    pub(crate) fn for_each_of(
        &mut self,
        iterable: R,
        caller: Caller,
        mut f: impl FnMut(&mut Self, R) -> Outcome<bool>,
    ) -> Outcome {
        self.scoped(|machine| {
            let iterator = machine.temps(3)?;
            let value = iterator + 2;
            machine.get_iterator_of(iterator, iterable, caller)?;
            loop {
                machine.next_value(value, iterator)?;
                if machine.registers().get(value) == Tagged::HOLE {
                    return Ok(());
                }
                match machine.scoped(|machine| f(machine, value)) {
                    Ok(true) => {}
                    Ok(false) => return machine.close_iterator(iterator),
                    Err(thrown) => {
                        let exception = machine.temp()?;
                        machine.catch(exception, thrown)?;
                        machine.close_iterator_quietly(iterator)?;
                        return machine.throw(exception);
                    }
                }
            }
        })
    }

    // -- for (key in object) ------------------------------------------------------------------------------------

    /// The keys of an object and its prototypes that `for in` goes over: a cell with the object, the next place, and the
    /// keys.
    pub(crate) fn for_in(&mut self, to: R, value: R) -> Outcome {
        self.scoped(|machine| {
            let object = machine.temps(4)?;
            let (holder, state, key_value) = (object + 1, object + 2, object + 3);
            let mut keys: Vec<Key> = Vec::new();
            if !machine.is_nullish(value) {
                machine.to_object(object, value)?;
                machine.prototype_of(holder, object)?;
                let mut above = machine.kind_of(object) != Some(ObjectKind::Proxy);
                while above && machine.is_object(holder) {
                    above = machine.has_nothing_enumerable(holder)?;
                    machine.prototype_of(holder, holder)?;
                }
                if above {
                    keys = machine.own_enumerable(object)?;
                    machine.registers().set_null(holder);
                } else {
                    machine.copy(holder, object);
                }
                let mut seen: Vec<Key> = Vec::new();
                let mut proxies = 0;
                while machine.is_object(holder) {
                    for key in machine.own_keys(holder, false)? {
                        if seen.contains(&key) {
                            continue;
                        }
                        if machine.is_enumerable(holder, key)? {
                            keys.push(key);
                        }
                        seen.push(key);
                    }
                    machine.follow_prototype(holder, &mut proxies)?;
                    // Most prototypes have nothing that is enumerable.
                    if seen.len() > 64 && !machine.is_object(holder) {
                        break;
                    }
                }
            }
            machine.registers().alloc(state, Kind::Array, 2 + keys.len(), 0)?;
            machine.registers().store(state, 0, object)?;
            machine.registers().store_value(state, 1, Value::Smi(0))?;
            for (place, key) in keys.iter().enumerate() {
                machine.key_value(key_value, *key)?;
                machine.registers().store(state, 2 + place, key_value)?;
            }
            machine.copy(to, state);
            Ok(())
        })
    }

    /// The next key that is still there, or the hole.
    pub(crate) fn for_in_next(&mut self, to: R, state: R) -> Outcome {
        self.scoped(|machine| {
            let object = machine.temp()?;
            machine.registers().load(object, state, 0)?;
            loop {
                let mut registers = machine.registers();
                let place = registers.peek(state, 1)?.as_smi().unwrap_or(0);
                let slot = 2 + place as usize;
                if slot >= registers.view(state)?.slot_count() {
                    registers.set_hole(to);
                    return Ok(());
                }
                registers.load(to, state, slot)?;
                registers.store_value(state, 1, Value::Smi(place + 1))?;
                let key = machine.to_key(to)?;
                if let (Key::Name(name), Some(id)) = (key, machine.class_of(object))
                    && let class = machine.classes.get(id)
                    && !class.dictionary
                    && class.find(name).is_some()
                    && !matches!(class.kind, ObjectKind::Proxy | ObjectKind::Namespace)
                {
                    return Ok(());
                }
                if machine.has(object, key)? {
                    return Ok(());
                }
            }
        })
    }

    /// An array's iterator.
    pub(crate) fn new_array_iterator(&mut self, to: R, object: R, which: i32) -> Outcome {
        self.scoped(|machine| {
            let iterator = machine.temp()?;
            let root = roots::ARRAY_ITERATOR_PROTOTYPE;
            machine.new_kind(iterator, root, ObjectKind::ArrayIterator, FIRST + 3)?;
            let mut registers = machine.registers();
            registers.store(iterator, ITERATED, object)?;
            registers.store_value(iterator, NEXT_INDEX, Value::Smi(0))?;
            registers.store_value(iterator, WHICH, Value::Smi(which))?;
            registers.copy(to, iterator);
            Ok(())
        })
    }
}
