//! Which variables of the global scope are no properties of the global object.

use crate::objects::atoms::Atom;
use crate::parse::scope::BindingKind;
use rustc_hash::FxHashMap;

/// The places of `let`s, `const`s and classes of scripts in the machine's table of them.
#[derive(Debug, Default)]
pub struct ScriptScope {
    places: FxHashMap<Atom, (usize, BindingKind)>,
}

impl ScriptScope {
    pub fn find(&self, name: Atom) -> Option<(usize, BindingKind)> {
        if self.places.is_empty() { None } else { self.places.get(&name).copied() }
    }

    /// The place of a new variable.
    pub fn add(&mut self, name: Atom, kind: BindingKind) -> usize {
        let place = self.places.len();
        self.places.insert(name, (place, kind));
        place
    }
}
