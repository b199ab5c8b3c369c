//! The register stack, as virtual machines use it.
//!
//! Registers are numbers in the current window, and nothing here makes a handle. What a program is to answer for is an
//! error (a register without a cell, a slot that the cell does not have); a register outside of the window is a fault
//! of the machine, and panics. The unsafe code is `memory`'s.

pub(crate) mod allocate;
mod cached;
mod cells;
mod copy;
mod described;
pub(crate) mod find;
mod frames;
pub(crate) mod look;
mod numbered;
pub(crate) mod operand;

use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::memory::registers::RegisterStack;
use crate::memory::word::Word;
use crate::roots::Global;
use crate::scope::{Scope, Value};
use core::marker::PhantomData;

/// A window of the heap's register stack, and the heap: what a virtual machine computes with.
///
/// The stack belongs to the heap, and its registers are roots up to the top of the current window. They outlive this
/// and every scope, until their window is [popped](Self::pop). It is a reference, so it is cheap to make.
///
/// ```
/// use heap_model::{Heap, HeapError, HeapOptions, Kind, Registers};
///
/// /// What a machine's instructions do: `r2.count += r1`.
/// fn add_to_count(machine: &mut Registers<'_>) -> Result<(), HeapError> {
///     machine.load(0, 2, 0)?;
///     if let Some((a, b)) = machine.smis(0, 1) {
///         machine.set_smi(0, a.wrapping_add(b));
///     }
///     Ok(machine.store(2, 0, 0)?)
/// }
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// let mut machine = heap.registers();
/// let caller = machine.push(3)?;
/// machine.alloc(2, Kind::Object, 1, 0)?;
/// machine.set_smi(1, 7);
/// machine.copy(0, 1);
/// machine.store(2, 0, 0)?;
/// add_to_count(&mut machine)?;
/// machine.collect();
/// assert_eq!(machine.peek(2, 0)?.as_smi(), Some(14));
/// machine.pop(caller);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Panics
/// All functions that are given a register panic if the window does not have it.
pub struct Registers<'h> {
    heap: &'h mut Heap,
    /// They stay on their thread, because they may be of a heap that does.
    thread: PhantomData<*mut ()>,
}

impl Heap {
    /// The current window of the register stack. Constant time.
    #[inline(always)]
    pub fn registers(&mut self) -> Registers<'_> {
        Registers { heap: self, thread: PhantomData }
    }

    /// Sets how many registers the stack can have at the most, for the windows to come: 1,048,576 (of 8 bytes) at
    /// first. Constant time.
    pub fn set_register_limit(&mut self, registers: usize) {
        self.roots.registers.set_limit(registers);
    }
}

impl<'s> Scope<'s> {
    /// See [`Heap::registers`].
    #[inline(always)]
    pub fn registers(&mut self) -> Registers<'_> {
        self.heap.registers()
    }

    /// See [`Heap::set_register_limit`].
    pub fn set_register_limit(&mut self, registers: usize) {
        self.heap.set_register_limit(registers);
    }

    /// What a register of the current window holds; a cell gets a handle. Constant time.
    ///
    /// # Panics
    /// If the window does not have the register, or if there are too many handles.
    #[inline]
    #[track_caller]
    pub fn register(&mut self, register: usize) -> Value<'s> {
        let word = self.heap.roots.registers.get(register);
        self.value(word)
    }

    /// Writes a register of the current window. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    ///
    /// # Panics
    /// If the window does not have the register.
    #[inline]
    #[track_caller]
    pub fn set_register(&mut self, register: usize, value: Value<'_>) -> Result<(), AccessError> {
        let word = self.word(value)?;
        self.heap.roots.registers.set(register, word);
        Ok(())
    }
}

impl Registers<'_> {
    #[inline(always)]
    fn stack(&self) -> &RegisterStack {
        &self.heap.roots.registers
    }

    #[inline(always)]
    fn stack_mut(&mut self) -> &mut RegisterStack {
        &mut self.heap.roots.registers
    }

    #[inline(always)]
    #[track_caller]
    pub(crate) fn put(&mut self, register: usize, word: Word) {
        self.stack_mut().set(register, word);
    }

    /// The cell of a register.
    #[inline(always)]
    #[track_caller]
    fn cell(&self, register: usize) -> Result<Cell, AccessError> {
        Cell::of(self.stack().get(register)).ok_or(AccessError::NoCell)
    }

    /// The heap, to be looked at.
    #[must_use]
    pub fn heap(&self) -> &Heap {
        self.heap
    }

    /// See [`Heap::collect`].
    pub fn collect(&mut self) {
        self.heap.collect();
    }

    /// See [`Heap::scavenge`].
    pub fn scavenge(&mut self) {
        self.heap.scavenge();
    }

    /// See [`Heap::adjust_external_memory`].
    pub fn adjust_external_memory(&mut self, delta: isize) {
        self.heap.adjust_external_memory(delta);
    }

    /// Runs `f` in a scope of handles, for what is easier with them. It sees the same window
    /// ([`Scope::register`]), and may push windows of its own. Constant time beside `f`'s.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Value, shapes};
    /// # let mut heap = Heap::new(HeapOptions::default())?;
    /// let mut machine = heap.registers();
    /// machine.push(2)?;
    /// machine.set_smi(0, 3);
    /// // A built-in: the array of that length.
    /// machine.enter(|scope| -> Result<(), heap_model::HeapError> {
    ///     let length = scope.register(0).as_smi().unwrap_or(0);
    ///     let array = shapes::array(scope, length as usize)?;
    ///     Ok(scope.set_register(1, Value::Ref(array))?)
    /// })?;
    /// assert_eq!(machine.heap().statistics().handles, 0);
    /// assert_eq!(machine.peek(1, shapes::LENGTH)?.as_smi(), Some(3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn enter<R>(&mut self, f: impl for<'s> FnOnce(&mut Scope<'s>) -> R) -> R {
        self.heap.enter(f)
    }

    /// Writes what an owned root refers to. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn set_global(&mut self, to: usize, global: &Global) -> Result<(), AccessError> {
        let cell = self.heap.roots.global(global)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// An owned root of a register's cell. Constant time, and once for each root that was dropped.
    ///
    /// # Errors
    /// [`AccessError::NoCell`].
    pub fn global(&mut self, register: usize) -> Result<Global, AccessError> {
        let cell = self.cell(register)?;
        Ok(self.heap.make_global(cell))
    }
}
