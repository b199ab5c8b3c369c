//! The interpreter: an evaluator over a heap.
//!
//! All that it has are records: `records.rs` says what each kind of cells consists of.
//!
//! Rust code holds a value only within one step; what lasts longer is in the [`Machine`], which a `Root` keeps. So each
//! step may collect anywhere.

mod builtins;
mod machine;
mod read;
mod records;
mod symbols;
mod write;

use heap_model::typed::{Gc, Root};
use heap_model::{AccessError, Heap, HeapError, OutOfMemory, Scope};
use records::{Machine, MachineFields, Pair, PairFields, Val};
use std::fmt;

/// A Lisp with its heap.
pub struct Lisp {
    heap: Heap,
    machine: Root<Machine<'static>>,
    output: String,
}

/// Why a program stopped. The interpreter goes on with the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LispError {
    /// The heap's limit.
    OutOfMemory(OutOfMemory),
    /// The text is no program.
    Syntax(String),
    /// A symbol without a value.
    Unbound(String),
    /// A value of another kind was wanted.
    Wanted { what: &'static str, found: String },
    /// A call with too few or too many arguments.
    Arity(String),
    /// A number is too large, or divided by zero.
    Arithmetic,
    /// A cell is not what the interpreter made: a fault of its own.
    Access(AccessError),
    /// What else a heap refuses.
    Heap(HeapError),
}

impl fmt::Display for LispError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory(error) => error.fmt(f),
            Self::Syntax(what) => write!(f, "syntax: {what}"),
            Self::Unbound(name) => write!(f, "{name} has no value"),
            Self::Wanted { what, found } => write!(f, "{what} wanted, not {found}"),
            Self::Arity(of) => write!(f, "wrong number of arguments for {of}"),
            Self::Arithmetic => f.write_str("a number is out of range"),
            Self::Access(error) => error.fmt(f),
            Self::Heap(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LispError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // The message is the inner error's, so the source is, too.
        match self {
            Self::OutOfMemory(error) => error.source(),
            Self::Access(error) => error.source(),
            Self::Heap(error) => error.source(),
            _ => None,
        }
    }
}

impl From<OutOfMemory> for LispError {
    fn from(error: OutOfMemory) -> Self {
        Self::OutOfMemory(error)
    }
}

impl From<AccessError> for LispError {
    fn from(error: AccessError) -> Self {
        Self::Access(error)
    }
}

impl From<HeapError> for LispError {
    fn from(error: HeapError) -> Self {
        match error {
            HeapError::OutOfMemory(error) => Self::OutOfMemory(error),
            HeapError::Access(error) => Self::Access(error),
            other => Self::Heap(other),
        }
    }
}

impl Lisp {
    /// A Lisp with its builtins in a heap.
    pub fn new(mut heap: Heap) -> Result<Self, LispError> {
        let machine = heap.enter(|scope| {
            let machine = Machine {
                symbols: symbols::make(scope)?,
                stack: None,
                value: Val::Nothing,
                expression: Val::Nothing,
                environment: None,
                reading: None,
                writing: Val::Nil,
            };
            let machine = scope.make(machine)?;
            Ok::<_, LispError>(scope.root(machine)?)
        })?;
        let mut lisp = Self { heap, machine, output: String::new() };
        lisp.run(include_str!("prelude.lisp"))?;
        Ok(lisp)
    }

    /// Evaluates all expressions of a text; gives the last one's value as it is written.
    pub fn run(&mut self, source: &str) -> Result<String, LispError> {
        let Self { heap, machine, output } = self;
        heap.enter(|scope| {
            let machine = scope.rooted(machine)?;
            let mut reader = read::Reader::new(source);
            machine.set_value(scope, Val::Nothing);
            let mut run = || {
                while reader.read(scope, machine)? {
                    machine::evaluate(scope, machine, output)?;
                }
                let mut text = String::new();
                write::write(scope, machine, &mut text, true)?;
                Ok(text)
            };
            let result = run();
            // What an error left behind is garbage.
            machine.set_stack(scope, None);
            machine.set_value(scope, Val::Nothing);
            machine.set_expression(scope, Val::Nothing);
            machine.set_environment(scope, None);
            machine.set_reading(scope, None);
            machine.set_writing(scope, Val::Nil);
            result
        })
    }

    /// What the programs have displayed.
    pub fn take_output(&mut self) -> String {
        std::mem::take(&mut self.output)
    }

    /// The heap.
    pub fn heap(&self) -> &Heap {
        &self.heap
    }
}

fn cons<'s>(scope: &mut Scope<'s>, car: Val<'_>, cdr: Val<'_>) -> Result<Val<'s>, LispError> {
    Ok(Val::Pair(scope.make(Pair { car, cdr })?))
}

/// The value as a pair, which it must be.
fn pair<'v>(scope: &Scope<'_>, value: Val<'v>) -> Result<Gc<'v, Pair<'v>>, LispError> {
    if let Val::Pair(pair) = value { Ok(pair) } else { Err(wanted(scope, "a pair", value)) }
}

/// The car and cdr of what must be a pair.
fn parts<'s>(scope: &mut Scope<'s>, value: Val<'_>) -> Result<(Val<'s>, Val<'s>), LispError> {
    let pair = pair(scope, value)?;
    Ok((pair.car(scope), pair.cdr(scope)))
}

fn wanted(scope: &Scope<'_>, what: &'static str, found: Val<'_>) -> LispError {
    LispError::Wanted { what, found: write::brief(scope, found) }
}
