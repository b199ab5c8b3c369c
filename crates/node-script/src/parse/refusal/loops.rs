//! Loops.

use super::reader::Reader;
use super::state::{CoverKind, Kind, ScopeKind};
use super::statement::{Declared, Labels};
use super::token::Token;

const OF_LET: &str = "The left-hand side of a for-of loop may not start with 'let'.";
const OF_ASYNC: &str = "The left-hand side of a for-of loop may not be 'async'.";

impl Reader<'_> {
    pub(super) fn do_while(&mut self, labels: Labels) {
        self.in_target(labels.of_loop(), |this| {
            this.take();
            this.inner_statement();
            this.expect_sign("while");
            this.expect_sign("(");
            this.expression();
            this.expect_sign(")");
            this.check(";");
        });
    }

    pub(super) fn while_loop(&mut self, labels: Labels) {
        self.in_target(labels.of_loop(), |this| {
            this.take();
            this.expect_sign("(");
            this.expression();
            this.expect_sign(")");
            this.inner_statement();
        });
    }

    pub(super) fn for_loop(&mut self, labels: Labels) {
        self.take();
        self.expect_sign("(");
        let is_let = self.peek() == Token::Let;
        if self.peek_is("const") || (is_let && self.let_declares()) {
            self.in_scope(ScopeKind::Block, |this| {
                let declared = this.declarations(true);
                this.for_declared(labels, &declared);
            });
        } else if self.peek_is("var") {
            let declared = self.declarations(true);
            self.for_declared(labels, &declared);
        } else if self.peek_is(";") {
            self.for_rest(labels);
        } else {
            self.for_expression(labels, is_let);
        }
    }

    /// `in` or `of`: the word, if it is there.
    fn check_in_or_of(&mut self) -> Option<&'static str> {
        if self.check("in") {
            return Some("for-in");
        }
        self.check_word("of").then_some("for-of")
    }

    fn for_declared(&mut self, labels: Labels, declared: &Declared) {
        let Some(word) = self.check_in_or_of() else { return self.for_rest(labels) };
        let allowed =
            word == "for-in" && !declared.lexical && declared.first_is_name && !self.strict();
        if !self.check_declared(declared, word, allowed) {
            return;
        }
        self.for_each(labels, word);
    }

    fn check_declared(&mut self, declared: &Declared, word: &str, allowed: bool) -> bool {
        if declared.count != 1 {
            let message =
                format!("Invalid left-hand side in {word} loop: Must have a single binding.");
            self.report(declared.start, declared.end, message);
            return false;
        }
        if let Some((start, end)) = declared.initialized.filter(|_| !allowed) {
            let message = format!("{word} loop variable declaration may not have an initializer.");
            self.report(start, end, message);
            return false;
        }
        true
    }

    fn for_expression(&mut self, labels: Labels, is_let: bool) {
        let (begin, begin_end) = (self.next.start, self.next.end);
        self.open_cover(CoverKind::Expression);
        let read = self.accepting_in(false, Self::covered_expression);
        let is_async = self.current.token == Token::Async && !self.current.escaped;
        let end = self.current.end;
        match self.check_in_or_of() {
            Some(word) => {
                if word == "for-of" && (is_let || is_async) {
                    self.covers.pop();
                    let message = if is_let { OF_LET } else { OF_ASYNC };
                    return self.report(begin, begin_end, message);
                }
                self.close_target(&read, begin, end);
                self.for_each(labels, word);
            }
            None => {
                self.close_expression();
                self.for_rest(labels);
            }
        }
    }

    fn for_each(&mut self, labels: Labels, word: &str) {
        self.in_target(labels.of_loop(), |this| {
            if word == "for-of" {
                this.accepting_in(true, Self::assignment);
            } else {
                this.expression();
            }
            this.expect_sign(")");
            this.inner_statement();
        });
    }

    fn for_rest(&mut self, labels: Labels) {
        self.expect_sign(";");
        self.in_scope(ScopeKind::Block, |this| {
            this.in_target(labels.of_loop(), |this| {
                if !this.peek_is(";") {
                    this.expression();
                }
                this.expect_sign(";");
                if !this.peek_is(")") {
                    this.expression();
                }
                this.expect_sign(")");
                this.inner_statement();
            });
        });
    }

    pub(super) fn for_await(&mut self, labels: Labels) {
        self.take();
        self.take();
        self.expect_sign("(");
        self.in_target(labels.of_loop(), |this| {
            this.in_scope(ScopeKind::Block, |this| {
                let is_let = this.peek() == Token::Let;
                if matches!(this.peek(), Token::Sign("var" | "const"))
                    || (is_let && this.let_declares())
                {
                    let declared = this.declarations(true);
                    if !this.check_declared(&declared, "for-await-of", false) {
                        return;
                    }
                } else {
                    if is_let {
                        return this.report_next(OF_LET);
                    }
                    let start = this.next.start;
                    this.open_cover(CoverKind::Expression);
                    let read = this.left_hand_side();
                    let end = this.current.end;
                    if read.kind == Kind::Failure {
                        this.covers.pop();
                    } else {
                        this.close_target(&read, start, end);
                    }
                }
                this.expect_word("of", None);
                this.accepting_in(true, Self::assignment);
                this.expect_sign(")");
                this.inner_statement();
            });
        });
    }
}
