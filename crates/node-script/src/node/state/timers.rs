//! Timers that wait, by their times and in their order.

use slab::Slab;
use std::collections::{BTreeMap, VecDeque};

/// A timer or an immediate that waits. Its number is its place in the table.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// When it is due, and in which order it was started; an immediate's order alone.
    pub due: Option<u64>,
    pub order: u64,
    /// Milliseconds from its start.
    pub after: u64,
    pub repeats: bool,
    /// The program does not end before it has run.
    pub holds: bool,
}

/// All that waits.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    pub waiting: Slab<Waiting>,
    pub due: BTreeMap<(u64, u64), usize>,
    pub immediates: VecDeque<usize>,
    pub started: u64,
    /// The loop's time: the clock's, at the beginning of a turn.
    pub now: u64,
}

impl Timers {
    pub fn start(&mut self, after: u64, repeats: bool) -> usize {
        self.started += 1;
        let (due, order) = (self.now + after, self.started);
        let holds = true;
        let number = self.waiting.insert(Waiting { due: Some(due), order, after, repeats, holds });
        self.due.insert((due, order), number);
        number
    }

    pub fn start_immediate(&mut self) -> usize {
        self.started += 1;
        let order = self.started;
        let waiting = Waiting { due: None, order, after: 0, repeats: false, holds: true };
        let number = self.waiting.insert(waiting);
        self.immediates.push_back(number);
        number
    }

    pub fn restart(&mut self, number: usize) {
        self.started += 1;
        let Some(waiting) = self.waiting.get_mut(number) else { return };
        if let Some(due) = waiting.due {
            self.due.remove(&(due, waiting.order));
            waiting.order = self.started;
            waiting.due = Some(self.now + waiting.after);
            self.due.insert((self.now + waiting.after, waiting.order), number);
        }
    }

    pub fn end(&mut self, number: usize) {
        if let Some(waiting) = self.waiting.try_remove(number) {
            match waiting.due {
                Some(due) => drop(self.due.remove(&(due, waiting.order))),
                None => self.immediates.retain(|other| *other != number),
            }
        }
    }

    /// The timer that is due first, if it is due.
    pub fn next_due(&self) -> Option<usize> {
        let ((due, _), number) = self.due.first_key_value()?;
        (*due <= self.now).then_some(*number)
    }

    /// Whether the program waits for any.
    pub fn holds(&self) -> bool {
        self.waiting.iter().any(|(_, waiting)| waiting.holds && waiting.due.is_some())
    }

    /// When the next timer is due.
    pub fn next_time(&self) -> Option<u64> {
        self.due.first_key_value().map(|((due, _), _)| *due)
    }
}
