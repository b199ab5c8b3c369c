//! Jobs: promises' reactions, and what Node runs between them; the event loop's turns.
//!
//! Jobs' values lie in an array of the heap, a ring in a machine's register; Rust keeps their kinds and their order alone.

mod context;
pub(crate) mod queue;

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
            self.run_jobs()?;
            self.report_unhandled()?;
            self.settle_classes();
            let mut ran = false;
            for turn in self.jobs.turns.clone() {
                ran |= turn(self)?;
                self.run_jobs()?;
                self.report_unhandled()?;
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

    /// A promise was rejected that nobody handles yet.
    pub(crate) fn note_unhandled(&mut self, promise: R) -> Outcome {
        let identity = self.registers().identity_hash(promise)?;
        self.jobs.unhandled.push(identity);
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.load_root(table, roots::KEPT);
            let place = machine.jobs.unhandled.len() - 1;
            machine.put_in_table(table, place, promise, roots::KEPT)
        })
    }

    pub(crate) fn forget_unhandled(&mut self, promise: R) -> Outcome {
        let identity = self.registers().identity_hash(promise)?;
        if let Some(known) = self.jobs.unhandled.iter_mut().find(|known| **known == identity) {
            *known = 0;
        }
        Ok(())
    }

    /// What nobody has handled by the end of the jobs is thrown.
    pub(crate) fn report_unhandled(&mut self) -> Outcome {
        let unhandled = std::mem::take(&mut self.jobs.unhandled);
        for (place, identity) in unhandled.into_iter().enumerate() {
            if identity == 0 || !self.jobs.tells_unhandled {
                self.scoped(|machine| {
                    let table = machine.temp()?;
                    machine.load_root(table, roots::KEPT);
                    Ok(machine.registers().store_value(table, place, Value::Undefined)?)
                })?;
                continue;
            }
            let promise = self.temps(2)?;
            let reason = promise + 1;
            self.load_root(reason, roots::KEPT);
            self.registers().load(promise, reason, place)?;
            self.registers().store_value(reason, place, Value::Undefined)?;
            self.registers().load(reason, promise, crate::objects::promise::RESULT)?;
            if self.emit_to_listeners("unhandledRejection", &[reason, promise])? {
                continue;
            }
            if self.kind_of(reason) != Some(crate::objects::class::ObjectKind::Error) {
                self.unhandled_rejection(reason)?;
            }
            return self.throw(reason);
        }
        Ok(())
    }

    /// The error for a rejection whose reason is no error.
    fn unhandled_rejection(&mut self, reason: R) -> Outcome {
        use crate::objects::atoms::known;
        use crate::objects::class::Flags;
        let shown = self.inspect(reason)?;
        let message = format!(
            "This error originated either by throwing inside of an async function without a catch block, or by \
             rejecting a promise which was not handled with .catch(). The promise rejected with the reason \"{shown}\"."
        );
        let text = self.temp()?;
        self.new_error(reason, crate::compile::op::ErrorKind::Error, &message)?;
        self.new_text(text, "UnhandledPromiseRejection")?;
        self.define_named(reason, known::NAME, text, Flags::HIDDEN)?;
        self.new_text(text, "ERR_UNHANDLED_REJECTION")?;
        self.define_named(reason, known::CODE, text, Flags::PLAIN)
    }
}
