//! The register stack: the words that a virtual machine computes with (Lua's stack, V8's register file).
//!
//! A machine sees one window of it: a base and a size. Windows are plain numbers, so a wrong one shows other registers
//! and nothing worse.
//!
//! Invariants:
//! - `first` is the address of the window's first word, and the window lies in `memory`, of which `start` and `capacity`
//!   tell.
//! - Every word of `memory` is one that a slot can hold, and if it is a reference, its cell has not been freed: the
//!   collectors update the words below the top, and make those above it undefined. So a window that is shown again
//!   after it was popped has old values, never dangling ones.
//! - Above `high`, nothing was written since that was done the last time.
#![expect(unsafe_code, reason = "registers are read and written by address")]

use super::mapping::Mapping;
use super::word::Word;
use core::ptr::NonNull;
use std::hash::{DefaultHasher, Hasher};

/// Registers that a heap's stack can have at the most, unless it is told otherwise.
pub const MOST: usize = 1 << 20;
/// Registers of a stack when it gets its first memory; it doubles.
const LEAST: usize = 1 << 15;
const WORD: usize = size_of::<Word>();

/// Where registers lie on the stack of a heap.
///
/// It is a number to be kept wherever a machine keeps its frames. [`Registers::pop`](crate::Registers::pop) goes back
/// to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Window {
    base: u32,
    size: u32,
}

impl Window {
    fn new(base: usize, size: usize) -> Self {
        // No stack has more registers than that.
        Self { base: base as u32, size: size as u32 }
    }

    /// How many registers lie below it.
    #[inline]
    #[must_use]
    pub fn base(self) -> usize {
        self.base as usize
    }

    /// How many registers it has.
    #[inline]
    #[must_use]
    pub fn size(self) -> usize {
        self.size as usize
    }

    /// Its first registers: what lies behind them may be another call's already. Constant time.
    #[inline]
    #[must_use]
    pub fn first(self, count: usize) -> Self {
        Self::new(self.base(), count.min(self.size()))
    }

    #[inline(always)]
    fn end(self) -> usize {
        self.base() + self.size()
    }
}

pub struct RegisterStack {
    first: NonNull<Word>,
    size: usize,
    base: usize,
    /// The highest top since the words above it were made undefined.
    high: usize,
    /// None until there is a window with a register.
    memory: Option<Mapping>,
    /// Where the memory begins, and how many words it has.
    start: NonNull<Word>,
    capacity: usize,
    limit: usize,
}

// SAFETY: the stack belongs to a heap, and is used by whoever has the heap.
unsafe impl Send for RegisterStack {}

impl Default for RegisterStack {
    fn default() -> Self {
        let start = NonNull::dangling();
        let (memory, limit) = (None, MOST);
        Self { first: start, size: 0, base: 0, high: 0, memory, start, capacity: 0, limit }
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn outside(register: usize, size: usize) -> ! {
    panic!("register {register} of a window of {size}")
}

impl RegisterStack {
    /// How many registers the window has.
    #[inline(always)]
    pub fn size(&self) -> usize {
        self.size
    }

    #[inline(always)]
    pub fn window(&self) -> Window {
        Window::new(self.base, self.size)
    }

    /// How many registers there are in all windows.
    #[inline(always)]
    pub fn top(&self) -> usize {
        self.base + self.size
    }

    /// Registers that the stack can have at the most.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Sets the limit, for the windows to come.
    pub fn set_limit(&mut self, registers: usize) {
        self.limit = registers.min(u32::MAX as usize);
    }

    /// # Panics
    /// If the window has no such register, as for the functions below.
    #[inline(always)]
    #[track_caller]
    pub fn get(&self, register: usize) -> Word {
        if register >= self.size {
            outside(register, self.size);
        }
        // SAFETY: the window has the register, and lies in the memory.
        let place = unsafe { self.first.add(register) };
        // SAFETY: as above; all of the memory is words.
        unsafe { place.read() }
    }

    #[inline(always)]
    #[track_caller]
    pub fn set(&mut self, register: usize, word: Word) {
        if register >= self.size {
            outside(register, self.size);
        }
        // SAFETY: the window has the register, and lies in the memory.
        let place = unsafe { self.first.add(register) };
        // SAFETY: as above.
        unsafe { place.write(word) };
    }

    /// The window's registers.
    #[inline(always)]
    pub fn all(&self) -> &[Word] {
        // SAFETY: the window lies in the memory, which is borrowed with the stack, and all of which is words.
        unsafe { core::slice::from_raw_parts(self.first.as_ptr(), self.size) }
    }

    #[inline(always)]
    pub fn all_mut(&mut self) -> &mut [Word] {
        // SAFETY: as for `all`, and borrowed mutably.
        unsafe { core::slice::from_raw_parts_mut(self.first.as_ptr(), self.size) }
    }

    /// A run of the window's registers.
    #[inline(always)]
    #[track_caller]
    pub fn run(&self, first: usize, count: usize) -> &[Word] {
        match self.all().get(first..).and_then(|words| words.get(..count)) {
            Some(words) => words,
            None => outside(first.saturating_add(count.saturating_sub(1)), self.size),
        }
    }

    #[inline(always)]
    #[track_caller]
    pub fn run_mut(&mut self, first: usize, count: usize) -> &mut [Word] {
        let size = self.size;
        match self.all_mut().get_mut(first..).and_then(|words| words.get_mut(..count)) {
            Some(words) => words,
            None => outside(first.saturating_add(count.saturating_sub(1)), size),
        }
    }

    /// The registers of the whole stack from its bottom up to `end`.
    #[inline(always)]
    fn below(&self, end: usize) -> &[Word] {
        assert!(end <= self.capacity, "a window lies in the memory");
        // SAFETY: the memory is as long, all of it is words, and it is borrowed with the stack.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), end) }
    }

    #[inline(always)]
    fn below_mut(&mut self, end: usize) -> &mut [Word] {
        assert!(end <= self.capacity, "a window lies in the memory");
        // SAFETY: as for `below`, and borrowed mutably.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), end) }
    }

    /// A register of another window.
    ///
    /// # Panics
    /// If the window has no such register, or passes the top.
    #[inline]
    #[track_caller]
    pub fn get_in(&self, window: Window, register: usize) -> Word {
        if register >= window.size() || window.end() > self.top() {
            outside(register, window.size());
        }
        self.below(window.end())[window.base() + register]
    }

    #[inline]
    #[track_caller]
    pub fn set_in(&mut self, window: Window, register: usize, word: Word) {
        if register >= window.size() || window.end() > self.top() {
            outside(register, window.size());
        }
        self.below_mut(window.end())[window.base() + register] = word;
    }

    /// Shows a window.
    ///
    /// # Safety
    /// It lies in the memory.
    #[inline(always)]
    unsafe fn show(&mut self, base: usize, size: usize) {
        debug_assert!(base <= self.capacity && size <= self.capacity - base);
        // SAFETY: the memory is as long, as the caller knows.
        self.first = unsafe { self.start.add(base) };
        (self.base, self.size) = (base, size);
        self.high = self.high.max(base + size);
    }

    /// Shows a window of `size` registers from the current window's register `first` on, whose registers from `kept` on
    /// become undefined. False, and nothing has changed, if that passes the limit.
    ///
    /// # Panics
    /// If the window has no `kept` registers from `first` on.
    #[inline(always)]
    #[track_caller]
    pub fn slide(&mut self, first: usize, kept: usize, size: usize) -> bool {
        if first > self.size || kept > self.size - first {
            outside(first.saturating_add(kept), self.size);
        }
        let (base, size) = (self.base + first, size.max(kept));
        if !self.has_room(base, size) {
            return false;
        }
        // SAFETY: there is room for the window.
        unsafe { self.show(base, size) };
        self.run_mut(kept, size - kept).fill(Word::UNDEFINED);
        true
    }

    /// Gives up the window's registers from `size` on, if it has as many.
    #[inline(always)]
    pub fn shrink(&mut self, size: usize) {
        self.size = self.size.min(size);
    }

    /// As [`slide`](Self::slide), above the current window: what is kept is copied.
    #[inline(always)]
    #[track_caller]
    pub fn push(&mut self, first: usize, kept: usize, size: usize) -> bool {
        if first > self.size || kept > self.size - first {
            outside(first.saturating_add(kept), self.size);
        }
        let (from, base, size) = (self.base + first, self.top(), size.max(kept));
        if !self.has_room(base, size) {
            return false;
        }
        // SAFETY: there is room for the window.
        unsafe { self.show(base, size) };
        // SAFETY: what is kept lies in the window below, which ends where this one begins.
        let kept_words = unsafe { self.start.add(from) };
        // SAFETY: as above; the window has `size` words, which are at least those that are kept.
        unsafe { begin(self.first, kept_words, kept, size) };
        true
    }

    /// Shows a window, whatever its registers hold.
    ///
    /// # Panics
    /// If no window has reached as far.
    #[inline(always)]
    #[track_caller]
    pub fn go_to(&mut self, window: Window) {
        assert!(window.end() <= self.capacity, "a window that the stack never had");
        // SAFETY: it ends in the memory.
        unsafe { self.show(window.base(), window.size()) };
    }

    #[inline(always)]
    fn has_room(&mut self, base: usize, size: usize) -> bool {
        match base.checked_add(size) {
            Some(end) if end <= self.limit => end <= self.capacity || self.grow(end),
            _ => false,
        }
    }

    /// Moves the stack to memory of at least `words` words; false if the operating system refuses.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, words: usize) -> bool {
        let capacity = self.capacity.saturating_mul(2).clamp(LEAST, self.limit.max(LEAST));
        let Some(bytes) = capacity.max(words).checked_mul(WORD) else { return false };
        let Some(memory) = Mapping::new(bytes) else { return false };
        let (window, high) = (self.window(), self.high);
        // Fresh memory is zeros, which are small integers.
        let old = self.use_memory(Some(memory));
        if let Some(old) = old {
            // SAFETY: the old memory has that number of words, and is not the stack's any more.
            let words = unsafe { core::slice::from_raw_parts(old.start() as *const Word, high) };
            self.below_mut(high).copy_from_slice(words);
        }
        // SAFETY: the window lay in the old memory, and the new one is longer.
        unsafe { self.show(window.base(), window.size()) };
        true
    }

    /// Uses other memory, and gives the old one. The window is to be shown again.
    fn use_memory(&mut self, memory: Option<Mapping>) -> Option<Mapping> {
        let start = memory.as_ref().and_then(|memory| NonNull::new(memory.start() as *mut Word));
        self.start = start.unwrap_or(NonNull::dangling());
        self.capacity = memory.as_ref().map_or(0, |memory| memory.length() / WORD);
        (self.first, self.base, self.size) = (self.start, 0, 0);
        std::mem::replace(&mut self.memory, memory)
    }

    /// Makes what lies above the top undefined, before a collection: nobody will update it.
    pub fn clear_above(&mut self) {
        let top = self.top();
        let high = std::mem::replace(&mut self.high, top);
        self.below_mut(high)[top..].fill(Word::UNDEFINED);
    }

    /// Gives memory above the top back to the operating system.
    pub fn release(&mut self) {
        self.clear_above();
        let top = self.top();
        if top == 0 {
            self.use_memory(None);
        } else if let Some(memory) = &self.memory {
            memory.release(memory.start() + top * WORD, memory.length() - top * WORD);
        }
    }

    /// The registers of all windows.
    pub fn iter(&self) -> impl Iterator<Item = &Word> {
        self.below(self.top()).iter()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Word> {
        let top = self.top();
        self.below_mut(top).iter_mut()
    }

    /// How many registers there are, and a hash of them. O(registers).
    pub fn fingerprint(&self) -> (usize, u64) {
        let mut hasher = DefaultHasher::new();
        self.iter().for_each(|word| hasher.write_u64(word.bits()));
        (self.top(), hasher.finish())
    }
}

/// Fills a new window: its first `kept` words are copied, and the others are undefined.
///
/// # Safety
/// `first` has room for `size` words, which are at least `kept`, and `from` has `kept` words that are none of them.
#[inline(always)]
unsafe fn begin(first: NonNull<Word>, from: NonNull<Word>, kept: usize, size: usize) {
    /// Words that are copied one by one: most calls have as many.
    const FEW: usize = 5;
    const FOUR: [Word; 4] = [Word::UNDEFINED; 4];
    if kept <= FEW {
        for place in 0..FEW {
            if place < kept {
                // SAFETY: there are as many words, as the caller knows.
                let from = unsafe { from.add(place) };
                // SAFETY: as above.
                let to = unsafe { first.add(place) };
                // SAFETY: as above; they are different words.
                unsafe { from.copy_to_nonoverlapping(to, 1) };
            }
        }
    } else {
        // SAFETY: as above.
        unsafe { from.copy_to_nonoverlapping(first, kept) };
    }
    let mut place = kept;
    while place + FOUR.len() <= size {
        // SAFETY: all four words lie in the window.
        let words = unsafe { first.add(place) }.cast::<[Word; 4]>();
        // SAFETY: as above; a word's place is aligned for them.
        unsafe { words.write(FOUR) };
        place += FOUR.len();
    }
    while place < size {
        // SAFETY: the word lies in the window.
        let word = unsafe { first.add(place) };
        // SAFETY: as above.
        unsafe { word.write(Word::UNDEFINED) };
        place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST, RegisterStack, Window};
    use crate::memory::word::Word;

    /// A stack with a window of the numbers from 0 on.
    fn stack(size: usize) -> RegisterStack {
        let mut stack = RegisterStack::default();
        assert!(stack.push(0, 0, size));
        (0..size).for_each(|register| stack.set(register, Word::smi(register as i32)));
        stack
    }

    #[test]
    fn a_stack_that_grows_keeps_its_registers() {
        let mut stack = stack(LEAST - 1);
        let below = stack.window();
        assert!(stack.push(LEAST - 3, 2, LEAST));
        assert_eq!(stack.get(1), Word::smi(LEAST as i32 - 2));
        assert_eq!((stack.get(2), stack.get(LEAST - 1)), (Word::UNDEFINED, Word::UNDEFINED));
        stack.go_to(below);
        assert!((0..LEAST - 1).all(|register| stack.get(register) == Word::smi(register as i32)));
    }

    #[test]
    fn what_lies_above_the_top_is_made_undefined_and_nothing_else() {
        let mut stack = stack(4);
        let below = stack.window();
        assert!(stack.push(0, 4, 8));
        let above = stack.window();
        stack.go_to(below);
        stack.clear_above();
        stack.go_to(above);
        assert!(stack.all().iter().all(|word| *word == Word::UNDEFINED));
        stack.go_to(below);
        assert_eq!(stack.all(), [0, 1, 2, 3].map(Word::smi));
    }

    #[test]
    fn a_stack_at_its_limit_stays_as_it_is() {
        let mut stack = stack(4);
        stack.set_limit(10);
        assert!(!stack.push(0, 4, 7) && !stack.slide(1, 2, 10) && !stack.push(0, 0, usize::MAX));
        assert_eq!(
            (stack.window(), stack.all()),
            (Window::new(0, 4), &[0, 1, 2, 3].map(Word::smi)[..])
        );
        assert!(stack.push(0, 4, 6));
        assert_eq!(stack.top(), 10);
    }

    #[test]
    fn released_memory_is_used_again() {
        let mut stack = stack(4);
        let below = stack.window();
        assert!(stack.push(0, 0, 3 * LEAST));
        stack.go_to(below);
        stack.release();
        assert_eq!(stack.all(), [0, 1, 2, 3].map(Word::smi));
        stack.go_to(Window::default());
        stack.release();
        assert_eq!((stack.capacity, stack.iter().count()), (0, 0));
        assert!(stack.push(0, 0, 1));
        assert_eq!(stack.get(0), Word::UNDEFINED);
    }

    #[test]
    #[should_panic = "register 4 of a window of 4"]
    fn a_register_outside_of_the_window_is_none() {
        stack(4).get(4);
    }

    #[test]
    #[should_panic = "a window that the stack never had"]
    fn a_window_outside_of_the_memory_is_none() {
        stack(4).go_to(Window::new(0, LEAST + 1));
    }

    #[test]
    #[should_panic = "register 5 of a window of 4"]
    fn arguments_outside_of_the_window_are_none() {
        stack(4).slide(2, 3, 9);
    }
}
