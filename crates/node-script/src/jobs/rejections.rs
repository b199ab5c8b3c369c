//! Promises that were rejected and that nobody handles, as Node tells of them (its `internal/process/promises`).

use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, UnhandledRejections, roots};
use crate::objects::atoms::known;
use crate::objects::class::Flags;
use crate::objects::promise::{REJECTED, RESULT};
use crate::thrown::Outcome;
use heap_model::Value;

/// Where Node's own code throws what is thrown here: an error for a reason that is none, or the reason.
const NEW_ERROR: &str =
    "node:internal/process/promises:389\n      new UnhandledPromiseRejection(reason);\n      ^";
const NEW_STRICT_ERROR: &str = "node:internal/process/promises:340\n    reason : new UnhandledPromiseRejection(reason);\n             ^";
const REASON: &str = "node:internal/process/promises:391\n    triggerUncaughtException(err, true /* fromPromise */);\n    ^";

impl Machine {
    /// A promise was rejected that nobody handles yet.
    pub(crate) fn note_unhandled(&mut self, promise: R) -> Outcome {
        let identity = self.registers().identity_hash(promise)?;
        let rejections = &mut self.jobs.rejections;
        if rejections.unhandled.is_empty() {
            rejections.first = 0;
        }
        let place = rejections.first + rejections.unhandled.len();
        rejections.unhandled.push_back(identity);
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.load_root(table, roots::KEPT);
            machine.put_in_table(table, place, promise, roots::KEPT)
        })
    }

    /// Someone handles a promise.
    pub(crate) fn forget_unhandled(&mut self, promise: R) -> Outcome {
        if self.promise_state(promise) != REJECTED {
            return Ok(());
        }
        let identity = self.registers().identity_hash(promise)?;
        let rejections = &mut self.jobs.rejections;
        if let Some(known) = rejections.unhandled.iter_mut().find(|known| **known == identity) {
            *known = 0;
        } else if let Some(number) = rejections.told.remove(&identity) {
            rejections.late.push(number);
            let place = rejections.late.len() - 1;
            return self.scoped(|machine| {
                let table = machine.temp()?;
                machine.load_root(table, roots::HANDLED_LATE);
                machine.put_in_table(table, place, promise, roots::HANDLED_LATE)
            });
        }
        Ok(())
    }

    /// Tells of what nobody has handled by the end of the jobs, and of what was handled too late. Whether there was any.
    ///
    /// # Errors
    /// What a promise was rejected with, if it is to be thrown; the others stay.
    pub(super) fn report_rejections(&mut self) -> Outcome<bool> {
        let late = std::mem::take(&mut self.jobs.rejections.late);
        let mut any = !late.is_empty();
        for (place, number) in late.into_iter().enumerate() {
            self.scoped(|machine| {
                let promise = machine.temp()?;
                machine.take_from(promise, roots::HANDLED_LATE, place)?;
                if !machine.emit_to_listeners("rejectionHandled", &[promise])? {
                    machine.warn_of_rejection("handledLate", number, promise)?;
                }
                Ok(())
            })?;
        }
        while let Some(identity) = self.jobs.rejections.unhandled.pop_front() {
            any = true;
            let place = self.jobs.rejections.first;
            self.jobs.rejections.first += 1;
            self.scoped(|machine| {
                let promise = machine.temps(2)?;
                let reason = promise + 1;
                machine.take_from(promise, roots::KEPT, place)?;
                if identity == 0 || machine.jobs.rejections.quiet {
                    return Ok(());
                }
                let rejections = &mut machine.jobs.rejections;
                rejections.count += 1;
                let number = rejections.count;
                rejections.told.insert(identity, number);
                machine.registers().load(reason, promise, RESULT)?;
                machine.report_rejection(reason, promise, number)
            })?;
        }
        Ok(any)
    }

    fn take_from(&mut self, to: R, root: usize, place: usize) -> Outcome {
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.load_root(table, root);
            machine.registers().load(to, table, place)?;
            Ok(machine.registers().store_value(table, place, Value::Undefined)?)
        })
    }

    fn report_rejection(&mut self, reason: R, promise: R, number: u32) -> Outcome {
        use UnhandledRejections::{Ignore, Strict, Throw, Warn, WarnWithErrorCode};
        let mode = self.options.unhandled_rejections;
        if mode == Strict {
            let thrown = self.throw_rejection(reason, NEW_STRICT_ERROR);
            self.survive(thrown)?;
        }
        let handled = self.emit_to_listeners("unhandledRejection", &[reason, promise])?;
        match mode {
            Throw if !handled => return self.throw_rejection(reason, NEW_ERROR),
            WarnWithErrorCode if !handled => {
                self.warn_of_rejection("unhandled", number, reason)?;
                self.set_exit_code(1)?;
            }
            Strict if !handled => self.warn_of_rejection("unhandled", number, reason)?,
            Warn => self.warn_of_rejection("unhandled", number, reason)?,
            Throw | Strict | WarnWithErrorCode | Ignore => {}
        }
        Ok(())
    }

    /// Emits Node's warnings of a rejection, by a function of the library's.
    fn warn_of_rejection(&mut self, what: &str, number: u32, value: R) -> Outcome {
        self.scoped(|machine| {
            let library = machine.temps(2)?;
            machine.library(library, "internal/process")?;
            machine.get_text(library, library, "rejections")?;
            machine.set_number(library + 1, f64::from(number))?;
            let name = machine.atoms.intern_str(what);
            machine.call_method(library, library, name, &[library + 1, value])
        })
    }

    /// Throws what a promise was rejected with, or an error that says what it is.
    fn throw_rejection(&mut self, reason: R, head: &'static str) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.copy(value, reason);
            let like_error = machine.is_object(reason)
                && machine.own_property(value, reason, known::STACK.into())?.is_some();
            let head = if like_error { REASON } else { head };
            machine.copy(value, reason);
            if !like_error {
                machine.unhandled_rejection(value)?;
            }
            machine.throw_from_promise(value, head)
        })
    }

    /// Throws what a promise was rejected with, for which Node's own code has a place.
    pub(crate) fn throw_from_promise<T>(&mut self, reason: R, head: &'static str) -> Outcome<T> {
        let thrown = self.throw(reason);
        self.thrown_at = None;
        self.node.from_promise = true;
        self.node.failure.head = Some(head);
        thrown
    }

    /// The error for a rejection whose reason is no error.
    fn unhandled_rejection(&mut self, reason: R) -> Outcome {
        let shown = self.show_for_error(reason);
        let message = format!(
            "This error originated either by throwing inside of an async function without a catch block, or by \
             rejecting a promise which was not handled with .catch(). The promise rejected with the reason \"{shown}\"."
        );
        let text = self.temp()?;
        self.new_error(reason, ErrorKind::Error, &message)?;
        self.new_text(text, "UnhandledPromiseRejection")?;
        self.define_named(reason, known::NAME, text, Flags::HIDDEN)?;
        self.new_text(text, "ERR_UNHANDLED_REJECTION")?;
        self.define_named(reason, known::CODE, text, Flags::PLAIN)
    }
}
