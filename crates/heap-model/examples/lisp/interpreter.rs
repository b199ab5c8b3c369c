//! The interpreter: an evaluator over a heap.
//!
//! A value is a word (small integer, boolean, `()` as null, nothing as undefined) or a cell:
//!
//! | value | cell |
//! |---|---|
//! | pair | Object of 2 slots: car, cdr |
//! | symbol | Object of 4 slots: name, global value, next of its bucket, special form's number |
//! | string | OneByteString |
//! | closure | Closure of 3 slots: parameters, body, environment |
//! | builtin | Closure of 1 slot: its number |
//! | environment | Context: the one around it, parameters, their values |
//!
//! Rust code holds a value only within one step; what lasts longer is in the registers, an array
//! that a `Global` keeps. So each step may collect anywhere.

mod builtins;
mod machine;
mod read;
mod symbols;
mod write;

use heap_model::{AccessError, Global, Heap, HeapError, Kind, Local, OutOfMemory, Scope, Value};
use std::fmt;

/// A Lisp with its heap.
pub struct Lisp {
    heap: Heap,
    registers: Global,
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

/// What the interpreter is doing, as slots of the registers.
mod register {
    /// The buckets of all symbols.
    pub const SYMBOLS: usize = 0;
    /// The innermost of the frames that wait for a value.
    pub const STACK: usize = 1;
    /// The value that was found last.
    pub const VALUE: usize = 2;
    /// The expression that is evaluated.
    pub const EXPRESSION: usize = 3;
    /// The environment that it is evaluated in.
    pub const ENVIRONMENT: usize = 4;
    /// What is read, and what is written.
    pub const READING: usize = 5;
    pub const WRITING: usize = 6;
    pub const COUNT: usize = 7;
}

const CAR: usize = 0;
const CDR: usize = 1;

impl Lisp {
    /// A Lisp with its builtins in a heap.
    pub fn new(mut heap: Heap) -> Result<Self, LispError> {
        let registers = heap.enter(|scope| {
            let registers = scope.alloc(Kind::Array, register::COUNT, 0)?;
            symbols::define_all(scope, registers)?;
            Ok::<_, LispError>(scope.global(registers)?)
        })?;
        let mut lisp = Self { heap, registers, output: String::new() };
        lisp.run(include_str!("prelude.lisp"))?;
        Ok(lisp)
    }

    /// Evaluates all expressions of a text; gives the last one's value as it is written.
    pub fn run(&mut self, source: &str) -> Result<String, LispError> {
        let Self { heap, registers, output } = self;
        heap.enter(|scope| {
            let registers = scope.local(registers)?;
            let mut reader = read::Reader::new(source);
            scope.set(registers, register::VALUE, Value::Undefined)?;
            let mut run = || {
                while reader.read(scope, registers)? {
                    machine::evaluate(scope, registers, output)?;
                }
                let mut text = String::new();
                write::write(scope, registers, &mut text, true)?;
                Ok(text)
            };
            let result = run();
            // What an error left behind is garbage.
            for slot in register::STACK..register::COUNT {
                scope.set(registers, slot, Value::Null)?;
            }
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

fn cons<'s>(scope: &mut Scope<'s>, car: Value<'_>, cdr: Value<'_>) -> Result<Local<'s>, LispError> {
    let pair = scope.alloc(Kind::Object, 2, 0)?;
    scope.set(pair, CAR, car)?;
    scope.set(pair, CDR, cdr)?;
    Ok(pair)
}

/// The value as a pair, if it is one.
fn pair<'s>(scope: &Scope<'_>, value: Value<'s>) -> Option<Local<'s>> {
    cell(scope, value, Kind::Object, 2)
}

/// The value as a symbol, if it is one.
fn symbol<'s>(scope: &Scope<'_>, value: Value<'s>) -> Option<Local<'s>> {
    cell(scope, value, Kind::Object, symbols::SLOTS)
}

/// The value as a cell of a kind with that number of slots, if it is one.
fn cell<'s>(scope: &Scope<'_>, value: Value<'s>, kind: Kind, slots: usize) -> Option<Local<'s>> {
    let Value::Ref(cell) = value else { return None };
    let right = scope.kind(cell) == Ok(kind) && scope.slot_count(cell) == Ok(slots);
    right.then_some(cell)
}

/// The car and cdr of what must be a pair.
fn parts<'s>(scope: &mut Scope<'s>, value: Value<'_>) -> Result<(Value<'s>, Value<'s>), LispError> {
    let pair = pair(scope, value).ok_or_else(|| wanted(scope, "a pair", value))?;
    Ok((scope.get(pair, CAR)?, scope.get(pair, CDR)?))
}

fn wanted(scope: &Scope<'_>, what: &'static str, found: Value<'_>) -> LispError {
    LispError::Wanted { what, found: write::brief(scope, found) }
}
