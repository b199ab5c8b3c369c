//! Classes: their scope, their private names, and the hidden functions that define fields.

use super::context::{ClassNames, Kinds};
use super::expression::method_kind;
use super::function::{Parts, parts};
use super::{Lower, Lowered, at, start};
use crate::parse::OuterClass;
use crate::parse::error::ParseError;
use crate::parse::names::Name;
use crate::parse::scope::{BindingKind, ScopeKind};
use crate::parse::tree::{
    At, Body, Class, Element, Field, FunctionKind, Kind, Member, Part, PrivateKind, PrivateName,
};
use boa_ast::expression::{Expression, Identifier};
use boa_ast::function::{
    ClassDeclaration, ClassElement, ClassElementName, ClassExpression, FunctionExpression,
};
use boa_ast::property::{MethodDefinitionKind, PropertyName};
use boa_ast::{Span, Spanned};
use boa_interner::Sym;

/// How the variables of a class's scope are named that stand for private names: `#name` of a field, `#name.method`,
/// `#name.get`, `#name.static.set` of others. Text that a direct `eval` evaluates finds them by these names.
const METHOD: &str = "method";
const GETTER: &str = "get";
const SETTER: &str = "set";
const STATIC: &str = "static.";
/// And its marks, with the number of the class behind.
const BRAND: &str = ".brand";
const STATIC_BRAND: &str = ".static-brand";

/// A class of the parser's tree.
struct ClassParts<'p> {
    name: Option<Identifier>,
    named_inside: bool,
    parent: Option<&'p Expression>,
    constructor: Option<&'p FunctionExpression>,
    elements: &'p [ClassElement],
    at: At,
    text: (u32, u32),
}

impl<'a> Lower<'a> {
    pub(super) fn class_declaration(&mut self, class: &ClassDeclaration) -> Lowered<&'a Class<'a>> {
        let name = class.name();
        let place = at(&name);
        let text = self.declared_text(place, class);
        self.class(&ClassParts {
            name: Some(name),
            named_inside: true,
            parent: class.super_ref(),
            constructor: class.constructor(),
            elements: class.elements(),
            at: place,
            text,
        })
    }

    pub(super) fn class_expression(&mut self, class: &ClassExpression) -> Lowered<&'a Class<'a>> {
        let place = start(class.span());
        let from = self.offset(place);
        let before = class.super_ref().map_or(from, |parent| self.end_of(parent.span()));
        let end = self.class_end(before, class.elements(), class.constructor());
        let text = (from, end);
        self.class(&ClassParts {
            name: class.name(),
            named_inside: class.name_scope().is_some(),
            parent: class.super_ref(),
            constructor: class.constructor(),
            elements: class.elements(),
            at: place,
            text,
        })
    }

    /// The text of a class declaration, whose place the parser does not keep: from the word `class` before its name.
    fn declared_text(&self, name: At, class: &ClassDeclaration) -> (u32, u32) {
        let name = self.offset(name) as usize;
        let word: Vec<u16> = "class".encode_utf16().collect();
        let before = self.text.get(..name).unwrap_or_default();
        let start = before.windows(word.len()).rposition(|window| window == word).unwrap_or(name);
        let parent = class.super_ref().map_or(name as u32, |parent| self.end_of(parent.span()));
        (start as u32, self.class_end(parent, class.elements(), class.constructor()))
    }

    pub(super) fn end_of(&self, span: Span) -> u32 {
        let end = span.end();
        self.offset(At { line: end.line_number(), column: end.column_number() })
    }

    /// Where a class ends: behind the first brace that closes behind its last element, or behind its head.
    fn class_end(
        &self,
        head: u32,
        elements: &[ClassElement],
        constructor: Option<&FunctionExpression>,
    ) -> u32 {
        let ends = elements.iter().filter_map(|element| match element {
            ClassElement::MethodDefinition(method) => Some(method.linear_span().end().pos()),
            ClassElement::FieldDefinition(field) | ClassElement::StaticFieldDefinition(field) => {
                field.initializer().map(|value| self.end_of(value.span()) as usize)
            }
            ClassElement::PrivateFieldDefinition(field)
            | ClassElement::PrivateStaticFieldDefinition(field) => {
                field.initializer().map(|value| self.end_of(value.span()) as usize)
            }
            ClassElement::StaticBlock(block) => Some(block.statements().linear_pos_end().pos()),
        });
        let own = constructor.and_then(FunctionExpression::linear_span);
        let last = ends.chain(own.map(|span| span.end().pos())).max().unwrap_or(0);
        let mut at = last.max(head as usize);
        while let Some(unit) = self.text.get(at) {
            let next = self.text.get(at + 1).copied().unwrap_or(0);
            match (u8::try_from(*unit), u8::try_from(next)) {
                (Ok(b'}'), _) => return at as u32 + 1,
                (Ok(b'/'), Ok(b'*')) => at = self.comment_end(at + 2, &[42, 47]),
                (Ok(b'/'), Ok(b'/')) => at = self.comment_end(at + 2, &[10]),
                _ => at += 1,
            }
        }
        at as u32
    }

    /// Behind the end of a comment.
    pub(super) fn comment_end(&self, from: usize, end: &[u16]) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        let found = rest.windows(end.len()).position(|window| window == end);
        found.map_or(self.text.len(), |place| from + place + end.len())
    }

    fn class(&mut self, parts: &ClassParts<'_>) -> Lowered<&'a Class<'a>> {
        self.class_count += 1;
        let number = self.class_count;
        let brand = self.names.of(&format!("{BRAND}{number}"));
        let static_brand = self.names.of(&format!("{STATIC_BRAND}{number}"));
        let names = private_names(parts.elements);
        let outer_strict =
            self.functions.last_mut().map(|function| std::mem::replace(&mut function.strict, true));
        let class = self.inside(ScopeKind::Class, |this, scope| {
            this.scopes.get_mut(scope).becomes_strict = outer_strict == Some(false);
            let own_name = match parts.name {
                Some(name) if parts.named_inside => {
                    let name = Name(name.sym());
                    this.scopes.declare(scope, name, BindingKind::Const, At::NEVER);
                    Some(this.use_name(name, At::NEVER))
                }
                _ => None,
            };
            this.classes.push(ClassNames { brand, static_brand, names: names.clone() });
            let mut private_names = Vec::new();
            let (mut branded, mut static_branded) = (false, false);
            for (name, kinds) in &names {
                let field = kinds.field;
                branded |= !field && !kinds.is_static;
                static_branded |= !field && kinds.is_static;
                if field {
                    let variable = this.private_part(*name, false, "");
                    this.scopes.declare(scope, variable, BindingKind::Hidden, At::default());
                    let variable = this.use_name(variable, At::NEVER);
                    let name = Name(*name);
                    private_names.push(PrivateName { name, variable, is_field: true });
                }
            }
            let hidden = |this: &mut Self, wanted: bool, name: Name| {
                wanted.then(|| {
                    this.scopes.declare(scope, name, BindingKind::Hidden, At::default());
                    this.use_name(name, At::NEVER)
                })
            };
            let brand = hidden(this, branded, brand);
            let static_brand = hidden(this, static_branded, static_brand);
            let parent = parts.parent.map(|parent| this.expression(parent)).transpose()?;
            let constructor = this.constructor(parts)?;
            let members = this.members(parts.elements)?;
            let fields = this.fields(parts.elements, false, parts.at)?;
            let static_fields = this.fields(parts.elements, true, parts.at)?;
            this.classes.pop();
            let own = match fields.map(|fields| &fields.body) {
                Some(Body::Fields(fields)) => fields.len() as u16,
                _ => 0,
            };
            let assigned = constructor.assigned.get();
            constructor.assigned.set(assigned + own + u16::from(branded));
            Ok(&*this.arena.alloc(Class {
                at: parts.at,
                name: parts.name.map(|name| Name(name.sym())),
                scope,
                own_name,
                parent,
                constructor,
                members,
                private_names: this.list(private_names),
                fields,
                static_fields,
                brand,
                static_brand,
                text: parts.text,
            }))
        })?;
        if let (Some(strict), Some(function)) = (outer_strict, self.functions.last_mut()) {
            function.strict = strict;
        }
        Ok(class)
    }

    fn constructor(
        &mut self,
        class: &ClassParts<'_>,
    ) -> Lowered<&'a crate::parse::tree::Function<'a>> {
        let derived = class.parent.is_some();
        let kind =
            if derived { FunctionKind::DerivedConstructor } else { FunctionKind::BaseConstructor };
        if let Some(f) = class.constructor {
            let mut parts = parts!(f, kind, false, false, class.name, false, class.at);
            parts.class_text = Some(class.text);
            return self.function(&parts);
        }
        let name = class.name.map(|name| Name(name.sym()));
        self.hidden_function(kind, name, class.at, class.text, |this| {
            if !derived {
                return Ok(Body::Statements(&[]));
            }
            // constructor(...arguments) { super(...arguments); }
            let hidden = this.scopes.hidden;
            let arguments = this.use_name(hidden.arguments, class.at);
            let arguments = this.node(class.at, Kind::Name(arguments));
            let call = Kind::SuperCall {
                callee: this.use_name(hidden.callee, class.at),
                new_target: this.use_name(hidden.new_target, class.at),
                this: this.use_name(hidden.this, At::NEVER),
                arguments: this.list(vec![Element::Spread(arguments)]),
            };
            let call = this.node(class.at, call);
            let body = vec![crate::parse::tree::Statement::Expression(call)];
            Ok(Body::Statements(this.list(body)))
        })
    }

    fn members(&mut self, elements: &[ClassElement]) -> Lowered<&'a [Member<'a>]> {
        let mut members = Vec::new();
        let mut computed = 0;
        for element in elements {
            match element {
                ClassElement::MethodDefinition(m) => {
                    let (is_async, is_generator) = method_kind(m.kind());
                    let part = match m.kind() {
                        MethodDefinitionKind::Get => Part::Getter,
                        MethodDefinitionKind::Set => Part::Setter,
                        _ => Part::Value,
                    };
                    let kind = match part {
                        Part::Value => FunctionKind::Method,
                        _ => FunctionKind::Accessor,
                    };
                    let is_static = m.is_static();
                    match m.name() {
                        ClassElementName::PropertyName(name) => {
                            let key = self.key(name)?;
                            let name = name.literal();
                            let place = name.as_ref().map_or(At::default(), at);
                            let parts = parts!(m, kind, is_async, is_generator, name, false, place);
                            let function = self.function(&parts)?;
                            members.push(Member::Method { key, function, is_static, part });
                        }
                        ClassElementName::PrivateName(name) => {
                            let spelled = self.private_part(name.description(), false, "");
                            let place = at(name);
                            let shown = Identifier::new(spelled.0, name.span());
                            let parts =
                                parts!(m, kind, is_async, is_generator, Some(shown), false, place);
                            let function = self.function(&parts)?;
                            let what = match part {
                                Part::Value => METHOD,
                                Part::Getter => GETTER,
                                Part::Setter => SETTER,
                            };
                            let name = name.description();
                            let variable = self.private_part(name, is_static, what);
                            let kind = BindingKind::Hidden;
                            self.scopes.declare(self.scope, variable, kind, At::default());
                            let variable = self.use_name(variable, At::NEVER);
                            members.push(Member::PrivateMethod { variable, function, is_static });
                        }
                    }
                }
                ClassElement::FieldDefinition(field)
                | ClassElement::StaticFieldDefinition(field) => {
                    if let PropertyName::Computed(key) = field.name() {
                        let key = self.expression(key)?;
                        let name = self.names.of(&format!(".field{computed}"));
                        computed += 1;
                        let kind = BindingKind::Hidden;
                        self.scopes.declare(self.scope, name, kind, At::default());
                        let variable = self.use_name(name, At::NEVER);
                        members.push(Member::FieldKey { variable, key });
                    }
                }
                _ => {}
            }
        }
        Ok(self.list(members))
    }

    /// The function that defines the fields of an instance, or of the class itself.
    fn fields(
        &mut self,
        elements: &[ClassElement],
        is_static: bool,
        place: At,
    ) -> Lowered<Option<&'a crate::parse::tree::Function<'a>>> {
        let wanted = |element: &ClassElement| match element {
            ClassElement::FieldDefinition(_) | ClassElement::PrivateFieldDefinition(_) => {
                !is_static
            }
            ClassElement::StaticFieldDefinition(_)
            | ClassElement::PrivateStaticFieldDefinition(_)
            | ClassElement::StaticBlock(_) => is_static,
            ClassElement::MethodDefinition(_) => false,
        };
        if !elements.iter().any(wanted) {
            return Ok(None);
        }
        let name = match is_static {
            true => self.names.of("<static_initializer>"),
            false => self.names.of("<instance_members_initializer>"),
        };
        let kind = FunctionKind::Initialiser;
        let function = self.hidden_function(kind, Some(name), place, (0, 0), |this| {
            let mut fields = Vec::new();
            let mut computed = 0;
            for element in elements {
                let is_wanted = wanted(element);
                match element {
                    ClassElement::FieldDefinition(field)
                    | ClassElement::StaticFieldDefinition(field) => {
                        let number = computed;
                        computed += i32::from(field.name().computed().is_some());
                        if !is_wanted {
                            continue;
                        }
                        let value =
                            field.initializer().map(|value| this.expression(value)).transpose()?;
                        fields.push(match field.name() {
                            PropertyName::Literal(name) => {
                                Field::Named { name: Name(name.sym()), value }
                            }
                            PropertyName::Computed(_) => {
                                let name = this.names.of(&format!(".field{number}"));
                                Field::Computed { key: this.use_name(name, At::NEVER), value }
                            }
                        });
                    }
                    ClassElement::PrivateFieldDefinition(field)
                    | ClassElement::PrivateStaticFieldDefinition(field)
                        if is_wanted =>
                    {
                        let value =
                            field.initializer().map(|value| this.expression(value)).transpose()?;
                        let variable = this.private_part(field.name().description(), false, "");
                        let name = this.use_name(variable, At::NEVER);
                        fields.push(Field::Private { name, value });
                    }
                    ClassElement::StaticBlock(block) if is_wanted => {
                        let arrow = FunctionKind::Arrow;
                        let function =
                            this.hidden_function(arrow, None, place, (0, 0), |this| {
                                let body = this.statements(block.statements().statements())?;
                                Ok(Body::Statements(body))
                            })?;
                        fields.push(Field::Block(this.node(place, Kind::Function(function))));
                    }
                    _ => {}
                }
            }
            Ok(Body::Fields(this.list(fields)))
        })?;
        Ok(Some(function))
    }

    /// The variable of a class's scope that stands for a private field, or for a method or a part of an accessor.
    fn private_part(&mut self, name: Sym, is_static: bool, part: &str) -> Name {
        let text = self.names.text(Name(name));
        self.names.of(&match (part, is_static) {
            ("", _) => format!("#{text}"),
            (part, false) => format!("#{text}.{part}"),
            (part, true) => format!("#{text}.{STATIC}{part}"),
        })
    }

    /// Adds the private names of a class around the text.
    pub(in crate::parse) fn add_outer_class(&mut self, class: &OuterClass) {
        let (mut brand, mut static_brand) = (None, None);
        let mut names: Vec<(Sym, Kinds)> = Vec::new();
        for variable in &class.variables {
            let text = String::from_utf16_lossy(variable);
            if let Some(private) = text.strip_prefix('#') {
                let (name, suffix) = private.split_once('.').unwrap_or((private, ""));
                let is_static = suffix.starts_with(STATIC);
                let suffix = suffix.strip_prefix(STATIC).unwrap_or(suffix);
                let kinds = Kinds {
                    is_static,
                    field: suffix.is_empty(),
                    method: suffix == METHOD,
                    getter: suffix == GETTER,
                    setter: suffix == SETTER,
                };
                add_private(&mut names, self.names.of(name).0, kinds);
                continue;
            }
            let (is_brand, of) = match text.strip_prefix(STATIC_BRAND) {
                Some(number) => (&mut static_brand, number),
                None => (&mut brand, text.strip_prefix(BRAND).unwrap_or_default()),
            };
            // The text's own classes have other numbers.
            if let Ok(number) = of.parse::<u32>() {
                self.class_count = self.class_count.max(number);
                *is_brand = Some(self.names.of(&text));
            }
        }
        let none = Name(Sym::EMPTY_STRING);
        let (brand, static_brand) = (brand.unwrap_or(none), static_brand.unwrap_or(none));
        self.classes.push(ClassNames { brand, static_brand, names });
    }

    pub(super) fn private_kind(&mut self, name: Sym, place: At) -> Lowered<PrivateKind<'a>> {
        let found = self.classes.iter().rev().find_map(|class| {
            let kinds = class.names.iter().find(|(known, _)| *known == name)?.1;
            Some((kinds, if kinds.is_static { class.static_brand } else { class.brand }))
        });
        let Some((kinds, brand)) = found else {
            let text = self.names.text(Name(name));
            let message = format!("Private field '#{text}' must be declared in an enclosing class");
            return Err(ParseError::new(message, place));
        };
        let part = |this: &mut Self, wanted: bool, part: &str| {
            wanted.then(|| {
                let variable = this.private_part(name, kinds.is_static, part);
                this.use_name(variable, At::NEVER)
            })
        };
        if let Some(field) = part(self, kinds.field, "") {
            return Ok(PrivateKind::Field(field));
        }
        let method = part(self, kinds.method, METHOD);
        let getter = part(self, kinds.getter, GETTER);
        let setter = part(self, kinds.setter, SETTER);
        let brand = self.use_name(brand, At::NEVER);
        Ok(match method {
            Some(method) => PrivateKind::Method { brand, method },
            None => PrivateKind::Accessor { brand, getter, setter },
        })
    }
}

/// Adds a private name, or another part of one that is there.
fn add_private(names: &mut Vec<(Sym, Kinds)>, name: Sym, kinds: Kinds) {
    match names.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => {
            known.getter |= kinds.getter;
            known.setter |= kinds.setter;
        }
        None => names.push((name, kinds)),
    }
}

/// The private names that a class declares, in the order of the source.
fn private_names(elements: &[ClassElement]) -> Vec<(Sym, Kinds)> {
    let mut names: Vec<(Sym, Kinds)> = Vec::new();
    let mut add = |name: Sym, kinds: Kinds| add_private(&mut names, name, kinds);
    for element in elements {
        match element {
            ClassElement::PrivateFieldDefinition(field) => {
                add(field.name().description(), Kinds { field: true, ..Kinds::default() });
            }
            ClassElement::PrivateStaticFieldDefinition(field) => {
                let kinds = Kinds { field: true, is_static: true, ..Kinds::default() };
                add(field.name().description(), kinds);
            }
            ClassElement::MethodDefinition(m) => {
                if let ClassElementName::PrivateName(name) = m.name() {
                    let getter = m.kind() == MethodDefinitionKind::Get;
                    let setter = m.kind() == MethodDefinitionKind::Set;
                    let method = !getter && !setter;
                    let is_static = m.is_static();
                    let kinds = Kinds { is_static, field: false, method, getter, setter };
                    add(name.description(), kinds);
                }
            }
            _ => {}
        }
    }
    names
}
