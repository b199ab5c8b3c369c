//! What weak references have in Rust.

use heap_model::Weak;
use weak_refs::Agent;

/// The targets that a job keeps, and the registries.
#[derive(Default)]
pub(crate) struct WeakState {
    /// Keeps the targets of this job.
    pub agent: Agent,
    /// The registries that are there, and some that were.
    pub registries: Vec<Weak>,
}
