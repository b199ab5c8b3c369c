//! Programs: making a machine, and running a file or a text in it.

use crate::machine::{Machine, Native, Options, R, roots};
use crate::node::state::Clock;
use crate::objects::atoms::{Atoms, known};
use crate::objects::class::{Class, ClassId, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::layout::{CODE, FIELDS, LENGTH, METHOD_SLOTS, SHARED};
use crate::thrown::{Outcome, Thrown};
use core::fmt;
use heap_model::{Kind, OutOfMemory, Value};
use node_memory::{NodeVersion, Runtime, RuntimeError};
use std::path::{Path, PathBuf};

/// How a program has ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Finished {
    /// Nothing was left to do, or it has called `process.exit`: the exit code.
    Exit(i32),
    /// An exception that nothing has caught: its text as Node prints it.
    Uncaught(String),
    /// The heap's limit was reached.
    OutOfMemory(OutOfMemory),
    /// The program has taken as many rounds of loops and jobs as it may ([`Options::steps`]): where it was then.
    Endless(String),
}

/// Where Node's own code throws that a module is not found.
pub(crate) const NOT_FOUND: &str = "node:internal/modules/cjs/loader:1210\n  throw err;\n  ^";

/// Why a machine could not be made, or a file not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ScriptError {
    /// The heap's limit is too low for the built-in objects.
    Setup(Thrown),
    /// The baseline does not fit into the runtime.
    Baseline(RuntimeError),
    /// The file cannot be read.
    File(std::io::Error),
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(_) => f.write_str("the built-in objects could not be made"),
            Self::Baseline(_) => f.write_str("the runtime cannot start from that Node's figures"),
            Self::File(_) => f.write_str("the file cannot be read"),
        }
    }
}

impl core::error::Error for ScriptError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Setup(thrown) => Some(thrown),
            Self::Baseline(error) => Some(error),
            Self::File(error) => Some(error),
        }
    }
}

impl Machine {
    /// Makes a world on a runtime: all built-in objects.
    ///
    /// # Errors
    /// [`ScriptError::Setup`] if they do not fit below the heap's limit, [`ScriptError::Baseline`] if what
    /// [`Options::baseline`] adds does not.
    pub fn new(runtime: Runtime, options: Options) -> Result<Self, ScriptError> {
        let mut runtime = runtime;
        let heap = runtime.heap_mut();
        heap.set_register_limit(options.stack);
        let mut registers = heap.registers();
        let pushed = registers.push(roots::COUNT);
        pushed.map_err(|error| ScriptError::Setup(error.into()))?;
        let roots = registers.window();
        let window = registers.push(4);
        window.map_err(|error| ScriptError::Setup(error.into()))?;
        let steps = options.steps.unwrap_or(u64::MAX).max(1);
        let seed = if options.deterministic { 0 } else { seed() };
        let mut machine = Self {
            runtime,
            options,
            roots,
            frames: Default::default(),
            codes: Default::default(),
            classes: Default::default(),
            atoms: Atoms::new(),
            lookups: Default::default(),
            jobs: Default::default(),
            modules: Default::default(),
            module_stack: Vec::new(),
            thrown_at: None,
            any_detached: false,
            script_scope: Default::default(),
            es_modules: Default::default(),
            scopes: Vec::new(),
            literal_classes: Vec::new(),
            root_classes: vec![None; roots::COUNT],
            result_class: None,
            match_class: None,
            promise_codes: (0, 0, 0),
            async_codes: Default::default(),
            capability_code: 0,
            nesting: 0,
            kept_below: 0,
            names_before: 0,
            ended_nested: false,
            random: [0x9E37_79B9_7F4A_7C15 ^ seed, 0xD1B5_4A32_D192_ED03],
            proxy_classes: [None; 3],
            joining: Vec::new(),
            prototype_users: 0,
            node: Default::default(),
            require_codes: [None; 2],
            syntax_error: None,
            weak: Default::default(),
            promise_functions: Default::default(),
            reg_exps: Default::default(),
            reg_exp_next: 0,
            prepares_stack: false,
            steps,
        };
        machine.modules.builtin = crate::node::MODULES;
        machine.modules.not_supported = crate::node::NOT_SUPPORTED;
        machine.node.clock = Clock::new(machine.options.deterministic);
        machine.bootstrap().map_err(ScriptError::Setup)?;
        if let Some(node) = machine.options.baseline {
            machine.runtime.fill(node.fresh).map_err(ScriptError::Baseline)?;
            machine.node.console.collections = machine.runtime.heap_statistics().full_collections;
        }
        Ok(machine)
    }

    /// Makes what all other objects need, then all other objects.
    fn bootstrap(&mut self) -> Outcome {
        self.scoped(|machine| {
            let object = machine.temps(3)?;
            let (function, null) = (object + 1, object + 2);
            machine.registers().set_null(null);
            // Object.prototype, which has none itself.
            let mut class = Class::new(ObjectKind::Ordinary, Kind::Object, FIELDS, 0);
            class.unique = true;
            class.is_prototype = true;
            let id = machine.add_class(class, null)?;
            machine.new_of(object, id)?;
            machine.store_root(roots::OBJECT_PROTOTYPE, object);
            // The global object.
            let mut class = Class::new(ObjectKind::Global, Kind::Object, FIELDS, 0);
            class.unique = true;
            let id = machine.add_class(class, object)?;
            machine.new_of(function, id)?;
            machine.store_root(roots::GLOBAL, function);
            // Function.prototype is a function.
            let name = known::EMPTY;
            let code = crate::objects::code::NativeCode {
                call: nothing as Native,
                name,
                length: 0,
                constructor: false,
            };
            let code = machine.codes.add_native(code);
            let mut class = Class::new(ObjectKind::Function, Kind::Closure, METHOD_SLOTS, 0);
            class.callable = true;
            class.unique = true;
            class.is_prototype = true;
            let id = machine.add_class(class, object)?;
            machine.describe_function(id);
            machine.new_of(function, id)?;
            machine.new_shared(null, code)?;
            machine.registers().store(function, SHARED, null)?;
            machine.registers().store_value(function, CODE, Value::Smi(code))?;
            machine.store_root(roots::FUNCTION_PROTOTYPE, function);
            // Array.prototype is an array.
            let mut class = Class::new(ObjectKind::Array, Kind::Object, LENGTH + 1, 0);
            class.unique = true;
            class.is_prototype = true;
            let id = machine.add_class(class, object)?;
            machine.describe_array(id);
            machine.new_of(function, id)?;
            machine.registers().store_value(function, LENGTH, Value::Smi(0))?;
            machine.store_root(roots::ARRAY_PROTOTYPE, function);
            machine.add_async_codes();
            crate::builtins::install(machine)?;
            crate::node::install(machine)
        })
    }

    fn describe_function(&mut self, id: ClassId) {
        use crate::objects::class::{Flags, internal};
        let flags = Flags::READ_ONLY;
        self.classes.add_internal(id, known::LENGTH, flags, internal::FUNCTION_LENGTH);
        self.classes.add_internal(id, known::NAME, flags, internal::FUNCTION_NAME);
    }

    fn describe_array(&mut self, id: ClassId) {
        use crate::objects::class::{Elements, Flags, internal};
        let flags = Flags(Flags::WRITABLE);
        self.classes.get_mut(id).elements = Elements::PackedSmi;
        self.classes.add_internal(id, known::LENGTH, flags, internal::ARRAY_LENGTH);
    }

    /// Runs a file as Node does, with all jobs that it leaves, to its end.
    ///
    /// # Errors
    /// [`ScriptError::File`] if it cannot be read.
    pub fn run_file(&mut self, path: &Path) -> Result<Finished, ScriptError> {
        match self.main_file(path)? {
            Ok((path, text)) => Ok(self.run_text(&path, &text)),
            Err(finished) => Ok(finished),
        }
    }

    /// The path and the text of the file that a program's path names, or how the program ends without it.
    pub(crate) fn main_file(
        &mut self,
        path: &Path,
    ) -> Result<Result<(PathBuf, String), Finished>, ScriptError> {
        let whole = self.options.directory.join(path);
        let Some(path) = self.find_main_file(&whole) else {
            let whole = whole.display();
            return Ok(Err(Finished::Uncaught(format!(
                "{NOT_FOUND}\n\nError: Cannot find module '{whole}' {{\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}}"
            ))));
        };
        let bytes = std::fs::read(&path).map_err(ScriptError::File)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Ok((path, text)))
    }

    /// Runs a text as if it were the file with this path.
    pub fn run_text(&mut self, path: &Path, text: &str) -> Finished {
        self.run_program(Some(path), |machine| {
            machine.check_package(path)?;
            let loaded = match machine.is_module_file(path, false) {
                true => machine.run_main_module(path, text),
                false => machine.run_main_file(path, text),
            };
            if loaded.is_err() && machine.is_module_by_text(path, text) {
                (machine.syntax_error, machine.thrown_at) = (None, None);
                return machine.run_main_module(path, text);
            }
            loaded
        })
    }

    /// Runs what a program begins with, and all that it leaves, to its end.
    pub(crate) fn run_program(
        &mut self,
        path: Option<&Path>,
        begin: impl FnOnce(&mut Self) -> Outcome,
    ) -> Finished {
        let result = self.scoped(|machine| {
            let module = machine.temp()?;
            machine.set_arguments(path.map(Path::to_string_lossy).as_deref())?;
            let begun = machine.preload().and_then(|()| begin(machine));
            machine.undefined(module);
            machine.survive(begun)?;
            machine.run_to_the_end()?;
            machine.emit_before_exit()?;
            machine.run_to_the_end()?;
            if machine.main_module_waits()? {
                if machine.plays(NodeVersion::V22) {
                    let text = "Warning: Detected unsettled top-level await\n";
                    // What cannot be written is lost, as in Node.
                    let _ = std::io::Write::write_all(&mut machine.options.err, text.as_bytes());
                }
                return machine.emit_unsettled_exit();
            }
            machine.emit_exit(None)
        });
        let finished = match result {
            Ok(code) => Finished::Exit(code),
            Err(thrown) => self.finish(thrown),
        };
        // What cannot be written is lost, as in Node.
        let _ = std::io::Write::flush(&mut self.options.out);
        let _ = std::io::Write::flush(&mut self.options.err);
        finished
    }

    /// Runs the event loop, also after exceptions that the program's `uncaughtException` listeners take.
    fn run_to_the_end(&mut self) -> Outcome {
        loop {
            let ran = self.run_event_loop();
            let ended = ran.is_ok();
            self.survive(ran)?;
            if ended {
                return Ok(());
            }
        }
    }

    /// The version of Node that is played, as `process.version` has it.
    #[must_use]
    pub fn version(&self) -> String {
        format!("v{}", crate::node::version(self.options.node))
    }

    /// The runtime, for its figures.
    #[must_use]
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The runtime, to set it up.
    pub fn runtime_mut(&mut self) -> &mut Runtime {
        &mut self.runtime
    }
}

fn nothing(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.give_undefined()
}

/// A seed that differs from run to run.
fn seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish()
}
