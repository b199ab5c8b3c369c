//! A text while it is read: its tokens, and the mistakes that are noted.

use super::scanner::{Read, Scanner};
use super::state::{
    AWAIT_NAME, Class, Cover, EVAL, Exports, Function, FunctionKind, Mistake, RESERVED, Scope,
    ScopeId, ScopeKind, is_eval_or_arguments,
};
use super::token::Token;
use crate::parse::goal::Goal;
use crate::parse::tree::Allows;

/// A text while it is read.
pub(super) struct Reader<'t> {
    pub(super) scanner: Scanner<'t>,
    pub(super) current: Read,
    pub(super) next: Read,
    pub(super) ahead: Option<Read>,
    pub(super) mistake: Option<Mistake>,
    pub(super) module: bool,
    pub(super) checks_patterns: bool,
    pub(super) allows: Allows,
    /// Private names that classes around evaluated text have; none where there is no class.
    pub(super) outer_private: Option<Vec<String>>,
    pub(super) scopes: Vec<Scope>,
    pub(super) scope: ScopeId,
    pub(super) functions: Vec<Function>,
    pub(super) classes: Vec<Class>,
    pub(super) covers: Vec<Cover>,
    pub(super) accepts_in: bool,
    /// The scope of an arrow function whose parameters were read last.
    pub(super) arrow: Option<ScopeId>,
    /// What strict code would not have as parameters of that.
    pub(super) arrow_strict: Option<Mistake>,
    /// The same of the parameters of other functions that are being read.
    pub(super) parameters_strict: Option<Mistake>,
    pub(super) exports: Exports,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t [u16], goal: Goal<'_>) -> Self {
        let module = goal == Goal::Module;
        let mut scanner = Scanner::new(text, module);
        let next = scanner.scan(true);
        let current = Read { start: 0, end: 0, token: Token::Illegal, ..next.clone() };
        let (allows, outer_private) = match goal {
            Goal::Eval { allows, classes, .. } if !classes.is_empty() => {
                let names = classes.iter().flat_map(|class| &class.variables);
                // Behind a dot is which part of it the variable has.
                let names = names.map(|name| String::from_utf16_lossy(name));
                let names = names.map(|name| name.split('.').next().unwrap_or_default().to_owned());
                (allows, Some(names.collect()))
            }
            Goal::Eval { allows, .. } => (allows, None),
            _ => (Allows::NOTHING, None),
        };
        Self {
            scanner,
            current,
            next,
            ahead: None,
            mistake: None,
            module,
            checks_patterns: true,
            allows,
            outer_private,
            scopes: Vec::new(),
            scope: ScopeId(0),
            functions: Vec::new(),
            classes: Vec::new(),
            covers: Vec::new(),
            accepts_in: true,
            arrow: None,
            arrow_strict: None,
            parameters_strict: None,
            exports: Exports::default(),
        }
    }

    pub(super) fn read(mut self, goal: Goal<'_>) -> Option<Mistake> {
        let kind = match goal {
            Goal::Module => ScopeKind::Module,
            Goal::Eval { .. } | Goal::IndirectEval => ScopeKind::Eval,
            Goal::Body { .. } => ScopeKind::Function,
            Goal::Script | Goal::Function => ScopeKind::Script,
        };
        let function = match goal {
            Goal::Body { .. } => FunctionKind::Normal,
            Goal::Module => FunctionKind::Module,
            _ => FunctionKind::Top,
        };
        self.scope = self.add_scope(kind);
        self.scopes[0].function_kind = function;
        self.scopes[0].strict = matches!(goal, Goal::Module | Goal::Eval { strict: true, .. });
        self.functions.push(Function::new(function, false, false));
        if let Goal::Body { parameters } = goal {
            for name in parameters {
                self.declare_parameter(name, 0);
            }
        }
        if self.module {
            self.module_items();
        } else {
            self.statement_list(Token::End);
        }
        if matches!(goal, Goal::Body { .. }) {
            self.expect(Token::End);
        }
        if self.strict() {
            self.check_octal(0, self.current.end);
        }
        if self.module {
            self.check_exports();
        }
        self.check_vars(self.scope);
        self.mistake
    }

    // -- tokens -------------------------------------------------------------------------------------------------

    pub(super) fn failed(&self) -> bool {
        self.mistake.is_some()
    }

    pub(super) fn peek(&self) -> Token {
        if self.failed() { Token::Illegal } else { self.next.token }
    }

    pub(super) fn peek_is(&self, sign: &'static str) -> bool {
        self.peek() == Token::Sign(sign)
    }

    pub(super) fn peek_ahead(&mut self) -> Token {
        if self.failed() {
            return Token::Illegal;
        }
        if self.ahead.is_none() {
            self.ahead = Some(self.scanner.scan(false));
        }
        self.ahead.as_ref().map_or(Token::Illegal, |read| read.token)
    }

    /// Whether a line ends behind the next token.
    pub(super) fn ends_line_after_next(&mut self) -> bool {
        self.peek_ahead();
        self.ahead.as_ref().is_some_and(|read| read.below)
    }

    pub(super) fn take(&mut self) -> Token {
        if self.failed() {
            return Token::Illegal;
        }
        let after = match self.ahead.take() {
            Some(read) => read,
            None => self.scanner.scan(false),
        };
        self.current = core::mem::replace(&mut self.next, after);
        self.current.token
    }

    pub(super) fn check(&mut self, sign: &'static str) -> bool {
        let is = self.peek_is(sign);
        if is {
            self.take();
        }
        is
    }

    pub(super) fn expect(&mut self, token: Token) {
        let taken = self.take();
        if taken != token {
            self.unexpected(taken);
        }
    }

    pub(super) fn expect_sign(&mut self, sign: &'static str) {
        self.expect(Token::Sign(sign));
    }

    pub(super) fn expect_semicolon(&mut self) {
        if self.check(";") || self.next.below && !self.failed() || self.peek().ends_statement() {
            return;
        }
        if self.current.token == Token::Await && !self.function().is_async {
            return self.report_here(
                "await is only valid in async functions and the top level bodies of modules",
            );
        }
        let token = self.take();
        self.unexpected(token);
    }

    /// Whether a name with a meaning comes next: `of`, `as`, `from`.
    pub(super) fn peek_word(&self, word: &str) -> bool {
        self.peek() == Token::Name && !self.next.escaped && self.next.text == word
    }

    pub(super) fn check_word(&mut self, word: &str) -> bool {
        let is = self.peek_word(word);
        if is {
            self.take();
        }
        is
    }

    pub(super) fn expect_word(&mut self, word: &str, whole: Option<(&str, u32)>) {
        self.expect(Token::Name);
        if self.current.text != word {
            self.unexpected(self.current.token);
        }
        if self.current.escaped {
            let (whole, start) = whole.unwrap_or((word, self.current.start));
            let message = format!("'{whole}' must not contain escaped characters");
            self.report(start, self.current.end, message);
        }
    }

    // -- mistakes -----------------------------------------------------------------------------------------------

    pub(super) fn report(&mut self, start: u32, end: u32, message: impl Into<String>) {
        if self.mistake.as_ref().is_none_or(|mistake| end < mistake.start) {
            self.mistake = Some(Mistake::new(start, end, message));
        }
    }

    pub(super) fn report_mistake(&mut self, mistake: Mistake) {
        self.report(mistake.start, mistake.end, mistake.message);
    }

    /// About the token that was taken last.
    pub(super) fn report_here(&mut self, message: impl Into<String>) {
        self.report(self.current.start, self.current.end, message);
    }

    pub(super) fn report_next(&mut self, message: impl Into<String>) {
        self.report(self.next.start, self.next.end, message);
    }

    /// The token that was taken last is not expected.
    pub(super) fn unexpected(&mut self, token: Token) {
        self.unexpected_at(self.current.start, self.current.end, token);
    }

    pub(super) fn unexpected_at(&mut self, start: u32, end: u32, token: Token) {
        if self.failed() && token == Token::Illegal {
            return;
        }
        match (token, self.scanner.mistake.take()) {
            (Token::Illegal, Some(mistake)) => self.report_mistake(mistake),
            _ => {
                let message = token.unexpected(&self.current.text, self.strict());
                self.report(start, end, message);
            }
        }
    }

    /// Tells of a number or escape that strict code may not have.
    pub(super) fn check_octal(&mut self, start: u32, end: u32) {
        let inside = |octal: &mut Mistake| start <= octal.start && octal.end <= end;
        if let Some(octal) = self.scanner.octal.take_if(inside) {
            self.report_mistake(octal);
        }
    }

    // -- names --------------------------------------------------------------------------------------------------

    pub(super) fn strict(&self) -> bool {
        self.scopes[self.scope.0].strict
    }

    pub(super) fn await_is_no_name(&self) -> bool {
        let function = self.function();
        self.module || function.is_async || function.kind == FunctionKind::StaticInitialiser
    }

    pub(super) fn is_valid_name(&self, token: Token, generator: bool, no_await: bool) -> bool {
        match token {
            Token::Await => !no_await,
            Token::Yield => !generator && !self.strict(),
            _ => token.is_plain_name() || token.is_reserved_in_strict_code() && !self.strict(),
        }
    }

    /// A name that is used or declared, which was taken as `token`.
    pub(super) fn classified_name(&mut self, token: Token) -> String {
        let name = self.current.text.clone();
        if token.is_plain_name() {
            self.check_arguments(&name);
            return name;
        }
        if !self.is_valid_name(token, self.function().is_generator, self.await_is_no_name()) {
            self.unexpected(token);
            return String::new();
        }
        let (start, end) = (self.current.start, self.current.end);
        if token == Token::Await {
            self.note_async_arrow(Mistake::new(start, end, AWAIT_NAME));
        } else {
            self.note_strict_parameter(Mistake::new(start, end, RESERVED));
        }
        name
    }

    /// `arguments` may not stand in what initialises a class.
    pub(super) fn check_arguments(&mut self, name: &str) {
        let receiver = &self.scopes[self.receiver().0];
        let refused = receiver.function_kind.initialises()
            || receiver.kind == ScopeKind::Eval && self.allows.has(Allows::NO_ARGUMENTS);
        if name == "arguments" && refused {
            self.report_here(
                "'arguments' is not allowed in class field initializer or static initialization block",
            );
        }
    }

    /// The name of a function, a class, a label.
    pub(super) fn name_of(&mut self, generator: bool, no_await: bool) -> String {
        let token = self.take();
        if !self.is_valid_name(token, generator, no_await) {
            self.unexpected(token);
            return String::new();
        }
        self.current.text.clone()
    }

    pub(super) fn name(&mut self) -> String {
        let (generator, no_await) = (self.function().is_generator, self.await_is_no_name());
        self.name_of(generator, no_await)
    }

    /// A name that strict code may declare.
    pub(super) fn name_to_declare(&mut self) -> String {
        let name = self.name();
        if self.strict() && is_eval_or_arguments(&name) {
            self.report_here(EVAL);
        }
        name
    }
}
