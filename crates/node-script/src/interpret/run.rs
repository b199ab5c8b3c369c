//! The loop over instructions.
//!
//! A short way is here, on the registers alone; the rest of what an instruction does is a method elsewhere, before which
//! the frame is told where it is.

use super::frame::{CONSTRUCT, NESTED, RESUMED};
use super::lookup::{How, outside};
use super::operators::{Arithmetic, Comparison};
use crate::compile::op::Op;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::code::{Code, Running};
use crate::objects::layout::tag;
use crate::objects::layout::{CONTEXT, POOL, PREVIOUS, SHARED};
use crate::objects::object::Type;
use crate::thrown::Outcome;
use heap_model::{AccessError, Kind, Tagged};

#[inline(always)]
fn u(register: u16) -> R {
    R::from(register)
}

impl Machine {
    /// Runs the frames above `depth` to their end.
    pub(crate) fn run(&mut self, depth: usize) -> Outcome {
        loop {
            match self.execute(depth) {
                Ok(()) => return Ok(()),
                Err(thrown) => self.unwind(thrown, depth)?,
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "an arm for each instruction")]
    fn execute(&mut self, depth: usize) -> Outcome {
        let list = self.codes.list.clone();
        'frame: loop {
            let frame = self.frames.innermost();
            let mut pc = frame.pc as usize;
            let mut running = Running::new(&list, frame.code).expect("a frame's code");
            let mut ops: &[Op] = &running.code.template.ops;
            loop {
                let code = running.code;
                let op = &ops[pc];
                pc += 1;

                /// Tells the frame where it is, before what may throw, call or be looked at from outside.
                macro_rules! here {
                    () => {
                        self.frames.set_pc(pc);
                    };
                }
                macro_rules! slow {
                    ($call:expr) => {{
                        here!();
                        $call?
                    }};
                }
                macro_rules! arithmetic {
                    ($op:ident, $to:expr, $left:expr, $right:expr, |$a:ident, $b:ident| $short:expr) => {{
                        let mut registers = self.runtime.heap_mut().registers();
                        let short: Option<i32> = match registers.smis(u($left), u($right)) {
                            Some(($a, $b)) => $short,
                            None => None,
                        };
                        match short {
                            Some(value) => registers.set_smi(u($to), value),
                            None => {
                                slow!(self.arithmetic(Arithmetic::$op, u($to), u($left), u($right)))
                            }
                        }
                    }};
                }
                macro_rules! ordered {
                    ($op:ident, $left:expr, $right:expr, |$a:ident, $b:ident| $short:expr) => {{
                        let registers = self.runtime.heap_mut().registers();
                        match registers.smis(u($left), u($right)) {
                            Some(($a, $b)) => $short,
                            None => slow!(self.is_ordered(Comparison::$op, u($left), u($right))),
                        }
                    }};
                }
                /// Goes on in the function that is called, or behind the call of a built-in.
                macro_rules! call {
                    ($to:expr, $base:expr, $count:expr) => {{
                        here!();
                        let (to, base, count) = (u($to), u($base), usize::from($count));
                        if self.enter_plainly(&mut running, to, base, count) {
                            pc = running.code.start as usize;
                            ops = &running.code.template.ops;
                        } else if self.enter(to, base, count, 0)? {
                            continue 'frame;
                        }
                    }};
                }
                /// Leaves the frame that waits now, or goes on in the one behind it.
                macro_rules! suspend {
                    () => {
                        if self.suspended(depth) {
                            return Ok(());
                        }
                        continue 'frame;
                    };
                }
                macro_rules! jump_by {
                    ($holds:expr, $offset:expr) => {
                        if $holds {
                            pc = pc.wrapping_add_signed(isize::from($offset));
                        }
                    };
                }

                match *op {
                    // -- values -------------------------------------------------------------------------------------
                    Op::Move { to, from } => {
                        self.runtime.heap_mut().registers().copy(u(to), u(from))
                    }
                    Op::Smi { to, value } => {
                        self.runtime.heap_mut().registers().set_smi(u(to), value);
                    }
                    Op::Constant { to, constant } => {
                        let place = usize::from(constant);
                        self.runtime.heap_mut().registers().find::<AccessError>(
                            u(to),
                            0,
                            |callee| callee.slot(SHARED)?.slot(POOL)?.slot(place),
                        )?;
                    }
                    Op::Undefined { to } => {
                        self.runtime.heap_mut().registers().set_undefined(u(to))
                    }
                    Op::Null { to } => self.runtime.heap_mut().registers().set_null(u(to)),
                    Op::Bool { to, value } => {
                        self.runtime.heap_mut().registers().set_bool(u(to), value);
                    }
                    Op::Hole { to } => self.runtime.heap_mut().registers().set_hole(u(to)),

                    // -- contexts -----------------------------------------------------------------------------------
                    Op::ClosureContext { to } => self.registers().load(u(to), 0, CONTEXT)?,
                    Op::NewContext { to, outer, scope } => {
                        let info = &code.template.scopes[usize::from(scope)];
                        let number = code.scopes[usize::from(scope)];
                        slow!(self.new_context(u(to), u(outer), info, number));
                    }
                    Op::LoadSlot { depth: 0, to, context, slot } => {
                        self.runtime.heap_mut().registers().load(
                            u(to),
                            u(context),
                            usize::from(slot),
                        )?;
                    }
                    Op::LoadSlot { depth, to, context, slot } => {
                        let slot = usize::from(slot);
                        self.registers().find::<AccessError>(
                            u(to),
                            u(context),
                            |mut context| {
                                for _ in 0..depth {
                                    context = context.slot(PREVIOUS)?;
                                }
                                context.slot(slot)
                            },
                        )?;
                    }
                    Op::LoadClosureSlot { depth, to, slot } => {
                        let mut registers = self.runtime.heap_mut().registers();
                        registers.find::<AccessError>(u(to), 0, |callee| {
                            let mut context = callee.slot(CONTEXT)?;
                            for _ in 0..depth {
                                context = context.slot(PREVIOUS)?;
                            }
                            context.slot(usize::from(slot))
                        })?;
                    }
                    Op::StoreSlot { depth: 0, context, slot, from } => {
                        self.runtime.heap_mut().registers().store(
                            u(context),
                            usize::from(slot),
                            u(from),
                        )?;
                    }
                    Op::StoreSlot { depth, context, slot, from } => {
                        let mut registers = self.registers();
                        let scratch = registers.size() - 1;
                        registers.find::<AccessError>(scratch, u(context), |mut context| {
                            for _ in 0..depth {
                                context = context.slot(PREVIOUS)?;
                            }
                            Ok(context)
                        })?;
                        registers.store(scratch, usize::from(slot), u(from))?;
                        registers.set_undefined(scratch);
                    }
                    Op::CheckHole { from, name } => {
                        if self.registers().get(u(from)) == Tagged::HOLE {
                            here!();
                            return self.throw_not_initialised(code.atoms[usize::from(name)]);
                        }
                    }

                    // -- names --------------------------------------------------------------------------------------
                    Op::LoadGlobal { to, site } => {
                        let roots = self.roots;
                        let cache = code.caches[usize::from(site)].get();
                        let mut registers = self.runtime.heap_mut().registers();
                        registers.copy_from(u(to), roots, roots::GLOBAL);
                        let hit = registers
                            .get(u(to))
                            .view()
                            .is_some_and(|cell| cell.is_tagged(cache.kind, tag(cache.class)));
                        match cache.how {
                            How::Slot(slot) if hit => {
                                registers.load(u(to), u(to), usize::from(slot))?;
                            }
                            How::Outside(place) if hit => {
                                registers.find::<AccessError>(u(to), u(to), |object| {
                                    outside(object, usize::from(place))
                                })?;
                            }
                            _ => {
                                let cell = &code.caches[usize::from(site)];
                                let name = code.site(site);
                                slow!(self.load_global_slowly(u(to), name, cell, false));
                            }
                        }
                    }

                    // -- properties ---------------------------------------------------------------------------------
                    Op::GetNamed { to, object, site } => {
                        let cell = &code.caches[usize::from(site)];
                        let own = cell.get().own;
                        let mut registers = self.runtime.heap_mut().registers();
                        if !registers.load_cached(u(to), u(object), own) {
                            let name = code.site(site);
                            slow!(self.get_named_known(u(to), u(object), name, cell));
                        }
                    }
                    Op::SetNamed { object, site, from } => {
                        let cell = &code.caches[usize::from(site)];
                        let cache = cell.get();
                        let epoch = self.classes.epoch;
                        let mut registers = self.runtime.heap_mut().registers();
                        let done = match cache.how {
                            How::Slot(_) => registers.store_cached(u(object), cache.own, u(from)),
                            How::Add { next, .. } if cache.epoch == epoch => {
                                registers.add_cached(u(object), cache.own, tag(next), u(from))
                            }
                            _ => false,
                        };
                        if !done {
                            let (name, strict) = (code.site(site), code.template.strict);
                            slow!(self.set_named_slowly(u(object), name, u(from), strict, cell));
                        }
                    }
                    Op::DefineNamed { object, site, from } => {
                        let cell = &code.caches[usize::from(site)];
                        let cache = cell.get();
                        let mut registers = self.runtime.heap_mut().registers();
                        let done = match cache.how {
                            How::Add { next, .. } => {
                                registers.add_cached(u(object), cache.own, tag(next), u(from))
                            }
                            _ => false,
                        };
                        if !done {
                            let name = code.site(site);
                            slow!(self.define_named_slowly(u(object), name, u(from), cell));
                        }
                    }
                    Op::GetKeyed { to, object, key } => {
                        let found = self.short_element(u(to), u(object), u(key));
                        if !found {
                            slow!(self.get_keyed(u(to), u(object), u(key)));
                        }
                    }
                    Op::SetKeyed { object, key, from } => {
                        let done = self.short_store(u(object), u(key), u(from))?;
                        if !done {
                            let strict = code.template.strict;
                            slow!(self.set_keyed(u(object), u(key), u(from), strict));
                        }
                    }

                    // -- operators ----------------------------------------------------------------------------------
                    Op::Add { to, left, right } => {
                        let mut registers = self.runtime.heap_mut().registers();
                        match registers.smis(u(left), u(right)).and_then(|(a, b)| a.checked_add(b))
                        {
                            Some(sum) => registers.set_smi(u(to), sum),
                            None => slow!(self.add(u(to), u(left), u(right))),
                        }
                    }
                    Op::AddSmi { to, left, value } => {
                        let mut registers = self.runtime.heap_mut().registers();
                        match registers.smi(u(left)).and_then(|a| a.checked_add(i32::from(value))) {
                            Some(sum) => registers.set_smi(u(to), sum),
                            None => {
                                let scratch = registers.size() - 1;
                                registers.set_smi(scratch, i32::from(value));
                                slow!(self.add(u(to), u(left), scratch));
                            }
                        }
                    }
                    Op::SubSmi { to, left, value } => {
                        let mut registers = self.runtime.heap_mut().registers();
                        match registers.smi(u(left)).and_then(|a| a.checked_sub(i32::from(value))) {
                            Some(difference) => registers.set_smi(u(to), difference),
                            None => {
                                let scratch = registers.size() - 1;
                                registers.set_smi(scratch, i32::from(value));
                                slow!(self.arithmetic(Arithmetic::Sub, u(to), u(left), scratch));
                            }
                        }
                    }
                    Op::Sub { to, left, right } => {
                        arithmetic!(Sub, to, left, right, |a, b| a.checked_sub(b));
                    }
                    Op::Mul { to, left, right } => {
                        arithmetic!(Mul, to, left, right, |a, b| a
                            .checked_mul(b)
                            .filter(|product| *product != 0 || (a >= 0 && b >= 0)));
                    }
                    Op::Div { to, left, right } => {
                        arithmetic!(Div, to, left, right, |a, b| (b > 0 && a % b == 0 && a != 0)
                            .then(|| a / b));
                    }
                    Op::Mod { to, left, right } => {
                        arithmetic!(Mod, to, left, right, |a, b| (a >= 0 && b > 0).then(|| a % b));
                    }
                    Op::Exp { to, left, right } => {
                        slow!(self.arithmetic(Arithmetic::Exp, u(to), u(left), u(right)));
                    }
                    Op::BitAnd { to, left, right } => {
                        arithmetic!(BitAnd, to, left, right, |a, b| Some(a & b));
                    }
                    Op::BitOr { to, left, right } => {
                        arithmetic!(BitOr, to, left, right, |a, b| Some(a | b));
                    }
                    Op::BitXor { to, left, right } => {
                        arithmetic!(BitXor, to, left, right, |a, b| Some(a ^ b));
                    }
                    Op::Shl { to, left, right } => {
                        arithmetic!(Shl, to, left, right, |a, b| Some(a.wrapping_shl(b as u32)));
                    }
                    Op::Shr { to, left, right } => {
                        arithmetic!(Shr, to, left, right, |a, b| Some(a.wrapping_shr(b as u32)));
                    }
                    Op::UShr { to, left, right } => {
                        arithmetic!(UShr, to, left, right, |a, b| i32::try_from(
                            (a as u32).wrapping_shr(b as u32)
                        )
                        .ok());
                    }
                    Op::Increment { to, from } => {
                        let mut registers = self.runtime.heap_mut().registers();
                        match registers.smi(u(from)).and_then(|a| a.checked_add(1)) {
                            Some(sum) => registers.set_smi(u(to), sum),
                            None => slow!(self.step(u(to), u(from), 1.0)),
                        }
                    }
                    Op::Decrement { to, from } => {
                        let mut registers = self.runtime.heap_mut().registers();
                        match registers.smi(u(from)).and_then(|a| a.checked_sub(1)) {
                            Some(sum) => registers.set_smi(u(to), sum),
                            None => slow!(self.step(u(to), u(from), -1.0)),
                        }
                    }
                    Op::Negate { to, from } => slow!(self.negate(u(to), u(from))),
                    Op::BitNot { to, from } => slow!(self.bit_not(u(to), u(from))),
                    Op::Not { to, from } => {
                        let value = self.truth(u(from));
                        self.registers().set_bool(u(to), !value);
                    }
                    Op::ToKey { to, from } => {
                        let simple = matches!(
                            self.type_of(u(from)),
                            Type::String | Type::Smi(_) | Type::Symbol(_)
                        );
                        if simple {
                            self.copy(u(to), u(from));
                        } else {
                            here!();
                            let key = self.to_key(u(from))?;
                            self.key_value(u(to), key)?;
                        }
                    }
                    Op::Equal { to, left, right } => {
                        let registers = self.registers();
                        let equal = match registers.smis(u(left), u(right)) {
                            Some((a, b)) => a == b,
                            None => slow!(self.loose_equal(u(left), u(right))),
                        };
                        self.registers().set_bool(u(to), equal);
                    }
                    Op::StrictEqual { to, left, right } => {
                        let equal = slow!(self.short_equal(u(left), u(right)));
                        self.registers().set_bool(u(to), equal);
                    }
                    Op::Less { to, left, right } => {
                        let holds = ordered!(Less, left, right, |a, b| a < b);
                        self.registers().set_bool(u(to), holds);
                    }
                    Op::LessEqual { to, left, right } => {
                        let holds = ordered!(LessEqual, left, right, |a, b| a <= b);
                        self.registers().set_bool(u(to), holds);
                    }
                    Op::Greater { to, left, right } => {
                        let holds = ordered!(Greater, left, right, |a, b| a > b);
                        self.registers().set_bool(u(to), holds);
                    }
                    Op::GreaterEqual { to, left, right } => {
                        let holds = ordered!(GreaterEqual, left, right, |a, b| a >= b);
                        self.registers().set_bool(u(to), holds);
                    }

                    // -- jumps --------------------------------------------------------------------------------------
                    Op::Jump { target } | Op::Loop { target } => pc = target as usize,
                    Op::Step => slow!(self.take_step()),
                    Op::JumpIfTrue { from, target } => {
                        if self.truth(u(from)) {
                            pc = target as usize;
                        }
                    }
                    Op::JumpIfFalse { from, target } => {
                        if !self.truth(u(from)) {
                            pc = target as usize;
                        }
                    }
                    Op::JumpIfNullish { from, target } => {
                        if self.registers().get(u(from)).is_nullish() {
                            pc = target as usize;
                        }
                    }
                    Op::JumpIfNotNullish { from, target } => {
                        if !self.registers().get(u(from)).is_nullish() {
                            pc = target as usize;
                        }
                    }
                    Op::JumpIfUndefined { from, target } => {
                        if self.registers().get(u(from)) == Tagged::UNDEFINED {
                            pc = target as usize;
                        }
                    }
                    Op::JumpIfNotUndefined { from, target } => {
                        if self.registers().get(u(from)) != Tagged::UNDEFINED {
                            pc = target as usize;
                        }
                    }
                    Op::JumpIfNull { from, target } => {
                        if self.registers().get(u(from)) == Tagged::NULL {
                            pc = target as usize;
                        }
                    }
                    Op::JumpIfNotNull { from, target } => {
                        if self.registers().get(u(from)) != Tagged::NULL {
                            pc = target as usize;
                        }
                    }
                    Op::JumpIfSmi { left, value, offset } => {
                        jump_by!(self.is_small(u(left), value), offset);
                    }
                    Op::JumpIfNotSmi { left, value, offset } => {
                        jump_by!(!self.is_small(u(left), value), offset);
                    }
                    Op::JumpIfHole { from, target } => {
                        if self.registers().get(u(from)) == Tagged::HOLE {
                            pc = target as usize;
                        }
                    }
                    Op::JumpIfLess { left, right, offset } => {
                        jump_by!(ordered!(Less, left, right, |a, b| a < b), offset);
                    }
                    Op::JumpIfNotLess { left, right, offset } => {
                        jump_by!(!ordered!(Less, left, right, |a, b| a < b), offset);
                    }
                    Op::JumpIfLessEqual { left, right, offset } => {
                        jump_by!(ordered!(LessEqual, left, right, |a, b| a <= b), offset);
                    }
                    Op::JumpIfNotLessEqual { left, right, offset } => {
                        jump_by!(!ordered!(LessEqual, left, right, |a, b| a <= b), offset);
                    }
                    Op::JumpIfGreater { left, right, offset } => {
                        jump_by!(ordered!(Greater, left, right, |a, b| a > b), offset);
                    }
                    Op::JumpIfNotGreater { left, right, offset } => {
                        jump_by!(!ordered!(Greater, left, right, |a, b| a > b), offset);
                    }
                    Op::JumpIfGreaterEqual { left, right, offset } => {
                        jump_by!(ordered!(GreaterEqual, left, right, |a, b| a >= b), offset);
                    }
                    Op::JumpIfNotGreaterEqual { left, right, offset } => {
                        jump_by!(!ordered!(GreaterEqual, left, right, |a, b| a >= b), offset);
                    }
                    Op::JumpIfStrictEqual { left, right, offset } => {
                        jump_by!(slow!(self.short_equal(u(left), u(right))), offset);
                    }
                    Op::JumpIfNotStrictEqual { left, right, offset } => {
                        jump_by!(!slow!(self.short_equal(u(left), u(right))), offset);
                    }
                    Op::JumpIfToken { token, value, offset } => {
                        jump_by!(self.registers().smi(u(token)) == Some(i32::from(value)), offset);
                    }

                    // -- calls --------------------------------------------------------------------------------------
                    Op::Call { to, base, count } => call!(to, base, count),
                    Op::CallUndefined { to, base, count } => {
                        self.runtime.heap_mut().registers().set_undefined(u(base) + THIS);
                        call!(to, base, count);
                    }
                    Op::CallArray { to, base } => {
                        here!();
                        let window = self.registers().window();
                        let (base, count) = self.spread_call(u(base))?;
                        if self.enter(u(to), base, count, 0)? {
                            continue 'frame;
                        } else {
                            self.registers().pop(window);
                        }
                    }
                    Op::New { to, base, count } => {
                        here!();
                        let window = self.registers().window();
                        if self.enter_plain_new(u(to), u(base), usize::from(count))? {
                            continue 'frame;
                        } else {
                            self.registers().pop(window);
                        }
                    }
                    Op::NewArray { to, base } => {
                        here!();
                        let window = self.registers().window();
                        let (base, count) = self.spread_call(u(base))?;
                        if self.enter_plain_new(u(to), base, count)? {
                            continue 'frame;
                        } else {
                            self.registers().pop(window);
                        }
                    }
                    Op::SuperCall { to, base, count } => {
                        here!();
                        let window = self.registers().window();
                        self.store_root(roots::NEW_TARGET, u(base) + 1);
                        if self.enter_new(u(to), u(base), usize::from(count), 0)? {
                            continue 'frame;
                        } else {
                            self.registers().pop(window);
                        }
                    }
                    Op::SuperCallArray { to, base } => {
                        here!();
                        let window = self.registers().window();
                        self.store_root(roots::NEW_TARGET, u(base) + 1);
                        let (base, count) = self.spread_call(u(base))?;
                        if self.enter_new(u(to), base, count, 0)? {
                            continue 'frame;
                        } else {
                            self.registers().pop(window);
                        }
                    }
                    Op::DirectEval { to, base, count } => {
                        here!();
                        if self.is_real_eval(u(base)) {
                            let strict = code.template.strict;
                            let any = count > 0;
                            if self.direct_eval(u(to), u(base), any, strict)? {
                                continue 'frame;
                            }
                        } else if self.enter(u(to), u(base), usize::from(count), 0)? {
                            continue 'frame;
                        }
                    }
                    Op::Return { from } => {
                        let flags = self.frames.innermost().flags;
                        let mut from = u(from);
                        if flags & CONSTRUCT != 0 && !self.is_object(from) {
                            here!();
                            from = self.constructed(from, code)?;
                        } else if flags & RESUMED != 0 {
                            here!();
                            from = self.finish_generator(from)?;
                        }
                        let Some(frame) = self.frames.pop() else { return Ok(()) };
                        let (caller, to) = (frame.caller, frame.to as usize);
                        self.runtime.heap_mut().registers().pop_with(from, caller, to);
                        if flags & NESTED != 0 || self.frames.len() <= depth {
                            return Ok(());
                        }
                        let frame = self.frames.innermost();
                        pc = frame.pc as usize;
                        assert!(running.switch(frame.code), "a frame's code");
                        ops = &running.code.template.ops;
                    }
                    Op::Throw { from } => {
                        here!();
                        return self.throw(u(from));
                    }

                    // -- functions and classes ----------------------------------------------------------------------
                    Op::Closure { to, shared, context } => {
                        let place = usize::from(shared);
                        let mut registers = self.registers();
                        let scratch = registers.size() - 1;
                        registers.find::<AccessError>(scratch, 0, |callee| {
                            callee.slot(SHARED)?.slot(POOL)?.slot(place)
                        })?;
                        let number = registers.peek(scratch, POOL + 1)?.as_smi().unwrap_or(0);
                        slow!(self.new_function(u(to), scratch, number, Some(u(context))));
                    }

                    // -- literals -----------------------------------------------------------------------------------
                    Op::Object { to, fields } => {
                        let class =
                            self.literal_classes.get(usize::from(fields)).copied().flatten();
                        match class {
                            Some(class) => {
                                let slots = 1 + usize::from(fields);
                                self.runtime.heap_mut().registers().alloc_tagged(
                                    u(to),
                                    Kind::Object,
                                    tag(class.0),
                                    slots,
                                    0,
                                )?;
                            }
                            None => slow!(self.new_literal(u(to), usize::from(fields))),
                        }
                    }
                    Op::ObjectOf { count, object, site } => {
                        let cache = code.caches[usize::from(site)].get();
                        let (object, count) = (u(object), usize::from(count));
                        if cache.how == How::Literal {
                            let mut registers = self.runtime.heap_mut().registers();
                            registers.set_undefined(object);
                            registers.alloc_with(object, Kind::Object, object, 1 + count)?;
                            registers.set_tag(object, tag(cache.class))?;
                            registers.clear(object + 1, count);
                        } else {
                            slow!(self.new_literal_of(object, code, site, count));
                        }
                    }
                    Op::Push { array, from } => {
                        if !self.short_push(u(array), u(from))? {
                            slow!(self.push(u(array), u(from)));
                        }
                    }

                    // -- iteration ----------------------------------------------------------------------------------
                    Op::Next { to, iterator } => slow!(self.next_value(u(to), u(iterator))),
                    Op::ForInNext { to, state } => slow!(self.for_in_next(u(to), u(state))),

                    // -- suspension ---------------------------------------------------------------------------------
                    Op::Generator { to } => {
                        here!();
                        self.begin_generator(u(to))?;
                        suspend!();
                    }
                    Op::Yield { to, from } => {
                        here!();
                        self.yield_from(u(to), u(from), true)?;
                        suspend!();
                    }
                    Op::YieldResult { to, from } => {
                        here!();
                        self.yield_from(u(to), u(from), false)?;
                        suspend!();
                    }
                    Op::Await { to, from } => {
                        here!();
                        self.await_value(u(to), u(from))?;
                        suspend!();
                    }
                    Op::AsyncReturn { from } => {
                        here!();
                        self.end_async(u(from), false)?;
                        suspend!();
                    }
                    Op::AsyncThrow { from } => {
                        here!();
                        self.end_async(u(from), true)?;
                        suspend!();
                    }
                    rare => slow!(self.rarely(rare, code)),
                }
            }
        }
    }

    /// Whether the frame that has just ended or been put aside was the last that Rust waits for. Its flag is known by
    /// [`Machine::ended_nested`].
    fn suspended(&mut self, depth: usize) -> bool {
        std::mem::take(&mut self.ended_nested) || self.frames.len() <= depth
    }

    /// The array of arguments becomes registers behind a copy of the function and `this`.
    fn spread_call(&mut self, base: R) -> Outcome<(R, usize)> {
        let first = self.temps(2)?;
        self.copy(first, base);
        self.copy(first + 1, base + 1);
        let (_, count) = self.spread_array(base + 2)?;
        Ok((first, count))
    }

    /// What a construction gives whose function has returned no object.
    fn constructed(&mut self, from: R, code: &Code) -> Outcome<R> {
        if code.template.kind == crate::parse::tree::FunctionKind::DerivedConstructor {
            return self
                .throw_type_error("Derived constructors may only return object or undefined");
        }
        let _ = from;
        Ok(crate::machine::THIS)
    }
}
