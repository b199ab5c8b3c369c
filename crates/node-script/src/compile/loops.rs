//! Loops.

use super::control::Control;
use super::destructured::Source;
use super::function::{Compiled, FunctionCompiler};
use super::op::{NO_VALUE, Op, R};
use crate::parse::names::Name;
use crate::parse::tree::{For, ForEach, Statement};

impl<'a> FunctionCompiler<'_, 'a> {
    pub fn loop_statement(
        &mut self,
        statement: &'a Statement<'a>,
        labels: Vec<Name>,
    ) -> Compiled<()> {
        match statement {
            Statement::While { condition, body } => {
                self.open_target(labels, true, true);
                // The condition stands at the end as well, so that a turn has one jump.
                let skip = self.condition(condition, false)?;
                let start = self.turn();
                self.statement(body)?;
                self.continue_here();
                let back = self.condition(condition, true)?;
                back.iter().for_each(|jump| self.patch_to(*jump, start));
                self.patch_all(&skip);
                self.close_target();
                Ok(())
            }
            Statement::DoWhile { body, condition } => {
                self.open_target(labels, true, true);
                let start = self.turn();
                self.statement(body)?;
                self.continue_here();
                let back = self.condition(condition, true)?;
                back.iter().for_each(|jump| self.patch_to(*jump, start));
                self.close_target();
                Ok(())
            }
            Statement::For(node) => self.for_loop(node, labels),
            Statement::ForIn(node) => self.for_in(node, labels),
            Statement::ForOf(node) => self.for_of(node, labels),
            statement => self.statement(statement),
        }
    }

    fn for_loop(&mut self, node: &'a For<'a>, labels: Vec<Name>) -> Compiled<()> {
        if let Some(scope) = node.scope {
            self.open_scope(scope)?;
        }
        if let Some(first) = node.first {
            // Its value is not the loop's.
            let completion = self.completion.take();
            self.statement(first)?;
            self.completion = completion;
        }
        // Each turn has a context of its own, if its variables are in one.
        let context = node.scope.filter(|_| node.per_turn);
        let context = context.and_then(|scope| self.contexts.get(&scope).copied());
        if let Some(context) = context.filter(|_| node.head_captures) {
            self.emit(Op::CopyContext { context });
        }
        self.open_target(labels, true, true);
        let skip = match node.condition {
            Some(condition) => self.condition(condition, false)?,
            None => Vec::new(),
        };
        let start = self.turn();
        self.statement(node.body)?;
        self.continue_here();
        if let Some(context) = context {
            self.emit(Op::CopyContext { context });
        }
        if let Some(step) = node.step {
            self.effect(step)?;
        }
        match node.condition {
            Some(condition) => {
                let back = self.condition(condition, true)?;
                back.iter().for_each(|jump| self.patch_to(*jump, start));
            }
            None => {
                self.emit(Op::Loop { target: start as u32 });
            }
        }
        self.patch_all(&skip);
        self.close_target();
        if let Some(scope) = node.scope {
            self.close_scope(scope);
        }
        Ok(())
    }

    /// The beginning of a turn, which is counted where the program may not take any number of them.
    fn turn(&mut self) -> usize {
        let start = self.here();
        if self.source.counted {
            self.emit(Op::Step);
        }
        start
    }

    /// The object of a loop, in whose scope the loop's names are there but empty.
    fn loop_object(&mut self, node: &'a ForEach<'a>, to: R) -> Compiled<()> {
        match node.object_scope {
            None => self.expression(node.object, to),
            Some(scope) => {
                self.open_scope(scope)?;
                self.expression(node.object, to)?;
                self.close_scope(scope);
                Ok(())
            }
        }
    }

    fn loop_body(&mut self, node: &'a ForEach<'a>, value: R) -> Compiled<()> {
        if let Some(scope) = node.scope {
            self.open_scope(scope)?;
        }
        let source = if node.initialise { Source::Loop } else { Source::Inner };
        self.assign(&node.target, value, node.initialise, source)?;
        self.statement(node.body)?;
        if let Some(scope) = node.scope {
            self.close_scope(scope);
        }
        Ok(())
    }

    fn for_in(&mut self, node: &'a ForEach<'a>, labels: Vec<Name>) -> Compiled<()> {
        let (object, state, key) = (self.temp(), self.temp(), self.temp());
        self.loop_object(node, object)?;
        self.emit_at(node.object.at, Op::ForIn { to: state, object });
        self.open_target(labels, true, true);
        let start = self.turn();
        self.emit(Op::ForInNext { to: key, state });
        let end = self.emit(Op::JumpIfHole { from: key, target: 0 });
        self.loop_body(node, key)?;
        self.continue_here();
        self.emit(Op::Loop { target: start as u32 });
        self.patch(end);
        self.close_target();
        Ok(())
    }

    fn for_of(&mut self, node: &'a ForEach<'a>, labels: Vec<Name>) -> Compiled<()> {
        let at = node.object.at;
        let object = self.temp();
        // The iterator and its `next`; while the next value is asked for, the iterator is not closed by an error.
        let iterator = self.temps(2);
        let value = self.temp();
        self.loop_object(node, object)?;
        let op = self.emit_at(
            at,
            match node.is_await {
                true => Op::AsyncIterator { to: iterator, from: object },
                false => Op::Iterator { to: iterator, from: object },
            },
        );
        let spelled = self.spell_looped(node.object);
        self.note_callee(op, spelled);
        self.open_target(labels, true, true);
        let start = self.turn();
        if node.is_await {
            self.emit_at(at, Op::NextResult { to: value, iterator, value: NO_VALUE });
            self.emit_at(at, Op::Await { to: value, from: value });
            self.emit_at(at, Op::ResultValue { to: value, result: value });
        } else {
            self.emit_at(at, Op::Next { to: value, iterator });
        }
        let end = self.emit(Op::JumpIfHole { from: value, target: 0 });
        let exception = self.temp();
        let body = self.here();
        self.control.push(Control::Iterator { iterator, is_await: node.is_await });
        let scopes = self.open_scopes.len();
        let inner = self.loop_body(node, value);
        self.control.pop();
        inner?;
        let jump = self.jump();
        self.open_scopes.truncate(scopes);
        self.handle(body, exception);
        if node.is_await {
            self.close_async_iterator_quietly(iterator)?;
        } else {
            self.emit(Op::CloseIteratorQuietly { iterator });
        }
        self.emit(Op::Throw { from: exception });
        self.patch(jump);
        self.continue_here();
        self.emit(Op::Loop { target: start as u32 });
        self.patch(end);
        self.close_target();
        Ok(())
    }

    /// Calls `return` of an asynchronous iterator, and waits for it.
    pub fn close_async_iterator(&mut self, iterator: R) -> Compiled<()> {
        let mark = self.mark();
        let method = self.temps(2);
        let which = super::op::IteratorMethod::Return;
        self.emit(Op::IteratorMethod { to: method, iterator, which });
        let none = self.emit(Op::JumpIfUndefined { from: method, target: 0 });
        self.emit(Op::Move { to: method + 1, from: iterator });
        let result = self.temp();
        self.emit(Op::Call { to: result, base: method, count: 0 });
        self.emit(Op::Await { to: result, from: result });
        self.emit(Op::CheckObject { from: result });
        self.patch(none);
        self.release(mark);
        Ok(())
    }

    /// As an exception leaves the loop: it wins over what `return` throws.
    fn close_async_iterator_quietly(&mut self, iterator: R) -> Compiled<()> {
        let mark = self.mark();
        let start = self.here();
        let thrown = self.temp();
        self.close_async_iterator(iterator)?;
        let over = self.jump();
        self.handle(start, thrown);
        self.patch(over);
        self.release(mark);
        Ok(())
    }
}
