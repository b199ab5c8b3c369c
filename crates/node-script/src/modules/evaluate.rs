//! Evaluating modules, those with `await` at their top among them (ECMA-262's `InnerModuleEvaluation` and what it calls).

use super::record::{Body, ModuleId, Part, Status, Waits};
use crate::machine::{Machine, Native, R};
use crate::objects::atoms::known;
use crate::objects::code::{Arguments, NativeCode};
use crate::thrown::{Outcome, Thrown};

impl Machine {
    /// Evaluates a linked module and all that it requests; gives the promise of its end.
    pub(crate) fn evaluate_module(&mut self, to: R, id: ModuleId) -> Outcome {
        let record = &self.es_modules.records[id];
        let begun = record.status >= Status::EvaluatingAsync;
        let id = record.cycle_root.filter(|_| begun).unwrap_or(id);
        if self.es_modules.records[id].has_promise {
            return self.load_module_part(to, id, Part::Promise);
        }
        self.scoped(|machine| {
            let promise = machine.temps(2)?;
            let value = promise + 1;
            machine.new_promise(promise)?;
            machine.store_module(id, Part::Promise, promise)?;
            machine.es_modules.records[id].has_promise = true;
            let mut stack = Vec::new();
            match machine.evaluate_inside(id, &mut stack, 0) {
                Ok(_) => {
                    if !matches!(machine.es_modules.records[id].waits, Waits::Since(_)) {
                        machine.undefined(value);
                        machine.resolve_promise(promise, value)?;
                    }
                }
                Err(thrown) => {
                    machine.catch(value, thrown)?;
                    for module in stack {
                        machine.fail_module(module, value)?;
                    }
                    machine.fail_module(id, value)?;
                    machine.reject_promise(promise, value)?;
                }
            }
            machine.copy(to, promise);
            Ok(())
        })
    }

    fn fail_module(&mut self, id: ModuleId, error: R) -> Outcome {
        let record = &mut self.es_modules.records[id];
        record.status = Status::Evaluated;
        record.failed = true;
        self.store_module(id, Part::Error, error)
    }

    fn throw_failed<T>(&mut self, id: ModuleId) -> Outcome<T> {
        let error = self.temp()?;
        self.load_module_part(error, id, Part::Error)?;
        self.throw(error)
    }

    fn evaluate_inside(
        &mut self,
        id: ModuleId,
        stack: &mut Vec<ModuleId>,
        index: usize,
    ) -> Outcome<usize> {
        let record = &self.es_modules.records[id];
        match record.status {
            Status::EvaluatingAsync | Status::Evaluated if record.failed => {
                return self.throw_failed(id);
            }
            Status::EvaluatingAsync | Status::Evaluated | Status::Evaluating => return Ok(index),
            _ => {}
        }
        if record.source().is_none() {
            self.es_modules.records[id].status = Status::Evaluated;
            let ran = self.run_synthetic(id);
            if let Err(thrown) = ran {
                let error = self.temp()?;
                self.catch(error, thrown)?;
                self.fail_module(id, error)?;
                return self.throw(error);
            }
            return Ok(index);
        }
        let requested = record.requested.clone().unwrap_or_default();
        let record = &mut self.es_modules.records[id];
        record.status = Status::Evaluating;
        (record.index, record.ancestor) = (index, index);
        stack.push(id);
        let mut next = index + 1;
        for other in requested {
            next = stacker::maybe_grow(
                crate::interpret::call::RED_ZONE,
                crate::interpret::call::SEGMENT,
                || self.evaluate_inside(other, stack, next),
            )?;
            let mut other = other;
            let record = &self.es_modules.records[other];
            if record.status == Status::Evaluating {
                let ancestor = record.ancestor;
                let own = &mut self.es_modules.records[id];
                own.ancestor = own.ancestor.min(ancestor);
            } else {
                other = record.cycle_root.unwrap_or(other);
                if self.es_modules.records[other].failed {
                    return self.throw_failed(other);
                }
            }
            if matches!(self.es_modules.records[other].waits, Waits::Since(_)) {
                self.es_modules.records[id].pending += 1;
                self.es_modules.records[other].parents.push(id);
            }
        }
        let record = &self.es_modules.records[id];
        let (pending, has_await) = (record.pending, record.has_await);
        if pending > 0 || has_await {
            self.es_modules.records[id].waits = Waits::Since(self.es_modules.order);
            self.es_modules.order += 1;
            if pending == 0 {
                self.execute_asynchronously(id)?;
            }
        } else {
            self.execute_module(id)?;
        }
        let record = &self.es_modules.records[id];
        if record.ancestor == record.index {
            while let Some(module) = stack.pop() {
                let record = &mut self.es_modules.records[module];
                record.status = match record.waits {
                    Waits::Not => Status::Evaluated,
                    _ => Status::EvaluatingAsync,
                };
                record.cycle_root = Some(id);
                if module == id {
                    break;
                }
            }
        }
        Ok(next)
    }

    /// Runs a CommonJS file, and gives its exports to the module.
    fn run_synthetic(&mut self, id: ModuleId) -> Outcome {
        let Body::CommonJs(path) = self.es_modules.records[id].body.clone() else {
            return Ok(());
        };
        self.scoped(|machine| {
            let exports = machine.temps(2)?;
            let directory = path.parent().unwrap_or(&path).to_owned();
            machine.require(exports, &path.to_string_lossy(), &directory)?;
            machine.fill_synthetic(id, exports, exports + 1)
        })
    }

    fn execute_module(&mut self, id: ModuleId) -> Outcome {
        self.scoped(|machine| {
            let body = machine.temps(2)?;
            machine.load_module_part(body, id, Part::Body)?;
            machine.call_function(body + 1, body, &[])
        })
    }

    fn execute_asynchronously(&mut self, id: ModuleId) -> Outcome {
        self.scoped(|machine| {
            let promise = machine.temps(5)?;
            let (body, yes, no, told) = (promise + 1, promise + 2, promise + 3, promise + 4);
            machine.load_module_part(body, id, Part::Body)?;
            machine.call_function(promise, body, &[])?;
            for (function, call, place) in
                [(yes, fulfilled as Native, 0), (no, rejected as Native, 1)]
            {
                machine.registers().set_smi(told, id as i32);
                machine.module_closure(function, call, place, told)?;
            }
            machine.undefined(told);
            machine.perform_then(promise, yes, no, told)
        })
    }

    /// A function of a built-in that goes on with a module's work; its code is made once.
    pub(super) fn module_closure(&mut self, to: R, call: Native, place: usize, data: R) -> Outcome {
        while self.es_modules.codes.len() <= place {
            self.es_modules.codes.push(-1);
        }
        if self.es_modules.codes[place] < 0 {
            let code = NativeCode { call, name: known::EMPTY, length: 1, constructor: false };
            self.es_modules.codes[place] = self.codes.add_native(code);
        }
        let code = self.es_modules.codes[place];
        self.native_closure(to, code, data)
    }

    /// The modules that can run now that one has ended.
    fn gather_available(&mut self, id: ModuleId, list: &mut Vec<ModuleId>) {
        for parent in self.es_modules.records[id].parents.clone() {
            let root = self.es_modules.records[parent].cycle_root.unwrap_or(parent);
            if list.contains(&parent) || self.es_modules.records[root].failed {
                continue;
            }
            let record = &mut self.es_modules.records[parent];
            record.pending = record.pending.saturating_sub(1);
            if record.pending == 0 {
                list.push(parent);
                if !record.has_await {
                    self.gather_available(parent, list);
                }
            }
        }
    }

    fn module_ended(&mut self, id: ModuleId) -> Outcome {
        let record = &mut self.es_modules.records[id];
        record.status = Status::Evaluated;
        record.waits = Waits::Done;
        if !record.has_promise {
            return Ok(());
        }
        self.scoped(|machine| {
            let promise = machine.temps(2)?;
            machine.load_module_part(promise, id, Part::Promise)?;
            machine.resolve_promise(promise, promise + 1)
        })
    }

    fn module_fulfilled(&mut self, id: ModuleId) -> Outcome {
        if self.es_modules.records[id].status == Status::Evaluated {
            return Ok(());
        }
        self.module_ended(id)?;
        let mut list = Vec::new();
        self.gather_available(id, &mut list);
        let order = |machine: &Self, id: &ModuleId| match machine.es_modules.records[*id].waits {
            Waits::Since(order) => order,
            _ => 0,
        };
        list.sort_by_key(|id| order(self, id));
        for module in list {
            let record = &self.es_modules.records[module];
            if record.status == Status::Evaluated {
                continue;
            }
            if record.has_await {
                self.execute_asynchronously(module)?;
                continue;
            }
            match self.execute_module(module) {
                Ok(()) => self.module_ended(module)?,
                Err(thrown @ Thrown::Exit(_)) => return Err(thrown),
                Err(thrown) => self.scoped(|machine| {
                    let error = machine.temp()?;
                    machine.catch(error, thrown)?;
                    machine.module_rejected(module, error)
                })?,
            }
        }
        Ok(())
    }

    fn module_rejected(&mut self, id: ModuleId, error: R) -> Outcome {
        if self.es_modules.records[id].status == Status::Evaluated {
            return Ok(());
        }
        self.fail_module(id, error)?;
        self.es_modules.records[id].waits = Waits::Done;
        for parent in self.es_modules.records[id].parents.clone() {
            self.module_rejected(parent, error)?;
        }
        if !self.es_modules.records[id].has_promise {
            return Ok(());
        }
        self.scoped(|machine| {
            let promise = machine.temp()?;
            machine.load_module_part(promise, id, Part::Promise)?;
            machine.reject_promise(promise, error)
        })
    }
}

fn module_of(machine: &mut Machine) -> Outcome<ModuleId> {
    let data = machine.temp()?;
    machine.native_data(data, 0)?;
    Ok(machine.registers().get(data).as_smi().unwrap_or(0) as ModuleId)
}

fn fulfilled(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let id = module_of(machine)?;
    machine.module_fulfilled(id)?;
    machine.give_undefined()
}

fn rejected(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let id = module_of(machine)?;
    machine.module_rejected(id, arguments.at(0))?;
    machine.give_undefined()
}
