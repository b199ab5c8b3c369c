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
}

impl ParseError {
    pub(super) fn new(message: impl Into<String>, at: At) -> Self {
        Self { message: message.into(), at }
    }

    /// Something of the language that this crate does not know.
    pub(super) fn not_supported(what: &str, at: At) -> Self {
        Self::new(format!("{what} is not supported"), at)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.at.line, self.at.column, self.message)
    }
}

impl core::error::Error for ParseError {}

impl From<Error> for ParseError {
    /// The parser's errors in V8's words, where V8 has some for them.
    fn from(error: Error) -> Self {
        let at = |position: boa_ast::Position| At {
            line: position.line_number(),
            column: position.column_number(),
        };
        match &error {
            Error::Expected { found, span, .. } => Self::new(unexpected(found), at(span.start())),
            Error::Unexpected { message, found, span, .. } => {
                // The parser's messages of one or two words say where it was, not what is wrong.
                let says = message.split(' ').count() > 2;
                let text = if says { message.to_string() } else { unexpected(found) };
                Self::new(text, at(span.start()))
            }
            Error::AbruptEnd => Self::new("Unexpected end of input", At { line: 0, column: 0 }),
            Error::Lex { err } => match err {
                boa_parser::lexer::Error::Syntax(message, position) => {
                    Self::new(message.to_string(), at(*position))
                }
                other => Self::new(other.to_string(), At::default()),
            },
            Error::General { message, position } => Self::new(message.to_string(), at(*position)),
            other => Self::new(other.to_string(), At::default()),
        }
    }
}

fn unexpected(found: &str) -> String {
    match found {
        "" => "Unexpected end of input".to_owned(),
        found => format!("Unexpected token '{found}'"),
    }
}
