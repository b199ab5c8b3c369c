//! What the instructions of the loop do when there is no short way: with other numbers than small integers, in calls of
//! built-ins, where something is thrown, suspended or looked up.
//!
//! The innermost frame knows the instruction behind, and goes on where it says afterwards; so a jump sets it.

use super::frame::{CONSTRUCT, NESTED, RESUMED};
use super::operators::{Arithmetic, Comparison};
use crate::compile::op::{Op, SPREAD};
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::Key;
use crate::objects::code::Code;
use crate::objects::layout::{POOL, SHARED};
use crate::objects::object::Type;
use crate::parse::tree::FunctionKind;
use crate::thrown::Outcome;
use heap_model::AccessError;

#[inline(always)]
fn u(register: u16) -> R {
    R::from(register)
}

/// Where the loop goes on.
pub(super) enum Next {
    /// In the same frame.
    Instruction,
    /// In the frame that is innermost now.
    Frame,
    /// What Rust waits for has ended.
    End,
}

impl Machine {
    /// Does what an instruction says. `depth` frames are not the loop's.
    #[inline(never)]
    pub(super) fn slowly(&mut self, op: Op, code: &Code, depth: usize) -> Outcome<Next> {
        match op {
            // -- values and names ---------------------------------------------------------------------------
            Op::NewContext { to, outer, scope } => {
                let info = &code.template.scopes[usize::from(scope)];
                let number = code.scopes[usize::from(scope)];
                self.new_context(u(to), u(outer), info, number)?;
            }
            Op::CheckHole { name, .. } => {
                return self.throw_not_initialised(code.atoms[usize::from(name)]);
            }
            Op::LoadGlobal { to, site } => {
                let cell = &code.caches[usize::from(site)];
                self.load_root(u(to), roots::GLOBAL);
                self.load_global_slowly(u(to), code.site(site), cell, false)?;
            }

            // -- properties ---------------------------------------------------------------------------------
            Op::GetNamed { to, object, site } => {
                let cell = &code.caches[usize::from(site)];
                self.get_named_known(u(to), u(object), code.site(site), cell)?;
            }
            Op::SetNamed { object, site, from } => {
                let cell = &code.caches[usize::from(site)];
                let (name, strict) = (code.site(site), code.template.strict);
                self.set_named_slowly(u(object), name, u(from), strict, cell)?;
            }
            Op::DefineNamed { object, site, from } => {
                let cell = &code.caches[usize::from(site)];
                self.define_named_slowly(u(object), code.site(site), u(from), cell)?;
            }
            Op::GetKeyed { to, object, key } => self.get_keyed(u(to), u(object), u(key))?,
            Op::SetKeyed { object, key, from } => {
                self.set_keyed(u(object), u(key), u(from), code.template.strict)?;
            }

            // -- operators ----------------------------------------------------------------------------------
            Op::Add { to, left, right } => self.add(u(to), u(left), u(right))?,
            Op::AddSmi { to, left, value } => {
                let right = self.in_scratch(value);
                self.add(u(to), u(left), right)?;
            }
            Op::SubSmi { to, left, value } => {
                let right = self.in_scratch(value);
                self.arithmetic(Arithmetic::Sub, u(to), u(left), right)?;
            }
            Op::Sub { to, left, right } => {
                self.arithmetic(Arithmetic::Sub, u(to), u(left), u(right))?;
            }
            Op::Mul { to, left, right } => {
                self.arithmetic(Arithmetic::Mul, u(to), u(left), u(right))?;
            }
            Op::Div { to, left, right } => {
                self.arithmetic(Arithmetic::Div, u(to), u(left), u(right))?;
            }
            Op::Mod { to, left, right } => {
                self.arithmetic(Arithmetic::Mod, u(to), u(left), u(right))?;
            }
            Op::Exp { to, left, right } => {
                self.arithmetic(Arithmetic::Exp, u(to), u(left), u(right))?;
            }
            Op::BitAnd { to, left, right } => {
                self.arithmetic(Arithmetic::BitAnd, u(to), u(left), u(right))?;
            }
            Op::BitOr { to, left, right } => {
                self.arithmetic(Arithmetic::BitOr, u(to), u(left), u(right))?;
            }
            Op::BitXor { to, left, right } => {
                self.arithmetic(Arithmetic::BitXor, u(to), u(left), u(right))?;
            }
            Op::Shl { to, left, right } => {
                self.arithmetic(Arithmetic::Shl, u(to), u(left), u(right))?;
            }
            Op::Shr { to, left, right } => {
                self.arithmetic(Arithmetic::Shr, u(to), u(left), u(right))?;
            }
            Op::UShr { to, left, right } => {
                self.arithmetic(Arithmetic::UShr, u(to), u(left), u(right))?;
            }
            Op::Increment { to, from } => self.step(u(to), u(from), 1.0)?,
            Op::Decrement { to, from } => self.step(u(to), u(from), -1.0)?,
            Op::Negate { to, from } => self.negate(u(to), u(from))?,
            Op::BitNot { to, from } => self.bit_not(u(to), u(from))?,
            Op::Not { to, from } => {
                let value = self.to_boolean(u(from));
                self.registers().set_bool(u(to), !value);
            }
            Op::ToKey { to, from } => {
                let known =
                    matches!(self.type_of(u(from)), Type::String | Type::Smi(_) | Type::Symbol(_));
                if known {
                    self.copy(u(to), u(from));
                } else {
                    let key = self.to_key(u(from))?;
                    self.key_value(u(to), key)?;
                }
            }
            Op::Equal { to, left, right } => {
                let equal = self.loose_equal(u(left), u(right))?;
                self.registers().set_bool(u(to), equal);
            }
            Op::StrictEqual { to, left, right } => {
                let equal = self.strict_equal(u(left), u(right))?;
                self.registers().set_bool(u(to), equal);
            }
            Op::Less { to, left, right } => {
                let holds = self.is_ordered(Comparison::Less, u(left), u(right))?;
                self.registers().set_bool(u(to), holds);
            }
            Op::LessEqual { to, left, right } => {
                let holds = self.is_ordered(Comparison::LessEqual, u(left), u(right))?;
                self.registers().set_bool(u(to), holds);
            }
            Op::Greater { to, left, right } => {
                let holds = self.is_ordered(Comparison::Greater, u(left), u(right))?;
                self.registers().set_bool(u(to), holds);
            }
            Op::GreaterEqual { to, left, right } => {
                let holds = self.is_ordered(Comparison::GreaterEqual, u(left), u(right))?;
                self.registers().set_bool(u(to), holds);
            }

            // -- jumps --------------------------------------------------------------------------------------
            Op::Step => self.take_step()?,
            Op::JumpIfTrue { from, target } => {
                if self.to_boolean(u(from)) {
                    self.frames.set_pc(target as usize);
                }
            }
            Op::JumpIfFalse { from, target } => {
                if !self.to_boolean(u(from)) {
                    self.frames.set_pc(target as usize);
                }
            }
            Op::JumpIfSmi { left, value, offset } => {
                let holds = self.is_small(u(left), value);
                self.frames.jump_if(holds, offset);
            }
            Op::JumpIfNotSmi { left, value, offset } => {
                let holds = self.is_small(u(left), value);
                self.frames.jump_if(!holds, offset);
            }
            Op::JumpIfLess { left, right, offset } => {
                let holds = self.is_ordered(Comparison::Less, u(left), u(right))?;
                self.frames.jump_if(holds, offset);
            }
            Op::JumpIfNotLess { left, right, offset } => {
                let holds = self.is_ordered(Comparison::Less, u(left), u(right))?;
                self.frames.jump_if(!holds, offset);
            }
            Op::JumpIfLessEqual { left, right, offset } => {
                let holds = self.is_ordered(Comparison::LessEqual, u(left), u(right))?;
                self.frames.jump_if(holds, offset);
            }
            Op::JumpIfNotLessEqual { left, right, offset } => {
                let holds = self.is_ordered(Comparison::LessEqual, u(left), u(right))?;
                self.frames.jump_if(!holds, offset);
            }
            Op::JumpIfGreater { left, right, offset } => {
                let holds = self.is_ordered(Comparison::Greater, u(left), u(right))?;
                self.frames.jump_if(holds, offset);
            }
            Op::JumpIfNotGreater { left, right, offset } => {
                let holds = self.is_ordered(Comparison::Greater, u(left), u(right))?;
                self.frames.jump_if(!holds, offset);
            }
            Op::JumpIfGreaterEqual { left, right, offset } => {
                let holds = self.is_ordered(Comparison::GreaterEqual, u(left), u(right))?;
                self.frames.jump_if(holds, offset);
            }
            Op::JumpIfNotGreaterEqual { left, right, offset } => {
                let holds = self.is_ordered(Comparison::GreaterEqual, u(left), u(right))?;
                self.frames.jump_if(!holds, offset);
            }
            Op::JumpIfStrictEqual { left, right, offset } => {
                let holds = self.strict_equal(u(left), u(right))?;
                self.frames.jump_if(holds, offset);
            }
            Op::JumpIfNotStrictEqual { left, right, offset } => {
                let holds = self.strict_equal(u(left), u(right))?;
                self.frames.jump_if(!holds, offset);
            }

            // -- calls --------------------------------------------------------------------------------------
            Op::Call { to, base, count } | Op::CallUndefined { to, base, count } => {
                return self.next(|machine| machine.enter(u(to), u(base), usize::from(count), 0));
            }
            Op::CallArray { to, base } => {
                return self.next_with_temps(|machine| {
                    let (base, count) = machine.spread_call(u(base))?;
                    machine.enter_last(u(to), base, count, 0)
                });
            }
            Op::New { to, base, count } => {
                return self.next_with_temps(|machine| {
                    machine.enter_plain_new(u(to), u(base), usize::from(count))
                });
            }
            Op::NewArray { to, base } => {
                return self.next_with_temps(|machine| {
                    let (base, count) = machine.spread_call(u(base))?;
                    machine.enter_plain_new(u(to), base, count)
                });
            }
            Op::SuperCall { to, base, count } => {
                self.check_super_class(u(base))?;
                return self.next_with_temps(|machine| {
                    machine.store_root(roots::NEW_TARGET, u(base) + 1);
                    machine.enter_new(u(to), u(base), usize::from(count), 0)
                });
            }
            Op::SuperCallArray { to, base } => {
                self.check_super_class(u(base))?;
                return self.next_with_temps(|machine| {
                    machine.store_root(roots::NEW_TARGET, u(base) + 1);
                    let (base, count) = machine.spread_call(u(base))?;
                    machine.enter_new(u(to), base, count, 0)
                });
            }
            Op::DirectEval { to, base, count } => {
                return self.next_with_temps(|machine| {
                    if machine.is_real_eval(u(base)) {
                        let any = count > 0;
                        if count == SPREAD {
                            // Its text lies where the array does.
                            machine.get(u(base) + 2, u(base) + 2, Key::Index(0))?;
                        }
                        machine.direct_eval(u(to), u(base), any, code.template.strict)
                    } else if count == SPREAD {
                        let (base, count) = machine.spread_call(u(base))?;
                        machine.enter_last(u(to), base, count, 0)
                    } else {
                        machine.enter(u(to), u(base), usize::from(count), 0)
                    }
                });
            }
            Op::Return { from } => return self.return_slowly(u(from), code, depth),
            Op::Throw { from } => return self.throw(u(from)),

            // -- functions and literals -----------------------------------------------------------------------
            Op::Closure { to, shared, context } => {
                let place = usize::from(shared);
                let mut registers = self.registers();
                let scratch = registers.size() - 1;
                registers.find::<AccessError>(scratch, 0, |callee| {
                    callee.slot(SHARED)?.slot(POOL)?.slot(place)
                })?;
                let number = registers.peek(scratch, POOL + 1)?.as_smi().unwrap_or(0);
                self.new_function(u(to), scratch, number, Some(u(context)))?;
            }
            Op::Object { to, fields } => self.new_literal(u(to), usize::from(fields))?,
            Op::ObjectOf { count, object, site } => {
                self.new_literal_of(u(object), code, site, usize::from(count))?;
            }
            Op::ArrayOf { count, to, first } => {
                self.new_array_of(u(to), u(first), usize::from(count))?;
            }
            Op::Push { array, from } => self.push(u(array), u(from))?,

            // -- iteration ----------------------------------------------------------------------------------
            Op::Next { to, iterator } => self.next_value(u(to), u(iterator))?,
            Op::ForInNext { to, state } => self.for_in_next(u(to), u(state))?,

            // -- suspension ---------------------------------------------------------------------------------
            Op::Generator { to } => {
                self.begin_generator(u(to))?;
                return Ok(self.suspended(depth));
            }
            Op::Yield { to, from } => {
                self.yield_from(u(to), u(from), true)?;
                return Ok(self.suspended(depth));
            }
            Op::YieldResult { to, from } => {
                self.yield_from(u(to), u(from), false)?;
                return Ok(self.suspended(depth));
            }
            Op::Await { to, from } => {
                self.await_value(u(to), u(from))?;
                return Ok(self.suspended(depth));
            }
            Op::AsyncReturn { from } => {
                self.end_async(u(from), false)?;
                return Ok(self.suspended(depth));
            }
            Op::AsyncThrow { from } => {
                self.end_async(u(from), true)?;
                return Ok(self.suspended(depth));
            }
            rare => self.rarely(rare, code)?,
        }
        Ok(Next::Instruction)
    }

    /// Puts a small integer into the register that instructions have for themselves.
    fn in_scratch(&mut self, value: i16) -> R {
        let mut registers = self.registers();
        let scratch = registers.size() - 1;
        registers.set_smi(scratch, i32::from(value));
        scratch
    }

    /// Goes on in the frame that `enter` has begun, if it has.
    fn next(&mut self, enter: impl FnOnce(&mut Self) -> Outcome<bool>) -> Outcome<Next> {
        Ok(if enter(self)? { Next::Frame } else { Next::Instruction })
    }

    /// As `next`, where registers are taken: a frame that was begun gives them back when it ends.
    fn next_with_temps(&mut self, enter: impl FnOnce(&mut Self) -> Outcome<bool>) -> Outcome<Next> {
        let window = self.registers().window();
        if enter(self)? {
            return Ok(Next::Frame);
        }
        self.registers().pop(window);
        Ok(Next::Instruction)
    }

    fn return_slowly(&mut self, from: R, code: &Code, depth: usize) -> Outcome<Next> {
        let flags = self.frames.innermost().flags;
        let mut from = from;
        if flags & CONSTRUCT != 0 && !self.is_object(from) {
            from = self.constructed(code)?;
        } else if flags & RESUMED != 0 {
            from = self.finish_generator(from)?;
        }
        let Some(frame) = self.frames.pop() else { return Ok(Next::End) };
        self.registers().pop_with(from, frame.caller, frame.to as usize);
        let ended = flags & NESTED != 0 || self.frames.len() <= depth;
        Ok(if ended { Next::End } else { Next::Frame })
    }

    /// What a construction gives whose function has returned no object.
    fn constructed(&mut self, code: &Code) -> Outcome<R> {
        if code.template.kind == FunctionKind::DerivedConstructor {
            return self
                .throw_type_error("Derived constructors may only return object or undefined");
        }
        Ok(THIS)
    }

    /// Whether the frame that has just ended or been put aside was the last that Rust waits for. Its flag is known by
    /// [`Machine::ended_nested`].
    fn suspended(&mut self, depth: usize) -> Next {
        let ended = std::mem::take(&mut self.ended_nested) || self.frames.len() <= depth;
        if ended { Next::End } else { Next::Frame }
    }

    /// The array of arguments becomes registers behind a copy of the function and `this`.
    fn spread_call(&mut self, base: R) -> Outcome<(R, usize)> {
        let first = self.temps(2)?;
        self.copy(first, base);
        self.copy(first + 1, base + 1);
        let (_, count) = self.spread_array(base + 2)?;
        Ok((first, count))
    }
}
