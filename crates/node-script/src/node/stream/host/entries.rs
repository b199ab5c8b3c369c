//! What a stream's state keeps of the program's: buffered writes, functions to be called, and errors.

use super::{CALLBACKS, ENTRIES, ERRORS, Stored};
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Key, known};
use crate::objects::class::Flags;
use crate::objects::layout::tag;
use crate::thrown::{Outcome, Thrown};
use heap_model::{Kind, Value};
use stream_backpressure::Error;

impl Machine {
    /// Adds a write to those that are buffered, as Node has it there.
    pub(super) fn add_entry(
        &mut self,
        state: R,
        chunk: R,
        encoding: R,
        callback: Option<R>,
    ) -> Outcome {
        let list = self.temps(3)?;
        let (entry, function) = (list + 1, list + 2);
        self.registers().load(list, state, ENTRIES)?;
        if !self.is_object(list) {
            self.new_array(list, 0)?;
            self.registers().store(state, ENTRIES, list)?;
        }
        match callback {
            Some(callback) => self.copy(function, callback),
            None => self.load_root(function, roots::NO_OPERATION),
        }
        match self.node.streams.entry_class {
            Some(class) => {
                let first = self.temps(4)?;
                let mut registers = self.registers();
                for (place, value) in [chunk, encoding, function].into_iter().enumerate() {
                    registers.copy(first + 1 + place, value);
                }
                registers.alloc_with(entry, Kind::Object, first, 4)?;
                registers.set_tag(entry, tag(class.0))?;
            }
            None => {
                self.new_object(entry, 3)?;
                for (name, value) in [
                    (known::CHUNK, chunk),
                    (known::ENCODING, encoding),
                    (known::CALLBACK, function),
                ] {
                    self.define_named(entry, name, value, Flags::PLAIN)?;
                }
                self.node.streams.entry_class = self.class_of(entry);
            }
        }
        self.push(list, entry)
    }

    /// Takes a buffered write out of its array: chunk and encoding in two registers.
    pub(super) fn take_entry(&mut self, to: R, state: R, place: usize) -> Outcome {
        let list = self.temps(3)?;
        let (entry, null) = (list + 1, list + 2);
        self.registers().load(list, state, ENTRIES)?;
        self.get(entry, list, Key::Index(place as u32))?;
        self.registers().set_null(null);
        self.set(list, Key::Index(place as u32), null, true)?;
        self.get_named(to, entry, known::CHUNK)?;
        self.get_named(to + 1, entry, known::ENCODING)
    }

    /// Nothing is buffered any more.
    pub(super) fn forget_entries(&mut self, state: R) -> Outcome {
        self.registers().store_value(state, ENTRIES, Value::Undefined)?;
        if let Some(stored) = &mut self.registers().native_mut::<Stored>(state)?.0 {
            stored.host_mut().0.left = 0;
        }
        Ok(())
    }

    pub(super) fn drop_callback(&mut self, state: R, place: usize) -> Outcome {
        let list = self.temps(2)?;
        self.registers().load(list, state, CALLBACKS)?;
        self.set(list, Key::Index(place as u32), list + 1, true)
    }

    /// Keeps an error of the program's; gives its place.
    pub(super) fn keep_error(&mut self, state: R, error: R) -> Outcome<usize> {
        self.scoped(|machine| {
            let list = machine.temp()?;
            machine.registers().load(list, state, ERRORS)?;
            if !machine.is_object(list) {
                machine.new_array(list, 0)?;
                machine.registers().store(state, ERRORS, list)?;
            }
            machine.push(list, error)?;
            Ok(machine.array_length(list) - 1)
        })
    }

    /// The value of an error: the program's own, or one of Node's, which is made once.
    pub(super) fn stream_error(
        &mut self,
        to: R,
        state: R,
        known: &mut Vec<(String, usize)>,
        error: &Error<usize>,
    ) -> Outcome {
        let place = match error {
            Error::Sink(place) => *place,
            Error::Aggregate(both) => return self.stream_error(to, state, known, &both[0]),
            _ => {
                let (code, message) = (error.code().unwrap_or("ERR_STREAM"), error.to_string());
                let key = format!("{code} {message}");
                match known.iter().find(|(known, _)| *known == key) {
                    Some((_, place)) => *place,
                    None => {
                        let kind = match error {
                            Error::NullValues | Error::InvalidChunk | Error::UnknownEncoding => {
                                ErrorKind::TypeError
                            }
                            _ => ErrorKind::Error,
                        };
                        let made = self.throw_node_error::<()>(kind, code, &message);
                        let Err(Thrown::Exception) = made else { return made };
                        self.take_exception(to);
                        let place = self.keep_error(state, to)?;
                        known.push((key, place));
                        place
                    }
                }
            }
        };
        self.registers().load(to, state, ERRORS)?;
        self.get(to, to, Key::Index(place as u32))
    }

    /// `process.nextTick(function, ...arguments)`.
    pub(in crate::node::stream) fn next_tick_of(
        &mut self,
        function: R,
        arguments: &[R],
    ) -> Outcome {
        self.scoped(|machine| {
            let process = machine.temp()?;
            machine.load_root(process, roots::PROCESS);
            let mut all = vec![function];
            all.extend_from_slice(arguments);
            machine.call_method(process, process, known::NEXT_TICK, &all)
        })
    }

    pub(super) fn next_stream_tick(&mut self, stream: R) -> Outcome {
        self.scoped(|machine| {
            let tick = machine.temp()?;
            machine.load_root(tick, roots::STREAM_TICK);
            machine.next_tick_of(tick, &[stream])
        })
    }
}
