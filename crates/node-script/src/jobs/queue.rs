//! What is to be run, beside the values that jobs have.

use heap_model::Window;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// What is to be run.
#[derive(Debug)]
pub struct Jobs<T> {
    /// Kinds of jobs, the first of which has the place `first` of `places` in the heap's ring.
    pub queue: VecDeque<i32>,
    pub first: usize,
    pub places: usize,
    /// The registers of the job that runs, if it is a promise's reaction.
    pub reaction: Option<(Window, usize)>,
    /// Something was set to be kept along asynchronous calls.
    pub keeps_context: bool,
    /// The code of callbacks that keep what was set around them.
    pub bound_code: Option<i32>,
    pub rejections: Rejections,
    /// Steps of the event loop, in the order in which a turn takes them; each says whether it has run anything.
    pub turns: Vec<T>,
    /// What is run before promises' jobs each time (Node's `process.nextTick`).
    pub ticks: Option<T>,
    /// What is done when no step had anything to run: whether there is something to wait for.
    pub wait: Option<T>,
}

/// Promises that were rejected, which lie in a table of the heap.
#[derive(Debug, Default)]
pub struct Rejections {
    /// Those that nobody handles: their identities (0, if someone does meanwhile). The first has this place in the table.
    pub unhandled: VecDeque<u32>,
    pub first: usize,
    /// The numbers of those that were told of, by their identities.
    pub told: FxHashMap<u32, u32>,
    /// How many were told of.
    pub count: u32,
    /// The numbers of those that were handled after that, in the order of another table.
    pub late: Vec<u32>,
    /// Nobody is told of any.
    pub quiet: bool,
}

impl<T> Default for Jobs<T> {
    fn default() -> Self {
        Self {
            queue: VecDeque::new(),
            first: 0,
            places: 0,
            reaction: None,
            keeps_context: false,
            bound_code: None,
            rejections: Rejections::default(),
            turns: Vec::new(),
            ticks: None,
            wait: None,
        }
    }
}
