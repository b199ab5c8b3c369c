//! Where control goes: labels, `break`, `continue`, `return`, `try`, and what must happen on the way out.
//!
//! [`Control`] is what is around a statement, from the outside in. Leaving goes through it from the inside out: an
//! iterator is closed, a `finally` is entered with a token that says how to go on behind it.

use super::code::Handler;
use super::control::{Control, Exit};
use super::destructured::Source;
use super::function::{Compiled, FunctionCompiler};
use super::op::{Op, R};
use crate::parse::names::Name;
use crate::parse::tree::{Catch, Statement, Try};

/// The token of a `finally` that was entered at the end of its block, and by an exception.
const NORMAL: i32 = -1;
const THROWN: i32 = -2;

impl<'a> FunctionCompiler<'_, 'a> {
    pub fn open_target(&mut self, labels: Vec<Name>, is_loop: bool, plain: bool) {
        self.control.push(Control::Target {
            labels,
            is_loop,
            plain,
            breaks: Vec::new(),
            continues: Vec::new(),
        });
    }

    /// Lets the jumps of `continue` end here.
    pub fn continue_here(&mut self) {
        if let Some(Control::Target { continues, .. }) = self.control.last_mut() {
            let jumps = std::mem::take(continues);
            self.patch_all(&jumps);
        }
    }

    /// Ends the innermost target: the jumps of `break` end here.
    pub fn close_target(&mut self) {
        if let Some(Control::Target { breaks, .. }) = self.control.pop() {
            self.patch_all(&breaks);
        }
    }

    pub fn break_statement(&mut self, label: Option<Name>) -> Compiled<()> {
        let found = self.control.iter().rposition(|control| match (control, label) {
            (Control::Target { labels, .. }, Some(label)) => labels.contains(&label),
            (Control::Target { plain, .. }, None) => *plain,
            _ => false,
        });
        match found {
            Some(number) => self.leave(Exit::Break(number), self.control.len()),
            None => Ok(()),
        }
    }

    pub fn continue_statement(&mut self, label: Option<Name>) -> Compiled<()> {
        let found = self.control.iter().rposition(|control| match (control, label) {
            (Control::Target { labels, is_loop, .. }, Some(label)) => {
                *is_loop && labels.contains(&label)
            }
            (Control::Target { is_loop, .. }, None) => *is_loop,
            _ => false,
        });
        match found {
            Some(number) => self.leave(Exit::Continue(number), self.control.len()),
            None => Ok(()),
        }
    }

    pub fn return_value(&mut self, from: R) -> Compiled<()> {
        self.leave(Exit::Return(from), self.control.len())
    }

    /// Goes a way out, of which the controls from number `level` on are done.
    fn leave(&mut self, exit: Exit, level: usize) -> Compiled<()> {
        let until = match exit {
            Exit::Break(number) => number + 1,
            // The next turn needs the loop's own iterator.
            Exit::Continue(number) => {
                let own = matches!(self.control.get(number + 1), Some(Control::Iterator { .. }));
                number + 1 + usize::from(own)
            }
            Exit::Return(_) => 0,
        };
        for number in (until..level).rev() {
            match &self.control[number] {
                Control::Target { .. } => {}
                Control::Iterator { iterator, is_await } => {
                    let (iterator, is_await) = (*iterator, *is_await);
                    // What happens on the way is not inside the iterator any more.
                    let inner = self.control.split_off(number);
                    if is_await {
                        self.close_async_iterator(iterator)?;
                    } else {
                        self.emit(Op::CloseIterator { iterator });
                    }
                    self.control.extend(inner);
                }
                Control::Finally { token, value, .. } => {
                    let (token, value) = (*token, *value);
                    let through = match exit {
                        Exit::Return(from) => {
                            if from != value {
                                self.emit(Op::Move { to: value, from });
                            }
                            Exit::Return(value)
                        }
                        exit => exit,
                    };
                    let known = match &self.control[number] {
                        Control::Finally { exits, .. } => {
                            exits.iter().position(|known| *known == through)
                        }
                        _ => None,
                    };
                    let place = known.unwrap_or(self.exits_len(number));
                    self.emit(Op::Smi { to: token, value: place as i32 });
                    let jump = self.jump();
                    if let Control::Finally { entries, exits, .. } = &mut self.control[number] {
                        if known.is_none() {
                            exits.push(through);
                        }
                        entries.push(jump);
                    }
                    return Ok(());
                }
            }
        }
        match exit {
            Exit::Break(number) => {
                let jump = self.jump();
                if let Control::Target { breaks, .. } = &mut self.control[number] {
                    breaks.push(jump);
                }
            }
            Exit::Continue(number) => {
                let jump = self.jump();
                if let Control::Target { continues, .. } = &mut self.control[number] {
                    continues.push(jump);
                }
            }
            Exit::Return(from) => self.emit_return(from),
        }
        Ok(())
    }

    fn exits_len(&self, number: usize) -> usize {
        match &self.control[number] {
            Control::Finally { exits, .. } => exits.len(),
            _ => 0,
        }
    }

    fn emit_return(&mut self, from: R) {
        let function = self.function;
        if function.is_async {
            self.emit(Op::AsyncReturn { from });
        } else {
            self.emit(Op::Return { from });
        }
    }

    /// Lets what is thrown from `start` on to here be caught at `target`, which comes next.
    pub fn handle(&mut self, start: usize, exception: R) {
        let end = self.here();
        let target = end as u32;
        let (start, end) = (start as u32, end as u32);
        if start < end {
            self.handlers.push(Handler { start, end, target, exception });
        }
    }

    pub fn try_statement(&mut self, node: &'a Try<'a>) -> Compiled<()> {
        match node.finally {
            None => self.try_catch(node),
            Some(finally) => self.try_finally(
                |this| match node.catch {
                    Some(_) => this.try_catch(node),
                    None => this.statement(node.block),
                },
                |this| this.statement(finally),
            ),
        }
    }

    fn try_catch(&mut self, node: &'a Try<'a>) -> Compiled<()> {
        let Some(catch) = &node.catch else { return self.statement(node.block) };
        let mark = self.mark();
        let exception = self.temp();
        let start = self.here();
        let scopes = self.open_scopes.len();
        self.statement(node.block)?;
        let end = self.here();
        let over = self.jump();
        if start < end {
            let (start, end) = (start as u32, end as u32);
            let target = self.here() as u32;
            self.handlers.push(Handler { start, end, target, exception });
        }
        self.open_scopes.truncate(scopes);
        self.catch(catch, exception)?;
        self.patch(over);
        self.release(mark);
        Ok(())
    }

    fn catch(&mut self, catch: &'a Catch<'a>, exception: R) -> Compiled<()> {
        self.open_scope(catch.scope)?;
        if let Some(target) = &catch.target {
            self.assign(target, exception, true, Source::Catch)?;
            // The variable alone keeps the exception.
            self.emit(Op::Undefined { to: exception });
        }
        self.statement(catch.body)?;
        self.close_scope(catch.scope);
        Ok(())
    }

    /// Runs `finally` whichever way `block` is left.
    pub fn try_finally(
        &mut self,
        block: impl FnOnce(&mut Self) -> Compiled<()>,
        finally: impl FnOnce(&mut Self) -> Compiled<()>,
    ) -> Compiled<()> {
        let mark = self.mark();
        let (token, value) = (self.temp(), self.temp());
        let scopes = self.open_scopes.len();
        self.control.push(Control::Finally {
            token,
            value,
            entries: Vec::new(),
            exits: Vec::new(),
        });
        let start = self.here();
        block(self)?;
        self.emit(Op::Smi { to: token, value: NORMAL });
        let entered = self.jump();
        let Some(Control::Finally { entries, exits, .. }) = self.control.pop() else {
            return Ok(());
        };
        self.handle(start, value);
        self.open_scopes.truncate(scopes);
        self.emit(Op::Smi { to: token, value: THROWN });
        self.patch(entered);
        self.patch_all(&entries);
        // Its own completion does not count where it ends as usual.
        let kept = self.completion.map(|completion| (completion, self.temp()));
        if let Some((completion, kept)) = kept {
            self.emit(Op::Move { to: kept, from: completion });
            self.emit(Op::Undefined { to: completion });
        }
        finally(self)?;
        if let Some((completion, kept)) = kept {
            self.emit(Op::Move { to: completion, from: kept });
        }
        // How it goes on.
        let thrown = self.emit(Op::JumpIfToken { token, value: THROWN as i16, offset: 0 });
        let mut ways = Vec::new();
        for (number, exit) in exits.iter().enumerate() {
            let jump = self.emit(Op::JumpIfToken { token, value: number as i16, offset: 0 });
            ways.push((jump, *exit));
        }
        let normal = self.jump();
        self.patch(thrown);
        self.emit(Op::Throw { from: value });
        for (jump, exit) in ways {
            self.patch(jump);
            self.leave(exit, self.control.len())?;
        }
        self.patch(normal);
        self.release(mark);
        Ok(())
    }

    pub fn labelled(&mut self, labels: &'a [Name], body: &'a Statement<'a>) -> Compiled<()> {
        let labels = labels.to_vec();
        match body {
            Statement::For(_)
            | Statement::ForIn(_)
            | Statement::ForOf(_)
            | Statement::While { .. }
            | Statement::DoWhile { .. } => self.loop_statement(body, labels),
            body => {
                self.open_target(labels, false, false);
                self.statement(body)?;
                self.close_target();
                Ok(())
            }
        }
    }
}
