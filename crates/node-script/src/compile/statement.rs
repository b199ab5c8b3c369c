//! Statements.

use super::destructured::Source;
use super::function::{Compiled, FunctionCompiler};
use super::op::{Op, R};
use crate::parse::tree::{Case, Declarator, Kind, Node, Statement, Target};

impl<'a> FunctionCompiler<'_, 'a> {
    pub fn statement(&mut self, statement: &'a Statement<'a>) -> Compiled<()> {
        let mark = self.mark();
        self.statement_inside(statement)?;
        self.release(mark);
        Ok(())
    }

    fn statement_inside(&mut self, statement: &'a Statement<'a>) -> Compiled<()> {
        if let Some(to) = self.completion
            && statement.gives_undefined()
        {
            self.emit(Op::Undefined { to });
        }
        match statement {
            Statement::Empty => Ok(()),
            Statement::Expression(value) => match self.completion {
                Some(to) => self.expression(value, to),
                None => self.effect(value),
            },
            Statement::Declare(list) => list.iter().try_for_each(|item| self.declarator(item)),
            Statement::Class { target, class } => {
                let to = self.temp();
                self.class(class, to)?;
                self.initialise(target, to)
            }
            Statement::CopyFunction { from, to } => {
                let value = self.temp();
                self.load_variable(from, value)?;
                self.hoist_function(to, value)
            }
            Statement::Block { scope, body } => {
                self.open_scope(*scope)?;
                body.iter().try_for_each(|statement| self.statement(statement))?;
                self.close_scope(*scope);
                Ok(())
            }
            Statement::If { condition, yes, no } => {
                let skip = self.condition(condition, false)?;
                self.statement(yes)?;
                match no {
                    None => self.patch_all(&skip),
                    Some(no) => {
                        let over = self.jump();
                        self.patch_all(&skip);
                        self.statement(no)?;
                        self.patch(over);
                    }
                }
                Ok(())
            }
            Statement::DoWhile { .. }
            | Statement::While { .. }
            | Statement::For(_)
            | Statement::ForIn(_)
            | Statement::ForOf(_) => self.loop_statement(statement, Vec::new()),
            Statement::Switch { value, scope, cases } => {
                let register = self.operand(value)?;
                self.open_scope(*scope)?;
                self.switch(register, cases)?;
                self.close_scope(*scope);
                Ok(())
            }
            Statement::Continue(label) => self.continue_statement(*label),
            Statement::Break(label) => self.break_statement(*label),
            Statement::Return(value) => self.return_statement(*value),
            Statement::Labelled { labels, body } => self.labelled(labels, body),
            Statement::Throw(at, value) => {
                let from = self.operand(value)?;
                self.emit_at(*at, Op::Throw { from });
                Ok(())
            }
            Statement::Try(node) => self.try_statement(node),
            Statement::With { object, scope, body } => {
                let object = self.operand(object)?;
                let outer = self.context();
                let to = self.contexts[scope];
                self.emit(Op::NewWith { to, outer, object });
                self.open_scopes.push(*scope);
                self.statement(body)?;
                self.close_scope(*scope);
                Ok(())
            }
        }
    }

    fn declarator(&mut self, item: &'a Declarator<'a>) -> Compiled<()> {
        let mark = self.mark();
        let from = match (&item.target, item.value) {
            // The value is made where it is to be.
            (Target::Name(name), Some(value)) => {
                let own = self.variable_register(name).filter(|_| !item.is_read_in(value));
                match own {
                    Some(to) if item.initialise => {
                        self.expression(value, to)?;
                        to
                    }
                    _ => self.operand(value)?,
                }
            }
            (_, Some(value)) => self.operand(value)?,
            (_, None) => {
                let to = self.temp();
                self.emit(Op::Undefined { to });
                to
            }
        };
        let source = item.value.map_or(Source::Inner, Source::Declared);
        self.assign(&item.target, from, item.initialise, source)?;
        self.release(mark);
        Ok(())
    }

    fn return_statement(&mut self, value: Option<Node<'a>>) -> Compiled<()> {
        if let Some(Kind::Conditional { condition, yes, no }) = value.map(|value| &value.kind)
            && self.returns_at_once()
        {
            let to = self.temp();
            let skip = self.condition(condition, false)?;
            self.expression(yes, to)?;
            self.return_value(to)?;
            self.patch_all(&skip);
            self.expression(no, to)?;
            return self.return_value(to);
        }
        let from = match value {
            Some(value) => self.operand(value)?,
            None => {
                let to = self.temp();
                self.emit(Op::Undefined { to });
                to
            }
        };
        if self.function.kind == crate::parse::tree::FunctionKind::DerivedConstructor {
            return self.return_derived(from);
        }
        if self.function.is_async && self.function.is_generator && value.is_some() {
            let to = self.temp();
            self.emit(Op::Await { to, from });
            return self.return_value(to);
        }
        self.return_value(from)
    }

    /// A `return` does nothing but return: nothing around it, or of the function's kind, has a say.
    fn returns_at_once(&self) -> bool {
        let derived = self.function.kind == crate::parse::tree::FunctionKind::DerivedConstructor;
        self.control.is_empty() && !derived && !self.function.is_async
    }

    /// A derived constructor that returns undefined returns `this`.
    fn return_derived(&mut self, from: R) -> Compiled<()> {
        let given = self.emit(Op::JumpIfNotUndefined { from, target: 0 });
        let this = self.temp();
        self.load_this_checked(this);
        self.return_value(this)?;
        self.patch(given);
        self.return_value(from)
    }

    fn switch(&mut self, value: R, cases: &'a [Case<'a>]) -> Compiled<()> {
        self.open_target(Vec::new(), false, true);
        let mut jumps = Vec::new();
        for case in cases {
            let Some(condition) = case.condition else {
                jumps.push(None);
                continue;
            };
            let mark = self.mark();
            let right = self.operand(condition)?;
            let jump = self.emit(Op::JumpIfStrictEqual { left: value, right, offset: 0 });
            self.release(mark);
            jumps.push(Some(jump));
        }
        let otherwise = self.jump();
        let mut default = None;
        for (case, jump) in cases.iter().zip(jumps) {
            match jump {
                Some(jump) => self.patch(jump),
                None => default = Some(self.here()),
            }
            case.body.iter().try_for_each(|statement| self.statement(statement))?;
        }
        match default {
            Some(to) => self.patch_to(otherwise, to),
            None => self.patch(otherwise),
        }
        self.close_target();
        Ok(())
    }
}

impl Declarator<'_> {
    /// Whether the value may read the variable, or jump away before it is done. A new variable is not read, but a loop
    /// comes back to it.
    fn is_read_in(&self, value: Node<'_>) -> bool {
        use crate::parse::tree::Kind;
        !matches!(
            value.kind,
            Kind::Number(_)
                | Kind::String(_)
                | Kind::Bool(_)
                | Kind::Null
                | Kind::Function(_)
                | Kind::Array(_)
                | Kind::Object(_)
                | Kind::Call { .. }
                | Kind::New { .. }
                | Kind::Member { .. }
                | Kind::Index { .. }
                | Kind::Binary { .. }
        )
    }
}
