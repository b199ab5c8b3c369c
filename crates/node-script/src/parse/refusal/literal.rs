//! What an expression begins with: names, literals, parentheses, and arrays and objects, which may be patterns.

use super::property::{Property, PropertyKind};
use super::reader::Reader;
use super::state::{
    AWAIT_NAME, CoverKind, ELEMENT_AFTER_REST, EVAL, Expression, FunctionKind, Kind, Mistake,
    PROPERTY, Parts, TARGET, is_eval_or_arguments,
};
use super::token::Token;
use crate::pattern::{Modes, Pattern};

impl Reader<'_> {
    pub(super) fn primary(&mut self) -> Expression {
        let start = self.next.start;
        let token = self.peek();
        if token.is_any_name() {
            return self.name_or_arrow();
        }
        if token.is_literal() {
            self.take();
            let kind = if token == Token::Text { Kind::Text } else { Kind::Other };
            return Expression::new(kind, start);
        }
        match token {
            Token::Sign("new") => self.new_expression(),
            Token::Sign("this") => {
                self.take();
                Expression::other(start)
            }
            Token::Sign("/" | "/=") => self.regular_expression(),
            Token::Sign("function") => self.function_expression(),
            Token::Sign("super") => self.super_expression(),
            Token::Sign("import") => self.import_expression(),
            Token::Sign("[") => self.array(),
            Token::Sign("{") => self.object(),
            Token::Sign("(") => self.parentheses(),
            Token::Sign("class") => self.class_expression(),
            Token::TemplateSpan | Token::TemplateTail => {
                self.template(false);
                Expression::other(start)
            }
            _ => {
                let token = self.take();
                self.unexpected(token);
                Expression::failure()
            }
        }
    }

    fn name_or_arrow(&mut self) -> Expression {
        let mut start = self.next.start;
        let mut token = self.take();
        let mut kind = CoverKind::MaybeArrow;
        if token == Token::Async && !self.next.below && !self.current.escaped {
            if self.peek_is("function") {
                return self.async_function_expression();
            }
            if self.peek().is_any_name() && self.peek_ahead() == Token::Sign("=>") {
                token = self.take();
                start = self.current.start;
                kind = CoverKind::MaybeAsyncArrow;
            }
        }
        let arrow = self.peek_is("=>");
        if arrow {
            self.open_cover(kind);
        }
        let name = self.classified_name(token);
        let end = self.current.end;
        if arrow {
            self.note_parameter(&name, start, end);
        }
        self.note_name(&name, start);
        if arrow {
            self.close_arrow();
        }
        Expression::new(Kind::Name(name), start)
    }

    fn parentheses(&mut self) -> Expression {
        self.take();
        let start = self.current.start;
        if self.check(")") {
            self.arrow_strict = None;
            if !self.peek_is("=>") {
                self.unexpected(Token::Sign(")"));
            }
            self.new_arrow(false);
            return Expression { parenthesized: true, ..Expression::other(start) };
        }
        self.open_cover(CoverKind::MaybeArrow);
        let mut read = self.accepting_in(true, Self::covered_expression);
        read.parenthesized = true;
        self.expect_sign(")");
        match self.peek_is("=>") {
            true => self.close_arrow(),
            false => self.close_expression(),
        }
        read
    }

    fn regular_expression(&mut self) -> Expression {
        let start = self.next.start;
        let slash = self.next.clone();
        let Some(pattern) = self.scanner.pattern(&slash) else {
            self.take();
            self.report_here("Invalid regular expression: missing /");
            return Expression::failure();
        };
        let (flags, fit) = self.scanner.flags();
        self.next.token = Token::RegExp;
        if fit || flags.contains('u') && flags.contains('v') {
            self.next.end = self.scanner.at();
        }
        self.take();
        if !fit {
            self.report_here("Invalid regular expression flags");
            return Expression::failure();
        }
        if let (true, Err(error)) = (self.checks_patterns, Pattern::new(pattern, Modes::of(&flags)))
        {
            let pattern = String::from_utf16_lossy(pattern);
            let message = format!("Invalid regular expression: /{pattern}/{flags}: {error}");
            self.report_here(message);
            return Expression::failure();
        }
        Expression::other(start)
    }

    /// A name or a pattern that is declared.
    pub(super) fn binding_pattern(&mut self) -> Expression {
        let start = self.next.start;
        if self.peek().is_any_name() {
            let token = self.take();
            let name = self.classified_name(token);
            if self.strict() && is_eval_or_arguments(&name) {
                self.report_here(EVAL);
                return Expression::failure();
            }
            self.note_name(&name, start);
            return Expression::new(Kind::Name(name), start);
        }
        match self.peek() {
            Token::Sign("[") => self.array(),
            Token::Sign("{") => self.object(),
            _ => {
                let token = self.take();
                self.unexpected(token);
                Expression::failure()
            }
        }
    }

    fn array(&mut self) -> Expression {
        let at = self.next.start;
        self.take();
        let mut parts = self.open_parts();
        while !self.check("]") && !self.failed() {
            if self.peek_is(",") {
            } else if self.check("...") {
                let start = self.current.start;
                let read = self.accepting_in(true, |this| this.part_of_pattern(Some(&mut parts)));
                let end = self.current.end;
                if read.kind == Kind::Assignment {
                    self.note_pattern(Mistake::new(start, end, TARGET));
                }
                if self.peek_is(",") {
                    self.note_pattern(Mistake::new(start, end, ELEMENT_AFTER_REST));
                }
            } else {
                self.accepting_in(true, |this| this.part_of_pattern(Some(&mut parts)));
            }
            if !self.peek_is("]") {
                self.expect_sign(",");
            }
        }
        self.close_parts(parts);
        Expression::new(Kind::Pattern, at)
    }

    /// An element or a value, which may be the target of an assignment.
    pub(super) fn part_of_pattern(&mut self, parts: Option<&mut Parts>) -> Expression {
        let mut parts = parts;
        if let Some(parts) = parts.as_deref_mut() {
            self.add_part(parts);
        }
        let start = self.next.start;
        let read = self.covered_assignment();
        let end = self.current.end;
        if self.is_assignable_name(&read) {
            if read.parenthesized {
                self.note_declaration(Mistake::new(start, end, TARGET));
            }
            let name = read.name().unwrap_or_default().to_owned();
            self.note_parameter(&name, start, end);
        } else if read.is_property() {
            self.note_declaration(Mistake::new(start, end, PROPERTY));
            if let Some(parts) = parts {
                self.part_is_expression(parts);
            }
        } else if read.parenthesized || !matches!(read.kind, Kind::Pattern | Kind::Assignment) {
            self.note_pattern(Mistake::new(start, end, TARGET));
        }
        read
    }

    fn object(&mut self) -> Expression {
        let at = self.next.start;
        self.take();
        let mut parts = self.open_parts();
        let mut has_proto = false;
        while !self.check("}") {
            if !self.member(&mut parts, &mut has_proto) {
                break;
            }
            if !self.peek_is("}") {
                self.expect_sign(",");
            }
        }
        self.close_parts(parts);
        Expression::new(Kind::Pattern, at)
    }

    /// A property of an object; false if there is none.
    fn member(&mut self, parts: &mut Parts, has_proto: &mut bool) -> bool {
        let token = self.peek();
        let (start, end) = (self.next.start, self.next.end);
        let mut property = Property::default();
        self.property_of(&mut property, Some(parts));
        match property.kind {
            PropertyKind::Spread => {}
            PropertyKind::Value => {
                if !property.computed && self.current.text == "__proto__" {
                    if *has_proto {
                        const MESSAGE: &str =
                            "Duplicate __proto__ fields are not allowed in object literals";
                        let (start, end) = (self.current.start, self.current.end);
                        self.note_expression(Mistake::new(start, end, MESSAGE));
                    }
                    *has_proto = true;
                }
                self.take();
                self.accepting_in(true, |this| this.part_of_pattern(Some(parts)));
            }
            PropertyKind::Assign | PropertyKind::Shorthand | PropertyKind::ShorthandOrField => {
                return self.shorthand(token, start, end, &property);
            }
            PropertyKind::Method | PropertyKind::Getter | PropertyKind::Setter => {
                self.note_pattern(Mistake::new(start, self.current.end, TARGET));
                let kind = match property.kind {
                    PropertyKind::Getter => FunctionKind::Getter,
                    PropertyKind::Setter => FunctionKind::Setter,
                    _ => FunctionKind::Method,
                };
                self.function_rest(kind, property.is_async, property.is_generator, None);
            }
            PropertyKind::Field | PropertyKind::Unknown => {
                let token = self.take();
                self.unexpected(token);
                return false;
            }
        }
        !self.failed()
    }

    fn shorthand(&mut self, token: Token, start: u32, end: u32, property: &Property) -> bool {
        if token.is_plain_name() {
            self.check_arguments(&property.name);
            if self.failed() {
                return false;
            }
        } else if !self.is_valid_name(token, self.function().is_generator, self.await_is_no_name())
        {
            self.unexpected(token);
            return false;
        } else if token == Token::Await {
            let (start, end) = (self.next.start, self.next.end);
            self.note_async_arrow(Mistake::new(start, end, AWAIT_NAME));
        }
        self.note_name(&property.name, start);
        if self.strict() && is_eval_or_arguments(&property.name) {
            self.note_pattern(Mistake::new(start, end, EVAL));
        }
        if self.check("=") {
            self.accepting_in(true, Self::assignment);
            const MESSAGE: &str = "Invalid shorthand property initializer";
            let end = self.current.end;
            self.note_expression(Mistake::new(start, end, MESSAGE));
        }
        !self.failed()
    }

    /// A template, of which the parts with expressions are read.
    pub(super) fn template(&mut self, tagged: bool) {
        self.take();
        self.check_escapes(tagged);
        if self.current.token == Token::TemplateTail {
            return;
        }
        loop {
            let start = self.next.start;
            self.accepting_in(true, Self::covered_expression);
            if !self.peek_is("}") {
                let end = self.next.start;
                self.report(start, end, "Missing } in template expression");
                return;
            }
            let brace = self.next.clone();
            self.next = self.scanner.go_on_with_template(&brace);
            self.take();
            self.check_escapes(tagged);
            if self.current.token != Token::TemplateSpan || self.failed() {
                return;
            }
        }
    }

    fn check_escapes(&mut self, tagged: bool) {
        if let Some(bad) = self.current.bad_escape.take().filter(|_| !tagged) {
            self.report_mistake(bad);
        }
    }
}
