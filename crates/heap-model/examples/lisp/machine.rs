//! The evaluator: a machine that takes small steps and keeps its stack in the heap. Rust's stack does
//! not grow with the program's, and calls in tail position take no room.

use super::builtins::BUILTINS;
use super::{CAR, CDR, LispError, cons, pair, parts, register, symbol, symbols, wanted, write};
use heap_model::{Kind, Local, Scope, Value};

/// The special forms; a symbol's slot has its place here.
pub const FORMS: [&str; 10] =
    ["quote", "if", "define", "set!", "lambda", "begin", "let", "cond", "and", "or"];

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

/// A frame: what waits, the frame around it, the environment, two slots of its own.
mod frame {
    pub const WAITS: usize = 0;
    pub const AROUND: usize = 1;
    pub const ENVIRONMENT: usize = 2;
    /// Expressions that are not evaluated yet, or the symbol that is set.
    pub const REST: usize = 3;
    /// Values of arguments, the last first, and then the function's.
    pub const VALUES: usize = 4;
    pub const SLOTS: usize = 5;
}

/// What waits for a value.
#[derive(Clone, Copy)]
#[repr(i32)]
enum Waits {
    Call,
    If,
    Define,
    Set,
    Sequence,
    And,
    Or,
}

const WAITS: [Waits; 7] =
    [Waits::Call, Waits::If, Waits::Define, Waits::Set, Waits::Sequence, Waits::And, Waits::Or];

/// An environment: the one around it, the parameters, then their values.
mod environment {
    pub const AROUND: usize = 0;
    pub const PARAMETERS: usize = 1;
    pub const VALUES: usize = 2;
}

/// A closure.
mod closure {
    pub const PARAMETERS: usize = 0;
    pub const BODY: usize = 1;
    pub const ENVIRONMENT: usize = 2;
    pub const SLOTS: usize = 3;
}

/// Evaluates the expression that is in its register, and leaves the value in its.
pub fn evaluate(
    scope: &mut Scope<'_>,
    registers: Local<'_>,
    output: &mut String,
) -> Result<(), LispError> {
    scope.set(registers, register::STACK, Value::Null)?;
    scope.set(registers, register::ENVIRONMENT, Value::Null)?;
    let mut next = Next::Evaluate;
    loop {
        next = scope.scope(|scope| {
            let mut step = Step { scope, registers, output };
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
    registers: Local<'r>,
    output: &'a mut String,
}

impl<'s> Step<'_, 's, '_> {
    fn register(&mut self, slot: usize) -> Result<Value<'s>, LispError> {
        Ok(self.scope.get(self.registers, slot)?)
    }

    fn put(&mut self, slot: usize, value: Value<'_>) -> Result<(), LispError> {
        Ok(self.scope.set(self.registers, slot, value)?)
    }

    fn value(&mut self, value: Value<'_>) -> Result<Next, LispError> {
        self.put(register::VALUE, value)?;
        Ok(Next::Return)
    }

    /// Goes on with an expression in the environment that there is.
    fn go(&mut self, expression: Value<'_>) -> Result<Next, LispError> {
        self.put(register::EXPRESSION, expression)?;
        Ok(Next::Evaluate)
    }

    fn expression(&mut self) -> Result<Next, LispError> {
        let expression = self.register(register::EXPRESSION)?;
        if let Some(symbol) = symbol(self.scope, expression) {
            let (holder, slot) = self.find(symbol)?;
            let value = self.scope.get(holder, slot)?;
            return match value {
                Value::Hole => Err(LispError::Unbound(symbols::text(self.scope, symbol)?)),
                value => self.value(value),
            };
        }
        let Some(list) = pair(self.scope, expression) else { return self.value(expression) };
        let (head, rest) = parts(self.scope, expression)?;
        if let Some(symbol) = symbol(self.scope, head)
            && let Value::Smi(form) = self.scope.get(symbol, symbols::FORM)?
        {
            return self.form(form, list, rest);
        }
        self.wait(Waits::Call, rest)?;
        self.go(head)
    }

    /// Where a symbol's value is: in an environment, or in the symbol.
    fn find(&mut self, symbol: Local<'s>) -> Result<(Local<'s>, usize), LispError> {
        let mut around = self.register(register::ENVIRONMENT)?;
        while let Value::Ref(environment) = around {
            let mut parameters = self.scope.get(environment, environment::PARAMETERS)?;
            let mut slot = environment::VALUES;
            while let Value::Ref(parameter) = parameters {
                let (name, rest) = parts(self.scope, Value::Ref(parameter))?;
                if matches!(name, Value::Ref(name) if self.scope.same(name, symbol)) {
                    return Ok((environment, slot));
                }
                (parameters, slot) = (rest, slot + 1);
            }
            around = self.scope.get(environment, environment::AROUND)?;
        }
        Ok((symbol, symbols::VALUE))
    }

    /// Lets a frame wait for the next value.
    fn wait(&mut self, waits: Waits, rest: Value<'_>) -> Result<(), LispError> {
        let frame = self.scope.alloc(Kind::Array, frame::SLOTS, 0)?;
        let around = self.register(register::STACK)?;
        let environment = self.register(register::ENVIRONMENT)?;
        self.scope.set(frame, frame::WAITS, Value::Smi(waits as i32))?;
        self.scope.set(frame, frame::AROUND, around)?;
        self.scope.set(frame, frame::ENVIRONMENT, environment)?;
        self.scope.set(frame, frame::REST, rest)?;
        self.scope.set(frame, frame::VALUES, Value::Null)?;
        self.put(register::STACK, Value::Ref(frame))
    }

    fn form(&mut self, form: i32, list: Local<'_>, rest: Value<'s>) -> Result<Next, LispError> {
        match FORMS.get(form as usize).copied().unwrap_or_default() {
            "quote" => {
                let (datum, _) = parts(self.scope, rest)?;
                self.value(datum)
            }
            "if" => {
                let (condition, branches) = parts(self.scope, rest)?;
                self.wait(Waits::If, branches)?;
                self.go(condition)
            }
            "define" => self.define(rest),
            "set!" => {
                let (name, rest) = parts(self.scope, rest)?;
                let (expression, _) = parts(self.scope, rest)?;
                self.wait(Waits::Set, name)?;
                self.go(expression)
            }
            "lambda" => {
                let (parameters, body) = parts(self.scope, rest)?;
                let closure = self.closure(parameters, body)?;
                self.value(Value::Ref(closure))
            }
            "begin" => self.sequence(rest),
            "let" => self.rewrite_let(list, rest),
            "cond" => self.rewrite_cond(list, rest),
            "and" => self.logic(Waits::And, rest, true),
            _ => self.logic(Waits::Or, rest, false),
        }
    }

    fn closure(&mut self, parameters: Value<'_>, body: Value<'_>) -> Result<Local<'s>, LispError> {
        let closure = self.scope.alloc(Kind::Closure, closure::SLOTS, 0)?;
        let environment = self.register(register::ENVIRONMENT)?;
        self.scope.set(closure, closure::PARAMETERS, parameters)?;
        self.scope.set(closure, closure::BODY, body)?;
        self.scope.set(closure, closure::ENVIRONMENT, environment)?;
        Ok(closure)
    }

    /// `(define name expression)` or `(define (name parameters ...) body ...)`, outside functions.
    fn define(&mut self, rest: Value<'_>) -> Result<Next, LispError> {
        if let Value::Ref(_) = self.register(register::ENVIRONMENT)? {
            return Err(LispError::Syntax("a definition in a function".into()));
        }
        let (name, rest) = parts(self.scope, rest)?;
        if pair(self.scope, name).is_some() {
            let (name, parameters) = parts(self.scope, name)?;
            let closure = self.closure(parameters, rest)?;
            self.wait(Waits::Define, name)?;
            return self.value(Value::Ref(closure));
        }
        let (expression, _) = parts(self.scope, rest)?;
        self.wait(Waits::Define, name)?;
        self.go(expression)
    }

    /// Evaluates a list of expressions for the last one's value.
    fn sequence(&mut self, list: Value<'_>) -> Result<Next, LispError> {
        if let Value::Null = list {
            return self.value(Value::Undefined);
        }
        let (first, rest) = parts(self.scope, list)?;
        if !matches!(rest, Value::Null) {
            self.wait(Waits::Sequence, rest)?;
        }
        self.go(first)
    }

    fn logic(&mut self, waits: Waits, list: Value<'_>, empty: bool) -> Result<Next, LispError> {
        if let Value::Null = list {
            return self.value(Value::Bool(empty));
        }
        let (first, rest) = parts(self.scope, list)?;
        if !matches!(rest, Value::Null) {
            self.wait(waits, rest)?;
        }
        self.go(first)
    }

    /// `(let ((name expression) ...) body ...)` becomes `((lambda (name ...) body ...) expression ...)`
    /// where it stands, so it is rewritten once.
    fn rewrite_let(&mut self, list: Local<'_>, rest: Value<'_>) -> Result<Next, LispError> {
        let (mut bindings, body) = parts(self.scope, rest)?;
        let lambda = symbols::intern(self.scope, self.registers, "lambda")?;
        let (mut names, mut expressions) = (Value::Null, Value::Null);
        let mut pairs = Vec::new();
        while let Value::Ref(_) = bindings {
            let (binding, others) = parts(self.scope, bindings)?;
            let (name, expression) = parts(self.scope, binding)?;
            pairs.push((name, parts(self.scope, expression)?.0));
            bindings = others;
        }
        for (name, expression) in pairs.into_iter().rev() {
            names = Value::Ref(cons(self.scope, name, names)?);
            expressions = Value::Ref(cons(self.scope, expression, expressions)?);
        }
        let function = cons(self.scope, names, body)?;
        let function = cons(self.scope, Value::Ref(lambda), Value::Ref(function))?;
        self.scope.set(list, CAR, Value::Ref(function))?;
        self.scope.set(list, CDR, expressions)?;
        Ok(Next::Evaluate)
    }

    /// `(cond (test body ...) clause ...)` becomes `(if test (begin body ...) (cond clause ...))` where
    /// it stands.
    fn rewrite_cond(&mut self, list: Local<'_>, rest: Value<'_>) -> Result<Next, LispError> {
        if let Value::Null = rest {
            return self.value(Value::Undefined);
        }
        let (clause, others) = parts(self.scope, rest)?;
        let (test, body) = parts(self.scope, clause)?;
        let [cond, begin, if_] =
            ["cond", "begin", "if"].map(|name| symbols::intern(self.scope, self.registers, name));
        let others = cons(self.scope, Value::Ref(cond?), others)?;
        let others = cons(self.scope, Value::Ref(others), Value::Null)?;
        let body = cons(self.scope, Value::Ref(begin?), body)?;
        let branches = cons(self.scope, Value::Ref(body), Value::Ref(others))?;
        let rest = cons(self.scope, test, Value::Ref(branches))?;
        self.scope.set(list, CAR, Value::Ref(if_?))?;
        self.scope.set(list, CDR, Value::Ref(rest))?;
        Ok(Next::Evaluate)
    }

    /// Gives the value to the innermost frame.
    fn give(&mut self) -> Result<Next, LispError> {
        let Value::Ref(frame) = self.register(register::STACK)? else { return Ok(Next::Stop) };
        let value = self.register(register::VALUE)?;
        let (environment, around, rest, waits) = (
            self.scope.get(frame, frame::ENVIRONMENT)?,
            self.scope.get(frame, frame::AROUND)?,
            self.scope.get(frame, frame::REST)?,
            self.scope.get(frame, frame::WAITS)?,
        );
        let Value::Smi(waits) = waits else { return Err(wanted(self.scope, "a frame", waits)) };
        self.put(register::ENVIRONMENT, environment)?;
        let waits = WAITS[waits as usize % WAITS.len()];
        if let Waits::Call = waits {
            return self.argument(frame, around, rest, value);
        }
        self.put(register::STACK, around)?;
        let truth = !matches!(value, Value::Bool(false));
        match waits {
            Waits::If => {
                let (then, otherwise) = parts(self.scope, rest)?;
                match (truth, otherwise) {
                    (true, _) => self.go(then),
                    (false, Value::Null) => self.value(Value::Undefined),
                    (false, otherwise) => {
                        let (expression, _) = parts(self.scope, otherwise)?;
                        self.go(expression)
                    }
                }
            }
            Waits::Define => {
                let name = symbol(self.scope, rest);
                let name = name.ok_or_else(|| wanted(self.scope, "a symbol", rest))?;
                self.scope.set(name, symbols::VALUE, value)?;
                self.value(Value::Undefined)
            }
            Waits::Set => {
                let name = symbol(self.scope, rest);
                let name = name.ok_or_else(|| wanted(self.scope, "a symbol", rest))?;
                let (holder, slot) = self.find(name)?;
                self.scope.set(holder, slot, value)?;
                self.value(Value::Undefined)
            }
            Waits::And if truth => self.logic(waits, rest, true),
            Waits::Or if !truth => self.logic(waits, rest, false),
            Waits::And | Waits::Or => Ok(Next::Return),
            _ => self.sequence(rest),
        }
    }

    /// The function or an argument of a call has its value.
    fn argument(
        &mut self,
        frame: Local<'_>,
        around: Value<'_>,
        rest: Value<'_>,
        value: Value<'s>,
    ) -> Result<Next, LispError> {
        let values = self.scope.get(frame, frame::VALUES)?;
        if let Value::Null = rest {
            self.put(register::STACK, around)?;
            return self.call(value, values);
        }
        let values = cons(self.scope, value, values)?;
        let (next, rest) = parts(self.scope, rest)?;
        self.scope.set(frame, frame::VALUES, Value::Ref(values))?;
        self.scope.set(frame, frame::REST, rest)?;
        self.go(next)
    }

    /// Calls a function: the last value, and those before it, the last first, of which the very
    /// first is the function.
    fn call(&mut self, last: Value<'s>, before: Value<'s>) -> Result<Next, LispError> {
        let (mut values, mut before) = (vec![last], before);
        while let Value::Ref(_) = before {
            let (value, rest) = parts(self.scope, before)?;
            values.push(value);
            before = rest;
        }
        values.reverse();
        let Some((Value::Ref(function), arguments)) = values.split_first() else {
            return Err(wanted(self.scope, "a procedure", values[0]));
        };
        match (self.scope.kind(*function)?, self.scope.slot_count(*function)?) {
            (Kind::Closure, 1) => self.call_builtin(*function, arguments),
            (Kind::Closure, closure::SLOTS) => self.call_closure(*function, arguments),
            _ => Err(wanted(self.scope, "a procedure", values[0])),
        }
    }

    fn call_builtin(
        &mut self,
        function: Local<'_>,
        arguments: &[Value<'s>],
    ) -> Result<Next, LispError> {
        let number = match self.scope.get(function, 0)? {
            Value::Smi(number) => number as usize,
            _ => BUILTINS.len(),
        };
        let Some(builtin) = BUILTINS.get(number) else {
            return Err(wanted(self.scope, "a builtin", Value::Ref(function)));
        };
        if arguments.len() != builtin.arguments {
            return Err(LispError::Arity(builtin.name.to_owned()));
        }
        if builtin.name == "display" {
            self.put(register::VALUE, arguments[0])?;
            write::write(self.scope, self.registers, self.output, false)?;
            return self.value(Value::Undefined);
        }
        let value = (builtin.run)(self.scope, arguments)?;
        self.value(value)
    }

    fn call_closure(
        &mut self,
        function: Local<'_>,
        arguments: &[Value<'s>],
    ) -> Result<Next, LispError> {
        let environment =
            self.scope.alloc(Kind::Context, environment::VALUES + arguments.len(), 0)?;
        let around = self.scope.get(function, closure::ENVIRONMENT)?;
        let parameters = self.scope.get(function, closure::PARAMETERS)?;
        let body = self.scope.get(function, closure::BODY)?;
        self.scope.set(environment, environment::AROUND, around)?;
        self.scope.set(environment, environment::PARAMETERS, parameters)?;
        let mut left = parameters;
        for (number, argument) in arguments.iter().enumerate() {
            let Value::Ref(_) = left else { return Err(LispError::Arity("a function".into())) };
            left = parts(self.scope, left)?.1;
            self.scope.set(environment, environment::VALUES + number, *argument)?;
        }
        if !matches!(left, Value::Null) {
            return Err(LispError::Arity("a function".into()));
        }
        self.put(register::ENVIRONMENT, Value::Ref(environment))?;
        self.sequence(body)
    }
}
