//! What is known of ECMAScript modules beside their values: the records of ECMA-262, section 16.2.1.

use crate::compile::code::ModuleCode;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;

/// The number of a module.
pub type ModuleId = usize;

/// Where a module's values lie in the machine's table of them.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// The context with its variables.
    Context,
    /// The function of its statements.
    Body,
    /// The object of its exports.
    Namespace,
    /// What it has thrown.
    Error,
    /// The promise of its evaluation.
    Promise,
}

/// How many parts there are.
pub const PARTS: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    New,
    Linked,
    Evaluating,
    EvaluatingAsync,
    Evaluated,
}

/// Whether a module's end is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    Not,
    /// It is; the order in which its turn came.
    Since(u64),
    Done,
}

/// What a module is made of.
#[derive(Clone, Debug)]
pub enum Body {
    /// Source text: the code of its outer function, and what it imports and exports.
    Source { code: i32, parts: Rc<ModuleCode> },
    /// A module of Node's, whose values are there.
    Node,
    /// A CommonJS file, which is run when its turn comes.
    CommonJs(PathBuf),
}

#[derive(Debug)]
pub struct Record {
    /// The file's URL, or `node:` and a name.
    pub url: String,
    pub body: Body,
    /// Names and slots of a module that is not made of source text.
    pub names: Vec<(Rc<[u16]>, u16)>,
    /// The modules that it requests, when all were found.
    pub requested: Option<Vec<ModuleId>>,
    pub status: Status,
    pub has_await: bool,
    pub failed: bool,
    pub index: usize,
    pub ancestor: usize,
    pub cycle_root: Option<ModuleId>,
    pub waits: Waits,
    /// Requested modules that are waited for.
    pub pending: usize,
    /// Modules that wait for this one.
    pub parents: Vec<ModuleId>,
    pub has_promise: bool,
    /// The names of its namespace object, sorted, with what each stands for.
    pub exported: Vec<(Rc<[u16]>, Resolved)>,
}

impl Record {
    pub fn new(url: String, body: Body) -> Self {
        Self {
            url,
            body,
            names: Vec::new(),
            requested: None,
            status: Status::New,
            has_await: false,
            failed: false,
            index: 0,
            ancestor: 0,
            cycle_root: None,
            waits: Waits::Not,
            pending: 0,
            parents: Vec::new(),
            has_promise: false,
            exported: Vec::new(),
        }
    }

    pub fn source(&self) -> Option<Rc<ModuleCode>> {
        match &self.body {
            Body::Source { parts, .. } => Some(parts.clone()),
            _ => None,
        }
    }
}

/// What an exported name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    Slot(ModuleId, u16),
    Namespace(ModuleId),
}

/// The modules of a machine.
#[derive(Debug, Default)]
pub struct EsModules {
    pub records: Vec<Record>,
    pub places: HashMap<String, ModuleId>,
    /// How many have waited.
    pub order: u64,
    /// Files whose name ends in `.js` are modules, whatever is around them.
    pub all_files: bool,
    /// The file that the program began with: what text that has no file is relative to.
    pub main: Option<PathBuf>,
    /// The codes of built-in functions that go on when a module has ended.
    pub codes: Vec<i32>,
}
