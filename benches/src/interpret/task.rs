//! The programs, and the loop of the interpreter, which is the same for all machines.

/// An instruction. Registers are numbers in the current window.
#[derive(Clone, Copy)]
pub enum Op {
    /// A register becomes a number.
    Number(u8, i32),
    /// A register becomes a new object with the given number of fields.
    Make(u8, u8),
    /// A register becomes what an object's field holds.
    Load(u8, u8, u8),
    /// An object's field becomes what a register holds.
    Store(u8, u8, u8),
    /// A register becomes the sum of two others.
    Add(u8, u8, u8),
    /// Goes to an instruction if the first register is less than the second.
    Less(u8, u8, u16),
    /// Calls what begins at an instruction, with the arguments that begin in the second register; the first becomes the
    /// result.
    Call(u8, u8, u16),
    /// Returns a register.
    Return(u8),
}

/// Registers of each window.
pub const WINDOW: usize = 6;

/// What the instructions do on one kind of memory.
pub trait Machine {
    /// Where a window lies.
    type Window: Copy;

    fn number(&mut self, to: usize, number: i32);
    fn make(&mut self, to: usize, fields: usize);
    fn load(&mut self, to: usize, object: usize, field: usize);
    fn store(&mut self, object: usize, field: usize, from: usize);
    fn add(&mut self, to: usize, a: usize, b: usize);
    fn less(&self, a: usize, b: usize) -> bool;
    /// Shows a new window whose first register is this one's `argument`, and gives the one until now.
    fn call(&mut self, argument: usize) -> Self::Window;
    fn pop_with(&mut self, from: usize, window: Self::Window, to: usize);
    fn result(&self, register: usize) -> i32;
}

/// Where the interpreter is.
pub struct State<W> {
    next: usize,
    frames: Vec<(usize, W, u8)>,
}

impl<W> Default for State<W> {
    fn default() -> Self {
        Self { next: 0, frames: Vec::new() }
    }
}

/// Interprets up to `fuel` instructions; the result once there is one.
#[inline(never)]
pub fn interpret<M: Machine>(
    machine: &mut M,
    code: &[Op],
    state: &mut State<M::Window>,
    fuel: usize,
) -> Option<i32> {
    let mut next = state.next;
    for _ in 0..fuel {
        let op = code[next];
        next += 1;
        match op {
            Op::Number(to, number) => machine.number(to.into(), number),
            Op::Make(to, fields) => machine.make(to.into(), fields.into()),
            Op::Load(to, object, field) => machine.load(to.into(), object.into(), field.into()),
            Op::Store(object, field, from) => {
                machine.store(object.into(), field.into(), from.into());
            }
            Op::Add(to, a, b) => machine.add(to.into(), a.into(), b.into()),
            Op::Less(a, b, target) => {
                if machine.less(a.into(), b.into()) {
                    next = target.into();
                }
            }
            Op::Call(to, argument, target) => {
                let window = machine.call(argument.into());
                state.frames.push((next, window, to));
                next = target.into();
            }
            Op::Return(from) => match state.frames.pop() {
                Some((back, window, to)) => {
                    machine.pop_with(from.into(), window, to.into());
                    next = back;
                }
                None => return Some(machine.result(from.into())),
            },
        }
    }
    state.next = next;
    None
}

/// Adds 7 to an object's field, `thousands` thousand times.
pub fn fields(thousands: usize) -> Vec<Op> {
    let rounds = i32::try_from(thousands * 1000).expect("a small integer");
    vec![
        Op::Make(0, 4),
        Op::Number(1, 0),
        Op::Store(0, 3, 1),
        Op::Number(2, rounds),
        Op::Number(3, 1),
        Op::Number(4, 7),
        Op::Load(5, 0, 3),
        Op::Add(5, 5, 4),
        Op::Store(0, 3, 5),
        Op::Add(1, 1, 3),
        Op::Less(1, 2, 6),
        Op::Load(5, 0, 3),
        Op::Return(5),
    ]
}

/// A Fibonacci number.
pub fn calls(number: usize) -> Vec<Op> {
    vec![
        Op::Number(1, i32::try_from(number).expect("a small integer")),
        Op::Call(0, 1, 3),
        Op::Return(0),
        Op::Number(1, 2),
        Op::Less(0, 1, 12),
        Op::Number(1, -1),
        Op::Add(2, 0, 1),
        Op::Call(3, 2, 3),
        Op::Add(2, 2, 1),
        Op::Call(4, 2, 3),
        Op::Add(0, 3, 4),
        Op::Return(0),
        Op::Return(0),
    ]
}
