//! `import()`, `import.meta.resolve`, and how a program that is a module begins.

use crate::machine::{Machine, R};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::object::Type;
use crate::objects::promise::{PENDING, RESULT};
use crate::thrown::{Outcome, Thrown};
use heap_model::Kind;
use node_memory::NodeVersion;
use std::path::Path;

/// Slots of what an `import()` waits with.
const PROMISE: usize = 0;
const SPECIFIER: usize = 1;
const REFERRER: usize = 2;
const TYPE: usize = 3;

/// Where Node's own code throws what the module was rejected with that a program begins with.
const RUN_MAIN: &str = "node:internal/modules/run_main:123\n    triggerUncaughtException(\n    ^";

impl Machine {
    /// `import(specifier, options)` in a file: a promise of the module's namespace.
    pub(crate) fn import(&mut self, to: R, specifier: R, options: R, referrer: &str) -> Outcome {
        self.scoped(|machine| {
            let promise = machine.temps(4)?;
            let (request, value, function) = (promise + 1, promise + 2, promise + 3);
            machine.new_promise(promise)?;
            machine.registers().alloc(request, Kind::Array, 4, 0)?;
            machine.registers().store(request, PROMISE, promise)?;
            machine.new_text(value, referrer)?;
            machine.registers().store(request, REFERRER, value)?;
            match machine.import_arguments(request, value, specifier, options) {
                Ok(()) => {
                    machine.module_closure(function, begin_import, 3, request)?;
                    machine.enqueue_callback(function)?;
                }
                Err(thrown @ (Thrown::Exit(_) | Thrown::OutOfMemory(_))) => return Err(thrown),
                Err(thrown) => {
                    machine.catch(value, thrown)?;
                    machine.reject_promise(promise, value)?;
                }
            }
            machine.copy(to, promise);
            Ok(())
        })
    }

    /// The specifier as a text, and the attribute `type` of the options.
    fn import_arguments(&mut self, request: R, value: R, specifier: R, options: R) -> Outcome {
        self.to_string(value, specifier)?;
        self.registers().store(request, SPECIFIER, value)?;
        if self.is_undefined(options) {
            return Ok(());
        }
        if !self.is_object(options) {
            let text = "The second argument to import() must be an object";
            return self.throw_type_error(text);
        }
        // The second is the older word, which V8 takes as well.
        for name in ["with", "assert"] {
            if name == "with" || self.options.node <= NodeVersion::V20 && self.is_undefined(value) {
                let name = self.atoms.intern_str(name);
                self.get_named(value, options, name)?;
            }
        }
        if self.is_undefined(value) {
            return Ok(());
        }
        if !self.is_object(value) {
            let text = "The 'assert' option must be an object";
            return self.throw_type_error(text);
        }
        let attributes = value;
        for key in self.own_keys(attributes, false)? {
            if !self.is_enumerable(attributes, key)? {
                continue;
            }
            self.scoped(|machine| {
                let given = machine.temp()?;
                machine.get(given, attributes, key)?;
                if machine.type_of(given) != Type::String {
                    let text = "Import attribute value must be a string";
                    return machine.throw_type_error(text);
                }
                // Others are not looked at.
                if machine.key_text(key) == "type" {
                    machine.registers().store(request, TYPE, given)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Loads, links and evaluates what an `import()` asks for; its promise is told at the end.
    fn run_import(&mut self, request: R) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temps(5)?;
            let (promise, yes, no, told) = (value + 1, value + 2, value + 3, value + 4);
            machine.registers().load(value, request, SPECIFIER)?;
            let specifier = machine.rust_string(value)?;
            machine.registers().load(value, request, REFERRER)?;
            let referrer = machine.rust_string(value)?;
            machine.registers().load(value, request, TYPE)?;
            let kind = match machine.is_string(value) {
                true => Some(machine.rust_string(value)?),
                false => None,
            };
            let id = machine.requested_module(&specifier, kind.as_deref(), &referrer)?;
            machine.load_graph(id)?;
            machine.link_module(id)?;
            machine.evaluate_module(promise, id)?;
            // The number of the module, for the end.
            machine.registers().set_smi(value, id as i32);
            machine.registers().store(request, SPECIFIER, value)?;
            machine.module_closure(yes, import_ended, 4, request)?;
            machine.module_closure(no, import_failed, 5, request)?;
            machine.perform_then(promise, yes, no, told)
        })
    }

    /// Runs a text as the module that a program begins with: what it has thrown at once is thrown.
    pub(crate) fn run_main_module(&mut self, path: &Path, text: &str) -> Outcome {
        self.es_modules.main = Some(path.to_owned());
        let id = self.source_module(super::targets::file_url(path), text)?;
        self.load_graph(id)?;
        self.link_module(id)?;
        self.scoped(|machine| {
            let promise = machine.temps(2)?;
            machine.evaluate_module(promise, id)?;
            machine.keep_main_promise(promise);
            // It tells nobody: what it was rejected with is looked at here and at the program's end.
            machine.mark_handled(promise)?;
            machine.run_jobs()?;
            machine.throw_if_main_rejected(promise)
        })
    }

    fn throw_if_main_rejected(&mut self, promise: R) -> Outcome {
        let thrown = self.throw_if_rejected(promise);
        if matches!(thrown, Err(Thrown::Exception)) {
            self.scoped(|machine| {
                let error = machine.temp()?;
                machine.load_root(error, crate::machine::roots::EXCEPTION);
                let main = machine.es_modules.main.clone().unwrap_or_default();
                machine.explain_reference(error, &main)
            })?;
            self.node.from_promise = true;
            self.node.failure.head = Some(RUN_MAIN);
        }
        thrown
    }

    /// Throws what a promise was rejected with.
    pub(crate) fn throw_if_rejected(&mut self, promise: R) -> Outcome {
        if self.promise_state(promise) != crate::objects::promise::REJECTED {
            return Ok(());
        }
        let reason = self.temp()?;
        self.registers().load(reason, promise, RESULT)?;
        self.throw(reason)
    }

    /// Says of a variable that CommonJS files have that modules do not.
    fn explain_reference(&mut self, error: R, path: &Path) -> Outcome {
        if self.kind_of(error) != Some(ObjectKind::Error) {
            return Ok(());
        }
        self.scoped(|machine| {
            let message = machine.temp()?;
            machine.plain_property(message, error, known::NAME)?;
            if machine.show(message) != "ReferenceError" {
                return Ok(());
            }
            machine.plain_property(message, error, known::MESSAGE)?;
            let text = machine.show(message);
            let name = text.strip_suffix(" is not defined").unwrap_or_default();
            if !["require", "module", "exports", "__filename", "__dirname"].contains(&name) {
                return Ok(());
            }
            let instead = if name == "require" { ", you can use import instead" } else { "" };
            let mut text = format!("{text} in ES module scope{instead}");
            let is_js = path.extension().is_some_and(|end| end == "js");
            if let Some(package) = super::packages::nearest_package(path).filter(|_| is_js)
                && machine.is_module_file(path, false)
            {
                text.push_str(&format!(
                    "\nThis file is being treated as an ES module because it has a '.js' file extension and '{}' \
                     contains \"type\": \"module\". To treat it as a CommonJS script, rename it to use the '.cjs' \
                     file extension.",
                    package.display()
                ));
            }
            machine.new_text(message, &text)?;
            machine.define_named(error, known::MESSAGE, message, Flags::HIDDEN)
        })
    }

    /// Whether the module that the program began with still waits: Node's exit code is 13 then.
    pub(crate) fn main_module_waits(&mut self) -> Outcome<bool> {
        self.scoped(|machine| {
            let promise = machine.temp()?;
            machine.load_root(promise, crate::machine::roots::MAIN_PROMISE);
            if !machine.is_object(promise) {
                return Ok(false);
            }
            machine.throw_if_main_rejected(promise)?;
            Ok(machine.promise_state(promise) == PENDING)
        })
    }
}

fn begin_import(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let request = machine.temps(3)?;
    let (promise, error) = (request + 1, request + 2);
    machine.native_data(request, 0)?;
    match machine.run_import(request) {
        Ok(()) => {}
        Err(thrown @ (Thrown::Exit(_) | Thrown::OutOfMemory(_))) => return Err(thrown),
        Err(thrown) => {
            machine.catch(error, thrown)?;
            machine.registers().load(promise, request, PROMISE)?;
            machine.reject_promise(promise, error)?;
        }
    }
    machine.give_undefined()
}

fn import_ended(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let request = machine.temps(3)?;
    let (promise, value) = (request + 1, request + 2);
    machine.native_data(request, 0)?;
    machine.registers().load(promise, request, PROMISE)?;
    let id = machine.registers().peek(request, SPECIFIER)?.as_smi().unwrap_or(0);
    machine.module_namespace(value, id as usize)?;
    machine.resolve_promise(promise, value)?;
    machine.give_undefined()
}

fn import_failed(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let request = machine.temps(2)?;
    machine.native_data(request, 0)?;
    machine.registers().load(request + 1, request, PROMISE)?;
    let id = machine.registers().peek(request, SPECIFIER)?.as_smi().unwrap_or(0);
    let url = machine.es_modules.records[id as usize].url.clone();
    machine.explain_reference(arguments.at(0), Path::new(&super::targets::url_path(&url)))?;
    machine.reject_promise(request + 1, arguments.at(0))?;
    machine.give_undefined()
}

/// `import.meta.resolve`.
pub(super) fn resolve(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let referrer = machine.temp()?;
    machine.native_data(referrer, 0)?;
    let referrer = machine.rust_string(referrer)?;
    let specifier = machine.string_of(arguments.at(0))?;
    let url = machine.module_url(&specifier, &referrer)?;
    machine.give_text(&url)
}
