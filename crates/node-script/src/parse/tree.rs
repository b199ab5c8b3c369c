//! The syntax tree that the compiler reads: one shape for each thing of the language, in an arena that lives as long
//! as one compilation.
//!
//! The parser's own tree has a type for each spelling of a function; [`lower`](super::lower) makes one [`Function`] of
//! them all, and resolves names while it does ([`scope`](super::scope)).

use super::names::Name;
pub use super::uses::At;
use super::uses::{ScopeId, Use};
use std::cell::Cell;

pub type Node<'a> = &'a Expression<'a>;

/// An expression and where it is.
#[derive(Debug)]
pub struct Expression<'a> {
    pub at: At,
    pub kind: Kind<'a>,
}

#[derive(Debug)]
pub enum Kind<'a> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    String(Name),
    /// The digits, in decimal.
    BigInt(&'a str),
    RegExp {
        pattern: Name,
        flags: Name,
    },
    Name(&'a Use),
    This(&'a Use),
    NewTarget(&'a Use),
    Template {
        strings: &'a [Name],
        values: &'a [Node<'a>],
    },
    TaggedTemplate {
        tag: Node<'a>,
        raw: &'a [Name],
        cooked: &'a [Option<Name>],
        values: &'a [Node<'a>],
    },
    Array(&'a [Element<'a>]),
    Object(&'a [Property<'a>]),
    Function(&'a Function<'a>),
    Class(&'a Class<'a>),
    Member {
        object: Node<'a>,
        name: Name,
    },
    Index {
        object: Node<'a>,
        key: Node<'a>,
    },
    Private {
        object: Node<'a>,
        name: &'a PrivateUse<'a>,
    },
    SuperMember {
        home: &'a Use,
        this: &'a Use,
        key: Key<'a>,
    },
    Call {
        callee: Node<'a>,
        arguments: &'a [Element<'a>],
        eval: Option<&'a EvalSite>,
    },
    New {
        callee: Node<'a>,
        arguments: &'a [Element<'a>],
    },
    SuperCall {
        callee: &'a Use,
        new_target: &'a Use,
        this: &'a Use,
        arguments: &'a [Element<'a>],
    },
    ImportCall {
        specifier: Node<'a>,
        options: Option<Node<'a>>,
    },
    /// An optional chain; where an [`Optional`](Kind::Optional) inside is nullish, all of it is undefined.
    Chain(Node<'a>),
    Optional(Node<'a>),
    Assign {
        target: Target<'a>,
        value: Node<'a>,
    },
    AssignOp {
        op: Binary,
        target: Target<'a>,
        value: Node<'a>,
    },
    AssignLogical {
        op: Logical,
        target: Target<'a>,
        value: Node<'a>,
    },
    Update {
        increment: bool,
        prefix: bool,
        target: Target<'a>,
    },
    Unary {
        op: Unary,
        value: Node<'a>,
    },
    Delete(Node<'a>),
    Binary {
        op: Binary,
        left: Node<'a>,
        right: Node<'a>,
    },
    Logical {
        op: Logical,
        left: Node<'a>,
        right: Node<'a>,
    },
    Comma {
        left: Node<'a>,
        right: Node<'a>,
    },
    Conditional {
        condition: Node<'a>,
        yes: Node<'a>,
        no: Node<'a>,
    },
    PrivateIn {
        name: &'a PrivateUse<'a>,
        object: Node<'a>,
    },
    Await(Node<'a>),
    Yield(Option<Node<'a>>),
    YieldAll(Node<'a>),
}

/// Where a direct `eval` stands.
#[derive(Debug)]
pub struct EvalSite {
    pub scope: ScopeId,
    pub allows: Allows,
}

/// What a text that is evaluated may use of the function around (ECMA-262's `PerformEval`, step 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allows(pub u8);

impl Allows {
    pub const NOTHING: Self = Self(0);
    pub const NEW_TARGET: u8 = 1;
    pub const SUPER_PROPERTY: u8 = 2;
    pub const SUPER_CALL: u8 = 4;
    /// In a class field's initialiser, `arguments` may not be used.
    pub const NO_ARGUMENTS: u8 = 8;

    pub fn has(self, what: u8) -> bool {
        self.0 & what != 0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    Minus,
    Plus,
    Not,
    BitNot,
    TypeOf,
    Void,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Exp,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    UShr,
    Equal,
    NotEqual,
    StrictEqual,
    StrictNotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    InstanceOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logical {
    And,
    Or,
    Coalesce,
}

/// An element of an array, or an argument.
#[derive(Clone, Copy, Debug)]
pub enum Element<'a> {
    Hole,
    Item(Node<'a>),
    Spread(Node<'a>),
}

/// A property's name where it is defined.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    Name(Name),
    Computed(Node<'a>),
}

/// A part of an object literal.
#[derive(Debug)]
pub enum Property<'a> {
    Value {
        key: Key<'a>,
        value: Node<'a>,
    },
    /// `__proto__: value`.
    Prototype(Node<'a>),
    Method {
        key: Key<'a>,
        function: &'a Function<'a>,
    },
    Getter {
        key: Key<'a>,
        function: &'a Function<'a>,
    },
    Setter {
        key: Key<'a>,
        function: &'a Function<'a>,
    },
    Spread(Node<'a>),
}

/// What is assigned to.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    Name(&'a Use),
    /// A member expression of some kind.
    Member(Node<'a>),
    Pattern(&'a Pattern<'a>),
}

#[derive(Debug)]
pub enum Pattern<'a> {
    Object { at: At, properties: &'a [PatternProperty<'a>], rest: Option<Target<'a>> },
    Array { at: At, elements: &'a [Option<PatternElement<'a>>], rest: Option<Target<'a>> },
}

#[derive(Debug)]
pub struct PatternProperty<'a> {
    pub key: Key<'a>,
    pub element: PatternElement<'a>,
}

#[derive(Debug)]
pub struct PatternElement<'a> {
    pub target: Target<'a>,
    pub default: Option<Node<'a>>,
}

#[derive(Debug)]
pub enum Statement<'a> {
    Expression(Node<'a>),
    /// `var`, `let` and `const`: those with an initial value; a `let` without one has undefined.
    Declare(&'a [Declarator<'a>]),
    /// A class declaration: its binding is initialised.
    Class {
        target: &'a Use,
        class: &'a Class<'a>,
    },
    /// Annex B: a function of a block that is also a variable of the function around it.
    CopyFunction {
        from: &'a Use,
        to: &'a Use,
    },
    Block {
        scope: ScopeId,
        body: &'a [Statement<'a>],
    },
    If {
        condition: Node<'a>,
        yes: &'a Statement<'a>,
        no: Option<&'a Statement<'a>>,
    },
    DoWhile {
        body: &'a Statement<'a>,
        condition: Node<'a>,
    },
    While {
        condition: Node<'a>,
        body: &'a Statement<'a>,
    },
    For(&'a For<'a>),
    ForIn(&'a ForEach<'a>),
    ForOf(&'a ForEach<'a>),
    Switch {
        value: Node<'a>,
        scope: ScopeId,
        cases: &'a [Case<'a>],
    },
    Continue(Option<Name>),
    Break(Option<Name>),
    Return(Option<Node<'a>>),
    Labelled {
        labels: &'a [Name],
        body: &'a Statement<'a>,
    },
    /// Where the statement is, and what it throws.
    Throw(At, Node<'a>),
    Try(&'a Try<'a>),
    With {
        object: Node<'a>,
        scope: ScopeId,
        body: &'a Statement<'a>,
    },
    Empty,
}

impl Statement<'_> {
    /// Whether its value is undefined where none of its parts gives one; that of others is the statement's before.
    pub fn gives_undefined(&self) -> bool {
        matches!(
            self,
            Self::If { .. }
                | Self::DoWhile { .. }
                | Self::While { .. }
                | Self::For(_)
                | Self::ForIn(_)
                | Self::ForOf(_)
                | Self::Switch { .. }
                | Self::Try(_)
                | Self::With { .. }
        )
    }
}

#[derive(Debug)]
pub struct Declarator<'a> {
    pub target: Target<'a>,
    /// None only where the initial value is undefined.
    pub value: Option<Node<'a>>,
    /// A `let` or `const`: the binding is initialised, not assigned to.
    pub initialise: bool,
}

#[derive(Debug)]
pub struct For<'a> {
    /// The scope of `let` and `const` in the head.
    pub scope: Option<ScopeId>,
    /// Each turn has bindings of its own (`let`).
    pub per_turn: bool,
    /// A function in the head may keep the bindings that are there before the first turn.
    pub head_captures: bool,
    pub first: Option<&'a Statement<'a>>,
    pub condition: Option<Node<'a>>,
    pub step: Option<Node<'a>>,
    pub body: &'a Statement<'a>,
}

/// `for ... in` and `for ... of`.
#[derive(Debug)]
pub struct ForEach<'a> {
    /// The scope of `let` and `const` in the head.
    pub scope: Option<ScopeId>,
    /// The scope around the object, where the head's names are not initialised.
    pub object_scope: Option<ScopeId>,
    pub target: Target<'a>,
    pub initialise: bool,
    pub object: Node<'a>,
    pub body: &'a Statement<'a>,
    pub is_await: bool,
}

#[derive(Debug)]
pub struct Case<'a> {
    /// None is the default.
    pub condition: Option<Node<'a>>,
    pub body: &'a [Statement<'a>],
}

#[derive(Debug)]
pub struct Try<'a> {
    pub block: &'a Statement<'a>,
    pub catch: Option<Catch<'a>>,
    pub finally: Option<&'a Statement<'a>>,
}

#[derive(Debug)]
pub struct Catch<'a> {
    pub scope: ScopeId,
    pub target: Option<Target<'a>>,
    pub body: &'a Statement<'a>,
}

/// What a function is, beside being asynchronous or a generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// A script, a module or evaluated text: what runs, and is never named.
    Top,
    Normal,
    Arrow,
    Method,
    Accessor,
    BaseConstructor,
    DerivedConstructor,
    /// Defines a class's fields, of an instance or of the class itself.
    Initialiser,
}

impl FunctionKind {
    /// Whether it has its own `this` and `arguments`.
    pub fn is_arrow(self) -> bool {
        self == Self::Arrow
    }

    pub fn is_class_constructor(self) -> bool {
        matches!(self, Self::BaseConstructor | Self::DerivedConstructor)
    }
}

#[derive(Debug)]
pub struct Function<'a> {
    pub at: At,
    pub kind: FunctionKind,
    pub is_async: bool,
    pub is_generator: bool,
    pub strict: bool,
    /// The value of its property `name`; where it is not known before the program runs, none.
    pub name: Option<Name>,
    /// The binding of its own name in a named function expression.
    pub own_name: Option<&'a Use>,
    pub parameters: &'a [Parameter<'a>],
    pub rest: Option<Target<'a>>,
    /// The value of its property `length`.
    pub length: u32,
    pub scope: ScopeId,
    pub body: Body<'a>,
    /// Its text, in UTF-16 units of the source; of what has none of its own, empty.
    pub text: (u32, u32),
    /// How many properties of `this` its text assigns to (V8's estimate of an instance's size).
    pub assigned: Cell<u16>,
    /// It needs to know the object whose method it is.
    pub uses_super: bool,
}

#[derive(Debug)]
pub enum Body<'a> {
    Statements(&'a [Statement<'a>]),
    Fields(&'a [Field<'a>]),
}

#[derive(Debug)]
pub struct Parameter<'a> {
    pub target: Target<'a>,
    pub default: Option<Node<'a>>,
}

#[derive(Debug)]
pub struct Class<'a> {
    pub at: At,
    pub name: Option<Name>,
    /// The scope of its inner name and of its private names.
    pub scope: ScopeId,
    pub own_name: Option<&'a Use>,
    pub parent: Option<Node<'a>>,
    pub constructor: &'a Function<'a>,
    pub members: &'a [Member<'a>],
    /// Private names, which are variables of the class's scope.
    pub private_names: &'a [PrivateName<'a>],
    /// Defines the fields of an instance.
    pub fields: Option<&'a Function<'a>>,
    /// Defines static fields, and runs static blocks.
    pub static_fields: Option<&'a Function<'a>>,
    /// What an instance with private methods is marked with: a variable of the class's scope.
    pub brand: Option<&'a Use>,
    /// Its static private methods' mark.
    pub static_brand: Option<&'a Use>,
    pub text: (u32, u32),
}

/// A method, an accessor, or the name of a field, in the order of the source.
#[derive(Debug)]
pub enum Member<'a> {
    Method {
        key: Key<'a>,
        function: &'a Function<'a>,
        is_static: bool,
        part: Part,
    },
    /// A private method or accessor, which is a variable of the class's scope.
    PrivateMethod {
        variable: &'a Use,
        function: &'a Function<'a>,
        is_static: bool,
    },
    /// The computed name of a field is a variable of the class's scope until its initialiser runs.
    FieldKey {
        variable: &'a Use,
        key: Node<'a>,
    },
}

/// Which part of a property a method is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Value,
    Getter,
    Setter,
}

#[derive(Debug)]
pub struct PrivateName<'a> {
    pub name: Name,
    pub variable: &'a Use,
    pub is_field: bool,
}

#[derive(Debug)]
pub enum Field<'a> {
    Named {
        name: Name,
        value: Option<Node<'a>>,
    },
    Computed {
        key: &'a Use,
        value: Option<Node<'a>>,
    },
    Private {
        name: &'a Use,
        value: Option<Node<'a>>,
    },
    /// A static block, as an arrow function that is called.
    Block(Node<'a>),
}

/// A private name as it is used.
#[derive(Debug)]
pub struct PrivateUse<'a> {
    pub name: Name,
    pub what: std::cell::Cell<PrivateKind<'a>>,
}

/// What a private name stands for.
#[derive(Clone, Copy, Debug)]
pub enum PrivateKind<'a> {
    /// Not yet known; a name that no class around has stays so and is an error.
    Unknown,
    Field(&'a Use),
    Method {
        brand: &'a Use,
        method: &'a Use,
    },
    Accessor {
        brand: &'a Use,
        getter: Option<&'a Use>,
        setter: Option<&'a Use>,
    },
}

/// What a module imports and exports.
#[derive(Debug, Default)]
pub struct ModuleParts {
    pub requests: Vec<Request>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
}

impl ModuleParts {
    /// The number of a request: equal ones have one.
    pub fn request(&mut self, request: Request) -> usize {
        let known = self.requests.iter().position(|known| *known == request);
        known.unwrap_or_else(|| {
            self.requests.push(request);
            self.requests.len() - 1
        })
    }
}

/// Another module, as the source names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    pub specifier: Name,
    /// The attribute `type`.
    pub kind: Option<Name>,
}

/// A name that another module exports, or all of them as an object.
#[derive(Clone, Copy, Debug)]
pub struct Import {
    pub request: usize,
    pub name: Option<Name>,
    pub local: Name,
    pub at: At,
}

#[derive(Clone, Copy, Debug)]
pub enum Export {
    Local {
        name: Name,
        local: Name,
    },
    /// What another module exports; without a name, all of it as an object.
    Indirect {
        name: Name,
        request: usize,
        from: Option<Name>,
    },
    Star {
        request: usize,
    },
}
