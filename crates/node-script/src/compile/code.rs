//! What the compiler makes of a function. It knows of no heap: [`objects::code`](crate::objects) puts its constants
//! into one when the function is first called.

use super::op::Op;
use crate::parse::scope::BindingKind;
use crate::parse::tree::{At, FunctionKind};
use std::rc::Rc;

/// A text that code was made of.
#[derive(Debug)]
pub struct SourceText {
    /// The file, or what stands for it in a stack trace.
    pub name: Rc<str>,
    pub text: Rc<[u16]>,
    /// The turns of its loops are counted.
    pub counted: bool,
    /// Where it was evaluated, if it is no file's.
    pub origin: Option<Origin>,
}

/// Where a text was evaluated.
#[derive(Clone, Debug)]
pub enum Origin {
    /// By no code of a program.
    Nowhere,
    /// By a function, whose next instruction that is.
    Call(Rc<Template>, u32),
}

/// A place in a source: lines and columns are counted from 1.
#[derive(Clone, Debug)]
pub struct Place {
    pub source: Rc<SourceText>,
    pub line: u32,
    pub column: u32,
    /// How wide the mark below it is.
    pub width: u32,
}

impl Place {
    /// The text of its line.
    pub fn line_text(&self) -> String {
        let mut lines = self.source.text.split(|unit| *unit == u16::from(b'\n'));
        let line = lines.nth((self.line as usize).saturating_sub(1));
        line.map(String::from_utf16_lossy).unwrap_or_default()
    }

    /// Its text: `file.js:2:13`.
    pub fn name(&self) -> String {
        let file = self.source.name.rsplit('/').next().unwrap_or_default();
        format!("{file}:{}:{}", self.line, self.column)
    }
}

/// A function's code, and what is known of the function without it.
#[derive(Debug)]
pub struct Template {
    pub name: Option<Rc<[u16]>>,
    /// What traces call it if it has no name: the variable or the property that it is assigned to.
    pub inferred: Option<Rc<[u16]>>,
    pub length: u32,
    pub kind: FunctionKind,
    pub is_async: bool,
    pub is_generator: bool,
    pub strict: bool,
    /// A `this` that is no object is made one.
    pub sloppy_this: bool,
    pub source: Rc<SourceText>,
    /// Its text, in UTF-16 units of the source.
    pub text: (u32, u32),
    pub at: At,
    /// How many properties an instance is expected to have.
    pub instance_fields: u16,
    pub parameters: u16,
    /// Registers of its frame.
    pub registers: u16,
    pub ops: Rc<[Op]>,
    /// The instruction that a call begins with.
    pub start: u32,
    pub constants: Vec<Constant>,
    pub sites: Vec<Site>,
    pub scopes: Vec<Rc<ScopeInfo>>,
    pub handlers: Vec<Handler>,
    /// Places of instructions that may throw, in their order.
    pub places: Vec<(u32, At)>,
    /// The register of its generator, or of an asynchronous function's object.
    pub generator: Option<u16>,
    /// Registers that may be used again behind a point at which it is put aside, and the room that the object keeps for
    /// them: V8's interpreter has a register for each variable, and some for its own use.
    pub kept: u16,
    pub room: u16,
    /// The registers of the contexts that it is in at the instructions at which it is put aside, where it has made some.
    pub contexts: Vec<(u32, u16)>,
    /// The contexts' slots of the parameters that a sloppy `arguments` shares; 0 of one that it does not.
    pub mapped: Vec<u16>,
    /// What is called, as the source has it, by the instruction's number.
    pub callees: Vec<(u32, Rc<str>)>,
    /// Of a script or evaluated text: what it declares in a scope that is not its own.
    pub declares: Vec<(Rc<[u16]>, BindingKind)>,
    /// Of a module's outer function: what it imports and exports.
    pub module: Option<Rc<ModuleCode>>,
}

/// What a module imports and exports, and where in its context.
#[derive(Debug)]
pub struct ModuleCode {
    /// Other modules, as the source names them, with their attribute `type`.
    pub requests: Vec<(Rc<str>, Option<Rc<str>>)>,
    pub imports: Vec<ImportCode>,
    pub exports: Vec<(Rc<[u16]>, ExportCode)>,
    /// Modules all of whose names are exported.
    pub stars: Vec<usize>,
    /// The slot of `import.meta`.
    pub meta: u16,
}

#[derive(Clone, Debug)]
pub struct ImportCode {
    pub request: usize,
    /// The name that the other module exports; without one, all of them as an object.
    pub name: Option<Rc<[u16]>>,
    pub slot: u16,
    pub at: At,
}

#[derive(Clone, Debug)]
pub enum ExportCode {
    /// A variable of the module's own.
    Slot(u16),
    /// What another module exports; without a name, all of it as an object.
    Indirect { request: usize, name: Option<Rc<[u16]>> },
}

/// Where a property or a global is named: the name's constant.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    pub name: u16,
}

#[derive(Clone, Debug)]
pub enum Constant {
    Text(Rc<[u16]>),
    Number(f64),
    BigInt(Rc<str>),
    Function(Rc<Template>),
    /// The elements of an array literal of constants.
    Array(Rc<[Literal]>),
    Template {
        raw: Rc<[Rc<[u16]>]>,
        cooked: Rc<[Option<Rc<[u16]>>]>,
    },
}

/// A constant element of an array.
#[derive(Clone, Debug)]
pub enum Literal {
    Hole,
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Rc<[u16]>),
}

/// The variables of a context, by slot: what a direct `eval` and a debugger know of it.
#[derive(Debug)]
pub struct ScopeInfo {
    pub slots: u16,
    pub names: Vec<(Rc<[u16]>, u16, BindingKind)>,
    /// Its first slot behind the header is for variables that evaluated text declares.
    pub extends: bool,
    /// A function's, or of its body: where evaluated text declares its variables.
    pub function: bool,
    /// A function's, whose body is a scope of its own: no text that its parameters evaluate may declare their names.
    pub parameters: bool,
    /// Its variables begin empty where they are lexical.
    pub holes: Vec<u16>,
}

impl ScopeInfo {
    /// Whether a variable of this kind is in the way of a `var` of evaluated text.
    pub fn refuses_var(&self, kind: BindingKind) -> bool {
        let of_block = kind == BindingKind::Function && !self.function;
        self.parameters || kind.is_lexical() || kind == BindingKind::CaughtPart || of_block
    }
}

/// Instructions of a `try`.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    pub start: u32,
    pub end: u32,
    pub target: u32,
    /// Where the exception goes.
    pub exception: u16,
}

impl Template {
    /// It is of a file of Node's library, which no trace shows.
    pub fn of_library(&self) -> bool {
        self.source.name.starts_with("node:")
    }

    /// The place in the source of an instruction.
    pub fn place(&self, op: usize) -> At {
        let at = self.places.partition_point(|(number, _)| *number as usize <= op);
        self.places.get(at.wrapping_sub(1)).map_or(self.at, |(_, place)| *place)
    }

    /// What an instruction calls, as the source has it.
    pub fn callee(&self, op: usize) -> Option<String> {
        let at = self.callees.binary_search_by_key(&(op as u32), |(number, _)| *number).ok()?;
        Some(self.callees[at].1.to_string())
    }

    /// The innermost handler around an instruction. What a derived constructor may not return is told outside of it.
    pub fn handler(&self, op: usize) -> Option<Handler> {
        if let Some(Op::Return { .. }) = self.ops.get(op) {
            return None;
        }
        let op = op as u32;
        self.handlers.iter().copied().find(|handler| (handler.start..handler.end).contains(&op))
    }
}
