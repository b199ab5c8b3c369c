//! The language: numbers, closures, and objects whose fields have strings as keys.

use super::syntax::{Expr, Name, Program};
use heap_model::collections::{Identity, map};
use heap_model::typed::{Gc, Record, Slot};
use heap_model::{Heap, HeapOptions, Local, Scope, Value, shapes};
use std::error::Error;
use std::iter::successors;

#[derive(Clone, Copy, Slot)]
enum Val<'s> {
    Nothing,
    Number(i32),
    Closure(Gc<'s, Closure<'s>>),
    Object(Local<'s>),
}

#[derive(Record)]
struct Closure<'s> {
    function: usize,
    env: Gc<'s, Env<'s>>,
}

#[derive(Record)]
struct Env<'s> {
    variables: Option<Var<'s>>,
    outer: Option<Gc<'s, Env<'s>>>,
}

#[derive(Record)]
struct Variable<'s> {
    name: Name,
    value: Val<'s>,
    next: Option<Var<'s>>,
}

type Var<'s> = Gc<'s, Variable<'s>>;

/// A program, and the strings that its names are.
struct Machine<'p, 's>(&'p Program, Vec<Local<'s>>);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Runs a program; its value is a number.
pub fn run(text: &str) -> Result<i32> {
    let (program, body) = Program::read(text)?;
    Heap::new(HeapOptions::default())?.enter(|scope| {
        let string = |name: &String| shapes::one_byte_string(scope, name.as_bytes());
        let strings = program.names.iter().map(string).collect::<std::result::Result<_, _>>()?;
        let env = scope.make(Env { variables: None, outer: None })?;
        match Machine(&program, strings).eval(scope, env, &body)? {
            Val::Number(number) => Ok(number),
            _ => Err("the program's value is no number".into()),
        }
    })
}

fn variable<'s>(scope: &mut Scope<'s>, env: Gc<'_, Env>, name: Name) -> Result<Var<'s>> {
    let found = scope.find_record::<Variable, _>(env, |env| {
        successors(Some(env), |env| env.outer())
            .flat_map(|env| successors(env.variables(), |variable| variable.next()))
            .find(|variable| variable.name() == name)
    });
    Ok(found.ok_or("no such variable")?)
}

fn bind(scope: &mut Scope<'_>, env: Gc<'_, Env>, name: Name, value: Val<'_>) -> Result<()> {
    let variable = Variable { name, value, next: env.variables(scope) };
    let variable = scope.make(variable)?;
    env.set_variables(scope, Some(variable));
    Ok(())
}

impl Machine<'_, '_> {
    fn eval<'s>(&self, scope: &mut Scope<'s>, env: Gc<'_, Env>, expr: &Expr) -> Result<Val<'s>> {
        Ok(match expr {
            Expr::Number(number) => Val::Number(*number),
            Expr::Variable(name) => variable(scope, env, *name)?.value(scope),
            Expr::Let(name, value) => {
                let value = self.eval(scope, env, value)?;
                bind(scope, env, *name, value)?;
                value
            }
            Expr::Set(name, value) => {
                let value = self.eval(scope, env, value)?;
                variable(scope, env, *name)?.set_value(scope, value);
                value
            }
            Expr::Function(function) => {
                Val::Closure(scope.make(Closure { function: *function, env })?)
            }
            Expr::Call(callee, arguments) => {
                let Val::Closure(callee) = self.eval(scope, env, callee)? else {
                    return Err("only functions are called".into());
                };
                let function = &self.0.functions[callee.function(scope)];
                let outer = callee.env(scope);
                let inner = scope.make(Env { variables: None, outer: Some(outer) })?;
                for (parameter, argument) in function.parameters.iter().zip(arguments) {
                    let argument = self.eval(scope, env, argument)?;
                    bind(scope, inner, *parameter, argument)?;
                }
                scope.escape_as::<Val, _>(|scope| self.eval(scope, inner, &function.body))?
            }
            Expr::Object(fields) => {
                let object = shapes::map(scope, fields.len())?;
                for (name, value) in fields {
                    let value = Value::from(self.eval(scope, env, value)?);
                    map::set(scope, &Identity, object, self.1[*name], value)?;
                }
                Val::Object(object)
            }
            Expr::Get(object, name) => {
                let object = self.map(scope, env, object)?;
                let value = map::get(scope, &Identity, object, self.1[*name])?;
                value.and_then(|value| scope.cast::<Val>(value)).unwrap_or(Val::Nothing)
            }
            Expr::Put(object, name, value) => {
                let object = self.map(scope, env, object)?;
                let value = self.eval(scope, env, value)?;
                map::set(scope, &Identity, object, self.1[*name], Value::from(value))?;
                value
            }
            Expr::Binary(operator, left, right) => {
                match (self.eval(scope, env, left)?, self.eval(scope, env, right)?) {
                    (Val::Number(a), Val::Number(b)) => {
                        operator(a, b).map_or(Val::Nothing, Val::Number)
                    }
                    _ => return Err("two numbers wanted".into()),
                }
            }
            Expr::While(condition, body) => {
                while scope.scope(|scope| -> Result<bool> {
                    let env = scope.make(Env { variables: None, outer: Some(env) })?;
                    let ends = matches!(self.eval(scope, env, condition)?, Val::Nothing);
                    Ok(!ends && self.eval(scope, env, body).map(|_| true)?)
                })? {}
                Val::Nothing
            }
            Expr::Do(body) => {
                body.iter().try_fold(Val::Nothing, |_, expr| self.eval(scope, env, expr))?
            }
        })
    }

    fn map<'s>(&self, scope: &mut Scope<'s>, env: Gc<'_, Env>, expr: &Expr) -> Result<Local<'s>> {
        match self.eval(scope, env, expr)? {
            Val::Object(map) => Ok(map),
            _ => Err("an object wanted".into()),
        }
    }
}
