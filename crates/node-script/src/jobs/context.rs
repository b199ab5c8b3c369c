//! What is kept along asynchronous calls (Node's `AsyncLocalStorage`): a value of the library's, which a job or a timer has again that
//! was enqueued where it was set.
//!
//! While it is undefined, which it is until a program asks for it, nothing is kept and nothing takes more room.

use crate::machine::{CALLEE, FIRST, Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::code::{Arguments, NativeCode};
use crate::thrown::Outcome;
use heap_model::Kind;

/// Slots of a callback, or of a job's first value, with its context.
const VALUE: usize = 0;
const CONTEXT: usize = 1;

impl Machine {
    /// Whether there is something to keep.
    pub(crate) fn has_context(&mut self) -> bool {
        self.jobs.keeps_context
            && self
                .scoped(|machine| {
                    let context = machine.temp()?;
                    machine.load_root(context, roots::ASYNC_CONTEXT);
                    Ok(!machine.is_undefined(context))
                })
                .unwrap_or(false)
    }

    /// Sets what is kept along the asynchronous calls that begin from here on.
    pub(crate) fn set_context(&mut self, context: R) {
        self.jobs.keeps_context = true;
        self.store_root(roots::ASYNC_CONTEXT, context);
    }

    /// What runs next was begun where nothing is kept, if it does not say otherwise.
    pub(crate) fn forget_context(&mut self) -> Outcome {
        if !self.jobs.keeps_context {
            return Ok(());
        }
        self.scoped(|machine| {
            let nothing = machine.temp()?;
            machine.store_root(roots::ASYNC_CONTEXT, nothing);
            Ok(())
        })
    }

    /// Puts a function into the place of a callback that calls it with what is kept now.
    pub(crate) fn keep_context(&mut self, callback: R) -> Outcome {
        if !self.has_context() {
            return Ok(());
        }
        let code = match self.jobs.bound_code {
            Some(code) => code,
            None => {
                let (call, name) = (call_bound as crate::machine::Native, known::EMPTY);
                let code = NativeCode { call, name, length: 0, constructor: false };
                let code = self.codes.add_native(code);
                self.jobs.bound_code = Some(code);
                code
            }
        };
        self.scoped(|machine| {
            let pair = machine.temps(2)?;
            machine.load_root(pair + 1, roots::ASYNC_CONTEXT);
            machine.with_context(pair, callback, pair + 1)?;
            machine.native_closure(callback, code, pair)
        })
    }

    /// A value with a context.
    pub(crate) fn with_context(&mut self, to: R, value: R, context: R) -> Outcome {
        self.scoped(|machine| {
            let pair = machine.temp()?;
            let mut registers = machine.registers();
            registers.alloc(pair, Kind::Array, 2, 0)?;
            registers.store(pair, VALUE, value)?;
            registers.store(pair, CONTEXT, context)?;
            registers.copy(to, pair);
            Ok(())
        })
    }

    /// Runs something with the context of a pair, whose value comes into its place.
    pub(crate) fn in_context<T>(
        &mut self,
        pair: R,
        run: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        let before = self.temps(2)?;
        let context = before + 1;
        self.load_root(before, roots::ASYNC_CONTEXT);
        self.registers().load(context, pair, CONTEXT)?;
        self.registers().load(pair, pair, VALUE)?;
        self.store_root(roots::ASYNC_CONTEXT, context);
        let result = run(self);
        self.store_root(roots::ASYNC_CONTEXT, before);
        result
    }
}

fn call_bound(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let pair = machine.temps(2)?;
    let result = pair + 1;
    machine.native_data(pair, CALLEE)?;
    let given: Vec<R> = (0..arguments.count).map(|place| FIRST + place).collect();
    machine.in_context(pair, |machine| machine.call(result, pair, THIS, &given))?;
    Ok(result)
}
