//! What is to be run, beside the values that jobs have.

use heap_model::Window;
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
    /// Rejected promises that nobody handles, by their identities.
    pub unhandled: Vec<u32>,
    /// Rejections that nobody handles end the program.
    pub tells_unhandled: bool,
    /// Steps of the event loop, in the order in which a turn takes them; each says whether it has run anything.
    pub turns: Vec<T>,
    /// What is run before promises' jobs each time (Node's `process.nextTick`).
    pub ticks: Option<T>,
    /// What is done when no step had anything to run: whether there is something to wait for.
    pub wait: Option<T>,
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
            unhandled: Vec::new(),
            tells_unhandled: true,
            turns: Vec::new(),
            ticks: None,
            wait: None,
        }
    }
}
