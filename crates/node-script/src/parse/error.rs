//! Why a source could not be read.

use super::tree::At;
use crate::pattern::{Modes, Pattern};
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

impl ParseError {
    pub fn new(message: impl Into<String>, at: At) -> Self {
        Self { message: message.into(), at, width: 1 }
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

impl ParseError {
    /// The parser's error about a text in V8's words, where V8 has some for it.
    pub(super) fn of(error: &Error, text: &[u16]) -> Self {
        let at = |position: boa_ast::Position| At {
            line: position.line_number(),
            column: position.column_number(),
        };
        let end = || Self::new(END, end_of(text));
        match error {
            Error::Expected { found, span, expected, context } => {
                if found.is_empty() {
                    return end();
                }
                let in_call = *context == ARGUMENTS && expected.iter().any(|what| &**what == ")");
                let at = at(span.start());
                match in_call && !(&**found == ARROW && is_on_line(text, at)) {
                    true => Self::new(CALL, at),
                    false => Self::new(token(found, text, at), at),
                }
            }
            Error::Unexpected { message, found, span, .. } => {
                // The parser's messages of one or two words say where it was, not what is wrong.
                let says = message.split(' ').count() > 2;
                match (says, &**found) {
                    (true, _) => Self::said(message, text, at(span.start())),
                    (false, "") => end(),
                    (false, found) => {
                        let at = at(span.start());
                        Self::new(token(found, text, at), at)
                    }
                }
            }
            Error::AbruptEnd => end(),
            Error::Lex { err } => match err {
                boa_parser::lexer::Error::Syntax(message, position) => {
                    Self::said(message, text, at(*position))
                }
                // The text can be read, so it is a string that is not ended.
                boa_parser::lexer::Error::IO(_) => {
                    Self::new(TOKEN, end_of(&text[..open_string(text).unwrap_or(text.len())]))
                }
            },
            Error::General { message, position } => Self::said(message, text, at(*position)),
            other => Self::new(other.to_string(), At::default()),
        }
    }

    /// A message of the parser's at a place.
    fn said(message: &str, text: &[u16], at: At) -> Self {
        if message.starts_with("Invalid regular expression literal")
            && let Some(message) = regular_expression(text, at)
        {
            return Self::new(message, at);
        }
        match in_words_of_v8(message) {
            said if said == END => Self::new(END, end_of(text)),
            said => Self::new(said, at),
        }
    }
}

const END: &str = "Unexpected end of input";
const TOKEN: &str = "Invalid or unexpected token";
const CALL: &str = "missing ) after argument list";
/// The parser's name of what it reads then.
const ARGUMENTS: &str = "argument list";
const ARROW: &str = "=>";

/// Whether something is before a place on its line.
fn is_on_line(text: &[u16], at: At) -> bool {
    let rest = from(text, At { line: at.line, column: 1 });
    let before = rest.iter().take(at.column.saturating_sub(1) as usize);
    before.copied().any(|unit| !char::from_u32(unit.into()).is_some_and(char::is_whitespace))
}

/// Behind the last character.
fn end_of(text: &[u16]) -> At {
    let (mut line, mut column) = (1, 1);
    for (place, unit) in text.iter().enumerate() {
        let pair = *unit == 13 && text.get(place + 1) == Some(&10);
        match unit {
            10 | 13 | 0x2028 | 0x2029 if !pair => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
    }
    At { line, column }
}

/// Where the first string begins that its line does not end; roughly, as quotes in regular expressions count.
fn open_string(text: &[u16]) -> Option<usize> {
    let byte = |at: usize| text.get(at).map(|unit| u8::try_from(*unit).unwrap_or(b'x'));
    let mut at = 0;
    while let Some(c) = byte(at) {
        let start = at;
        at += 1;
        match (c, byte(at)) {
            (b'/', Some(b'/')) => {
                while byte(at).is_some_and(|c| c != b'\n') {
                    at += 1;
                }
            }
            (b'/', Some(b'*')) => {
                while byte(at).is_some() && (byte(at), byte(at + 1)) != (Some(b'*'), Some(b'/')) {
                    at += 1;
                }
                at += 2;
            }
            (b'"' | b'\'' | b'`', _) => loop {
                match byte(at) {
                    Some(end) if end == c => break at += 1,
                    Some(b'\\') => at += 2,
                    Some(b'\n' | b'\r') | None if c != b'`' => return Some(start),
                    Some(_) => at += 1,
                    None => return None,
                }
            },
            _ => {}
        }
    }
    None
}

/// A text from a place on.
fn from(text: &[u16], at: At) -> &[u16] {
    let mut start = 0;
    for _ in 1..at.line {
        let rest = &text[start..];
        let Some(end) = rest.iter().position(|unit| matches!(unit, 10 | 13 | 0x2028 | 0x2029))
        else {
            return &[];
        };
        start += end + if rest[end] == 13 && rest.get(end + 1) == Some(&10) { 2 } else { 1 };
    }
    text.get(start + at.column.saturating_sub(1) as usize..).unwrap_or(&[])
}

/// What V8 says of a token that is not expected.
fn token(found: &str, text: &[u16], at: At) -> String {
    let first = from(text, at).first().and_then(|unit| char::from_u32(u32::from(*unit)));
    match first {
        Some('"' | '\'') => "Unexpected string".to_owned(),
        Some('`') => "Unexpected template string".to_owned(),
        Some('0'..='9') => "Unexpected number".to_owned(),
        _ if found == "line terminator" => TOKEN.to_owned(),
        _ if found == "enum" => "Unexpected reserved word".to_owned(),
        Some(c) if (c.is_alphabetic() || matches!(c, '_' | '$' | '#')) && !is_keyword(found) => {
            format!("Unexpected identifier '{found}'")
        }
        _ => format!("Unexpected token '{found}'"),
    }
}

fn is_keyword(word: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "import",
        "in",
        "instanceof",
        "new",
        "null",
        "return",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
    ];
    KEYWORDS.contains(&word)
}

/// What is wrong with the regular expression at a place.
fn regular_expression(text: &[u16], at: At) -> Option<String> {
    let literal = from(text, at).strip_prefix(&[u16::from(b'/')])?;
    let (mut end, mut in_class) = (0, false);
    loop {
        match u8::try_from(*literal.get(end)?).unwrap_or(0) {
            b'\\' => end += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => break,
            _ => {}
        }
        end += 1;
    }
    let flags = literal[end + 1..].iter().map_while(|unit| {
        let letter = char::from_u32(u32::from(*unit))?;
        letter.is_ascii_alphabetic().then_some(letter)
    });
    let flags: String = flags.collect();
    let error = Pattern::new(&literal[..end], Modes::of(&flags)).err()?;
    let source = String::from_utf16_lossy(&literal[..end]);
    Some(format!("Invalid regular expression: /{source}/{flags}: {error}"))
}

/// A message of the parser's early errors in V8's words.
fn in_words_of_v8(message: &str) -> String {
    if let Some((_, words)) = WORDS.iter().find(|(start, _)| message.starts_with(start)) {
        return (*words).to_owned();
    }
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
    message.to_owned()
}

/// How messages of the parser begin, and V8's words for them.
const WORDS: &[(&str, &str)] = &[
    ("illegal break statement", "Illegal break statement"),
    (
        "illegal continue statement",
        "Illegal continue statement: no surrounding iteration statement",
    ),
    ("invalid super usage", SUPER),
    ("expected super property", SUPER),
    ("invalid object literal in function statement list", SHORTHAND),
    ("invalid object literal in script statement list", SHORTHAND),
    (
        "Duplicate __proto__ fields are not allowed in object literals",
        "Duplicate __proto__ fields are not allowed in object literals",
    ),
    (
        "'let' is disallowed as a lexically bound name",
        "let is disallowed as a lexically bound name",
    ),
    ("a numeric literal must not be followed by", TOKEN),
    ("unterminated string literal", TOKEN),
    ("unterminated multiline comment", TOKEN),
    ("expected binary digit", TOKEN),
    ("expected octal digit", TOKEN),
    ("expected hexadecimal digit", TOKEN),
    ("Abrupt end: No exponential value found", TOKEN),
    ("'n' suffix not allowed in octal", TOKEN),
    ("unexpected '", TOKEN),
    ("invalid identifier start", TOKEN),
    ("unterminated template literal", END),
    ("abrupt end on regular expression", NO_SLASH),
    ("new lines are not allowed in regular expressions", NO_SLASH),
    ("invalid regular expression flag", "Invalid regular expression flags"),
    ("repeated regular expression flag", "Invalid regular expression flags"),
    ("implicit octal literals", "Octal literals are not allowed in strict mode."),
    ("octal escape sequences", "Octal escape sequences are not allowed in strict mode."),
    ("with statement not allowed", "Strict mode code may not include a with statement"),
    (
        "cannot delete variables in strict mode",
        "Delete of an unqualified identifier in strict mode.",
    ),
    ("strict reserved word cannot be an identifier", "Unexpected strict mode reserved word"),
    (
        "only one variable can be declared in the head of a for-of loop",
        "Invalid left-hand side in for-of loop: Must have a single binding.",
    ),
    ("Expected initializer for const declaration", "Missing initializer in const declaration"),
    ("a class may only have one constructor", "A class may only have one constructor"),
    ("class constructor may not be a getter", ACCESSOR),
    ("class constructor may not be a setter", ACCESSOR),
    ("invalid object binding pattern", "Invalid destructuring assignment target"),
    ("rest parameter must be the last", "Rest parameter must be last formal parameter"),
    (
        "underscores are not allowed at the end",
        "Numeric separators are not allowed at the end of numeric literals",
    ),
    (
        "only one underscore is allowed as numeric separator",
        "Only one underscore is allowed as numeric separator",
    ),
    ("separator is not allowed", "Numeric separator can not be used after leading 0."),
    ("Unicode codepoint must not be greater than", "Undefined Unicode code-point"),
    ("invalid Hexadecimal escape sequence", "Invalid hexadecimal escape sequence"),
    ("invalid Unicode escape sequence", "Invalid Unicode escape sequence"),
    ("more than one switch default", "More than one default clause in switch statement"),
    ("invalid variable for iterable loop", "Invalid left-hand side in for-loop"),
    (
        "invalid left-hand side expression 'async' of a for-of loop",
        "The left-hand side of a for-of loop may not be 'async'.",
    ),
    ("empty parenthesized expression", CLOSED),
    ("trailing comma in parenthesized expression", CLOSED),
    ("parenthesized expression with spread", "Unexpected token '...'"),
    ("Expecting Token '.' as part of spread", "Unexpected token '.'"),
    (
        "class may not have static field definitions",
        "Classes may not have a static property named 'prototype'",
    ),
];

const SUPER: &str = "'super' keyword unexpected here";
const SHORTHAND: &str = "Invalid shorthand property initializer";
const NO_SLASH: &str = "Invalid regular expression: missing /";
const ACCESSOR: &str = "Class constructor may not be an accessor";
const CLOSED: &str = "Unexpected token ')'";
