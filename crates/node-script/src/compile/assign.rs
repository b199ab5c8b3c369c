//! Assignments of all kinds, and patterns.

use super::control::Control;
use super::destructured::Source;
use super::expression::{may_assign, short_jump};
use super::function::{Compiled, FunctionCompiler};
use super::op::{NO_NAME, Op, R};
use crate::parse::tree::{
    At, Binary, Key, Kind, Logical, Node, Pattern, PatternElement, PatternProperty, PrivateUse,
    Target,
};

/// A place that is read and then written.
pub(super) enum Place<'a> {
    Name(&'a crate::parse::scope::Use),
    /// A name that was looked up: the object of a `with` that has it, or nothing, and room for the value behind.
    Found {
        object: R,
        name: &'a crate::parse::scope::Use,
    },
    Named {
        object: R,
        site: u16,
        at: At,
    },
    Keyed {
        object: R,
        key: R,
        at: At,
    },
    Private {
        object: R,
        name: &'a PrivateUse<'a>,
        at: At,
    },
    Super {
        base: R,
        at: At,
    },
}

impl<'a> FunctionCompiler<'_, 'a> {
    pub fn assignment(&mut self, target: &Target<'a>, value: Node<'a>, to: R) -> Compiled<()> {
        match target {
            Target::Name(name) if self.is_dynamic(name) && !is_constant(value) => {
                let place = self.find_name(name)?;
                let from = self.operand(value)?;
                self.store(&place, from)?;
                if from != to {
                    self.emit(Op::Move { to, from });
                }
            }
            Target::Name(name) => {
                let from = self.operand(value)?;
                self.assign_variable(name, from)?;
                if from != to {
                    self.emit(Op::Move { to, from });
                }
            }
            Target::Member(member) => {
                let place = self.place(member, Some(value))?;
                let known = self.infer(member, value);
                let from = self.operand(value)?;
                self.inferring.truncate(known);
                self.store(&place, from)?;
                if from != to {
                    self.emit(Op::Move { to, from });
                }
            }
            Target::Pattern(_) => {
                let from = self.operand(value)?;
                self.assign(target, from, false, Source::Assigned(value))?;
                if from != to {
                    self.emit(Op::Move { to, from });
                }
            }
        }
        Ok(())
    }

    /// Evaluates what a member expression's object and key are, before a value that comes later.
    pub fn place(&mut self, member: Node<'a>, later: Option<Node<'a>>) -> Compiled<Place<'a>> {
        let at = member.at;
        let keep = later.is_some_and(may_assign);
        let operand = |this: &mut Self, node: Node<'a>| {
            if keep || later.is_none() {
                let to = this.temp();
                this.expression(node, to)?;
                return Ok(to);
            }
            this.operand(node)
        };
        Ok(match &member.kind {
            Kind::Member { object, name } => {
                let object = operand(self, object)?;
                Place::Named { object, site: self.site(*name, at)?, at }
            }
            Kind::Index { object, key } => {
                let object = match may_assign(key) {
                    true => {
                        let to = self.temp();
                        self.expression(object, to)?;
                        to
                    }
                    false => operand(self, object)?,
                };
                Place::Keyed { object, key: operand(self, key)?, at }
            }
            Kind::Private { object, name } => {
                Place::Private { object: operand(self, object)?, name, at }
            }
            Kind::SuperMember { home, this, key } => {
                Place::Super { base: self.super_base(home, this, key)?, at }
            }
            _ => {
                let message = "Invalid left-hand side in assignment";
                return Err(crate::parse::ParseError::new(message, at));
            }
        })
    }

    /// Whether a name is looked up as the program runs.
    fn is_dynamic(&self, name: &crate::parse::scope::Use) -> bool {
        name.to.get() == crate::parse::scope::Reference::Dynamic
    }

    /// Looks a name up before the value that is assigned to it is known.
    fn find_name(&mut self, name: &'a crate::parse::scope::Use) -> Compiled<Place<'a>> {
        let object = self.temp();
        let context = self.context();
        let text = self.text(name.name, name.at)?;
        self.emit_at(name.at, Op::FindDynamic { to: object, context, name: text });
        Ok(Place::Found { object, name })
    }

    fn target_place(&mut self, target: &Target<'a>) -> Compiled<Place<'a>> {
        match target {
            Target::Name(name) if self.is_dynamic(name) => self.find_name(name),
            Target::Name(name) => Ok(Place::Name(name)),
            Target::Member(member) => self.place(member, None),
            Target::Pattern(_) => {
                let message = "Invalid left-hand side in assignment".to_owned();
                Err(crate::parse::ParseError::new(message, At::default()))
            }
        }
    }

    pub fn load(&mut self, place: &Place<'a>, to: R) -> Compiled<()> {
        match *place {
            Place::Name(name) => return self.load_variable(name, to),
            Place::Found { object, name } => {
                let free = self.emit(Op::JumpIfHole { from: object, target: 0 });
                let text = self.text(name.name, name.at)?;
                self.emit_at(name.at, Op::LoadFound { to, object, name: text });
                let over = self.jump();
                self.patch(free);
                self.load_variable(name, to)?;
                self.patch(over);
            }
            Place::Named { object, site, at } => {
                // What the load has found does not tell that the property can be written.
                let site = self.another_site(site, at)?;
                self.emit_at(at, Op::GetNamed { to, object, site });
            }
            Place::Keyed { object, key, at } => {
                self.emit_at(at, Op::GetKeyed { to, object, key });
            }
            Place::Private { object, name, at } => return self.get_private(at, object, name, to),
            Place::Super { base, at } => {
                self.emit_at(at, Op::GetSuper { to, base });
            }
        }
        Ok(())
    }

    pub fn store(&mut self, place: &Place<'a>, from: R) -> Compiled<()> {
        match *place {
            Place::Name(name) => return self.assign_variable(name, from),
            Place::Found { object, name } => {
                let free = self.emit(Op::JumpIfHole { from: object, target: 0 });
                let text = self.text(name.name, name.at)?;
                self.emit_at(name.at, Op::StoreFound { object, name: text, from });
                let over = self.jump();
                self.patch(free);
                self.assign_variable(name, from)?;
                self.patch(over);
            }
            Place::Named { object, site, at } => {
                self.emit_at(at, Op::SetNamed { object, site, from });
            }
            Place::Keyed { object, key, at } => {
                self.emit_at(at, Op::SetKeyed { object, key, from });
            }
            Place::Private { object, name, at } => return self.set_private(at, object, name, from),
            Place::Super { base, at } => {
                self.emit_at(at, Op::SetSuper { base, from });
            }
        }
        Ok(())
    }

    pub fn assign_op(
        &mut self,
        at: At,
        op: Binary,
        target: &Target<'a>,
        value: Node<'a>,
        to: R,
    ) -> Compiled<()> {
        let place = self.target_place(target)?;
        if let Place::Name(name) = place
            && let Some(register) = self.variable_register(name)
            && !may_assign(value)
        {
            let right = self.operand(value)?;
            self.operator(at, op, register, right, to);
            return self.assign_variable(name, to);
        }
        let left = self.temp();
        self.load(&place, left)?;
        if let (Binary::Add, Kind::Number(number)) = (op, &value.kind)
            && f64::from(*number as i16) == *number
            && (*number != 0.0)
        {
            self.emit_at(at, Op::AddSmi { to, left, value: *number as i16 });
        } else {
            let right = self.operand(value)?;
            self.operator(at, op, left, right, to);
        }
        self.store(&place, to)
    }

    pub fn assign_logical(
        &mut self,
        op: Logical,
        target: &Target<'a>,
        value: Node<'a>,
        to: R,
    ) -> Compiled<()> {
        let place = self.target_place(target)?;
        self.load(&place, to)?;
        let end = self.emit(short_jump(op, to));
        self.expression(value, to)?;
        self.store(&place, to)?;
        self.patch(end);
        Ok(())
    }

    /// `++` and `--`; with a register for the value, and whether it is the new one.
    pub fn update(
        &mut self,
        at: At,
        increment: bool,
        target: Target<'a>,
        result: Option<(R, bool)>,
    ) -> Compiled<()> {
        let step = |to, from| match increment {
            true => Op::Increment { to, from },
            false => Op::Decrement { to, from },
        };
        let place = self.target_place(&target)?;
        if let Place::Name(name) = place
            && let Some(register) = self.variable_register(name)
        {
            // A constant throws when it is written to.
            let constant = !matches!(result, None | Some((_, true)));
            if !constant && self.is_plain(name) {
                self.emit_at(at, step(register, register));
                if let Some((to, _)) = result
                    && to != register
                {
                    self.emit(Op::Move { to, from: register });
                }
                return Ok(());
            }
        }
        let (old, new) = (self.temp(), self.temp());
        self.load(&place, old)?;
        match result {
            Some((to, false)) => {
                self.emit_at(at, Op::ToNumeric { to, from: old });
                self.emit_at(at, step(new, to));
                // The result's register may be the variable's own.
                if let Place::Name(name) = place
                    && self.variable_register(name) == Some(to)
                {
                    self.emit(Op::Move { to: old, from: to });
                    self.store(&place, new)?;
                    self.emit(Op::Move { to, from: old });
                    return Ok(());
                }
                self.store(&place, new)
            }
            Some((to, true)) => {
                self.emit_at(at, step(new, old));
                self.store(&place, new)?;
                self.emit(Op::Move { to, from: new });
                Ok(())
            }
            None => {
                self.emit_at(at, step(new, old));
                self.store(&place, new)
            }
        }
    }

    /// Whether a variable can be written to.
    fn is_plain(&self, name: &crate::parse::scope::Use) -> bool {
        use crate::parse::scope::{BindingKind, Reference};
        match name.to.get() {
            Reference::Binding(id) => !matches!(
                self.scopes.binding(id).kind,
                BindingKind::Const | BindingKind::Import | BindingKind::FunctionName
            ),
            _ => false,
        }
    }

    /// Assigns a register's value to a target of any kind.
    pub fn assign(
        &mut self,
        target: &Target<'a>,
        from: R,
        initialise: bool,
        source: Source<'a>,
    ) -> Compiled<()> {
        match target {
            Target::Name(name) if initialise => self.initialise(name, from),
            Target::Name(name) => self.assign_variable(name, from),
            Target::Member(member) => {
                let mark = self.mark();
                let place = self.place(member, None)?;
                self.store(&place, from)?;
                self.release(mark);
                Ok(())
            }
            Target::Pattern(pattern) => {
                let mark = self.mark();
                self.pattern(pattern, from, initialise, source)?;
                self.release(mark);
                Ok(())
            }
        }
    }

    fn pattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        from: R,
        initialise: bool,
        source: Source<'a>,
    ) -> Compiled<()> {
        match pattern {
            Pattern::Object { at, properties, rest } => {
                self.check_pattern(*at, properties, from, source)?;
                // The keys that a rest leaves out.
                let except = match rest {
                    Some(_) => {
                        let to = self.temp();
                        self.emit(Op::Array { to, length: 0 });
                        to
                    }
                    None => 0,
                };
                for property in *properties {
                    let mark = self.mark();
                    let value = self.temp();
                    let target = Some(&property.element.target);
                    let place;
                    let named = match &property.key {
                        Key::Name(name) if self.names.index(*name).is_none() => Some(*name),
                        _ => None,
                    };
                    match named {
                        Some(name) if rest.is_none() => {
                            place = self.place_before(target, initialise)?;
                            let site = self.site(name, *at)?;
                            self.emit_at(*at, Op::GetNamed { to: value, object: from, site });
                        }
                        _ => {
                            let key = self.temp();
                            self.key(&property.key, key)?;
                            if rest.is_some() {
                                self.emit(Op::Push { array: except, from: key });
                            }
                            place = self.place_before(target, initialise)?;
                            self.emit_at(*at, Op::GetKeyed { to: value, object: from, key });
                        }
                    }
                    self.pattern_element(&property.element, place, value, initialise)?;
                    self.release(mark);
                }
                if let Some(rest) = rest {
                    let place = self.place_before(Some(rest), initialise)?;
                    let to = self.temp();
                    self.emit(Op::Object { to, fields: 4 });
                    self.emit_at(*at, Op::CopyProperties { to, from, except });
                    match place {
                        Some(place) => self.store(&place, to)?,
                        None => self.assign(rest, to, initialise, Source::Inner)?,
                    }
                }
                Ok(())
            }
            Pattern::Array { at, elements, rest } => {
                let iterator = self.temps(2);
                let op = self.emit_at(*at, Op::Iterator { to: iterator, from });
                let spelled = self.spell_array_source(source);
                self.note_callee(op, spelled);
                self.array_pattern(*at, elements, rest.as_ref(), iterator, initialise)
            }
        }
    }

    /// Throws for a nullish value, unless reading the first property does: as V8, which tells of the pattern only where the
    /// property goes to a variable or a pattern as it is.
    fn check_pattern(
        &mut self,
        at: At,
        properties: &'a [PatternProperty<'a>],
        from: R,
        source: Source<'a>,
    ) -> Compiled<()> {
        let mut name = NO_NAME;
        if let Some(PatternProperty { key: Key::Name(first), element }) = properties.first() {
            if element.default.is_some() || matches!(element.target, Target::Member(_)) {
                return Ok(());
            }
            name = self.text(*first, at)?;
        }
        let spelled = match self.spell_object_source(source) {
            Some(spelled) => spelled,
            None if name != NO_NAME => return Ok(()),
            None => None,
        };
        let op = self.emit_at(at, Op::CheckPattern { from, name });
        self.note_callee(op, spelled);
        Ok(())
    }

    fn array_pattern(
        &mut self,
        at: At,
        elements: &'a [Option<PatternElement<'a>>],
        rest: Option<&Target<'a>>,
        iterator: R,
        initialise: bool,
    ) -> Compiled<()> {
        let (value, exception) = (self.temp(), self.temp());
        let start = self.here();
        // A generator that is told to return where it waits inside closes it.
        self.control.push(Control::Iterator { iterator, is_await: false });
        for element in elements {
            let mark = self.mark();
            let target = element.as_ref().map(|element| &element.target);
            let place = self.place_before(target, initialise)?;
            self.emit_at(at, Op::Next { to: value, iterator });
            let given = self.emit(Op::JumpIfHole { from: value, target: 0 });
            let over = self.jump();
            self.patch(given);
            self.emit(Op::Undefined { to: value });
            self.patch(over);
            if let Some(element) = element {
                self.pattern_element(element, place, value, initialise)?;
            }
            self.release(mark);
        }
        if let Some(rest) = rest {
            let place = self.place_before(Some(rest), initialise)?;
            let array = self.temp();
            self.emit(Op::Array { to: array, length: 0 });
            let again = self.here();
            self.emit_at(at, Op::Next { to: value, iterator });
            let end = self.emit(Op::JumpIfHole { from: value, target: 0 });
            self.emit(Op::Push { array, from: value });
            self.emit(Op::Loop { target: again as u32 });
            self.patch(end);
            match place {
                Some(place) => self.store(&place, array)?,
                None => self.assign(rest, array, initialise, Source::Inner)?,
            }
        }
        self.control.pop();
        let over = self.jump();
        // An iterator at its end is undefined, and is not closed.
        self.handle(start, exception);
        self.emit(Op::CloseIteratorQuietly { iterator });
        self.emit(Op::Throw { from: exception });
        self.patch(over);
        self.emit_at(at, Op::CloseIterator { iterator });
        Ok(())
    }

    /// Where a target's value goes, if it is a place that is looked for before the value is.
    fn place_before(
        &mut self,
        target: Option<&Target<'a>>,
        initialise: bool,
    ) -> Compiled<Option<Place<'a>>> {
        match target {
            Some(Target::Member(member)) => self.place(member, None).map(Some),
            Some(Target::Name(name)) if !initialise && self.is_dynamic(name) => {
                self.find_name(name).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn pattern_element(
        &mut self,
        element: &PatternElement<'a>,
        place: Option<Place<'a>>,
        value: R,
        initialise: bool,
    ) -> Compiled<()> {
        if let Some(default) = element.default {
            let given = self.emit(Op::JumpIfNotUndefined { from: value, target: 0 });
            self.expression(default, value)?;
            self.patch(given);
        }
        match place {
            Some(place) => self.store(&place, value),
            None => {
                let source = element.default.map_or(Source::Inner, Source::Default);
                self.assign(&element.target, value, initialise, source)
            }
        }
    }
}

/// Whether a value is there without running anything.
fn is_constant(value: Node<'_>) -> bool {
    matches!(
        value.kind,
        Kind::Number(_) | Kind::String(_) | Kind::Bool(_) | Kind::Null | Kind::Undefined
    )
}
