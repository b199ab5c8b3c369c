//! What Node's modules keep in the machine. Nothing here knows the machine.

mod clock;
mod timers;

use crate::objects::atoms::Atom;
pub(crate) use clock::Clock;
use std::collections::{HashMap, VecDeque};
pub(crate) use timers::Timers;

/// The state of Node's modules.
#[derive(Debug, Default)]
pub(crate) struct NodeState {
    pub slab: Slab,
    pub events: Events,
    pub streams: Streams,
    pub console: Console,
    pub timers: Timers,
    pub clock: Clock,
    pub ticks: Ticks,
    pub files: Files,
    /// The program ends: `exit` was emitted.
    pub exiting: bool,
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
    pub resolve_once: i32,
    pub reject_once: i32,
    pub shape_mode: Option<Atom>,
    pub capture: Option<Atom>,
}

/// The codes of functions that a stream makes for each call of a method.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    pub final_done: i32,
    pub destroy_done: i32,
    pub construct_done: i32,
}

/// What `console` remembers.
#[derive(Debug, Default)]
pub(crate) struct Console {
    /// Columns that groups move their lines by.
    pub indentation: usize,
    pub counts: HashMap<String, u64>,
    /// When timers were begun, in milliseconds of the program's clock.
    pub timers: HashMap<String, f64>,
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
        if !self.inherited.contains_key(&number) {
            let path = format!("/dev/fd/{number}");
            let file = std::fs::OpenOptions::new().append(true).open(path).ok()?;
            self.inherited.insert(number, file);
        }
        self.inherited.get_mut(&number)
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
