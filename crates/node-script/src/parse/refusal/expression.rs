//! Expressions, from those with commas to those with operators and calls.

use super::reader::Reader;
use super::state::{
    AFTER_REST, CoverKind, Expression, FunctionKind, Kind, Mistake, PROPERTY, Parts, REST_DEFAULT,
    ScopeKind, TARGET,
};
use super::token::Token;
use crate::parse::tree::Allows;

const POWER: &str = "Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence";
const SUPER: &str = "'super' keyword unexpected here";

impl Reader<'_> {
    /// Runs `f` where `in` is an operator or not.
    pub(super) fn accepting_in<R>(&mut self, accepts: bool, f: impl FnOnce(&mut Self) -> R) -> R {
        let outer = core::mem::replace(&mut self.accepts_in, accepts);
        let result = f(self);
        self.accepts_in = outer;
        result
    }

    /// An expression that can be nothing else.
    pub(super) fn expression(&mut self) -> Expression {
        self.open_cover(CoverKind::Expression);
        let read = self.accepting_in(true, Self::covered_expression);
        self.close_expression();
        read
    }

    pub(super) fn assignment(&mut self) -> Expression {
        self.open_cover(CoverKind::Expression);
        let read = self.covered_assignment();
        self.close_expression();
        read
    }

    /// One or more, with commas, that may be an arrow's parameters.
    pub(super) fn covered_expression(&mut self) -> Expression {
        let mut parts = self.open_parts();
        let mut count = 0;
        let read = loop {
            if self.peek_is("...") {
                break self.rest_of_arrow(&mut parts);
            }
            let start = self.next.start;
            let read = self.covered_assignment();
            self.note_arrow_parameter(&mut parts, start, &read);
            count += 1;
            if !self.check(",") || (self.peek_is(")") && self.peek_ahead() == Token::Sign("=>")) {
                break if count == 1 { read } else { Expression::other(start) };
            }
        };
        self.close_parts(parts);
        read
    }

    fn rest_of_arrow(&mut self, parts: &mut Parts) -> Expression {
        self.take();
        let (begin, end) = (self.current.start, self.current.end);
        let start = self.next.start;
        let pattern = self.binding_pattern();
        self.note_arrow_parameter(parts, start, &pattern);
        self.note_not_simple();
        if self.peek_is("=") {
            self.report_here(REST_DEFAULT);
            return Expression::failure();
        }
        if self.peek_is(",") {
            self.report_here(AFTER_REST);
            return Expression::failure();
        }
        if !self.peek_is(")") || self.peek_ahead() != Token::Sign("=>") {
            self.unexpected_at(begin, end, Token::Sign("..."));
            return Expression::failure();
        }
        Expression::other(begin)
    }

    pub(super) fn covered_assignment(&mut self) -> Expression {
        let start = self.next.start;
        if self.peek() == Token::Yield && self.function().is_generator {
            return self.yield_expression();
        }
        let mut read = self.conditional();
        let operator = self.peek();
        if operator == Token::Sign("=>") {
            if read.name().is_none() && !read.parenthesized {
                const MESSAGE: &str = "Malformed arrow function parameter list";
                self.report(read.at, self.current.start, MESSAGE);
                return Expression::failure();
            }
            return self.arrow_function(start);
        }
        if !operator.is_assignment() {
            return read;
        }
        let end = self.current.end;
        if self.is_assignable_name(&read) {
            if read.parenthesized {
                self.note_declaration(Mistake::new(start, end, TARGET));
            }
        } else if read.is_property() {
            self.note_declaration(Mistake::new(start, end, PROPERTY));
            self.is_expression();
        } else if read.kind == Kind::Pattern && operator == Token::Sign("=") {
            if read.parenthesized {
                let certain = self.is_in_declaration();
                let message = if certain { TARGET } else { "Invalid left-hand side in assignment" };
                self.report(start, end, message);
            }
            self.is_pattern(&read, start, end);
        } else {
            let early = matches!(operator, Token::Sign("&&=" | "||=" | "??="));
            read = self.reference(&read, start, end, "Invalid left-hand side in assignment", early);
        }
        self.take();
        let at = self.current.start;
        self.assignment();
        if operator != Token::Sign("=") {
            self.note_pattern(Mistake::new(start, self.current.end, TARGET));
        }
        let kind = if read.kind == Kind::Failure { Kind::Other } else { Kind::Assignment };
        Expression::new(if operator == Token::Sign("=") { Kind::Assignment } else { kind }, at)
    }

    fn yield_expression(&mut self) -> Expression {
        let (start, end) = (self.next.start, self.next.end);
        const MESSAGE: &str = "Yield expression not allowed in formal parameter";
        self.note_initializer(Mistake::new(start, end, MESSAGE));
        self.take();
        if self.current.escaped {
            self.unexpected(Token::EscapedWord);
        }
        if !self.next.below {
            let delegates = self.check("*");
            let ends = self.peek() == Token::End
                || matches!(self.peek(), Token::Sign(";" | "}" | "]" | ")" | ":" | "," | "in"));
            if delegates || !ends {
                self.covered_assignment();
            }
        }
        Expression::other(start)
    }

    fn conditional(&mut self) -> Expression {
        let start = self.next.start;
        let read = self.logical();
        if !self.check("?") {
            return read;
        }
        self.accepting_in(true, Self::assignment);
        self.expect_sign(":");
        self.assignment();
        Expression::other(start)
    }

    fn logical(&mut self) -> Expression {
        let mut read = self.binary(6);
        match self.peek() {
            token @ Token::Sign("&&" | "||") => {
                let precedence = token.precedence(self.accepts_in);
                read = self.operators(read, 4, precedence);
            }
            Token::Sign("??") => {
                let mut first = true;
                while self.check("??") {
                    let at = self.next.start;
                    self.binary(6);
                    let begins = if first { at } else { read.at };
                    (read, first) = (Expression::other(begins), false);
                }
            }
            _ => {}
        }
        read
    }

    fn binary(&mut self, least: u8) -> Expression {
        if self.peek() == Token::Private {
            let start = self.next.start;
            self.property_or_private();
            let precedence = self.peek().precedence(self.accepts_in);
            if !self.peek_is("in") || precedence < least {
                self.unexpected(Token::Private);
                return Expression::failure();
            }
            return self.operators(Expression::other(start), least, precedence);
        }
        let read = self.unary();
        match self.peek().precedence(self.accepts_in) {
            precedence if precedence >= least => self.operators(read, least, precedence),
            _ => read,
        }
    }

    fn operators(&mut self, mut left: Expression, least: u8, mut precedence: u8) -> Expression {
        while precedence >= least {
            while self.peek().precedence(self.accepts_in) == precedence {
                let at = self.next.start;
                let Token::Sign(sign) = self.take() else { break };
                self.binary(if sign == "**" { precedence } else { precedence + 1 });
                left = match left.kind {
                    // Of a row of one operator V8 makes one node, at the place of its first operand.
                    Kind::Row(before, first)
                        if before == sign
                            && !left.parenthesized
                            && !matches!(precedence, 9 | 10 | 14) =>
                    {
                        Expression::new(Kind::Row(sign, first), first)
                    }
                    _ => Expression::new(Kind::Row(sign, left.at), at),
                };
            }
            precedence -= 1;
        }
        left
    }

    fn unary(&mut self) -> Expression {
        match self.peek() {
            Token::Sign("!" | "~" | "delete" | "typeof" | "void" | "+" | "-" | "++" | "--") => {
                self.prefixed()
            }
            Token::Await if self.awaits() => {
                let (start, end) = (self.next.start, self.next.end);
                const MESSAGE: &str =
                    "Illegal await-expression in formal parameters of async function";
                self.note_initializer(Mistake::new(start, end, MESSAGE));
                self.take();
                if self.current.escaped {
                    self.unexpected(Token::EscapedWord);
                }
                self.unary();
                self.no_power(start)
            }
            _ => self.postfixed(),
        }
    }

    pub(super) fn awaits(&self) -> bool {
        let function = self.function();
        function.is_async || function.kind == FunctionKind::Module
    }

    fn no_power(&mut self, start: u32) -> Expression {
        if self.peek_is("**") {
            self.report(start, self.next.end, POWER);
            return Expression::failure();
        }
        Expression::other(start)
    }

    fn prefixed(&mut self) -> Expression {
        let operator = self.take();
        let at = self.current.start;
        let start = self.next.start;
        let read = self.unary();
        if matches!(operator, Token::Sign("++" | "--")) {
            if !self.is_reference(&read) {
                const MESSAGE: &str = "Invalid left-hand side expression in prefix operation";
                self.reference(&read, start, self.current.end, MESSAGE, false);
            }
            return Expression::other(self.current.start);
        }
        if operator == Token::Sign("delete") {
            if read.name().is_some() && self.strict() {
                self.report_here("Delete of an unqualified identifier in strict mode.");
                return Expression::failure();
            }
            if matches!(read.kind, Kind::PrivateProperty | Kind::PrivateChain) {
                self.report_here("Private fields can not be deleted");
                return Expression::failure();
            }
        }
        self.no_power(at)
    }

    fn postfixed(&mut self) -> Expression {
        let start = self.next.start;
        let read = self.left_hand_side();
        if !matches!(self.peek(), Token::Sign("++" | "--")) || self.next.below {
            return read;
        }
        if !self.is_reference(&read) {
            const MESSAGE: &str = "Invalid left-hand side expression in postfix operation";
            self.reference(&read, start, self.current.end, MESSAGE, false);
        }
        self.take();
        Expression::other(self.current.start)
    }

    pub(super) fn left_hand_side(&mut self) -> Expression {
        let read = self.member_expression();
        match self.peek().is_property_or_call() {
            true => self.calls(read),
            false => read,
        }
    }

    fn calls(&mut self, mut read: Expression) -> Expression {
        if self.peek_is("(")
            && read.name().is_some()
            && self.current.token == Token::Async
            && !self.next.below
            && !self.current.escaped
        {
            let at = self.current.start;
            self.open_cover(CoverKind::MaybeAsyncArrow);
            self.arguments(true);
            if self.peek_is("=>") {
                self.close_arrow();
                return Expression { parenthesized: true, ..Expression::other(at) };
            }
            self.close_expression();
            read = Expression::new(Kind::Call, at);
        }
        let (mut optional, mut chain) = (false, false);
        while self.peek().is_property_or_call() {
            match self.peek() {
                Token::Sign("?.") => {
                    if optional {
                        self.unexpected(self.peek());
                        return Expression::failure();
                    }
                    self.take();
                    (optional, chain) = (true, true);
                    if self.peek().is_property_or_call() {
                        continue;
                    }
                    let at = self.current.start;
                    read = self.property(at);
                }
                Token::Sign("[") => {
                    self.take();
                    read = self.index();
                }
                Token::Sign(".") => {
                    if optional {
                        let token = self.take();
                        self.unexpected(token);
                        return Expression::failure();
                    }
                    self.take();
                    let at = self.current.start;
                    read = self.property(at);
                }
                Token::Sign("(") => {
                    let named = self.current.token.is_any_name()
                        || self.current.token == Token::Sign("super");
                    let at = if named { self.current.start } else { self.next.start };
                    self.arguments(false);
                    read = Expression::new(Kind::Call, at);
                }
                _ => {
                    if chain {
                        self.report_next("Invalid tagged template on optional chain");
                        return Expression::failure();
                    }
                    let at = self.current.start;
                    self.template(true);
                    read = Expression::other(at);
                }
            }
            optional = false;
        }
        // A chain that may end early is no reference.
        match (chain, &read.kind) {
            (true, Kind::PrivateProperty) => Expression::new(Kind::PrivateChain, read.at),
            (true, _) => Expression::other(read.at),
            _ => read,
        }
    }

    fn property(&mut self, at: u32) -> Expression {
        let private = self.property_or_private();
        Expression::new(if private { Kind::PrivateProperty } else { Kind::Property }, at)
    }

    fn index(&mut self) -> Expression {
        let at = self.current.start;
        self.accepting_in(true, Self::covered_expression);
        self.expect_sign("]");
        Expression::new(Kind::Property, at)
    }

    /// The name of a property; whether it is a private one.
    fn property_or_private(&mut self) -> bool {
        // What is marked of a private name is the token before.
        let at = self.current.start;
        let token = self.take();
        if token == Token::Private {
            let name = self.current.text.clone();
            self.use_private(&name, at);
            return true;
        }
        if !token.is_property_name() {
            self.unexpected(token);
        }
        false
    }

    /// What is between the parentheses of a call.
    pub(super) fn arguments(&mut self, maybe_arrow: bool) {
        self.take();
        let mut parts = self.open_parts();
        while !self.peek_is(")") && !self.failed() {
            let spread = self.check("...");
            let start = self.next.start;
            let read = self.accepting_in(true, Self::covered_assignment);
            if maybe_arrow {
                self.note_arrow_parameter(&mut parts, start, &read);
                if spread {
                    self.note_not_simple();
                    if read.kind == Kind::Assignment {
                        let (start, end) = (self.current.start, self.current.end);
                        let message = REST_DEFAULT;
                        self.note_async_arrow(Mistake::new(start, end, message));
                    }
                    if self.peek_is(",") {
                        let (start, end) = (self.next.start, self.next.end);
                        let message = AFTER_REST;
                        self.note_async_arrow(Mistake::new(start, end, message));
                    }
                }
            }
            if !self.check(",") {
                break;
            }
        }
        let (start, end) = (self.current.start, self.current.end);
        if !self.check(")") {
            self.report(start, end, "missing ) after argument list");
        }
        self.close_parts(parts);
    }

    fn member_expression(&mut self) -> Expression {
        let read = self.primary();
        self.members(read)
    }

    fn members(&mut self, mut read: Expression) -> Expression {
        while self.peek().is_member() {
            read = match self.peek() {
                Token::Sign("[") => {
                    self.take();
                    self.index()
                }
                Token::Sign(_) => {
                    self.take();
                    let at = self.next.start;
                    self.property(at)
                }
                _ => {
                    let named = self.current.token == Token::Name;
                    let at = if named { self.current.start } else { self.next.start };
                    self.template(true);
                    Expression::other(at)
                }
            };
        }
        read
    }

    pub(super) fn new_expression(&mut self) -> Expression {
        self.take();
        let at = self.current.start;
        if self.peek_is("import") && self.peek_ahead() == Token::Sign("(") {
            self.report_next("Cannot use new with import");
            return Expression::failure();
        }
        if self.peek_is(".") {
            let at = self.current.start;
            self.take();
            self.expect_word("target", Some(("new.target", at)));
            let receiver = self.receiver();
            let allowed = match self.scopes[receiver.0].kind {
                ScopeKind::Function => true,
                _ => self.allows.has(Allows::NEW_TARGET),
            };
            if !allowed {
                self.report_here("new.target expression is not allowed here");
                return Expression::failure();
            }
            return self.members(Expression::other(at));
        }
        let read = self.member_expression();
        if read.kind == Kind::SuperCall {
            self.report_here(SUPER);
            return Expression::failure();
        }
        if self.peek_is("(") {
            self.arguments(false);
            return self.members(Expression::other(at));
        }
        if self.peek_is("?.") {
            self.report_next("Invalid optional chain from new expression");
            return Expression::failure();
        }
        Expression::other(at)
    }

    pub(super) fn super_expression(&mut self) -> Expression {
        self.take();
        let at = self.current.start;
        let receiver = self.receiver();
        let scope = &self.scopes[receiver.0];
        let is_function = scope.kind == ScopeKind::Function;
        let kind = scope.function_kind;
        let properties =
            kind.is_method() || !is_function && self.allows.has(Allows::SUPER_PROPERTY);
        let calls = kind == FunctionKind::DerivedConstructor
            || !is_function && self.allows.has(Allows::SUPER_CALL);
        match self.peek() {
            Token::Sign("." | "[") if properties => {
                if self.peek_is(".") && self.peek_ahead() == Token::Private {
                    self.take();
                    self.take();
                    self.report_here("Unexpected private field");
                    return Expression::failure();
                }
                return Expression::other(at);
            }
            Token::Sign("(") if calls => return Expression::new(Kind::SuperCall, at),
            _ => {}
        }
        self.report_here(SUPER);
        Expression::failure()
    }

    pub(super) fn import_expression(&mut self) -> Expression {
        self.take();
        let at = self.current.start;
        if self.check(".") {
            self.expect_word("meta", Some(("import.meta", at)));
            if !self.module {
                self.report_here("Cannot use 'import.meta' outside a module");
                return Expression::failure();
            }
            return Expression::other(at);
        }
        if !self.peek_is("(") {
            if self.module {
                let token = self.take();
                self.unexpected(token);
            } else {
                self.report_here("Cannot use import statement outside a module");
            }
            return Expression::failure();
        }
        self.take();
        if self.peek_is(")") {
            self.report_here("import() requires a specifier");
            return Expression::failure();
        }
        self.accepting_in(true, |this| {
            this.covered_assignment();
            if this.check(",") && !this.peek_is(")") {
                this.covered_assignment();
                this.check(",");
            }
        });
        self.expect_sign(")");
        Expression::other(at)
    }
}
