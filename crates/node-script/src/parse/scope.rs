//! Scopes, and where each variable lives: a register of its function, or a slot of a context.
//!
//! The rules are V8's (`ast/scopes.cc`), for they decide what a closure keeps alive:
//! - a variable is in a context if a function inside its own uses it, if a direct `eval` or a `with` inside its scope
//!   may use it, if it is a `catch` parameter, or if it is a parameter of a sloppy function that uses `arguments`;
//!   every other variable is in a register;
//! - a scope has a context only if one of its variables is in it, or if a sloppy direct `eval` may declare some there;
//! - `this`, `new.target` and the running function are variables, so that arrow functions capture them like others.
//!
//! The tree is lowered with unresolved uses; [`Scopes::resolve`] gives each its binding when all of it is known.

use super::names::Name;
use super::tree::Function;
use super::uses::At;
pub use super::uses::{BindingId, Reference, ScopeId, Use};
use rustc_hash::FxHashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Function {
        arrow: bool,
    },
    /// A script's, or evaluated text's in sloppy mode: its `var`s belong to another.
    Script,
    Block,
    /// The bindings of a loop's head, or of a switch: like a block's.
    Switch,
    Catch,
    With,
    Class,
}

#[derive(Debug)]
pub struct Scope<'a> {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    /// The function's scope that it is in, or itself.
    pub function: ScopeId,
    /// The scope in which `var`s inside are declared: the function's, or that of its body, where the parameters have
    /// expressions.
    pub variables: ScopeId,
    pub bindings: Vec<BindingId>,
    /// Functions that are made when the scope begins.
    pub functions: Vec<(&'a Use, &'a Function<'a>)>,
    /// A direct `eval` stands in this scope.
    pub calls_eval: bool,
    /// It stands in this scope or in one inside.
    pub eval_inside: bool,
    /// A sloppy direct `eval` may declare variables here.
    pub extends: bool,
    /// Of a function: its `arguments`, if it is used, shares its elements with the parameters.
    pub maps_arguments: bool,
    /// Of a function: `this` is not there before `super` has returned.
    pub derived: bool,
    /// A module's outer function: other modules find its variables in its context, and it has no `arguments`.
    pub module: bool,
    /// Of a function whose parameters have expressions: where these end. Its body is a scope of its own.
    pub parameters_end: Option<At>,
    /// A class's in sloppy code, which has a context of its own in any case (V8's `Scope::ForceContextForLanguageMode`).
    pub becomes_strict: bool,
    /// The slots of its context, the two before its variables included; 0 if it has none.
    pub context_slots: u16,
    by_name: FxHashMap<Name, BindingId>,
    uses: Vec<&'a Use>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    Var,
    Parameter,
    /// A function declaration.
    Function,
    Let,
    Const,
    Class,
    CatchParameter,
    /// A name of a pattern that catches: no `var` may have it.
    CaughtPart,
    /// The name of a function expression inside it.
    FunctionName,
    Arguments,
    /// What a module imports: the context of another module, and behind it the slot there.
    Import,
    This,
    NewTarget,
    /// The function that runs.
    Callee,
    /// Set by the compiler alone.
    Hidden,
}

impl BindingKind {
    pub fn is_lexical(self) -> bool {
        matches!(self, Self::Let | Self::Const | Self::Class | Self::Hidden)
    }
}

#[derive(Debug)]
pub struct Binding {
    pub name: Name,
    pub kind: BindingKind,
    pub scope: ScopeId,
    pub place: Place,
    /// A function inside uses it, or something that looks it up by name.
    pub captured: bool,
    /// It must hold the hole until it is initialised, for a use asks.
    pub begins_empty: bool,
    /// A generator or an asynchronous function: functions of blocks inside with its name are no `var`s.
    pub hides: bool,
    /// Where it is declared.
    pub at: At,
}

/// Where a variable lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Not known yet, or the compiler chooses a register.
    Register,
    Context(u16),
    /// A `var` or function of a script: a property of the global object.
    Global,
    /// A `let`, `const` or class of a script: a variable of the global scope.
    Script,
    /// A variable that evaluated text declares in the function around it.
    Extension,
}

/// A context's slots before its variables: its scope's number, and the context around it.
pub const CONTEXT_HEADER: u16 = 2;

/// Names that the language has no spelling for.
#[derive(Clone, Copy, Debug)]
pub struct HiddenNames {
    pub this: Name,
    pub new_target: Name,
    pub callee: Name,
    pub arguments: Name,
    /// A module's `import.meta`.
    pub meta: Name,
}

/// Whose variables the text's free names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// The global object's.
    Global,
    /// The same; what the text itself declares is the global scope's.
    Script,
    /// The same; its `var`s and functions can be deleted, and its `let`s are its own.
    IndirectEval,
    /// Those of the contexts around a direct `eval`.
    Contexts,
}

#[derive(Debug)]
pub struct Scopes<'a> {
    pub scopes: Vec<Scope<'a>>,
    pub bindings: Vec<Binding>,
    pub hidden: HiddenNames,
    pub outside: Outside,
}

impl<'a> Scopes<'a> {
    pub fn new(hidden: HiddenNames, outside: Outside) -> Self {
        Self { scopes: Vec::new(), bindings: Vec::new(), hidden, outside }
    }

    pub fn get(&self, scope: ScopeId) -> &Scope<'a> {
        &self.scopes[scope.0 as usize]
    }

    pub fn get_mut(&mut self, scope: ScopeId) -> &mut Scope<'a> {
        &mut self.scopes[scope.0 as usize]
    }

    pub fn binding(&self, binding: BindingId) -> &Binding {
        &self.bindings[binding.0 as usize]
    }

    pub fn binding_mut(&mut self, binding: BindingId) -> &mut Binding {
        &mut self.bindings[binding.0 as usize]
    }

    pub fn add(&mut self, kind: ScopeKind, parent: Option<ScopeId>) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        let own = matches!(kind, ScopeKind::Function { .. } | ScopeKind::Script);
        let function = match parent {
            Some(parent) if !own => self.get(parent).function,
            _ => id,
        };
        let variables = match parent {
            Some(parent) if !own => self.get(parent).variables,
            _ => id,
        };
        self.scopes.push(Scope {
            kind,
            parent,
            function,
            variables,
            bindings: Vec::new(),
            functions: Vec::new(),
            calls_eval: false,
            eval_inside: false,
            extends: false,
            maps_arguments: false,
            derived: false,
            module: false,
            parameters_end: None,
            becomes_strict: false,
            context_slots: 0,
            by_name: FxHashMap::default(),
            uses: Vec::new(),
        });
        id
    }

    /// The binding of a name in a scope itself.
    pub fn own(&self, scope: ScopeId, name: Name) -> Option<BindingId> {
        self.get(scope).by_name.get(&name).copied()
    }

    /// Declares a variable; one that is there already stays, with the stronger kind.
    pub fn declare(&mut self, scope: ScopeId, name: Name, kind: BindingKind, at: At) -> BindingId {
        let at_scope = self.get(scope);
        let own_arguments = name == self.hidden.arguments
            && at_scope.kind == ScopeKind::Function { arrow: false }
            && !at_scope.module;
        // A `var` of that name is the object all the same.
        let kind =
            if own_arguments && kind == BindingKind::Var { BindingKind::Arguments } else { kind };
        if let Some(found) = self.own(scope, name) {
            let binding = self.binding_mut(found);
            match (binding.kind, kind) {
                (
                    BindingKind::Var | BindingKind::Arguments | BindingKind::FunctionName,
                    BindingKind::Function,
                )
                | (BindingKind::FunctionName, _) => binding.kind = kind,
                // A later parameter of the same name hides the earlier: the register is chosen by the last.
                _ => {}
            }
            return found;
        }
        let id = BindingId(self.bindings.len() as u32);
        self.bindings.push(Binding {
            name,
            kind,
            scope,
            place: Place::Register,
            captured: false,
            begins_empty: false,
            hides: false,
            at,
        });
        let scope = self.get_mut(scope);
        scope.bindings.push(id);
        scope.by_name.insert(name, id);
        id
    }

    /// A use of a name in a scope, to be resolved later.
    pub fn note_use(&mut self, scope: ScopeId, found: &'a Use) {
        self.get_mut(scope).uses.push(found);
    }

    /// A direct `eval` stands in a scope.
    pub fn note_eval(&mut self, scope: ScopeId, strict: bool) {
        self.get_mut(scope).calls_eval = true;
        if !strict {
            let variables = self.get(scope).variables;
            self.get_mut(variables).extends = true;
        }
        let mut next = Some(scope);
        while let Some(scope) = next {
            self.get_mut(scope).eval_inside = true;
            next = self.get(scope).parent;
        }
    }

    /// Resolves all uses, then chooses where each variable lives.
    pub fn resolve(&mut self) {
        // What evaluated text may ask for must be there.
        for scope in (0..self.scopes.len() as u32).map(ScopeId) {
            if self.get(scope).eval_inside {
                let at = At::default();
                if let ScopeKind::Function { arrow: false } = self.get(scope).kind {
                    let HiddenNames { this, new_target, arguments, callee, .. } = self.hidden;
                    self.implicit(scope, this, at);
                    if !self.get(scope).module {
                        self.implicit(scope, arguments, at);
                    }
                    self.implicit(scope, new_target, at);
                    self.implicit(scope, callee, at);
                }
            }
        }
        for scope in (0..self.scopes.len() as u32).map(ScopeId) {
            for found in std::mem::take(&mut self.get_mut(scope).uses) {
                self.resolve_use(scope, found);
            }
        }
        for scope in (0..self.scopes.len() as u32).map(ScopeId) {
            self.place_bindings(scope);
        }
    }

    fn resolve_use(&mut self, from: ScopeId, found: &Use) {
        let (mut crossed, mut dynamic) = (false, false);
        let mut next = Some(from);
        while let Some(scope) = next {
            let at = self.get(scope);
            let kind = at.kind;
            let parent = at.parent;
            let (extends, parameters_end) = (at.extends, at.parameters_end);
            let own = at.by_name.get(&found.name).copied();
            let own = own.or_else(|| match kind {
                ScopeKind::Function { arrow: false } => {
                    self.implicit_if_hidden(scope, found.name, found.at)
                }
                _ => None,
            });
            if let Some(id) = own {
                let hidden = self.is_hidden(found.name);
                let derived = self.get(scope).derived;
                let in_switch = kind == ScopeKind::Switch;
                let binding = self.binding_mut(id);
                binding.captured |= crossed || dynamic;
                let early = crossed || before(found.at, binding.at) || in_switch;
                let in_parameters = parameters_end.is_some_and(|end| before(found.at, end));
                let asks = match binding.kind {
                    BindingKind::Parameter if in_parameters => early,
                    BindingKind::Let | BindingKind::Const | BindingKind::Class => early,
                    BindingKind::This => derived,
                    _ => false,
                };
                if asks {
                    binding.begins_empty = true;
                    found.check.set(true);
                }
                found.to.set(if dynamic && !hidden {
                    Reference::Dynamic
                } else {
                    Reference::Binding(id)
                });
                return;
            }
            match kind {
                ScopeKind::With => dynamic = true,
                ScopeKind::Function { .. } => {
                    dynamic |= extends;
                    crossed = true;
                }
                ScopeKind::Block => dynamic |= extends,
                _ => {}
            }
            next = parent;
        }
        let outside = self.outside == Outside::Contexts;
        found.to.set(if dynamic || outside { Reference::Dynamic } else { Reference::Global });
    }

    fn is_hidden(&self, name: Name) -> bool {
        let HiddenNames { this, new_target, callee, .. } = self.hidden;
        [this, new_target, callee].contains(&name)
    }

    /// The binding of `this` and its like in a function that is no arrow function, made where it is first used.
    fn implicit_if_hidden(&mut self, scope: ScopeId, name: Name, at: At) -> Option<BindingId> {
        let HiddenNames { this, new_target, callee, arguments, .. } = self.hidden;
        if name == arguments && self.get(scope).module {
            return None;
        }
        let known = [this, new_target, callee, arguments].contains(&name);
        known.then(|| self.implicit(scope, name, at))
    }

    fn implicit(&mut self, scope: ScopeId, name: Name, at: At) -> BindingId {
        let HiddenNames { this, new_target, callee, .. } = self.hidden;
        let kind = match name {
            name if name == this => BindingKind::This,
            name if name == new_target => BindingKind::NewTarget,
            name if name == callee => BindingKind::Callee,
            _ => BindingKind::Arguments,
        };
        self.declare(scope, name, kind, at)
    }

    /// Chooses registers and slots for a scope's variables.
    fn place_bindings(&mut self, scope: ScopeId) {
        let Scope { kind, eval_inside, extends, maps_arguments, derived, module, .. } =
            *self.get(scope);
        let bindings = self.get(scope).bindings.clone();
        let script = kind == ScopeKind::Script;
        let outside = self.outside;
        // A sloppy function that uses `arguments` shares its parameters with that object.
        let arguments = self.own(scope, self.hidden.arguments);
        let maps = maps_arguments
            && arguments.is_some_and(|id| self.binding(id).kind == BindingKind::Arguments);
        let mut slots = CONTEXT_HEADER + u16::from(extends && !script);
        let first = slots;
        for id in bindings {
            let binding = self.binding_mut(id);
            if script && matches!(binding.kind, BindingKind::Var | BindingKind::Function) {
                binding.place = match outside {
                    Outside::Global | Outside::Script => Place::Global,
                    Outside::IndirectEval | Outside::Contexts => Place::Extension,
                };
                continue;
            }
            let lexical =
                matches!(binding.kind, BindingKind::Let | BindingKind::Const | BindingKind::Class);
            if script && lexical && outside == Outside::Script {
                binding.place = Place::Script;
                continue;
            }
            let parameter = maps && binding.kind == BindingKind::Parameter;
            // What V8 knows of private names and computed fields is in the class's context.
            let private = kind == ScopeKind::Class && binding.kind == BindingKind::Hidden;
            let kept = kind == ScopeKind::Catch || parameter || eval_inside || module || private;
            if binding.captured || kept {
                binding.place = Place::Context(slots);
                let this = derived && binding.kind == BindingKind::This;
                binding.begins_empty |= binding.kind.is_lexical() || this;
                slots += if binding.kind == BindingKind::Import { 2 } else { 1 };
            }
        }
        let needed = slots > first || (extends && !script) || self.get(scope).becomes_strict;
        self.get_mut(scope).context_slots = if needed { slots } else { 0 };
    }
}

fn before(a: At, b: At) -> bool {
    (a.line, a.column) < (b.line, b.column)
}
