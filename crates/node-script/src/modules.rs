//! Modules: Node's own, by a registry, CommonJS files, and ECMAScript modules.
//!
//! ECMAScript modules are records ([`record`]), whose values lie in a table of the heap: they are found ([`load`]), linked
//! ([`link`]) and evaluated ([`evaluate`]), each as ECMA-262 has it.
//!
//! A module of Node's is a row of [`node::MODULES`](crate::node::MODULES): its names and the function that makes its
//! exports, which is called when the module is first required.

mod common_js;
pub(crate) mod dynamic;
mod evaluate;
mod link;
mod load;
mod loader;
mod namespace;
mod packages;
pub(crate) mod record;
pub(crate) mod registry;
mod require;
mod resolve;
mod targets;

pub(crate) use targets::file_url;

use self::packages::{Missing, Target};
use self::resolve::Resolver;
use crate::compile::code::{Origin, Place, SourceText};
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::parse::Goal;
use crate::thrown::{Outcome, Thrown};
use node_memory::{Baseline, NodeVersion, RecordedModule};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Where Node's own code throws that a file is no JSON.
const JSON_FILE: &str = "node:internal/modules/cjs/loader:1644\n    throw err;\n    ^";

/// What a module's function is given.
pub(crate) const PARAMETERS: [&str; 5] =
    ["exports", "require", "module", "__filename", "__dirname"];

impl Machine {
    /// The exports of a module of Node's.
    pub(crate) fn node_module(&mut self, to: R, name: &str) -> Outcome<bool> {
        let name = name.strip_prefix("node:").unwrap_or(name);
        let Some(module) = self.modules.builtin.iter().find(|module| module.name == name) else {
            return Ok(false);
        };
        if let Some(place) = self.modules.places.get(name) {
            let place = *place;
            self.load_root(to, roots::MODULES);
            self.registers().load(to, to, place)?;
            return Ok(true);
        }
        self.scoped(|machine| {
            let exports = machine.temps(2)?;
            (module.make)(machine, exports)?;
            machine.keep_module(module.name.to_owned(), exports, exports + 1)?;
            machine.copy(to, exports);
            Ok(true)
        })
    }

    /// Adds what a module's code takes in the recorded Node, of which `own` bytes of heap are there already.
    fn add_recorded(&mut self, name: &str, own: usize) -> Outcome {
        let name = name.strip_prefix("node:").unwrap_or(name);
        let console = &mut self.node.console;
        let module = self.options.baseline.and_then(|node| node.module(name));
        // What prints has loaded the code before.
        let Some(module) = module.filter(|_| !console.has_printed) else { return Ok(()) };
        let left = |module: &RecordedModule| module.first_print.external;
        if console.module.is_none_or(|known| left(&module) < left(&known)) {
            console.module = Some(module);
        }
        let load = module.load;
        let heap_used = load.heap_used.saturating_sub(own & !7);
        let heap_garbage = load.heap_garbage.min(heap_used);
        self.runtime.add(Baseline { heap_used, heap_garbage, ..load })?;
        Ok(())
    }

    /// Throws Node's error of a module that is not there: who requires it, the innermost first.
    pub(crate) fn throw_module_not_found<T>(
        &mut self,
        name: &str,
        stack: Vec<String>,
    ) -> Outcome<T> {
        let stack: Vec<String> = stack.into_iter().rev().collect();
        let mut message = format!("Cannot find module '{name}'");
        if !stack.is_empty() {
            message.push_str("\nRequire stack:");
            stack.iter().for_each(|file| message.extend(["\n- ", file]));
        }
        let error = self.temps(2)?;
        self.new_error(error, ErrorKind::Error, &message)?;
        self.new_text(error + 1, "MODULE_NOT_FOUND")?;
        self.define_named(error, known::CODE, error + 1, Flags::PLAIN)?;
        self.list_of_texts(error + 1, stack)?;
        let key = self.atoms.intern_str("requireStack");
        self.define_named(error, key, error + 1, Flags::PLAIN)?;
        self.throw_by_node(error)
    }

    pub(crate) fn keep_module(&mut self, name: String, module: R, scratch: R) -> Outcome {
        // A module that has failed leaves its place.
        let place = self.modules.places.values().max().map_or(0, |last| last + 1);
        self.load_root(scratch, roots::MODULES);
        self.put_in_table(scratch, place, module, roots::MODULES)?;
        self.modules.places.insert(name, place);
        Ok(())
    }

    /// Throws the error of a module of Node's that is not here, or nowhere.
    fn throw_unknown_builtin<T>(&mut self, name: &str) -> Outcome<T> {
        let text = match self.modules.not_supported.contains(&name) {
            true => {
                let place = self.place().map_or(String::new(), |place| {
                    format!(" ({}:{}:{})", place.source.name, place.line, place.column)
                });
                format!("The module '{name}' is not supported{place}")
            }
            false => format!("No such built-in module: node:{name}"),
        };
        self.throw_node_error(ErrorKind::Error, "ERR_UNKNOWN_BUILTIN_MODULE", &text)
    }

    /// What a name that a file in a directory requires stands for, or Node's error, which tells who requires it.
    fn find_required(
        &mut self,
        name: &str,
        directory: &Path,
        requirers: Vec<String>,
    ) -> Outcome<Target> {
        let resolved = self.options.resolve.as_ref().and_then(|resolve| resolve(name, directory));
        let name = resolved.as_deref().unwrap_or(name);
        let bare = name.strip_prefix("node:").unwrap_or(name);
        if self.modules.builtin.iter().any(|module| module.name == bare) {
            return Ok(Target::Node(name.to_owned()));
        }
        if name.starts_with("node:") || self.modules.not_supported.contains(&bare) {
            return self.throw_unknown_builtin(bare);
        }
        let from = requirers.last().map_or("", String::as_str);
        match self.resolver(|resolver| resolver.require(name, directory, from)) {
            Ok(path) => Ok(Target::File(path)),
            Err(missing) => self.throw_missing(missing, requirers),
        }
    }

    /// Finds modules, as the Node that is played does.
    fn resolver<T>(&self, find: impl FnOnce(Resolver<'_>) -> T) -> T {
        let is_builtin = |name: &str| self.modules.builtin.iter().any(|known| known.name == name);
        let packages = &self.modules.packages;
        let requires_modules = self.options.node >= NodeVersion::V20;
        let directory = &self.options.directory;
        find(Resolver { packages, is_builtin: &is_builtin, directory, requires_modules })
    }

    fn throw_missing<T>(&mut self, missing: Missing, requirers: Vec<String>) -> Outcome<T> {
        match missing {
            Missing::Module(name) => self.throw_module_not_found(&name, requirers),
            Missing::Target { text, package } => self.scoped(|machine| {
                let error = machine.temps(2)?;
                machine.new_error(error, ErrorKind::Error, &text)?;
                machine.new_text(error + 1, "MODULE_NOT_FOUND")?;
                machine.define_named(error, known::CODE, error + 1, Flags::PLAIN)?;
                if let Some((package, request)) = package {
                    machine.new_text(error + 1, &package)?;
                    machine.put(error, "path", error + 1)?;
                    machine.new_text(error + 1, &request)?;
                    machine.put(error, "requestPath", error + 1)?;
                }
                machine.throw_by_node(error)
            }),
            Missing::Refused { kind, code, text, url: None } => {
                self.throw_node_error(kind, code, &text)
            }
            Missing::Refused { kind, code, text, url: Some(url) } => self.scoped(|machine| {
                let error = machine.temps(2)?;
                let Err(thrown) = machine.throw_node_error::<T>(kind, code, &text) else {
                    return machine.throw_module_not_found(&text, requirers);
                };
                machine.catch(error, thrown)?;
                machine.new_text(error + 1, &url)?;
                machine.put(error, "url", error + 1)?;
                machine.throw_by_node(error)
            }),
            Missing::Broken(package) => self.scoped(|machine| {
                let place = format!("Error parsing {}:", package.display());
                match machine.broken_package(&package, &place)? {
                    Some(text) => {
                        let thrown = machine.throw_error(ErrorKind::SyntaxError, &text);
                        let error = machine.temps(2)?;
                        machine.load_root(error, roots::EXCEPTION);
                        machine.new_text(error + 1, &package.to_string_lossy())?;
                        machine.put(error, "path", error + 1)?;
                        thrown
                    }
                    None => machine.throw_module_not_found("", requirers),
                }
            }),
        }
    }

    /// Throws Node's error of a `package.json` that is no JSON.
    fn throw_broken_package<T>(&mut self, package: &Path, place: &str) -> Outcome<T> {
        let text = self.broken_package(package, place)?.unwrap_or_else(|| place.to_owned());
        self.throw_node_error(ErrorKind::Error, "ERR_INVALID_PACKAGE_CONFIG", &text)
    }

    /// What is wrong with a `package.json`, behind a place.
    fn broken_package(&mut self, package: &Path, place: &str) -> Outcome<Option<String>> {
        let text = std::fs::read_to_string(package).unwrap_or_default();
        self.scoped(|machine| {
            let error = machine.temps(2)?;
            let Err(thrown) = machine.json_parse_text(error, &text) else { return Ok(None) };
            machine.catch(error, thrown)?;
            machine.get_named(error + 1, error, known::MESSAGE)?;
            Ok(Some(format!("{place} {}", machine.string_of(error + 1)?)))
        })
    }

    /// The exports of a module of Node's that a program requires.
    fn require_node_module(&mut self, to: R, name: &str) -> Outcome {
        let used = self.runtime.heap_used();
        let known = self.modules.places.len();
        if !self.node_module(to, name)? {
            return self.throw_unknown_builtin(name.strip_prefix("node:").unwrap_or(name));
        }
        let own = self.runtime.heap_used().saturating_sub(used);
        match self.modules.places.len() == known {
            true => Ok(()),
            false => self.add_recorded(name, own),
        }
    }

    /// `require(name)`, from a file in a directory.
    pub(crate) fn require(&mut self, to: R, name: &str, directory: &Path) -> Outcome {
        if self.modules.handed_over {
            return self.ask_loader(to, "load", [name, &directory.to_string_lossy()]);
        }
        let path = match self.find_required(name, directory, self.module_stack.clone())? {
            Target::File(path) => path,
            Target::Node(name) | Target::Data(name) => return self.require_node_module(to, &name),
        };
        if path.extension().is_some_and(|end| end == "node") {
            return self.throw_addon(&path);
        }
        let key = path.to_string_lossy().into_owned();
        if let Some(place) = self.modules.places.get(&key).copied() {
            self.load_root(to, roots::MODULES);
            self.registers().load(to, to, place)?;
            return self.get_named(to, to, known::EXPORTS);
        }
        if self.is_module_file(&path, false) {
            return self.require_es_module(to, &path);
        }
        let text = self.read_module(&path)?;
        if self.hand_over_for(&text)? {
            return self.require(to, name, directory);
        }
        self.scoped(|machine| {
            let module = machine.temp()?;
            let loaded = machine.load_module(module, &path, &text);
            if loaded.is_err()
                && machine.syntax_error.is_some()
                && machine.is_module_by_text(&path, &text)
            {
                (machine.syntax_error, machine.thrown_at) = (None, None);
                return machine.require_es_module(to, &path);
            }
            loaded?;
            machine.get_named(to, module, known::EXPORTS)
        })
    }

    /// Runs the CommonJS file that a program begins with.
    pub(crate) fn run_main_file(&mut self, path: &Path, text: &str) -> Outcome {
        self.scoped(|machine| {
            let module = machine.temp()?;
            // A byte-order mark is no part of it.
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            if machine.hand_over_for(text)? {
                return machine.ask_loader(module, "run", [&path.to_string_lossy(), text]);
            }
            machine.load_module(module, path, text)
        })
    }

    /// Runs a CommonJS module's text; gives the module.
    pub(crate) fn load_module(&mut self, to: R, path: &Path, text: &str) -> Outcome {
        let name = path.to_string_lossy().into_owned();
        // A byte-order mark is no part of it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let is_json = path.extension().is_some_and(|end| end == "json");
        let loaded = self.scoped(|machine| {
            let module = machine.temps(4)?;
            let (exports, value, function) = (module + 1, module + 2, module + 3);
            let is_main =
                machine.modules.places.keys().all(|known| !Path::new(known).is_absolute())
                    && machine.es_modules.main.is_none();
            if let Some(requirer) = machine.module_stack.last() {
                machine.modules.requirers.insert(name.clone(), requirer.clone());
            }
            machine.new_object(module, 4)?;
            machine.new_object(exports, 4)?;
            machine.define_named(module, known::EXPORTS, exports, Flags::PLAIN)?;
            machine.new_text(value, &name)?;
            let filename = machine.atoms.intern_str("filename");
            machine.define_named(module, filename, value, Flags::PLAIN)?;
            if is_main {
                machine.new_text(value, ".")?;
                machine.store_root(roots::MAIN_MODULE, module);
            }
            let id = machine.atoms.intern_str("id");
            machine.define_named(module, id, value, Flags::PLAIN)?;
            let loaded = machine.atoms.intern_str("loaded");
            machine.registers().set_bool(value, false);
            machine.define_named(module, loaded, value, Flags::PLAIN)?;
            machine.keep_module(name.clone(), module, value)?;
            if is_json {
                machine.json_file(exports, &name, text)?;
                machine.define_named(module, known::EXPORTS, exports, Flags::PLAIN)?;
                machine.copy(to, module);
                return Ok(());
            }
            let goal = Goal::Body { parameters: &PARAMETERS };
            let compiled = machine.compile_function(function, &name, text, goal);
            machine.decorated(compiled)?;
            let arguments = machine.temps(6)?;
            machine.copy(arguments + 1, exports);
            let directory = path.parent().unwrap_or(Path::new(""));
            machine.new_require(arguments + 2, directory)?;
            machine.copy(arguments + 3, module);
            machine.new_text(arguments + 4, &name)?;
            machine.new_text(arguments + 5, &directory.to_string_lossy())?;
            let given: Vec<R> = (1..6).map(|place| arguments + place).collect();
            machine.module_stack.push(name.clone());
            let called = machine.call(value, function, exports, &given);
            machine.module_stack.pop();
            called?;
            machine.registers().set_bool(value, true);
            machine.define_named(module, loaded, value, Flags::PLAIN)?;
            machine.copy(to, module);
            Ok(())
        });
        if loaded.is_err() {
            // Required again, it is read and runs again.
            self.modules.places.remove(&name);
        }
        loaded
    }

    /// Compiles a text to a function.
    pub(crate) fn compile_function(
        &mut self,
        to: R,
        name: &str,
        text: &str,
        goal: Goal<'_>,
    ) -> Outcome {
        let counted = self.options.steps.is_some();
        let text = units_of(text).into();
        let source = Rc::new(SourceText { name: name.into(), text, counted, origin: None });
        self.compile_source(to, source, goal)
    }

    /// Compiles a text that the program evaluates.
    pub(crate) fn compile_evaluated(
        &mut self,
        to: R,
        name: &str,
        text: &str,
        goal: Goal<'_>,
    ) -> Outcome {
        let (counted, origin) = (self.options.steps.is_some(), Some(self.origin()));
        let text = text.encode_utf16().collect();
        let source = Rc::new(SourceText { name: name.into(), text, counted, origin });
        self.compile_source(to, source, goal)
    }

    /// Where a text is evaluated now.
    pub(crate) fn origin(&self) -> Origin {
        let caller = self.frames.last();
        let template = caller.and_then(|frame| Some((self.codes.template(frame.code)?, frame.pc)));
        template.map_or(Origin::Nowhere, |(template, pc)| Origin::Call(template.clone(), pc))
    }

    pub(crate) fn compile_source(
        &mut self,
        to: R,
        source: Rc<SourceText>,
        goal: Goal<'_>,
    ) -> Outcome {
        let place = source.name.clone();
        let text = source.clone();
        match crate::compile::compile(source, goal) {
            Ok(None) => Err(Thrown::Overflow),
            Ok(Some(template)) => {
                let id = self.codes.add_compiled(template);
                self.scoped(|machine| {
                    let shared = machine.temp()?;
                    machine.new_shared(shared, id)?;
                    machine.new_function(to, shared, id, None)
                })
            }
            Err(error) => {
                let kind = ErrorKind::SyntaxError;
                self.syntax_error = Some(format!("{place}:{}", error.at.line));
                let (line, column, width) = (error.at.line, error.at.column, error.width);
                let thrown_at = Place { source: text.clone(), line, column, width };
                let text = if error.message.contains("not supported") {
                    format!("{} ({place}:{}:{})", error.message, error.at.line, error.at.column)
                } else {
                    error.message
                };
                let thrown = self.throw_error(kind, &text);
                self.note_syntax_error(thrown_at, false)?;
                thrown
            }
        }
    }
}

impl Machine {
    /// The file that a program's path names.
    pub(crate) fn find_main_file(&self, path: &Path) -> Option<PathBuf> {
        if path.exists() && !path.is_dir() {
            return Some(path.canonicalize().unwrap_or_else(|_| path.to_owned()));
        }
        self.resolver(|resolver| resolver.require(path.to_str()?, Path::new("/"), "").ok())
    }
}

/// The units of a file's text. A first line for the system's loader is a comment.
pub(crate) fn units_of(text: &str) -> Vec<u16> {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    if units.starts_with(&[u16::from(b'#'), u16::from(b'!')]) {
        units[0] = u16::from(b'/');
        units[1] = u16::from(b'/');
    }
    units
}

/// What V8 says of what stands in modules alone (`esm_syntax_error_messages` of Node's node_contextify.cc).
const OF_MODULES: [&str; 3] = [
    "Cannot use import statement outside a module",
    "Unexpected token 'export'",
    "Cannot use 'import.meta' outside a module",
];

impl Machine {
    /// The type that the nearest `package.json` says its files are of.
    fn package_type(&self, path: &Path) -> Option<String> {
        self.modules.packages.around(path).ok()??.kind.clone()
    }

    /// Whether a file is an ECMAScript module: by its name's end, or by the nearest `package.json`.
    pub(crate) fn is_module_file(&self, path: &Path, all: bool) -> bool {
        match path.extension().and_then(|end| end.to_str()) {
            Some("mjs") => true,
            Some("js") if all => true,
            Some("js") => self.package_type(path).as_deref() == Some("module"),
            _ => false,
        }
    }

    /// Whether a file is an ECMAScript module by its text: from Node 20 on, if nothing else says which it is, it cannot
    /// be read as a CommonJS module, and it either has what only a module has or can be read as one.
    pub(crate) fn is_module_by_text(&self, path: &Path, text: &str) -> bool {
        let reads = |goal| {
            let name = path.to_string_lossy().into();
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            let source =
                SourceText { name, text: units_of(text).into(), counted: false, origin: None };
            crate::compile::compile(Rc::new(source), goal).map(drop)
        };
        self.options.node >= NodeVersion::V20
            && path.extension().is_none_or(|end| end == "js")
            && self.package_type(path).is_none_or(|kind| kind != "commonjs" && kind != "module")
            && reads(Goal::Body { parameters: &PARAMETERS }).is_err_and(|error| {
                OF_MODULES.contains(&error.message.as_str()) || reads(Goal::Module).is_ok()
            })
    }

    /// The value of a JSON file, whose path is in front of what is wrong with it.
    pub(crate) fn json_file(&mut self, to: R, path: &str, text: &str) -> Outcome {
        let Err(thrown) = self.json_parse_text(to, text) else { return Ok(()) };
        self.scoped(|machine| {
            let error = machine.temps(2)?;
            machine.catch(error, thrown)?;
            if machine.kind_of(error) == Some(ObjectKind::Error) {
                machine.get_named(error + 1, error, known::MESSAGE)?;
                let message = format!("{path}: {}", machine.string_of(error + 1)?);
                let thrown = machine.throw_error(ErrorKind::SyntaxError, &message);
                machine.node.failure.by_node = true;
                machine.node.failure.head = Some(JSON_FILE);
                return thrown;
            }
            machine.throw(error)
        })
    }

    /// Throws if the nearest `package.json` of a file cannot be read.
    pub(crate) fn check_package(&mut self, path: &Path) -> Outcome {
        let Some(package) = packages::nearest_package(path) else { return Ok(()) };
        let Ok(text) = std::fs::read_to_string(&package) else { return Ok(()) };
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.json_file(value, &format!("Error parsing {}", package.display()), &text)
        })
    }
}
