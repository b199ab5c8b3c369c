//! Classes.

use super::function::{Compiled, FunctionCompiler, THIS};
use super::op::{Members, Op, R};
use crate::parse::tree::{Class, Field, Function, Key, Member, Part};
use rustc_hash::FxHashMap;

impl<'a> FunctionCompiler<'_, 'a> {
    pub fn class(&mut self, class: &'a Class<'a>, to: R) -> Compiled<()> {
        self.class_named(class, to, None)
    }

    /// A class; one without a name gets that of a computed key.
    pub fn class_named(&mut self, class: &'a Class<'a>, to: R, key: Option<R>) -> Compiled<()> {
        let mark = self.mark();
        self.open_scope(class.scope)?;
        let base = self.temps(2);
        let (prototype, constructor) = (base, base + 1);
        match class.parent {
            Some(parent) => self.expression(parent, base)?,
            None => {
                self.emit(Op::Hole { to: base });
            }
        }
        for private in class.private_names {
            let key = self.temp();
            let name = self.text(private.name, class.at)?;
            self.emit(Op::NewPrivateName { to: key, name });
            self.initialise(private.variable, key)?;
        }
        let brands = [(class.brand, false), (class.static_brand, true)];
        for (brand, _) in brands {
            if let Some(brand) = brand {
                let key = self.temp();
                let name = self.text(brand.name, class.at)?;
                self.emit(Op::NewPrivateName { to: key, name });
                self.initialise(brand, key)?;
            }
        }
        self.closure(class.constructor, constructor)?;
        let members = self.count_members(class.members);
        self.emit_at(class.at, Op::Class { base, members });
        if let (None, Some(key)) = (class.name, key) {
            self.emit(Op::SetFunctionName { function: constructor, key, prefix: 0 });
        }
        for member in class.members {
            let mark = self.mark();
            self.member(member, prototype, constructor)?;
            self.release(mark);
        }
        if let Some(own) = class.own_name {
            self.initialise(own, constructor)?;
        }
        self.fields(class, prototype, constructor)?;
        self.emit(Op::Move { to, from: constructor });
        self.close_scope(class.scope);
        self.release(mark);
        Ok(())
    }

    /// The members that V8's templates of a class have: each name once, as what it is at last.
    fn count_members(&self, members: &[Member<'a>]) -> Members {
        let mut named = FxHashMap::default();
        let mut counts = Members::default();
        for member in members {
            let Member::Method { key: Key::Name(name), is_static, part, .. } = member else {
                continue;
            };
            if self.names.index(*name).is_none() {
                named.insert((*name, *is_static), *part == Part::Value);
            }
        }
        for ((_, is_static), in_field) in named {
            let count = match (is_static, in_field) {
                (false, true) => &mut counts.fields,
                (false, false) => &mut counts.accessors,
                (true, true) => &mut counts.static_fields,
                (true, false) => &mut counts.static_accessors,
            };
            *count = count.saturating_add(1);
        }
        counts
    }

    /// Lets a method know its object, if it asks.
    pub fn set_home(&mut self, function: &Function<'_>, register: R, home: R) {
        if function.uses_super {
            self.emit(Op::SetHome { function: register, home });
        }
    }

    fn member(&mut self, member: &'a Member<'a>, prototype: R, class: R) -> Compiled<()> {
        match member {
            Member::Method { key, function, is_static, part } => {
                let object = if *is_static { class } else { prototype };
                let (register, from) = (self.temp(), self.temp());
                self.key(key, register)?;
                let prefix = match part {
                    Part::Value => 0,
                    Part::Getter => 1,
                    Part::Setter => 2,
                };
                self.member_closure(key, register, function, from, prefix)?;
                self.set_home(function, from, object);
                let key = register;
                self.emit_at(
                    function.at,
                    match part {
                        Part::Value => Op::DefineMethod { object, key, from },
                        Part::Getter => Op::DefineGetter { object, key, from, enumerable: false },
                        Part::Setter => Op::DefineSetter { object, key, from, enumerable: false },
                    },
                );
            }
            Member::PrivateMethod { variable, function, is_static } => {
                let object = if *is_static { class } else { prototype };
                let from = self.temp();
                self.closure(function, from)?;
                self.set_home(function, from, object);
                self.initialise(variable, from)?;
            }
            Member::FieldKey { variable, key } => {
                let register = self.temp();
                self.key(&Key::Computed(key), register)?;
                self.initialise(variable, register)?;
            }
        }
        Ok(())
    }

    /// The functions that define fields, and the marks of those with private methods.
    fn fields(&mut self, class: &'a Class<'a>, prototype: R, constructor: R) -> Compiled<()> {
        if class.fields.is_some() || class.brand.is_some() {
            let from = self.temp();
            match class.fields {
                Some(fields) => {
                    self.closure(fields, from)?;
                    self.set_home(fields, from, prototype);
                }
                None => {
                    self.emit(Op::Undefined { to: from });
                }
            }
            if let Some(brand) = class.brand {
                // The mark comes before the first field.
                let key = self.temp();
                self.load_variable(brand, key)?;
                self.emit(Op::SetBrand { class: constructor, key });
            }
            self.emit(Op::SetFields { class: constructor, from });
        }
        if let Some(brand) = class.static_brand {
            let key = self.temp();
            self.load_variable(brand, key)?;
            let (object, from) = (constructor, constructor);
            self.emit(Op::DefinePrivate { object, key, from });
        }
        if let Some(fields) = class.static_fields {
            let base = self.temps(2);
            self.closure(fields, base)?;
            self.set_home(fields, base, constructor);
            self.emit(Op::Move { to: base + 1, from: constructor });
            let result = self.temp();
            self.emit_at(class.at, Op::Call { to: result, base, count: 0 });
        }
        Ok(())
    }

    /// A field of an initialiser's function.
    pub fn field(&mut self, field: &'a Field<'a>) -> Compiled<()> {
        let mark = self.mark();
        let value = |this: &mut Self, value: Option<crate::parse::tree::Node<'a>>| match value {
            Some(value) => this.operand(value),
            None => {
                let to = this.temp();
                this.emit(Op::Undefined { to });
                Ok(to)
            }
        };
        let at = self.function.at;
        match field {
            Field::Named { name, value: given } => {
                let from = value(self, *given)?;
                if self.names.index(*name).is_some() {
                    let key = self.temp();
                    self.key(&Key::Name(*name), key)?;
                    self.emit_at(at, Op::DefineKeyed { object: THIS, key, from });
                } else {
                    let site = self.site(*name, at)?;
                    self.emit_at(at, Op::DefineNamed { object: THIS, site, from });
                }
            }
            Field::Computed { key: variable, value: given } => {
                let key = self.temp();
                self.load_variable(variable, key)?;
                let from = match given {
                    Some(value) => self.named_by(key, value)?,
                    None => value(self, None)?,
                };
                self.emit_at(at, Op::DefineKeyed { object: THIS, key, from });
            }
            Field::Private { name, value: given } => {
                let key = self.temp();
                self.load_variable(name, key)?;
                let from = value(self, *given)?;
                self.emit_at(at, Op::DefinePrivate { object: THIS, key, from });
            }
            Field::Block(function) => {
                let base = self.temps(2);
                self.expression(function, base)?;
                self.emit(Op::Move { to: base + 1, from: THIS });
                let to = self.temp();
                self.emit_at(at, Op::Call { to, base, count: 0 });
            }
        }
        self.release(mark);
        Ok(())
    }
}
