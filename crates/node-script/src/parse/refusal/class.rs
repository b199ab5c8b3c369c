//! Properties of objects and members of classes.

use super::property::{Property, PropertyKind};
use super::reader::Reader;
use super::state::{
    Class, CoverKind, EVAL, Expression, Function, FunctionKind, Mode, RESERVED, ScopeId, ScopeKind,
    Target, is_eval_or_arguments,
};
use super::token::Token;
impl Reader<'_> {
    pub(super) fn class_expression(&mut self) -> Expression {
        self.take();
        let at = self.current.start;
        let mut name = None;
        if self.peek().is_any_name() {
            let token = self.take();
            name = Some(self.classified_name(token));
        }
        self.class_rest(name);
        Expression::other(at)
    }

    /// A class that is declared, from behind its word on.
    pub(super) fn class_declaration(&mut self, default_export: bool) -> Option<String> {
        let at = self.current.start;
        let unnamed = default_export && (self.peek_is("extends") || self.peek_is("{"));
        let name = if unnamed { None } else { Some(self.name()) };
        self.open_cover(CoverKind::Expression);
        self.class_rest(name.clone());
        self.close_expression();
        if let Some(name) = &name {
            self.declare(name, Mode::Lexical, at, Some(self.current.end));
        }
        name
    }

    /// A class from behind its name on, which was taken last.
    fn class_rest(&mut self, name: Option<String>) {
        if let Some(name) = &name {
            if self.current.token.is_reserved_in_strict_code() {
                return self.report_here(RESERVED);
            }
            if is_eval_or_arguments(name) {
                return self.report_here(EVAL);
            }
        }
        self.in_scope(ScopeKind::Class, |this| {
            let scope = this.scope;
            this.scopes[scope.0].strict = true;
            this.classes.push(Class::default());
            this.class_body();
            this.close_class();
        });
    }

    fn class_body(&mut self) {
        let extends = self.check("extends");
        if extends {
            self.set_heritage(true);
            self.open_cover(CoverKind::Expression);
            self.left_hand_side();
            self.close_expression();
            self.set_heritage(false);
        }
        self.expect_sign("{");
        let mut has_constructor = false;
        while !self.peek_is("}") {
            if self.check(";") {
                continue;
            }
            if self.peek() == Token::Static && self.peek_ahead() == Token::Sign("{") {
                self.static_block();
            } else {
                self.class_member(extends, &mut has_constructor);
            }
            if self.failed() {
                return;
            }
        }
        self.expect_sign("}");
    }

    fn set_heritage(&mut self, heritage: bool) {
        if let Some(class) = self.classes.last_mut() {
            class.heritage = heritage;
        }
    }

    fn initialiser(&mut self, is_static: bool) -> (ScopeId, FunctionKind) {
        let kind = match is_static {
            true => FunctionKind::StaticInitialiser,
            false => FunctionKind::Initialiser,
        };
        let scope = self.add_scope(ScopeKind::Function);
        self.scopes[scope.0].function_kind = kind;
        (scope, kind)
    }

    fn static_block(&mut self) {
        self.take();
        let (scope, kind) = self.initialiser(true);
        self.functions.push(Function::new(kind, false, false));
        self.within(scope, |this| {
            this.accepting_in(true, |this| {
                let body = this.add_scope(ScopeKind::Body);
                this.block(body, Target::default());
                this.check_vars(body);
            });
        });
        self.functions.pop();
    }

    fn class_member(&mut self, extends: bool, has_constructor: &mut bool) {
        let token = self.peek();
        let mut start = self.next.start;
        let mut property = Property { at: start, ..Property::default() };
        if token == Token::Static {
            self.take();
            start = self.next.start;
            let named = |kind, this: &Self| Property {
                kind,
                name: this.current.text.clone(),
                at: this.current.start,
                ..Property::default()
            };
            match self.peek() {
                Token::Sign("(") => property = named(PropertyKind::Method, self),
                Token::Sign("=" | ";" | "}") => property = named(PropertyKind::Field, self),
                _ => {
                    property.is_static = true;
                    self.property_of(&mut property, None);
                }
            }
        } else {
            self.property_of(&mut property, None);
        }
        let accessor = match property.kind {
            PropertyKind::Getter => Some(FunctionKind::Getter),
            PropertyKind::Setter => Some(FunctionKind::Setter),
            _ => None,
        };
        match property.kind {
            PropertyKind::Method | PropertyKind::Getter | PropertyKind::Setter => {
                if !property.computed {
                    self.check_method_name(&property, has_constructor);
                }
                let constructs =
                    !property.is_static && !property.computed && property.name == "constructor";
                let kind = match accessor {
                    Some(kind) => kind,
                    None if constructs && extends => FunctionKind::DerivedConstructor,
                    None if constructs => FunctionKind::BaseConstructor,
                    None => FunctionKind::Method,
                };
                self.function_rest(kind, property.is_async, property.is_generator, None);
            }
            PropertyKind::Value | PropertyKind::Shorthand | PropertyKind::Spread => {
                return self.unexpected_at(start, property.at, token);
            }
            _ => {
                if !property.computed {
                    self.check_field_name(&property);
                }
                self.field(property.is_static);
                self.expect_semicolon();
            }
        }
        if property.private && !self.failed() {
            self.declare_private(&property.name, property.is_static, accessor);
        }
    }

    fn field(&mut self, is_static: bool) {
        self.uncovered(|this| {
            if this.check("=") {
                let (scope, kind) = this.initialiser(is_static);
                this.functions.push(Function::new(kind, false, false));
                this.within(scope, |this| this.accepting_in(true, Self::assignment));
                this.functions.pop();
            }
        });
    }

    fn check_method_name(&mut self, property: &Property, has_constructor: &mut bool) {
        let name = property.name.as_str();
        if name == "#constructor" && property.private {
            self.report_here("Class constructor may not be a private method");
        } else if property.is_static {
            if name == "prototype" {
                self.report_here("Classes may not have a static property named 'prototype'");
            }
        } else if name == "constructor" {
            let what = match (property.is_generator, property.is_async, property.kind) {
                (true, ..) => Some("a generator"),
                (_, true, _) => Some("an async method"),
                (.., PropertyKind::Getter | PropertyKind::Setter) => Some("an accessor"),
                _ => None,
            };
            if let Some(what) = what {
                self.report_here(format!("Class constructor may not be {what}"));
            } else if *has_constructor {
                self.report_here("A class may only have one constructor");
            }
            *has_constructor = true;
        }
    }

    fn check_field_name(&mut self, property: &Property) {
        let name = property.name.as_str();
        if property.is_static && name == "prototype" {
            self.report_here("Classes may not have a static property named 'prototype'");
        } else if name == "constructor" || (name == "#constructor" && property.private) {
            self.report_here("Classes may not have a field named 'constructor'");
        }
    }
}
