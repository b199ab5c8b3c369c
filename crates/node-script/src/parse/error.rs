//! Why a source could not be read.

use super::tree::At;
use boa_parser::Error;
use core::fmt;

/// A syntax error, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// As the error's `message` property has it.
    pub message: String,
    pub at: At,
    /// How wide V8's mark below the place is.
    pub width: u32,
}

const NOT_SUPPORTED: &str = " is not supported";

impl ParseError {
    pub fn new(message: impl Into<String>, at: At) -> Self {
        Self { message: message.into(), at, width: 1 }
    }

    /// Something of the language that V8 has, and this crate has not.
    pub(super) fn is_not_supported(&self) -> bool {
        self.message.ends_with(NOT_SUPPORTED)
    }

    /// Something of the language that this crate does not know.
    pub(super) fn not_supported(what: &str, at: At) -> Self {
        Self::new(format!("{what}{NOT_SUPPORTED}"), at)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.at.line, self.at.column, self.message)
    }
}

impl core::error::Error for ParseError {}

impl ParseError {
    /// The parser's error in its own words: for a text that V8 would take.
    pub(super) fn of(error: &Error) -> Self {
        let at = |position: boa_ast::Position| At {
            line: position.line_number(),
            column: position.column_number(),
        };
        let place = match error {
            Error::Expected { span, .. } | Error::Unexpected { span, .. } => at(span.start()),
            Error::General { position, .. }
            | Error::Lex { err: boa_parser::lexer::Error::Syntax(_, position) } => at(*position),
            _ => At { line: 1, column: 1 },
        };
        Self::new(error.to_string(), place)
    }
}
