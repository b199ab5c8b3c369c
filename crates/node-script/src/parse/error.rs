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
                let text = if says { in_words_of_v8(message) } else { unexpected(found) };
                Self::new(text, at(span.start()))
            }
            Error::AbruptEnd => Self::new("Unexpected end of input", At { line: 0, column: 0 }),
            Error::Lex { err } => match err {
                boa_parser::lexer::Error::Syntax(message, position) => {
                    Self::new(in_words_of_v8(message), at(*position))
                }
                other => Self::new(other.to_string(), At::default()),
            },
            Error::General { message, position } => {
                Self::new(in_words_of_v8(message), at(*position))
            }
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

/// A message of the parser's early errors in V8's words.
fn in_words_of_v8(message: &str) -> String {
    let fixed = match message {
        "illegal break statement" => "Illegal break statement",
        "illegal continue statement" => {
            "Illegal continue statement: no surrounding iteration statement"
        }
        "invalid super usage" => "'super' keyword unexpected here",
        "invalid object literal in function statement list"
        | "invalid object literal in script statement list" => {
            "Invalid shorthand property initializer"
        }
        "Duplicate __proto__ fields are not allowed in object literals." => {
            "Duplicate __proto__ fields are not allowed in object literals"
        }
        _ => {
            let named = [
                ("undefined break target: ", "Undefined label '"),
                ("undefined continue target: ", "Undefined label '"),
                ("duplicate label: ", "Label '"),
            ];
            for (start, words) in named {
                if let Some(name) = message.strip_prefix(start) {
                    let end = if words == "Label '" { "' has already been declared" } else { "'" };
                    return format!("{words}{name}{end}");
                }
            }
            message
        }
    };
    fixed.to_owned()
}
