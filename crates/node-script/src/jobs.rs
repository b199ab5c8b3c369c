//! Jobs: promises' reactions, and what Node runs between them; the event loop's turns.
//!
//! Jobs' values lie in an array of the heap, a ring in a machine's register; Rust keeps their kinds and their order alone.

mod context;
pub(crate) mod queue;
mod rejections;

use crate::machine::{Machine, R, roots};
use crate::objects::promise::REACTION;
use crate::thrown::Outcome;
use heap_model::{Kind, Value};

/// Slots of a job in the array.
const WIDTH: usize = 3;
/// Places of the first ring.
const LEAST: usize = 16;

impl Machine {
    /// Adds a job of three values.
    pub(crate) fn enqueue(&mut self, kind: i32, first: R, second: R, third: R) -> Outcome {
        if self.jobs.queue.len() == self.jobs.places {
            self.enlarge_ring()?;
        }
        let place = (self.jobs.first + self.jobs.queue.len()) % self.jobs.places;
        self.scoped(|machine| {
            let ring = machine.temp()?;
            machine.load_root(ring, roots::JOBS);
            let mut registers = machine.registers();
            for (offset, value) in [first, second, third].into_iter().enumerate() {
                registers.store(ring, WIDTH * place + offset, value)?;
            }
            Ok(())
        })?;
        self.jobs.queue.push_back(kind);
        Ok(())
    }

    /// Doubles the ring, which is full: its first job comes first.
    fn enlarge_ring(&mut self) -> Outcome {
        let (first, places) = (self.jobs.first, self.jobs.places);
        let larger = (2 * places).max(LEAST);
        self.scoped(|machine| {
            let ring = machine.temps(2)?;
            let old = ring + 1;
            machine.registers().alloc(ring, Kind::Array, WIDTH * larger, 0)?;
            if places > 0 {
                machine.load_root(old, roots::JOBS);
                let (end, start) = (WIDTH * (places - first), WIDTH * first);
                let mut registers = machine.registers();
                registers.copy_slots(ring, 0, old, start, end)?;
                registers.copy_slots(ring, end, old, 0, start)?;
            }
            machine.store_root(roots::JOBS, ring);
            Ok(())
        })?;
        self.jobs.first = 0;
        self.jobs.places = larger;
        Ok(())
    }

    /// Runs all ticks and jobs, and those that they add.
    ///
    /// # Errors
    /// What one of them throws; the others stay.
    pub(crate) fn run_jobs(&mut self) -> Outcome {
        loop {
            let ticked = match self.jobs.ticks {
                Some(tick) => tick(self)?,
                None => false,
            };
            let mut ran = false;
            while self.run_next_job()? {
                ran = true;
            }
            if !ticked && !ran {
                self.weak.agent.end_job();
                return Ok(());
            }
        }
    }

    /// Runs all ticks and jobs, then tells of rejections that nobody has handled, until there are none of either.
    pub(crate) fn run_all_jobs(&mut self) -> Outcome {
        loop {
            self.run_jobs()?;
            if !self.report_rejections()? {
                return Ok(());
            }
        }
    }

    fn run_next_job(&mut self) -> Outcome<bool> {
        let Some(kind) = self.jobs.queue.pop_front() else { return Ok(false) };
        self.settle_classes();
        self.take_step()?;
        self.forget_context()?;
        let slot = WIDTH * self.jobs.first;
        self.jobs.first = (self.jobs.first + 1) % self.jobs.places;
        self.scoped(|machine| {
            let values = machine.temps(WIDTH + 1)?;
            let table = values + WIDTH;
            machine.load_root(table, roots::JOBS);
            let mut registers = machine.registers();
            for offset in 0..WIDTH {
                registers.load(values + offset, table, slot + offset)?;
                registers.store_value(table, slot + offset, Value::Undefined)?;
            }
            registers.set_undefined(table);
            let window = registers.window();
            machine.jobs.reaction = (kind & 3 == REACTION).then_some((window, values));
            let ran = machine.run_job(kind, values);
            machine.jobs.reaction = None;
            ran
        })?;
        Ok(true)
    }

    /// Runs jobs, then turns of the event loop until nothing is left to do.
    pub(crate) fn run_event_loop(&mut self) -> Outcome {
        loop {
            self.take_step()?;
            self.run_all_jobs()?;
            self.settle_classes();
            let mut ran = false;
            for turn in self.jobs.turns.clone() {
                ran |= turn(self)?;
                self.run_all_jobs()?;
            }
            if !ran {
                let waited = match self.jobs.wait {
                    Some(wait) => wait(self)?,
                    None => false,
                };
                if !waited {
                    return Ok(());
                }
            }
        }
    }
}
