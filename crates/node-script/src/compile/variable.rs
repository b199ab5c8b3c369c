//! Reading and writing variables, wherever they live.

use super::function::{Compiled, FunctionCompiler};
use super::op::{Op, R};
use crate::parse::scope::{BindingId, BindingKind, Place, Reference, ScopeId, Use};
use crate::parse::tree::At;

/// What a write to a variable is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Write {
    /// Gives it its first value.
    Initialise,
    Assign,
    /// Copies a block's function to the variable of the function around, whatever hides that in between.
    Hoist,
}

impl<'a> FunctionCompiler<'_, 'a> {
    /// The register of a variable that lives in one of this function and needs no check.
    pub fn variable_register(&self, name: &Use) -> Option<R> {
        let Reference::Binding(id) = name.to.get() else { return None };
        if name.check.get() {
            return None;
        }
        self.registers.get(&id).copied()
    }

    /// The context that has a scope's variables: its register, and how many contexts lie between.
    fn context_of(&mut self, scope: ScopeId) -> (R, u8) {
        if let Some(register) = self.contexts.get(&scope) {
            return (*register, 0);
        }
        let mut depth = 0;
        let mut next = self.scopes.get(self.function.scope).parent;
        while let Some(between) = next {
            if between == scope {
                break;
            }
            let inner = self.scopes.get(between);
            let with = inner.kind == crate::parse::scope::ScopeKind::With;
            depth += usize::from(inner.context_slots > 0 || with);
            next = inner.parent;
        }
        (self.closure_variables(), depth.min(usize::from(u8::MAX)) as u8)
    }

    pub fn load_variable(&mut self, name: &Use, to: R) -> Compiled<()> {
        let at = name.at;
        match name.to.get() {
            Reference::Binding(id) => {
                let binding = self.scopes.binding(id);
                let (place, kind, scope) = (binding.place, binding.kind, binding.scope);
                match place {
                    Place::Register => {
                        let from = self.registers[&id];
                        if from != to {
                            self.emit(Op::Move { to, from });
                        }
                    }
                    Place::Context(slot) if kind == BindingKind::Import => {
                        let (context, depth) = self.context_of(scope);
                        self.emit(Op::LoadSlot { depth, to, context, slot });
                        let place = self.temp();
                        let slot = slot + 1;
                        self.emit(Op::LoadSlot { depth, to: place, context, slot });
                        let name = self.text(name.name, at)?;
                        self.emit_at(at, Op::LoadImport { to, slot: place, name });
                        return Ok(());
                    }
                    Place::Context(slot) => {
                        let (context, depth) = self.context_of(scope);
                        self.emit(Op::LoadSlot { depth, to, context, slot });
                    }
                    Place::Global | Place::Script => return self.load_global(name, to),
                    Place::Extension => return self.load_dynamic(name, to),
                }
                if name.check.get() {
                    if kind == BindingKind::This {
                        self.emit_at(at, Op::CheckThis { from: to });
                    } else {
                        let name = self.text(name.name, at)?;
                        self.emit_at(at, Op::CheckHole { from: to, name });
                    }
                }
                Ok(())
            }
            Reference::Dynamic => {
                self.load_dynamic(name, to)?;
                if name.name == self.scopes.hidden.this {
                    self.emit_at(name.at, Op::CheckThis { from: to });
                }
                Ok(())
            }
            Reference::Global | Reference::Unresolved => self.load_global(name, to),
        }
    }

    fn load_global(&mut self, name: &Use, to: R) -> Compiled<()> {
        let hidden = self.scopes.hidden;
        if name.name == hidden.this {
            self.emit(Op::GlobalThis { to });
        } else if name.name == hidden.new_target || name.name == hidden.callee {
            self.emit(Op::Undefined { to });
        } else {
            let site = self.site(name.name, name.at)?;
            self.emit_at(name.at, Op::LoadGlobal { to, site });
        }
        Ok(())
    }

    pub fn load_dynamic(&mut self, name: &Use, to: R) -> Compiled<()> {
        let context = self.context();
        let text = self.text(name.name, name.at)?;
        self.emit_at(name.at, Op::LoadDynamic { to, context, name: text });
        Ok(())
    }

    fn load_dynamic_or_undefined(&mut self, name: &Use, to: R) -> Compiled<()> {
        let context = self.context();
        let text = self.text(name.name, name.at)?;
        self.emit_at(name.at, Op::LoadDynamicOrUndefined { to, context, name: text });
        Ok(())
    }

    /// As `typeof` reads it: a name that nobody declared is undefined.
    pub fn load_or_undefined(&mut self, name: &Use, to: R) -> Compiled<()> {
        match name.to.get() {
            Reference::Global | Reference::Unresolved => {
                let site = self.site(name.name, name.at)?;
                self.emit_at(name.at, Op::LoadGlobalOrUndefined { to, site });
                Ok(())
            }
            Reference::Dynamic => self.load_dynamic_or_undefined(name, to),
            Reference::Binding(id) => match self.scopes.binding(id).place {
                Place::Global => {
                    let site = self.site(name.name, name.at)?;
                    self.emit_at(name.at, Op::LoadGlobalOrUndefined { to, site });
                    Ok(())
                }
                // It may have been deleted.
                Place::Extension => self.load_dynamic_or_undefined(name, to),
                _ => self.load_variable(name, to),
            },
        }
    }

    /// Gives a variable its first value.
    pub fn initialise(&mut self, name: &Use, from: R) -> Compiled<()> {
        self.write(name, from, Write::Initialise)
    }

    pub fn assign_variable(&mut self, name: &Use, from: R) -> Compiled<()> {
        self.write(name, from, Write::Assign)
    }

    pub fn hoist_function(&mut self, name: &Use, from: R) -> Compiled<()> {
        self.write(name, from, Write::Hoist)
    }

    fn write(&mut self, name: &Use, from: R, how: Write) -> Compiled<()> {
        let at = name.at;
        let id = match name.to.get() {
            Reference::Binding(id) => id,
            Reference::Dynamic => {
                let context = self.context();
                let name = self.text(name.name, at)?;
                self.emit_at(at, Op::StoreDynamic { context, name, from });
                return Ok(());
            }
            Reference::Global | Reference::Unresolved => {
                let site = self.site(name.name, at)?;
                self.emit_at(at, Op::StoreGlobal { site, from });
                return Ok(());
            }
        };
        let binding = self.scopes.binding(id);
        let (place, kind, scope) = (binding.place, binding.kind, binding.scope);
        if how != Write::Initialise {
            match kind {
                BindingKind::Import => {
                    let name = self.text(name.name, at)?;
                    self.emit_at(at, Op::ThrowConstant { name });
                    return Ok(());
                }
                BindingKind::Const => {
                    self.check_initialised(name, id)?;
                    let name = self.text(name.name, at)?;
                    self.emit_at(at, Op::ThrowConstant { name });
                    return Ok(());
                }
                BindingKind::FunctionName => {
                    if self.function.strict {
                        let name = self.text(name.name, at)?;
                        self.emit_at(at, Op::ThrowConstant { name });
                    }
                    return Ok(());
                }
                _ => self.check_initialised(name, id)?,
            }
        }
        match place {
            Place::Register => {
                let to = self.registers[&id];
                if to != from {
                    self.emit(Op::Move { to, from });
                }
            }
            Place::Context(slot) => {
                let (context, depth) = self.context_of(scope);
                self.emit(Op::StoreSlot { depth, context, slot, from });
            }
            Place::Global => {
                let site = self.site(name.name, at)?;
                self.emit_at(
                    at,
                    match how {
                        Write::Initialise => Op::DeclareGlobal { site, from },
                        Write::Assign | Write::Hoist => Op::StoreGlobal { site, from },
                    },
                );
            }
            Place::Script => {
                let site = self.site(name.name, at)?;
                self.emit_at(
                    at,
                    match how {
                        Write::Initialise => Op::InitialiseScript { site, from },
                        Write::Assign | Write::Hoist => Op::StoreGlobal { site, from },
                    },
                );
            }
            Place::Extension => {
                let context = self.context();
                let name = self.text(name.name, at)?;
                self.emit_at(
                    at,
                    match how {
                        Write::Assign => Op::StoreDynamic { context, name, from },
                        _ => Op::DeclareDynamic {
                            assigned: how == Write::Hoist,
                            context,
                            name,
                            from,
                        },
                    },
                );
            }
        }
        Ok(())
    }

    /// An assignment, too, asks whether the variable has its first value.
    fn check_initialised(&mut self, name: &Use, _id: BindingId) -> Compiled<()> {
        if name.check.get() {
            let mark = self.mark();
            let old = self.temp();
            self.load_variable(name, old)?;
            self.release(mark);
        }
        Ok(())
    }

    /// Sets a variable of this function's own scopes from a register.
    pub fn initialise_from(&mut self, id: BindingId, from: R) {
        match self.scopes.binding(id).place {
            Place::Context(slot) => {
                let context = self.contexts[&self.scopes.binding(id).scope];
                self.emit(Op::StoreSlot { depth: 0, context, slot, from });
            }
            _ => {
                let to = self.registers[&id];
                if to != from {
                    self.emit(Op::Move { to, from });
                }
            }
        }
    }

    /// Sets a variable of this function's own scopes by an instruction.
    pub fn initialise_with(&mut self, id: BindingId, op: impl FnOnce(R) -> Op) {
        if let Some(to) = self.registers.get(&id) {
            let op = op(*to);
            self.emit(op);
        } else {
            let mark = self.mark();
            let to = self.temp();
            self.emit(op(to));
            self.initialise_from(id, to);
            self.release(mark);
        }
    }

    /// `this` of a derived constructor at its end.
    pub fn load_this_checked(&mut self, to: R) {
        let this = self.scopes.own(self.function.scope, self.scopes.hidden.this);
        match this.map(|id| (id, self.scopes.binding(id).place)) {
            Some((id, Place::Context(slot))) => {
                let context = self.contexts[&self.scopes.binding(id).scope];
                self.emit(Op::LoadSlot { depth: 0, to, context, slot });
            }
            _ => {
                self.emit(Op::Move { to, from: super::function::THIS });
            }
        }
        let at = self.function.at;
        self.emit_at(at, Op::CheckThis { from: to });
    }

    pub fn throw_error(
        &mut self,
        kind: super::op::ErrorKind,
        message: &str,
        at: At,
    ) -> Compiled<()> {
        let text = message.encode_utf16().collect::<Vec<_>>().into();
        let message = self.constant(super::code::Constant::Text(text), at)?;
        self.emit_at(at, Op::ThrowError { kind, message });
        Ok(())
    }
}
