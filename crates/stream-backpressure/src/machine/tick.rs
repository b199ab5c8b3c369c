//! Next ticks: runs what is due.

use super::due::Tick;
use super::state::{Host, Machine};
use crate::chunk::Chunk;

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// Runs the next tick that is due. Returns whether there was one.
    ///
    /// A host with a tick queue of its own calls this once for each [`Host::schedule`], in order, and never from within a
    /// tick: the order would not be Node's.
    ///
    /// # Panics
    /// With the panic of a callback or a listener, after the rest of the tick.
    pub fn tick(&mut self) -> bool {
        let ran = self.run_tick();
        self.raise();
        ran
    }

    /// Runs ticks until none is due. Returns how many.
    ///
    /// # Panics
    /// With the first panic of a callback or a listener, after all ticks.
    pub fn run_ticks(&mut self) -> usize {
        let ran = core::iter::from_fn(|| self.run_tick().then_some(())).count();
        self.raise();
        ran
    }

    /// Whether a tick is due.
    #[must_use]
    pub fn tick_due(&self) -> bool {
        !self.ticks.is_empty()
    }

    pub(super) fn next_tick(&mut self, tick: Tick<H::Callback, H::Error>) {
        self.ticks.push_back(tick);
        self.notify(H::schedule);
    }

    fn run_tick(&mut self) -> bool {
        let Some(tick) = self.ticks.pop_front() else { return false };
        match tick {
            Tick::AfterWrite => self.after_write(None),
            Tick::AfterWriteGroup => self.after_write_group(),
            Tick::WriteError(error, callback) => self.write_error(error, callback),
            Tick::ErrorBuffer => self.error_buffer(),
            Tick::Call(callback, error) => self.tell(callback, error.map_or(Ok(()), Err)),
            Tick::FinishIfNeeded => self.finish_if_needed(),
            Tick::Finish => self.finish(),
            Tick::Construct => self.construct(),
            Tick::Constructed(error) => self.begin_constructed(error),
            Tick::Error(error) => self.emit_error(error),
            Tick::ErrorClose(error) => {
                self.emit_error(error);
                self.emit_close();
            }
            Tick::Close => self.emit_close(),
            Tick::Panicked(method) => self.after_panic(method),
        }
        self.ticks.settle();
        true
    }
}
