//! On a vector of tagged words (NaN boxes), without a collector: objects are vectors that nobody frees.

use super::task::{Machine, Op, State, WINDOW, interpret};

/// A word whose upper bits say what it is. Doubles are all that is not below.
#[derive(Clone, Copy)]
struct NanBox(u64);

const NUMBER: u64 = 0xFFF9 << 48;
const OBJECT: u64 = 0xFFFA << 48;
const UNDEFINED: NanBox = NanBox(0xFFFB << 48);
const TAG: u64 = 0xFFFF << 48;

impl NanBox {
    #[inline(always)]
    fn number(number: i32) -> Self {
        Self(NUMBER | u64::from(number as u32))
    }

    #[inline(always)]
    fn as_number(self) -> Option<i32> {
        (self.0 & TAG == NUMBER).then_some(self.0 as u32 as i32)
    }

    #[inline(always)]
    fn as_object(self) -> Option<usize> {
        (self.0 & TAG == OBJECT).then_some((self.0 & !TAG) as usize)
    }
}

/// Registers of the stack at the most.
const MOST: usize = 1 << 20;

struct Vectors {
    registers: Vec<NanBox>,
    base: usize,
    objects: Vec<Box<[NanBox]>>,
}

impl Machine for Vectors {
    type Window = usize;

    #[inline(always)]
    fn number(&mut self, to: usize, number: i32) {
        self.registers[self.base + to] = NanBox::number(number);
    }

    fn make(&mut self, to: usize, fields: usize) {
        self.registers[self.base + to] = NanBox(OBJECT | self.objects.len() as u64);
        self.objects.push(vec![UNDEFINED; fields].into());
    }

    #[inline(always)]
    fn load(&mut self, to: usize, object: usize, field: usize) {
        let object = self.registers[self.base + object].as_object().expect("an object");
        self.registers[self.base + to] = *self.objects[object].get(field).expect("a field");
    }

    #[inline(always)]
    fn store(&mut self, object: usize, field: usize, from: usize) {
        let object = self.registers[self.base + object].as_object().expect("an object");
        *self.objects[object].get_mut(field).expect("a field") = self.registers[self.base + from];
    }

    #[inline(always)]
    fn add(&mut self, to: usize, a: usize, b: usize) {
        let a = self.registers[self.base + a].as_number().expect("a number");
        let b = self.registers[self.base + b].as_number().expect("a number");
        let sum = a.checked_add(b).expect("a small sum");
        self.registers[self.base + to] = NanBox::number(sum);
    }

    #[inline(always)]
    fn less(&self, a: usize, b: usize) -> bool {
        let a = self.registers[self.base + a].as_number().expect("a number");
        let b = self.registers[self.base + b].as_number().expect("a number");
        a < b
    }

    #[inline(always)]
    fn call(&mut self, argument: usize) -> usize {
        let (caller, argument) = (self.base, self.registers[self.base + argument]);
        self.base += WINDOW;
        assert!(self.base + WINDOW <= MOST, "registers");
        self.registers.resize(self.base, UNDEFINED);
        self.registers.resize(self.base + WINDOW, UNDEFINED);
        self.registers[self.base] = argument;
        caller
    }

    #[inline(always)]
    fn pop_with(&mut self, from: usize, window: usize, to: usize) {
        let result = self.registers[self.base + from];
        self.base = window;
        self.registers.truncate(self.base + WINDOW);
        self.registers[self.base + to] = result;
    }

    fn result(&self, register: usize) -> i32 {
        self.registers[self.base + register].as_number().expect("a number")
    }
}

/// Runs a program.
pub fn run(code: &[Op]) -> u64 {
    let registers = vec![UNDEFINED; WINDOW];
    let mut machine = Vectors { registers, base: 0, objects: Vec::new() };
    let result = interpret(&mut machine, code, &mut State::default(), usize::MAX);
    result.expect("a program that ends") as u64
}
