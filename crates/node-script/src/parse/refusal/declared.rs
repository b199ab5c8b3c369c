//! Scopes with the names that they declare, functions with their labels, classes with their private names.

use super::reader::Reader;
use super::state::{
    Function, FunctionKind, Mistake, Mode, Nested, Scope, ScopeId, ScopeKind, Target,
};
use hashbrown::HashMap;

impl Reader<'_> {
    pub(super) fn add_scope(&mut self, kind: ScopeKind) -> ScopeId {
        let parent = (!self.scopes.is_empty()).then_some(self.scope);
        self.scopes.push(Scope {
            kind,
            parent,
            strict: parent.is_some_and(|parent| self.scopes[parent.0].strict),
            function_kind: FunctionKind::Top,
            is_async: false,
            simple_parameters: true,
            names: HashMap::new(),
            order: Vec::new(),
            nested: Vec::new(),
        });
        ScopeId(self.scopes.len() - 1)
    }

    /// Runs `f` in a new scope.
    pub(super) fn in_scope<R>(&mut self, kind: ScopeKind, f: impl FnOnce(&mut Self) -> R) -> R {
        let scope = self.add_scope(kind);
        self.within(scope, f)
    }

    pub(super) fn within<R>(&mut self, scope: ScopeId, f: impl FnOnce(&mut Self) -> R) -> R {
        let outer = core::mem::replace(&mut self.scope, scope);
        let result = f(self);
        self.scope = outer;
        result
    }

    pub(super) fn function(&self) -> &Function {
        self.functions.last().expect("a text is a function")
    }

    pub(super) fn function_mut(&mut self) -> &mut Function {
        self.functions.last_mut().expect("a text is a function")
    }

    /// The scope around that declares `var`s.
    pub(super) fn var_scope(&self) -> ScopeId {
        self.outward(|scope| scope.declares_vars())
    }

    /// The scope of the function around, through bodies.
    pub(super) fn function_scope(&self) -> ScopeId {
        self.outward(|scope| scope.declares_vars() && scope.kind != ScopeKind::Body)
    }

    /// The scope of the function whose `this` and `super` are seen here.
    pub(super) fn receiver(&self) -> ScopeId {
        self.outward(|scope| {
            let own =
                scope.kind == ScopeKind::Function && scope.function_kind != FunctionKind::Arrow;
            own || matches!(scope.kind, ScopeKind::Script | ScopeKind::Eval | ScopeKind::Module)
        })
    }

    fn outward(&self, stop: impl Fn(&Scope) -> bool) -> ScopeId {
        let mut at = self.scope;
        while !stop(&self.scopes[at.0]) {
            let Some(parent) = self.scopes[at.0].parent else { break };
            at = parent;
        }
        at
    }

    // -- declarations -------------------------------------------------------------------------------------------

    /// Declares a name; without an end, what is marked is its first letter.
    pub(super) fn declare(&mut self, name: &str, mode: Mode, start: u32, end: Option<u32>) {
        let scope = if mode == Mode::Var { self.var_scope() } else { self.scope };
        let clashes = self.add_name(scope, name, mode, start);
        if mode == Mode::Var && scope != self.scope {
            let nested = Nested { name: name.to_owned(), scope: self.scope, at: start };
            self.scopes[scope.0].nested.push(nested);
        }
        if clashes {
            self.report(start, end.unwrap_or(start + 1), declared(name));
        }
    }

    /// Whether the name is one that may not be declared so again.
    fn add_name(&mut self, scope: ScopeId, name: &str, mode: Mode, at: u32) -> bool {
        let scope = &mut self.scopes[scope.0];
        match scope.names.get(name) {
            None => {
                scope.names.insert(name.to_owned(), mode);
                scope.order.push((name.to_owned(), at));
                false
            }
            Some(Mode::Var) => mode != Mode::Var,
            Some(before) => !(*before == Mode::BlockFunction && mode == Mode::BlockFunction),
        }
    }

    /// Declares a parameter of the function whose scope this is; whether another has its name.
    pub(super) fn declare_parameter(&mut self, name: &str, at: u32) -> bool {
        let known = self.scopes[self.scope.0].has(name);
        self.add_name(self.scope, name, Mode::Var, at);
        known
    }

    /// The names that the scope here has, or the one around that declares `var`s, from the one of that number on.
    pub(super) fn names_from(&self, first: usize, lexical: bool) -> Vec<String> {
        let scope = if lexical { self.scope } else { self.var_scope() };
        self.scopes[scope.0].order[first..].iter().map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn name_count(&self, lexical: bool) -> usize {
        let scope = if lexical { self.scope } else { self.var_scope() };
        self.scopes[scope.0].order.len()
    }

    /// Declares what catches.
    pub(super) fn declare_caught(&mut self, scope: ScopeId, name: &str, at: u32) {
        self.add_name(scope, name, Mode::Var, at);
    }

    /// Tells of the first name of `outer` that `inner` declares again, by its place there. Of lexical names alone, or of any.
    pub(super) fn check_shadowed(&mut self, outer: ScopeId, inner: ScopeId, lexical: bool) {
        let (around, scope) = (&self.scopes[outer.0], &self.scopes[inner.0]);
        let shadows = |(name, _): &&(String, u32)| match scope.names.get(name) {
            Some(Mode::Var) => !lexical,
            Some(_) => true,
            None => false,
        };
        let Some((name, _)) = around.order.iter().find(shadows) else { return };
        let at = scope.order.iter().find(|(known, _)| known == name).map_or(0, |(_, at)| *at);
        let message = declared(name);
        self.report(at, at + 1, message);
    }

    /// Tells of the first `var` of a block that another name between is in the way of.
    pub(super) fn check_vars(&mut self, scope: ScopeId) {
        let clashes = |nested: &&Nested| {
            let mut at = nested.scope;
            while at != scope {
                let here = &self.scopes[at.0];
                if here.kind != ScopeKind::Catch && here.has(&nested.name) {
                    return true;
                }
                let Some(parent) = here.parent else { break };
                at = parent;
            }
            false
        };
        if let Some(found) = self.scopes[scope.0].nested.iter().find(clashes) {
            let mistake = Mistake::new(found.at, found.at + 1, declared(&found.name));
            self.report_mistake(mistake);
        }
    }

    // -- private names ------------------------------------------------------------------------------------------

    /// A private name is used.
    pub(super) fn use_private(&mut self, name: &str, at: u32) {
        match self.classes.iter_mut().rev().find(|class| !class.heritage) {
            Some(class) => class.used.push((name.to_owned(), at)),
            None => self.use_outer_private(name, at),
        }
    }

    fn use_outer_private(&mut self, name: &str, at: u32) {
        let known = |names: &Vec<String>| names.iter().any(|known| known == name);
        if !self.outer_private.as_ref().is_some_and(known) {
            let message = format!("Private field '{name}' must be declared in an enclosing class");
            self.report(at, at + 1, message);
        }
    }

    /// A class ends: what it does not know of the private names that it uses is asked of the class around.
    pub(super) fn close_class(&mut self) {
        let Some(class) = self.classes.pop() else { return };
        for (name, at) in class.used.iter().filter(|(name, _)| !class.private.contains_key(name)) {
            self.use_private(name, *at);
        }
    }

    /// Declares the private name of a member that ends here.
    pub(super) fn declare_private(
        &mut self,
        name: &str,
        is_static: bool,
        accessor: Option<FunctionKind>,
    ) {
        let Some(class) = self.classes.last_mut() else { return };
        let completes = match class.private.get(name) {
            None => true,
            Some((known, Some(before))) => {
                *known == is_static && accessor.is_some_and(|kind| kind != *before)
            }
            Some(_) => false,
        };
        if !completes {
            return self.report_here(declared(name));
        }
        let open = if class.private.contains_key(name) { None } else { accessor };
        class.private.insert(name.to_owned(), (is_static, open));
    }

    // -- labels -------------------------------------------------------------------------------------------------

    /// Runs `f` inside a statement that `break` or `continue` may go to.
    pub(super) fn in_target<R>(&mut self, target: Target, f: impl FnOnce(&mut Self) -> R) -> R {
        self.function_mut().targets.push(target);
        let result = f(self);
        self.function_mut().targets.pop();
        result
    }

    pub(super) fn has_label(&self, label: &str) -> bool {
        self.function().targets.iter().any(|target| target.labels.iter().any(|one| one == label))
    }
}

fn declared(name: &str) -> String {
    format!("Identifier '{name}' has already been declared")
}
