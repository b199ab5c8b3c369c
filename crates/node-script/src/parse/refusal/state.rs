//! What is known while a text is read: scopes with the names that they declare, functions with their labels, classes with
//! their private names, and mistakes that wait.

use hashbrown::{HashMap, HashSet};

/// What V8 says of a character that begins no token.
pub(super) const TOKEN: &str = "Invalid or unexpected token";

/// A mistake, from its first unit up to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) message: String,
}

impl Mistake {
    pub(super) fn new(start: u32, end: u32, message: impl Into<String>) -> Self {
        Self { start, end, message: message.into() }
    }
}

/// What a read expression is, as far as mistakes ask.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) kind: Kind,
    /// Where V8 has its place: its operator's, mostly.
    pub(super) at: u32,
    pub(super) parenthesized: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name(String),
    Property,
    PrivateProperty,
    /// One that is read only if there is an object.
    PrivateChain,
    Call,
    /// An array or an object.
    Pattern,
    Assignment,
    SuperCall,
    Text,
    /// A row of one operator, and where its first operand is.
    Row(&'static str, u32),
    /// What no mistake asks about.
    Other,
    /// Nothing was read.
    Failure,
}

impl Expression {
    pub(super) fn new(kind: Kind, at: u32) -> Self {
        Self { kind, at, parenthesized: false }
    }

    pub(super) fn other(at: u32) -> Self {
        Self::new(Kind::Other, at)
    }

    pub(super) fn failure() -> Self {
        Self::new(Kind::Failure, 0)
    }

    pub(super) fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn is_property(&self) -> bool {
        matches!(self.kind, Kind::Property | Kind::PrivateProperty)
    }
}

pub(super) const AWAIT_NAME: &str = "'await' is not a valid identifier name in an async function";
pub(super) const DUPLICATE: &str = "Duplicate parameter name not allowed in this context";
pub(super) const REST_DEFAULT: &str = "Rest parameter may not have a default initializer";
pub(super) const AFTER_REST: &str = "Rest parameter must be last formal parameter";
pub(super) const PROPERTY: &str = "Illegal property in declaration context";
pub(super) const ELEMENT_AFTER_REST: &str = "Rest element must be last element";
/// V8's name of what a module exports by default without another.
pub(super) const DEFAULT: &str = ".default";
pub(super) const EVAL: &str = "Unexpected eval or arguments in strict mode";
pub(super) const RESERVED: &str = "Unexpected strict mode reserved word";
pub(super) const TARGET: &str = "Invalid destructuring assignment target";

pub(super) fn is_eval_or_arguments(name: &str) -> bool {
    matches!(name, "eval" | "arguments")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScopeId(pub(super) usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Script,
    Eval,
    Module,
    Function,
    /// A body whose parameters are a scope of their own, or a static block's: `var`s are declared in it.
    Body,
    Block,
    Catch,
    With,
    Class,
}

/// What kind of function it is, as `super`, `return` and `new.target` ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FunctionKind {
    /// A script, or evaluated text.
    Top,
    Module,
    Normal,
    Arrow,
    Method,
    Getter,
    Setter,
    BaseConstructor,
    DerivedConstructor,
    Initialiser,
    StaticInitialiser,
}

impl FunctionKind {
    pub(super) fn initialises(self) -> bool {
        matches!(self, Self::Initialiser | Self::StaticInitialiser)
    }

    pub(super) fn is_method(self) -> bool {
        !matches!(self, Self::Top | Self::Module | Self::Normal | Self::Arrow)
    }
}

/// How a name is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Var,
    Lexical,
    /// A function of a block in sloppy code, which others may follow.
    BlockFunction,
}

/// A `var` of a block: where it stands.
#[derive(Debug)]
pub(super) struct Nested {
    pub(super) name: String,
    pub(super) scope: ScopeId,
    pub(super) at: u32,
}

#[derive(Debug)]
pub(super) struct Scope {
    pub(super) kind: ScopeKind,
    pub(super) parent: Option<ScopeId>,
    pub(super) strict: bool,
    pub(super) function_kind: FunctionKind,
    /// Of an arrow function.
    pub(super) is_async: bool,
    pub(super) simple_parameters: bool,
    pub(super) names: HashMap<String, Mode>,
    /// The names in their order, each with its first place.
    pub(super) order: Vec<(String, u32)>,
    pub(super) nested: Vec<Nested>,
}

impl Scope {
    pub(super) fn declares_vars(&self) -> bool {
        !matches!(
            self.kind,
            ScopeKind::Block | ScopeKind::Catch | ScopeKind::With | ScopeKind::Class
        )
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }
}

/// A statement that `break` or `continue` may go to.
#[derive(Clone, Debug, Default)]
pub(super) struct Target {
    pub(super) labels: Vec<String>,
    /// The labels directly before a loop.
    pub(super) own: Vec<String>,
    pub(super) is_loop: bool,
    /// `break` without a label goes to it.
    pub(super) plain: bool,
}

/// A function that is being read.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) kind: FunctionKind,
    pub(super) is_async: bool,
    pub(super) is_generator: bool,
    pub(super) targets: Vec<Target>,
}

impl Function {
    pub(super) fn new(kind: FunctionKind, is_async: bool, is_generator: bool) -> Self {
        Self { kind, is_async, is_generator, targets: Vec::new() }
    }
}

/// A class that is being read.
#[derive(Debug, Default)]
pub(super) struct Class {
    /// Its private names: whether static, and an accessor's kind where another may complete it.
    pub(super) private: HashMap<String, (bool, Option<FunctionKind>)>,
    /// Private names that are used in it, and where.
    pub(super) used: Vec<(String, u32)>,
    /// What it extends is being read: its names are not there yet.
    pub(super) heritage: bool,
}

/// What is being read may be that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CoverKind {
    Expression,
    MaybeArrow,
    MaybeAsyncArrow,
    Parameters,
    Declaration(Mode),
}

impl CoverKind {
    pub(super) fn may_be_expression(self) -> bool {
        matches!(self, Self::Expression | Self::MaybeArrow | Self::MaybeAsyncArrow)
    }

    pub(super) fn may_be_arrow(self) -> bool {
        matches!(self, Self::MaybeArrow | Self::MaybeAsyncArrow)
    }

    pub(super) fn is_declaration(self) -> bool {
        matches!(self, Self::Parameters | Self::Declaration(_))
    }
}

/// Mistakes that wait.
#[derive(Debug)]
pub(super) struct Cover {
    pub(super) kind: CoverKind,
    pub(super) waiting: Waiting,
    pub(super) declaration: Option<Mistake>,
    /// Names of an expression, which may be declared by it, and where they are.
    pub(super) names: Vec<(String, u32)>,
    pub(super) simple: bool,
    /// The first parameter that has the name of another.
    pub(super) duplicate: Option<(u32, u32)>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    pub(super) expression: Option<Mistake>,
    pub(super) pattern: Option<Mistake>,
}

/// Mistakes of the parts of a list, the first of which counts; each part begins without any.
pub(super) struct Parts {
    pub(super) cover: Option<usize>,
    pub(super) waiting: Waiting,
}

/// What is exported, and where.
#[derive(Debug, Default)]
pub(super) struct Exports {
    pub(super) names: HashSet<String>,
    /// The first name that is exported twice.
    pub(super) twice: Option<Mistake>,
    /// Names of the module's own, which must be declared.
    pub(super) local: Vec<(String, u32, u32)>,
}
