//! What Node's modules keep in the machine. Nothing here knows the machine.

use crate::objects::atoms::Atom;

/// The state of Node's modules.
#[derive(Debug, Default)]
pub(crate) struct NodeState {
    pub slab: Slab,
    pub events: Events,
    pub streams: Streams,
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
