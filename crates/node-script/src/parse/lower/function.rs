//! Functions of all kinds, and what a text as a whole is.

use super::{Around, Lower, Lowered, at};
use crate::parse::names::Name;
use crate::parse::scope::{BindingKind, Outside, ScopeId, ScopeKind};
use crate::parse::tree::{At, Body, Function, FunctionKind, Parameter, Statement, Target};
use boa_ast::Spanned;
use boa_ast::declaration::Binding;
use boa_ast::expression::Identifier;
use boa_ast::function::{
    FormalParameter, FormalParameterList, FormalParameterListFlags, FunctionBody,
};
use boa_ast::{LinearSpan, Script};
use std::cell::Cell;

/// A function of the parser's tree, whatever its type.
pub(super) struct Parts<'p> {
    pub kind: FunctionKind,
    pub is_async: bool,
    pub is_generator: bool,
    pub name: Option<Identifier>,
    pub named_inside: bool,
    pub parameters: &'p FormalParameterList,
    pub body: &'p FunctionBody,
    pub text: Option<LinearSpan>,
    /// The text of the class whose constructor it is.
    pub class_text: Option<(u32, u32)>,
    pub at: At,
}

/// The parts of a function node: all have the same methods.
macro_rules! parts {
    ($function:expr, $kind:expr, $is_async:expr, $is_generator:expr, $name:expr, $inside:expr, $at:expr) => {
        Parts {
            kind: $kind,
            is_async: $is_async,
            is_generator: $is_generator,
            name: $name,
            named_inside: $inside,
            parameters: $function.parameters(),
            body: $function.body(),
            text: Option::<boa_ast::LinearSpan>::from($function.linear_span()),
            class_text: None,
            at: $at,
        }
    };
}
pub(super) use parts;

impl<'a> Lower<'a> {
    pub(super) fn function(&mut self, parts: &Parts<'_>) -> Lowered<&'a Function<'a>> {
        let arrow = parts.kind.is_arrow();
        let strict = parts.body.strict() || self.strict();
        let simple = parts.parameters.is_simple();
        self.inside(ScopeKind::Function { arrow }, |this, scope| {
            this.functions.push(Around {
                kind: parts.kind,
                strict,
                assigned: 0,
                uses_super: false,
            });
            let inner = this.scopes.get_mut(scope);
            inner.maps_arguments = !strict && simple && !arrow;
            inner.derived = parts.kind == FunctionKind::DerivedConstructor;
            let list = parts.parameters;
            if list.flags().contains(FormalParameterListFlags::HAS_EXPRESSIONS) {
                this.scopes.get_mut(scope).parameters_end = Some(parameters_end(list));
            }
            let (parameters, rest) = this.parameters(list)?;
            let body = match this.scopes.get(scope).parameters_end {
                Some(_) => this.body_of_its_own(scope, parts.body)?,
                None => this.statements(parts.body.statements())?,
            };
            let own_name = match parts.name {
                Some(name) if parts.named_inside => {
                    let own = this.scopes.own(scope, Name(name.sym()));
                    if own.is_none() {
                        this.declare(name.sym(), BindingKind::FunctionName, at(&name));
                    }
                    own.is_none().then(|| this.use_name(Name(name.sym()), at(&name)))
                }
                _ => None,
            };
            let around = this.functions.pop();
            Ok(&*this.arena.alloc(Function {
                at: parts.at,
                kind: parts.kind,
                is_async: parts.is_async,
                is_generator: parts.is_generator,
                strict,
                name: parts.name.map(|name| Name(name.sym())),
                own_name,
                parameters,
                rest,
                length: parts.parameters.length(),
                scope,
                body: Body::Statements(body),
                text: parts.class_text.or(parts.text.map(text_of)).unwrap_or_default(),
                assigned: Cell::new(around.as_ref().map_or(0, |around| around.assigned)),
                uses_super: around.is_some_and(|around| around.uses_super),
            }))
        })
    }

    /// A body whose variables are not those that the parameters' expressions see. A variable with a parameter's name
    /// begins with its value.
    fn body_of_its_own(
        &mut self,
        function: ScopeId,
        body: &FunctionBody,
    ) -> Lowered<&'a [Statement<'a>]> {
        let block = self.inside(ScopeKind::Block, |this, scope| {
            this.scopes.get_mut(scope).variables = scope;
            let list = this.statements(body.statements())?;
            let mut copies = Vec::new();
            for id in this.scopes.get(scope).bindings.clone() {
                let binding = this.scopes.binding(id);
                let (name, kind) = (binding.name, binding.kind);
                let arguments = name == this.scopes.hidden.arguments;
                let arrow = this.scopes.get(function).kind == ScopeKind::Function { arrow: true };
                let outer = this.scopes.own(function, name).is_some() || (arguments && !arrow);
                if kind == BindingKind::Var && outer {
                    let from = this.use_in(function, name, At::NEVER);
                    let to = this.use_in(scope, name, At::NEVER);
                    copies.push(Statement::CopyFunction { from, to });
                }
            }
            copies.push(Statement::Block {
                scope: this.scopes.add(ScopeKind::Block, Some(scope)),
                body: list,
            });
            Ok(Statement::Block { scope, body: this.list(copies) })
        })?;
        Ok(self.list(vec![block]))
    }

    fn parameters(
        &mut self,
        list: &FormalParameterList,
    ) -> Lowered<(&'a [Parameter<'a>], Option<Target<'a>>)> {
        // All names are there before the first default value.
        let expressions = self.scopes.get(self.scope).parameters_end.is_some();
        for parameter in list.as_ref() {
            let end = parameter_end(parameter).filter(|_| expressions);
            self.each_name(parameter.variable().binding(), &mut |this, name, at| {
                this.declare(name, BindingKind::Parameter, end.unwrap_or(at));
            });
        }
        let (mut parameters, mut rest) = (Vec::new(), None);
        for parameter in list.as_ref() {
            self.initialising = true;
            let target = self.binding_target(parameter.variable().binding());
            self.initialising = false;
            let target = target?;
            if parameter.is_rest_param() {
                rest = Some(target);
                continue;
            }
            let default = parameter.init().map(|value| self.expression(value)).transpose()?;
            parameters.push(Parameter { target, default });
        }
        Ok((self.list(parameters), rest))
    }

    /// A function that the source does not spell, whose body is lowered in its scope; `text` is what it shows as its own.
    pub(super) fn hidden_function(
        &mut self,
        kind: FunctionKind,
        name: Option<Name>,
        at: At,
        text: (u32, u32),
        body: impl FnOnce(&mut Self) -> Lowered<Body<'a>>,
    ) -> Lowered<&'a Function<'a>> {
        let arrow = kind.is_arrow();
        self.inside(ScopeKind::Function { arrow }, |this, scope| {
            this.functions.push(Around { kind, strict: true, assigned: 0, uses_super: false });
            this.scopes.get_mut(scope).derived = kind == FunctionKind::DerivedConstructor;
            let body = body(this)?;
            let around = this.functions.pop();
            Ok(&*this.arena.alloc(Function {
                at,
                kind,
                is_async: false,
                is_generator: false,
                strict: true,
                name,
                own_name: None,
                parameters: &[],
                rest: None,
                length: 0,
                scope,
                body,
                text,
                assigned: Cell::new(0),
                uses_super: around.is_some_and(|around| around.uses_super),
            }))
        })
    }

    /// A function's body with parameters that are given (a CommonJS module).
    pub(in crate::parse) fn body(
        &mut self,
        body: &FunctionBody,
        parameters: &[&str],
    ) -> Lowered<&'a Function<'a>> {
        let strict = body.strict();
        self.top(ScopeKind::Function { arrow: false }, strict, FunctionKind::Normal, |this| {
            let mut list = Vec::new();
            for name in parameters {
                let name = this.names.of(name);
                this.scopes.declare(this.scope, name, BindingKind::Parameter, At::default());
                let target = Target::Name(this.use_name(name, At::default()));
                list.push(Parameter { target, default: None });
            }
            let body = this.statements(body.statements())?;
            Ok((this.list(list), body, false))
        })
    }

    pub(in crate::parse) fn script(
        &mut self,
        script: &Script,
        strict: bool,
    ) -> Lowered<&'a Function<'a>> {
        let strict = strict || script.strict();
        let outside = self.scopes.outside;
        let eval = matches!(outside, Outside::Contexts | Outside::IndirectEval);
        let kind = match strict && eval {
            // Its variables are its own, but `this` is not.
            true => ScopeKind::Function { arrow: true },
            false => ScopeKind::Script,
        };
        self.top(kind, strict, FunctionKind::Top, |this| {
            let body = this.statements(script.statements())?;
            Ok((this.list(Vec::new()), body, false))
        })
    }

    fn top(
        &mut self,
        kind: ScopeKind,
        strict: bool,
        function: FunctionKind,
        f: impl FnOnce(&mut Self) -> Lowered<(&'a [Parameter<'a>], &'a [Statement<'a>], bool)>,
    ) -> Lowered<&'a Function<'a>> {
        let scope = self.scopes.add(kind, None);
        self.scope = scope;
        self.functions.push(Around { kind: function, strict, assigned: 0, uses_super: false });
        self.scopes.get_mut(scope).maps_arguments = !strict;
        let (parameters, body, is_async) = f(self)?;
        self.functions.pop();
        Ok(self.arena.alloc(Function {
            at: At { line: 1, column: 1 },
            kind: function,
            is_async,
            is_generator: false,
            strict,
            name: None,
            own_name: None,
            parameters,
            rest: None,
            length: parameters.len() as u32,
            scope,
            body: Body::Statements(body),
            text: (0, self.text.len() as u32),
            assigned: Cell::new(0),
            uses_super: false,
        }))
    }

    /// Declares the names that a binding binds.
    pub(super) fn declare_names(&mut self, binding: &Binding, kind: BindingKind) {
        self.each_name(binding, &mut |this, name, at| match kind {
            BindingKind::Var => this.declare_var(name, at),
            kind => this.declare(name, kind, at),
        });
    }
}

/// Where a parameter with an expression ends.
fn parameter_end(parameter: &FormalParameter) -> Option<At> {
    let end = |span: boa_ast::Span| At {
        line: span.end().line_number(),
        column: span.end().column_number(),
    };
    match (parameter.init(), parameter.variable().binding()) {
        (Some(value), _) => Some(end(value.span())),
        (None, Binding::Pattern(pattern)) => Some(end(pattern.span())),
        (None, Binding::Identifier(name)) => Some(end(name.span())),
    }
}

/// Where the last parameter ends.
fn parameters_end(list: &FormalParameterList) -> At {
    list.as_ref().last().and_then(parameter_end).unwrap_or_default()
}

pub(super) fn text_of(span: LinearSpan) -> (u32, u32) {
    (span.start().pos() as u32, span.end().pos() as u32)
}
