//! The loop over instructions.
//!
//! A short way is here, on the registers alone; the rest of what an instruction does is a method elsewhere, before which
//! the frame is told where it is.

use super::frame::{CONSTRUCT, NESTED, RESUMED};
use super::lookup::{How, outside};
use super::operators::{Arithmetic, Comparison};
use crate::compile::op::{Op, PrivateError};
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::Key;
use crate::objects::class::{ClassId, Elements, Flags};
use crate::objects::code::Code;
use crate::objects::layout::tag;
use crate::objects::layout::{
    BACKING, CLASS_PROTOTYPE, CONTEXT, LENGTH, POOL, PREVIOUS, SHARED, tags,
};
use crate::objects::object::Type;
use crate::thrown::Outcome;
use heap_model::{AccessError, Kind, Tagged, Value};
use std::rc::Rc;

/// A search that the short way does not know.
struct Miss;

impl From<AccessError> for Miss {
    fn from(_: AccessError) -> Self {
        Self
    }
}

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
        let (mut code, mut pc) = self.current();
        loop {
            let op = code.template.ops[pc];
            pc += 1;

            /// Tells the frame where it is, before what may throw, call or be looked at from outside.
            macro_rules! here {
                () => {
                    if let Some(frame) = self.frames.last_mut() {
                        frame.pc = pc as u32;
                    }
                };
            }
            macro_rules! slow {
                ($call:expr) => {{
                    here!();
                    $call?
                }};
            }
            /// Goes on in the frame that a call has begun, or behind the call.
            macro_rules! enter {
                ($call:expr) => {{
                    here!();
                    if $call? {
                        (code, pc) = self.current();
                    }
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
            macro_rules! jump_by {
                ($holds:expr, $offset:expr) => {
                    if $holds {
                        pc = pc.wrapping_add_signed(isize::from($offset));
                    }
                };
            }

            match op {
                // -- values -------------------------------------------------------------------------------------
                Op::Move { to, from } => self.runtime.heap_mut().registers().copy(u(to), u(from)),
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
                Op::Undefined { to } => self.runtime.heap_mut().registers().set_undefined(u(to)),
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
                Op::CopyContext { context } => slow!(self.copy_context(u(context))),
                Op::LoadSlot { depth: 0, to, context, slot } => {
                    self.runtime.heap_mut().registers().load(
                        u(to),
                        u(context),
                        usize::from(slot),
                    )?;
                }
                Op::LoadSlot { depth, to, context, slot } => {
                    let slot = usize::from(slot);
                    self.registers().find::<AccessError>(u(to), u(context), |mut context| {
                        for _ in 0..depth {
                            context = context.slot(PREVIOUS)?;
                        }
                        context.slot(slot)
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
                Op::CheckThis { from } => {
                    if self.registers().get(u(from)) == Tagged::HOLE {
                        here!();
                        return self.throw_this_missing();
                    }
                }
                Op::ThrowConstant { .. } => {
                    here!();
                    return self.throw_constant();
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
                Op::LoadGlobalOrUndefined { to, site } => {
                    self.load_root(u(to), roots::GLOBAL);
                    let cell = &code.caches[usize::from(site)];
                    slow!(self.load_global_slowly(u(to), code.site(site), cell, true));
                }
                Op::StoreGlobal { site, from } => {
                    let strict = code.template.strict;
                    slow!(self.store_global(code.site(site), u(from), strict));
                }
                Op::DeclareGlobal { site, from } => {
                    slow!(self.declare_global(code.site(site), u(from)));
                }
                Op::LoadDynamic { to, context, name } => {
                    let name = code.atoms[usize::from(name)];
                    slow!(self.load_dynamic(u(to), u(context), name, false));
                }
                Op::LoadDynamicOrUndefined { to, context, name } => {
                    let name = code.atoms[usize::from(name)];
                    slow!(self.load_dynamic(u(to), u(context), name, true));
                }
                Op::StoreDynamic { context, name, from } => {
                    let name = code.atoms[usize::from(name)];
                    let strict = code.template.strict;
                    slow!(self.store_dynamic(u(context), name, u(from), strict));
                }
                Op::DeleteDynamic { to, context, name } => {
                    let name = code.atoms[usize::from(name)];
                    let gone = slow!(self.delete_dynamic(u(context), name));
                    self.registers().set_bool(u(to), gone);
                }
                Op::LoadDynamicCallee { to, context, name } => {
                    let name = code.atoms[usize::from(name)];
                    slow!(self.load_dynamic_callee(u(to), u(context), name));
                }
                Op::DeclareDynamic { context, name, from } => {
                    let name = code.atoms[usize::from(name)];
                    slow!(self.declare_dynamic(u(context), name, u(from)));
                }
                Op::NewWith { to, outer, object } => {
                    slow!(self.new_with(u(to), u(outer), u(object)));
                }
                Op::GlobalThis { to } => self.load_root(u(to), roots::GLOBAL),

                // -- properties ---------------------------------------------------------------------------------
                Op::GetNamed { to, object, site } => {
                    let cell = &code.caches[usize::from(site)];
                    let cache = cell.get();
                    let roots = self.roots;
                    let epoch = self.classes.epoch;
                    let mut registers = self.runtime.heap_mut().registers();
                    let hit = registers
                        .get(u(object))
                        .view()
                        .is_some_and(|cell| cell.is_tagged(cache.kind, tag(cache.class)));
                    match cache.how {
                        How::Slot(slot) if hit => {
                            registers.load(u(to), u(object), usize::from(slot))?;
                        }
                        How::Prototype { via, slot } if hit && cache.epoch == epoch => {
                            registers.copy_from(u(to), roots, roots::CLASS_CELLS);
                            let class = (via - tags::FIRST_CLASS) as usize;
                            registers.find::<AccessError>(u(to), u(to), |cells| {
                                cells.slot(class)?.slot(CLASS_PROTOTYPE)?.slot(usize::from(slot))
                            })?;
                        }
                        How::Outside(place) if hit => {
                            registers.find::<AccessError>(u(to), u(object), |object| {
                                outside(object, usize::from(place))
                            })?;
                        }
                        How::PrototypeOutside { via, place } if hit && cache.epoch == epoch => {
                            registers.copy_from(u(to), roots, roots::CLASS_CELLS);
                            let class = (via - tags::FIRST_CLASS) as usize;
                            registers.find::<AccessError>(u(to), u(to), |cells| {
                                let holder = cells.slot(class)?.slot(CLASS_PROTOTYPE)?;
                                outside(holder, usize::from(place))
                            })?;
                        }
                        How::Absent if hit && cache.epoch == epoch => {
                            registers.set_undefined(u(to));
                        }
                        _ => {
                            let name = code.site(site);
                            slow!(self.get_named_slowly(u(to), u(object), name, cell));
                        }
                    }
                }
                Op::SetNamed { object, site, from } => {
                    let cell = &code.caches[usize::from(site)];
                    let cache = cell.get();
                    let epoch = self.classes.epoch;
                    let mut registers = self.runtime.heap_mut().registers();
                    let hit = registers
                        .get(u(object))
                        .view()
                        .is_some_and(|cell| cell.is_tagged(cache.kind, tag(cache.class)));
                    match cache.how {
                        How::Slot(slot) if hit => {
                            registers.store(u(object), usize::from(slot), u(from))?;
                        }
                        How::Add { next, slot }
                            if hit
                                && cache.epoch == epoch
                                && registers
                                    .store(u(object), usize::from(slot), u(from))
                                    .is_ok() =>
                        {
                            registers.set_tag(u(object), tag(next))?;
                        }
                        _ => {
                            let name = code.site(site);
                            let strict = code.template.strict;
                            slow!(self.set_named_slowly(u(object), name, u(from), strict, cell));
                        }
                    }
                }
                Op::DefineNamed { object, site, from } => {
                    let cell = &code.caches[usize::from(site)];
                    let cache = cell.get();
                    let mut registers = self.runtime.heap_mut().registers();
                    let hit = registers
                        .get(u(object))
                        .view()
                        .is_some_and(|cell| cell.is_tagged(cache.kind, tag(cache.class)));
                    match cache.how {
                        How::Add { next, slot }
                            if hit
                                && registers
                                    .store(u(object), usize::from(slot), u(from))
                                    .is_ok() =>
                        {
                            registers.set_tag(u(object), tag(next))?;
                        }
                        _ => {
                            let name = code.site(site);
                            slow!(self.define_named_slowly(u(object), name, u(from), cell));
                        }
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
                Op::DefineKeyed { object, key, from } => {
                    here!();
                    let key = self.to_key(u(key))?;
                    self.define(u(object), key, u(from), Flags::PLAIN)?;
                }
                Op::DefineMethod { object, key, from } => {
                    here!();
                    let key = self.to_key(u(key))?;
                    self.define(u(object), key, u(from), Flags::HIDDEN)?;
                }
                Op::DefineGetter { object, key, from, enumerable } => {
                    here!();
                    let key = self.to_key(u(key))?;
                    self.define_accessor(u(object), key, Some(u(from)), None, enumerable)?;
                }
                Op::DefineSetter { object, key, from, enumerable } => {
                    here!();
                    let key = self.to_key(u(key))?;
                    self.define_accessor(u(object), key, None, Some(u(from)), enumerable)?;
                }
                Op::SetPrototype { object, from } => {
                    if self.is_object(u(from)) || self.is_null(u(from)) {
                        slow!(self.set_prototype(u(object), u(from)));
                    }
                }
                Op::DeleteNamed { to, object, name } => {
                    let key = Key::Name(code.atoms[usize::from(name)]);
                    slow!(self.delete_operator(u(to), u(object), key, code.template.strict));
                }
                Op::DeleteKeyed { to, object, key } => {
                    here!();
                    let key = self.to_key(u(key))?;
                    self.delete_operator(u(to), u(object), key, code.template.strict)?;
                }
                Op::GetSuper { to, base } => slow!(self.get_super(u(to), u(base))),
                Op::SetSuper { base, from } => slow!(self.set_super(u(base), u(from))),
                Op::CopyProperties { to, from, except } => {
                    here!();
                    let mut keys = Vec::new();
                    if except > 0 {
                        self.array_keys(u(except), &mut keys)?;
                    }
                    self.copy_properties(u(to), u(from), &keys)?;
                }
                Op::NewPrivateName { to, name } => {
                    let text = self.atoms.text(code.atoms[usize::from(name)]);
                    let text = crate::objects::atoms::units(&format!("#{text}"));
                    let atom = self.atoms.add_private(text);
                    slow!(self.atom_value(u(to), atom));
                }
                Op::GetPrivate { to, object, key } => {
                    slow!(self.get_private(u(to), u(object), u(key)));
                }
                Op::SetPrivate { object, key, from } => {
                    slow!(self.set_private(u(object), u(key), u(from)));
                }
                Op::DefinePrivate { object, key, from } => {
                    slow!(self.define_private(u(object), u(key), u(from)));
                }
                Op::HasPrivate { to, object, key } => {
                    here!();
                    if !self.is_object(u(object)) {
                        let text = "Cannot use 'in' operator to search for a private field in a value that is no object";
                        return self.throw_type_error(text);
                    }
                    let there = match self.private_key(u(key)) {
                        Some(key) => self.has_private(u(object), key)?,
                        None => false,
                    };
                    self.registers().set_bool(u(to), there);
                }
                Op::CheckBrand { object, brand, name } => {
                    here!();
                    let there = match self.private_key(u(brand)) {
                        Some(brand) => self.has_private(u(object), brand)?,
                        None => false,
                    };
                    if !there {
                        let name = self.atoms.text(code.atoms[usize::from(name)]);
                        let text = format!(
                            "Receiver must be an instance of the class that declares #{name}"
                        );
                        return self.throw_type_error(&text);
                    }
                }
                Op::ThrowPrivate { name, reason } => {
                    here!();
                    let name = self.atoms.text(code.atoms[usize::from(name)]);
                    let text = match reason {
                        PrivateError::NotWritable => {
                            format!("Private method '#{name}' is not writable")
                        }
                        PrivateError::NoGetter => {
                            format!("'#{name}' was defined without a getter")
                        }
                        PrivateError::NoSetter => {
                            format!("'#{name}' was defined without a setter")
                        }
                    };
                    return self.throw_type_error(&text);
                }

                // -- operators ----------------------------------------------------------------------------------
                Op::Add { to, left, right } => {
                    let mut registers = self.runtime.heap_mut().registers();
                    match registers.smis(u(left), u(right)).and_then(|(a, b)| a.checked_add(b)) {
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
                Op::TypeOf { to, from } => {
                    let atom = self.typeof_atom(u(from));
                    slow!(self.atom_value(u(to), atom));
                }
                Op::ToNumber { to, from } => {
                    let number = slow!(self.to_number(u(from)));
                    self.set_number(u(to), number)?;
                }
                Op::ToNumeric { to, from } => slow!(self.to_numeric(u(to), u(from))),
                Op::ToString { to, from } => slow!(self.to_string(u(to), u(from))),
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
                Op::In { to, key, object } => {
                    let holds = slow!(self.in_operator(u(key), u(object)));
                    self.registers().set_bool(u(to), holds);
                }
                Op::InstanceOf { to, value, class } => {
                    let holds = slow!(self.instance_of(u(value), u(class)));
                    self.registers().set_bool(u(to), holds);
                }

                // -- jumps --------------------------------------------------------------------------------------
                Op::Jump { target } | Op::Loop { target } => pc = target as usize,
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
                Op::Call { to, base, count } => {
                    enter!(self.enter(u(to), u(base), usize::from(count), 0));
                }
                Op::CallArray { to, base } => {
                    here!();
                    let window = self.registers().window();
                    let (base, count) = self.spread_call(u(base))?;
                    if self.enter(u(to), base, count, 0)? {
                        (code, pc) = self.current();
                    } else {
                        self.registers().pop(window);
                    }
                }
                Op::New { to, base, count } => {
                    here!();
                    let window = self.registers().window();
                    if self.enter_plain_new(u(to), u(base), usize::from(count))? {
                        (code, pc) = self.current();
                    } else {
                        self.registers().pop(window);
                    }
                }
                Op::NewArray { to, base } => {
                    here!();
                    let window = self.registers().window();
                    let (base, count) = self.spread_call(u(base))?;
                    if self.enter_plain_new(u(to), base, count)? {
                        (code, pc) = self.current();
                    } else {
                        self.registers().pop(window);
                    }
                }
                Op::SuperCall { to, base, count } => {
                    here!();
                    let window = self.registers().window();
                    self.store_root(roots::NEW_TARGET, u(base) + 1);
                    if self.enter_new(u(to), u(base), usize::from(count), 0)? {
                        (code, pc) = self.current();
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
                        (code, pc) = self.current();
                    } else {
                        self.registers().pop(window);
                    }
                }
                Op::SuperClass { to, callee } => {
                    here!();
                    self.prototype_of(u(to), u(callee))?;
                    if !self.is_constructor(u(to)) {
                        let what = self.show(u(to));
                        let text = format!(
                            "Super constructor {what} of anonymous class is not a constructor"
                        );
                        return self.throw_type_error(&text);
                    }
                }
                Op::DirectEval { to, base, count } => {
                    here!();
                    if self.is_real_eval(u(base)) {
                        let strict = code.template.strict;
                        let any = count > 0;
                        if self.direct_eval(u(to), u(base), any, strict)? {
                            (code, pc) = self.current();
                        }
                    } else if self.enter(u(to), u(base), usize::from(count), 0)? {
                        (code, pc) = self.current();
                    }
                }
                Op::Return { from } => {
                    let flags = self.frames.last().map_or(0, |frame| frame.flags);
                    let mut from = u(from);
                    if flags & CONSTRUCT != 0 && !self.is_object(from) {
                        here!();
                        from = self.constructed(from, &code)?;
                    } else if flags & RESUMED != 0 {
                        here!();
                        from = self.finish_generator(from)?;
                    }
                    let Some(frame) = self.frames.pop() else { return Ok(()) };
                    let to = frame.to as usize;
                    self.runtime.heap_mut().registers().pop_with(from, frame.caller, to);
                    if frame.has(NESTED) || self.frames.len() <= depth {
                        return Ok(());
                    }
                    (code, pc) = self.current();
                }
                Op::Throw { from } => {
                    here!();
                    return self.throw(u(from));
                }
                Op::ThrowError { kind, message } => {
                    here!();
                    let text = self.atoms.text(code.atoms[usize::from(message)]);
                    return self.throw_error(kind, &text);
                }
                Op::CheckPattern { from, name } => {
                    if self.registers().get(u(from)).is_nullish() {
                        here!();
                        let what = self.show(u(from));
                        let name = match code.atoms.get(usize::from(name)) {
                            Some(name) => format!("property '{}' of ", self.atoms.text(*name)),
                            None => String::new(),
                        };
                        let text = format!("Cannot destructure {name}'{what}' as it is {what}.");
                        return self.throw_type_error(&text);
                    }
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
                Op::Class { base } => slow!(self.make_class(u(base))),
                Op::SetHome { function, home } => {
                    self.registers().store(u(function), crate::objects::layout::HOME, u(home))?;
                }
                Op::SetFields { class, from } => slow!(self.set_class_fields(u(class), u(from))),
                Op::SetBrand { class, key } => slow!(self.set_class_brand(u(class), u(key))),
                Op::DefineFields { this, callee } => {
                    slow!(self.define_fields(u(this), u(callee)));
                }
                Op::SetFunctionName { function, key, prefix } => {
                    here!();
                    let key = self.to_key(u(key))?;
                    self.set_function_name(u(function), key, prefix)?;
                }
                Op::Debugger => {}
                Op::MappedArguments { to, context } => {
                    slow!(self.mapped_arguments(u(to), u(context), &code));
                }
                Op::Arguments { to } => slow!(self.plain_arguments(u(to))),
                Op::Rest { to, from } => slow!(self.rest_arguments(u(to), usize::from(from))),
                Op::NewTarget { to } => {
                    let construct = self.frames.last().is_some_and(|frame| frame.has(CONSTRUCT));
                    if construct {
                        self.load_root(u(to), roots::NEW_TARGET);
                    } else {
                        self.undefined(u(to));
                    }
                }

                // -- literals -----------------------------------------------------------------------------------
                Op::Object { to, fields } => {
                    let class = self.literal_classes.get(usize::from(fields)).copied().flatten();
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
                Op::Array { to, length } => slow!(self.new_array(u(to), usize::from(length))),
                Op::ArrayLiteral { to, constant } => {
                    slow!(self.array_literal(u(to), usize::from(constant)));
                }
                Op::Push { array, from } => {
                    if !self.short_push(u(array), u(from))? {
                        slow!(self.push(u(array), u(from)));
                    }
                }
                Op::PushHole { array } => {
                    here!();
                    let length = self.array_length(u(array));
                    self.truncate_array(u(array), length + 1)?;
                }
                Op::PushAll { array, from } => slow!(self.push_all(u(array), u(from))),
                Op::RegExp { to, pattern, flags } => {
                    slow!(self.regexp_literal(
                        u(to),
                        code.atoms[usize::from(pattern)],
                        code.atoms[usize::from(flags)]
                    ));
                }
                Op::TemplateObject { to, constant } => {
                    slow!(self.template_object(u(to), usize::from(constant), &code));
                }

                // -- iteration ----------------------------------------------------------------------------------
                Op::Iterator { to, from } => slow!(self.get_iterator(u(to), u(from))),
                Op::AsyncIterator { to, from } => slow!(self.get_async_iterator(u(to), u(from))),
                Op::Next { to, iterator } => slow!(self.next_value(u(to), u(iterator))),
                Op::NextResult { to, iterator, value } => {
                    slow!(self.call(u(to), u(iterator) + 1, u(iterator), &[u(value)]));
                }
                Op::ResultValue { to, result } => slow!(self.result_value(u(to), u(result))),
                Op::CloseIterator { iterator } => slow!(self.close_iterator(u(iterator))),
                Op::CloseIteratorQuietly { iterator } => {
                    slow!(self.close_iterator_quietly(u(iterator)));
                }
                Op::IteratorMethod { to, iterator, which } => {
                    slow!(self.iterator_method(u(to), u(iterator), which));
                }
                Op::CheckObject { from } => slow!(self.check_result(u(from))),
                Op::ForIn { to, object } => slow!(self.for_in(u(to), u(object))),
                Op::ForInNext { to, state } => slow!(self.for_in_next(u(to), u(state))),

                // -- suspension ---------------------------------------------------------------------------------
                Op::Generator { to } => {
                    here!();
                    self.begin_generator(u(to))?;
                    if self.suspended(depth) {
                        return Ok(());
                    }
                    (code, pc) = self.current();
                }
                Op::Yield { to, from } => {
                    here!();
                    self.yield_from(u(to), u(from), true)?;
                    if self.suspended(depth) {
                        return Ok(());
                    }
                    (code, pc) = self.current();
                }
                Op::YieldResult { to, from } => {
                    here!();
                    self.yield_from(u(to), u(from), false)?;
                    if self.suspended(depth) {
                        return Ok(());
                    }
                    (code, pc) = self.current();
                }
                Op::AsyncStart { to } => slow!(self.begin_async(u(to))),
                Op::Await { to, from } => {
                    here!();
                    self.await_value(u(to), u(from))?;
                    if self.suspended(depth) {
                        return Ok(());
                    }
                    (code, pc) = self.current();
                }
                Op::AsyncReturn { from } => {
                    here!();
                    self.end_async(u(from), false)?;
                    if self.suspended(depth) {
                        return Ok(());
                    }
                    (code, pc) = self.current();
                }
                Op::AsyncThrow { from } => {
                    here!();
                    self.end_async(u(from), true)?;
                    if self.suspended(depth) {
                        return Ok(());
                    }
                    (code, pc) = self.current();
                }
                Op::Import { to, from } => slow!(self.import(u(to), u(from))),
            }
        }
    }

    /// The innermost frame's code and the instruction that comes next.
    #[inline]
    fn current(&self) -> (Rc<Code>, usize) {
        let frame = self.frames.last().expect("a frame that runs");
        (frame.code.clone(), frame.pc as usize)
    }

    /// Whether the frame that has just ended or been put aside was the last that Rust waits for. Its flag is known by
    /// [`Machine::ended_nested`].
    fn suspended(&mut self, depth: usize) -> bool {
        std::mem::take(&mut self.ended_nested) || self.frames.len() <= depth
    }

    #[inline]
    fn truth(&mut self, value: R) -> bool {
        let registers = self.registers();
        let value_ = registers.get(value);
        if let Some(truth) = value_.as_bool() {
            return truth;
        }
        if let Some(number) = value_.as_smi() {
            return number != 0;
        }
        self.to_boolean(value)
    }

    #[inline]
    fn short_equal(&mut self, left: R, right: R) -> Outcome<bool> {
        let registers = self.registers();
        let (a, b) = (registers.get(left), registers.get(right));
        if a == b {
            return Ok(
                !a.is_kind(Kind::Double) || registers.number(left) == registers.number(right)
            );
        }
        if !a.is_cell() && !b.is_cell() {
            return Ok(false);
        }
        self.strict_equal(left, right)
    }

    /// Reads an element that lies in slots; whether it was so.
    #[inline]
    fn short_element(&mut self, to: R, object: R, key: R) -> bool {
        let mut registers = self.runtime.heap_mut().registers();
        let Some(index) = registers.smi(key) else { return false };
        let Some(cell) = registers.get(object).view() else { return false };
        if cell.kind() != Kind::Object || index < 0 {
            return false;
        }
        let class = cell.tag().number();
        if !self.lookups.plain.get().eq(&class)
            && !{
                let plain = class >= tags::FIRST_CLASS
                    && matches!(
                        self.classes.get(ClassId(class)).kind,
                        crate::objects::class::ObjectKind::Array
                            | crate::objects::class::ObjectKind::Ordinary
                    );
                if plain {
                    self.lookups.plain.set(class);
                }
                plain
            }
        {
            return false;
        }
        registers
            .find::<Miss>(to, object, |object| {
                let elements = object.slot(BACKING)?;
                let tag = elements.view().map(|cell| cell.tag().number());
                if !matches!(tag, Some(tags::ELEMENTS | tags::SHARED_ELEMENTS)) {
                    return Err(Miss);
                }
                let value = elements.slot(index as usize)?;
                if value.tagged() == Tagged::HOLE { Err(Miss) } else { Ok(value) }
            })
            .is_ok()
    }

    /// Writes an element that lies in slots of its own and is there already; whether it was so.
    #[inline]
    fn short_store(&mut self, object: R, key: R, from: R) -> Outcome<bool> {
        let mut registers = self.runtime.heap_mut().registers();
        let Some(index) = registers.smi(key) else { return Ok(false) };
        let Some(cell) = registers.get(object).view() else { return Ok(false) };
        if cell.kind() != Kind::Object || cell.tag().number() < tags::FIRST_CLASS || index < 0 {
            return Ok(false);
        }
        let class = self.classes.get(ClassId(cell.tag().number()));
        let fits = match class.elements {
            Elements::PackedSmi | Elements::HoleySmi => registers.get(from).is_smi(),
            Elements::Packed | Elements::Holey => true,
            _ => false,
        };
        let plain = matches!(
            class.kind,
            crate::objects::class::ObjectKind::Array | crate::objects::class::ObjectKind::Ordinary
        );
        if !fits || !plain || class.frozen {
            return Ok(false);
        }
        let index = index as usize;
        let Some(elements) = cell.tagged(BACKING)?.view() else { return Ok(false) };
        if elements.tag().number() != tags::ELEMENTS
            || index >= elements.slot_count()
            || elements.tagged(index)? == Tagged::HOLE
        {
            return Ok(false);
        }
        let scratch = registers.size() - 1;
        registers.load(scratch, object, BACKING)?;
        registers.store(scratch, index, from)?;
        registers.set_undefined(scratch);
        Ok(true)
    }

    /// Appends to an array whose elements have room; whether it was so.
    #[inline]
    fn short_push(&mut self, array: R, from: R) -> Outcome<bool> {
        let mut registers = self.runtime.heap_mut().registers();
        let cell = registers.view(array)?;
        let class = self.classes.get(ClassId(cell.tag().number()));
        let fits = match class.elements {
            Elements::PackedSmi | Elements::HoleySmi => registers.get(from).is_smi(),
            Elements::Packed | Elements::Holey => true,
            _ => false,
        };
        let length = cell.tagged(LENGTH)?.as_smi();
        let (Some(length), true) = (length, fits) else { return Ok(false) };
        let Some(elements) = cell.tagged(BACKING)?.view() else { return Ok(false) };
        if elements.tag().number() != tags::ELEMENTS || length as usize >= elements.slot_count() {
            return Ok(false);
        }
        let scratch = registers.size() - 1;
        registers.load(scratch, array, BACKING)?;
        registers.store(scratch, length as usize, from)?;
        registers.set_undefined(scratch);
        registers.store_value(array, LENGTH, Value::Smi(length + 1))?;
        Ok(true)
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
