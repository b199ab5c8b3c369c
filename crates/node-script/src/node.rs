//! Node's modules and globals: a file for each module.
//!
//! A file has `make(machine, to)`, which puts the module's exports into a register, and is a row of [`MODULES`]. What is a
//! global as well is installed by `install(machine)` in [`GLOBALS`].

mod buffer;
mod check;
mod check_options;
mod child_process;
mod console;
mod events;
mod fs;
mod inspect;
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

use crate::machine::{Machine, Make};
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
    NodeModule { name: "buffer", make: buffer::make },
    NodeModule { name: "child_process", make: child_process::make },
    NodeModule { name: "console", make: console::make },
    NodeModule { name: "events", make: events::make },
    NodeModule { name: "fs", make: |machine, to| machine.library(to, "fs") },
    NodeModule { name: "fs/promises", make: |machine, to| machine.library(to, "fs/promises") },
    NodeModule { name: "net", make: |machine, to| machine.library(to, "net") },
    NodeModule { name: "os", make: |machine, to| machine.library(to, "os") },
    NodeModule { name: "path", make: path::make },
    NodeModule { name: "perf_hooks", make: perf_hooks::make },
    NodeModule { name: "process", make: process::make },
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
    NodeModule { name: "timers", make: timers::make },
    NodeModule {
        name: "timers/promises",
        make: |machine, to| machine.library(to, "timers/promises"),
    },
    NodeModule { name: "tty", make: tty::make },
    NodeModule { name: "url", make: |machine, to| machine.library(to, "url") },
    NodeModule { name: "util", make: util::make },
    NodeModule { name: "util/types", make: util::make_types },
    NodeModule { name: "v8", make: v8::make },
    NodeModule { name: "vm", make: |machine, to| machine.library(to, "vm") },
];

/// Modules of Node's that are not here.
pub(crate) const NOT_SUPPORTED: &[&str] = &[
    "async_hooks",
    "cluster",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream/web",
    "test",
    "tls",
    "trace_events",
    "wasi",
    "worker_threads",
    "zlib",
];

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
