//! On gc-arena: nothing is collected inside `mutate`, so the machine runs some instructions at a time.

use super::task::{Machine, Op, State, WINDOW, interpret};
use gc_arena::lock::RefLock;
use gc_arena::{Arena, Collect, Gc, Mutation, Rootable};

/// Instructions of a turn.
const FUEL: usize = 10_000;

#[derive(Clone, Copy, Collect)]
#[collect(no_drop)]
enum Value<'gc> {
    Undefined,
    Number(i32),
    Object(Gc<'gc, RefLock<Vec<Value<'gc>>>>),
}

#[derive(Collect)]
#[collect(no_drop)]
struct Stack<'gc> {
    registers: Vec<Value<'gc>>,
    base: usize,
}

/// The stack during a turn.
struct Turn<'a, 'gc> {
    stack: &'a mut Stack<'gc>,
    mc: &'a Mutation<'gc>,
}

impl<'gc> Turn<'_, 'gc> {
    #[inline(always)]
    fn get(&self, register: usize) -> Value<'gc> {
        self.stack.registers[self.stack.base + register]
    }

    #[inline(always)]
    fn set(&mut self, register: usize, value: Value<'gc>) {
        self.stack.registers[self.stack.base + register] = value;
    }

    #[inline(always)]
    fn number_of(&self, register: usize) -> i32 {
        let Value::Number(number) = self.get(register) else { panic!("a number") };
        number
    }
}

impl Machine for Turn<'_, '_> {
    type Window = usize;

    #[inline(always)]
    fn number(&mut self, to: usize, number: i32) {
        self.set(to, Value::Number(number));
    }

    fn make(&mut self, to: usize, fields: usize) {
        let object = Gc::new(self.mc, RefLock::new(vec![Value::Undefined; fields]));
        self.set(to, Value::Object(object));
    }

    #[inline(always)]
    fn load(&mut self, to: usize, object: usize, field: usize) {
        let Value::Object(object) = self.get(object) else { panic!("an object") };
        let value = *object.borrow().get(field).expect("a field");
        self.set(to, value);
    }

    #[inline(always)]
    fn store(&mut self, object: usize, field: usize, from: usize) {
        let Value::Object(object) = self.get(object) else { panic!("an object") };
        *object.borrow_mut(self.mc).get_mut(field).expect("a field") = self.get(from);
    }

    #[inline(always)]
    fn add(&mut self, to: usize, a: usize, b: usize) {
        let sum = self.number_of(a).checked_add(self.number_of(b));
        self.set(to, Value::Number(sum.expect("a small sum")));
    }

    #[inline(always)]
    fn less(&self, a: usize, b: usize) -> bool {
        self.number_of(a) < self.number_of(b)
    }

    #[inline(always)]
    fn call(&mut self, argument: usize) -> usize {
        let (caller, argument) = (self.stack.base, self.get(argument));
        self.stack.base += WINDOW;
        self.stack.registers.resize(self.stack.base + WINDOW, Value::Undefined);
        self.set(0, argument);
        caller
    }

    #[inline(always)]
    fn pop_with(&mut self, from: usize, window: usize, to: usize) {
        let result = self.get(from);
        self.stack.base = window;
        self.stack.registers.truncate(window + WINDOW);
        self.set(to, result);
    }

    fn result(&self, register: usize) -> i32 {
        self.number_of(register)
    }
}

/// Runs a program.
pub fn run(code: &[Op]) -> u64 {
    let mut arena = Arena::<Rootable![Gc<'_, RefLock<Stack<'_>>>]>::new(|mc| {
        let registers = vec![Value::Undefined; WINDOW];
        Gc::new(mc, RefLock::new(Stack { registers, base: 0 }))
    });
    let mut state = State::default();
    loop {
        let result = arena.mutate(|mc, stack| {
            let mut turn = Turn { stack: &mut stack.borrow_mut(mc), mc };
            interpret(&mut turn, code, &mut state, FUEL)
        });
        if let Some(result) = result {
            return result as u64;
        }
        arena.collect_debt();
    }
}
