//! Statements and declarations.

use super::function::{Parts, parts};
use super::{Lower, Lowered, at};
use crate::parse::error::ParseError;
use crate::parse::names::Name;
use crate::parse::scope::{BindingKind, ScopeKind, Use};
use crate::parse::tree::{
    At, Case, Catch, Declarator, For, ForEach, Function, FunctionKind, Statement, Target, Try,
};
use boa_ast::declaration::{Binding, Declaration, LexicalDeclaration, Variable};
use boa_ast::expression::Identifier;
use boa_ast::statement::iteration::{ForLoopInitializer, IterableLoopInitializer};
use boa_ast::statement::{
    Block, ForInLoop, ForLoop, ForOfLoop, Labelled, LabelledItem, Statement as ParserStatement,
    Switch, Try as ParserTry, With,
};
use boa_ast::{Spanned, StatementListItem};

impl<'a> Lower<'a> {
    /// A list of statements, in the scope that is theirs. What it declares is declared first.
    pub(super) fn statements(
        &mut self,
        items: &[StatementListItem],
    ) -> Lowered<&'a [Statement<'a>]> {
        self.declare_list(items);
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            match item {
                StatementListItem::Statement(statement) => list.push(self.statement(statement)?),
                StatementListItem::Declaration(declaration) => {
                    if let Some(statement) = self.declaration(declaration)? {
                        list.push(statement);
                    }
                }
            }
        }
        Ok(self.list(list))
    }

    /// Declares what a list declares in its own scope.
    pub(super) fn declare_list(&mut self, items: &[StatementListItem]) {
        for item in items {
            match item {
                StatementListItem::Declaration(declaration) => match &**declaration {
                    Declaration::Lexical(lexical) => {
                        let kind = lexical_kind(lexical);
                        self.declare_lexical(lexical.variable_list().as_ref(), kind);
                    }
                    Declaration::ClassDeclaration(class) => {
                        self.declare(class.name().sym(), BindingKind::Class, at(&class.name()));
                    }
                    Declaration::FunctionDeclaration(function) => {
                        let name = function.name();
                        self.declare(name.sym(), BindingKind::Function, at(&name));
                    }
                    Declaration::GeneratorDeclaration(function) => {
                        self.declare_hiding(function.name());
                    }
                    Declaration::AsyncFunctionDeclaration(function) => {
                        self.declare_hiding(function.name());
                    }
                    Declaration::AsyncGeneratorDeclaration(function) => {
                        self.declare_hiding(function.name());
                    }
                },
                StatementListItem::Statement(statement) => self.declare_labelled(statement),
            }
        }
    }

    /// Declares a function that hides its name from functions of blocks inside.
    fn declare_hiding(&mut self, name: Identifier) {
        self.declare(name.sym(), BindingKind::Function, at(&name));
        if let Some(id) = self.scopes.own(self.scope, Name(name.sym())) {
            self.scopes.binding_mut(id).hides = true;
        }
    }

    /// Declares names that are initialised only at the end of their initial value.
    fn declare_lexical(&mut self, list: &[Variable], kind: BindingKind) {
        for variable in list {
            let end = variable.init().map(|value| {
                let end = value.span().end();
                At { line: end.line_number(), column: end.column_number() }
            });
            self.each_name(variable.binding(), &mut |this, name, at| {
                this.declare(name, kind, end.unwrap_or(at));
            });
        }
    }

    fn declare_labelled(&mut self, statement: &ParserStatement) {
        if let ParserStatement::Labelled(labelled) = statement {
            match labelled.item() {
                LabelledItem::FunctionDeclaration(function) => {
                    let name = function.name();
                    self.declare(name.sym(), BindingKind::Function, at(&name));
                }
                LabelledItem::Statement(statement) => self.declare_labelled(statement),
            }
        }
    }

    pub(super) fn declaration(
        &mut self,
        declaration: &Declaration,
    ) -> Lowered<Option<Statement<'a>>> {
        let (name, function) = match declaration {
            Declaration::Lexical(lexical) => return self.lexical(lexical).map(Some),
            Declaration::ClassDeclaration(class) => {
                let lowered = self.class_declaration(class)?;
                let target = self.identifier(&class.name());
                return Ok(Some(Statement::Class { target, class: lowered }));
            }
            Declaration::FunctionDeclaration(f) => {
                let name = f.name();
                let at = at(&name);
                let parts = parts!(f, FunctionKind::Normal, false, false, Some(name), false, at);
                (name, self.function(&parts)?)
            }
            Declaration::GeneratorDeclaration(f) => {
                let name = f.name();
                let at = at(&name);
                let parts = parts!(f, FunctionKind::Normal, false, true, Some(name), false, at);
                (name, self.function(&parts)?)
            }
            Declaration::AsyncFunctionDeclaration(f) => {
                let name = f.name();
                let at = at(&name);
                let parts = parts!(f, FunctionKind::Normal, true, false, Some(name), false, at);
                (name, self.function(&parts)?)
            }
            Declaration::AsyncGeneratorDeclaration(f) => {
                let name = f.name();
                let at = at(&name);
                let parts = parts!(f, FunctionKind::Normal, true, true, Some(name), false, at);
                (name, self.function(&parts)?)
            }
        };
        let plain = !function.is_async && !function.is_generator;
        Ok(self.hoist(Name(name.sym()), at(&name), function, plain))
    }

    /// A function declaration's function is made when its scope begins. Annex B: one in a block is a variable of the
    /// function around it as well.
    fn hoist(
        &mut self,
        name: Name,
        at: At,
        function: &'a Function<'a>,
        plain: bool,
    ) -> Option<Statement<'a>> {
        let target = self.use_name(name, at);
        self.scopes.get_mut(self.scope).functions.push((target, function));
        let outer = self.scopes.get(self.scope).variables;
        if outer == self.scope || self.strict() || !plain {
            return None;
        }
        // A block between that declares the name hides the variable.
        let mut next = self.scopes.get(self.scope).parent;
        while let Some(scope) = next {
            let hidden = self.scopes.own(scope, name).is_some_and(|id| {
                let binding = self.scopes.binding(id);
                binding.kind.is_lexical()
                    || binding.kind == BindingKind::CaughtPart
                    || (scope != outer && binding.hides)
                    || (scope == outer && binding.kind == BindingKind::Parameter)
            });
            if hidden {
                return None;
            }
            if scope == outer {
                break;
            }
            next = self.scopes.get(scope).parent;
        }
        let of_text = self.scopes.get(outer).kind == ScopeKind::Script;
        if of_text && self.hiding.iter().any(|hidden| **hidden == *self.names.units(name)) {
            return None;
        }
        // Parameters with expressions have a scope of their own around the body's.
        let parameters = self.scopes.own(self.scopes.get(outer).function, name);
        if parameters.is_some_and(|id| self.scopes.binding(id).kind == BindingKind::Parameter) {
            return None;
        }
        self.scopes.declare(outer, name, BindingKind::Var, at);
        let from = self.use_name(name, at);
        let to = self.use_in(outer, name, at);
        Some(Statement::CopyFunction { from, to })
    }

    fn lexical(&mut self, lexical: &LexicalDeclaration) -> Lowered<Statement<'a>> {
        if matches!(lexical, LexicalDeclaration::Using(_) | LexicalDeclaration::AwaitUsing(_)) {
            let at = lexical.variable_list().as_ref().first().map_or(At::default(), variable_at);
            return Err(ParseError::not_supported("A using declaration", at));
        }
        self.declarators(lexical.variable_list().as_ref(), true)
    }

    pub(super) fn declarators(
        &mut self,
        list: &[Variable],
        initialise: bool,
    ) -> Lowered<Statement<'a>> {
        let mut declarators = Vec::with_capacity(list.len());
        for variable in list {
            if let (Binding::Pattern(pattern), None) = (variable.binding(), variable.init()) {
                let message = "Missing initializer in destructuring declaration";
                return Err(ParseError::new(message, super::start(pattern.span())));
            }
            if !initialise {
                self.declare_names(variable.binding(), BindingKind::Var);
                if variable.init().is_none() {
                    continue;
                }
            }
            let value = variable.init().map(|value| self.expression(value)).transpose()?;
            self.initialising = initialise;
            let target = self.binding_target(variable.binding())?;
            self.initialising = false;
            declarators.push(Declarator { target, value, initialise });
        }
        Ok(Statement::Declare(self.list(declarators)))
    }

    fn boxed(&mut self, statement: &ParserStatement) -> Lowered<&'a Statement<'a>> {
        let lowered = self.statement(statement)?;
        Ok(self.arena.alloc(lowered))
    }

    fn block(&mut self, block: &Block) -> Lowered<&'a Statement<'a>> {
        let lowered = self.block_statement(block)?;
        Ok(self.arena.alloc(lowered))
    }

    fn block_statement(&mut self, block: &Block) -> Lowered<Statement<'a>> {
        self.inside(ScopeKind::Block, |this, scope| {
            let body = this.statements(block.statement_list().statements())?;
            Ok(Statement::Block { scope, body })
        })
    }

    pub(super) fn statement(&mut self, statement: &ParserStatement) -> Lowered<Statement<'a>> {
        Ok(match statement {
            ParserStatement::Block(block) => self.block_statement(block)?,
            ParserStatement::Var(list) => self.declarators(list.0.as_ref(), false)?,
            ParserStatement::Empty | ParserStatement::Debugger => Statement::Empty,
            ParserStatement::Expression(value) => Statement::Expression(self.expression(value)?),
            ParserStatement::If(node) => {
                let condition = self.expression(node.cond())?;
                let yes = self.boxed(node.body())?;
                let no = node.else_node().map(|no| self.boxed(no)).transpose()?;
                Statement::If { condition, yes, no }
            }
            ParserStatement::DoWhileLoop(node) => {
                let body = self.boxed(node.body())?;
                Statement::DoWhile { body, condition: self.expression(node.cond())? }
            }
            ParserStatement::WhileLoop(node) => {
                let condition = self.expression(node.condition())?;
                Statement::While { condition, body: self.boxed(node.body())? }
            }
            ParserStatement::ForLoop(node) => self.for_loop(node)?,
            ParserStatement::ForInLoop(node) => self.for_in(node)?,
            ParserStatement::ForOfLoop(node) => self.for_of(node)?,
            ParserStatement::Switch(node) => self.switch(node)?,
            ParserStatement::Continue(node) => Statement::Continue(node.label().map(Name)),
            ParserStatement::Break(node) => Statement::Break(node.label().map(Name)),
            ParserStatement::Return(node) => {
                let value = node.target().map(|value| self.expression(value)).transpose()?;
                Statement::Return(value)
            }
            ParserStatement::Labelled(node) => self.labelled(node)?,
            ParserStatement::Throw(node) => {
                let value = self.expression(node.target())?;
                Statement::Throw(self.word_before("throw", value.at), value)
            }
            ParserStatement::Try(node) => self.try_statement(node)?,
            ParserStatement::With(node) => self.with(node)?,
        })
    }

    fn labelled(&mut self, node: &Labelled) -> Lowered<Statement<'a>> {
        let mut labels = vec![Name(node.label())];
        let mut item = node.item();
        while let LabelledItem::Statement(ParserStatement::Labelled(inner)) = item {
            labels.push(Name(inner.label()));
            item = inner.item();
        }
        match item {
            LabelledItem::Statement(statement) => {
                let body = self.boxed(statement)?;
                Ok(Statement::Labelled { labels: self.list(labels), body })
            }
            LabelledItem::FunctionDeclaration(f) => {
                let name = f.name();
                let place = at(&name);
                let parts = parts!(f, FunctionKind::Normal, false, false, Some(name), false, place);
                let function = self.function(&parts)?;
                let copied = self.hoist(Name(name.sym()), place, function, true);
                Ok(copied.unwrap_or(Statement::Empty))
            }
        }
    }

    fn for_loop(&mut self, node: &ForLoop) -> Lowered<Statement<'a>> {
        let (lexical, per_turn) = match node.init() {
            Some(ForLoopInitializer::Lexical(head)) => {
                (Some(head.declaration()), !head.declaration().is_const())
            }
            _ => (None, false),
        };
        let rest = |this: &mut Self, scope| {
            let scopes = this.scopes.scopes.len();
            let first = match node.init() {
                None => None,
                Some(ForLoopInitializer::Expression(value)) => {
                    Some(Statement::Expression(this.expression(value)?))
                }
                Some(ForLoopInitializer::Var(list)) => {
                    Some(this.declarators(list.0.as_ref(), false)?)
                }
                Some(ForLoopInitializer::Lexical(head)) => Some(this.lexical(head.declaration())?),
            };
            let first = first.map(|first| &*this.arena.alloc(first));
            let head_captures = this.scopes.scopes.len() > scopes;
            let condition = node.condition().map(|value| this.expression(value)).transpose()?;
            let step = node.final_expr().map(|value| this.expression(value)).transpose()?;
            let body = this.boxed(node.body())?;
            let head = For { scope, per_turn, head_captures, first, condition, step, body };
            Ok(Statement::For(this.arena.alloc(head)))
        };
        match lexical {
            None => rest(self, None),
            Some(lexical) => self.inside(ScopeKind::Block, |this, scope| {
                let kind = lexical_kind(lexical);
                this.declare_lexical(lexical.variable_list().as_ref(), kind);
                rest(this, Some(scope))
            }),
        }
    }

    fn for_in(&mut self, node: &ForInLoop) -> Lowered<Statement<'a>> {
        let head = self.for_each(node.initializer(), node.target(), node.body(), false)?;
        Ok(Statement::ForIn(head))
    }

    fn for_of(&mut self, node: &ForOfLoop) -> Lowered<Statement<'a>> {
        let head =
            self.for_each(node.initializer(), node.iterable(), node.body(), node.r#await())?;
        Ok(Statement::ForOf(head))
    }

    fn for_each(
        &mut self,
        head: &IterableLoopInitializer,
        object: &boa_ast::Expression,
        body: &ParserStatement,
        is_await: bool,
    ) -> Lowered<&'a ForEach<'a>> {
        if is_await {
            self.note_await();
        }
        let lexical: Option<(&Binding, BindingKind)> = match head {
            IterableLoopInitializer::Let(binding) => Some((binding, BindingKind::Let)),
            IterableLoopInitializer::Const(binding) => Some((binding, BindingKind::Const)),
            _ => None,
        };
        let (object, object_scope) = match lexical {
            None => (self.expression(object)?, None),
            Some((binding, kind)) => self.inside(ScopeKind::Block, |this, scope| {
                // They stay empty there.
                this.each_name(binding, &mut |this, name, _| this.declare(name, kind, At::NEVER));
                Ok((this.expression(object)?, Some(scope)))
            })?,
        };
        let lowered = match lexical {
            Some((binding, kind)) => self.inside(ScopeKind::Block, |this, scope| {
                this.declare_names(binding, kind);
                let target = this.binding_target(binding)?;
                let body = this.boxed(body)?;
                let (scope, initialise) = (Some(scope), true);
                Ok(ForEach { scope, object_scope, target, initialise, object, body, is_await })
            })?,
            None => {
                let target = match head {
                    IterableLoopInitializer::Identifier(name) => {
                        Target::Name(self.identifier(name))
                    }
                    IterableLoopInitializer::Access(access) => self.member_target(access)?,
                    IterableLoopInitializer::Pattern(pattern) => self.pattern_target(pattern)?,
                    IterableLoopInitializer::Var(variable) => {
                        self.declare_names(variable.binding(), BindingKind::Var);
                        self.binding_target(variable.binding())?
                    }
                    IterableLoopInitializer::Let(binding)
                    | IterableLoopInitializer::Const(binding) => self.binding_target(binding)?,
                };
                let body = self.boxed(body)?;
                let (scope, initialise) = (None, false);
                ForEach { scope, object_scope, target, initialise, object, body, is_await }
            }
        };
        Ok(self.arena.alloc(lowered))
    }

    fn switch(&mut self, node: &Switch) -> Lowered<Statement<'a>> {
        let value = self.expression(node.val())?;
        self.inside(ScopeKind::Switch, |this, scope| {
            for case in node.cases() {
                this.declare_list(case.body().statements());
            }
            let mut cases = Vec::new();
            for case in node.cases() {
                let condition = case.condition().map(|value| this.expression(value)).transpose()?;
                let body = this.statements(case.body().statements())?;
                cases.push(Case { condition, body });
            }
            Ok(Statement::Switch { value, scope, cases: this.list(cases) })
        })
    }

    fn try_statement(&mut self, node: &ParserTry) -> Lowered<Statement<'a>> {
        let block = self.block(node.block())?;
        let catch = match node.catch() {
            None => None,
            Some(catch) => Some(self.inside(ScopeKind::Catch, |this, scope| {
                let target = match catch.parameter() {
                    None => None,
                    Some(binding) => {
                        let kind = match binding {
                            Binding::Pattern(_) => BindingKind::CaughtPart,
                            Binding::Identifier(_) => BindingKind::CatchParameter,
                        };
                        this.declare_names(binding, kind);
                        Some(this.binding_target(binding)?)
                    }
                };
                Ok(Catch { scope, target, body: this.block(catch.block())? })
            })?),
        };
        let finally = node.finally().map(|finally| self.block(finally.block())).transpose()?;
        Ok(Statement::Try(self.arena.alloc(Try { block, catch, finally })))
    }

    fn with(&mut self, node: &With) -> Lowered<Statement<'a>> {
        let object = self.expression(node.expression())?;
        self.inside(ScopeKind::With, |this, scope| {
            Ok(Statement::With { object, scope, body: this.boxed(node.statement())? })
        })
    }

    /// A use of `this`, where it stands.
    pub(super) fn use_this(&mut self, at: At) -> &'a Use {
        let this = self.scopes.hidden.this;
        self.use_name(this, at)
    }
}

fn lexical_kind(lexical: &LexicalDeclaration) -> BindingKind {
    if lexical.is_const() { BindingKind::Const } else { BindingKind::Let }
}

fn variable_at(variable: &Variable) -> At {
    match variable.binding() {
        Binding::Identifier(name) => at(name),
        Binding::Pattern(pattern) => super::start(pattern.span()),
    }
}
