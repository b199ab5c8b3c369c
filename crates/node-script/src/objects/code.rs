//! Code in the machine: built-ins written in Rust, and functions that were compiled.

use super::atoms::Atom;
use super::class::ClassId;
use crate::compile::code::Template;
use crate::interpret::cache::Cache;
pub use crate::machine::Native;
use crate::window::{FIRST, R};
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::rc::Rc;

/// How a built-in was called. Its window has the function, `this` and the arguments.
#[derive(Clone, Copy, Debug)]
pub struct Arguments {
    /// How many arguments were given.
    pub count: usize,
    /// The register of `new.target`, if it is a construction.
    pub new_target: Option<R>,
}

impl Arguments {
    /// The register of an argument; one that was not given is undefined, up to
    /// [`SPARE`](crate::machine::SPARE) and the built-in's own length.
    pub fn at(self, place: usize) -> R {
        FIRST + place
    }

    pub fn construct(self) -> bool {
        self.new_target.is_some()
    }
}

/// What is known of a built-in beside its function.
#[derive(Clone, Copy)]
pub struct NativeCode<N> {
    pub call: N,
    pub name: Atom,
    pub length: u8,
    pub constructor: bool,
}

/// What a function does when it is called.
#[derive(Clone)]
pub enum Callable<N> {
    Native(NativeCode<N>),
    /// Its constants are not in the heap yet.
    Lazy(Rc<Template>),
    Code(Rc<Code>),
}

/// A function's code in a machine.
pub struct Code {
    pub template: Rc<Template>,
    /// The atoms of the constants that are texts.
    pub atoms: Vec<Atom>,
    pub caches: Vec<Cell<Cache>>,
    /// The numbers of its contexts' scopes.
    pub scopes: Vec<i32>,
}

impl Code {
    /// The name of a site.
    pub fn site(&self, site: u16) -> Atom {
        self.atoms[usize::from(self.template.sites[usize::from(site)].name)]
    }
}

/// The code of all functions, by their numbers.
pub struct Codes<N> {
    codes: Vec<Callable<N>>,
    /// The classes of functions, by what they are.
    pub classes: [Option<ClassId>; 16],
    /// How many properties built-in constructors give to an ordinary object.
    pub native_fields: Vec<(i32, usize)>,
}

impl<N> Default for Codes<N> {
    fn default() -> Self {
        Self { codes: Vec::new(), classes: [None; 16], native_fields: Vec::new() }
    }
}

impl<N> Codes<N> {
    pub fn get(&self, id: i32) -> &Callable<N> {
        &self.codes[id as usize]
    }

    pub fn add(&mut self, code: Callable<N>) -> i32 {
        self.codes.push(code);
        (self.codes.len() - 1) as i32
    }

    /// The names of the functions that were called, by the numbers of their scopes.
    pub fn scope_names(&self) -> FxHashMap<i32, String> {
        let codes = self.codes.iter().filter_map(|code| match code {
            Callable::Code(code) => Some(code),
            _ => None,
        });
        let named = codes.flat_map(|code| {
            let name =
                code.template.name.as_deref().map_or_else(String::new, String::from_utf16_lossy);
            code.scopes.iter().map(move |scope| (*scope, name.clone()))
        });
        named.collect()
    }

    pub fn set(&mut self, id: i32, code: Callable<N>) {
        self.codes[id as usize] = code;
    }

    /// What a function is, whether or not it was called.
    pub fn template(&self, id: i32) -> Option<&Rc<Template>> {
        match self.get(id) {
            Callable::Native(_) => None,
            Callable::Lazy(template) => Some(template),
            Callable::Code(code) => Some(&code.template),
        }
    }
}
