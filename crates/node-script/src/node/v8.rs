//! `v8`: the heap's own figures.

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::class::Flags;
use crate::objects::code::Arguments;
use crate::objects::object::Type;
use crate::thrown::Outcome;
use mem_report::heapsnapshot::WriteError;
use std::fs::File;
use std::io::BufWriter;

const METHODS: &[Method] = &[
    ("getHeapStatistics", 0, heap_statistics),
    ("getHeapSpaceStatistics", 0, space_statistics),
    ("setFlagsFromString", 1, set_flags),
    ("writeHeapSnapshot", 2, write_snapshot),
    ("cachedDataVersionTag", 0, version_tag),
];

/// Spaces that V8 lists and that this heap does not have.
const OTHERS: &[&str] = &[
    "code_space",
    "shared_space",
    "new_large_object_space",
    "code_large_object_space",
    "shared_large_object_space",
];
/// The order in which V8 lists them.
const ORDER: &[&str] = &[
    "read_only_space",
    "new_space",
    "old_space",
    "code_space",
    "shared_space",
    "new_large_object_space",
    "large_object_space",
    "code_large_object_space",
    "shared_large_object_space",
];

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    let module = machine.temp()?;
    machine.new_object(module, METHODS.len())?;
    machine.define_methods(module, METHODS)?;
    machine.share_with_library(&[("heapSnapshot", 0, snapshot_text)])?;
    let names = ["getHeapSnapshot"];
    machine.lazy_properties(module, "internal/heap_snapshot", Flags::PLAIN, &names)?;
    machine.copy(to, module);
    Ok(())
}

fn heap_statistics(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let figures = machine.runtime.heap_statistics();
    let external = machine.runtime.memory_usage().get(mem_report::Figure::External);
    let rows = [
        ("total_heap_size", figures.committed as f64),
        ("total_heap_size_executable", 0.0),
        ("total_physical_size", figures.physical as f64),
        ("total_available_size", figures.available as f64),
        ("used_heap_size", figures.used as f64),
        ("heap_size_limit", figures.limit as f64),
        ("malloced_memory", 0.0),
        ("peak_malloced_memory", 0.0),
        ("does_zap_garbage", 0.0),
        ("number_of_native_contexts", 1.0),
        ("number_of_detached_contexts", 0.0),
        ("total_global_handles_size", figures.global_handles_total as f64),
        ("used_global_handles_size", figures.global_handles_used as f64),
        // A figure that is not known is no number.
        ("external_memory", external.map_or(f64::NAN, |bytes| bytes as f64)),
    ];
    object_of(machine, &rows)
}

fn object_of(machine: &mut Machine, rows: &[(&str, f64)]) -> Outcome<R> {
    let object = machine.temps(2)?;
    machine.new_object(object, rows.len())?;
    for (name, number) in rows {
        machine.set_number(object + 1, *number)?;
        machine.plain(object, name, object + 1)?;
    }
    Ok(object)
}

fn space_statistics(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let mut spaces = machine.runtime.heap().space_statistics();
    let names: Vec<&str> = spaces.iter().map(|space| space.name).collect();
    if let Some(model) = spaces.first().copied() {
        for name in OTHERS.iter().filter(|name| !names.contains(name)) {
            let mut space = model;
            space.name = name;
            (space.committed, space.physical, space.used, space.available) = (0, 0, 0, 0);
            spaces.push(space);
        }
    }
    spaces.sort_by_key(|space| ORDER.iter().position(|name| *name == space.name));
    let list = machine.temps(2)?;
    let name = list + 1;
    machine.new_array(list, spaces.len())?;
    for (place, space) in spaces.iter().enumerate() {
        machine.scoped(|machine| {
            let object = machine.temps(2)?;
            machine.new_object(object, 5)?;
            machine.new_text(name, space.name)?;
            machine.plain(object, "space_name", name)?;
            for (name, bytes) in [
                ("space_size", space.committed),
                ("space_used_size", space.used),
                ("space_available_size", space.available),
                ("physical_space_size", space.physical),
            ] {
                machine.set_number(object + 1, bytes as f64)?;
                machine.plain(object, name, object + 1)?;
            }
            machine.put_element(list, place as u32, object)
        })?;
    }
    machine.set_array_length(list, spaces.len())?;
    Ok(list)
}

/// Flags that change nothing here, or nothing once V8 runs.
const IDLE_FLAGS: &[&str] = &[
    "--allow-natives-syntax",
    "--flush-bytecode",
    "--initial-old-space-size",
    "--jitless",
    "--lazy",
    "--max-lazy",
    "--max-old-space-size",
    "--max-semi-space-size",
    "--opt",
    "--single-threaded",
    "--sparkplug",
];

fn set_flags(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_string(arguments.at(0)) {
        return machine.throw_argument_type("flags", "of type string", arguments.at(0));
    }
    let flags = machine.rust_string(arguments.at(0))?.replace('_', "-");
    for flag in flags.split_whitespace() {
        let (name, value) = flag.split_once('=').map_or((flag, ""), |(name, value)| (name, value));
        let plain = name.replacen("--no-", "--", 1);
        match (name, value.parse::<usize>()) {
            ("--expose-gc", _) => {
                let global = machine.temp()?;
                machine.load_root(global, roots::GLOBAL);
                machine.expose_gc(global)?;
            }
            ("--stack-size", Ok(kilobytes)) => {
                machine.runtime.heap_mut().set_register_limit((kilobytes << 10) / 8);
            }
            _ if IDLE_FLAGS.contains(&plain.as_str()) => {}
            _ => {
                let text = format!("The flag {flag} is not supported");
                let code = "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM";
                return machine.throw_node_error(ErrorKind::Error, code, &text);
            }
        }
    }
    machine.give_undefined()
}

/// Writes the heap into a file, and gives the file's name.
fn write_snapshot(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (path, whole) = match machine.type_of(arguments.at(0)) {
        Type::Undefined => {
            let name = machine.snapshot_name();
            (name.clone(), machine.options.directory.join(name))
        }
        _ => machine.file_path(arguments.at(0))?,
    };
    let file = match File::create(whole) {
        Ok(file) => file,
        Err(error) => return machine.throw_system_error(&error, "open", Some(&path)),
    };
    match machine.write_heap_snapshot(BufWriter::new(file)) {
        Ok(()) => machine.give_text(&path),
        Err(WriteError::Io(error)) => machine.throw_system_error(&error, "write", Some(&path)),
        Err(error) => machine.throw_error(ErrorKind::Error, &error.to_string()),
    }
}

/// The heap as the text of a snapshot.
fn snapshot_text(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let mut bytes = Vec::new();
    match machine.write_heap_snapshot(&mut bytes) {
        Ok(()) => machine.give_text(&String::from_utf8_lossy(&bytes)),
        Err(error) => machine.throw_error(ErrorKind::Error, &error.to_string()),
    }
}

impl Machine {
    /// The name of a snapshot's file as Node makes it (`src/heap_utils.cc`): time, process, thread, and a number.
    fn snapshot_name(&mut self) -> String {
        let time = self.node.clock.date();
        let time = self.iso_text(time).unwrap_or_default();
        let digits: String = time.chars().take(19).filter(char::is_ascii_digit).collect();
        let (day, second) = digits.split_at(digits.len().min(8));
        let process = if self.options.deterministic { 1 } else { std::process::id() };
        self.node.snapshots += 1;
        format!("Heap.{day}.{second}.{process}.0.{:03}.heapsnapshot", self.node.snapshots)
    }
}

fn version_tag(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.give_number(0.0)
}
