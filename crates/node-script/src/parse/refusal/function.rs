//! Functions: their names, parameters and bodies.

use super::reader::Reader;
use super::state::{
    AFTER_REST, CoverKind, DEFAULT, DUPLICATE, EVAL, Expression, Function, FunctionKind, Mistake,
    Mode, RESERVED, REST_DEFAULT, ScopeId, ScopeKind, is_eval_or_arguments,
};
use super::token::Token;

/// The name of a function, which its own code may not allow.
pub(super) struct FunctionName {
    name: String,
    reserved: bool,
    start: u32,
    end: u32,
}

/// The parameters of a function that was read up to its body.
struct Parameters {
    simple: bool,
    count: usize,
    rest: bool,
    duplicate: Option<(u32, u32)>,
    strict: Option<Mistake>,
}

impl Reader<'_> {
    pub(super) fn function_expression(&mut self) -> Expression {
        self.take();
        let at = self.current.start;
        let is_generator = self.check("*");
        self.named_function(at, false, is_generator)
    }

    pub(super) fn async_function_expression(&mut self) -> Expression {
        let at = self.current.start;
        self.take();
        let is_generator = self.check("*");
        self.named_function(at, true, is_generator)
    }

    fn named_function(&mut self, at: u32, is_async: bool, is_generator: bool) -> Expression {
        let reserved = self.peek().is_reserved_in_strict_code();
        let name = self.peek().is_any_name().then(|| {
            let name = self.name_of(is_generator, self.module || is_async);
            FunctionName { name, reserved, start: self.current.start, end: self.current.end }
        });
        self.function_rest(FunctionKind::Normal, is_async, is_generator, name);
        Expression::other(at)
    }

    /// A function that is declared, from its word on. Returns its name, if it has one.
    pub(super) fn function_declaration(
        &mut self,
        is_async: bool,
        default_export: bool,
    ) -> Option<String> {
        let mut at = self.next.start;
        if is_async {
            at = self.current.start;
            if self.current.escaped {
                self.unexpected(Token::EscapedWord);
            }
        }
        self.take();
        let is_generator = self.check("*");
        self.declared_function(at, is_async, is_generator, default_export)
    }

    pub(super) fn declared_function(
        &mut self,
        at: u32,
        is_async: bool,
        is_generator: bool,
        default_export: bool,
    ) -> Option<String> {
        let mut declared = None;
        let mut name = None;
        if self.peek_is("(") {
            if !default_export {
                self.report_here("Function statements require a function name");
                return None;
            }
        } else {
            let reserved = self.peek().is_reserved_in_strict_code();
            let own = self.name();
            let (start, end) = (self.current.start, self.current.end);
            declared = Some(own.clone());
            name = Some(FunctionName { name: own, reserved, start, end });
        }
        self.function_rest(FunctionKind::Normal, is_async, is_generator, name);
        let name = match declared {
            Some(name) => name,
            None => DEFAULT.to_owned(),
        };
        let scope = &self.scopes[self.scope.0];
        let of_block = !matches!(
            scope.kind,
            ScopeKind::Script | ScopeKind::Eval | ScopeKind::Function | ScopeKind::Body
        );
        let mode = match of_block {
            false => Mode::Var,
            true if self.strict() || is_async || is_generator => Mode::Lexical,
            true => Mode::BlockFunction,
        };
        self.declare(&name, mode, at, None);
        Some(name)
    }

    /// A function from its parameters on.
    pub(super) fn function_rest(
        &mut self,
        kind: FunctionKind,
        is_async: bool,
        is_generator: bool,
        name: Option<FunctionName>,
    ) {
        self.uncovered(|this| {
            let scope = this.add_scope(ScopeKind::Function);
            this.scopes[scope.0].function_kind = kind;
            this.functions.push(Function::new(kind, is_async, is_generator));
            let outer = this.parameters_strict.take();
            this.within(scope, |this| {
                this.open_cover(CoverKind::Parameters);
                this.expect_sign("(");
                let start = this.current.start;
                let mut parameters = this.parameters();
                this.expect_sign(")");
                this.check_arity(kind, &parameters, start);
                this.expect_sign("{");
                parameters.duplicate = this.close_declaration();
                parameters.strict = this.parameters_strict.take();
                this.accepting_in(true, |this| this.body(scope, &parameters, kind, true));
                let strict = this.strict();
                if let Some(name) = name.filter(|_| strict) {
                    if is_eval_or_arguments(&name.name) {
                        this.report(name.start, name.end, EVAL);
                    } else if name.reserved {
                        this.report(name.start, name.end, RESERVED);
                    }
                }
                if strict {
                    this.check_octal(start, this.current.end);
                }
            });
            this.parameters_strict = outer;
            this.functions.pop();
        });
    }

    fn check_arity(&mut self, kind: FunctionKind, parameters: &Parameters, start: u32) {
        let end = self.current.end;
        match kind {
            FunctionKind::Getter if parameters.count > 0 => {
                self.report(start, end, "Getter must not have any formal parameters.");
            }
            FunctionKind::Setter if parameters.count != 1 => {
                self.report(start, end, "Setter must have exactly one formal parameter.");
            }
            FunctionKind::Setter if parameters.rest => {
                const MESSAGE: &str = "Setter function argument must not be a rest parameter";
                self.report(start, end, MESSAGE);
            }
            _ => {}
        }
    }

    fn parameters(&mut self) -> Parameters {
        let mut read =
            Parameters { simple: true, count: 0, rest: false, duplicate: None, strict: None };
        while !self.peek_is(")") {
            read.rest = self.check("...");
            self.parameter(&mut read);
            read.count += 1;
            if read.rest {
                read.simple = false;
                if self.peek_is(",") {
                    self.report_next(AFTER_REST);
                }
                break;
            }
            if !self.check(",") {
                break;
            }
        }
        read
    }

    fn parameter(&mut self, read: &mut Parameters) {
        let start = self.next.start;
        let pattern = self.binding_pattern();
        match pattern.name() {
            Some(name) => self.note_parameter(name, start, self.current.end),
            None => read.simple = false,
        }
        if self.check("=") {
            read.simple = false;
            if read.rest {
                return self.report_here(REST_DEFAULT);
            }
            self.accepting_in(true, Self::assignment);
        }
    }

    /// The body of a function, whose scope is the one here.
    fn body(&mut self, scope: ScopeId, parameters: &Parameters, kind: FunctionKind, block: bool) {
        self.scopes[scope.0].simple_parameters = parameters.simple;
        let inner = match parameters.simple {
            true => scope,
            false => self.add_scope(ScopeKind::Body),
        };
        self.within(inner, |this| {
            if block {
                this.statement_list(Token::Sign("}"));
                this.expect_sign("}");
            } else {
                this.assignment();
            }
        });
        self.check_vars(inner);
        let strict = self.scopes[inner.0].strict;
        self.scopes[scope.0].strict = strict;
        if inner != scope {
            self.check_shadowed(scope, inner, true);
        }
        let duplicates = parameters.simple && !strict && !kind.is_method();
        let arrow = kind == FunctionKind::Arrow;
        if let Some((start, end)) = parameters.duplicate.filter(|_| !duplicates || arrow) {
            self.report(start, end, DUPLICATE);
        }
        if let Some(mistake) = parameters.strict.clone().filter(|_| strict) {
            self.report_mistake(mistake);
        }
    }

    /// An arrow function whose parameters have been read, from its arrow on.
    pub(super) fn arrow_function(&mut self, start: u32) -> Expression {
        let strict = self.arrow_strict.take();
        let Some(scope) = self.arrow.take() else { return Expression::failure() };
        if self.next.below {
            let (start, end) = (self.next.start, self.next.end);
            self.unexpected_at(start, end, Token::Sign("=>"));
            return Expression::failure();
        }
        let is_async = self.scopes[scope.0].is_async;
        let simple = self.scopes[scope.0].simple_parameters;
        self.functions.push(Function::new(FunctionKind::Arrow, is_async, false));
        self.within(scope, |this| {
            this.take();
            let parameters = Parameters { simple, count: 0, rest: false, duplicate: None, strict };
            let block = this.check("{");
            this.uncovered(|this| {
                let accepts = block || this.accepts_in;
                this.accepting_in(accepts, |this| {
                    this.body(scope, &parameters, FunctionKind::Arrow, block);
                });
            });
            if this.strict() {
                this.check_octal(start, this.current.end);
            }
        });
        self.functions.pop();
        Expression::other(start)
    }
}
