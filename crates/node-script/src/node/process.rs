//! `process`: what the program is told of its process, and what runs before promises' jobs (`nextTick`).

use super::console::To;
use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::Key;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::{Arguments, Native};
use crate::objects::object::Type;
use crate::thrown::{Outcome, Thrown};
use heap_model::{Kind, Value};
use mem_report::{Figure, MemoryUsage};
use node_memory::NodeVersion;

const METHODS: &[Method] = &[
    ("exit", 1, exit),
    ("reallyExit", 1, exit),
    ("cwd", 0, cwd),
    ("uptime", 0, uptime),
    ("nextTick", 1, next_tick),
    ("cpuUsage", 0, cpu_usage),
];

/// Flags of warnings and the properties that they set.
const WARNINGS: &[(&str, &str)] = &[
    ("--no-deprecation", "noDeprecation"),
    ("--throw-deprecation", "throwDeprecation"),
    ("--trace-deprecation", "traceDeprecation"),
];

/// The exit code where a module's `await` at the top never ends.
const UNSETTLED: i32 = 13;

/// What is written in JavaScript.
const LAZY: &[&str] = &[
    "abort",
    "chdir",
    "config",
    "constrainedMemory",
    "emitWarning",
    "features",
    "getActiveResourcesInfo",
    "getBuiltinModule",
    "hasUncaughtExceptionCaptureCallback",
    "kill",
    "resourceUsage",
    "setUncaughtExceptionCaptureCallback",
    "umask",
];

/// The versions of Node and of its V8 that are played.
pub(super) fn versions(version: NodeVersion) -> (&'static str, &'static str) {
    match version {
        NodeVersion::V12 => ("12.22.12", "7.8.279.23-node.57"),
        NodeVersion::V14 => ("14.21.3", "8.4.371.23-node.88"),
        NodeVersion::V16 => ("16.20.2", "9.4.146.26-node.26"),
        NodeVersion::V18 => ("18.20.8", "10.2.154.26-node.36"),
        NodeVersion::V20 => ("20.20.2", "11.3.244.8-node.38"),
        NodeVersion::V22 => ("22.23.3", "12.4"),
        NodeVersion::V24 => ("24.21.0", "13.6"),
        _ => ("26.12.1", "14.6"),
    }
}

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let process = machine.temps(4)?;
    let (prototype, value, other) = (process + 1, process + 2, process + 3);
    // An emitter, where events are there.
    machine.load_root(prototype, roots::EVENT_EMITTER_PROTOTYPE);
    if !machine.is_object(prototype) {
        machine.load_root(prototype, roots::OBJECT_PROTOTYPE);
    }
    machine.new_with_prototype(prototype, prototype)?;
    machine.new_constructor(value, "process", 0, no_constructor, prototype)?;
    machine.new_with_prototype(process, prototype)?;
    machine.own_class(process)?;
    let name = machine.atoms.intern_str("process");
    machine.define_global(name, process)?;
    machine.define_tag(process, "process")?;
    let (version, v8) = versions(machine.options.node);
    let path = machine.options.executable.clone();
    for (name, text) in [
        ("version", format!("v{version}")),
        ("title", "node".to_owned()),
        ("arch", architecture().to_owned()),
        ("platform", platform().to_owned()),
        ("execPath", path.clone()),
        ("argv0", "node".to_owned()),
    ] {
        machine.new_text(value, &text)?;
        machine.plain(process, name, value)?;
    }
    machine.new_object(other, 2)?;
    for (name, text) in [("node", version), ("v8", v8)] {
        machine.new_text(value, text)?;
        machine.plain(other, name, value)?;
    }
    machine.plain(process, "versions", other)?;
    machine.new_object(other, 1)?;
    machine.new_text(value, "node")?;
    machine.plain(other, "name", value)?;
    machine.plain(process, "release", other)?;
    let pid = if machine.options.deterministic { 1 } else { std::process::id() };
    machine.set_number(value, f64::from(pid))?;
    machine.plain(process, "pid", value)?;
    let flags = machine.options.flags.clone();
    machine.list_of_texts(value, flags)?;
    machine.plain(process, "execArgv", value)?;
    machine.list_of_texts(value, vec![path])?;
    machine.plain(process, "argv", value)?;
    let environment = machine.options.environment.clone();
    machine.new_object(other, 4)?;
    for (name, text) in environment {
        machine.new_text(value, &text)?;
        machine.plain(other, &name, value)?;
    }
    machine.plain(process, "env", other)?;
    let key = machine.atoms.intern_str("exitCode");
    machine.new_native(value, key, 0, exit_code, false)?;
    machine.new_native(other, key, 1, keep_exit_code, false)?;
    machine.define_accessor(process, key.into(), Some(value), Some(other), true)?;
    let flags = [&machine.options.flags[..], &machine.options.environment_flags].concat();
    for (flag, name) in WARNINGS {
        if flags.iter().any(|given| given.replace('_', "-") == *flag) {
            machine.registers().set_bool(value, true);
            machine.plain(process, name, value)?;
        }
    }
    machine.define_methods(process, METHODS)?;
    let with_parts: [(&str, u8, Native, &str, Native); 2] =
        [("memoryUsage", 0, memory_usage, "rss", rss), ("hrtime", 1, hrtime, "bigint", hrtime_big)];
    for (name, length, call, part, inner) in with_parts {
        let key = machine.atoms.intern_str(name);
        machine.new_native(value, key, length, call, false)?;
        let part = machine.atoms.intern_str(part);
        machine.define_method(value, part, 0, inner)?;
        machine.define_named(process, key, value, Flags::HIDDEN)?;
    }
    machine.lazy_properties(
        process,
        "internal/stdio",
        Flags::PLAIN,
        &["stdin", "stdout", "stderr"],
    )?;
    machine.share_with_library(&[
        ("capturesUncaught", 1, |machine, arguments| {
            machine.node.captures_uncaught = machine.to_boolean(arguments.at(0));
            machine.give_undefined()
        }),
        ("print", 2, print),
    ])?;
    let parent = if machine.options.deterministic { 0 } else { parent_id() };
    machine.set_number(value, f64::from(parent))?;
    machine.plain(process, "ppid", value)?;
    machine.lazy_properties(process, "internal/process", Flags::PLAIN, LAZY)?;
    machine.store_root(roots::PROCESS, process);
    machine.jobs.ticks = Some(run_ticks);
    Ok(())
}

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    machine.load_root(to, roots::PROCESS);
    Ok(())
}

fn no_constructor(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.throw_type_error("Illegal constructor")
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        other => other,
    }
}

#[cfg(unix)]
fn parent_id() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent_id() -> u32 {
    0
}

fn platform() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    }
}

impl Machine {
    /// Where the program is: `file.js:2:13`; empty outside of it.
    pub(crate) fn place_name(&self) -> String {
        self.place().map(|place| place.name()).unwrap_or_default()
    }

    /// Gives an object a property as an assignment makes it.
    pub(super) fn plain(&mut self, object: R, name: &str, value: R) -> Outcome {
        let key = self.text_key(name);
        self.define(object, key, value, Flags::PLAIN)
    }

    /// An array of texts.
    pub(crate) fn list_of_texts(&mut self, to: R, texts: Vec<String>) -> Outcome {
        self.scoped(|machine| {
            let list = machine.temps(2)?;
            machine.new_array(list, texts.len())?;
            for (place, text) in texts.iter().enumerate() {
                machine.new_text(list + 1, text)?;
                machine.put_element(list, place as u32, list + 1)?;
            }
            machine.set_array_length(list, texts.len())?;
            machine.copy(to, list);
            Ok(())
        })
    }

    /// An array of the values in a row of registers.
    pub(super) fn list_of(&mut self, to: R, first: R, count: usize) -> Outcome {
        self.scoped(|machine| {
            let list = machine.temp()?;
            machine.new_array(list, count)?;
            for place in 0..count {
                machine.put_element(list, place as u32, first + place)?;
            }
            machine.set_array_length(list, count)?;
            machine.copy(to, list);
            Ok(())
        })
    }

    /// Sets `process.argv`: Node's path, the program's, and its arguments.
    pub(crate) fn set_arguments(&mut self, program: Option<&str>) -> Outcome {
        self.scoped(|machine| {
            let process = machine.temps(2)?;
            let mut texts = vec![machine.options.executable.clone()];
            texts.extend(program.map(str::to_owned));
            texts.extend(machine.options.arguments.iter().cloned());
            machine.load_root(process, roots::PROCESS);
            machine.list_of_texts(process + 1, texts)?;
            machine.plain(process, "argv", process + 1)
        })
    }
}

// -- memory -----------------------------------------------------------------------------------------------------

const FIGURES: &[(&str, Figure)] = &[
    ("rss", Figure::Rss),
    ("heapTotal", Figure::HeapTotal),
    ("heapUsed", Figure::HeapUsed),
    ("external", Figure::External),
    ("arrayBuffers", Figure::ArrayBuffers),
];

/// The figures, told to whoever listens.
fn usage(machine: &mut Machine) -> MemoryUsage {
    let mut usage = machine.runtime.memory_usage();
    if machine.options.deterministic {
        // The system's figure differs from run to run.
        let figure = |figure| usage.get(figure).unwrap_or_default();
        let sum = figure(Figure::HeapTotal) + figure(Figure::External);
        usage = usage.with(Figure::Rss, sum, mem_report::Source::HEAP);
    }
    if let Some(listen) = machine.options.on_sample.take() {
        let mut listen = listen;
        let place = machine.place_name();
        listen(&mut machine.runtime, &usage, &place);
        machine.options.on_sample = Some(listen);
    }
    usage
}

fn memory_usage(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let object = machine.temps(2)?;
    let value = object + 1;
    // Measured before the object is made.
    let usage = usage(machine);
    machine.new_object(object, FIGURES.len())?;
    for (name, figure) in FIGURES {
        let name = machine.atoms.intern_str(name);
        match usage.get(*figure) {
            Some(bytes) => machine.set_number(value, bytes as f64)?,
            // Node has 0 there where it is embedded; what a system does not tell is no number.
            None if *figure == Figure::ArrayBuffers => machine.set_number(value, 0.0)?,
            None => machine.undefined(value),
        }
        machine.define_named(object, name, value, Flags::PLAIN)?;
    }
    Ok(object)
}

fn rss(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let usage = usage(machine);
    match usage.get(Figure::Rss) {
        Some(bytes) => machine.give_number(bytes as f64),
        None => machine.give_undefined(),
    }
}

// -- time -------------------------------------------------------------------------------------------------------

fn uptime(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let now = machine.node.clock.now();
    machine.give_number(now / 1e3)
}

/// Seconds and nanoseconds, since another such pair if there is one.
fn hrtime(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let pair = machine.temps(3)?;
    let mut passed = machine.node.clock.now() * 1e6;
    if machine.is_object(arguments.at(0)) {
        for (index, unit) in [(0, 1e9), (1, 1.0)] {
            machine.get(pair, arguments.at(0), Key::Index(index))?;
            passed -= machine.to_number(pair)? * unit;
        }
    }
    machine.set_number(pair + 1, (passed / 1e9).floor())?;
    machine.set_number(pair + 2, (passed % 1e9).floor())?;
    machine.list_of(pair, pair + 1, 2)?;
    Ok(pair)
}

fn hrtime_big(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let passed = (machine.node.clock.now() * 1e6) as u64;
    machine.new_big_int(0, false, &[passed])?;
    Ok(0)
}

/// The time that the process has computed, in microseconds, and since an earlier answer if there is one.
fn cpu_usage(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    const PARTS: [&str; 2] = ["user", "system"];
    let (object, before) = (machine.temps(2)?, arguments.at(0));
    let value = object + 1;
    let mut times = processor_times(machine);
    if machine.to_boolean(before) {
        if !machine.is_object(before) || machine.kind_of(before) == Some(ObjectKind::Array) {
            return machine.throw_argument_type("prevValue", "of type object", before);
        }
        let mut given = [0.0; 2];
        for (name, given) in PARTS.iter().zip(&mut given) {
            let key = machine.atoms.intern_str(name);
            machine.get_named(value, before, key)?;
            let place = format!("prevValue.{name}");
            let Some(number) = machine.registers().number(value) else {
                return machine.throw_argument_type(&place, "of type number", value);
            };
            if !(0.0..=9_007_199_254_740_991.0).contains(&number) {
                let shown = machine.shown_argument(value);
                let text = format!("The property '{place}' is invalid. Received {shown}");
                let kind = ErrorKind::RangeError;
                return machine.throw_node_error(kind, "ERR_INVALID_ARG_VALUE", &text);
            }
            *given = number;
        }
        times = [times[0] - given[0], times[1] - given[1]];
    }
    machine.new_object(object, 2)?;
    for (name, time) in PARTS.iter().zip(times) {
        machine.set_number(value, time)?;
        machine.plain(object, name, value)?;
    }
    Ok(object)
}

/// The microseconds of the process's own code and of the system's for it; without the system's word, those of the clock.
fn processor_times(machine: &Machine) -> [f64; 2] {
    #[cfg(unix)]
    if !machine.options.deterministic
        && let Ok(usage) = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF)
    {
        return [usage.user_time(), usage.system_time()]
            .map(|time| time.tv_sec() as f64 * 1e6 + time.tv_usec() as f64);
    }
    [(machine.node.clock.now() * 1e3).floor(), 0.0]
}

// -- ticks ------------------------------------------------------------------------------------------------------

fn next_tick(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let function = arguments.at(0);
    if !machine.is_callable(function) {
        let shown = machine.received(function);
        let text = format!("The \"callback\" argument must be of type function. Received {shown}");
        return machine.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_TYPE", &text);
    }
    let given: Vec<R> = (1..arguments.count).map(|place| arguments.at(place)).collect();
    machine.next_tick(function, &given)?;
    machine.give_undefined()
}

/// Slots of a tick's object (Node's `tickObject`).
const TICK_FUNCTION: usize = 0;
const TICK_ARGUMENTS: usize = 1;
const TICK_ID: usize = 2;
const TICK_TRIGGER: usize = 3;
const TICK_SLOTS: usize = 5;
/// Places of a ring of Node's queue (`lib/internal/fixed_queue.js`).
const RING: usize = 2048;

impl Machine {
    /// Lets a function be called before promises' jobs.
    pub(crate) fn next_tick(&mut self, function: R, arguments: &[R]) -> Outcome {
        let place = self.node.ticks.add();
        self.scoped(|machine| {
            let list = machine.temps(4)?;
            let (table, tick, number) = (list + 1, list + 2, list + 3);
            if !arguments.is_empty() {
                machine.new_array(list, arguments.len())?;
                for (index, argument) in arguments.iter().enumerate() {
                    machine.put_element(list, index as u32, *argument)?;
                }
                machine.set_array_length(list, arguments.len())?;
            }
            machine.copy(number, function);
            machine.keep_context(number)?;
            machine.registers().alloc(tick, Kind::Array, TICK_SLOTS, 0)?;
            machine.registers().store(tick, TICK_FUNCTION, number)?;
            machine.registers().store(tick, TICK_ARGUMENTS, list)?;
            // The numbers of what is asynchronous, which Node reads from doubles.
            for slot in [TICK_ID, TICK_TRIGGER] {
                machine.registers().alloc_f64(number, 1.0)?;
                machine.registers().store(tick, slot, number)?;
            }
            // Node's queue is of rings with this number of places.
            let (ring, place) = (place / RING, place % RING);
            machine.load_root(table, roots::TICKS);
            let rings = machine.registers().view(table).map_or(0, |cell| cell.slot_count());
            machine.undefined(list);
            if ring < rings {
                machine.registers().load(list, table, ring)?;
            }
            if !machine.registers().get(list).is_cell() {
                machine.registers().alloc(list, Kind::Array, RING, 0)?;
                machine.put_in_table(table, ring, list, roots::TICKS)?;
            }
            Ok(machine.registers().store(list, place, tick)?)
        })
    }
}

/// Runs all ticks, those that they add included.
fn run_ticks(machine: &mut Machine) -> Outcome<bool> {
    let mut ran = false;
    while let Some(place) = machine.node.ticks.waiting.pop_front() {
        ran = true;
        machine.node.ticks.free.push(place);
        machine.scoped(|machine| {
            let function = machine.temps(4)?;
            let (list, table, nothing) = (function + 1, function + 2, function + 3);
            machine.load_root(table, roots::TICKS);
            let mut registers = machine.registers();
            registers.load(table, table, place / RING)?;
            registers.load(list, table, place % RING)?;
            registers.store_value(table, place % RING, Value::Undefined)?;
            registers.load(function, list, TICK_FUNCTION)?;
            registers.load(list, list, TICK_ARGUMENTS)?;
            let mut given = Vec::new();
            if machine.is_object(list) {
                for index in 0..machine.array_length(list) {
                    let value = machine.temp()?;
                    machine.get(value, list, Key::Index(index as u32))?;
                    given.push(value);
                }
            }
            machine.forget_context()?;
            machine.call(table, function, nothing, &given)
        })?;
    }
    Ok(ran)
}

// -- the end ----------------------------------------------------------------------------------------------------

fn exit(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if arguments.count > 0 {
        keep_exit_code(machine, arguments)?;
    }
    let code = machine.emit_exit(None)?;
    Err(Thrown::Exit(code))
}

/// `process.exitCode`.
fn exit_code(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.load_root(0, roots::EXIT_CODE);
    Ok(0)
}

/// `process.exitCode = code`: a whole number, also as a text.
fn keep_exit_code(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let code = arguments.at(0);
    if !machine.is_nullish(code) {
        let number = machine.temp()?;
        machine.copy(number, code);
        if machine.is_string(code) && machine.string_length(code) > 0 {
            let value = machine.to_number(code)?;
            if value.fract() == 0.0 || !value.is_nan() {
                machine.set_number(number, value)?;
            }
        }
        const MOST: f64 = 9_007_199_254_740_991.0;
        machine.check_integer("code", number, -MOST, MOST)?;
    }
    machine.store_root(roots::EXIT_CODE, code);
    machine.give_undefined()
}

impl Machine {
    /// The program has nothing left to do: `beforeExit`, which may give it more.
    pub(crate) fn emit_before_exit(&mut self) -> Outcome {
        let code = self.program_exit_code(0)?;
        self.emit_on_process("beforeExit", code)
    }

    /// Emits `exit` where the module that the program began with still waits, and gives the exit code.
    pub(crate) fn emit_unsettled_exit(&mut self) -> Outcome<i32> {
        let code = self.program_exit_code(0)?;
        if self.program_exit_code(UNSETTLED)? == UNSETTLED {
            self.set_exit_code(UNSETTLED)?;
        }
        if !self.node.exiting {
            self.node.exiting = true;
            self.emit_on_process("exit", code)?;
        }
        self.program_exit_code(UNSETTLED)
    }

    /// Emits `exit`, once, and gives the exit code: `failed` if the program has failed.
    pub(crate) fn emit_exit(&mut self, failed: Option<i32>) -> Outcome<i32> {
        if let Some(code) = failed {
            self.set_exit_code(code)?;
        }
        let code = self.program_exit_code(0)?;
        if !self.node.exiting {
            self.node.exiting = true;
            self.emit_on_process("exit", code)?;
        }
        self.program_exit_code(code)
    }

    pub(crate) fn set_exit_code(&mut self, code: i32) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.set_number(value, f64::from(code))?;
            machine.store_root(roots::EXIT_CODE, value);
            Ok(())
        })
    }

    fn program_exit_code(&mut self, otherwise: i32) -> Outcome<i32> {
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.load_root(value, roots::EXIT_CODE);
            match machine.type_of(value) {
                Type::Undefined | Type::Null => Ok(otherwise),
                _ => machine.to_int32(value),
            }
        })
    }

    /// Emits an event of `process`, if it is listened to; whether it is.
    pub(crate) fn emit_to_listeners(&mut self, event: &str, values: &[R]) -> Outcome<bool> {
        self.scoped(|machine| {
            let process = machine.temps(3)?;
            let (emit, name) = (process + 1, process + 2);
            machine.load_root(process, roots::PROCESS);
            let key = machine.atoms.intern_str("emit");
            if !machine.is_object(process) {
                return Ok(false);
            }
            machine.get_named(emit, process, key)?;
            if !machine.is_callable(emit) {
                return Ok(false);
            }
            machine.new_text(name, event)?;
            let mut given = vec![name];
            given.extend_from_slice(values);
            machine.call(emit, emit, process, &given)?;
            Ok(machine.to_boolean(emit))
        })
    }

    fn emit_on_process(&mut self, event: &str, code: i32) -> Outcome {
        self.scoped(|machine| {
            let number = machine.temp()?;
            machine.set_number(number, f64::from(code))?;
            machine.emit_to_listeners(event, &[number])?;
            Ok(())
        })
    }
}

// -- the rest ---------------------------------------------------------------------------------------------------

fn cwd(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let directory = machine.options.directory.to_string_lossy().into_owned();
    machine.give_text(&directory)
}

/// `print(descriptor, chunk)`: a string or bytes to one of the program's outputs.
fn print(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (to, chunk) = (machine.number(arguments.at(0)), arguments.at(1));
    let to = if to == 2.0 { To::Error } else { To::Out };
    let bytes = match machine.is_string(chunk) {
        true => machine.rust_string(chunk)?.into_bytes(),
        false => machine.bytes_of(chunk)?,
    };
    machine.print(to, &bytes);
    machine.give_undefined()
}
