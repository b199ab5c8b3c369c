//! What would be wrong with an expression if it is one, or if it is a pattern, or an arrow's parameters (V8's
//! `ExpressionScope`): it waits here until the text says which it is.

use super::reader::Reader;
use super::state::{
    Cover, CoverKind, DUPLICATE, EVAL, Expression, FunctionKind, Kind, Mistake, Mode, Parts,
    ScopeId, ScopeKind, TARGET, Waiting, is_eval_or_arguments,
};
impl Reader<'_> {
    fn cover(&mut self) -> Option<&mut Cover> {
        self.covers.last_mut()
    }

    fn cover_kind(&self) -> Option<CoverKind> {
        self.covers.last().map(|cover| cover.kind)
    }

    pub(super) fn open_cover(&mut self, kind: CoverKind) {
        self.covers.push(Cover {
            kind,
            waiting: Waiting::default(),
            declaration: None,
            names: Vec::new(),
            simple: true,
            duplicate: None,
        });
    }

    /// It is a declaration that ends; the first parameter that is there twice.
    pub(super) fn close_declaration(&mut self) -> Option<(u32, u32)> {
        self.covers.pop().and_then(|cover| cover.duplicate)
    }

    /// Runs `f` where no expression is around: in a function.
    pub(super) fn uncovered<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let covers = core::mem::take(&mut self.covers);
        let result = f(self);
        self.covers = covers;
        result
    }

    pub(super) fn is_in_declaration(&self) -> bool {
        self.cover_kind().is_some_and(CoverKind::is_declaration)
    }

    /// What was read is an expression, and nothing else.
    pub(super) fn close_expression(&mut self) {
        if let Some(cover) = self.covers.pop() {
            if cover.kind.may_be_arrow() {
                self.arrow_strict = None;
            }
            if let Some(mistake) = cover.waiting.expression {
                self.report_mistake(mistake);
            }
        }
    }

    /// What was read is the target of a loop.
    pub(super) fn close_target(&mut self, expression: &Expression, start: u32, end: u32) {
        if expression.kind == Kind::Pattern {
            self.check_pattern(expression, start, end);
        } else if expression.is_property() {
            self.check_expression();
        } else if !self.is_assignable_name(expression) {
            self.reference(expression, start, end, "Invalid left-hand side in for-loop", false);
        }
        self.covers.pop();
    }

    pub(super) fn check_expression(&mut self) {
        let waiting = self.cover().and_then(|cover| cover.waiting.expression.clone());
        if let Some(mistake) = waiting {
            self.report_mistake(mistake);
        }
    }

    fn check_pattern(&mut self, expression: &Expression, start: u32, end: u32) {
        let waiting = self.cover().and_then(|cover| cover.waiting.pattern.clone());
        if let Some(mistake) = waiting {
            self.report_mistake(mistake);
        }
        if expression.parenthesized {
            self.report(start, end, TARGET);
        }
    }

    /// It is a pattern, and what would be wrong with it as an expression does not count.
    pub(super) fn is_pattern(&mut self, expression: &Expression, start: u32, end: u32) {
        if self.cover_kind().is_some_and(CoverKind::may_be_expression) {
            self.check_pattern(expression, start, end);
            if let Some(cover) = self.cover() {
                cover.waiting.expression = None;
            }
        }
    }

    /// It is an expression, and what would be wrong with it as a pattern does not count.
    pub(super) fn is_expression(&mut self) {
        if self.cover_kind().is_some_and(CoverKind::may_be_expression) {
            self.check_expression();
            if let Some(cover) = self.cover() {
                cover.waiting.pattern = None;
            }
        }
    }

    /// What was read are the parameters of an arrow, whose scope is made.
    pub(super) fn close_arrow(&mut self) {
        let Some(cover) = self.covers.pop() else { return };
        let mistakes = [cover.declaration, cover.waiting.pattern];
        for mistake in mistakes.into_iter().flatten() {
            self.report_mistake(mistake);
        }
        let scope = self.new_arrow(cover.kind == CoverKind::MaybeAsyncArrow);
        self.scopes[scope.0].simple_parameters = cover.simple;
        for (name, at) in cover.names {
            let known = self.within(scope, |this| this.declare_parameter(&name, at));
            if known {
                let end = at + name.encode_utf16().count() as u32;
                self.report(at, end, DUPLICATE);
            }
        }
    }

    /// The scope of an arrow function, without parameters.
    pub(super) fn new_arrow(&mut self, is_async: bool) -> ScopeId {
        let scope = self.add_scope(ScopeKind::Function);
        self.scopes[scope.0].function_kind = FunctionKind::Arrow;
        self.scopes[scope.0].is_async = is_async;
        self.arrow = Some(scope);
        scope
    }

    // -- what waits ---------------------------------------------------------------------------------------------

    pub(super) fn note_expression(&mut self, mistake: Mistake) {
        if let Some(cover) = self.cover().filter(|cover| cover.kind.may_be_expression()) {
            cover.waiting.expression.get_or_insert(mistake);
        }
    }

    pub(super) fn note_pattern(&mut self, mistake: Mistake) {
        match self.cover() {
            Some(cover) if cover.kind.is_declaration() => self.report_mistake(mistake),
            Some(cover) => _ = cover.waiting.pattern.get_or_insert(mistake),
            None => {}
        }
    }

    pub(super) fn note_declaration(&mut self, mistake: Mistake) {
        match self.cover() {
            Some(cover) if cover.kind.is_declaration() => self.report_mistake(mistake),
            Some(cover) if cover.kind.may_be_arrow() => cover.declaration = Some(mistake),
            _ => {}
        }
    }

    /// Wrong in the parameters of an asynchronous arrow.
    pub(super) fn note_async_arrow(&mut self, mistake: Mistake) {
        for cover in self.covers.iter_mut().rev() {
            if !cover.kind.may_be_expression() {
                break;
            }
            if cover.kind == CoverKind::MaybeAsyncArrow {
                cover.declaration = Some(mistake.clone());
            }
        }
    }

    /// Wrong in what initialises a parameter.
    pub(super) fn note_initializer(&mut self, mistake: Mistake) {
        let mut certain = false;
        for cover in self.covers.iter_mut().rev() {
            if cover.kind == CoverKind::Parameters {
                certain = true;
                break;
            }
            if cover.kind.may_be_arrow() {
                cover.declaration = Some(mistake.clone());
            }
        }
        if certain {
            self.report_mistake(mistake);
        }
    }

    /// Wrong as a parameter of strict code.
    pub(super) fn note_strict_parameter(&mut self, mistake: Mistake) {
        match self.cover_kind() {
            Some(CoverKind::Parameters) if self.strict() => self.report_mistake(mistake),
            Some(CoverKind::Parameters) => _ = self.parameters_strict.get_or_insert(mistake),
            Some(kind) if kind.may_be_arrow() => self.arrow_strict = Some(mistake),
            _ => {}
        }
    }

    /// Parameters are more than names.
    pub(super) fn note_not_simple(&mut self) {
        if let Some(cover) = self.cover().filter(|cover| cover.kind.may_be_arrow()) {
            cover.simple = false;
        }
    }

    /// A name is used, or declared.
    pub(super) fn note_name(&mut self, name: &str, at: u32) {
        match self.cover_kind() {
            Some(CoverKind::Parameters) => {
                let known = self.declare_parameter(name, at);
                let end = at + name.encode_utf16().count() as u32;
                if let Some(cover) = self.cover().filter(|cover| known && cover.duplicate.is_none())
                {
                    cover.duplicate = Some((at, end));
                }
            }
            Some(CoverKind::Declaration(mode)) => {
                self.declare(name, mode, at, None);
                if mode == Mode::Lexical && name == "let" {
                    self.report(at, at + 3, "let is disallowed as a lexically bound name");
                }
            }
            Some(_) => {
                if let Some(cover) = self.cover() {
                    cover.names.push((name.to_owned(), at));
                }
            }
            None => {}
        }
    }

    // -- lists --------------------------------------------------------------------------------------------------

    pub(super) fn open_parts(&mut self) -> Parts {
        let place = self.covers.len().checked_sub(1);
        let place = place.filter(|place| self.covers[*place].kind.may_be_expression());
        let waiting =
            place.map(|place| core::mem::take(&mut self.covers[place].waiting)).unwrap_or_default();
        Parts { cover: place, waiting }
    }

    /// A part ends.
    pub(super) fn add_part(&mut self, parts: &mut Parts) {
        let Some(cover) = parts.cover.and_then(|place| self.covers.get_mut(place)) else { return };
        let part = core::mem::take(&mut cover.waiting);
        let Waiting { expression, pattern } = &mut parts.waiting;
        *expression = expression.take().or(part.expression);
        *pattern = pattern.take().or(part.pattern);
    }

    /// The part is known to be an expression.
    pub(super) fn part_is_expression(&mut self, parts: &Parts) {
        if parts.cover.is_some() {
            self.check_expression();
            if let Some(cover) = self.cover() {
                cover.waiting.pattern = None;
            }
        }
    }

    pub(super) fn close_parts(&mut self, mut parts: Parts) {
        self.add_part(&mut parts);
        if let Some(cover) = parts.cover.and_then(|place| self.covers.get_mut(place)) {
            cover.waiting = parts.waiting;
        }
    }

    // -- what parameters and targets may be ---------------------------------------------------------------------

    pub(super) fn note_parameter(&mut self, name: &str, start: u32, end: u32) {
        if is_eval_or_arguments(name) {
            self.note_strict_parameter(Mistake::new(start, end, EVAL));
        }
    }

    /// A part of what may be an arrow's parameters.
    pub(super) fn note_arrow_parameter(
        &mut self,
        parts: &mut Parts,
        start: u32,
        parameter: &Expression,
    ) {
        self.add_part(parts);
        let end = self.current.end;
        match &parameter.kind {
            Kind::Name(name) if !parameter.parenthesized => self.note_parameter(name, start, end),
            Kind::Pattern | Kind::Assignment if !parameter.parenthesized => self.note_not_simple(),
            _ => self.note_declaration(Mistake::new(start, end, TARGET)),
        }
    }

    pub(super) fn is_assignable_name(&self, expression: &Expression) -> bool {
        expression.name().is_some_and(|name| !(self.strict() && is_eval_or_arguments(name)))
    }

    pub(super) fn is_reference(&self, expression: &Expression) -> bool {
        self.is_assignable_name(expression) || expression.is_property()
    }

    /// What is assigned is no reference. A call is one that throws when it is assigned, except with `&&=` and its like.
    pub(super) fn reference(
        &mut self,
        expression: &Expression,
        start: u32,
        end: u32,
        message: &str,
        early: bool,
    ) -> Expression {
        if expression.name().is_some() {
            self.report(start, end, EVAL);
            return Expression::failure();
        }
        if expression.kind == Kind::Call && !early {
            self.note_pattern(Mistake::new(start, end, TARGET));
            return Expression::new(Kind::Property, start);
        }
        self.report(start, end, message);
        Expression::failure()
    }
}
