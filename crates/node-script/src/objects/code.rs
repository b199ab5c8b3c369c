//! Code in the machine: built-ins written in Rust, and functions that were compiled.

use super::atoms::Atom;
use super::class::ClassId;
use super::table::Table;
use crate::compile::code::{SourceText, Template};
use crate::compile::op::Op;
use crate::interpret::cache::Cache;
pub use crate::machine::Native;
use crate::parse::tree::FunctionKind;
use crate::window::{FIRST, R};
use rustc_hash::FxHashMap;
use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::slice::Iter;

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
pub enum Callable<N> {
    Native(NativeCode<N>),
    Compiled(Compiled),
}

/// A compiled function.
pub struct Compiled {
    pub template: Rc<Template>,
    /// None until it is first called: its constants are not in the heap before.
    code: OnceCell<Code>,
    /// The class of its functions and their slots, once there was one.
    pub class: Cell<Option<(ClassId, usize)>>,
}

/// A function's code in a machine.
pub struct Code {
    pub id: i32,
    pub template: Rc<Template>,
    /// The template's instructions.
    ops: Rc<[Op]>,
    /// The atoms of the constants that are texts.
    pub atoms: Vec<Atom>,
    pub caches: Vec<Cell<Cache>>,
    /// The numbers of its contexts' scopes.
    pub scopes: Vec<i32>,
    /// Of the template: how many parameters it has, and registers with one for an instruction's own use.
    pub parameters: usize,
    pub size: usize,
    /// The instruction that a call begins with.
    pub start: u32,
    /// A call needs no look at its `this`, and may be none of a class.
    pub plain: bool,
    /// It may be called with `new`; it is then the constructor of a class that extends another.
    pub constructs: bool,
    pub derived: bool,
}

impl Code {
    pub fn new(id: i32, template: Rc<Template>, atoms: Vec<Atom>, scopes: Vec<i32>) -> Self {
        let caches = vec![Cell::default(); template.sites.len()];
        let parameters = usize::from(template.parameters);
        let size = usize::from(template.registers) + 1;
        let start = template.start;
        let plain = !template.sloppy_this && !template.kind.is_class_constructor();
        let derived = template.kind == FunctionKind::DerivedConstructor;
        let normal = template.kind == FunctionKind::Normal;
        let constructs = template.kind.is_class_constructor()
            || normal && !template.is_async && !template.is_generator;
        Self {
            id,
            ops: template.ops.clone(),
            template,
            atoms,
            caches,
            scopes,
            parameters,
            size,
            start,
            plain,
            constructs,
            derived,
        }
    }

    /// The instructions from a place on.
    #[inline(always)]
    pub fn from(&self, pc: usize) -> Iter<'_, Op> {
        self.ops[pc..].iter()
    }

    /// The place of the first of the instructions that remain.
    #[inline(always)]
    pub fn pc(&self, rest: &Iter<'_, Op>) -> usize {
        self.ops.len() - rest.len()
    }

    /// The name of a site.
    pub fn site(&self, site: u16) -> Atom {
        self.atoms[usize::from(self.template.sites[usize::from(site)].name)]
    }
}

/// Functions by their numbers. A loop over instructions has the list, and borrows the code that it runs.
pub struct CodeList<N> {
    table: Table<Callable<N>>,
}

impl<N> CodeList<N> {
    pub fn get(&self, id: i32) -> &Callable<N> {
        self.table.get(id as usize).expect("a code's number")
    }

    /// The code of a function that was called.
    #[inline(always)]
    pub fn code(&self, id: i32) -> Option<&Code> {
        match self.table.get(id as usize)? {
            Callable::Compiled(compiled) => compiled.code.get(),
            Callable::Native(_) => None,
        }
    }
}

/// The code that runs, and the one that ran before it: most calls and returns go from one of the two to the other.
#[derive(Clone, Copy)]
pub struct Running<'c, N> {
    pub list: &'c CodeList<N>,
    pub code: &'c Code,
    before: &'c Code,
}

impl<'c, N> Running<'c, N> {
    pub fn new(list: &'c CodeList<N>, id: i32) -> Option<Self> {
        let code = list.code(id)?;
        Some(Self { list, code, before: code })
    }

    /// Goes over to another code; whether its function was called ever before.
    #[inline(always)]
    pub fn switch(&mut self, id: i32) -> bool {
        if id != self.code.id {
            let next = match self.before.id == id {
                true => self.before,
                false => match self.list.code(id) {
                    Some(code) => code,
                    None => return false,
                },
            };
            (self.code, self.before) = (next, self.code);
        }
        true
    }
}

/// The code of all functions, by their numbers.
pub struct Codes<N> {
    pub list: Rc<CodeList<N>>,
    /// The classes of functions, by what they are.
    pub classes: [Option<ClassId>; 16],
    /// How many properties built-in constructors give to an ordinary object.
    pub native_fields: Vec<(i32, usize)>,
    /// The getters by which built-in constructors are their own species.
    pub species: Vec<i32>,
    /// The getters of regular expressions' flags, one by one and together.
    pub reg_exp_getters: Vec<i32>,
    /// The constructors of typed arrays, by their elements' types.
    pub typed_arrays: [i32; 11],
}

impl<N> Default for Codes<N> {
    fn default() -> Self {
        let list = Rc::new(CodeList { table: Table::default() });
        Self {
            list,
            classes: [None; 16],
            native_fields: Vec::new(),
            species: Vec::new(),
            reg_exp_getters: Vec::new(),
            typed_arrays: [0; 11],
        }
    }
}

impl<N> Codes<N> {
    pub fn get(&self, id: i32) -> &Callable<N> {
        self.list.get(id)
    }

    /// See [`CodeList::code`].
    pub fn code(&self, id: i32) -> Option<&Code> {
        self.list.code(id)
    }

    fn add(&mut self, code: Callable<N>) -> i32 {
        self.list.table.add(code) as i32
    }

    pub fn add_native(&mut self, native: NativeCode<N>) -> i32 {
        self.add(Callable::Native(native))
    }

    pub fn add_compiled(&mut self, template: Rc<Template>) -> i32 {
        self.add(Callable::Compiled(Compiled {
            template,
            code: OnceCell::new(),
            class: Cell::new(None),
        }))
    }

    /// Gives a compiled function its code, if it has none.
    pub fn install(&mut self, id: i32, code: Code) {
        if let Callable::Compiled(compiled) = self.get(id) {
            compiled.code.get_or_init(|| code);
        }
    }

    /// The class of a compiled function, and its slots, if there was one before.
    pub fn known_class(&self, id: i32) -> Option<(ClassId, usize)> {
        match self.get(id) {
            Callable::Compiled(compiled) => compiled.class.get(),
            Callable::Native(_) => None,
        }
    }

    /// The inline caches of all functions that were called.
    pub fn caches(&self) -> impl Iterator<Item = &Cell<Cache>> {
        let codes = self.list.table.iter().filter_map(|code| match code {
            Callable::Compiled(compiled) => compiled.code.get(),
            Callable::Native(_) => None,
        });
        codes.flat_map(|code| &code.caches)
    }

    /// The names of the functions that were called, by the numbers of their scopes.
    pub fn scope_names(&self) -> FxHashMap<i32, String> {
        let codes = self.list.table.iter().filter_map(|code| match code {
            Callable::Compiled(compiled) => compiled.code.get(),
            Callable::Native(_) => None,
        });
        let named = codes.flat_map(|code| {
            let name =
                code.template.name.as_deref().map_or_else(String::new, String::from_utf16_lossy);
            code.scopes.iter().map(move |scope| (*scope, name.clone()))
        });
        named.collect()
    }

    /// What a function is, whether or not it was called.
    /// The text of a file by its name.
    pub fn source(&self, name: &str) -> Option<Rc<SourceText>> {
        let sources = self.list.table.iter().filter_map(|code| match code {
            Callable::Native(_) => None,
            Callable::Compiled(compiled) => Some(&compiled.template.source),
        });
        let mut files = sources.filter(|source| source.origin.is_none());
        files.find(|source| &*source.name == name).cloned()
    }

    pub fn template(&self, id: i32) -> Option<&Rc<Template>> {
        match self.get(id) {
            Callable::Native(_) => None,
            Callable::Compiled(compiled) => Some(&compiled.template),
        }
    }
}
