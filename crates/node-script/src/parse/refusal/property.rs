//! Properties: their names, and what is before them.

use super::reader::Reader;
use super::state::{ELEMENT_AFTER_REST, Mistake, Parts};
use super::token::Token;
/// What a property turns out to be, by what follows its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum PropertyKind {
    #[default]
    Unknown,
    Value,
    Shorthand,
    ShorthandOrField,
    Assign,
    Method,
    Field,
    Getter,
    Setter,
    Spread,
}

impl PropertyKind {
    fn by_next(token: Token) -> Self {
        match token {
            Token::Sign(":") => Self::Value,
            Token::Sign(",") => Self::Shorthand,
            Token::Sign("}") => Self::ShorthandOrField,
            Token::Sign("=") => Self::Assign,
            Token::Sign("(") => Self::Method,
            Token::Sign("*" | ";") => Self::Field,
            _ => Self::Unknown,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Property {
    pub(super) kind: PropertyKind,
    pub(super) name: String,
    /// Where the name stands.
    pub(super) at: u32,
    pub(super) computed: bool,
    pub(super) private: bool,
    pub(super) is_static: bool,
    pub(super) is_async: bool,
    pub(super) is_generator: bool,
}

impl Reader<'_> {
    /// The name of a property, and what is before it. With `parts` it is one of an object.
    pub(super) fn property_of(&mut self, property: &mut Property, parts: Option<&mut Parts>) {
        property.at = self.next.start;
        if self.peek() == Token::Async {
            self.take();
            let kind = PropertyKind::by_next(self.peek());
            if (kind != PropertyKind::Unknown && !self.peek_is("*")) || self.next.below {
                (property.kind, property.name) = (kind, self.current.text.clone());
                return;
            }
            if self.current.escaped {
                self.unexpected(Token::EscapedWord);
            }
            (property.is_async, property.kind) = (true, PropertyKind::Method);
        }
        if self.check("*") {
            (property.is_generator, property.kind) = (true, PropertyKind::Method);
        }
        if property.kind == PropertyKind::Unknown && matches!(self.peek(), Token::Get | Token::Set)
        {
            let token = self.take();
            let kind = PropertyKind::by_next(self.peek());
            if kind != PropertyKind::Unknown {
                (property.kind, property.name) = (kind, self.current.text.clone());
                return;
            }
            if self.current.escaped {
                self.unexpected(Token::EscapedWord);
            }
            property.kind = match token {
                Token::Get => PropertyKind::Getter,
                _ => PropertyKind::Setter,
            };
        }
        property.at = self.next.start;
        match self.peek() {
            Token::Private => {
                property.private = true;
                self.take();
                if parts.is_some() {
                    self.unexpected(Token::Private);
                    property.kind = PropertyKind::Unknown;
                    return;
                }
            }
            Token::Text | Token::Number | Token::BigInt => _ = self.take(),
            Token::Sign("[") => {
                property.computed = true;
                self.take();
                self.accepting_in(true, Self::assignment);
                self.expect_sign("]");
            }
            Token::Sign("...") if property.kind == PropertyKind::Unknown => {
                return self.spread_property(property, parts);
            }
            _ => {
                let token = self.take();
                if !token.is_property_name() {
                    self.unexpected(token);
                }
            }
        }
        if !property.computed {
            property.name.clone_from(&self.current.text);
        }
        if property.kind == PropertyKind::Unknown {
            property.kind = PropertyKind::by_next(self.peek());
        }
    }

    fn spread_property(&mut self, property: &mut Property, parts: Option<&mut Parts>) {
        self.take();
        let start = self.next.start;
        property.at = start;
        let read = self.accepting_in(true, |this| this.part_of_pattern(parts));
        property.kind = PropertyKind::Spread;
        let end = self.current.end;
        if !self.is_reference(&read) {
            const BINDING: &str = "`...` must be followed by an identifier in declaration contexts";
            const ASSIGNED: &str =
                "`...` must be followed by an assignable reference in assignment contexts";
            self.note_declaration(Mistake::new(start, end, BINDING));
            self.note_pattern(Mistake::new(start, end, ASSIGNED));
        }
        if !self.peek_is("}") {
            let (start, end) = (self.current.start, self.current.end);
            self.note_pattern(Mistake::new(start, end, ELEMENT_AFTER_REST));
        }
    }
}
