//! The modules that there are.

use std::collections::HashMap;

/// A module of Node's.
#[derive(Debug)]
pub struct NodeModule<M> {
    /// Without `node:`.
    pub name: &'static str,
    pub make: M,
}

/// The modules that are there: the place of each in the array of modules.
#[derive(Debug)]
pub struct Modules<M: 'static> {
    pub places: HashMap<String, usize>,
    /// Modules of Node's that a program may require.
    pub builtin: &'static [NodeModule<M>],
    /// Modules of Node's that it may not.
    pub not_supported: &'static [&'static str],
}

impl<M> Default for Modules<M> {
    fn default() -> Self {
        Self { places: HashMap::new(), builtin: &[], not_supported: &[] }
    }
}
