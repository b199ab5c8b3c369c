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
mod path;
mod perf_hooks;
mod process;
pub(crate) mod state;
mod stream;
mod timers;
mod util;
mod v8;

use crate::machine::{Machine, Make};
use crate::modules::registry::NodeModule;
use crate::thrown::Outcome;

/// Modules that `require` gives.
pub(crate) const MODULES: &[NodeModule<Make>] = &[
    NodeModule { name: "buffer", make: buffer::make },
    NodeModule { name: "child_process", make: child_process::make },
    NodeModule { name: "console", make: console::make },
    NodeModule { name: "events", make: events::make },
    NodeModule { name: "fs", make: fs::make },
    NodeModule { name: "path", make: path::make },
    NodeModule { name: "perf_hooks", make: perf_hooks::make },
    NodeModule { name: "process", make: process::make },
    NodeModule { name: "stream", make: stream::make },
    NodeModule { name: "timers", make: timers::make },
    NodeModule { name: "util", make: util::make },
    NodeModule { name: "v8", make: v8::make },
];

/// What is there without `require`.
const GLOBALS: &[fn(&mut Machine) -> Outcome] = &[
    util::install,
    console::install,
    events::install,
    process::install,
    buffer::install,
    stream::install,
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
