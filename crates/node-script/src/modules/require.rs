//! `require`: the function that a CommonJS file is given, and ECMAScript modules that it loads.

use super::record::{ModuleId, Status};
use super::targets::file_url;
use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, Native, R, roots};
use crate::objects::atoms::known;
use crate::objects::class::Flags;
use crate::objects::code::{Arguments, NativeCode};
use crate::thrown::Outcome;
use node_memory::NodeVersion;
use std::path::{Path, PathBuf};

/// The functions of a file: `require` itself, then its own functions. Each knows the file's directory.
const FUNCTIONS: [Method; 2] = [("require", 1, require), ("resolve", 2, resolve)];

impl Machine {
    /// The `require` of files in a directory.
    pub(super) fn new_require(&mut self, to: R, directory: &Path) -> Outcome {
        self.scoped(|machine| {
            let text = machine.temps(2)?;
            let value = text + 1;
            machine.new_text(text, &directory.to_string_lossy())?;
            machine.new_require_function(to, 0, text)?;
            machine.new_require_function(value, 1, text)?;
            let key = machine.atoms.intern_str("resolve");
            machine.define_named(to, key, value, Flags::PLAIN)?;
            machine.load_root(value, roots::MAIN_MODULE);
            let key = machine.atoms.intern_str("main");
            machine.define_named(to, key, value, Flags::PLAIN)
        })
    }

    fn new_require_function(&mut self, to: R, place: usize, directory: R) -> Outcome {
        let id = match self.require_codes[place] {
            Some(id) => id,
            None => {
                let (name, length, call) = FUNCTIONS[place];
                let name = self.atoms.intern_str(name);
                let call = call as Native;
                let id =
                    self.codes.add_native(NativeCode { call, name, length, constructor: false });
                self.require_codes[place] = Some(id);
                id
            }
        };
        self.native_closure(to, id, directory)
    }

    /// Loads and evaluates an ECMAScript module that a CommonJS file requires: its namespace, or what it exports as
    /// `module.exports`. From Node 20 on.
    pub(super) fn require_es_module(&mut self, to: R, path: &Path) -> Outcome {
        let from = self.module_stack.last().cloned().unwrap_or_default();
        if self.options.node < NodeVersion::V20 {
            let text = format!(
                "require() of ES Module {} from {from} not supported.\nInstead change the require of {} in {from} to a dynamic import() which is available in all CommonJS modules.",
                path.display(),
                path.file_name().unwrap_or_default().to_string_lossy()
            );
            return self.throw_node_error(ErrorKind::Error, "ERR_REQUIRE_ESM", &text);
        }
        let url = file_url(path);
        let id = self.requested_module(&url, None, &from)?;
        if self.es_modules.records[id].status == Status::Evaluating {
            let shown = path.display();
            let first = self.modules.requirers.get(&shown.to_string());
            let text = match first {
                Some(first) => {
                    format!("Cannot require() ES Module {shown} in a cycle. (from {first})")
                }
                None => format!(
                    "Cannot require() ES Module {shown} in a cycle. (from {from}) A cycle involving require(esm) is not allowed to maintain invariants mandated by the ECMAScript specification. Try making at least part of the dependency in the graph lazily loaded."
                ),
            };
            return self.throw_node_error(ErrorKind::Error, "ERR_REQUIRE_CYCLE_MODULE", &text);
        }
        self.modules.requirers.entry(path.to_string_lossy().into_owned()).or_insert(from.clone());
        self.load_graph(id)?;
        self.link_module(id)?;
        if self.awaits(id) {
            let text = format!(
                "require() cannot be used on an ESM graph with top-level await. Use import() instead. To see where the top-level await comes from, use --experimental-print-required-tla.\n  From {from} \n  Requiring {} ",
                path.display()
            );
            return self.throw_node_error(ErrorKind::Error, "ERR_REQUIRE_ASYNC_MODULE", &text);
        }
        self.evaluate_now(id)?;
        self.required_exports(to, id, &url)
    }

    /// Evaluates a linked module that awaits nothing, and throws what it throws.
    fn evaluate_now(&mut self, id: ModuleId) -> Outcome {
        self.scoped(|machine| {
            let promise = machine.temp()?;
            machine.evaluate_module(promise, id)?;
            machine.mark_handled(promise)?;
            machine.throw_if_rejected(promise)
        })
    }

    /// Whether a module, or one that it requests, awaits at its top.
    fn awaits(&self, id: ModuleId) -> bool {
        let (mut next, mut seen) = (vec![id], vec![id]);
        while let Some(id) = next.pop() {
            let record = &self.es_modules.records[id];
            if record.has_await {
                return true;
            }
            for other in record.requested.iter().flatten() {
                if !seen.contains(other) {
                    seen.push(*other);
                    next.push(*other);
                }
            }
        }
        false
    }

    /// What `require` gives of an evaluated module. One with a default export is shown through another, which says
    /// `__esModule` as well: so do the files that were compiled from such modules.
    fn required_exports(&mut self, to: R, id: ModuleId, url: &str) -> Outcome {
        self.module_namespace(to, id)?;
        let own = self.key_of(&crate::objects::atoms::units("module.exports"));
        if self.namespace_has(to, own)? {
            return self.scoped(|machine| {
                let value = machine.temp()?;
                machine.namespace_get(value, to, own)?;
                machine.copy(to, value);
                Ok(())
            });
        }
        let [default, marked] =
            ["default", "__esModule"].map(|name| self.key_of(&crate::objects::atoms::units(name)));
        if !self.namespace_has(to, default)? || self.namespace_has(to, marked)? {
            return Ok(());
        }
        let facade = format!("node:internal/require/{url}");
        let id = match self.es_modules.places.get(&facade) {
            Some(id) => *id,
            None => {
                let text = format!(
                    "export * from {url:?}; export {{ default }} from {url:?}; export const __esModule = true;"
                );
                self.source_module(facade, &text)?
            }
        };
        self.load_graph(id)?;
        self.link_module(id)?;
        self.evaluate_now(id)?;
        self.module_namespace(to, id)
    }
}

/// The directory of a function's file, and the name that it is given.
fn request(machine: &mut Machine, arguments: Arguments, what: &str) -> Outcome<(String, PathBuf)> {
    let (directory, name) = (machine.temp()?, arguments.at(0));
    if !machine.is_string(name) {
        let shown = machine.received(name);
        let message = format!("The \"{what}\" argument must be of type string. Received {shown}");
        return machine.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_TYPE", &message);
    }
    machine.native_data(directory, 0)?;
    let directory = PathBuf::from(machine.rust_string(directory)?);
    Ok((machine.rust_string(name)?, directory))
}

fn require(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (name, directory) = request(machine, arguments, "id")?;
    if name.is_empty() {
        let message = "The argument 'id' must be a non-empty string. Received ''";
        return machine.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_VALUE", message);
    }
    machine.require(0, &name, &directory)?;
    Ok(0)
}

fn resolve(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (name, directory) = request(machine, arguments, "request")?;
    if machine.is_object(arguments.at(1)) && !machine.modules.handed_over {
        let module = machine.temp()?;
        machine.node_module(module, "module")?;
    }
    if machine.modules.handed_over {
        let loader = machine.temps(2)?;
        machine.load_root(loader, roots::MODULE_LOADER);
        machine.new_text(loader + 1, &directory.to_string_lossy())?;
        let given = [arguments.at(0), loader + 1, arguments.at(1)];
        machine.call_method(0, loader, known::RESOLVE, &given)?;
        return Ok(0);
    }
    let stack = machine.module_stack.clone();
    let found = machine.find_required(&name, &directory, stack)?;
    machine.give_text(&found.text())
}
