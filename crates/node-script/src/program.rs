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
use node_memory::{Runtime, RuntimeError};
use std::path::Path;

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
const NOT_FOUND: &str = "node:internal/modules/cjs/loader:1210\n  throw err;\n  ^";

/// Where Node's own code throws that no one has handled a promise's rejection.
const REJECTED: &str =
    "node:internal/process/promises:389\n      new UnhandledPromiseRejection(reason);\n      ^";

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
            ended_nested: false,
            random: [0x9E37_79B9_7F4A_7C15 ^ seed, 0xD1B5_4A32_D192_ED03],
            shared_symbols: Vec::new(),
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
        let whole = self.options.directory.join(path);
        let Some(path) = self.find_main_file(&whole) else {
            let whole = whole.display();
            return Ok(Finished::Uncaught(format!(
                "{NOT_FOUND}\n\nError: Cannot find module '{whole}' {{\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}}"
            )));
        };
        let bytes = std::fs::read(&path).map_err(ScriptError::File)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(self.run_text(&path, &text))
    }

    /// Runs a text as if it were the file with this path.
    pub fn run_text(&mut self, path: &Path, text: &str) -> Finished {
        let result = self.scoped(|machine| {
            let module = machine.temp()?;
            let name = path.to_string_lossy();
            machine.set_arguments(&name)?;
            machine.check_package(path)?;
            let mut loaded = match machine.is_module_file(path, false) {
                true => machine.run_main_module(path, text),
                false => machine.run_main_file(path, text),
            };
            if loaded.is_err() && machine.is_module_by_text(path, text) {
                (machine.syntax_error, machine.thrown_at) = (None, None);
                loaded = machine.run_main_module(path, text);
            }
            machine.undefined(module);
            machine.survive(loaded)?;
            machine.run_to_the_end()?;
            machine.emit_before_exit()?;
            machine.run_to_the_end()?;
            if machine.main_module_waits()? {
                let text = "Warning: Detected unsettled top-level await";
                // What cannot be written is lost, as in Node.
                let _ =
                    std::io::Write::write_fmt(&mut machine.options.err, format_args!("{text}\n"));
                return machine.emit_exit(Some(13));
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

    /// Gives an exception to the program's `uncaughtException` listeners; without any, it goes on.
    fn survive(&mut self, outcome: Outcome) -> Outcome {
        let Err(thrown) = outcome else { return Ok(()) };
        let place = self.thrown_at.clone();
        self.scoped(|machine| {
            let exception = machine.temps(2)?;
            machine.catch(exception, thrown)?;
            machine.new_text(exception + 1, "uncaughtException")?;
            if machine.emit_to_listeners("uncaughtException", &[exception, exception + 1])? {
                return Ok(());
            }
            let thrown = machine.throw(exception);
            machine.thrown_at = place;
            thrown
        })
    }

    /// The version of Node that is played, as `process.version` has it.
    #[must_use]
    pub fn version(&self) -> String {
        format!("v{}", crate::node::version(self.options.node))
    }

    fn finish(&mut self, thrown: Thrown) -> Finished {
        match thrown {
            Thrown::Exit(code) => Finished::Exit(code),
            Thrown::OutOfMemory(error) => Finished::OutOfMemory(*error),
            Thrown::Endless => {
                let place = self.thrown_at.take();
                Finished::Endless(place.map(|place| place.name()).unwrap_or_default())
            }
            thrown => {
                let text = self.scoped(|machine| {
                    let exception = machine.temp()?;
                    machine.catch(exception, thrown)?;
                    // What an error says of itself may throw: then it is told without asking it.
                    let text = match machine.uncaught_text(exception) {
                        Err(Thrown::Exception) => machine.show_for_error(exception),
                        text => text?,
                    };
                    // What throws here is lost: the program fails already.
                    let _ = machine.emit_exit(Some(1));
                    Ok(text)
                });
                match text {
                    Ok(text) => Finished::Uncaught(text),
                    Err(thrown) => Finished::Uncaught(thrown.to_string()),
                }
            }
        }
    }

    /// The text of an exception that nothing has caught: where it was thrown, and what it is.
    fn uncaught_text(&mut self, exception: R) -> Outcome<String> {
        let place = self.uncaught_place(exception)?;
        let mut shown = self.inspect(exception)?;
        // A text that could not be compiled has called nothing, and Node's own calls are not ours.
        if let Some(inner) =
            shown.strip_prefix("[SyntaxError").and_then(|rest| rest.strip_suffix(']'))
        {
            shown = format!("SyntaxError{inner}");
        }
        if let Some(inner) = shown.strip_prefix("[UnhandledPromiseRejection") {
            let inner = inner.replacen("\".] {", "\". {", 1);
            shown = format!("{REJECTED}\n\nUnhandledPromiseRejection{inner}");
        }
        let is_error = self.kind_of(exception) == Some(ObjectKind::Error);
        let space = if is_error { "\n\n" } else { "\n" };
        let hint = match self.is_object(exception) {
            true => "",
            false => "\n(Use `node --trace-uncaught ...` to show where the exception was thrown)",
        };
        Ok(match place {
            Some(place) if is_error => format!("{place}{space}{shown}"),
            Some(place) => format!("\n{place}{space}{shown}{hint}"),
            None if is_error => shown,
            None => format!("Uncaught:\n{shown}{hint}"),
        })
    }

    /// The line that has thrown, with its file and a mark below.
    fn uncaught_place(&mut self, exception: R) -> Outcome<Option<String>> {
        if self.internal_error(exception)? {
            return Ok(Some(NOT_FOUND.to_owned()));
        }
        if let Some(place) = self.thrown_at.take() {
            let text = String::from_utf16_lossy(&place.source.text);
            let (line, column) = (place.line as usize, place.column as usize);
            let width = place.width as usize;
            return Ok(Some(marked(&place.source.name, &text, line, column, width)));
        }
        // Nothing runs: a promise was rejected. The error tells where it was made.
        if self.kind_of(exception) != Some(ObjectKind::Error) {
            return Ok(None);
        }
        let stack = self.scoped(|machine| {
            let stack = machine.temp()?;
            machine.get_named(stack, exception, known::STACK)?;
            machine.string_of(stack)
        })?;
        let Some((file, line, column)) = first_place(&stack) else { return Ok(None) };
        let Ok(text) = std::fs::read_to_string(file) else { return Ok(None) };
        Ok(Some(marked(file, &text, line, column, 1)))
    }

    /// Whether Node's own code throws such an error: a module that is not found.
    fn internal_error(&mut self, exception: R) -> Outcome<bool> {
        if self.kind_of(exception) != Some(ObjectKind::Error) {
            return Ok(false);
        }
        self.scoped(|machine| {
            let code = machine.temp()?;
            if !machine.plain_property(code, exception, known::CODE)? || !machine.is_string(code) {
                return Ok(false);
            }
            Ok(machine.rust_string(code)? == "MODULE_NOT_FOUND")
        })
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

/// The longest line of marks that Node prints (`kUnderlineBufsize` of its node_errors.cc).
const MOST_MARKED: usize = 1020;

/// A line of a text with a mark below some of its columns.
fn marked(name: &str, text: &str, line: usize, column: usize, mark: usize) -> String {
    let shown = lines(text).nth(line.saturating_sub(1)).unwrap_or_default();
    // What goes on behind the line has no marks.
    if column + mark > shown.len() + 1 {
        return format!("{name}:{line}\n{shown}");
    }
    let mark = "^".repeat(mark);
    let before = shown.chars().take(column.saturating_sub(1));
    let before = before.map(|character| if character == '\t' { '\t' } else { ' ' });
    let below: String = before.chain(mark.chars()).take(MOST_MARKED).collect();
    format!("{name}:{line}\n{shown}\n{below}")
}

/// The lines of a text, as V8 counts them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split("\r\n").flat_map(|part| part.split(['\n', '\r', '\u{2028}', '\u{2029}']))
}

/// The file, line and column of a stack's first call.
fn first_place(stack: &str) -> Option<(&str, usize, usize)> {
    let frame = stack.lines().find_map(|line| line.strip_prefix("    at "))?;
    let place = match frame.rfind('(') {
        Some(at) => frame[at + 1..].trim_end_matches(')'),
        None => frame,
    };
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some((file, line.parse().ok()?, column.parse().ok()?))
}

fn nothing(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.give_undefined()
}

/// A seed that differs from run to run.
fn seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish()
}
