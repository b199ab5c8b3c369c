//! The loop over instructions.
//!
//! The short ways are here, on the registers alone, and none calls what may throw or be looked at from outside: then the
//! compiler keeps the loop's few variables in the processor's registers. All else an instruction does is in
//! [`slow`](super::slow), for which the frame is told where it is.
//!
//! A jump branches (`continue`) and does not compute its place: so the processor guesses it, and runs ahead.

use super::call::code_number;
use super::frame::CONSTRUCT;
use super::lookup::{How, outside};
use super::slow::Next;
use crate::compile::op::Op;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::code::Running;
use crate::objects::layout::{CONTEXT, POOL, PREVIOUS, SHARED, tag};
use crate::thrown::Outcome;
use core::ops::{Add, Div, Mul, Sub};
use heap_model::{AccessError, Kind, Tagged};
use std::hint::cold_path;

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
        let frame = self.frames.innermost();
        let mut running = Running::new(&list, frame.code).expect("a frame's code");
        let mut rest = running.code.from(frame.pc as usize);
        'instructions: loop {
            // `rest` still begins with it until it has ended: so one pointer is enough.
            let op = rest.as_slice().first().expect("a jump or a return ends a code");

            macro_rules! registers {
                () => {
                    self.runtime.heap_mut().registers()
                };
            }
            let code = running.code;
            'slow: {
                /// The place of the next instruction.
                macro_rules! next {
                    () => {
                        code.pc(&rest) + 1
                    };
                }
                /// The result of a short way; without one, the other way.
                macro_rules! short {
                    ($found:expr) => {
                        match $found {
                            Some(found) => found,
                            None => break 'slow,
                        }
                    };
                }
                macro_rules! arithmetic {
                    ($to:expr, $left:expr, $right:expr, |$a:ident, $b:ident| $short:expr) => {{
                        let mut registers = registers!();
                        let ($a, $b) = short!(registers.smis(u($left), u($right)));
                        let result: Option<i32> = $short;
                        registers.set_smi(u($to), short!(result));
                    }};
                }
                /// As `arithmetic`, of an operator that gives other numbers, too.
                macro_rules! numbers {
                    ($to:expr, $left:expr, $right:expr, $compute:expr, |$a:ident, $b:ident| $short:expr) => {{
                        let mut registers = registers!();
                        match registers.smis(u($left), u($right)) {
                            Some(($a, $b)) => {
                                let result: Option<i32> = $short;
                                registers.set_smi(u($to), short!(result));
                            }
                            None => {
                                let places = (u($to), u($left), u($right));
                                if !self.short_number(places, $compute) {
                                    break 'slow;
                                }
                            }
                        }
                    }};
                }
                macro_rules! small {
                    ($to:expr, $from:expr, |$a:ident| $short:expr) => {{
                        let mut registers = registers!();
                        let $a = short!(registers.smi(u($from)));
                        let result: Option<i32> = $short;
                        registers.set_smi(u($to), short!(result));
                    }};
                }
                macro_rules! ordered {
                    ($left:expr, $right:expr, |$a:ident, $b:ident| $short:expr) => {{
                        match registers!().smis(u($left), u($right)) {
                            Some(($a, $b)) => $short,
                            None => {
                                let ($a, $b) = short!(self.two_numbers(u($left), u($right)));
                                $short
                            }
                        }
                    }};
                }
                macro_rules! jump_if {
                    ($holds:expr, $target:expr) => {
                        if $holds {
                            rest = code.from($target as usize);
                            continue 'instructions;
                        }
                    };
                }
                macro_rules! jump_by {
                    ($holds:expr, $offset:expr) => {
                        if $holds {
                            rest = code.from(next!().wrapping_add_signed(isize::from($offset)));
                            continue 'instructions;
                        }
                    };
                }
                /// Whether a register is one of the words that are compared as they are.
                macro_rules! is {
                    ($from:expr, $word:expr) => {
                        registers!().get(u($from)) == $word
                    };
                }
                /// Goes on in the function in a register, which `begin` begins a frame of.
                macro_rules! call {
                    ($base:expr, |$next:ident| $begin:expr) => {{
                        let id = short!(code_number(registers!().get($base)));
                        let mut next = running;
                        if !next.switch(id) {
                            break 'slow;
                        }
                        let $next = next.code;
                        if !$begin {
                            break 'slow;
                        }
                        running = next;
                        rest = running.code.from(running.code.start as usize);
                        continue 'instructions;
                    }};
                }

                match *op {
                    // -- values -------------------------------------------------------------------------------------
                    Op::Move { to, from } => registers!().copy(u(to), u(from)),
                    Op::Smi { to, value } => registers!().set_smi(u(to), value),
                    Op::Constant { to, constant } => {
                        let place = usize::from(constant);
                        registers!().find::<AccessError>(u(to), 0, |callee| {
                            callee.slot(SHARED)?.slot(POOL)?.slot(place)
                        })?;
                    }
                    Op::Undefined { to } => registers!().set_undefined(u(to)),
                    Op::Null { to } => registers!().set_null(u(to)),
                    Op::Bool { to, value } => registers!().set_bool(u(to), value),
                    Op::Hole { to } => registers!().set_hole(u(to)),

                    // -- contexts -----------------------------------------------------------------------------------
                    Op::ClosureContext { to } => registers!().load(u(to), 0, CONTEXT)?,
                    Op::NewContext { to, outer, scope } => {
                        if !self.short_context(u(to), u(outer), code, usize::from(scope)) {
                            break 'slow;
                        }
                    }
                    Op::LoadSlot { depth: 0, to, context, slot } => {
                        registers!().load(u(to), u(context), usize::from(slot))?;
                    }
                    Op::LoadSlot { depth, to, context, slot } => {
                        registers!().find::<AccessError>(u(to), u(context), |mut context| {
                            for _ in 0..depth {
                                context = context.slot(PREVIOUS)?;
                            }
                            context.slot(usize::from(slot))
                        })?;
                    }
                    Op::LoadClosureSlot { depth: 0, to, slot } => {
                        registers!().find::<AccessError>(u(to), 0, |callee| {
                            callee.slot(CONTEXT)?.slot(usize::from(slot))
                        })?;
                    }
                    Op::LoadClosureSlot { depth, to, slot } => {
                        registers!().find::<AccessError>(u(to), 0, |callee| {
                            let mut context = callee.slot(CONTEXT)?;
                            for _ in 0..depth {
                                context = context.slot(PREVIOUS)?;
                            }
                            context.slot(usize::from(slot))
                        })?;
                    }
                    Op::StoreSlot { depth: 0, context, slot, from } => {
                        registers!().store(u(context), usize::from(slot), u(from))?;
                    }
                    Op::StoreSlot { depth, context, slot, from } => {
                        let mut registers = registers!();
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
                    Op::CheckHole { from, .. } => {
                        if is!(from, Tagged::HOLE) {
                            break 'slow;
                        }
                    }

                    // -- names --------------------------------------------------------------------------------------
                    Op::LoadGlobal { to, site } => {
                        let roots = self.roots;
                        let cache = code.caches[usize::from(site)].get();
                        let mut registers = registers!();
                        registers.copy_from(u(to), roots, roots::GLOBAL);
                        let hit = registers.get(u(to)).is_tagged(cache.kind, tag(cache.class));
                        match cache.how {
                            How::Slot(slot) if hit => {
                                registers.load(u(to), u(to), usize::from(slot))?;
                            }
                            How::Outside(place) if hit => {
                                registers.find::<AccessError>(u(to), u(to), |object| {
                                    outside(object, usize::from(place))
                                })?;
                            }
                            _ => break 'slow,
                        }
                    }

                    // -- properties ---------------------------------------------------------------------------------
                    Op::GetNamed { to, object, site } => {
                        let cache = &code.caches[usize::from(site)];
                        if !registers!().load_cached(u(to), u(object), cache.get().own)
                            && !self.load_known(u(to), u(object), code.site(site), cache)?
                        {
                            break 'slow;
                        }
                    }
                    Op::SetNamed { object, site, from } => {
                        let cell = &code.caches[usize::from(site)];
                        let cache = cell.get();
                        let epoch = self.classes.epoch;
                        let mut registers = registers!();
                        let done = match cache.how {
                            How::Slot(_) => registers.store_cached(u(object), cache.own, u(from)),
                            How::Add { next, .. } if cache.epoch == epoch => {
                                registers.add_cached(u(object), cache.own, tag(next), u(from))
                            }
                            _ => false,
                        };
                        if !done && !self.store_known(u(object), code.site(site), u(from), cell) {
                            break 'slow;
                        }
                    }
                    Op::DefineNamed { object, site, from } => {
                        let cache = code.caches[usize::from(site)].get();
                        let How::Add { next, .. } = cache.how else { break 'slow };
                        if !registers!().add_cached(u(object), cache.own, tag(next), u(from)) {
                            break 'slow;
                        }
                    }
                    Op::GetKeyed { to, object, key } => {
                        if !self.short_element(u(to), u(object), u(key)) {
                            break 'slow;
                        }
                    }
                    Op::SetKeyed { object, key, from } => {
                        if !self.short_store(u(object), u(key), u(from))? {
                            break 'slow;
                        }
                    }

                    // -- operators ----------------------------------------------------------------------------------
                    Op::Add { to, left, right } => {
                        numbers!(to, left, right, f64::add, |a, b| a.checked_add(b));
                    }
                    Op::AddSmi { to, left, value } => {
                        small!(to, left, |a| a.checked_add(i32::from(value)));
                    }
                    Op::SubSmi { to, left, value } => {
                        small!(to, left, |a| a.checked_sub(i32::from(value)));
                    }
                    Op::Sub { to, left, right } => {
                        numbers!(to, left, right, f64::sub, |a, b| a.checked_sub(b));
                    }
                    Op::Mul { to, left, right } => {
                        numbers!(to, left, right, f64::mul, |a, b| a
                            .checked_mul(b)
                            .filter(|product| *product != 0 || (a >= 0 && b >= 0)));
                    }
                    Op::Div { to, left, right } => {
                        numbers!(to, left, right, f64::div, |a, b| (b > 0 && a % b == 0 && a != 0)
                            .then(|| a / b));
                    }
                    Op::Mod { to, left, right } => {
                        arithmetic!(to, left, right, |a, b| (a >= 0 && b > 0).then(|| a % b));
                    }
                    Op::BitAnd { to, left, right } => {
                        arithmetic!(to, left, right, |a, b| Some(a & b));
                    }
                    Op::BitOr { to, left, right } => {
                        arithmetic!(to, left, right, |a, b| Some(a | b));
                    }
                    Op::BitXor { to, left, right } => {
                        arithmetic!(to, left, right, |a, b| Some(a ^ b));
                    }
                    Op::Shl { to, left, right } => {
                        arithmetic!(to, left, right, |a, b| Some(a.wrapping_shl(b as u32)));
                    }
                    Op::Shr { to, left, right } => {
                        arithmetic!(to, left, right, |a, b| Some(a.wrapping_shr(b as u32)));
                    }
                    Op::UShr { to, left, right } => {
                        arithmetic!(to, left, right, |a, b| {
                            i32::try_from((a as u32).wrapping_shr(b as u32)).ok()
                        });
                    }
                    Op::Increment { to, from } => small!(to, from, |a| a.checked_add(1)),
                    Op::Decrement { to, from } => small!(to, from, |a| a.checked_sub(1)),
                    Op::ToNumber { to, from } | Op::ToNumeric { to, from } => {
                        let number = short!(registers!().smi(u(from)));
                        registers!().set_smi(u(to), number);
                    }
                    Op::Not { to, from } => {
                        let truth = short!(self.quick_truth(u(from)));
                        registers!().set_bool(u(to), !truth);
                    }
                    Op::Equal { to, left, right } => {
                        let equal = ordered!(left, right, |a, b| a == b);
                        registers!().set_bool(u(to), equal);
                    }
                    Op::StrictEqual { to, left, right } => {
                        let equal = short!(self.quick_equal(u(left), u(right)));
                        registers!().set_bool(u(to), equal);
                    }
                    Op::Less { to, left, right } => {
                        let holds = ordered!(left, right, |a, b| a < b);
                        registers!().set_bool(u(to), holds);
                    }
                    Op::LessEqual { to, left, right } => {
                        let holds = ordered!(left, right, |a, b| a <= b);
                        registers!().set_bool(u(to), holds);
                    }
                    Op::Greater { to, left, right } => {
                        let holds = ordered!(left, right, |a, b| a > b);
                        registers!().set_bool(u(to), holds);
                    }
                    Op::GreaterEqual { to, left, right } => {
                        let holds = ordered!(left, right, |a, b| a >= b);
                        registers!().set_bool(u(to), holds);
                    }

                    // -- jumps --------------------------------------------------------------------------------------
                    Op::Jump { target } | Op::Loop { target } => {
                        rest = code.from(target as usize);
                        continue 'instructions;
                    }
                    Op::JumpIfTrue { from, target } => {
                        jump_if!(short!(self.quick_truth(u(from))), target);
                    }
                    Op::JumpIfFalse { from, target } => {
                        jump_if!(!short!(self.quick_truth(u(from))), target);
                    }
                    Op::JumpIfNullish { from, target } => {
                        jump_if!(registers!().get(u(from)).is_nullish(), target);
                    }
                    Op::JumpIfNotNullish { from, target } => {
                        jump_if!(!registers!().get(u(from)).is_nullish(), target);
                    }
                    Op::JumpIfUndefined { from, target } => {
                        jump_if!(is!(from, Tagged::UNDEFINED), target);
                    }
                    Op::JumpIfNotUndefined { from, target } => {
                        jump_if!(!is!(from, Tagged::UNDEFINED), target);
                    }
                    Op::JumpIfNull { from, target } => jump_if!(is!(from, Tagged::NULL), target),
                    Op::JumpIfNotNull { from, target } => {
                        jump_if!(!is!(from, Tagged::NULL), target);
                    }
                    Op::JumpIfHole { from, target } => jump_if!(is!(from, Tagged::HOLE), target),
                    Op::JumpIfSmi { left, value, offset } => {
                        let left = short!(registers!().smi(u(left)));
                        jump_by!(left == i32::from(value), offset);
                    }
                    Op::JumpIfNotSmi { left, value, offset } => {
                        let left = short!(registers!().smi(u(left)));
                        jump_by!(left != i32::from(value), offset);
                    }
                    Op::JumpIfLess { left, right, offset } => {
                        jump_by!(ordered!(left, right, |a, b| a < b), offset);
                    }
                    Op::JumpIfNotLess { left, right, offset } => {
                        jump_by!(!ordered!(left, right, |a, b| a < b), offset);
                    }
                    Op::JumpIfLessEqual { left, right, offset } => {
                        jump_by!(ordered!(left, right, |a, b| a <= b), offset);
                    }
                    Op::JumpIfNotLessEqual { left, right, offset } => {
                        jump_by!(!ordered!(left, right, |a, b| a <= b), offset);
                    }
                    Op::JumpIfGreater { left, right, offset } => {
                        jump_by!(ordered!(left, right, |a, b| a > b), offset);
                    }
                    Op::JumpIfNotGreater { left, right, offset } => {
                        jump_by!(!ordered!(left, right, |a, b| a > b), offset);
                    }
                    Op::JumpIfGreaterEqual { left, right, offset } => {
                        jump_by!(ordered!(left, right, |a, b| a >= b), offset);
                    }
                    Op::JumpIfNotGreaterEqual { left, right, offset } => {
                        jump_by!(!ordered!(left, right, |a, b| a >= b), offset);
                    }
                    Op::JumpIfStrictEqual { left, right, offset } => {
                        jump_by!(short!(self.quick_equal(u(left), u(right))), offset);
                    }
                    Op::JumpIfNotStrictEqual { left, right, offset } => {
                        jump_by!(!short!(self.quick_equal(u(left), u(right))), offset);
                    }
                    Op::JumpIfToken { token, value, offset } => {
                        jump_by!(registers!().smi(u(token)) == Some(i32::from(value)), offset);
                    }

                    // -- calls --------------------------------------------------------------------------------------
                    Op::Call { to, base, count } => {
                        let (to, base, count) = (u(to), u(base), usize::from(count));
                        call!(base, |next| next.plain
                            && self.begin_plainly(next, next!(), to, base, count, 0));
                    }
                    Op::CallUndefined { to, base, count } => {
                        let (to, base, count) = (u(to), u(base), usize::from(count));
                        registers!().set_undefined(base + THIS);
                        call!(base, |next| next.plain
                            && self.begin_plainly(next, next!(), to, base, count, 0));
                    }
                    Op::New { to, base, count } => {
                        let (to, base, count) = (u(to), u(base), usize::from(count));
                        call!(base, |next| next.constructs
                            && self.construct_plainly(next, next!(), to, base, count, base));
                    }
                    Op::SuperCall { to, base, count } => {
                        let (to, base, count) = (u(to), u(base), usize::from(count));
                        let target = base + 1;
                        call!(base, |next| next.constructs
                            && self.construct_plainly(next, next!(), to, base, count, target));
                    }
                    Op::Return { from } => {
                        let mut from = u(from);
                        let Some((ended, caller)) = self.frames.ended(depth) else { break 'slow };
                        if ended.flags != 0 {
                            if ended.flags != CONSTRUCT || code.derived {
                                break 'slow;
                            }
                            let registers = self.runtime.heap_mut().registers();
                            if !registers.get(from).is_cell() {
                                from = THIS;
                            } else if !registers.get(from).is_kind(Kind::Object) {
                                break 'slow;
                            }
                        }
                        let (window, to) = (ended.caller, ended.to as usize);
                        let (id, next) = (caller.code, caller.pc);
                        self.frames.end();
                        registers!().pop_with(from, window, to);
                        assert!(running.switch(id), "a frame's code");
                        rest = running.code.from(next as usize);
                        continue 'instructions;
                    }

                    // -- functions and literals ---------------------------------------------------------------------
                    Op::Closure { to, shared, context } => {
                        if !self.short_closure(u(to), usize::from(shared), u(context))? {
                            break 'slow;
                        }
                    }
                    Op::Object { to, fields } => {
                        let fields = usize::from(fields);
                        let class = short!(self.literal_classes.get(fields).copied().flatten());
                        let (class, slots) = (tag(class.0), 1 + fields);
                        if !registers!().alloc_young(u(to), Kind::Object, class, slots) {
                            break 'slow;
                        }
                    }
                    Op::ObjectOf { count, object, site } => {
                        let cache = code.caches[usize::from(site)].get();
                        let How::Literal { small, doubles } = cache.how else { break 'slow };
                        let (object, count) = (u(object), usize::from(count));
                        let class = tag(cache.class);
                        if small | doubles != 0 && !self.fit_literal(object, small, doubles) {
                            break 'slow;
                        }
                        let mut registers = registers!();
                        registers.set_undefined(object);
                        if !registers.alloc_young_with(
                            object,
                            Kind::Object,
                            class,
                            object,
                            1 + count,
                        ) {
                            break 'slow;
                        }
                        registers.clear(object + 1, count);
                    }
                    Op::ArrayOf { count, to, first } => {
                        if !self.short_array(u(to), u(first), usize::from(count)) {
                            break 'slow;
                        }
                    }
                    Op::Push { array, from } => {
                        if !self.short_push(u(array), u(from))? {
                            break 'slow;
                        }
                    }
                    _ => break 'slow,
                }
                rest.next();
                continue 'instructions;
            }

            cold_path();
            self.frames.set_pc(running.code.pc(&rest) + 1);
            match self.slowly(*op, running.code, depth)? {
                Next::Instruction => rest = running.code.from(self.frames.innermost().pc as usize),
                Next::Frame => {
                    let frame = self.frames.innermost();
                    assert!(running.switch(frame.code), "a frame's code");
                    rest = running.code.from(frame.pc as usize);
                }
                Next::End => return Ok(()),
            }
        }
    }
}
