//! What the Lisp is made of: each struct is a kind of cells, and [`Val`] is what their slots hold.

use super::builtins::Builtin;
use heap_model::Local;
use heap_model::typed::{Gc, Record, Slot};

/// A value, and marks that stand where values do.
#[derive(Clone, Copy, Slot)]
pub enum Val<'s> {
    /// What expressions give that are there for their effect.
    Nothing,
    /// The empty list.
    Nil,
    /// The value of a symbol that has none, and a mark of the writer's.
    Absent,
    Bool(bool),
    Number(i32),
    Pair(Gc<'s, Pair<'s>>),
    Symbol(Gc<'s, Symbol<'s>>),
    Closure(Gc<'s, Closure<'s>>),
    Native(Gc<'s, Native>),
    /// A string, or an array of elements: what is as long as a program likes.
    Cell(Local<'s>),
}

#[derive(Record)]
pub struct Pair<'s> {
    pub car: Val<'s>,
    pub cdr: Val<'s>,
}

/// A name; there is one symbol of each.
#[derive(Record)]
pub struct Symbol<'s> {
    pub number: u32,
    /// The special form that it begins.
    pub form: Option<Form>,
    pub name: Local<'s>,
    /// The value that it has outside all environments.
    pub value: Val<'s>,
    /// The next one of its bucket.
    pub next: Option<Gc<'s, Symbol<'s>>>,
}

/// The special forms.
#[derive(Clone, Copy)]
pub enum Form {
    Quote,
    If,
    Define,
    Set,
    Lambda,
    Begin,
    Let,
    Cond,
    And,
    Or,
}

/// All symbols, by the hashes of their names.
#[derive(Record)]
pub struct Symbols<'s> {
    pub count: u32,
    pub buckets: [Option<Gc<'s, Symbol<'s>>>; 128],
}

/// A function of Rust's.
#[derive(Record)]
pub struct Native {
    pub builtin: &'static Builtin,
}

#[derive(Record)]
pub struct Closure<'s> {
    pub parameters: Option<Gc<'s, Parameter<'s>>>,
    pub body: Val<'s>,
    pub environment: Option<Gc<'s, Environment<'s>>>,
}

#[derive(Record)]
pub struct Parameter<'s> {
    pub symbol: Gc<'s, Symbol<'s>>,
    pub next: Option<Gc<'s, Parameter<'s>>>,
}

#[derive(Record)]
pub struct Environment<'s> {
    pub around: Option<Gc<'s, Environment<'s>>>,
    pub parameters: Option<Gc<'s, Parameter<'s>>>,
    pub values: &'s [Val<'s>],
}

/// What waits for a value.
#[derive(Clone, Copy)]
pub enum Waits {
    Call,
    If,
    Define,
    Set,
    Sequence,
    And,
    Or,
}

/// A part of the program that waits.
#[derive(Record)]
pub struct Frame<'s> {
    pub waits: Waits,
    pub around: Option<Gc<'s, Frame<'s>>>,
    pub environment: Option<Gc<'s, Environment<'s>>>,
    /// Expressions that are not evaluated yet, or the symbol that is set.
    pub rest: Val<'s>,
    /// Values of arguments, the last first, and then the function's.
    pub values: Val<'s>,
}

/// A list that is read and has no end yet.
#[derive(Record)]
pub struct Open<'s> {
    /// It is a quotation, and ends with its next element.
    pub quotes: bool,
    pub first: Val<'s>,
    pub last: Option<Gc<'s, Pair<'s>>>,
    pub around: Option<Gc<'s, Open<'s>>>,
}

/// What the interpreter is doing.
#[derive(Record)]
pub struct Machine<'s> {
    pub symbols: Gc<'s, Symbols<'s>>,
    /// The innermost of the frames that wait for a value.
    pub stack: Option<Gc<'s, Frame<'s>>>,
    /// The value that was found last.
    pub value: Val<'s>,
    /// The expression that is evaluated.
    pub expression: Val<'s>,
    /// The environment that it is evaluated in.
    pub environment: Option<Gc<'s, Environment<'s>>>,
    /// The innermost of the lists that are read.
    pub reading: Option<Gc<'s, Open<'s>>>,
    /// A list of what is still to be written.
    pub writing: Val<'s>,
}
