//! What Node's modules keep in the machine. Nothing here knows the machine.

mod clock;
mod net;
mod timers;

use crate::compile::code::Place;
use crate::objects::atoms::Atom;
use crate::objects::class::ClassId;
pub(crate) use clock::Clock;
pub(crate) use net::{Happened, Net};
use node_memory::RecordedModule;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
pub(crate) use timers::Timers;

/// The state of Node's modules.
#[derive(Debug, Default)]
pub(crate) struct NodeState {
    pub slab: Slab,
    /// Bytes of a Buffer that are shown (`buffer.INSPECT_MAX_BYTES`).
    pub buffer_bytes: usize,
    pub events: Events,
    pub streams: Streams,
    pub console: Console,
    pub timers: Timers,
    pub clock: Clock,
    pub ticks: Ticks,
    pub files: Files,
    pub library: Library,
    pub net: Net,
    /// Heap snapshots that were given a name.
    pub snapshots: u32,
    /// The program ends: `exit` was emitted.
    pub exiting: bool,
    /// What is thrown next to whoever listens is what a promise was rejected with.
    pub from_promise: bool,
    /// The library has a function that takes uncaught exceptions (`process.setUncaughtExceptionCaptureCallback`).
    pub captures_uncaught: bool,
    /// What the text that is evaluated next is called, which is a file's then.
    pub evaluated_as: Option<String>,
    /// The code of `toString` of Node's own errors.
    pub error_to_string: Option<i32>,
    /// How the program fails.
    pub failure: Failure,
}

/// How a program fails.
#[derive(Debug, Default)]
pub(crate) struct Failure {
    /// A listener of uncaught exceptions has thrown.
    pub in_listener: bool,
    /// The exit code, once it is known.
    pub code: Option<i32>,
    /// The exception is what a promise was rejected with: the code of Node's that throws it.
    pub head: Option<&'static str>,
    /// A text that is no file's has thrown it, before it has ended.
    pub of_script: bool,
    /// Node's own code has thrown what was thrown last.
    pub by_node: bool,
    pub syntax: Option<Syntax>,
    pub emitted: Option<Emitted>,
    /// The identity of the last error whose stack has its line in front.
    pub decorated: Option<u32>,
}

/// A syntax error and its place.
#[derive(Debug)]
pub(crate) struct Syntax {
    /// Its identity.
    pub error: u32,
    pub place: Place,
    /// It is about names of another module.
    pub is_linked: bool,
}

/// An `error` that nobody listened to.
#[derive(Debug)]
pub(crate) struct Emitted {
    /// The identity of the error.
    pub error: u32,
    /// What emitted it, if it is more than an emitter.
    pub on: String,
    /// The calls that had led there.
    pub calls: Vec<String>,
}

/// How far Buffer's slab is used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slab {
    pub size: usize,
    pub offset: usize,
}

/// The codes of functions that an emitter makes for each call, and the names of its hidden properties.
#[derive(Debug, Default)]
pub(crate) struct Events {
    pub once: i32,
    pub shape_mode: Option<Atom>,
    pub capture: Option<Atom>,
}

/// The codes of functions that a stream makes for each call of a method.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    pub final_done: i32,
    pub destroy_done: i32,
    pub construct_done: i32,
    /// The class of what is buffered of a write.
    pub entry_class: Option<ClassId>,
}

/// What `console` remembers.
#[derive(Debug, Default)]
pub(crate) struct Console {
    /// Columns that groups move their lines by.
    pub indentation: usize,
    pub has_printed: bool,
    /// Full collections before the program.
    pub collections: usize,
    /// The module of the recorded Node that leaves the least for the first print to load.
    pub module: Option<RecordedModule>,
    pub counts: HashMap<String, u64>,
    /// When timers were begun, in milliseconds of the program's clock.
    pub timers: HashMap<String, f64>,
}

/// The codes of functions that the library's files and lazy properties are made of.
#[derive(Debug, Default)]
pub(crate) struct Library {
    pub require: i32,
    pub lazy_get: i32,
    pub lazy_set: i32,
}

/// Files that the program has opened, by their descriptors from that of `fs` on.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub open: slab::Slab<std::fs::File>,
    /// Descriptors that the process had when it began.
    inherited: HashMap<usize, std::fs::File>,
}

impl Files {
    /// A descriptor that whoever started the program has given to it.
    pub fn inherited(&mut self, number: usize) -> Option<&mut std::fs::File> {
        match self.inherited.entry(number) {
            Entry::Occupied(entry) => Some(entry.into_mut()),
            Entry::Vacant(entry) => {
                let path = format!("/dev/fd/{number}");
                let file = std::fs::OpenOptions::new().append(true).open(path).ok()?;
                Some(entry.insert(file))
            }
        }
    }
}

/// What `process.nextTick` was given: functions and arguments are in the machine's table, two slots each.
#[derive(Debug, Default)]
pub(crate) struct Ticks {
    pub waiting: VecDeque<usize>,
    pub free: Vec<usize>,
    slots: usize,
}

impl Ticks {
    pub fn add(&mut self) -> usize {
        let place = self.free.pop().unwrap_or_else(|| {
            self.slots += 1;
            self.slots - 1
        });
        self.waiting.push_back(place);
        place
    }
}
