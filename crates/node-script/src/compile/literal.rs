//! Array and object literals.

use super::call::is_quiet;
use super::code::{Constant, Literal};
use super::function::{Compiled, FunctionCompiler};
use super::op::{Op, R};
use crate::parse::names::Name;
use crate::parse::tree::{At, Element, Function, Key, Kind, Node, Property};

/// A constant, or a variable.
fn is_plain(node: Node<'_>) -> bool {
    matches!(
        node.kind,
        Kind::Undefined
            | Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::String(_)
            | Kind::Name(_)
            | Kind::This(_)
    )
}

/// The elements of a literal, if they are few values that are had without a call.
fn few_quiet<'a>(elements: &'a [Element<'a>]) -> Option<Vec<Node<'a>>> {
    const MOST: usize = 16;
    if !(1..=MOST).contains(&elements.len()) {
        return None;
    }
    let quiet = |element: &'a Element<'a>| match element {
        Element::Item(value) if is_quiet(value) => Some(*value),
        _ => None,
    };
    elements.iter().map(quiet).collect()
}

impl<'a> FunctionCompiler<'_, 'a> {
    pub fn array(&mut self, at: At, elements: &'a [Element<'a>], to: R) -> Compiled<()> {
        self.list(at, elements, to, |this, value| this.spell_iterated(value))
    }

    /// The arguments of a call, among which some are spread. V8 passes a single one at the end on as it is, and says so
    /// (the dots are for the interpreter); others it makes an array of, and forgets their text.
    pub fn spread_arguments(&mut self, at: At, elements: &'a [Element<'a>], to: R) -> Compiled<()> {
        let first = elements.iter().position(|element| matches!(element, Element::Spread(_)));
        let passes_on = first.is_some_and(|first| first + 1 == elements.len());
        self.list(at, elements, to, |this, value| {
            passes_on.then(|| format!("...{}", this.spell(value).unwrap_or_default()))
        })
    }

    fn list(
        &mut self,
        at: At,
        elements: &'a [Element<'a>],
        to: R,
        spell: impl Fn(&Self, Node<'a>) -> Option<String>,
    ) -> Compiled<()> {
        if let Some(literals) = self.literals(elements) {
            let constant = self.constant(Constant::Array(literals.into()), at)?;
            self.emit(Op::ArrayLiteral { to, constant });
            return Ok(());
        }
        if let Some(values) = few_quiet(elements) {
            return self.array_of(&values, to);
        }
        let mark = self.mark();
        // The array may not lie where one of its elements is read from.
        let array = self.temp();
        let before = elements.iter().position(|element| matches!(element, Element::Spread(_)));
        let length = before.unwrap_or(elements.len()).min(usize::from(u16::MAX)) as u16;
        self.emit(Op::Array { to: array, length });
        for element in elements {
            let mark = self.mark();
            match element {
                Element::Hole => {
                    self.emit(Op::PushHole { array });
                }
                Element::Item(value) => {
                    let from = self.operand(value)?;
                    self.emit(Op::Push { array, from });
                }
                Element::Spread(value) => {
                    let from = self.operand(value)?;
                    let op = self.emit_at(value.at, Op::PushAll { array, from });
                    let spelled = spell(self, value);
                    self.note_callee(op, spelled);
                }
            }
            self.release(mark);
        }
        self.emit(Op::Move { to, from: array });
        self.release(mark);
        Ok(())
    }

    /// An array of values that are had without a call: it does not matter then whether it is made before them.
    fn array_of(&mut self, values: &[Node<'a>], to: R) -> Compiled<()> {
        let mark = self.mark();
        let first = self.temps(values.len());
        for (number, value) in values.iter().enumerate() {
            self.expression(value, first + number as R)?;
        }
        self.emit(Op::ArrayOf { count: values.len() as u8, to, first });
        self.release(mark);
        Ok(())
    }

    /// The elements of an array of constants.
    fn literals(&self, elements: &'a [Element<'a>]) -> Option<Vec<Literal>> {
        if elements.is_empty() {
            return None;
        }
        let mut literals = Vec::with_capacity(elements.len());
        for element in elements {
            literals.push(match element {
                Element::Hole => Literal::Hole,
                Element::Spread(_) => return None,
                Element::Item(value) => match &value.kind {
                    Kind::Undefined => Literal::Undefined,
                    Kind::Null => Literal::Null,
                    Kind::Bool(value) => Literal::Bool(*value),
                    Kind::Number(number) => Literal::Number(*number),
                    Kind::String(name) => Literal::Text(self.names.units(*name).into()),
                    _ => return None,
                },
            });
        }
        Some(literals)
    }

    pub fn object(&mut self, properties: &'a [Property<'a>], to: R) -> Compiled<()> {
        if let Some(fields) = self.plain_fields(properties) {
            return self.object_of(&fields, to);
        }
        let mark = self.mark();
        let object = self.temp();
        // V8: a literal has room for its properties but elements (`ObjectBoilerplateDescription`), an empty one for four.
        let named = properties.iter().filter(|property| match property {
            Property::Value { key, .. }
            | Property::Method { key, .. }
            | Property::Getter { key, .. }
            | Property::Setter { key, .. } => {
                !matches!(key, Key::Name(name) if self.names.index(*name).is_some())
            }
            Property::Prototype(_) => false,
            Property::Spread(_) => true,
        });
        let fields = named.count();
        let fields = if properties.is_empty() { 4 } else { fields.min(252) } as u16;
        self.emit(Op::Object { to: object, fields });
        for property in properties {
            let mark = self.mark();
            self.property(property, object)?;
            self.release(mark);
        }
        self.emit(Op::Move { to, from: object });
        self.release(mark);
        Ok(())
    }

    /// The properties of a literal, if each has a name of its own, and a value that is had without an allocation or a call: it
    /// does not matter then whether the object is made before its values.
    fn plain_fields(&self, properties: &'a [Property<'a>]) -> Option<Vec<(Name, Node<'a>)>> {
        /// More are looked at one by one.
        const MOST: usize = 32;
        let mut fields: Vec<(Name, Node<'a>)> = Vec::new();
        for property in properties {
            let Property::Value { key: Key::Name(name), value } = property else { return None };
            let known = fields.iter().any(|(known, _)| known == name);
            if known || self.names.index(*name).is_some() || !is_plain(value) {
                return None;
            }
            fields.push((*name, value));
        }
        (1..=MOST).contains(&fields.len()).then_some(fields)
    }

    fn object_of(&mut self, fields: &[(Name, Node<'a>)], to: R) -> Compiled<()> {
        let mark = self.mark();
        let object = self.temp();
        let values = self.temps(fields.len());
        for (number, (_, value)) in fields.iter().enumerate() {
            self.expression(value, values + number as R)?;
        }
        // One behind the other.
        let mut sites = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            sites.push((self.site(*name, value.at)?, value.at));
        }
        if let Some((site, at)) = sites.first().copied() {
            self.emit_at(at, Op::ObjectOf { count: fields.len() as u8, object, site });
        }
        self.emit(Op::Move { to, from: object });
        self.release(mark);
        Ok(())
    }

    fn property(&mut self, property: &'a Property<'a>, object: R) -> Compiled<()> {
        match property {
            Property::Value { key: Key::Name(name), value }
                if self.names.index(*name).is_none() =>
            {
                let from = self.operand(value)?;
                let site = self.site(*name, value.at)?;
                self.emit_at(value.at, Op::DefineNamed { object, site, from });
            }
            Property::Value { key, value } => {
                let register = self.temp();
                self.key(key, register)?;
                let from = match key {
                    Key::Computed(_) => self.named_by(register, value)?,
                    Key::Name(_) => self.operand(value)?,
                };
                self.emit_at(value.at, Op::DefineKeyed { object, key: register, from });
            }
            Property::Prototype(value) => {
                let from = self.operand(value)?;
                self.emit(Op::SetPrototype { object, from });
            }
            Property::Spread(value) => {
                let from = self.operand(value)?;
                self.emit_at(value.at, Op::CopyProperties { to: object, from, except: 0 });
            }
            Property::Method { key, function } => {
                let (register, from) = (self.temp(), self.temp());
                self.key(key, register)?;
                self.member_closure(key, register, function, from, 0)?;
                self.set_home(function, from, object);
                match key {
                    Key::Name(name) if self.names.index(*name).is_none() => {
                        let site = self.site(*name, function.at)?;
                        self.emit_at(function.at, Op::DefineNamed { object, site, from });
                    }
                    _ => {
                        let op = Op::DefineKeyed { object, key: register, from };
                        self.emit_at(function.at, op);
                    }
                }
            }
            Property::Getter { key, function } | Property::Setter { key, function } => {
                let (register, from) = (self.temp(), self.temp());
                self.key(key, register)?;
                let getter = matches!(property, Property::Getter { .. });
                self.member_closure(key, register, function, from, if getter { 1 } else { 2 })?;
                self.set_home(function, from, object);
                let key = register;
                self.emit_at(
                    function.at,
                    match getter {
                        true => Op::DefineGetter { object, key, from, enumerable: true },
                        false => Op::DefineSetter { object, key, from, enumerable: true },
                    },
                );
            }
        }
        Ok(())
    }

    /// The value of a property with a computed key, whose name a function or class without one gets.
    pub fn named_by(&mut self, key: R, value: Node<'a>) -> Compiled<R> {
        if let Kind::Class(class) = value.kind {
            let to = self.temp();
            self.class_named(class, to, Some(key))?;
            return Ok(to);
        }
        let from = self.operand(value)?;
        if let Kind::Function(function) = value.kind
            && function.name.is_none()
        {
            self.emit(Op::SetFunctionName { function: from, key, prefix: 0 });
        }
        Ok(from)
    }

    /// The function of a member, with the name that its key gives it: with prefix 1 a getter's, with 2 a setter's.
    pub fn member_closure(
        &mut self,
        key: &Key<'a>,
        register: R,
        function: &'a Function<'a>,
        to: R,
        prefix: u8,
    ) -> Compiled<()> {
        let word = ["", "get ", "set "][usize::from(prefix)];
        if prefix > 0 && function.name.is_some() && matches!(key, Key::Name(_)) {
            return self.closure_named(function, to, word);
        }
        self.closure(function, to)?;
        if prefix > 0 || matches!(key, Key::Computed(_)) {
            self.emit(Op::SetFunctionName { function: to, key: register, prefix });
        }
        Ok(())
    }
}
