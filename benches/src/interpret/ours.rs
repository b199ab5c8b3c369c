//! On heap-model's register stack.

use super::task::{Machine, Op, State, WINDOW, interpret};
use heap_model::{Heap, HeapOptions, Kind, Registers, Window};

impl Machine for Registers<'_> {
    type Window = Window;

    #[inline(always)]
    fn number(&mut self, to: usize, number: i32) {
        self.set_smi(to, number);
    }

    #[inline(always)]
    fn make(&mut self, to: usize, fields: usize) {
        self.alloc(to, Kind::Object, fields, 0).expect("room");
    }

    #[inline(always)]
    fn load(&mut self, to: usize, object: usize, field: usize) {
        Registers::load(self, to, object, field).expect("a field");
    }

    #[inline(always)]
    fn store(&mut self, object: usize, field: usize, from: usize) {
        Registers::store(self, object, field, from).expect("a field");
    }

    #[inline(always)]
    fn add(&mut self, to: usize, a: usize, b: usize) {
        let (a, b) = self.smis(a, b).expect("numbers");
        self.set_smi(to, a.checked_add(b).expect("a small sum"));
    }

    #[inline(always)]
    fn less(&self, a: usize, b: usize) -> bool {
        let (a, b) = self.smis(a, b).expect("numbers");
        a < b
    }

    #[inline(always)]
    fn call(&mut self, argument: usize) -> Window {
        self.call_copying(argument, 1, WINDOW).expect("registers")
    }

    #[inline(always)]
    fn pop_with(&mut self, from: usize, window: Window, to: usize) {
        Registers::pop_with(self, from, window, to);
    }

    fn result(&self, register: usize) -> i32 {
        self.smi(register).expect("a number")
    }
}

/// Runs a program.
pub fn run(code: &[Op]) -> u64 {
    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    let mut machine = heap.registers();
    machine.push(WINDOW).expect("registers");
    let result = interpret(&mut machine, code, &mut State::default(), usize::MAX);
    result.expect("a program that ends") as u64
}
