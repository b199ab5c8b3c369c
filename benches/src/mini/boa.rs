//! On boa_gc, which collects during allocation.

use super::syntax::{Expr, Name, Program};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use std::collections::HashMap;
use std::error::Error;
use std::iter::successors;
use std::rc::Rc;

#[derive(Clone, Trace, Finalize)]
enum Val {
    Nothing,
    Number(i32),
    Closure(Gc<Closure>),
    Object(Object),
}

type Object = Gc<GcRefCell<HashMap<Rc<str>, Val>>>;

#[derive(Trace, Finalize)]
struct Closure {
    function: usize,
    env: Gc<Env>,
}

#[derive(Trace, Finalize)]
struct Env {
    variables: GcRefCell<Option<Gc<Variable>>>,
    outer: Option<Gc<Env>>,
}

#[derive(Trace, Finalize)]
struct Variable {
    name: Name,
    value: GcRefCell<Val>,
    next: Option<Gc<Variable>>,
}

/// A program, and the strings that its names are.
struct Machine<'p>(&'p Program, Vec<Rc<str>>);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Runs a program; its value is a number.
pub fn run(text: &str) -> Result<i32> {
    let (program, body) = Program::read(text)?;
    let strings = program.names.iter().map(|name| name.as_str().into()).collect();
    match Machine(&program, strings).eval(&new_env(None), &body)? {
        Val::Number(number) => Ok(number),
        _ => Err("the program's value is no number".into()),
    }
}

fn new_env(outer: Option<Gc<Env>>) -> Gc<Env> {
    Gc::new(Env { variables: GcRefCell::new(None), outer })
}

fn variable(env: &Gc<Env>, name: Name) -> Result<Gc<Variable>> {
    let found = successors(Some(env.clone()), |env| env.outer.clone())
        .flat_map(|env| {
            let first = env.variables.borrow().clone();
            successors(first, |variable| variable.next.clone())
        })
        .find(|variable| variable.name == name);
    Ok(found.ok_or("no such variable")?)
}

fn bind(env: &Gc<Env>, name: Name, value: Val) {
    let next = env.variables.borrow().clone();
    let variable = Gc::new(Variable { name, value: GcRefCell::new(value), next });
    *env.variables.borrow_mut() = Some(variable);
}

impl Machine<'_> {
    fn eval(&self, env: &Gc<Env>, expr: &Expr) -> Result<Val> {
        Ok(match expr {
            Expr::Number(number) => Val::Number(*number),
            Expr::Variable(name) => variable(env, *name)?.value.borrow().clone(),
            Expr::Let(name, value) => {
                let value = self.eval(env, value)?;
                bind(env, *name, value.clone());
                value
            }
            Expr::Set(name, value) => {
                let value = self.eval(env, value)?;
                *variable(env, *name)?.value.borrow_mut() = value.clone();
                value
            }
            Expr::Function(function) => {
                Val::Closure(Gc::new(Closure { function: *function, env: env.clone() }))
            }
            Expr::Call(callee, arguments) => {
                let callee = self.eval(env, callee)?;
                let Val::Closure(callee) = &callee else {
                    return Err("only functions are called".into());
                };
                let function = &self.0.functions[callee.function];
                let inner = new_env(Some(callee.env.clone()));
                for (parameter, argument) in function.parameters.iter().zip(arguments) {
                    bind(&inner, *parameter, self.eval(env, argument)?);
                }
                self.eval(&inner, &function.body)?
            }
            Expr::Object(fields) => {
                let mut object = HashMap::new();
                for (name, value) in fields {
                    object.insert(self.1[*name].clone(), self.eval(env, value)?);
                }
                Val::Object(Gc::new(GcRefCell::new(object)))
            }
            Expr::Get(object, name) => {
                let object = self.map(env, object)?;
                let value = object.borrow().get(&self.1[*name]).cloned();
                value.unwrap_or(Val::Nothing)
            }
            Expr::Put(object, name, value) => {
                let object = self.map(env, object)?;
                let value = self.eval(env, value)?;
                object.borrow_mut().insert(self.1[*name].clone(), value.clone());
                value
            }
            Expr::Binary(operator, left, right) => {
                match (self.eval(env, left)?, self.eval(env, right)?) {
                    (Val::Number(a), Val::Number(b)) => {
                        operator(a, b).map_or(Val::Nothing, Val::Number)
                    }
                    _ => return Err("two numbers wanted".into()),
                }
            }
            Expr::While(condition, body) => loop {
                let env = new_env(Some(env.clone()));
                if let Val::Nothing = self.eval(&env, condition)? {
                    break Val::Nothing;
                }
                self.eval(&env, body)?;
            },
            Expr::Do(body) => body.iter().try_fold(Val::Nothing, |_, expr| self.eval(env, expr))?,
        })
    }

    fn map(&self, env: &Gc<Env>, expr: &Expr) -> Result<Object> {
        match &self.eval(env, expr)? {
            Val::Object(map) => Ok(map.clone()),
            _ => Err("an object wanted".into()),
        }
    }
}
