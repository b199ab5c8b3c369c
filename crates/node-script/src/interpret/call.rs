//! Calls: frames of compiled functions, built-ins, bound functions, constructions; and calls that Rust makes.

use super::frame::{CONSTRUCT, Frame, NESTED};
use crate::compile::code::Template;
use crate::machine::{CALLEE, Machine, R, SPARE, THIS, roots};
use crate::objects::class::ObjectKind;
use crate::objects::class_life::class_number;
use crate::objects::code::{Arguments, Callable, Code, Native, NativeCode};
use crate::objects::layout::{CODE, FIRST, PROTOTYPE, SHARED, tag};
use crate::objects::object::Type;
use crate::parse::tree::FunctionKind;
use crate::thrown::{Outcome, Thrown};
use heap_model::{Kind, Tagged, Window};

/// Bytes of Rust's stack that a call from Rust needs, and how many more it gets where there are fewer.
pub(crate) const RED_ZONE: usize = 256 << 10;
pub(crate) const SEGMENT: usize = 4 << 20;
/// Arguments that an instruction can have without spreading an array.
const MOST_NAMED: usize = u8::MAX as usize;

/// The number of a function's code.
#[inline(always)]
pub(super) fn code_number(function: Tagged<'_>) -> Option<i32> {
    let cell = function.view().filter(|cell| cell.kind() == Kind::Closure)?;
    cell.tagged(CODE).ok()?.as_smi()
}

impl Machine {
    /// The code of the innermost frame.
    #[inline]
    pub(crate) fn running(&self) -> Option<&Code> {
        self.codes.code(self.frames.last()?.code)
    }

    /// The calls that run, the outermost first, and what they are of.
    pub(crate) fn calls(&self) -> impl DoubleEndedIterator<Item = (&Template, &Frame)> {
        let codes = &self.codes;
        self.frames.iter().filter_map(|frame| Some((&**codes.template(frame.code)?, frame)))
    }

    /// Begins a frame of a constructor, for a construction whose `new.target` is in a register, if the class of its objects is known.
    #[inline(never)]
    pub(super) fn construct_plainly(
        &mut self,
        code: &Code,
        pc: usize,
        to: R,
        base: R,
        count: usize,
        target: R,
    ) -> bool {
        if self.frames.room().is_none() {
            return false;
        }
        let roots = self.roots;
        let mut registers = self.runtime.heap_mut().registers();
        if code.derived {
            registers.copy_to(roots, roots::NEW_TARGET, target);
            registers.set_hole(base + THIS);
        } else {
            let view = registers.get(target).view().filter(|cell| cell.kind() == Kind::Closure);
            let class = view.and_then(|cell| cell.tagged(PROTOTYPE).ok()?.view());
            let Some(id) = class.and_then(class_number) else { return false };
            let class = self.classes.get(id);
            if class.slack > 0 || class.raw > 0 || class.cell != Kind::Object {
                return false;
            }
            registers.copy_to(roots, roots::NEW_TARGET, target);
            if !registers.alloc_young(base + THIS, Kind::Object, tag(id.0), class.slots()) {
                return false;
            }
        }
        self.begin_plainly(code, pc, to, base, count, CONSTRUCT)
    }

    /// Begins a frame of a function that is in `base`, with `this` and `count` arguments behind it, if there is room for it; the
    /// caller goes on at `pc`.
    #[inline(always)]
    pub(super) fn begin_plainly(
        &mut self,
        code: &Code,
        pc: usize,
        to: R,
        base: R,
        count: usize,
        flags: u8,
    ) -> bool {
        let kept = 2 + count.min(code.parameters);
        let mut registers = self.runtime.heap_mut().registers();
        let Some([caller, frame]) = self.frames.room() else { return false };
        let Ok(given) = registers.call_copying(base, kept, code.size) else { return false };
        caller.pc = pc as u32;
        frame.code = code.id;
        frame.window = registers.window();
        frame.caller = caller.window;
        frame.given = given;
        (frame.base, frame.count) = (base as u32, count as u32);
        frame.to = to as u32;
        frame.flags = flags;
        self.frames.begin();
        true
    }

    /// Calls the function in `base`, whose `this` and `count` arguments lie behind it, for a result in `to`. A compiled
    /// function's frame is begun, which is true; a built-in has returned.
    pub(crate) fn enter(&mut self, to: R, base: R, count: usize, flags: u8) -> Outcome<bool> {
        let Some(id) = code_number(self.registers().get(base)) else {
            return self.enter_other(to, base, count, flags);
        };
        if let Callable::Native(native) = self.codes.get(id) {
            let native = *native;
            self.invoke::<false>(native, to, base, count, flags & CONSTRUCT != 0)?;
            return Ok(false);
        }
        if self.codes.code(id).is_none() {
            self.install_function(base, id)?;
        }
        self.begin(id, to, base, count, flags)
    }

    /// As [`enter`](Self::enter), where nobody asks for the registers from `base` on any more: a built-in has them as its
    /// own, for there may be as many as the stack has room for once.
    pub(crate) fn enter_last(&mut self, to: R, base: R, count: usize, flags: u8) -> Outcome<bool> {
        if let Some(id) = code_number(self.registers().get(base))
            && let Callable::Native(native) = self.codes.get(id)
        {
            let native = *native;
            self.invoke::<true>(native, to, base, count, false)?;
            return Ok(false);
        }
        match self.kind_of(base) {
            Some(ObjectKind::BoundFunction | ObjectKind::Proxy) if self.is_callable(base) => {
                self.enter_wrapped(to, base, count, flags)
            }
            _ => self.enter(to, base, count, flags),
        }
    }

    fn install_function(&mut self, function: R, id: i32) -> Outcome {
        self.scoped(|machine| {
            let shared = machine.temp()?;
            machine.registers().load(shared, function, SHARED)?;
            machine.install(shared, id)
        })
    }

    /// Begins a frame.
    fn begin(&mut self, id: i32, to: R, base: R, count: usize, flags: u8) -> Outcome<bool> {
        let list = self.codes.list.clone();
        let Some(code) = list.code(id) else { return Ok(false) };
        let template: &Template = &code.template;
        if template.kind.is_class_constructor() && flags & CONSTRUCT == 0 {
            let name = template.name.as_deref().map(String::from_utf16_lossy).unwrap_or_default();
            let text = match name.as_str() {
                "" => "Class constructors cannot be invoked without 'new'".to_owned(),
                name => format!("Class constructor {name} cannot be invoked without 'new'"),
            };
            return self.throw_type_error(&text);
        }
        let kept = 2 + count.min(code.parameters);
        let mut registers = self.registers();
        let in_call = registers.call_copying(base, kept, code.size)?;
        let mut caller = in_call;
        let window = registers.window();
        if template.sloppy_this && flags & CONSTRUCT == 0 {
            self.sloppy_this()?;
        }
        // Registers that were taken for this call go with it.
        if flags & NESTED == 0
            && let Some(frame) = self.frames.last()
        {
            caller = frame.window;
        }
        self.frames.push(Frame {
            code: id,
            pc: code.start,
            window,
            caller,
            given: in_call,
            base: base as u32,
            count: count as u32,
            to: to as u32,
            flags,
        });
        Ok(true)
    }

    /// `this` of a sloppy function: the global object, or an object for a primitive.
    fn sloppy_this(&mut self) -> Outcome {
        match self.type_of(THIS) {
            Type::Object(_) => Ok(()),
            Type::Undefined | Type::Null => {
                self.load_root(THIS, roots::GLOBAL);
                Ok(())
            }
            _ => self.to_object(THIS, THIS),
        }
    }

    /// Calls a built-in, with copies of the arguments unless it is the last to read them.
    fn invoke<const LAST: bool>(
        &mut self,
        native: NativeCode<Native>,
        to: R,
        base: R,
        count: usize,
        construct: bool,
    ) -> Outcome {
        self.settle_classes();
        self.end_names();
        let room = count.max(SPARE).max(usize::from(native.length));
        let size = 2 + room + usize::from(construct);
        let roots = self.roots;
        let mut registers = self.registers();
        let caller = match LAST {
            true => registers.call(base, 2 + count, size)?,
            false => registers.call_copying(base, 2 + count, size)?,
        };
        let new_target = construct.then_some(size - 1);
        if let Some(to) = new_target {
            registers.copy_from(to, roots, roots::NEW_TARGET);
            // Nothing is `this` of a construction: a trace tells it by that.
            registers.set_hole(THIS);
        }
        let result = (native.call)(self, Arguments { count, new_target });
        let mut registers = self.registers();
        match result {
            Ok(from) => {
                registers.pop_with(from, caller, to);
                Ok(())
            }
            Err(thrown) => {
                registers.pop(caller);
                Err(thrown)
            }
        }
    }

    /// Calls what is no plain function.
    #[cold]
    #[inline(never)]
    fn enter_other(&mut self, to: R, base: R, count: usize, flags: u8) -> Outcome<bool> {
        match self.kind_of(base) {
            Some(ObjectKind::BoundFunction | ObjectKind::Proxy) if self.is_callable(base) => {
                let window = self.registers().window();
                let mut first = base;
                // More arguments than an instruction can have were spread for this call alone.
                if count <= MOST_NAMED || base + 2 + count < self.size() {
                    first = self.temps(2 + count)?;
                    self.registers().copy_range(first, base, 2 + count);
                }
                let begun = self.enter_wrapped(to, first, count, flags)?;
                if !begun {
                    self.registers().pop(window);
                }
                Ok(begun)
            }
            _ => {
                let what = self.callee_text(base);
                self.throw_type_error(&format!("{what} is not a function"))
            }
        }
    }

    /// What the running instruction calls, iterates or takes apart, as the source has it where that is known.
    pub(crate) fn spelled(&self) -> Option<String> {
        let at = (self.frames.innermost().pc as usize).saturating_sub(1);
        self.running()?.template.callee(at)
    }

    /// What is called, as the source has it where that is known.
    pub(crate) fn callee_text(&mut self, value: R) -> String {
        match self.spelled() {
            Some(text) => text,
            None => match self.type_of(value) {
                Type::String => format!("\"{}\"", self.show(value)),
                _ => self.show(value),
            },
        }
    }

    /// Calls what a bound function or a Proxy stands for, and so on. The arguments are the window's last registers, and
    /// nobody else asks for them.
    fn enter_wrapped(&mut self, to: R, base: R, mut count: usize, flags: u8) -> Outcome<bool> {
        let construct = flags & CONSTRUCT != 0;
        loop {
            match self.kind_of(base) {
                Some(ObjectKind::BoundFunction) => count = self.unbind(base, count, construct)?,
                Some(ObjectKind::Proxy) if self.is_callable(base) => {
                    if self.proxy_call(to, base, count, construct)? {
                        return Ok(false);
                    }
                }
                _ if construct => return self.enter_new(to, base, count, flags),
                _ => return self.enter_last(to, base, count, flags),
            }
        }
    }

    /// Puts the target of a bound function, its `this` and all arguments in the place of the function's; how many
    /// arguments there are. A construction's `new.target` that is the bound function becomes the target.
    fn unbind(&mut self, base: R, count: usize, construct: bool) -> Outcome<usize> {
        let is_new_target = construct && self.is_root(base, roots::NEW_TARGET);
        let mut registers = self.registers();
        // A bound function's own `this` is not asked for.
        let list = base + 1;
        registers.load(list, base, FIRST + 2)?;
        let bound = registers.get(list).view().map_or(0, |cell| cell.slot_count());
        registers.resize(base + 2 + bound + count)?;
        registers.copy_range(base + 2 + bound, base + 2, count);
        for place in 0..bound {
            registers.load(base + 2 + place, list, place)?;
        }
        registers.load(base + 1, base, FIRST + 1)?;
        registers.load(base, base, FIRST)?;
        if is_new_target {
            self.store_root(roots::NEW_TARGET, base);
        }
        Ok(bound + count)
    }

    /// Constructs: the `new.target` is in the machine's register for it.
    pub(crate) fn enter_new(&mut self, to: R, base: R, count: usize, flags: u8) -> Outcome<bool> {
        if !self.is_constructor(base) {
            let what = self.callee_text(base);
            return self.throw_type_error(&format!("{what} is not a constructor"));
        }
        if let Some(id) = self.code_of(base)
            && let Some(template) = self.codes.template(id)
        {
            if template.kind == FunctionKind::DerivedConstructor {
                self.registers().set_hole(base + 1);
            } else {
                let target = self.temp()?;
                self.load_root(target, roots::NEW_TARGET);
                let class = self.instance_class(target)?;
                self.new_of(base + 1, class)?;
                // Making it may have called code that constructs as well.
                self.store_root(roots::NEW_TARGET, target);
            }
        }
        self.enter(to, base, count, flags | CONSTRUCT)
    }

    /// `new` of the function in `base`.
    pub(crate) fn enter_plain_new(&mut self, to: R, base: R, count: usize) -> Outcome<bool> {
        self.store_root(roots::NEW_TARGET, base);
        self.enter_new(to, base, count, 0)
    }

    // -- calls from Rust ----------------------------------------------------------------------------------------

    /// Calls a function with `this` and arguments in registers.
    pub(crate) fn call(&mut self, to: R, function: R, this: R, arguments: &[R]) -> Outcome {
        self.scoped(|machine| {
            let base = machine.temps(2 + arguments.len())?;
            let mut registers = machine.registers();
            registers.copy(base + CALLEE, function);
            registers.copy(base + THIS, this);
            for (place, argument) in arguments.iter().enumerate() {
                registers.copy(base + 2 + place, *argument);
            }
            machine.call_in_place(to, base, arguments.len())
        })
    }

    /// Calls with `undefined` as `this`.
    pub(crate) fn call_function(&mut self, to: R, function: R, arguments: &[R]) -> Outcome {
        self.scoped(|machine| {
            let this = machine.temp()?;
            machine.call(to, function, this, arguments)
        })
    }

    /// Calls the function in `base`, whose `this` and arguments lie behind it.
    pub(crate) fn call_in_place(&mut self, to: R, base: R, count: usize) -> Outcome {
        self.nested(|machine| machine.enter(to, base, count, NESTED))
    }

    /// As `call_in_place`, where the arguments are the window's last registers, and nobody else asks for them.
    pub(crate) fn call_last(&mut self, to: R, base: R, count: usize) -> Outcome {
        self.nested(|machine| machine.enter_last(to, base, count, NESTED))
    }

    /// Calls a method by its name.
    pub(crate) fn call_method(
        &mut self,
        to: R,
        object: R,
        name: crate::objects::atoms::Atom,
        arguments: &[R],
    ) -> Outcome {
        self.scoped(|machine| {
            let method = machine.temp()?;
            machine.get_named(method, object, name)?;
            if !machine.is_callable(method) {
                let shown = machine.atoms.text(name);
                let object = machine.show_for_error(object);
                return machine.throw_type_error(&format!("{object}.{shown} is not a function"));
            }
            machine.call(to, method, object, arguments)
        })
    }

    /// Constructs with arguments in registers.
    pub(crate) fn construct(
        &mut self,
        to: R,
        constructor: R,
        arguments: &[R],
        new_target: R,
    ) -> Outcome {
        self.scoped(|machine| {
            let base = machine.temps(2 + arguments.len())?;
            let mut registers = machine.registers();
            registers.copy(base, constructor);
            for (place, argument) in arguments.iter().enumerate() {
                registers.copy(base + 2 + place, *argument);
            }
            machine.store_root(roots::NEW_TARGET, new_target);
            machine.nested(|machine| machine.enter_new(to, base, arguments.len(), NESTED))
        })
    }

    /// As `construct`, of what is in `base`, with the window's last registers as arguments.
    pub(crate) fn construct_last(
        &mut self,
        to: R,
        base: R,
        count: usize,
        new_target: R,
    ) -> Outcome {
        self.store_root(roots::NEW_TARGET, new_target);
        self.nested(|machine| machine.enter_new(to, base, count, NESTED))
    }

    /// Begins a call, and runs what it begins to its end.
    pub(crate) fn nested(&mut self, begin: impl FnOnce(&mut Self) -> Outcome<bool>) -> Outcome {
        let depth = self.frames.len();
        self.waited_for(|machine| if begin(machine)? { machine.run(depth) } else { Ok(()) })
    }

    /// Runs what Rust code waits for, with room on its stack.
    pub(super) fn waited_for(&mut self, run: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let kept = self.runtime.heap_mut().kept_tags();
        let below = std::mem::replace(&mut self.kept_below, kept);
        let before = std::mem::replace(&mut self.names_before, self.atoms.born());
        self.nesting += 1;
        let outcome = stacker::maybe_grow(RED_ZONE, SEGMENT, || run(self));
        self.nesting -= 1;
        self.kept_below = below;
        self.names_before = before;
        outcome
    }

    /// As `scoped`, for what calls itself: Rust's stack grows where there is little left.
    pub(crate) fn scoped_deeply<T>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        stacker::maybe_grow(RED_ZONE, SEGMENT, || self.scoped(f))
    }

    /// The arguments of the running frame, or of a built-in: the caller's registers.
    pub(crate) fn frame_arguments(&self) -> Option<(Window, usize, usize)> {
        let frame = self.frames.last()?;
        Some((frame.given, frame.base as usize + 2, frame.count as usize))
    }

    /// Spreads an array into new registers; gives the first, and how many there are.
    pub(crate) fn spread_array(&mut self, array: R) -> Outcome<(R, usize)> {
        let count = self.array_length(array);
        if count > 65_535 * 8 {
            return Err(Thrown::Overflow);
        }
        let first = self.temps(count)?;
        for place in 0..count {
            let to = first + place;
            if self.short_element_at(to, array, place) {
                continue;
            }
            match self.own_element(to, array, place as u32)? {
                Some(_) => {}
                None => self.registers().set_undefined(to),
            }
        }
        Ok((first, count))
    }
}
