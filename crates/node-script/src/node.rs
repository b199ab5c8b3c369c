//! Node's modules and globals: a file for each module.
//!
//! A file has `make(machine, to)`, which puts the module's exports into a register, and is a row of [`MODULES`]. What is a
//! global as well is installed by `install(machine)` in [`GLOBALS`].

mod async_hooks;
mod buffer;
mod check;
mod check_options;
mod child_process;
mod console;
mod events;
mod fs;
pub(crate) mod inspect;
mod library;
mod net;
mod path;
mod perf_hooks;
mod process;
pub(crate) mod state;
mod stream;
mod timers;
mod tty;
mod url;
mod util;
mod v8;
mod vm;

use crate::machine::{Machine, Make, R};
use crate::modules::registry::NodeModule;
use crate::thrown::Outcome;

/// What Node calls the property that a slot of one of its own objects stands for, by the object's constructor. A heap
/// snapshot has it.
pub(crate) fn slot_name(constructor: &str, slot: usize) -> Option<&'static str> {
    match constructor {
        "WritableState" => stream::slot_name(slot),
        "Timeout" => timers::slot_name(slot, ["_onTimeout", "_timerArgs"]),
        "Immediate" => timers::slot_name(slot, ["_onImmediate", "_argv"]),
        _ => None,
    }
}

/// Modules that `require` gives.
pub(crate) const MODULES: &[NodeModule<Make>] = &[
    NodeModule { name: "assert", make: |machine, to| machine.library(to, "assert") },
    NodeModule { name: "assert/strict", make: |machine, to| machine.library(to, "assert/strict") },
    NodeModule { name: "async_hooks", make: async_hooks::make },
    NodeModule { name: "buffer", make: buffer::make },
    NodeModule { name: "child_process", make: child_process::make },
    NodeModule { name: "console", make: console::make },
    NodeModule { name: "constants", make: |machine, to| machine.library(to, "constants") },
    NodeModule {
        name: "diagnostics_channel",
        make: |machine, to| machine.library(to, "diagnostics_channel"),
    },
    NodeModule { name: "events", make: events::make },
    NodeModule { name: "fs", make: |machine, to| machine.library(to, "fs") },
    NodeModule { name: "fs/promises", make: |machine, to| machine.library(to, "fs/promises") },
    NodeModule { name: "module", make: Machine::make_loader },
    NodeModule { name: "net", make: |machine, to| machine.library(to, "net") },
    NodeModule { name: "os", make: |machine, to| machine.library(to, "os") },
    NodeModule { name: "path", make: path::make },
    NodeModule { name: "path/posix", make: |machine, to| part(machine, to, "path", "posix") },
    NodeModule { name: "perf_hooks", make: perf_hooks::make },
    NodeModule { name: "process", make: process::make },
    NodeModule { name: "punycode", make: |machine, to| machine.library(to, "punycode") },
    NodeModule { name: "querystring", make: |machine, to| machine.library(to, "querystring") },
    NodeModule { name: "readline", make: |machine, to| machine.library(to, "readline") },
    NodeModule {
        name: "readline/promises",
        make: |machine, to| part(machine, to, "readline", "promises"),
    },
    NodeModule { name: "stream", make: stream::make },
    NodeModule {
        name: "stream/consumers",
        make: |machine, to| machine.library(to, "stream/consumers"),
    },
    NodeModule {
        name: "stream/promises",
        make: |machine, to| machine.library(to, "stream/promises"),
    },
    NodeModule {
        name: "string_decoder",
        make: |machine, to| machine.library(to, "string_decoder"),
    },
    NodeModule { name: "sys", make: |machine, to| machine.node_module(to, "util").map(drop) },
    NodeModule { name: "timers", make: timers::make },
    NodeModule {
        name: "timers/promises",
        make: |machine, to| machine.library(to, "timers/promises"),
    },
    NodeModule { name: "tty", make: tty::make },
    NodeModule { name: "url", make: |machine, to| machine.library(to, "url") },
    NodeModule { name: "util", make: util::make },
    NodeModule { name: "util/types", make: |machine, to| part(machine, to, "util", "types") },
    NodeModule { name: "v8", make: v8::make },
    NodeModule { name: "vm", make: |machine, to| machine.make_vm(to) },
    NodeModule {
        name: "worker_threads",
        make: |machine, to| machine.library(to, "worker_threads"),
    },
    NodeModule {
        name: "_stream_duplex",
        make: |machine, to| part(machine, to, "stream", "Duplex"),
    },
    NodeModule {
        name: "_stream_passthrough",
        make: |machine, to| part(machine, to, "stream", "PassThrough"),
    },
    NodeModule {
        name: "_stream_readable",
        make: |machine, to| part(machine, to, "stream", "Readable"),
    },
    NodeModule {
        name: "_stream_transform",
        make: |machine, to| part(machine, to, "stream", "Transform"),
    },
    NodeModule {
        name: "_stream_writable",
        make: |machine, to| part(machine, to, "stream", "Writable"),
    },
];

/// Modules of Node's that are not here.
pub(crate) const NOT_SUPPORTED: &[&str] = &[
    "cluster",
    "crypto",
    "dgram",
    "dns",
    "dns/promises",
    "domain",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "repl",
    "stream/web",
    "test",
    "tls",
    "trace_events",
    "wasi",
    "zlib",
];

/// A module that is a property of another.
fn part(machine: &mut Machine, to: R, module: &str, name: &str) -> Outcome {
    machine.node_module(to, module)?;
    let name = machine.atoms.intern_str(name);
    machine.get_named(to, to, name)
}

/// What is there without `require`.
const GLOBALS: &[fn(&mut Machine) -> Outcome] = &[
    library::install,
    util::install,
    console::install,
    events::install,
    process::install,
    buffer::install,
    stream::install,
    fs::install,
    net::install,
    url::install,
    timers::install,
    perf_hooks::install,
];

/// The version of a Node, without the v.
pub(crate) fn version(node: node_memory::NodeVersion) -> &'static str {
    process::versions(node).0
}

pub(crate) fn install(machine: &mut Machine) -> Outcome {
    GLOBALS.iter().try_for_each(|install| machine.scoped(install))
}
