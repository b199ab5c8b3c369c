//! What a whole-process workload is.

/// A whole-process workload: its name, its implementations, and what runs one of them.
pub struct Workload {
    /// The first argument of `whole`.
    pub name: &'static str,
    /// The second argument, ours first.
    pub implementations: &'static [Implementation],
}

/// An implementation's name, and what runs it at a size and gives the result.
pub type Implementation = (&'static str, fn(usize) -> u64);
