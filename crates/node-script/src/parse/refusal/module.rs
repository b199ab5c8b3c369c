//! What a module imports and exports.

use super::reader::Reader;
use super::state::{DEFAULT, EVAL, Mistake, Mode, is_eval_or_arguments};
use super::token::Token;
use hashbrown::HashSet;

/// A name in an export's braces.
struct Specifier {
    local: String,
    exported: String,
    start: u32,
    end: u32,
    /// Why the name is none of a variable's.
    no_variable: Option<Mistake>,
}

impl Reader<'_> {
    pub(super) fn module_items(&mut self) {
        while self.peek() != Token::End && !self.failed() {
            match self.peek() {
                Token::Sign("export") => self.export(),
                Token::Sign("import") if !matches!(self.peek_ahead(), Token::Sign("(" | ".")) => {
                    self.import();
                }
                _ => _ = self.statement_list_item(),
            }
        }
    }

    fn specifier(&mut self) {
        self.expect(Token::Text);
        if (self.peek_word("assert") && !self.next.below) || self.peek_is("with") {
            self.take();
            self.attributes();
        }
    }

    fn attributes(&mut self) {
        self.expect_sign("{");
        let mut known = HashSet::new();
        while !self.peek_is("}") {
            let start = self.next.start;
            let token = self.take();
            if token != Token::Text && !token.is_property_name() {
                return self.unexpected(token);
            }
            let name = self.current.text.clone();
            self.expect_sign(":");
            self.expect(Token::Text);
            if !known.insert(name.clone()) {
                let message = format!("Import assertion has duplicate key '{name}'");
                self.report(start, self.current.end, message);
            }
            if self.peek_is("}") {
                break;
            }
            if !self.check(",") {
                let token = self.take();
                return self.unexpected(token);
            }
        }
        self.expect_sign("}");
    }

    fn import(&mut self) {
        let start = self.next.start;
        self.take();
        if self.peek() == Token::Text {
            self.specifier();
            return self.expect_semicolon();
        }
        let named = !self.peek_is("*") && !self.peek_is("{");
        if named {
            let name = self.name_to_declare();
            self.declare(&name, Mode::Lexical, start, Some(self.current.end));
        }
        if !named || self.check(",") {
            match self.peek() {
                Token::Sign("*") => {
                    self.take();
                    self.expect_word("as", None);
                    let name = self.name_to_declare();
                    self.declare(&name, Mode::Lexical, start, Some(self.current.end));
                }
                Token::Sign("{") => self.imported_names(),
                _ => return self.unexpected(self.current.token),
            }
        }
        self.expect_word("from", None);
        self.specifier();
        self.expect_semicolon();
    }

    fn imported_names(&mut self) {
        self.take();
        while !self.peek_is("}") && !self.failed() {
            self.exported_name();
            if self.check_word("as") {
                self.property_name();
            }
            let name = self.current.text.clone();
            if !self.is_valid_name(self.current.token, false, true) {
                return self.report_here("Unexpected reserved word");
            }
            if is_eval_or_arguments(&name) {
                return self.report_here(EVAL);
            }
            let start = self.current.start;
            self.declare(&name, Mode::Lexical, start, Some(self.current.end));
            if self.peek_is("}") {
                break;
            }
            self.expect_sign(",");
        }
        self.expect_sign("}");
    }

    fn property_name(&mut self) -> String {
        let token = self.take();
        if !token.is_property_name() {
            self.unexpected(token);
        }
        self.current.text.clone()
    }

    /// A name of what another module has, which may be a string.
    fn exported_name(&mut self) -> String {
        if self.peek() == Token::Text {
            self.take();
            return self.current.text.clone();
        }
        self.property_name()
    }

    // -- exports ------------------------------------------------------------------------------------------------

    fn export(&mut self) {
        self.take();
        let start = self.next.start;
        let names = match self.peek() {
            Token::Sign("default") => return self.export_default(),
            Token::Sign("*") => return self.export_all(),
            Token::Sign("{") => return self.exported_names(),
            Token::Sign("function") => {
                self.function_declaration(false, false).into_iter().collect()
            }
            Token::Sign("class") => {
                self.take();
                self.class_declaration(false).into_iter().collect()
            }
            Token::Sign("var" | "const") | Token::Let => self.exported_variables(),
            Token::Async => {
                self.take();
                if !self.peek_is("function") || self.next.below {
                    return self.unexpected(self.current.token);
                }
                self.function_declaration(true, false).into_iter().collect()
            }
            _ => return self.unexpected(self.current.token),
        };
        let end = self.current.end;
        names.into_iter().for_each(|name| self.add_export(&name, start, end));
    }

    fn add_export(&mut self, name: &str, start: u32, end: u32) {
        if !self.exports.names.insert(name.to_owned()) {
            let mistake = Mistake::new(start, end, format!("Duplicate export of '{name}'"));
            let earlier = |before: &Mistake| before.start <= start;
            if !self.exports.twice.as_ref().is_some_and(earlier) {
                self.exports.twice = Some(mistake);
            }
        }
    }

    fn export_default(&mut self) {
        self.take();
        let (start, end) = (self.current.start, self.current.end);
        match self.peek() {
            Token::Sign("function") => _ = self.function_declaration(false, true),
            Token::Sign("class") => {
                self.take();
                let at = self.current.start;
                if self.class_declaration(true).is_none() {
                    self.declare(DEFAULT, Mode::Lexical, at, Some(self.current.end));
                }
            }
            Token::Async
                if self.peek_ahead() == Token::Sign("function") && !self.ends_line_after_next() =>
            {
                self.take();
                self.function_declaration(true, true);
            }
            _ => {
                self.accepting_in(true, Self::assignment);
                self.declare(DEFAULT, Mode::Lexical, start, Some(self.current.end));
                self.expect_semicolon();
            }
        }
        self.add_export("default", start, end);
    }

    fn export_all(&mut self) {
        self.take();
        if self.check_word("as") {
            let name = self.exported_name();
            let (start, end) = (self.current.start, self.current.end);
            self.add_export(&name, start, end);
        }
        self.expect_word("from", None);
        self.specifier();
        self.expect_semicolon();
    }

    fn exported_names(&mut self) {
        self.take();
        let mut list = Vec::new();
        while !self.peek_is("}") && !self.failed() {
            let token = self.peek();
            let (start, mut end) = (self.next.start, self.next.end);
            let no_variable = match token {
                Token::Text => {
                    const MESSAGE: &str =
                        "String literal module export names must be followed by a 'from' clause";
                    Some(Mistake::new(start, end, MESSAGE))
                }
                _ if !self.is_valid_name(token, false, true) => {
                    Some(Mistake::new(start, end, "Unexpected reserved word"))
                }
                _ => None,
            };
            let local = self.exported_name();
            let mut exported = local.clone();
            if self.check_word("as") {
                exported = self.exported_name();
                end = self.current.end;
            }
            list.push(Specifier { local, exported, start, end, no_variable });
            if self.peek_is("}") {
                break;
            }
            if !self.check(",") {
                let token = self.take();
                self.unexpected(token);
                break;
            }
        }
        self.expect_sign("}");
        let from = self.check_word("from");
        if from {
            self.specifier();
        } else if let Some(mistake) = list.iter_mut().find_map(|one| one.no_variable.take()) {
            return self.report_mistake(mistake);
        }
        self.expect_semicolon();
        for Specifier { local, exported, start, end, .. } in list {
            self.add_export(&exported, start, end);
            if !from {
                self.exports.local.push((local, start, end));
            }
        }
    }

    /// Tells of names that are exported twice, and of those that nothing declares.
    pub(super) fn check_exports(&mut self) {
        if self.failed() {
            return;
        }
        if let Some(mistake) = self.exports.twice.take() {
            return self.report_mistake(mistake);
        }
        let scope = &self.scopes[0];
        let missing = self.exports.local.iter().find(|(name, ..)| !scope.has(name));
        if let Some((name, start, end)) = missing {
            let message = format!("Export '{name}' is not defined in module");
            let mistake = Mistake::new(*start, *end, message);
            self.report_mistake(mistake);
        }
    }
}
