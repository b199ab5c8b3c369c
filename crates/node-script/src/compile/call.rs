//! Calls, constructions, and what suspends a function.

use super::code::Constant;
use super::expression::may_assign;
use super::function::{Compiled, FunctionCompiler};
use super::op::{IteratorMethod, Op, R, SPREAD};
use crate::parse::names::Name;
use crate::parse::scope::{Reference, Use};
use crate::parse::tree::{Allows, At, Element, Kind, Node, Statement};
use std::rc::Rc;

/// `this` of a call that is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Receiver {
    Written,
    Undefined,
}

/// Whether arguments are evaluated without a call, but for getters' and conversions'.
fn are_quiet(arguments: &[Element<'_>]) -> bool {
    arguments.iter().all(|argument| matches!(argument, Element::Item(value) if is_quiet(value)))
}

/// Whether a value is had without a call, but for getters' and conversions'.
pub(super) fn is_quiet(node: Node<'_>) -> bool {
    match &node.kind {
        Kind::Undefined
        | Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::String(_)
        | Kind::Name(_)
        | Kind::This(_) => true,
        Kind::Member { object, .. } => is_quiet(object),
        Kind::Index { object, key } => is_quiet(object) && is_quiet(key),
        Kind::Binary { left, right, .. } => is_quiet(left) && is_quiet(right),
        Kind::Unary { value, .. } => is_quiet(value),
        _ => false,
    }
}

impl<'a> FunctionCompiler<'_, 'a> {
    /// The function to call in `base`, and its `this` in the next register, unless it is undefined: then it is still to be
    /// written.
    fn callee(&mut self, callee: Node<'a>, base: R) -> Compiled<Receiver> {
        let at = callee.at;
        match &callee.kind {
            Kind::Member { object, name } => {
                self.chain_into(object, base + 1)?;
                let site = self.site(*name, at)?;
                self.emit_at(at, Op::GetNamed { to: base, object: base + 1, site });
            }
            Kind::Index { object, key } => {
                self.chain_into(object, base + 1)?;
                let key = self.operand(key)?;
                self.emit_at(at, Op::GetKeyed { to: base, object: base + 1, key });
            }
            Kind::Private { object, name } => {
                self.chain_into(object, base + 1)?;
                self.get_private(at, base + 1, name, base)?;
            }
            Kind::SuperMember { home, this, key } => {
                let found = self.super_base(home, this, key)?;
                self.emit_at(at, Op::GetSuper { to: base, base: found });
                self.emit(Op::Move { to: base + 1, from: found + 1 });
            }
            Kind::Optional(inner) => {
                let receiver = self.callee(inner, base)?;
                let end = self.emit(Op::JumpIfNullish { from: base, target: 0 });
                self.chain_end(end);
                return Ok(receiver);
            }
            Kind::Chain(inner) => {
                self.chain_ends.push(Vec::new());
                let receiver = self.callee(inner, base)?;
                self.write_receiver(receiver, base);
                let ends = self.chain_ends.pop().unwrap_or_default();
                let over = self.jump();
                self.patch_all(&ends);
                self.emit(Op::Undefined { to: base });
                self.emit(Op::Undefined { to: base + 1 });
                self.patch(over);
            }
            Kind::Name(name) if name.to.get() == Reference::Dynamic => {
                let context = self.context();
                let text = self.text(name.name, at)?;
                self.emit_at(at, Op::LoadDynamicCallee { to: base, context, name: text });
            }
            _ => {
                self.expression(callee, base)?;
                return Ok(Receiver::Undefined);
            }
        }
        Ok(Receiver::Written)
    }

    /// Writes `this` of a call of the function in `base`, if it is not written yet.
    fn write_receiver(&mut self, receiver: Receiver, base: R) {
        if receiver == Receiver::Undefined {
            self.emit(Op::Undefined { to: base + 1 });
        }
    }

    /// A chain's object in a register of its own.
    fn chain_into(&mut self, node: Node<'a>, to: R) -> Compiled<()> {
        if let Kind::Optional(inner) = node.kind {
            self.expression(inner, to)?;
            let end = self.emit(Op::JumpIfNullish { from: to, target: 0 });
            self.chain_end(end);
            return Ok(());
        }
        self.expression(node, to)
    }

    pub fn call(
        &mut self,
        at: At,
        callee: Node<'a>,
        arguments: &'a [Element<'a>],
        eval: Option<Allows>,
        to: R,
    ) -> Compiled<()> {
        let count = arguments.len();
        let spread = has_spread(arguments);
        // What a direct eval may use and what it sees goes before the function.
        if let Some(Allows(allows)) = eval {
            let seen = self.temps(2);
            self.number(f64::from(allows), seen, at)?;
            let context = self.context();
            self.emit(Op::Move { to: seen + 1, from: context });
        }
        // What a lone spread gives is no direct eval to V8.
        let eval = eval.is_some() && !(spread && count == 1);
        let base = self.temps(2 + if spread { 1 } else { count });
        let receiver = self.callee(callee, base)?;
        let spelled = self.spell(callee);
        // Until then the register keeps what it had: the arguments are not to find that in a collection.
        let late = receiver == Receiver::Undefined && !spread && !eval && are_quiet(arguments);
        if !late {
            self.write_receiver(receiver, base);
        }
        if spread {
            self.spread_arguments(at, arguments, base + 2)?;
            let op = match eval {
                true => Op::DirectEval { to, base, count: SPREAD },
                false => Op::CallArray { to, base },
            };
            let op = self.emit_at(at, op);
            self.note_callee(op, spelled);
            return Ok(());
        }
        self.arguments(arguments, base + 2)?;
        let count = self.count(count, at)?;
        let op = self.emit_at(
            at,
            match (eval, late) {
                (true, _) => Op::DirectEval { to, base, count },
                (false, false) => Op::Call { to, base, count },
                (false, true) => Op::CallUndefined { to, base, count },
            },
        );
        self.note_callee(op, spelled);
        Ok(())
    }

    fn count(&self, count: usize, at: At) -> Compiled<u16> {
        u16::try_from(count).map_err(|_| self.too_large(at))
    }

    fn arguments(&mut self, arguments: &'a [Element<'a>], first: R) -> Compiled<()> {
        for (number, argument) in arguments.iter().enumerate() {
            if let Element::Item(value) = argument {
                self.expression(value, first + number as R)?;
            }
        }
        Ok(())
    }

    pub fn new_expression(
        &mut self,
        at: At,
        callee: Node<'a>,
        arguments: &'a [Element<'a>],
        to: R,
    ) -> Compiled<()> {
        let spread = has_spread(arguments);
        let base = self.temps(2 + if spread { 1 } else { arguments.len() });
        self.expression(callee, base)?;
        let spelled = self.spell(callee);
        if spread {
            self.spread_arguments(at, arguments, base + 2)?;
            let op = self.emit_at(at, Op::NewArray { to, base });
            self.note_callee(op, spelled);
            return Ok(());
        }
        self.arguments(arguments, base + 2)?;
        let count = self.count(arguments.len(), at)?;
        let op = self.emit_at(at, Op::New { to, base, count });
        self.note_callee(op, spelled);
        Ok(())
    }

    pub fn super_call(
        &mut self,
        at: At,
        callee: &'a Use,
        new_target: &'a Use,
        this: &'a Use,
        arguments: &'a [Element<'a>],
        to: R,
    ) -> Compiled<()> {
        let spread = has_spread(arguments);
        let running = self.temp();
        let base = self.temps(2 + if spread { 1 } else { arguments.len() });
        self.load_variable(callee, running)?;
        self.emit_at(at, Op::SuperClass { to: base, callee: running });
        self.load_variable(new_target, base + 1)?;
        if spread {
            self.spread_arguments(at, arguments, base + 2)?;
            self.emit_at(at, Op::SuperCallArray { to: base, base });
        } else {
            self.arguments(arguments, base + 2)?;
            let count = self.count(arguments.len(), at)?;
            self.emit_at(at, Op::SuperCall { to: base, base, count });
        }
        // It may be called once only.
        let old = self.temp();
        self.load_unchecked(this, old)?;
        let first = self.emit(Op::JumpIfHole { from: old, target: 0 });
        let message = "Super constructor may only be called once";
        self.throw_error(super::op::ErrorKind::ReferenceError, message, at)?;
        self.patch(first);
        self.initialise(this, base)?;
        self.emit_at(at, Op::DefineFields { this: base, callee: running });
        self.emit(Op::Move { to, from: base });
        Ok(())
    }

    /// A variable without the question whether it is initialised.
    fn load_unchecked(&mut self, name: &'a Use, to: R) -> Compiled<()> {
        if name.to.get() == Reference::Dynamic {
            return self.load_dynamic(name, to);
        }
        let check = name.check.replace(false);
        let done = self.load_variable(name, to);
        name.check.set(check);
        done
    }

    pub fn tagged_template(
        &mut self,
        at: At,
        tag: Node<'a>,
        raw: &'a [Name],
        cooked: &'a [Option<Name>],
        values: &'a [Node<'a>],
        to: R,
    ) -> Compiled<()> {
        let base = self.temps(3 + values.len());
        let receiver = self.callee(tag, base)?;
        self.write_receiver(receiver, base);
        let text = |this: &Self, name: &Name| -> Rc<[u16]> { this.names.units(*name).into() };
        let raw = raw.iter().map(|name| text(self, name)).collect();
        let cooked = cooked.iter().map(|name| name.as_ref().map(|name| text(self, name))).collect();
        let constant = self.constant(Constant::Template { raw, cooked }, at)?;
        self.emit(Op::TemplateObject { to: base + 2, constant });
        for (number, value) in values.iter().enumerate() {
            self.expression(value, base + 3 + number as R)?;
        }
        let count = self.count(1 + values.len(), at)?;
        let op = self.emit_at(at, Op::Call { to, base, count });
        let spelled = self.spell(tag);
        self.note_callee(op, spelled);
        Ok(())
    }

    pub fn template(
        &mut self,
        at: At,
        strings: &'a [Name],
        values: &'a [Node<'a>],
        to: R,
    ) -> Compiled<()> {
        // The text so far may not lie where a later value is read from.
        let sum = if values.iter().any(|value| may_assign(value)) || !values.is_empty() {
            self.temp()
        } else {
            to
        };
        let mut begun = false;
        for (number, string) in strings.iter().enumerate() {
            let empty = self.names.units(*string).is_empty();
            if !empty || (strings.len() == 1) {
                let constant = self.text(*string, at)?;
                if begun {
                    let part = self.temp();
                    self.emit(Op::Constant { to: part, constant });
                    self.emit_at(at, Op::Add { to: sum, left: sum, right: part });
                } else {
                    self.emit(Op::Constant { to: sum, constant });
                    begun = true;
                }
            }
            if let Some(value) = values.get(number) {
                let mark = self.mark();
                let from = self.operand(value)?;
                let part = if begun { self.temp() } else { sum };
                self.emit_at(value.at, Op::ToString { to: part, from });
                if begun {
                    self.emit_at(at, Op::Add { to: sum, left: sum, right: part });
                }
                begun = true;
                self.release(mark);
            }
        }
        if sum != to {
            self.emit(Op::Move { to, from: sum });
        }
        Ok(())
    }

    // -- suspension ---------------------------------------------------------------------------------------------

    pub fn yield_value(&mut self, at: At, value: Option<Node<'a>>, to: R) -> Compiled<()> {
        let got = self.temps(2);
        match value {
            Some(value) => self.expression(value, got)?,
            None => {
                self.emit(Op::Undefined { to: got });
            }
        }
        if self.function.is_async {
            self.emit_at(at, Op::Await { to: got, from: got });
        }
        self.emit_at(at, Op::Yield { to: got, from: got });
        self.resumed(got)?;
        self.emit(Op::Move { to, from: got });
        Ok(())
    }

    /// If the generator is to return, it does; the value it goes on with is in `got`.
    fn resumed(&mut self, got: R) -> Compiled<()> {
        let goes_on = self.emit(Op::JumpIfFalse { from: got + 1, target: 0 });
        if self.function.is_async {
            self.emit(Op::Await { to: got, from: got });
        }
        self.return_value(got)?;
        self.patch(goes_on);
        Ok(())
    }

    /// `yield*`: what the generator is given goes to the inner iterator, until that is done.
    pub fn yield_all(&mut self, at: At, value: Node<'a>, to: R) -> Compiled<()> {
        let is_async = self.function.is_async;
        let iterator = self.temps(2);
        let object = self.operand(value)?;
        let op = self.emit_at(
            at,
            match is_async {
                true => Op::AsyncIterator { to: iterator, from: object },
                false => Op::Iterator { to: iterator, from: object },
            },
        );
        if matches!(value.kind, Kind::Member { .. } | Kind::Index { .. } | Kind::Call { .. }) {
            self.note_callee(op, Some("yield* (intermediate value)".to_owned()));
        }
        let got = self.temps(2);
        let method = self.temps(3);
        let (result, exception) = (self.temp(), self.temp());
        self.emit(Op::Undefined { to: got });
        let again = self.here();
        self.emit_at(at, Op::NextResult { to: result, iterator, value: got });
        let take = self.here();
        if is_async {
            self.emit_at(at, Op::Await { to: result, from: result });
        }
        self.emit_at(at, Op::CheckObject { from: result });
        // The result's value goes to `to` if it is done: the hole is the end.
        let done = self.site_of("done", at)?;
        self.emit_at(at, Op::GetNamed { to: exception, object: result, site: done });
        let more = self.emit(Op::JumpIfFalse { from: exception, target: 0 });
        let site = self.site_of("value", at)?;
        self.emit_at(at, Op::GetNamed { to, object: result, site });
        let end = self.jump();
        self.patch(more);
        let give = self.here();
        if is_async {
            let site = self.site_of("value", at)?;
            self.emit_at(at, Op::GetNamed { to: got, object: result, site });
        }
        let start = self.here();
        let finish = if is_async {
            self.emit_at(at, Op::Yield { to: got, from: got });
            let goes_on = self.emit(Op::JumpIfFalse { from: got + 1, target: 0 });
            self.emit_at(at, Op::Await { to: got, from: got });
            let finish = self.jump();
            self.patch(goes_on);
            finish
        } else {
            self.emit_at(at, Op::YieldResult { to: got, from: result });
            self.emit(Op::JumpIfTrue { from: got + 1, target: 0 })
        };
        self.emit(Op::Loop { target: again as u32 });
        // An exception that is thrown in goes to the iterator's `throw`.
        let end_of_yield = self.here();
        let target = self.here() as u32;
        self.handlers.push(super::code::Handler {
            start: start as u32,
            end: end_of_yield as u32,
            target,
            exception,
        });
        let which = IteratorMethod::Throw;
        self.emit_at(at, Op::IteratorMethod { to: method, iterator, which });
        let none = self.emit(Op::JumpIfUndefined { from: method, target: 0 });
        self.emit(Op::Move { to: method + 1, from: iterator });
        self.emit(Op::Move { to: method + 2, from: exception });
        self.emit_at(at, Op::Call { to: result, base: method, count: 1 });
        self.emit(Op::Loop { target: take as u32 });
        self.patch(none);
        if is_async {
            self.close_async_iterator(iterator)?;
        } else {
            self.emit_at(at, Op::CloseIterator { iterator });
        }
        let message = "The iterator does not provide a 'throw' method.";
        self.throw_error(super::op::ErrorKind::TypeError, message, at)?;
        // A return goes to the iterator's `return`.
        self.patch(finish);
        let which = IteratorMethod::Return;
        self.emit_at(at, Op::IteratorMethod { to: method, iterator, which });
        let some = self.emit(Op::JumpIfNotUndefined { from: method, target: 0 });
        if is_async {
            self.emit(Op::Await { to: got, from: got });
        }
        self.return_value(got)?;
        self.patch(some);
        self.emit(Op::Move { to: method + 1, from: iterator });
        self.emit(Op::Move { to: method + 2, from: got });
        self.emit_at(at, Op::Call { to: result, base: method, count: 1 });
        if is_async {
            self.emit_at(at, Op::Await { to: result, from: result });
        }
        self.emit_at(at, Op::CheckObject { from: result });
        let done = self.site_of("done", at)?;
        self.emit_at(at, Op::GetNamed { to: exception, object: result, site: done });
        let more = self.emit(Op::JumpIfFalse { from: exception, target: 0 });
        let site = self.site_of("value", at)?;
        self.emit_at(at, Op::GetNamed { to: got, object: result, site });
        self.return_value(got)?;
        self.patch(more);
        self.emit(Op::Loop { target: give as u32 });
        self.patch(end);
        Ok(())
    }

    /// A site of a name that the compiler itself knows.
    pub fn site_of(&mut self, name: &str, at: At) -> Compiled<u16> {
        let text = name.encode_utf16().collect::<Vec<_>>().into();
        let constant = self.constant(Constant::Text(text), at)?;
        self.site_at(constant, at)
    }

    /// The body of an asynchronous function: what it throws rejects its promise.
    pub fn asynchronous(&mut self, body: &'a [Statement<'a>]) -> Compiled<()> {
        let start = self.here();
        let exception = self.temp();
        self.bind_parameters()?;
        self.open_functions(self.function.scope)?;
        body.iter().try_for_each(|statement| self.statement(statement))?;
        let from = self.temp();
        self.emit(Op::Undefined { to: from });
        self.emit(Op::AsyncReturn { from });
        self.handle(start, exception);
        self.emit(Op::AsyncThrow { from: exception });
        Ok(())
    }

    pub fn asynchronous_generator(&mut self, body: &'a [Statement<'a>]) -> Compiled<()> {
        let start = self.here();
        let exception = self.temp();
        body.iter().try_for_each(|statement| self.statement(statement))?;
        let from = self.temp();
        self.emit(Op::Undefined { to: from });
        self.emit(Op::AsyncReturn { from });
        self.handle(start, exception);
        self.emit(Op::AsyncThrow { from: exception });
        Ok(())
    }
}

pub(super) fn has_spread(elements: &[Element<'_>]) -> bool {
    elements.iter().any(|element| matches!(element, Element::Spread(_)))
}
