//! Statements and declarations.

use super::reader::Reader;
use super::state::{
    CoverKind, EVAL, Expression, FunctionKind, Kind, Mode, ScopeId, ScopeKind, Target,
    is_eval_or_arguments,
};
use super::token::Token;

/// What a statement was; none where a mistake ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    Text,
    Other,
}

/// The labels before a statement, and those of them that are directly before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    all: Vec<String>,
    own: Vec<String>,
}

impl Labels {
    /// As the target that they name.
    pub(super) fn target(self) -> Target {
        Target { labels: self.all, ..Target::default() }
    }

    pub(super) fn of_loop(self) -> Target {
        Target { labels: self.all, own: self.own, is_loop: true, plain: true }
    }

    fn has(&self, label: &str) -> bool {
        self.all.iter().any(|one| one == label)
    }
}

/// What a list of declarations was.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) names: Vec<String>,
    pub(super) count: usize,
    /// The first that is a name alone.
    pub(super) first_is_name: bool,
    pub(super) lexical: bool,
    /// Where the first initializer is, with its name.
    pub(super) initialized: Option<(u32, u32)>,
    /// Where all of them are.
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Reader<'_> {
    /// Statements up to a token, with directives first.
    pub(super) fn statement_list(&mut self, end: Token) {
        let mut directives = true;
        while self.peek() != end {
            let (from, to) = (self.next.start, self.next.end);
            let is_text = self.peek() == Token::Text;
            let strict = is_text && self.next.text == "use strict" && to - from == 12;
            let Some(statement) = self.statement_list_item() else { return };
            directives &= is_text && statement == Statement::Text;
            if directives && strict {
                let scope = self.scope;
                self.scopes[scope.0].strict = true;
                let function = self.function_scope();
                if !self.scopes[function.0].simple_parameters {
                    const MESSAGE: &str =
                        "Illegal 'use strict' directive in function with non-simple parameter list";
                    return self.report(from, to, MESSAGE);
                }
            }
        }
    }

    pub(super) fn statement_list_item(&mut self) -> Option<Statement> {
        match self.peek() {
            Token::Sign("function") => {
                self.function_declaration(false, false);
                self.done()
            }
            Token::Sign("class") => {
                self.take();
                self.class_declaration(false);
                self.done()
            }
            Token::Sign("var" | "const") => self.variables(),
            Token::Let if self.let_declares() => self.variables(),
            Token::Async
                if self.peek_ahead() == Token::Sign("function") && !self.ends_line_after_next() =>
            {
                self.take();
                self.function_declaration(true, false);
                self.done()
            }
            _ => self.statement(Labels::default(), true),
        }
    }

    /// Nothing, if there was a mistake.
    fn done(&self) -> Option<Statement> {
        (!self.failed()).then_some(Statement::Other)
    }

    /// Whether `let` begins a declaration.
    pub(super) fn let_declares(&mut self) -> bool {
        match self.peek_ahead() {
            Token::Reserved | Token::EscapedReserved => !self.strict(),
            Token::Sign("{" | "[") => true,
            token => token.is_any_name(),
        }
    }

    fn statement(&mut self, labels: Labels, allow_function: bool) -> Option<Statement> {
        match self.peek() {
            Token::Sign("{") => {
                let scope = self.add_scope(ScopeKind::Block);
                self.block(scope, labels.target());
            }
            Token::Sign(";") => _ = self.take(),
            Token::Sign("if") => self.if_statement(&labels),
            Token::Sign("do") => self.do_while(labels),
            Token::Sign("while") => self.while_loop(labels),
            Token::Sign("for") => {
                if self.awaits() && self.peek_ahead() == Token::Await {
                    self.for_await(labels);
                } else {
                    self.for_loop(labels);
                }
            }
            Token::Sign("continue") => self.continue_statement(),
            Token::Sign("break") => self.break_statement(&labels),
            Token::Sign("return") => self.return_statement(),
            Token::Sign("throw") => self.throw_statement(),
            Token::Sign("try") => self.in_target(labels.target(), Self::try_statement),
            Token::Sign("with") => self.with_statement(labels),
            Token::Sign("switch") => self.switch_statement(labels),
            Token::Sign("function") => {
                let message = match self.strict() {
                    true => {
                        "In strict mode code, functions can only be declared at top level or inside a block."
                    }
                    false => {
                        "In non-strict mode code, functions can only be declared at top level, inside a block, or as the body of an if statement."
                    }
                };
                self.report_next(message);
            }
            Token::Sign("debugger") => {
                self.take();
                self.expect_semicolon();
            }
            Token::Sign("var") => return self.variables(),
            Token::Async
                if self.peek_ahead() == Token::Sign("function") && !self.ends_line_after_next() =>
            {
                self.report_next(
                    "Async functions can only be declared at the top level or inside a block.",
                );
            }
            _ => return self.expression_or_label(labels, allow_function),
        }
        self.done()
    }

    /// The statement that an `if`, a loop or a `with` has.
    pub(super) fn inner_statement(&mut self) {
        self.statement(Labels::default(), false);
    }

    pub(super) fn block(&mut self, scope: ScopeId, target: Target) {
        self.in_target(target, |this| {
            this.within(scope, |this| {
                this.expect_sign("{");
                while !this.peek_is("}") {
                    if this.statement_list_item().is_none() {
                        return;
                    }
                }
                this.expect_sign("}");
            });
        });
    }

    pub(super) fn plain_block(&mut self) -> ScopeId {
        let scope = self.add_scope(ScopeKind::Block);
        self.block(scope, Target::default());
        scope
    }

    fn expression_or_label(
        &mut self,
        mut labels: Labels,
        allow_function: bool,
    ) -> Option<Statement> {
        match self.peek() {
            Token::Sign("class") => {
                let token = self.take();
                self.unexpected(token);
                return None;
            }
            Token::Let => {
                let ahead = self.peek_ahead();
                let declares = ahead == Token::Sign("[")
                    || matches!(ahead, Token::Sign("{") | Token::Name)
                        && !self.ends_line_after_next();
                if declares {
                    self.report_next(
                        "Lexical declaration cannot appear in a single-statement context",
                    );
                    return None;
                }
            }
            _ => {}
        }
        let named = self.peek().is_any_name();
        self.open_cover(CoverKind::Expression);
        let read = self.accepting_in(true, Self::covered_expression);
        self.close_expression();
        if let (true, Some(label)) = (named && self.peek_is(":"), read.name()) {
            let label = label.to_owned();
            if labels.has(&label) || self.has_label(&label) {
                self.report_here(format!("Label '{label}' has already been declared"));
                return None;
            }
            labels.all.push(label.clone());
            labels.own.push(label);
            self.take();
            if self.peek_is("function") && !self.strict() && allow_function {
                self.plain_function();
                return self.done();
            }
            return self.statement(labels, allow_function);
        }
        self.expect_semicolon();
        match read {
            _ if self.failed() => None,
            Expression { kind: Kind::Text, .. } => Some(Statement::Text),
            _ => Some(Statement::Other),
        }
    }

    /// A function where no generator may stand: behind a label, or in an `if`.
    fn plain_function(&mut self) {
        self.take();
        let at = self.current.start;
        if self.check("*") {
            return self.report_here(
                "Generators can only be declared at the top level or inside a block.",
            );
        }
        self.declared_function(at, false, false, false);
    }

    fn if_statement(&mut self, labels: &Labels) {
        self.take();
        self.expect_sign("(");
        self.expression();
        self.expect_sign(")");
        self.scoped_statement(labels.clone());
        if self.check("else") {
            self.scoped_statement(labels.clone());
        }
    }

    fn scoped_statement(&mut self, labels: Labels) {
        if self.strict() || !self.peek_is("function") {
            self.statement(Labels { own: Vec::new(), ..labels }, false);
        } else {
            self.in_scope(ScopeKind::Block, Self::plain_function);
        }
    }

    fn jump_label(&mut self) -> Option<String> {
        let named = !self.next.below && !self.peek().ends_statement();
        named.then(|| self.name())
    }

    fn continue_statement(&mut self) {
        self.take();
        let label = self.jump_label();
        let targets = &self.function().targets;
        let found = targets.iter().any(|target| match &label {
            None => target.is_loop,
            Some(label) => target.is_loop && target.own.contains(label),
        });
        if !found {
            let message = match label {
                None => "Illegal continue statement: no surrounding iteration statement".to_owned(),
                Some(label) if self.has_label(&label) => format!(
                    "Illegal continue statement: '{label}' does not denote an iteration statement"
                ),
                Some(label) => format!("Undefined label '{label}'"),
            };
            return self.report_here(message);
        }
        self.expect_semicolon();
    }

    fn break_statement(&mut self, labels: &Labels) {
        self.take();
        let label = self.jump_label();
        let found = match &label {
            None => self.function().targets.iter().any(|target| target.plain),
            Some(label) => labels.has(label) || self.has_label(label),
        };
        if !found {
            let message = match label {
                None => "Illegal break statement".to_owned(),
                Some(label) => format!("Undefined label '{label}'"),
            };
            return self.report_here(message);
        }
        self.expect_semicolon();
    }

    fn return_statement(&mut self) {
        self.take();
        let scope = &self.scopes[self.var_scope().0];
        let refused = match scope.kind {
            ScopeKind::Script | ScopeKind::Eval | ScopeKind::Module => true,
            ScopeKind::Body => self.function().kind == FunctionKind::StaticInitialiser,
            _ => false,
        };
        if refused {
            return self.report_here("Illegal return statement");
        }
        if !self.next.below && !self.peek().ends_statement() {
            self.expression();
        }
        self.expect_semicolon();
    }

    fn throw_statement(&mut self) {
        self.take();
        if self.next.below {
            return self.report_here("Illegal newline after throw");
        }
        self.expression();
        self.expect_semicolon();
    }

    fn with_statement(&mut self, labels: Labels) {
        self.take();
        if self.strict() {
            return self.report_here("Strict mode code may not include a with statement");
        }
        self.expect_sign("(");
        self.expression();
        self.expect_sign(")");
        self.in_scope(ScopeKind::With, |this| {
            this.statement(Labels { own: Vec::new(), ..labels }, false);
        });
    }

    fn switch_statement(&mut self, labels: Labels) {
        self.take();
        self.expect_sign("(");
        self.expression();
        self.expect_sign(")");
        let target = Target { plain: true, ..labels.target() };
        self.in_target(target, |this| this.in_scope(ScopeKind::Block, Self::cases));
    }

    fn cases(&mut self) {
        self.expect_sign("{");
        let mut has_default = false;
        while !self.peek_is("}") && !self.failed() {
            if self.check("case") {
                self.expression();
            } else {
                self.expect_sign("default");
                if has_default {
                    return self.report_here("More than one default clause in switch statement");
                }
                has_default = true;
            }
            self.expect_sign(":");
            while !matches!(self.peek(), Token::Sign("case" | "default" | "}")) {
                if self.statement_list_item().is_none() {
                    return;
                }
            }
        }
        self.expect_sign("}");
    }

    fn try_statement(&mut self) {
        self.take();
        self.plain_block();
        if !self.peek_is("catch") && !self.peek_is("finally") {
            return self.report_here("Missing catch or finally after try");
        }
        if self.check("catch") {
            if self.check("(") {
                self.in_scope(ScopeKind::Catch, |this| {
                    let caught = this.scope;
                    this.in_scope(ScopeKind::Block, |this| this.catch(caught));
                });
            } else {
                self.plain_block();
            }
        }
        if self.check("finally") {
            self.plain_block();
        }
    }

    fn catch(&mut self, caught: ScopeId) {
        let named = self.peek().is_any_name();
        if named {
            let name = self.name_to_declare();
            let at = self.current.start;
            self.declare_caught(caught, &name, at);
        } else {
            self.open_cover(CoverKind::Declaration(Mode::Lexical));
            self.binding_pattern();
            self.close_declaration();
        }
        if self.failed() {
            return;
        }
        self.expect_sign(")");
        let body = self.plain_block();
        let names = if named { caught } else { self.scope };
        self.check_shadowed(names, body, false);
    }

    // -- variables ----------------------------------------------------------------------------------------------

    fn variables(&mut self) -> Option<Statement> {
        self.declarations(false);
        self.expect_semicolon();
        self.done()
    }

    pub(super) fn exported_variables(&mut self) -> Vec<String> {
        let declared = self.declarations(false);
        self.expect_semicolon();
        declared.names
    }

    pub(super) fn peek_in_or_of(&self) -> bool {
        self.peek_is("in") || self.peek_word("of")
    }

    /// Declarations from their word on; those of a loop may be without initial values.
    pub(super) fn declarations(&mut self, of_loop: bool) -> Declared {
        let word = self.take();
        let constant = word == Token::Sign("const");
        let lexical = word != Token::Sign("var");
        let mode = if lexical { Mode::Lexical } else { Mode::Var };
        let mut declared = Declared { lexical, start: self.next.start, ..Declared::default() };
        self.open_cover(CoverKind::Declaration(mode));
        loop {
            let start = self.next.start;
            let named = self.peek().is_any_name();
            if named {
                let token = self.take();
                let name = self.classified_name(token);
                if self.strict() && is_eval_or_arguments(&name) {
                    self.report_here(EVAL);
                    break;
                }
                self.note_name(&name, start);
                declared.names.push(name);
            } else {
                let before = self.name_count(lexical);
                self.binding_pattern();
                declared.names.extend(self.names_from(before, lexical));
            }
            if declared.count == 0 {
                declared.first_is_name = named;
            }
            declared.count += 1;
            let first = self.current.start;
            if self.check("=") {
                self.accepting_in(!of_loop, Self::assignment);
                declared.initialized.get_or_insert((first, self.current.end));
            } else if (!of_loop || !self.peek_in_or_of()) && (constant || !named) {
                let what = if named { "const" } else { "destructuring" };
                let message = format!("Missing initializer in {what} declaration");
                self.report(start, self.current.end, message);
                break;
            }
            if !self.check(",") {
                break;
            }
        }
        self.close_declaration();
        declared.end = self.current.end;
        declared
    }
}
