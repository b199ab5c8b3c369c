//! `node-memory run`: a program on a runtime that is set up as a Node with the same flags.

use crate::flags::{Format, Run};
use crate::limit;
use crate::report::{Record, trace, trace_values};
use heap_model::CollectionEvent;
use node_memory::{NodeVersion, Output, RecordedNode, Runtime, RuntimeOptions};
use node_script::scenario::Setup;
use node_script::{
    Finished, Input, InputKind, Machine, Options, ScriptError, UnhandledRejections, WriteError,
};
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The exit code when memory ends: that of a process which has aborted.
const OUT_OF_MEMORY: u8 = 134;
/// The exit code of flags that Node does not know.
pub const BAD_FLAGS: u8 = 9;
/// The exit code when the command itself fails.
const FAILED: u8 = 1;
/// The memory of the machine that is played where the system's is not to be asked.
const PHYSICAL_MEMORY: u64 = 16 << 30;

pub fn run(flags: &Run, exec: Vec<String>, environment: Vec<String>) -> ExitCode {
    let program = match Program::of(flags) {
        Ok(program) => program,
        Err(Refused(text)) => {
            eprintln!("node-memory: {text}");
            return ExitCode::from(BAD_FLAGS);
        }
    };
    match try_run(flags, &program, exec, environment) {
        Ok(code) => ExitCode::from(code),
        Err(text) => {
            eprintln!("node-memory: {text}");
            ExitCode::from(FAILED)
        }
    }
}

/// What is wrong with a flag's value.
struct Refused(String);

/// What is run, and how.
struct Program {
    source: Source,
    /// What the program finds in `process.argv`, behind the name of its file.
    arguments: Vec<String>,
    input: Input,
    unhandled: UnhandledRejections,
}

enum Source {
    File(PathBuf),
    /// The text of `-e` or `-p`.
    Text(String),
    /// The standard input.
    Input,
}

impl Program {
    fn of(flags: &Run) -> Result<Self, Refused> {
        let mut input = Input::default();
        input.print = flags.print.is_some();
        input.kind = match flags.input_type.as_deref() {
            None => InputKind::Either,
            Some("commonjs") => InputKind::CommonJs,
            Some("module") => InputKind::Module,
            Some(_) => {
                let text = "--input-type must be \"module\" or \"commonjs\"";
                return Err(Refused(text.to_owned()));
            }
        };
        let unhandled = match flags.unhandled_rejections.as_deref() {
            None | Some("throw") => UnhandledRejections::Throw,
            Some("strict") => UnhandledRejections::Strict,
            Some("warn") => UnhandledRejections::Warn,
            Some("warn-with-error-code") => UnhandledRejections::WarnWithErrorCode,
            Some("none") => UnhandledRejections::Ignore,
            Some(_) => {
                return Err(Refused("invalid value for --unhandled-rejections".to_owned()));
            }
        };
        let text = flags.print.clone().flatten().or_else(|| flags.eval.clone());
        let first = flags.file.clone();
        let mut arguments = flags.arguments.clone();
        let mut behind = |first: PathBuf| arguments.insert(0, first.to_string_lossy().into_owned());
        let source = match (text, first) {
            (Some(_), _) if flags.check => {
                return Err(Refused("either --check or --eval can be used, not both".to_owned()));
            }
            (Some(text), first) => {
                first.map(behind);
                Source::Text(text)
            }
            (None, Some(first)) if first.as_os_str() == "-" => {
                behind(first);
                Source::Input
            }
            (None, Some(first)) => Source::File(first),
            (None, None) => Source::Input,
        };
        Ok(Self { source, arguments, input, unhandled })
    }

    /// Its file, or the name that stands for one.
    fn name(&self) -> &Path {
        match &self.source {
            Source::File(path) => path,
            Source::Text(_) => Path::new("[eval]"),
            Source::Input => Path::new("[stdin]"),
        }
    }

    /// Runs it to its end, or only reads it.
    fn run(&self, machine: &mut Machine, check: bool) -> Result<Finished, ScriptError> {
        let name = self.name().to_string_lossy();
        match &self.source {
            Source::File(path) if check => machine.check_file(path),
            Source::File(path) => machine.run_file(path),
            Source::Text(text) => Ok(machine.run_input(&name, text, self.input)),
            Source::Input => {
                let mut bytes = Vec::new();
                std::io::stdin().read_to_end(&mut bytes).map_err(ScriptError::File)?;
                let text = String::from_utf8_lossy(&bytes);
                Ok(match check {
                    true => machine.check_text(self.name(), &text),
                    false => machine.run_input(&name, &text, self.input),
                })
            }
        }
    }
}

fn try_run(
    flags: &Run,
    program: &Program,
    exec: Vec<String>,
    environment: Vec<String>,
) -> Result<u8, String> {
    let version = NodeVersion::from(flags.node);
    let mut runtime =
        Runtime::new(runtime_options(flags, version)?).map_err(|error| error.to_string())?;
    let record = Record::default();
    listen(&mut runtime, flags, &record);
    let mut options = script_options(flags, version, &record);
    options.flags = exec;
    options.environment_flags = environment;
    options.arguments = program.arguments.clone();
    options.unhandled_rejections = program.unhandled;
    options.baseline = if flags.baseline { Some(recorded(version)?) } else { None };
    let mut machine = Machine::new(runtime, options).map_err(|error| match &error {
        ScriptError::Baseline(why) => format!("{error}: {why}"),
        _ => error.to_string(),
    })?;
    if flags.version {
        println!("{}", machine.version());
        return Ok(0);
    }
    let finished = program.run(&mut machine, flags.check).map_err(|error| {
        let why = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error}: {}: {why}", program.name().display())
    })?;
    let code = match finished {
        Finished::Exit(code) => code as u8,
        Finished::Uncaught(text) => {
            eprintln!("{text}\n\nNode.js {}", machine.version());
            machine.exit_code() as u8
        }
        Finished::OutOfMemory(error) => {
            let text = limit::text(&mut machine, &error, &record, flags.deterministic);
            eprint!("{text}");
            OUT_OF_MEMORY
        }
        other => return Err(format!("{other:?}")),
    };
    if let Some(file) = &flags.heapsnapshot_at_exit {
        write_snapshot(&mut machine, file).map_err(|error| {
            format!("the heap snapshot cannot be written: {}: {error}", file.display())
        })?;
    }
    if let Some(format) = flags.report {
        let file = report_file(flags, program.name(), format);
        let title = program.name().file_name().unwrap_or_default().to_string_lossy();
        record.write(format, &title, &file).map_err(|error| {
            format!("the report cannot be written: {}: {error}", file.display())
        })?;
    }
    Ok(code)
}

fn write_snapshot(machine: &mut Machine, file: &Path) -> Result<(), WriteError> {
    machine.write_heap_snapshot(BufWriter::new(File::create(file)?))
}

/// The heap, pool and streams of a Node with these flags.
///
/// # Errors
/// What is wrong with a flag.
fn runtime_options(flags: &Run, version: NodeVersion) -> Result<RuntimeOptions, String> {
    let memory = if flags.deterministic { None } else { physical_memory() };
    let mut memory = memory.unwrap_or(PHYSICAL_MEMORY);
    if flags.no_huge_max_old_generation_size {
        // V8 lets the old generation be larger than 2 GiB on machines with more.
        memory = memory.min(8 << 30);
    }
    let runtime = RuntimeOptions::for_node(version, memory);
    let mut setup = Setup { runtime, ..Setup::default() };
    // A preset is a whole heap, which the other flags then change.
    for flag in flags.own_arguments().iter().chain(&flags.node_arguments()) {
        setup = setup.with_flag(flag)?;
    }
    // Tables of a Node's, which do not shrink.
    setup.runtime.heap.tables = heap_model::TableSizing::V8;
    Ok(setup.runtime)
}

/// What a Node of this version holds when a program begins.
fn recorded(version: NodeVersion) -> Result<RecordedNode, String> {
    let is_terminal = std::io::stdout().is_terminal();
    let output = if is_terminal { Output::Terminal } else { Output::Pipe };
    RecordedNode::of(version, output).ok_or_else(|| {
        "the figures that this Node starts from were not recorded; --baseline goes with --node 16, 20, 22 and 24"
            .to_owned()
    })
}

fn script_options(flags: &Run, version: NodeVersion, record: &Record) -> Options {
    let mut options = Options {
        expose_gc: flags.expose_gc,
        stack: (flags.stack_size as usize * 1024) / 8,
        regexp_steps: flags.regexp_step_limit,
        deterministic: flags.deterministic,
        node: version,
        preload: flags.require.clone(),
        stack_trace_limit: flags.stack_trace_limit,
        ..Options::default()
    };
    if flags.report.is_some() {
        let record = record.clone();
        options.on_sample = Some(Box::new(move |_, usage, place| record.sample(place, usage)));
    }
    options
}

/// Remembers collections, and prints them if asked for.
fn listen(runtime: &mut Runtime, flags: &Run, record: &Record) {
    let record = record.clone();
    let is_virtual = flags.deterministic;
    // V8 prints one line or the other.
    let print = match (flags.trace_gc_nvp, flags.trace_gc) {
        (true, _) => Some(trace_values as fn(&CollectionEvent, bool) -> String),
        (false, true) => Some(trace as _),
        (false, false) => None,
    };
    let in_timeline = flags.report.is_some();
    runtime.heap_mut().on_collection(move |event| {
        record.collected(*event, in_timeline);
        if let Some(print) = print {
            // What cannot be written is lost.
            let _ = writeln!(std::io::stdout(), "{}", print(event, is_virtual));
        }
    });
}

/// Where the report goes.
fn report_file(flags: &Run, program: &Path, format: Format) -> PathBuf {
    match &flags.report_out {
        Some(file) => file.clone(),
        None => {
            let name = program.file_stem().unwrap_or_default().to_string_lossy();
            PathBuf::from(format!("{name}.memory.{}", format.ending()))
        }
    }
}

/// The system's memory in bytes, where it tells (Linux).
fn physical_memory() -> Option<u64> {
    let text = std::fs::read_to_string(Path::new("/proc/meminfo")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib << 10)
}
