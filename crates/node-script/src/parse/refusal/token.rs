//! Tokens, and what V8 calls one that it does not expect.

use super::state::TOKEN;
/// A kind of token, as V8's scanner tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A bracket, an operator or a word with a meaning, by its letters.
    Sign(&'static str),
    Name,
    /// `get`, `set` and `async`: names that mean something in some places.
    Get,
    Set,
    Async,
    Await,
    Yield,
    Let,
    Static,
    /// A word that is reserved in strict code: `interface` and its like.
    Reserved,
    /// Such a word, or `let` or `static`, with an escape in it.
    EscapedReserved,
    /// Another word with a meaning and an escape.
    EscapedWord,
    Enum,
    Private,
    Number,
    BigInt,
    Text,
    /// A part of a template that an expression follows.
    TemplateSpan,
    TemplateTail,
    RegExp,
    /// No token; also what is read when a mistake has been found.
    Illegal,
    End,
}

/// Words that are tokens of their own, and no names.
const WORDS: [&str; 36] = [
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
    "enum",
];

const RESERVED: [&str; 6] =
    ["implements", "interface", "package", "private", "protected", "public"];

impl Token {
    /// The token of a word.
    pub(super) fn of_word(word: &str, escaped: bool) -> Self {
        let token = match word {
            "get" => return Self::Get,
            "set" => return Self::Set,
            "async" => return Self::Async,
            "await" => Self::Await,
            "yield" => Self::Yield,
            "let" => Self::Let,
            "static" => Self::Static,
            "enum" => Self::Enum,
            _ if RESERVED.contains(&word) => Self::Reserved,
            _ => match WORDS.iter().find(|known| **known == word) {
                Some(known) => Self::Sign(known),
                None => Self::Name,
            },
        };
        match token {
            _ if !escaped => token,
            Self::Name | Self::Await | Self::Yield => token,
            Self::Let | Self::Static | Self::Reserved => Self::EscapedReserved,
            _ => Self::EscapedWord,
        }
    }

    /// What may be a name in some code.
    pub(super) fn is_any_name(self) -> bool {
        self.is_plain_name() || self == Self::Await || self.is_reserved_in_strict_code()
    }

    /// What is a name everywhere.
    pub(super) fn is_plain_name(self) -> bool {
        matches!(self, Self::Name | Self::Get | Self::Set | Self::Async)
    }

    pub(super) fn is_reserved_in_strict_code(self) -> bool {
        matches!(
            self,
            Self::Yield | Self::Let | Self::Static | Self::Reserved | Self::EscapedReserved
        )
    }

    /// What may be the name of a property.
    pub(super) fn is_property_name(self) -> bool {
        match self {
            Self::Sign(sign) => sign.starts_with(|first: char| first.is_ascii_lowercase()),
            Self::EscapedWord | Self::Enum => true,
            _ => self.is_any_name(),
        }
    }

    pub(super) fn is_literal(self) -> bool {
        matches!(
            self,
            Self::Number | Self::BigInt | Self::Text | Self::Sign("null" | "true" | "false")
        )
    }

    pub(super) fn is_template(self) -> bool {
        matches!(self, Self::TemplateSpan | Self::TemplateTail)
    }

    /// What goes on with a property of the expression before.
    pub(super) fn is_member(self) -> bool {
        self.is_template() || matches!(self, Self::Sign("." | "["))
    }

    pub(super) fn is_property_or_call(self) -> bool {
        self.is_member() || matches!(self, Self::Sign("?." | "("))
    }

    /// What ends a statement without a semicolon.
    pub(super) fn ends_statement(self) -> bool {
        matches!(self, Self::End | Self::Sign(";" | "}"))
    }

    pub(super) fn is_assignment(self) -> bool {
        match self {
            Self::Sign("==" | "===" | "!=" | "!==" | "<=" | ">=") => false,
            Self::Sign(sign) => sign.ends_with('='),
            _ => false,
        }
    }

    /// How tightly an operator between two operands binds; 0 if it is none.
    pub(super) fn precedence(self, accepts_in: bool) -> u8 {
        let Self::Sign(sign) = self else { return 0 };
        match sign {
            "??" => 3,
            "||" => 4,
            "&&" => 5,
            "|" => 6,
            "^" => 7,
            "&" => 8,
            "==" | "!=" | "===" | "!==" => 9,
            "in" if !accepts_in => 0,
            "<" | ">" | "<=" | ">=" | "instanceof" | "in" => 10,
            "<<" | ">>" | ">>>" => 11,
            "+" | "-" => 12,
            "*" | "/" | "%" => 13,
            "**" => 14,
            _ => 0,
        }
    }

    /// What V8 says of it where it does not expect it. A word, where the code is strict or not.
    pub(super) fn unexpected(self, text: &str, strict: bool) -> String {
        match self {
            Self::End => "Unexpected end of input".to_owned(),
            Self::Number | Self::BigInt => "Unexpected number".to_owned(),
            Self::Text => "Unexpected string".to_owned(),
            Self::TemplateSpan | Self::TemplateTail => "Unexpected template string".to_owned(),
            Self::RegExp => "Unexpected regular expression".to_owned(),
            Self::Await | Self::Enum => "Unexpected reserved word".to_owned(),
            Self::EscapedReserved | Self::EscapedWord => {
                "Keyword must not contain escaped characters".to_owned()
            }
            Self::Let | Self::Static | Self::Yield | Self::Reserved if strict => {
                "Unexpected strict mode reserved word".to_owned()
            }
            Self::Name
            | Self::Private
            | Self::Let
            | Self::Static
            | Self::Yield
            | Self::Reserved => {
                format!("Unexpected identifier '{text}'")
            }
            Self::Get => "Unexpected token 'get'".to_owned(),
            Self::Set => "Unexpected token 'set'".to_owned(),
            Self::Async => "Unexpected token 'async'".to_owned(),
            Self::Sign(sign) => format!("Unexpected token '{sign}'"),
            Self::Illegal => TOKEN.to_owned(),
        }
    }
}
