//! Modules of Node's that are written in JavaScript, as Node's own are (`library/*.js`).
//!
//! A file is compiled when something requires it first, as the body of a function of `exports`, `require`, `module` and
//! `internal`: the last has what JavaScript cannot do ([`Machine::share_with_library`]). `require` gives a file other files of the
//! library by their names, and Node's modules. Names with `internal/` are not for programs. A property that is seldom used
//! is made when it is read first ([`Machine::lazy_properties`]). Calls of the library do not show in stack traces, as
//! those of built-ins in Rust do not.

mod from_async;
mod internal;

use crate::builtins::Method;
use crate::machine::{CALLEE, Machine, R, THIS, roots};
use crate::node::state::Library;
use crate::objects::atoms::{Key, known};
use crate::objects::class::Flags;
use crate::objects::code::Arguments;
use crate::parse::Goal;
use crate::thrown::Outcome;
use node_memory::NodeVersion;

macro_rules! library {
    ($($name:literal: $file:literal,)*) => {
        /// The files by their names.
        const SOURCES: &[(&str, &str)] = &[$(($name, include_str!(concat!("library/", $file)))),*];
    };
}

library! {
    "async_hooks": "async_hooks.js",
    "assert": "assert.js",
    "assert/strict": "assert_strict.js",
    "internal/abort": "abort.js",
    "internal/console": "console.js",
    "internal/deep": "deep.js",
    "internal/dom_exception": "dom_exception.js",
    "internal/encoding": "encoding.js",
    "internal/errors": "errors.js",
    "internal/events": "events.js",
    "internal/from_async": "from_async.js",
    "internal/heap_snapshot": "heap_snapshot.js",
    "internal/os_constants": "os_constants.js",
    "internal/performance": "performance.js",
    "internal/process": "process.js",
    "internal/stdio": "stdio.js",
    "internal/stream/duplex": "stream/duplex.js",
    "internal/stream/finished": "stream/finished.js",
    "internal/stream/iterate": "stream/iterate.js",
    "internal/stream/legacy": "stream/legacy.js",
    "internal/stream/operators": "stream/operators.js",
    "internal/stream/pipe": "stream/pipe.js",
    "internal/stream/pipeline": "stream/pipeline.js",
    "internal/stream/readable": "stream/readable.js",
    "internal/stream/readable_destroy": "stream/readable_destroy.js",
    "internal/stream/readable_state": "stream/readable_state.js",
    "internal/stream/reading": "stream/reading.js",
    "internal/stream/shown": "stream/shown.js",
    "internal/stream/state": "stream/state.js",
    "constants": "constants.js",
    "diagnostics_channel": "diagnostics_channel.js",
    "fs": "fs.js",
    "fs/promises": "fs_promises.js",
    "internal/timers": "timers.js",
    "internal/util": "util.js",
    "module": "module.js",
    "net": "net.js",
    "os": "os.js",
    "punycode": "punycode.js",
    "querystring": "querystring.js",
    "readline": "readline.js",
    "stream/consumers": "stream/consumers.js",
    "stream/promises": "stream/promises.js",
    "string_decoder": "string_decoder.js",
    "timers/promises": "timers_promises.js",
    "url": "url.js",
    "vm": "vm.js",
    "worker_threads": "worker_threads.js",
}

/// What a file's function is given.
const PARAMETERS: [&str; 4] = ["exports", "require", "module", "internal"];

/// Where the library's files are said to be.
pub(crate) const PREFIX: &str = "node:";

pub(super) fn install(machine: &mut Machine) -> Outcome {
    machine.node.library = Library {
        require: machine.native_code("require", 1, require),
        lazy_get: machine.native_code("get", 0, |machine, _| {
            let value = machine.temp()?;
            machine.settle_lazy(value, None)?;
            Ok(value)
        }),
        lazy_set: machine.native_code("set", 1, |machine, arguments| {
            let value = arguments.at(0);
            machine.settle_lazy(value, Some(value))?;
            machine.give_undefined()
        }),
    };
    let global = machine.temp()?;
    machine.new_object(global, 0)?;
    machine.own_class(global)?;
    machine.store_root(roots::LIBRARY, global);
    machine.share_with_library(internal::METHODS)?;
    if machine.plays(NodeVersion::V22) {
        from_async::install(machine)?;
    }
    machine.load_root(global, roots::GLOBAL);
    GLOBALS
        .iter()
        .try_for_each(|(file, names)| machine.lazy_properties(global, file, Flags::HIDDEN, names))
}

/// What the library's files have of the global object's properties.
const GLOBALS: &[(&str, &[&str])] = &[
    ("internal/abort", &["AbortController", "AbortSignal", "Event", "EventTarget"]),
    ("internal/dom_exception", &["DOMException"]),
    ("internal/encoding", &["TextDecoder", "TextEncoder", "atob", "btoa"]),
    ("url", &["URL", "URLSearchParams"]),
];

impl Machine {
    /// Whether a file of the library is there already.
    fn has_library(&self, name: &str) -> bool {
        self.modules.places.contains_key(&format!("{PREFIX}{name}"))
    }

    /// The exports of a file of the library.
    pub(crate) fn library(&mut self, to: R, name: &str) -> Outcome {
        let key = format!("{PREFIX}{name}");
        if let Some(place) = self.modules.places.get(&key).copied() {
            self.load_root(to, roots::MODULES);
            self.registers().load(to, to, place)?;
            return self.get_named(to, to, known::EXPORTS);
        }
        let Some((_, text)) = SOURCES.iter().find(|(known, _)| *known == name) else {
            return self.throw_module_not_found(name, Vec::new());
        };
        self.scoped(|machine| {
            let module = machine.temps(5)?;
            let (exports, require, internal, function) =
                (module + 1, module + 2, module + 3, module + 4);
            machine.new_object(module, 1)?;
            machine.new_object(exports, 4)?;
            machine.define_named(module, known::EXPORTS, exports, Flags::PLAIN)?;
            machine.keep_module(key.clone(), module, function)?;
            machine.undefined(require);
            machine.native_closure(require, machine.node.library.require, require)?;
            machine.load_root(internal, roots::LIBRARY);
            let goal = Goal::Body { parameters: &PARAMETERS };
            machine.compile_function(function, &key, text, goal)?;
            machine.call_function(exports, function, &[exports, require, module, internal])?;
            machine.get_named(to, module, known::EXPORTS)
        })
    }

    /// Gives the library functions (`internal.NAME`).
    pub(super) fn share_with_library(&mut self, methods: &[Method]) -> Outcome {
        self.scoped(|machine| {
            let internal = machine.temp()?;
            machine.load_root(internal, roots::LIBRARY);
            machine.define_methods(internal, methods)
        })
    }

    /// Gives the library an object with functions.
    pub(crate) fn share_object_with_library(&mut self, name: &str, methods: &[Method]) -> Outcome {
        self.scoped(|machine| {
            let object = machine.temps(2)?;
            machine.new_object(object, methods.len())?;
            machine.define_plain_methods(object, methods)?;
            machine.load_root(object + 1, roots::LIBRARY);
            machine.put(object + 1, name, object)
        })
    }

    /// Gives an object properties that a file of the library exports by the same names. It is loaded when one of them is
    /// read first.
    pub(super) fn lazy_properties(
        &mut self,
        object: R,
        file: &str,
        flags: Flags,
        names: &[&str],
    ) -> Outcome {
        self.scoped(|machine| {
            let data = machine.temps(5)?;
            let (text, name_text, getter, setter) = (data + 1, data + 2, data + 3, data + 4);
            machine.new_text(text, file)?;
            for name in names {
                let atom = machine.atoms.intern_str(name);
                machine.atom_value(name_text, atom)?;
                machine.array_of(data, &[object, text, name_text])?;
                machine.native_closure(getter, machine.node.library.lazy_get, data)?;
                machine.native_closure(setter, machine.node.library.lazy_set, data)?;
                let enumerable = flags.enumerable();
                machine.define_accessor(
                    object,
                    atom.into(),
                    Some(getter),
                    Some(setter),
                    enumerable,
                )?;
            }
            Ok(())
        })
    }

    /// Puts a value into the place of the lazy property whose function is called: what was assigned, or what the library
    /// exports.
    fn settle_lazy(&mut self, to: R, assigned: Option<R>) -> Outcome {
        self.scoped(|machine| {
            let data = machine.temps(4)?;
            let (object, file, name) = (data + 1, data + 2, data + 3);
            machine.native_data(data, CALLEE)?;
            for (place, register) in [object, file, name].into_iter().enumerate() {
                machine.get(register, data, Key::Index(place as u32))?;
            }
            let key = machine.to_key(name)?;
            match assigned {
                // What inherits the property gets its own.
                Some(value) => {
                    if machine.is_object(THIS) {
                        machine.copy(object, THIS);
                    }
                    machine.copy(to, value);
                }
                None => {
                    let file = machine.rust_string(file)?;
                    machine.library(data, &file)?;
                    machine.get(to, data, key)?;
                }
            }
            let mut flags = Flags::HIDDEN;
            if let Some(known) = machine.own_property(data, object, key)?
                && known.enumerable()
            {
                flags = Flags::PLAIN;
            }
            machine.define(object, key, to, flags)
        })
    }
}

/// `require` of the library's files.
fn require(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let name = machine.rust_string(arguments.at(0))?;
    let exports = machine.temp()?;
    let is_file = SOURCES.iter().any(|(known, _)| *known == name);
    if is_file {
        machine.library(exports, &name)?;
    } else if !machine.node_module(exports, &name)? {
        return machine.throw_module_not_found(&name, Vec::new());
    }
    Ok(exports)
}
