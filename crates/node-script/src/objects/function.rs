//! Functions: their cells, classes, names and prototypes.

use super::atoms::{Atom, Key, known};
use super::class::{Class, ClassId, Flags, ObjectKind, internal};
use super::class_life::class_number;
use super::code::{Arguments, Callable, Native, NativeCode};
use super::descriptor::Found;
use super::layout::{
    CODE, CONTEXT, FIELDS, FIRST, FUNCTION_SLOTS, METHOD_SLOTS, PROTOTYPE, SHARED, tags,
};
use crate::compile::code::Template;
use crate::machine::{Machine, R, roots};
use crate::objects::layout::tag;
use crate::parse::tree::FunctionKind;
use crate::thrown::Outcome;
use heap_model::{Kind, Seen, Value};

/// What a function is, as far as its class tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Function,
    /// A sloppy function, which has `arguments` and `caller` of its own, as V8's have.
    Sloppy,
    Method,
    Async,
    Generator,
    AsyncGenerator,
    Class,
    Native,
    NativeConstructor,
}

impl Shape {
    fn of(template: &Template) -> Self {
        match (template.is_async, template.is_generator) {
            (true, true) => Self::AsyncGenerator,
            (true, false) => Self::Async,
            (false, true) => Self::Generator,
            (false, false) => match template.kind {
                FunctionKind::Normal if !template.strict => Self::Sloppy,
                FunctionKind::Normal => Self::Function,
                FunctionKind::BaseConstructor | FunctionKind::DerivedConstructor => Self::Class,
                _ => Self::Method,
            },
        }
    }

    fn has_prototype(self) -> bool {
        !matches!(self, Self::Method | Self::Async | Self::Native)
    }
}

/// The most fields that an object's constructor makes room for (V8's `JSObject::kMaxInObjectProperties`).
const MOST_FIELDS: usize = 252;
/// Room beyond what the constructor's text assigns to, until it is known what is used.
const GENEROUS: usize = 8;
/// Constructions after which that is known (V8's `Map::kSlackTrackingCounterStart`).
const SLACK: u8 = 7;

impl Machine {
    /// The class of functions of a shape.
    fn function_class(&mut self, shape: Shape) -> Outcome<ClassId> {
        if let Some(known) = self.codes.classes[shape as usize] {
            return Ok(known);
        }
        let root = match shape {
            Shape::Async => roots::ASYNC_FUNCTION_PROTOTYPE,
            Shape::Generator => roots::GENERATOR_FUNCTION_PROTOTYPE,
            Shape::AsyncGenerator => roots::ASYNC_GENERATOR_FUNCTION_PROTOTYPE,
            _ => roots::FUNCTION_PROTOTYPE,
        };
        let slots = if shape.has_prototype() { FUNCTION_SLOTS } else { METHOD_SLOTS };
        let mut class = Class::new(ObjectKind::Function, Kind::Closure, slots, 0);
        class.callable = true;
        class.constructor = matches!(
            shape,
            Shape::Function | Shape::Sloppy | Shape::Class | Shape::NativeConstructor
        );
        let id = self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.load_root(prototype, root);
            machine.prototype_identity(prototype)?;
            machine.add_class(class, prototype)
        })?;
        let classes = &mut self.classes;
        classes.add_internal(id, known::LENGTH, Flags::READ_ONLY, internal::FUNCTION_LENGTH);
        classes.add_internal(id, known::NAME, Flags::READ_ONLY, internal::FUNCTION_NAME);
        if shape == Shape::Sloppy {
            classes.add_internal(id, known::ARGUMENTS, Flags(0), internal::NOTHING);
            classes.add_internal(id, known::CALLER, Flags(0), internal::FUNCTION_CALLER);
        }
        if shape.has_prototype() {
            let fixed = matches!(shape, Shape::Class | Shape::NativeConstructor);
            let flags = if fixed { Flags::FIXED } else { Flags(Flags::WRITABLE) };
            classes.add_internal(id, known::PROTOTYPE, flags, internal::FUNCTION_PROTOTYPE);
        }
        self.codes.classes[shape as usize] = Some(id);
        Ok(id)
    }

    /// A function of the code with a number, in a context.
    pub(crate) fn new_function(
        &mut self,
        to: R,
        shared: R,
        code: i32,
        context: Option<R>,
    ) -> Outcome {
        let shape = match self.codes.get(code) {
            Callable::Native(native) if native.constructor => Shape::NativeConstructor,
            Callable::Native(_) => Shape::Native,
            Callable::Compiled(compiled) => Shape::of(&compiled.template),
        };
        let id = self.function_class(shape)?;
        let slots = self.classes.get(id).slots();
        if let Callable::Compiled(compiled) = self.codes.get(code) {
            compiled.class.set(Some((id, slots)));
        }
        let mut registers = self.registers();
        // What is made is not to lie where its parts are read from.
        let cell = registers.size();
        registers.resize(cell + 1)?;
        registers.alloc_tagged(cell, Kind::Closure, tag(id.0), slots, 0)?;
        registers.store(cell, SHARED, shared)?;
        registers.store_value(cell, CODE, Value::Smi(code))?;
        if let Some(context) = context {
            registers.store(cell, CONTEXT, context)?;
        }
        registers.copy(to, cell);
        registers.resize(cell)?;
        Ok(())
    }

    /// A built-in function.
    pub(crate) fn new_native(
        &mut self,
        to: R,
        name: Atom,
        length: u8,
        call: Native,
        constructor: bool,
    ) -> Outcome {
        let code = NativeCode { call, name, length, constructor };
        let id = self.codes.add_native(code);
        self.scoped(|machine| {
            let shared = machine.temp()?;
            machine.new_shared(shared, id)?;
            machine.new_function(to, shared, id, None)
        })
    }

    /// Another function of a built-in's code, with a value of its own in the slot of its context.
    pub(crate) fn native_closure(&mut self, to: R, code: i32, data: R) -> Outcome {
        self.scoped(|machine| {
            let shared = machine.temps(2)?;
            let table = shared + 1;
            machine.load_root(table, roots::CODE_CELLS);
            let place = code as usize;
            let room = machine.registers().view(table).map_or(0, |cell| cell.slot_count());
            if place < room {
                machine.registers().load(shared, table, place)?;
            }
            if !machine.registers().get(shared).is_cell() {
                machine.new_shared(shared, code)?;
                machine.put_in_table(table, place, shared, roots::CODE_CELLS)?;
            }
            machine.new_function(to, shared, code, Some(data))
        })
    }

    /// The value that a built-in's function was made with.
    pub(crate) fn native_data(&mut self, to: R, function: R) -> Outcome {
        Ok(self.registers().load(to, function, CONTEXT)?)
    }

    /// The number of a function's code.
    #[inline]
    pub(crate) fn code_of(&mut self, function: R) -> Option<i32> {
        let registers = self.registers();
        let cell = registers.get(function).view()?;
        if cell.kind() != Kind::Closure {
            return None;
        }
        cell.tagged(CODE).ok()?.as_smi()
    }

    pub(crate) fn function_length(&mut self, function: R) -> i32 {
        let Some(code) = self.code_of(function) else { return 0 };
        match self.codes.get(code) {
            Callable::Native(native) => i32::from(native.length),
            _ => self.codes.template(code).map_or(0, |template| template.length as i32),
        }
    }

    pub(crate) fn function_name(&mut self, to: R, function: R) -> Outcome {
        let code = self.code_of(function);
        let atom = match code.map(|code| self.codes.get(code)) {
            Some(Callable::Native(native)) => native.name,
            Some(Callable::Compiled(compiled)) => {
                let name = compiled.template.name.clone();
                name.map_or(known::EMPTY, |name| self.atoms.intern(&name))
            }
            None => known::EMPTY,
        };
        if self.atoms.is_symbol(atom) {
            let text = self.atoms.text(atom);
            return self.new_text(to, &format!("[{}]", &text[7..text.len() - 1]));
        }
        self.atom_value(to, atom)
    }

    /// Gives a function the name of a key: with prefix 1 as a getter, with 2 as a setter.
    pub(crate) fn set_function_name(&mut self, function: R, key: Key, prefix: u8) -> Outcome {
        let text = match key {
            Key::Name(name) if self.atoms.is_symbol(name) => {
                let text = self.atoms.text(name);
                let inner = &text[7..text.len() - 1];
                if inner.is_empty() { String::new() } else { format!("[{inner}]") }
            }
            key => self.key_text(key),
        };
        let text = match prefix {
            1 => format!("get {text}"),
            2 => format!("set {text}"),
            _ => text,
        };
        self.scoped(|machine| {
            let name = machine.temp()?;
            machine.new_text(name, &text)?;
            machine.define_named(function, known::NAME, name, Flags::READ_ONLY)
        })
    }

    /// A function's source.
    pub(crate) fn function_text(&mut self, function: R) -> String {
        let Some(code) = self.code_of(function) else {
            return "function () { [native code] }".to_owned();
        };
        if let Some(template) = self.codes.template(code) {
            let (start, end) = template.text;
            if let Some(text) = template.source.text.get(start as usize..end as usize)
                && !text.is_empty()
            {
                return String::from_utf16_lossy(text);
            }
        }
        let name = self
            .scoped(|machine| {
                let name = machine.temp()?;
                machine.function_name(name, function)?;
                machine.rust_string(name)
            })
            .unwrap_or_default();
        format!("function {name}() {{ [native code] }}")
    }

    // -- prototypes ---------------------------------------------------------------------------------------------

    /// A function's property `prototype`, which is made when it is first asked for.
    pub(crate) fn function_prototype(&mut self, to: R, function: R) -> Outcome {
        let slot = match self.registers().view(function)?.get(PROTOTYPE) {
            Ok(Seen::Ref(cell)) if let Some(class) = class_number(cell) => {
                return self.class_prototype(to, class);
            }
            Ok(Seen::Undefined) => None,
            Ok(_) => Some(PROTOTYPE),
            Err(_) => {
                self.undefined(to);
                return Ok(());
            }
        };
        if let Some(slot) = slot {
            let mut registers = self.registers();
            registers.load(to, function, slot)?;
            if registers.get(to) == heap_model::Tagged::HOLE {
                registers.set_undefined(to);
            }
            return Ok(());
        }
        let template = self.code_of(function).and_then(|code| self.codes.template(code).cloned());
        let (is_async, is_generator) =
            template.map_or((false, false), |code| (code.is_async, code.is_generator));
        self.scoped(|machine| {
            let prototype = machine.temp()?;
            if is_generator {
                let root = match is_async {
                    true => roots::ASYNC_GENERATOR_PROTOTYPE,
                    false => roots::GENERATOR_PROTOTYPE,
                };
                machine.load_root(prototype, root);
                let id = machine.object_class(prototype, 0)?;
                machine.new_of(prototype, id)?;
            } else {
                machine.new_object(prototype, 1)?;
                machine.define_named(prototype, known::CONSTRUCTOR, function, Flags::HIDDEN)?;
            }
            machine.registers().store(function, PROTOTYPE, prototype)?;
            machine.copy(to, prototype);
            Ok(())
        })
    }

    pub(crate) fn set_function_prototype(&mut self, function: R, value: R) -> Outcome {
        self.classes.epoch += 1;
        if self.is_undefined(value) {
            return Ok(self.registers().store_value(function, PROTOTYPE, Value::Hole)?);
        }
        Ok(self.registers().store(function, PROTOTYPE, value)?)
    }

    /// The class of the ordinary object that a construction with this `new.target` makes. Its room for fields is
    /// generous until seven were made (V8's slack tracking).
    pub(crate) fn instance_class(&mut self, new_target: R) -> Outcome<ClassId> {
        let known = match self.registers().get(new_target).view() {
            Some(cell) if cell.kind() == Kind::Closure => match cell.get(PROTOTYPE) {
                Ok(Seen::Ref(cell)) => class_number(cell),
                _ => None,
            },
            _ => None,
        };
        if let Some(id) = known {
            let class = self.classes.get_mut(id);
            if class.slack > 0 {
                class.slack -= 1;
                if class.slack == 0 {
                    self.classes.end_slack(id);
                }
            }
            return Ok(id);
        }
        self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.get_named(prototype, new_target, known::PROTOTYPE)?;
            let usable = machine.is_object(prototype);
            if !usable {
                machine.expect_realm(new_target)?;
                machine.load_root(prototype, roots::OBJECT_PROTOTYPE);
            }
            let own = machine.code_of(new_target).is_some() && usable;
            if !own {
                return machine.object_class(prototype, 4);
            }
            let expected = machine.expected_fields(new_target)?;
            let fields = if expected > 0 { expected + GENEROUS } else { 0 };
            let mut class =
                Class::new(ObjectKind::Ordinary, Kind::Object, FIELDS, fields.min(MOST_FIELDS));
            class.slack = SLACK;
            machine.become_prototype(prototype)?;
            let id = machine.add_class(class, prototype)?;
            machine.describe_instances(id)?;
            machine.class_cell(prototype, id)?;
            machine.registers().store(new_target, PROTOTYPE, prototype)?;
            Ok(id)
        })
    }

    /// A built-in constructor gives this number of properties to the ordinary object that it makes of
    /// [`instance_class`](Self::instance_class).
    pub(crate) fn expect_fields(&mut self, constructor: R, fields: usize) {
        if let Some(code) = self.code_of(constructor) {
            self.codes.native_fields.push((code, fields));
        }
    }

    /// How many fields the text of a constructor, and of those that its class extends, gives to an instance.
    fn expected_fields(&mut self, constructor: R) -> Outcome<usize> {
        self.scoped(|machine| {
            let class = machine.temp()?;
            machine.copy(class, constructor);
            let mut fields = 0;
            while let Some(code) = machine.code_of(class) {
                let Some(template) = machine.codes.template(code) else {
                    let native = &machine.codes.native_fields;
                    let found = native.iter().find(|(id, _)| *id == code);
                    fields += found.map_or(0, |(_, count)| *count);
                    break;
                };
                // Where the text shows none, they are more likely to come later (V8).
                fields += match usize::from(template.instance_fields) {
                    0 => 2,
                    fields => fields,
                };
                machine.prototype_of(class, class)?;
            }
            Ok(fields)
        })
    }

    /// The prototype of what a built-in constructor makes: that of `new.target`, or the machine's own.
    pub(crate) fn new_target_prototype(
        &mut self,
        to: R,
        arguments: Arguments,
        root: usize,
    ) -> Outcome {
        if let Some(new_target) = arguments.new_target {
            self.get_named(to, new_target, known::PROTOTYPE)?;
            if self.is_object(to) {
                return Ok(());
            }
            self.expect_realm(new_target)?;
        }
        self.load_root(to, root);
        Ok(())
    }

    /// Refuses a Proxy that was revoked, which has no realm (ECMA-262's `GetFunctionRealm`).
    fn expect_realm(&mut self, function: R) -> Outcome {
        if self.kind_of(function) != Some(ObjectKind::Proxy) {
            return Ok(());
        }
        self.scoped(|machine| {
            let handler = machine.temp()?;
            machine.registers().load(handler, function, super::proxy::HANDLER)?;
            if machine.is_object(handler) {
                return Ok(());
            }
            machine.throw_type_error("Cannot perform 'get' on a proxy that has been revoked")
        })
    }

    // -- bound functions ----------------------------------------------------------------------------------------

    /// A bound function: target, `this`, and the arguments in an array, or undefined.
    pub(crate) fn new_bound(&mut self, to: R, target: R, this: R, arguments: R) -> Outcome {
        self.scoped(|machine| {
            let bound = machine.temp()?;
            let constructor = machine.is_constructor(target);
            machine.prototype_of(bound, target)?;
            let identity = machine.prototype_identity(bound)?;
            let fields = usize::from(constructor);
            let kind = ObjectKind::BoundFunction;
            let id = match machine.root_of(identity, kind, fields, false) {
                Some(known) => known,
                None => {
                    let mut class = Class::new(kind, Kind::Object, FIRST + 3, 0);
                    class.callable = true;
                    class.constructor = constructor;
                    let id = machine.add_class(class, bound)?;
                    let (length, name) = (internal::BOUND_LENGTH, internal::BOUND_NAME);
                    machine.classes.add_internal(id, known::LENGTH, Flags::READ_ONLY, length);
                    machine.classes.add_internal(id, known::NAME, Flags::READ_ONLY, name);
                    machine.classes.set_root_for(identity, kind, fields, id);
                    id
                }
            };
            machine.new_of(bound, id)?;
            let mut registers = machine.registers();
            registers.store(bound, FIRST, target)?;
            registers.store(bound, FIRST + 1, this)?;
            registers.store(bound, FIRST + 2, arguments)?;
            registers.copy(to, bound);
            Ok(())
        })
    }

    /// Whether a function's length and name are those that it was made with: a bound function keeps none then.
    pub(crate) fn has_plain_description(&mut self, function: R) -> Outcome<bool> {
        let Some(id) = self.class_of(function) else { return Ok(false) };
        for key in [known::LENGTH, known::NAME] {
            if !matches!(self.find_own(function, id, key)?, Found::Internal(..)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The length of a bound function, which follows from its target's.
    pub(crate) fn bound_length(&mut self, to: R, bound: R) -> Outcome {
        self.scoped(|machine| {
            let target = machine.temp()?;
            let (_, arguments) = machine.bound_target(target, bound, known::LENGTH)?;
            machine.get_named(target, target, known::LENGTH)?;
            let length = match machine.type_of(target).is_number() {
                true => machine.to_integer(target)?,
                false => 0.0,
            };
            machine.set_number(to, (length - arguments as f64).max(0.0))
        })
    }

    /// Its name: its target's, with a word before it.
    pub(crate) fn bound_name(&mut self, to: R, bound: R) -> Outcome {
        self.scoped(|machine| {
            let target = machine.temp()?;
            let (times, _) = machine.bound_target(target, bound, known::NAME)?;
            machine.get_named(target, target, known::NAME)?;
            let name = match machine.is_string(target) {
                true => machine.rust_string(target)?,
                false => String::new(),
            };
            machine.new_text(to, &format!("{}{name}", "bound ".repeat(times)))
        })
    }

    /// What a bound function is bound to, through bound ones whose `key` follows from their target's as well; how many
    /// they are, and how many arguments they add.
    fn bound_target(&mut self, to: R, bound: R, key: Atom) -> Outcome<(usize, usize)> {
        self.scoped(|machine| {
            let list = machine.temps(2)?;
            let function = list + 1;
            machine.copy(function, bound);
            let (mut times, mut arguments) = (0, 0);
            loop {
                machine.registers().load(list, function, FIRST + 2)?;
                let own = machine.registers().get(list).view().map(|list| list.slot_count());
                arguments += own.unwrap_or(0);
                times += 1;
                machine.registers().load(function, function, FIRST)?;
                let follows = machine.kind_of(function) == Some(ObjectKind::BoundFunction)
                    && match machine.class_of(function) {
                        Some(id) => {
                            matches!(machine.find_own(function, id, key)?, Found::Internal(..))
                        }
                        None => false,
                    };
                if !follows {
                    machine.copy(to, function);
                    return Ok((times, arguments));
                }
            }
        })
    }

    // -- mapped arguments ---------------------------------------------------------------------------------------

    /// The context's slot that an element of a mapped `arguments` shares its value with.
    fn mapped_slot(&mut self, object: R, index: u32) -> Option<usize> {
        let registers = self.registers();
        let Ok(Seen::Ref(map)) = registers.view(object).ok()?.get(FIRST + 1) else { return None };
        let slot = map.tagged(index as usize).ok()?.as_smi()?;
        (slot > 0).then_some(slot as usize)
    }

    /// Reads an element that is a parameter; whether it is one.
    pub(crate) fn mapped_get(&mut self, to: R, object: R, index: u32) -> Outcome<bool> {
        let Some(slot) = self.mapped_slot(object, index) else { return Ok(false) };
        let mut registers = self.registers();
        registers.load(to, object, FIRST)?;
        registers.load(to, to, slot)?;
        Ok(true)
    }

    pub(crate) fn mapped_set(&mut self, object: R, index: u32, value: R) -> Outcome<bool> {
        let Some(slot) = self.mapped_slot(object, index) else { return Ok(false) };
        self.scoped(|machine| {
            let context = machine.temp()?;
            let mut registers = machine.registers();
            registers.load(context, object, FIRST)?;
            registers.store(context, slot, value)?;
            Ok(true)
        })
    }

    /// An element that is deleted, or defined anew with flags: what it shares gets the value, and is shared no more if it
    /// is an accessor or not writable.
    pub(crate) fn unmap(
        &mut self,
        object: R,
        index: u32,
        flags: Option<Flags>,
        value: R,
    ) -> Outcome {
        if self.mapped_slot(object, index).is_none() {
            return Ok(());
        }
        if let Some(flags) = flags
            && !flags.is_accessor()
        {
            self.mapped_set(object, index, value)?;
            if flags.writable() {
                return Ok(());
            }
        }
        self.scoped(|machine| {
            let map = machine.temp()?;
            let mut registers = machine.registers();
            registers.load(map, object, FIRST + 1)?;
            Ok(registers.store_value(map, index as usize, Value::Smi(0))?)
        })
    }

    /// Whether a value is a cell with a tag of the machine's own.
    pub(crate) fn has_tag(&mut self, value: R, tag: u32) -> bool {
        debug_assert!(tag < tags::FIRST_CLASS);
        self.registers().get(value).view().is_some_and(|cell| cell.tag().number() == tag)
    }
}
