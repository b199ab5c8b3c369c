//! The modules that there are.

use super::packages::Packages;
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
    /// The file that has required a file first.
    pub requirers: HashMap<String, String>,
    /// The library's loader has taken over.
    pub handed_over: bool,
    pub packages: Packages,
    /// Modules of Node's that a program may require.
    pub builtin: &'static [NodeModule<M>],
    /// Modules of Node's that it may not.
    pub not_supported: &'static [&'static str],
}

impl<M> Default for Modules<M> {
    fn default() -> Self {
        Self {
            places: HashMap::new(),
            requirers: HashMap::new(),
            handed_over: false,
            packages: Packages::default(),
            builtin: &[],
            not_supported: &[],
        }
    }
}
