//! What happens when something is thrown: the innermost handler, or the end of the frames that Rust waits for.

use crate::compile::op::ErrorKind;
use crate::machine::{Machine, roots};
use crate::thrown::{Outcome, Thrown};

impl Machine {
    /// Goes to the handler around the running instruction, in the frames above `depth`; without one, the frames end
    /// and the error goes on.
    pub(crate) fn unwind(&mut self, thrown: Thrown, depth: usize) -> Outcome {
        let mut thrown = thrown;
        while self.frames.len() > depth {
            let Some(frame) = self.frames.last() else { break };
            let window = frame.window;
            self.registers().pop(window);
            if let Thrown::Overflow = thrown {
                match self.overflow_error() {
                    Ok(()) => thrown = Thrown::Exception,
                    // There is not even room for the error: the frame ends first.
                    Err(_) => {
                        self.end_frame()?;
                        continue;
                    }
                }
            }
            let at = (self.frames.innermost().pc as usize).saturating_sub(1);
            if let Thrown::Exception = thrown
                && let Some(handler) = self.running().and_then(|code| code.template.handler(at))
            {
                self.frames.set_pc(handler.target as usize);
                self.take_exception(usize::from(handler.exception));
                return Ok(());
            }
            self.end_frame()?;
        }
        Err(thrown)
    }

    /// Ends the innermost frame without a result.
    fn end_frame(&mut self) -> Outcome {
        match self.abandon_generator() {
            // There is no room to clear its registers: they live as long as it does.
            Ok(()) | Err(Thrown::Overflow) => {}
            other => return other,
        }
        if let Some(frame) = self.frames.pop() {
            let caller = frame.caller;
            self.registers().pop(caller);
        }
        Ok(())
    }

    /// A RangeError for calls that are nested too deeply.
    fn overflow_error(&mut self) -> Outcome {
        self.scoped(|machine| {
            let error = machine.temp()?;
            let message = "Maximum call stack size exceeded";
            machine.new_error(error, ErrorKind::RangeError, message)?;
            machine.store_root(roots::EXCEPTION, error);
            Ok(())
        })
    }

    /// Makes an exception of what was thrown, for Rust code that goes on with it.
    pub(crate) fn catch(&mut self, to: crate::machine::R, thrown: Thrown) -> Outcome {
        match thrown {
            Thrown::Exception => {}
            Thrown::Overflow => self.overflow_error()?,
            other => return Err(other),
        }
        self.take_exception(to);
        Ok(())
    }
}
