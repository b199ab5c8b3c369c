//! What is assigned to: names, members and patterns.

use super::{Lower, Lowered, at, start};
use crate::parse::error::ParseError;
use crate::parse::tree::{At, Key, Pattern, PatternElement, PatternProperty, Target};
use boa_ast::declaration::Binding;
use boa_ast::expression::Expression;
use boa_ast::expression::access::PropertyAccess;
use boa_ast::expression::operator::assign::AssignTarget;
use boa_ast::pattern::{ArrayPatternElement, ObjectPatternElement, Pattern as ParserPattern};
use boa_ast::property::PropertyName;
use boa_ast::{Span, Spanned};
use boa_interner::Sym;

impl<'a> Lower<'a> {
    pub(super) fn binding_target(&mut self, binding: &Binding) -> Lowered<Target<'a>> {
        match binding {
            Binding::Identifier(name) => Ok(Target::Name(self.bound(name))),
            Binding::Pattern(pattern) => self.pattern_target(pattern),
        }
    }

    pub(super) fn assign_target(&mut self, target: &AssignTarget) -> Lowered<Target<'a>> {
        match target {
            AssignTarget::Identifier(name) => Ok(Target::Name(self.identifier(name))),
            AssignTarget::Access(access) => self.member_target(access),
            AssignTarget::Pattern(pattern) => self.pattern_target(pattern),
        }
    }

    pub(super) fn member_target(&mut self, access: &PropertyAccess) -> Lowered<Target<'a>> {
        Ok(Target::Member(self.access(access)?))
    }

    pub(super) fn pattern_target(&mut self, pattern: &ParserPattern) -> Lowered<Target<'a>> {
        let at = start(pattern.span());
        let pattern = match pattern {
            ParserPattern::Object(object) => {
                let (mut properties, mut rest) = (Vec::new(), None);
                for element in object.bindings() {
                    match element {
                        ObjectPatternElement::SingleName { name, ident, default_init } => {
                            let key = self.key(name)?;
                            let target = Target::Name(self.bound(ident));
                            properties.push(self.property(key, target, default_init.as_ref())?);
                        }
                        ObjectPatternElement::RestProperty { ident } => {
                            self.check_last(ident.span(), at)?;
                            rest = Some(Target::Name(self.bound(ident)));
                        }
                        ObjectPatternElement::AssignmentPropertyAccess {
                            name,
                            access,
                            default_init,
                        } => {
                            let key = self.key(name)?;
                            let target = self.member_target(access)?;
                            properties.push(self.property(key, target, default_init.as_ref())?);
                        }
                        ObjectPatternElement::AssignmentRestPropertyAccess { access } => {
                            self.check_last(access.span(), at)?;
                            rest = Some(self.member_target(access)?);
                        }
                        ObjectPatternElement::Pattern { name, pattern, default_init } => {
                            let key = self.key(name)?;
                            let target = self.pattern_target(pattern)?;
                            properties.push(self.property(key, target, default_init.as_ref())?);
                        }
                    }
                }
                Pattern::Object { at, properties: self.list(properties), rest }
            }
            ParserPattern::Array(array) => {
                let (mut elements, mut rest) = (Vec::new(), None);
                for element in array.bindings() {
                    match element {
                        ArrayPatternElement::Elision => elements.push(None),
                        ArrayPatternElement::SingleName { ident, default_init } => {
                            let target = Target::Name(self.bound(ident));
                            elements.push(Some(self.element(target, default_init.as_ref())?));
                        }
                        ArrayPatternElement::PropertyAccess { access, default_init } => {
                            let target = self.member_target(access)?;
                            elements.push(Some(self.element(target, default_init.as_ref())?));
                        }
                        ArrayPatternElement::Pattern { pattern, default_init } => {
                            let target = self.pattern_target(pattern)?;
                            elements.push(Some(self.element(target, default_init.as_ref())?));
                        }
                        ArrayPatternElement::SingleNameRest { ident } => {
                            rest = Some(Target::Name(self.bound(ident)));
                        }
                        ArrayPatternElement::PropertyAccessRest { access } => {
                            rest = Some(self.member_target(access)?);
                        }
                        ArrayPatternElement::PatternRest { pattern } => {
                            rest = Some(self.pattern_target(pattern)?);
                        }
                    }
                }
                Pattern::Array { at, elements: self.list(elements), rest }
            }
        };
        Ok(Target::Pattern(self.arena.alloc(pattern)))
    }

    /// Refuses a comma behind the rest of an object pattern, which the parser takes as in a literal.
    fn check_last(&self, rest: Span, pattern: At) -> Lowered<()> {
        let mut at = self.end_of(rest) as usize;
        loop {
            let next = self.text.get(at + 1).copied().unwrap_or(0);
            match self.text.get(at).map(|unit| (u8::try_from(*unit), u8::try_from(next))) {
                Some((Ok(b','), _)) => {
                    return Err(ParseError::new("Rest element must be last element", pattern));
                }
                Some((Ok(b'/'), Ok(b'*'))) => at = self.comment_end(at + 2, &[42, 47]),
                Some((Ok(b'/'), Ok(b'/'))) => at = self.comment_end(at + 2, &[10]),
                Some((Ok(b'}'), _)) | None => return Ok(()),
                Some(_) => at += 1,
            }
        }
    }

    fn property(
        &mut self,
        key: Key<'a>,
        target: Target<'a>,
        default: Option<&Expression>,
    ) -> Lowered<PatternProperty<'a>> {
        Ok(PatternProperty { key, element: self.element(target, default)? })
    }

    fn element(
        &mut self,
        target: Target<'a>,
        default: Option<&Expression>,
    ) -> Lowered<PatternElement<'a>> {
        let default = default.map(|value| self.expression(value)).transpose()?;
        Ok(PatternElement { target, default })
    }

    pub(super) fn key(&mut self, name: &PropertyName) -> Lowered<Key<'a>> {
        Ok(match name {
            PropertyName::Literal(name) => Key::Name(crate::parse::names::Name(name.sym())),
            PropertyName::Computed(value) => Key::Computed(self.expression(value)?),
        })
    }

    /// Calls `f` with each name that a binding binds.
    pub(super) fn each_name(&mut self, binding: &Binding, f: &mut impl FnMut(&mut Self, Sym, At)) {
        match binding {
            Binding::Identifier(name) => f(self, name.sym(), at(name)),
            Binding::Pattern(pattern) => self.each_pattern_name(pattern, f),
        }
    }

    fn each_pattern_name(
        &mut self,
        pattern: &ParserPattern,
        f: &mut impl FnMut(&mut Self, Sym, At),
    ) {
        match pattern {
            ParserPattern::Object(object) => {
                for element in object.bindings() {
                    match element {
                        ObjectPatternElement::SingleName { ident, .. }
                        | ObjectPatternElement::RestProperty { ident } => {
                            f(self, ident.sym(), at(ident));
                        }
                        ObjectPatternElement::Pattern { pattern, .. } => {
                            self.each_pattern_name(pattern, f);
                        }
                        ObjectPatternElement::AssignmentPropertyAccess { .. }
                        | ObjectPatternElement::AssignmentRestPropertyAccess { .. } => {}
                    }
                }
            }
            ParserPattern::Array(array) => {
                for element in array.bindings() {
                    match element {
                        ArrayPatternElement::SingleName { ident, .. }
                        | ArrayPatternElement::SingleNameRest { ident } => {
                            f(self, ident.sym(), at(ident));
                        }
                        ArrayPatternElement::Pattern { pattern, .. }
                        | ArrayPatternElement::PatternRest { pattern } => {
                            self.each_pattern_name(pattern, f);
                        }
                        ArrayPatternElement::Elision
                        | ArrayPatternElement::PropertyAccess { .. }
                        | ArrayPatternElement::PropertyAccessRest { .. } => {}
                    }
                }
            }
        }
    }
}
