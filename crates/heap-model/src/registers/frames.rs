//! Windows: what a machine's calls and returns do with the register stack.

use super::Registers;
use crate::error::StackOverflow;
use crate::memory::registers::Window;

impl Registers<'_> {
    /// Where the current window lies. Constant time.
    #[inline(always)]
    #[must_use]
    pub fn window(&self) -> Window {
        self.stack().window()
    }

    /// How many registers the current window has. Constant time.
    #[inline(always)]
    #[must_use]
    pub fn size(&self) -> usize {
        self.stack().size()
    }

    #[cold]
    fn overflow(&self) -> StackOverflow {
        StackOverflow { limit: self.stack().limit() }
    }

    /// Shows a new window of `size` registers above the current one, all undefined. Gives the current one, for
    /// [`pop`](Self::pop). O(`size`), amortised.
    ///
    /// # Errors
    /// [`StackOverflow`]; nothing has changed then.
    #[inline(always)]
    pub fn push(&mut self, size: usize) -> Result<Window, StackOverflow> {
        self.call_copying(0, 0, size)
    }

    /// Shows a window that begins with `count` registers of this one, from `first` on (Lua's calls): nothing is copied.
    /// It has `size` registers, but at least `count`; the others are undefined. What the current window has behind
    /// the `count` registers is lost. Gives the current window. O(`size` - `count`), amortised.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions};
    /// # let mut heap = Heap::new(HeapOptions::default())?;
    /// let mut machine = heap.registers();
    /// machine.push(3)?;
    /// machine.set_smi(1, 40);
    /// machine.set_smi(2, 2);
    /// let caller = machine.call(1, 2, 4)?;
    /// let (a, b) = machine.smis(0, 1).unwrap();
    /// machine.set_smi(3, a + b);
    /// machine.pop_with(3, caller, 0);
    /// assert_eq!((machine.smi(0), machine.size()), (Some(42), 3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`push`](Self::push).
    #[inline(always)]
    #[track_caller]
    pub fn call(
        &mut self,
        first: usize,
        count: usize,
        size: usize,
    ) -> Result<Window, StackOverflow> {
        let caller = self.window();
        if self.stack_mut().slide(first, count, size) { Ok(caller) } else { Err(self.overflow()) }
    }

    /// As [`call`](Self::call), above the current window: the `count` registers are copied, and no register of the
    /// current window is lost. O(`size`), amortised.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    #[inline(always)]
    #[track_caller]
    pub fn call_copying(
        &mut self,
        first: usize,
        count: usize,
        size: usize,
    ) -> Result<Window, StackOverflow> {
        let caller = self.window();
        if self.stack_mut().push(first, count, size) { Ok(caller) } else { Err(self.overflow()) }
    }

    /// Goes back to a window: the caller's, or one of any frame below it, as an exception does. Constant time.
    ///
    /// Registers that were given up may be shown again by a wrong window. They hold what they held or are undefined.
    ///
    /// # Panics
    /// If no window has reached as far.
    #[inline(always)]
    #[track_caller]
    pub fn pop(&mut self, window: Window) {
        self.stack_mut().go_to(window);
    }

    /// Goes back to a window, whose register `to` becomes what register `from` is now: a return. Constant time.
    ///
    /// # Panics
    /// As [`pop`](Self::pop).
    #[inline(always)]
    #[track_caller]
    pub fn pop_with(&mut self, from: usize, window: Window, to: usize) {
        let word = self.stack().get(from);
        self.pop(window);
        self.put(to, word);
    }

    /// Changes the size of the current window; its new registers are undefined. O(new registers), amortised.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    #[inline]
    pub fn resize(&mut self, size: usize) -> Result<(), StackOverflow> {
        let kept = self.size();
        if size <= kept {
            self.stack_mut().shrink(size);
            return Ok(());
        }
        if self.stack_mut().slide(0, kept, size) { Ok(()) } else { Err(self.overflow()) }
    }

    /// Copies a register of another window to one of this: the machine's own roots at the bottom, or an argument that
    /// a caller has. Constant time.
    ///
    /// # Panics
    /// If that window passes the top of this one.
    #[inline]
    #[track_caller]
    pub fn copy_from(&mut self, to: usize, window: Window, from: usize) {
        let word = self.stack().get_in(window, from);
        self.put(to, word);
    }

    /// Whether a register of this window is what one of another is: one constant, small integer or cell. Constant time.
    ///
    /// # Panics
    /// As [`copy_from`](Self::copy_from).
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn is_same_in(&self, register: usize, window: Window, other: usize) -> bool {
        self.stack().get(register) == self.stack().get_in(window, other)
    }

    /// Copies a register of this window to one of another. Constant time.
    ///
    /// # Panics
    /// As [`copy_from`](Self::copy_from).
    #[inline]
    #[track_caller]
    pub fn copy_to(&mut self, window: Window, to: usize, from: usize) {
        let word = self.stack().get(from);
        self.stack_mut().set_in(window, to, word);
    }
}
