//! The evaluator: a machine that takes small steps and keeps its stack in the heap. Rust's stack does
//! not grow with the program's, and calls in tail position take no room.

use super::records::{
    Closure, ClosureFields, ClosureRead, Environment, EnvironmentFields, EnvironmentRead, Form,
    Frame, FrameFields, Machine, MachineFields, Native, NativeFields, Pair, PairFields, Parameter,
    ParameterRead, Symbol, SymbolFields, SymbolRead, Val, Waits,
};
use super::{LispError, cons, parts, symbols, wanted, write};
use heap_model::Scope;
use heap_model::typed::Gc;
use std::iter::successors;

/// What is to be done next.
#[derive(Clone, Copy)]
enum Next {
    /// Evaluate the expression in the environment.
    Evaluate,
    /// Give the value to the innermost frame.
    Return,
    /// Nothing: no frame is left.
    Stop,
}

/// Evaluates the machine's expression, and leaves the value in the machine.
pub fn evaluate(
    scope: &mut Scope<'_>,
    machine: Gc<'_, Machine>,
    output: &mut String,
) -> Result<(), LispError> {
    machine.set_stack(scope, None);
    machine.set_environment(scope, None);
    let mut next = Next::Evaluate;
    loop {
        next = scope.scope(|scope| {
            let mut step = Step { scope, machine, output };
            match next {
                Next::Evaluate => step.expression(),
                _ => step.give(),
            }
        })?;
        if let Next::Stop = next {
            return Ok(());
        }
    }
}

/// One step; its handles end with it.
struct Step<'a, 's, 'r> {
    scope: &'a mut Scope<'s>,
    machine: Gc<'r, Machine<'r>>,
    output: &'a mut String,
}

impl<'s> Step<'_, 's, '_> {
    fn value(&mut self, value: Val<'_>) -> Result<Next, LispError> {
        self.machine.set_value(self.scope, value);
        Ok(Next::Return)
    }

    /// Goes on with an expression in the environment that there is.
    fn go(&mut self, expression: Val<'_>) -> Result<Next, LispError> {
        self.machine.set_expression(self.scope, expression);
        Ok(Next::Evaluate)
    }

    fn expression(&mut self) -> Result<Next, LispError> {
        match self.machine.expression(self.scope) {
            Val::Symbol(symbol) => {
                let value = match self.find(symbol) {
                    Some((environment, index)) => environment.values(self.scope, index),
                    None => symbol.value(self.scope),
                };
                match value {
                    Val::Absent => Err(LispError::Unbound(symbols::text(self.scope, symbol)?)),
                    value => self.value(value),
                }
            }
            Val::Pair(list) => {
                let (head, rest) = (list.car(self.scope), list.cdr(self.scope));
                if let Val::Symbol(symbol) = head
                    && let Some(form) = symbol.form(self.scope)
                {
                    return self.form(form, list, rest);
                }
                self.wait(Waits::Call, rest)?;
                self.go(head)
            }
            constant => self.value(constant),
        }
    }

    /// The environment that has a symbol's value, and where; none if the symbol has it. It reads without handles.
    fn find(&mut self, symbol: Gc<'_, Symbol>) -> Option<(Gc<'s, Environment<'s>>, usize)> {
        let (number, mut index) = (symbol.number(self.scope), 0);
        let innermost = self.machine.environment(self.scope)?;
        let found = self.scope.find_record::<Environment, _>(innermost, |environment| {
            successors(Some(environment), |environment| environment.around()).find(|environment| {
                let mut names = successors(environment.parameters(), |parameter| parameter.next());
                let found = names.position(|parameter| parameter.symbol().number() == number);
                index = found.unwrap_or(index);
                found.is_some()
            })
        });
        Some((found?, index))
    }

    /// Lets a frame wait for the next value.
    fn wait(&mut self, waits: Waits, rest: Val<'_>) -> Result<(), LispError> {
        let around = self.machine.stack(self.scope);
        let environment = self.machine.environment(self.scope);
        let frame = Frame { waits, around, environment, rest, values: Val::Nil };
        let frame = self.scope.make(frame)?;
        self.machine.set_stack(self.scope, Some(frame));
        Ok(())
    }

    fn form(&mut self, form: Form, list: Gc<'_, Pair>, rest: Val<'s>) -> Result<Next, LispError> {
        match form {
            Form::Quote => {
                let (datum, _) = parts(self.scope, rest)?;
                self.value(datum)
            }
            Form::If => {
                let (condition, branches) = parts(self.scope, rest)?;
                self.wait(Waits::If, branches)?;
                self.go(condition)
            }
            Form::Define => self.define(rest),
            Form::Set => {
                let (name, rest) = parts(self.scope, rest)?;
                let (expression, _) = parts(self.scope, rest)?;
                self.wait(Waits::Set, name)?;
                self.go(expression)
            }
            Form::Lambda => {
                let (parameters, body) = parts(self.scope, rest)?;
                let closure = self.closure(parameters, body)?;
                self.value(closure)
            }
            Form::Begin => self.sequence(rest),
            Form::Let => self.rewrite_let(list, rest),
            Form::Cond => self.rewrite_cond(list, rest),
            Form::And => self.logic(Waits::And, rest, true),
            Form::Or => self.logic(Waits::Or, rest, false),
        }
    }

    fn closure(&mut self, mut names: Val<'s>, body: Val<'_>) -> Result<Val<'s>, LispError> {
        let mut symbols = Vec::new();
        while !matches!(names, Val::Nil) {
            let (name, others) = parts(self.scope, names)?;
            symbols.push(self.symbol(name)?);
            names = others;
        }
        let mut parameters = None;
        for symbol in symbols.into_iter().rev() {
            parameters = Some(self.scope.make(Parameter { symbol, next: parameters })?);
        }
        let environment = self.machine.environment(self.scope);
        Ok(Val::Closure(self.scope.make(Closure { parameters, body, environment })?))
    }

    /// The value as a symbol, which it must be.
    fn symbol<'v>(&self, value: Val<'v>) -> Result<Gc<'v, Symbol<'v>>, LispError> {
        if let Val::Symbol(symbol) = value {
            Ok(symbol)
        } else {
            Err(wanted(self.scope, "a symbol", value))
        }
    }

    /// `(define name expression)` or `(define (name parameters ...) body ...)`, outside functions.
    fn define(&mut self, rest: Val<'_>) -> Result<Next, LispError> {
        if self.machine.environment(self.scope).is_some() {
            return Err(LispError::Syntax("a definition in a function".into()));
        }
        let (name, rest) = parts(self.scope, rest)?;
        if let Val::Pair(_) = name {
            let (name, parameters) = parts(self.scope, name)?;
            let closure = self.closure(parameters, rest)?;
            self.wait(Waits::Define, name)?;
            return self.value(closure);
        }
        let (expression, _) = parts(self.scope, rest)?;
        self.wait(Waits::Define, name)?;
        self.go(expression)
    }

    /// Evaluates a list of expressions for the last one's value.
    fn sequence(&mut self, list: Val<'_>) -> Result<Next, LispError> {
        if let Val::Nil = list {
            return self.value(Val::Nothing);
        }
        let (first, rest) = parts(self.scope, list)?;
        if !matches!(rest, Val::Nil) {
            self.wait(Waits::Sequence, rest)?;
        }
        self.go(first)
    }

    fn logic(&mut self, waits: Waits, list: Val<'_>, empty: bool) -> Result<Next, LispError> {
        if let Val::Nil = list {
            return self.value(Val::Bool(empty));
        }
        let (first, rest) = parts(self.scope, list)?;
        if !matches!(rest, Val::Nil) {
            self.wait(waits, rest)?;
        }
        self.go(first)
    }

    /// The symbol of a special form.
    fn named(&mut self, name: &str) -> Result<Val<'s>, LispError> {
        let symbols = self.machine.symbols(self.scope);
        Ok(Val::Symbol(symbols::intern(self.scope, symbols, name)?))
    }

    /// `(let ((name expression) ...) body ...)` becomes `((lambda (name ...) body ...) expression ...)`
    /// where it stands, so it is rewritten once.
    fn rewrite_let(&mut self, list: Gc<'_, Pair>, rest: Val<'_>) -> Result<Next, LispError> {
        let (mut bindings, body) = parts(self.scope, rest)?;
        let (mut names, mut expressions) = (Val::Nil, Val::Nil);
        let mut pairs = Vec::new();
        while let Val::Pair(_) = bindings {
            let (binding, others) = parts(self.scope, bindings)?;
            let (name, expression) = parts(self.scope, binding)?;
            pairs.push((name, parts(self.scope, expression)?.0));
            bindings = others;
        }
        for (name, expression) in pairs.into_iter().rev() {
            names = cons(self.scope, name, names)?;
            expressions = cons(self.scope, expression, expressions)?;
        }
        let lambda = self.named("lambda")?;
        let function = cons(self.scope, names, body)?;
        let function = cons(self.scope, lambda, function)?;
        list.set_car(self.scope, function);
        list.set_cdr(self.scope, expressions);
        Ok(Next::Evaluate)
    }

    /// `(cond (test body ...) clause ...)` becomes `(if test (begin body ...) (cond clause ...))` where
    /// it stands.
    fn rewrite_cond(&mut self, list: Gc<'_, Pair>, rest: Val<'_>) -> Result<Next, LispError> {
        if let Val::Nil = rest {
            return self.value(Val::Nothing);
        }
        let (clause, others) = parts(self.scope, rest)?;
        let (test, body) = parts(self.scope, clause)?;
        let (cond, begin, if_) = (self.named("cond")?, self.named("begin")?, self.named("if")?);
        let others = cons(self.scope, cond, others)?;
        let others = cons(self.scope, others, Val::Nil)?;
        let body = cons(self.scope, begin, body)?;
        let branches = cons(self.scope, body, others)?;
        let rest = cons(self.scope, test, branches)?;
        list.set_car(self.scope, if_);
        list.set_cdr(self.scope, rest);
        Ok(Next::Evaluate)
    }

    /// Gives the value to the innermost frame.
    fn give(&mut self) -> Result<Next, LispError> {
        let Some(frame) = self.machine.stack(self.scope) else { return Ok(Next::Stop) };
        let value = self.machine.value(self.scope);
        let (environment, rest) = (frame.environment(self.scope), frame.rest(self.scope));
        self.machine.set_environment(self.scope, environment);
        let waits = frame.waits(self.scope);
        if let Waits::Call = waits {
            return self.argument(frame, rest, value);
        }
        let around = frame.around(self.scope);
        self.machine.set_stack(self.scope, around);
        let truth = !matches!(value, Val::Bool(false));
        match waits {
            Waits::If => {
                let (then, otherwise) = parts(self.scope, rest)?;
                match (truth, otherwise) {
                    (true, _) => self.go(then),
                    (false, Val::Nil) => self.value(Val::Nothing),
                    (false, otherwise) => {
                        let (expression, _) = parts(self.scope, otherwise)?;
                        self.go(expression)
                    }
                }
            }
            Waits::Define => {
                self.symbol(rest)?.set_value(self.scope, value);
                self.value(Val::Nothing)
            }
            Waits::Set => {
                let name = self.symbol(rest)?;
                match self.find(name) {
                    Some((environment, index)) => environment.set_values(self.scope, index, value),
                    None => name.set_value(self.scope, value),
                }
                self.value(Val::Nothing)
            }
            Waits::And if truth => self.logic(waits, rest, true),
            Waits::Or if !truth => self.logic(waits, rest, false),
            Waits::And | Waits::Or => Ok(Next::Return),
            Waits::Sequence | Waits::Call => self.sequence(rest),
        }
    }

    /// The function or an argument of a call has its value.
    fn argument(
        &mut self,
        frame: Gc<'_, Frame>,
        rest: Val<'_>,
        value: Val<'s>,
    ) -> Result<Next, LispError> {
        let values = frame.values(self.scope);
        if let Val::Nil = rest {
            let around = frame.around(self.scope);
            self.machine.set_stack(self.scope, around);
            return self.call(value, values);
        }
        let values = cons(self.scope, value, values)?;
        let (next, rest) = parts(self.scope, rest)?;
        frame.set_values(self.scope, values);
        frame.set_rest(self.scope, rest);
        self.go(next)
    }

    /// Calls a function: the last value, and those before it, the last first, of which the very
    /// first is the function.
    fn call(&mut self, last: Val<'s>, mut before: Val<'s>) -> Result<Next, LispError> {
        let mut values = vec![last];
        while let Val::Pair(pair) = before {
            values.push(pair.car(self.scope));
            before = pair.cdr(self.scope);
        }
        values.reverse();
        match values[0] {
            Val::Native(native) => self.call_native(native, &values[1..]),
            Val::Closure(closure) => self.call_closure(closure, &values[1..]),
            other => Err(wanted(self.scope, "a procedure", other)),
        }
    }

    fn call_native(
        &mut self,
        native: Gc<'_, Native>,
        arguments: &[Val<'s>],
    ) -> Result<Next, LispError> {
        let builtin = native.builtin(self.scope);
        if arguments.len() != builtin.arguments {
            return Err(LispError::Arity(builtin.name.to_owned()));
        }
        if builtin.name == "display" {
            self.machine.set_value(self.scope, arguments[0]);
            write::write(self.scope, self.machine, self.output, false)?;
            return self.value(Val::Nothing);
        }
        let value = (builtin.run)(self.scope, arguments)?;
        self.value(value)
    }

    fn call_closure(
        &mut self,
        closure: Gc<'_, Closure>,
        arguments: &[Val<'s>],
    ) -> Result<Next, LispError> {
        let first = self.scope.read(closure).parameters();
        if successors(first, |parameter| parameter.next()).count() != arguments.len() {
            return Err(LispError::Arity("a function".into()));
        }
        let (around, parameters) =
            (closure.environment(self.scope), closure.parameters(self.scope));
        let environment = Environment { around, parameters, values: arguments };
        let environment = self.scope.make(environment)?;
        self.machine.set_environment(self.scope, Some(environment));
        let body = closure.body(self.scope);
        self.sequence(body)
    }
}
