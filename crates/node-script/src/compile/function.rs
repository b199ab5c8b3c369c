//! The compiler of one function: its registers, instructions, constants and contexts, and how a frame begins.

use super::code::{Constant, Handler, ScopeInfo, Site, SourceText, Template};
use super::control::Control;
use super::destructured::Source;
use super::op::{Op, R};
use crate::parse::ParseError;
use crate::parse::names::{Name, Names};
use crate::parse::scope::{
    BindingId, BindingKind, CONTEXT_HEADER, Place, Reference, ScopeId, ScopeKind, Scopes,
};
use crate::parse::tree::{At, Body, Function, FunctionKind, Parameter, Target};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Registers of a function at the most; an instruction may name some behind one of them.
const MOST_REGISTERS: usize = u16::MAX as usize - (1 << 12);

pub(super) type Compiled<T> = Result<T, ParseError>;

/// The function that runs.
pub(super) const CALLEE: R = 0;
pub(super) const THIS: R = 1;
/// The first parameter.
pub(super) const PARAMETERS: R = 2;

pub(super) struct FunctionCompiler<'c, 'a> {
    pub scopes: &'c Scopes<'a>,
    pub names: &'c Names,
    pub source: &'c Rc<SourceText>,
    pub function: &'a Function<'a>,
    pub ops: Vec<Op>,
    /// The first instruction: the load of the closure's context lies before it if nothing uses that.
    start: u32,
    constants: Vec<Constant>,
    texts: FxHashMap<Name, u16>,
    sites: Vec<Site>,
    scope_infos: Vec<Rc<ScopeInfo>>,
    pub handlers: Vec<Handler>,
    places: Vec<(u32, At)>,
    /// The registers of variables.
    pub registers: FxHashMap<BindingId, R>,
    /// The registers of the contexts of this function's scopes.
    pub contexts: FxHashMap<ScopeId, R>,
    /// The scopes that are being compiled, from the function's own in.
    pub open_scopes: Vec<ScopeId>,
    /// The context in which the function was made, and whether anything uses it.
    closure_context: R,
    closure_context_used: bool,
    /// The next temporary, and the most there were.
    next: usize,
    most: usize,
    pub control: Vec<Control>,
    /// Where the value of the last statement goes, of a script.
    pub completion: Option<R>,
    /// The generator, or the object of an asynchronous function.
    pub generator: Option<R>,
    /// The most registers in use where the function is put aside, and those in use at its start.
    kept: usize,
    begun: usize,
    /// Where it is put aside in a context of its own.
    suspended: Vec<(u32, R)>,
    pub chain_ends: Vec<Vec<usize>>,
    pub callees: Vec<(u32, Rc<str>)>,
    /// The names of what the value that comes next is assigned to.
    pub inferring: Vec<String>,
}

impl<'c, 'a> FunctionCompiler<'c, 'a> {
    pub fn function(
        scopes: &'c Scopes<'a>,
        names: &'c Names,
        source: &'c Rc<SourceText>,
        function: &'a Function<'a>,
    ) -> Compiled<Template> {
        let mut compiler = Self {
            scopes,
            names,
            source,
            function,
            ops: Vec::new(),
            start: 0,
            constants: Vec::new(),
            texts: FxHashMap::default(),
            sites: Vec::new(),
            scope_infos: Vec::new(),
            handlers: Vec::new(),
            places: Vec::new(),
            registers: FxHashMap::default(),
            contexts: FxHashMap::default(),
            open_scopes: Vec::new(),
            closure_context: 0,
            closure_context_used: false,
            next: PARAMETERS as usize + function.parameters.len(),
            most: 0,
            control: Vec::new(),
            completion: None,
            generator: None,
            kept: 0,
            suspended: Vec::new(),
            begun: 0,
            chain_ends: Vec::new(),
            callees: Vec::new(),
            inferring: Vec::new(),
        };
        compiler.compile()?;
        compiler.finish()
    }

    fn finish(self) -> Compiled<Template> {
        let function = self.function;
        if self.most > MOST_REGISTERS || self.ops.len() > u32::MAX as usize {
            return Err(self.too_large(function.at));
        }
        let this = self.scopes.own(function.scope, self.scopes.hidden.this);
        let mapped = self.mapped();
        let declares = self.declares();
        let own_this = !function.kind.is_arrow() && function.kind != FunctionKind::Top;
        let room = self.room();
        Ok(Template {
            name: function.name.map(|name| self.names.units(name).into()),
            inferred: None,
            length: function.length,
            kind: function.kind,
            is_async: function.is_async,
            is_generator: function.is_generator,
            strict: function.strict,
            sloppy_this: !function.strict && own_this && this.is_some(),
            source: self.source.clone(),
            text: function.text,
            at: function.at,
            instance_fields: function.assigned.get(),
            parameters: function.parameters.len() as u16,
            registers: self.most.max(self.next) as u16,
            ops: self.ops.into(),
            start: self.start,
            constants: self.constants,
            sites: self.sites,
            scopes: self.scope_infos,
            handlers: self.handlers,
            places: self.places,
            generator: self.generator,
            kept: self.kept as u16,
            room: room as u16,
            contexts: self.suspended,
            mapped,
            callees: self.callees,
            declares,
            module: None,
        })
    }

    /// The slots that what is put aside takes: V8's registers, of which an object that is awaited or delegated to needs some
    /// beside those of parameters and variables (measured).
    fn room(&self) -> usize {
        let function = self.function;
        // All in use at the start, but for the function, `this` and the context.
        let variables = self.begun.saturating_sub(3);
        let further = match (function.is_async, function.is_generator) {
            (true, true) => 7,
            (true, false) => 4,
            _ => 2,
        };
        (variables + further).max(self.kept.saturating_sub(usize::from(PARAMETERS)))
    }

    /// What a script or evaluated text declares in a scope that is not its own.
    fn declares(&self) -> Vec<(Rc<[u16]>, BindingKind)> {
        let scope = self.scopes.get(self.function.scope);
        if scope.kind != ScopeKind::Script {
            return Vec::new();
        }
        let bindings = scope.bindings.iter().map(|id| self.scopes.binding(*id));
        let declared = bindings.filter(|binding| {
            matches!(binding.place, Place::Global | Place::Script | Place::Extension)
        });
        declared.map(|binding| (self.names.units(binding.name).into(), binding.kind)).collect()
    }

    /// The slots of parameters that a mapped `arguments` shares. Of parameters with one name, it is the last.
    fn mapped(&self) -> Vec<u16> {
        let function = self.function;
        let slot = |number: usize| {
            let Target::Name(name) = function.parameters[number].target else { return 0 };
            let later = function.parameters[number + 1..].iter().any(
                |later| matches!(later.target, Target::Name(other) if other.name == name.name),
            );
            let own = self.scopes.own(function.scope, name.name);
            match own.map(|id| self.scopes.binding(id).place) {
                Some(Place::Context(slot)) if !later => slot,
                _ => 0,
            }
        };
        if !self.scopes.get(function.scope).maps_arguments {
            return Vec::new();
        }
        (0..function.parameters.len()).map(slot).collect()
    }

    pub fn too_large(&self, at: At) -> ParseError {
        ParseError::new("A function of this size is not supported", at)
    }

    fn compile(&mut self) -> Compiled<()> {
        let function = self.function;
        self.choose_registers()?;
        // Becomes the load of the closure's context if that is used.
        let first = self.emit(Op::Debugger);
        if function.kind == FunctionKind::Top {
            let completion = self.temp();
            self.completion = Some(completion);
        }
        self.begin_function()?;
        let end = match function.body {
            Body::Statements(list) => {
                if function.is_async && !function.is_generator {
                    self.asynchronous(list)?;
                    false
                } else if function.is_generator && function.is_async {
                    self.asynchronous_generator(list)?;
                    false
                } else {
                    list.iter().try_for_each(|statement| self.statement(statement))?;
                    true
                }
            }
            Body::Fields(fields) => {
                fields.iter().try_for_each(|field| self.field(field))?;
                true
            }
        };
        if end {
            self.return_at_end();
        }
        if self.closure_context_used || !self.read_closure_slots() {
            self.ops[first] = Op::ClosureContext { to: self.closure_context };
        } else {
            self.start = first as u32 + 1;
        }
        Ok(())
    }

    /// Lets the instructions that read a variable of the closure's context find it by the function, where they are few and
    /// none is in a loop. False if they are to find the context in its register.
    fn read_closure_slots(&mut self) -> bool {
        /// Reading a variable by the function costs more than by the context; loading the context costs as much as that does
        /// in two reads.
        const FEW: usize = 2;
        let own = self.closure_context;
        let mut loads = 0;
        for op in &self.ops {
            match *op {
                Op::LoadSlot { context, .. } if context == own => loads += 1,
                Op::StoreSlot { context, .. } if context == own => return false,
                _ => {}
            }
        }
        let loops = self.ops.iter().any(|op| matches!(op, Op::Loop { .. }));
        if loads > FEW || loads > 0 && loops {
            return false;
        }
        for op in &mut self.ops {
            if let Op::LoadSlot { depth, to, context, slot } = *op
                && context == own
            {
                *op = Op::LoadClosureSlot { depth, to, slot };
            }
        }
        true
    }

    fn return_at_end(&mut self) {
        if let Some(from) = self.completion {
            self.emit(Op::Return { from });
            return;
        }
        if self.function.kind == FunctionKind::DerivedConstructor {
            let this = self.temp();
            let mark = self.mark();
            self.load_this_checked(this);
            self.emit(Op::Return { from: this });
            self.release(mark);
            return;
        }
        let from = self.temp();
        self.emit(Op::Undefined { to: from });
        self.emit(Op::Return { from });
    }

    /// Gives each variable of the function that is in no context a register, and each context one: none is used for
    /// two, so that a value lives as long as in V8's interpreter.
    fn choose_registers(&mut self) -> Compiled<()> {
        let function = self.function;
        self.closure_context = self.temp();
        for (number, parameter) in function.parameters.iter().enumerate() {
            if let Target::Name(name) = parameter.target
                && let Some(id) = self.scopes.own(function.scope, name.name)
                && self.scopes.binding(id).place == Place::Register
                && !self.scopes.binding(id).begins_empty
            {
                self.registers.insert(id, PARAMETERS + number as R);
            }
        }
        // Its own name, which nothing changes, is where the function is.
        if let Some(own) = function.own_name
            && let Reference::Binding(id) = own.to.get()
            && self.scopes.binding(id).place == Place::Register
        {
            self.registers.insert(id, CALLEE);
        }
        for number in 0..self.scopes.scopes.len() as u32 {
            let scope = self.scopes.get(ScopeId(number));
            if scope.function != function.scope {
                continue;
            }
            for id in &scope.bindings {
                let binding = self.scopes.binding(*id);
                if binding.place != Place::Register || self.registers.contains_key(id) {
                    continue;
                }
                let register = match binding.kind {
                    BindingKind::This => THIS,
                    BindingKind::Callee => CALLEE,
                    _ => self.temp(),
                };
                self.registers.insert(*id, register);
            }
            let with = scope.kind == crate::parse::scope::ScopeKind::With;
            if scope.context_slots > 0 || with {
                let register = self.temp();
                self.contexts.insert(ScopeId(number), register);
            }
        }
        Ok(())
    }

    /// What happens before the first statement: contexts, parameters, functions.
    fn begin_function(&mut self) -> Compiled<()> {
        let function = self.function;
        let scope = function.scope;
        self.open_context(scope);
        let hidden = self.scopes.hidden;
        let own = |name| self.scopes.own(scope, name);
        if let Some(id) = own(hidden.this)
            && !function.kind.is_arrow()
        {
            self.initialise_from(id, THIS);
        }
        if let Some(id) = own(hidden.callee) {
            self.initialise_from(id, CALLEE);
        }
        if let Some(id) = own(hidden.new_target) {
            self.initialise_with(id, |to| Op::NewTarget { to });
        }
        // A captured parameter is moved first, for a default value may use it.
        for (number, parameter) in function.parameters.iter().enumerate() {
            if let (Target::Name(name), None) = (parameter.target, parameter.default)
                && let Some(id) = own(name.name)
                && self.scopes.binding(id).place != Place::Register
                && !self.scopes.binding(id).begins_empty
            {
                self.initialise_from(id, PARAMETERS + number as R);
            }
        }
        if let Some(id) = own(hidden.arguments)
            && self.scopes.binding(id).kind == BindingKind::Arguments
        {
            let context = self.contexts.get(&scope).copied();
            let maps = self.scopes.get(scope).maps_arguments;
            match context {
                Some(context) if maps => {
                    self.initialise_with(id, |to| Op::MappedArguments { to, context });
                }
                // Without parameters there is nothing to share.
                None if maps => {
                    let context = CALLEE;
                    self.initialise_with(id, |to| Op::MappedArguments { to, context });
                }
                _ => self.initialise_with(id, |to| Op::Arguments { to }),
            }
        }
        if let Some(name) = function.own_name {
            self.initialise(name, CALLEE)?;
        }
        if function.kind == FunctionKind::BaseConstructor {
            self.emit(Op::DefineFields { this: THIS, callee: CALLEE });
        }
        self.open_variables(scope)?;
        if function.is_async && !function.is_generator {
            let to = self.temp();
            self.generator = Some(to);
            self.emit(Op::AsyncStart { to });
            self.begun = self.next;
            return Ok(());
        }
        self.bind_parameters()?;
        self.open_functions(scope)?;
        if function.is_generator {
            let to = self.temp();
            self.generator = Some(to);
            self.emit(Op::Generator { to });
            self.begun = self.next;
        }
        Ok(())
    }

    pub(super) fn bind_parameters(&mut self) -> Compiled<()> {
        let function = self.function;
        for (number, Parameter { target, default }) in function.parameters.iter().enumerate() {
            let register = PARAMETERS + number as R;
            if let Some(default) = default {
                let given = self.emit(Op::JumpIfNotUndefined { from: register, target: 0 });
                self.expression(default, register)?;
                self.patch(given);
            }
            match target {
                Target::Name(name) => {
                    let own = self.scopes.own(function.scope, name.name);
                    // Of parameters of one name, it is the last.
                    let last = PARAMETERS + function.parameters.len() as R;
                    let placed = own.is_some_and(|id| {
                        let known = self.registers.get(&id);
                        known.is_some_and(|known| (PARAMETERS..last).contains(known))
                            || (default.is_none()
                                && self.scopes.binding(id).place != Place::Register
                                && !self.scopes.binding(id).begins_empty)
                    });
                    if !placed {
                        self.initialise(name, register)?;
                    }
                }
                target => {
                    let source = Source::Parameter { default: default.is_some() };
                    self.assign(target, register, true, source)?;
                }
            }
        }
        if let Some(rest) = &function.rest {
            let mark = self.mark();
            let to = self.temp();
            self.emit(Op::Rest { to, from: function.parameters.len() as u16 });
            self.assign(rest, to, true, Source::Inner)?;
            self.release(mark);
        }
        Ok(())
    }

    /// Makes a scope's context, if it has one. Its variables are compiled as its own until it is closed.
    pub fn open_context(&mut self, scope: ScopeId) {
        if let Some(to) = self.contexts.get(&scope).copied() {
            let outer = self.context();
            let info = self.scope_info(scope);
            self.emit(Op::NewContext { to, outer, scope: info });
        }
        self.open_scopes.push(scope);
    }

    /// Empties a scope's variables that must be empty before they are initialised.
    pub fn open_variables(&mut self, scope: ScopeId) -> Compiled<()> {
        for id in &self.scopes.get(scope).bindings {
            let binding = self.scopes.binding(*id);
            if binding.place != Place::Register {
                continue;
            }
            if binding.begins_empty && binding.kind != BindingKind::This {
                let to = self.registers[id];
                self.emit(Op::Hole { to });
            }
        }
        Ok(())
    }

    /// Makes the functions that are declared in a scope.
    pub fn open_functions(&mut self, scope: ScopeId) -> Compiled<()> {
        for (name, function) in &self.scopes.get(scope).functions {
            let mark = self.mark();
            let to = self.temp();
            self.closure(function, to)?;
            self.initialise(name, to)?;
            self.release(mark);
        }
        Ok(())
    }

    pub fn open_scope(&mut self, scope: ScopeId) -> Compiled<()> {
        self.open_context(scope);
        self.open_variables(scope)?;
        self.open_functions(scope)
    }

    pub fn close_scope(&mut self, scope: ScopeId) {
        self.open_scopes.pop();
        if let Some(to) = self.contexts.get(&scope).copied() {
            self.emit(Op::Undefined { to });
        }
    }

    /// The register of the innermost context.
    pub fn context(&mut self) -> R {
        match self.own_context() {
            Some(register) => register,
            None => self.closure_context(),
        }
    }

    /// The register of the innermost context that the function has made.
    fn own_context(&self) -> Option<R> {
        self.open_scopes.iter().rev().find_map(|scope| self.contexts.get(scope)).copied()
    }

    /// The register of the context in which the function was made, for instructions that read or write its variables.
    pub fn closure_variables(&self) -> R {
        self.closure_context
    }

    /// The register of the context in which the function was made.
    pub fn closure_context(&mut self) -> R {
        self.closure_context_used = true;
        self.closure_context
    }

    pub fn closure(&mut self, function: &'a Function<'a>, to: R) -> Compiled<()> {
        self.closure_named(function, to, "")
    }

    /// As `closure`, with a word before the function's name.
    pub fn closure_named(&mut self, function: &'a Function<'a>, to: R, word: &str) -> Compiled<()> {
        let mut template = Self::function(self.scopes, self.names, self.source, function)?;
        if let Some(name) = template.name.as_mut().filter(|_| !word.is_empty()) {
            *name = word.encode_utf16().chain(name.iter().copied()).collect();
        }
        if template.name.is_none() && !self.inferring.is_empty() {
            template.inferred = Some(self.inferring.join(".").encode_utf16().collect());
        }
        let shared = self.constant(Constant::Function(Rc::new(template)), function.at)?;
        let context = self.context();
        self.emit(Op::Closure { to, shared, context });
        Ok(())
    }

    pub fn scope_info(&mut self, scope: ScopeId) -> u16 {
        let from = self.scopes.get(scope);
        let (mut names, mut holes) = (Vec::new(), Vec::new());
        for id in &from.bindings {
            let binding = self.scopes.binding(*id);
            if let Place::Context(slot) = binding.place {
                names.push((self.names.units(binding.name).into(), slot, binding.kind));
                if binding.begins_empty {
                    holes.push(slot);
                }
            }
        }
        let function = from.variables == scope;
        let parameters = from.parameters_end.is_some();
        let slots = from.context_slots.max(CONTEXT_HEADER);
        let extends = from.extends;
        self.scope_infos.push(Rc::new(ScopeInfo {
            slots,
            names,
            extends,
            function,
            parameters,
            holes,
        }));
        (self.scope_infos.len() - 1) as u16
    }

    // -- instructions -------------------------------------------------------------------------------------------

    pub fn emit(&mut self, op: Op) -> usize {
        // Where it goes on, what it is given is written first: to one register, or with a flag behind.
        let written = match op {
            Op::Generator { .. } => Some((self.next, 0)),
            Op::Yield { to, .. } | Op::YieldResult { to, .. } => Some((usize::from(to), 2)),
            Op::Await { to, .. } => Some((usize::from(to), 1)),
            _ => None,
        };
        if let Some((to, count)) = written {
            let kept = if to + count == self.next { to } else { self.next };
            self.kept = self.kept.max(kept);
            if let Some(context) = self.own_context() {
                self.suspended.push((self.ops.len() as u32, context));
            }
        }
        self.ops.push(op);
        self.ops.len() - 1
    }

    /// An instruction that may throw, with its place in the source.
    pub fn emit_at(&mut self, at: At, op: Op) -> usize {
        let number = self.ops.len() as u32;
        if self.places.last().is_none_or(|(_, last)| *last != at) {
            self.places.push((number, at));
        }
        self.emit(op)
    }

    /// Lets a jump end at the next instruction.
    pub fn patch(&mut self, jump: usize) {
        let target = self.ops.len();
        self.patch_to(jump, target);
    }

    pub fn patch_all(&mut self, jumps: &[usize]) {
        jumps.iter().for_each(|jump| self.patch(*jump));
    }

    pub fn patch_to(&mut self, jump: usize, to: usize) {
        let distance = to as i64 - jump as i64 - 1;
        // A function that is too large for it is refused when it is finished.
        let short = i16::try_from(distance).unwrap_or_else(|_| {
            self.most = usize::MAX;
            0
        });
        match &mut self.ops[jump] {
            Op::Jump { target }
            | Op::Loop { target }
            | Op::JumpIfTrue { target, .. }
            | Op::JumpIfFalse { target, .. }
            | Op::JumpIfNullish { target, .. }
            | Op::JumpIfNotNullish { target, .. }
            | Op::JumpIfUndefined { target, .. }
            | Op::JumpIfNotUndefined { target, .. }
            | Op::JumpIfNull { target, .. }
            | Op::JumpIfNotNull { target, .. }
            | Op::JumpIfHole { target, .. } => *target = to as u32,
            Op::JumpIfLess { offset, .. }
            | Op::JumpIfNotLess { offset, .. }
            | Op::JumpIfLessEqual { offset, .. }
            | Op::JumpIfNotLessEqual { offset, .. }
            | Op::JumpIfGreater { offset, .. }
            | Op::JumpIfNotGreater { offset, .. }
            | Op::JumpIfGreaterEqual { offset, .. }
            | Op::JumpIfNotGreaterEqual { offset, .. }
            | Op::JumpIfStrictEqual { offset, .. }
            | Op::JumpIfNotStrictEqual { offset, .. }
            | Op::JumpIfSmi { offset, .. }
            | Op::JumpIfNotSmi { offset, .. }
            | Op::JumpIfToken { offset, .. } => *offset = short,
            other => unreachable!("{other:?} is no jump"),
        }
    }

    pub fn jump(&mut self) -> usize {
        self.emit(Op::Jump { target: 0 })
    }

    pub fn here(&self) -> usize {
        self.ops.len()
    }

    // -- registers ----------------------------------------------------------------------------------------------

    pub fn temp(&mut self) -> R {
        let register = self.next;
        self.next += 1;
        self.most = self.most.max(self.next);
        register.min(MOST_REGISTERS) as R
    }

    /// So many temporaries in a row.
    pub fn temps(&mut self, count: usize) -> R {
        let first = self.next;
        self.next += count;
        self.most = self.most.max(self.next);
        first.min(MOST_REGISTERS) as R
    }

    pub fn mark(&self) -> usize {
        self.next
    }

    pub fn release(&mut self, mark: usize) {
        self.next = mark;
    }

    // -- constants ----------------------------------------------------------------------------------------------

    pub fn constant(&mut self, constant: Constant, at: At) -> Compiled<u16> {
        let number = u16::try_from(self.constants.len()).map_err(|_| self.too_large(at))?;
        self.constants.push(constant);
        Ok(number)
    }

    pub fn text(&mut self, name: Name, at: At) -> Compiled<u16> {
        if let Some(known) = self.texts.get(&name) {
            return Ok(*known);
        }
        let units = self.names.units(name).into();
        let number = self.constant(Constant::Text(units), at)?;
        self.texts.insert(name, number);
        Ok(number)
    }

    pub fn site(&mut self, name: Name, at: At) -> Compiled<u16> {
        let name = self.text(name, at)?;
        self.site_at(name, at)
    }

    /// A site of the same name, which knows nothing of the other.
    pub fn another_site(&mut self, site: u16, at: At) -> Compiled<u16> {
        let name = self.sites[usize::from(site)].name;
        self.site_at(name, at)
    }

    pub fn site_at(&mut self, name: u16, at: At) -> Compiled<u16> {
        let number = u16::try_from(self.sites.len()).map_err(|_| self.too_large(at))?;
        self.sites.push(Site { name });
        Ok(number)
    }
}
