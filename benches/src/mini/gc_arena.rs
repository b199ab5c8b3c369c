//! On gc-arena, which collects between its mutations: not while a program runs.

use super::syntax::{Expr, Name, Program};
use gc_arena::barrier::unlock;
use gc_arena::{Arena, Collect, Gc, Mutation, RefLock, Rootable};
use std::collections::HashMap;
use std::error::Error;
use std::iter::successors;
use std::rc::Rc;

#[derive(Clone, Copy, Collect)]
#[collect(no_drop)]
enum Val<'gc> {
    Nothing,
    Number(i32),
    Closure(Gc<'gc, Closure<'gc>>),
    Object(Object<'gc>),
}

type Var<'gc> = Gc<'gc, Variable<'gc>>;
type EnvPtr<'gc> = Gc<'gc, Env<'gc>>;
type Object<'gc> = Gc<'gc, RefLock<HashMap<Rc<str>, Val<'gc>>>>;

#[derive(Collect)]
#[collect(no_drop)]
struct Closure<'gc> {
    function: usize,
    env: EnvPtr<'gc>,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Env<'gc> {
    variables: RefLock<Option<Var<'gc>>>,
    outer: Option<EnvPtr<'gc>>,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Variable<'gc> {
    name: Name,
    value: RefLock<Val<'gc>>,
    next: Option<Var<'gc>>,
}

/// A program, and the strings that its names are.
struct Machine<'p>(&'p Program, Vec<Rc<str>>);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Runs a program; its value is a number.
pub fn run(text: &str) -> Result<i32> {
    let (program, body) = Program::read(text)?;
    let strings = program.names.iter().map(|name| name.as_str().into()).collect();
    let machine = Machine(&program, strings);
    let arena = Arena::<Rootable![Gc<'_, Env<'_>>]>::new(|mc| new_env(mc, None));
    arena.mutate(|mc, env| match machine.eval(mc, *env, &body)? {
        Val::Number(number) => Ok(number),
        _ => Err("the program's value is no number".into()),
    })
}

fn new_env<'gc>(mc: &Mutation<'gc>, outer: Option<EnvPtr<'gc>>) -> EnvPtr<'gc> {
    Gc::new(mc, Env { variables: RefLock::new(None), outer })
}

fn variable<'gc>(env: EnvPtr<'gc>, name: Name) -> Result<Var<'gc>> {
    let found = successors(Some(env), |env| env.outer)
        .flat_map(|env| successors(*env.variables.borrow(), |variable| variable.next))
        .find(|variable| variable.name == name);
    Ok(found.ok_or("no such variable")?)
}

fn bind<'gc>(mc: &Mutation<'gc>, env: EnvPtr<'gc>, name: Name, value: Val<'gc>) {
    let next = *env.variables.borrow();
    let variable = Gc::new(mc, Variable { name, value: RefLock::new(value), next });
    *unlock!(Gc::write(mc, env), Env, variables).borrow_mut() = Some(variable);
}

impl Machine<'_> {
    fn eval<'gc>(&self, mc: &Mutation<'gc>, env: EnvPtr<'gc>, expr: &Expr) -> Result<Val<'gc>> {
        Ok(match expr {
            Expr::Number(number) => Val::Number(*number),
            Expr::Variable(name) => *variable(env, *name)?.value.borrow(),
            Expr::Let(name, value) => {
                let value = self.eval(mc, env, value)?;
                bind(mc, env, *name, value);
                value
            }
            Expr::Set(name, value) => {
                let value = self.eval(mc, env, value)?;
                let variable = Gc::write(mc, variable(env, *name)?);
                *unlock!(variable, Variable, value).borrow_mut() = value;
                value
            }
            Expr::Function(function) => {
                Val::Closure(Gc::new(mc, Closure { function: *function, env }))
            }
            Expr::Call(callee, arguments) => {
                let Val::Closure(callee) = self.eval(mc, env, callee)? else {
                    return Err("only functions are called".into());
                };
                let function = &self.0.functions[callee.function];
                let inner = new_env(mc, Some(callee.env));
                for (parameter, argument) in function.parameters.iter().zip(arguments) {
                    bind(mc, inner, *parameter, self.eval(mc, env, argument)?);
                }
                self.eval(mc, inner, &function.body)?
            }
            Expr::Object(fields) => {
                let mut object = HashMap::new();
                for (name, value) in fields {
                    object.insert(self.1[*name].clone(), self.eval(mc, env, value)?);
                }
                Val::Object(Gc::new(mc, RefLock::new(object)))
            }
            Expr::Get(object, name) => {
                let object = self.map(mc, env, object)?;
                object.borrow().get(&self.1[*name]).copied().unwrap_or(Val::Nothing)
            }
            Expr::Put(object, name, value) => {
                let object = self.map(mc, env, object)?;
                let value = self.eval(mc, env, value)?;
                object.borrow_mut(mc).insert(self.1[*name].clone(), value);
                value
            }
            Expr::Binary(operator, left, right) => {
                match (self.eval(mc, env, left)?, self.eval(mc, env, right)?) {
                    (Val::Number(a), Val::Number(b)) => {
                        operator(a, b).map_or(Val::Nothing, Val::Number)
                    }
                    _ => return Err("two numbers wanted".into()),
                }
            }
            Expr::While(condition, body) => loop {
                let env = new_env(mc, Some(env));
                if let Val::Nothing = self.eval(mc, env, condition)? {
                    break Val::Nothing;
                }
                self.eval(mc, env, body)?;
            },
            Expr::Do(body) => {
                body.iter().try_fold(Val::Nothing, |_, expr| self.eval(mc, env, expr))?
            }
        })
    }

    fn map<'gc>(&self, mc: &Mutation<'gc>, env: EnvPtr<'gc>, expr: &Expr) -> Result<Object<'gc>> {
        match self.eval(mc, env, expr)? {
            Val::Object(object) => Ok(object),
            _ => Err("an object wanted".into()),
        }
    }
}
