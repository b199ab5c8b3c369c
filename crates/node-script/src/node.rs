//! Node's modules and globals: a file for each module.
//!
//! A file has `make(machine, to)`, which puts the module's exports into a register, and is a row of [`MODULES`]. What is a
//! global as well is installed by `install(machine)` in [`GLOBALS`].

mod buffer;
mod check;
mod console;
mod events;
mod process;
pub(crate) mod state;
mod stream;

use crate::machine::{Machine, Make};
use crate::modules::registry::NodeModule;
use crate::thrown::Outcome;

/// Modules that `require` gives.
pub(crate) const MODULES: &[NodeModule<Make>] = &[
    NodeModule { name: "buffer", make: buffer::make },
    NodeModule { name: "console", make: console::make },
    NodeModule { name: "events", make: events::make },
    NodeModule { name: "process", make: process::make },
    NodeModule { name: "stream", make: stream::make },
];

/// What is there without `require`.
const GLOBALS: &[fn(&mut Machine) -> Outcome] =
    &[console::install, process::install, buffer::install, events::install, stream::install];

pub(crate) fn install(machine: &mut Machine) -> Outcome {
    GLOBALS.iter().try_for_each(|install| machine.scoped(install))
}
