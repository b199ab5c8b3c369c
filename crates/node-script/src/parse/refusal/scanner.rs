//! Tokens of a text (V8's `Scanner`).

use super::state::{Mistake, TOKEN};
use super::token::Token;

/// A token where it stands.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) token: Token,
    pub(super) start: u32,
    pub(super) end: u32,
    /// A line ends before it.
    pub(super) below: bool,
    pub(super) escaped: bool,
    /// A name's letters, or a string's, without escapes.
    pub(super) text: String,
    /// An escape that is wrong in a template without a tag.
    pub(super) bad_escape: Option<Mistake>,
}

pub(super) struct Scanner<'t> {
    text: &'t [u16],
    at: usize,
    module: bool,
    /// The first mistake in a token that is none.
    pub(super) mistake: Option<Mistake>,
    /// The last number or escape that strict code may not have.
    pub(super) octal: Option<Mistake>,
}

const OCTAL: &str = "Octal literals are not allowed in strict mode.";
const LEADING_ZERO: &str = "Decimals with leading zeros are not allowed in strict mode.";
const OCTAL_ESCAPE: &str = "Octal escape sequences are not allowed in strict mode.";
const EIGHT: &str = "\\8 and \\9 are not allowed in strict mode.";
const TEMPLATE_OCTAL: &str = "Octal escape sequences are not allowed in template strings.";
const TEMPLATE_EIGHT: &str = "\\8 and \\9 are not allowed in template strings.";

/// Signs, the longest first.
const SIGNS: [&str; 57] = [
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=",
    "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "<<", ">>", "**", "{", "}", "(", ")", "[", "]", ".", ";", ",", "<", ">", "+", "-", "*", "/",
    "%", "&", "|", "^", "!", "~", "?", ":", "=",
];

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u16], module: bool) -> Self {
        let mut scanner = Self { text, at: 0, module, mistake: None, octal: None };
        if scanner.sees("#!") {
            scanner.skip_line();
        }
        scanner
    }

    fn unit(&self, ahead: usize) -> Option<u16> {
        self.text.get(self.at + ahead).copied()
    }

    /// The character here; units of other planes by their pair.
    fn here(&self) -> Option<char> {
        char::decode_utf16(self.text.get(self.at..)?.iter().copied())
            .next()
            .map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn ascii(&self) -> u8 {
        self.unit(0)
            .and_then(|unit| u8::try_from(unit).ok())
            .unwrap_or(if self.at < self.text.len() { 0x80 } else { 0 })
    }

    fn sees(&self, word: &str) -> bool {
        word.bytes().enumerate().all(|(place, byte)| self.unit(place) == Some(byte.into()))
    }

    fn place(&self) -> u32 {
        self.at as u32
    }

    fn note(&mut self, start: u32, end: u32, message: &'static str) {
        self.mistake.get_or_insert_with(|| Mistake::new(start, end, message));
    }

    fn skip_line(&mut self) {
        while self.unit(0).is_some_and(|unit| !is_line_end(unit)) {
            self.at += 1;
        }
    }

    /// The next token. `below`: a line has ended before.
    pub(super) fn scan(&mut self, below: bool) -> Read {
        let mut read = Read {
            token: Token::Illegal,
            start: self.place(),
            end: self.place(),
            below,
            escaped: false,
            text: String::new(),
            bad_escape: None,
        };
        loop {
            read.start = self.place();
            let Some(unit) = self.unit(0) else {
                read.token = Token::End;
                break;
            };
            if is_line_end(unit) {
                read.below = true;
                self.at += 1;
            } else if is_space(unit) {
                self.at += 1;
            } else if self.sees("//") {
                self.skip_line();
            } else if self.sees("/*") {
                if !self.skip_comment(&mut read) {
                    break;
                }
            } else if self.sees("<!--") || (read.below && self.sees("-->")) {
                if self.module {
                    let at = self.place() + if unit == u16::from(b'<') { 3 } else { 2 };
                    self.note(at, at + 1, "HTML comments are not allowed in modules");
                    break;
                }
                self.skip_line();
            } else {
                self.token(&mut read);
                break;
            }
        }
        read.end = self.place();
        read
    }

    fn skip_comment(&mut self, read: &mut Read) -> bool {
        self.at += 2;
        loop {
            match self.unit(0) {
                None => return false,
                Some(_) if self.sees("*/") => {
                    self.at += 2;
                    return true;
                }
                Some(unit) => {
                    read.below |= is_line_end(unit);
                    self.at += 1;
                }
            }
        }
    }

    fn token(&mut self, read: &mut Read) {
        let c = self.ascii();
        read.token = match c {
            b'"' | b'\'' => self.string(c, read),
            b'`' => {
                self.at += 1;
                self.template(read)
            }
            b'0'..=b'9' => self.number(false),
            b'.' if self.unit(1).is_some_and(is_digit) => {
                self.at += 1;
                self.number(true)
            }
            b'#' => {
                self.at += 1;
                match self.here().is_some_and(|one| is_name_start(one) || one == '\\') {
                    true => {
                        read.text.push('#');
                        match self.word(read) {
                            Token::Illegal => Token::Illegal,
                            _ => Token::Private,
                        }
                    }
                    false => {
                        let at = self.place() - 1;
                        self.note(at, at + 1, TOKEN);
                        Token::Illegal
                    }
                }
            }
            b'?' if self.sees("?.") && self.unit(2).is_some_and(is_digit) => {
                self.at += 1;
                Token::Sign("?")
            }
            _ if c == b'\\' || self.here().is_some_and(is_name_start) => self.word(read),
            _ => match SIGNS.iter().find(|sign| self.sees(sign)) {
                Some(sign) => {
                    self.at += sign.len();
                    Token::Sign(sign)
                }
                None => {
                    // V8 does not go on from a character beyond ASCII that begins nothing.
                    self.at += usize::from(c < 0x80);
                    Token::Illegal
                }
            },
        };
    }

    fn word(&mut self, read: &mut Read) -> Token {
        let begin = read.text.len();
        loop {
            let first = read.text.len() == begin;
            let fits = |one: char| if first { is_name_start(one) } else { is_name_part(one) };
            if self.ascii() == b'\\' {
                read.escaped = true;
                self.at += 1;
                if self.ascii() != b'u' {
                    return Token::Illegal;
                }
                self.at += 1;
                match self.unicode_escape().and_then(char::from_u32).filter(|one| fits(*one)) {
                    Some(one) => read.text.push(one),
                    None => return Token::Illegal,
                }
            } else if let Some(one) = self.here().filter(|one| fits(*one)) {
                read.text.push(one);
                self.at += one.len_utf16();
            } else {
                break;
            }
        }
        Token::of_word(&read.text[begin..], read.escaped)
    }

    // -- strings ------------------------------------------------------------------------------------------------

    fn string(&mut self, quote: u8, read: &mut Read) -> Token {
        self.at += 1;
        loop {
            match self.unit(0) {
                None | Some(10 | 13) => return Token::Illegal,
                Some(unit) if unit == u16::from(quote) => {
                    self.at += 1;
                    return Token::Text;
                }
                Some(0x5c) => {
                    self.at += 1;
                    read.escaped = true;
                    if self.unit(0).is_none() || !self.escape(false, read) {
                        return Token::Illegal;
                    }
                }
                Some(_) => self.literal(read),
            }
        }
    }

    fn literal(&mut self, read: &mut Read) {
        if let Some(one) = self.here() {
            read.text.push(one);
            self.at += one.len_utf16();
        }
    }

    /// What follows a backslash in a string or a template.
    fn escape(&mut self, template: bool, read: &mut Read) -> bool {
        let Some(unit) = self.unit(0) else { return false };
        self.at += 1;
        if is_line_end(unit) {
            if unit == 13 && self.unit(0) == Some(10) {
                self.at += 1;
            }
            return true;
        }
        let code = match u8::try_from(unit).unwrap_or(b'x' ^ 0x80) {
            b'b' => Some(8),
            b'f' => Some(12),
            b'n' => Some(10),
            b'r' => Some(13),
            b't' => Some(9),
            b'v' => Some(11),
            b'u' => self.unicode_escape(),
            b'x' => self.hexadecimal(2, "Invalid hexadecimal escape sequence"),
            digit @ b'0'..=b'7' => {
                let mut value = u32::from(digit - b'0');
                let mut more = 0;
                while more < 2 && matches!(self.ascii(), b'0'..=b'7') {
                    let next = value * 8 + u32::from(self.ascii() - b'0');
                    if next >= 256 {
                        break;
                    }
                    value = next;
                    self.at += 1;
                    more += 1;
                }
                if digit != b'0' || more > 0 || matches!(self.ascii(), b'8' | b'9') {
                    let message = if template { TEMPLATE_OCTAL } else { OCTAL_ESCAPE };
                    let start = self.place() - more - 1;
                    self.octal = Some(Mistake::new(start, self.place() - 1, message));
                }
                Some(value)
            }
            b'8' | b'9' => {
                let message = if template { TEMPLATE_EIGHT } else { EIGHT };
                self.octal = Some(Mistake::new(self.place() - 2, self.place() - 1, message));
                Some(unit.into())
            }
            _ => Some(unit.into()),
        };
        read.text.extend(code.map(|code| char::from_u32(code).unwrap_or('\u{fffd}')));
        code.is_some()
    }

    fn hexadecimal(&mut self, digits: u32, message: &'static str) -> Option<u32> {
        let begin = self.place() - 2;
        let mut value = 0;
        for _ in 0..digits {
            let Some(digit) = char::from(self.ascii()).to_digit(16) else {
                self.note(begin, begin + digits + 2, message);
                return None;
            };
            value = value * 16 + digit;
            self.at += 1;
        }
        Some(value)
    }

    fn unicode_escape(&mut self) -> Option<u32> {
        const MESSAGE: &str = "Invalid Unicode escape sequence";
        if self.ascii() != b'{' {
            return self.hexadecimal(4, MESSAGE);
        }
        let begin = self.place() - 2;
        self.at += 1;
        let (mut value, mut any) = (0, false);
        while let Some(digit) = char::from(self.ascii()).to_digit(16) {
            value = value * 16 + digit;
            any = true;
            if value > 0x0010_ffff {
                self.note(begin, self.place() + 1, "Undefined Unicode code-point");
                return None;
            }
            self.at += 1;
        }
        if !any || self.ascii() != b'}' {
            self.note(self.place(), self.place() + 1, MESSAGE);
            return None;
        }
        self.at += 1;
        Some(value)
    }

    /// A template's text from behind its quote or a brace on.
    fn template(&mut self, read: &mut Read) -> Token {
        let (mistake, octal) = (self.mistake.take(), self.octal.take());
        let token = loop {
            if self.sees("${") {
                self.at += 2;
                break Token::TemplateSpan;
            }
            match self.ascii() {
                0 => break Token::TemplateSpan,
                b'`' => {
                    self.at += 1;
                    break Token::TemplateTail;
                }
                b'\\' => {
                    self.at += 1;
                    self.escape(true, read);
                    let bad = self.mistake.take();
                    let bad = bad.or(self.octal.take());
                    read.bad_escape = read.bad_escape.take().or(bad);
                }
                _ => self.at += 1,
            }
        };
        (self.mistake, self.octal) = (mistake, octal);
        token
    }

    /// Goes on with a template at the brace that ends its expression.
    pub(super) fn go_on_with_template(&mut self, brace: &Read) -> Read {
        self.at = brace.end as usize;
        let mut read = Read { text: String::new(), bad_escape: None, ..brace.clone() };
        read.token = self.template(&mut read);
        read.end = self.place();
        read
    }

    // -- numbers ------------------------------------------------------------------------------------------------

    fn number(&mut self, mut fraction: bool) -> Token {
        let start = self.place();
        let mut radix = 10;
        let mut leading_zero = false;
        let mut octal = false;
        if !fraction && self.ascii() == b'0' {
            self.at += 1;
            radix = match self.ascii().to_ascii_lowercase() {
                b'x' => 16,
                b'o' => 8,
                b'b' => 2,
                _ => 10,
            };
            if radix != 10 {
                self.at += 1;
                if !char::from(self.ascii()).is_digit(radix) || !self.digits(radix, true) {
                    return Token::Illegal;
                }
            } else if self.ascii().is_ascii_digit() {
                while matches!(self.ascii(), b'0'..=b'7') {
                    self.at += 1;
                }
                leading_zero = matches!(self.ascii(), b'8' | b'9');
                octal = !leading_zero;
            } else if self.ascii() == b'_' {
                let at = self.place() + 1;
                self.note(at - 1, at, "Numeric separator can not be used after leading 0.");
                return Token::Illegal;
            }
        }
        if octal {
            self.octal = Some(Mistake::new(start, self.place(), OCTAL));
        } else if radix == 10 {
            if (fraction && self.ascii() == b'_') || !self.digits(10, !leading_zero) {
                return Token::Illegal;
            }
            if !fraction && self.ascii() == b'.' {
                fraction = true;
                self.at += 1;
                if self.ascii() == b'_' || !self.digits(10, true) {
                    return Token::Illegal;
                }
            }
        }
        let mut token = Token::Number;
        if self.ascii() == b'n' && !fraction && !octal && !leading_zero {
            self.at += 1;
            token = Token::BigInt;
        } else if matches!(self.ascii(), b'e' | b'E') && radix == 10 && !octal {
            self.at += 1;
            if matches!(self.ascii(), b'+' | b'-') {
                self.at += 1;
            }
            if !self.ascii().is_ascii_digit() || !self.digits(10, true) {
                return Token::Illegal;
            }
        }
        if self.ascii().is_ascii_digit()
            || self.here().is_some_and(|one| is_name_start(one) || one == '\\')
        {
            return Token::Illegal;
        }
        if leading_zero {
            self.octal = Some(Mistake::new(start, self.place(), LEADING_ZERO));
        }
        token
    }

    fn digits(&mut self, radix: u32, separated: bool) -> bool {
        let mut after_separator = false;
        loop {
            let c = self.ascii();
            if c == b'_' {
                let at = self.place() + 1;
                if !separated {
                    self.note(at - 1, at, TOKEN);
                    return false;
                }
                if after_separator {
                    const MESSAGE: &str = "Only one underscore is allowed as numeric separator";
                    self.note(at - 1, at, MESSAGE);
                    return false;
                }
                after_separator = true;
            } else if char::from(c).is_digit(radix) {
                after_separator = false;
            } else {
                break;
            }
            self.at += 1;
        }
        if after_separator {
            const MESSAGE: &str =
                "Numeric separators are not allowed at the end of numeric literals";
            self.note(self.place(), self.place() + 1, MESSAGE);
        }
        !after_separator
    }

    // -- regular expressions ------------------------------------------------------------------------------------

    /// Reads a regular expression from its slash on, without its flags; none if it does not end.
    pub(super) fn pattern(&mut self, slash: &Read) -> Option<&'t [u16]> {
        let begin = slash.start as usize + 1;
        self.at = slash.end as usize;
        let mut in_class = false;
        while in_class || self.ascii() != b'/' {
            match self.unit(0) {
                None => return None,
                Some(unit) if is_line_end(unit) => return None,
                Some(0x5c) => {
                    self.at += 1;
                    if self.unit(0).is_none_or(is_line_end) {
                        return None;
                    }
                }
                Some(0x5b) => in_class = true,
                Some(0x5d) => in_class = false,
                Some(_) => {}
            }
            self.at += 1;
        }
        self.at += 1;
        Some(&self.text[begin..self.at - 1])
    }

    /// The flags behind, and whether they are ones.
    pub(super) fn flags(&mut self) -> (String, bool) {
        let mut flags = String::new();
        while let Some(one) = self.here().filter(|one| is_name_part(*one) || *one == '\\') {
            if !"dgimsuvy".contains(one) || flags.contains(one) {
                return (flags, false);
            }
            flags.push(one);
            self.at += 1;
        }
        let both = flags.contains('u') && flags.contains('v');
        (flags, !both)
    }

    pub(super) fn at(&self) -> u32 {
        self.place()
    }
}

pub(super) fn is_line_end(unit: u16) -> bool {
    matches!(unit, 10 | 13 | 0x2028 | 0x2029)
}

fn is_space(unit: u16) -> bool {
    unit == 0xfeff || char::from_u32(unit.into()).is_some_and(char::is_whitespace) && unit != 0x85
}

fn is_digit(unit: u16) -> bool {
    u8::try_from(unit).is_ok_and(|byte| byte.is_ascii_digit())
}

fn is_name_start(one: char) -> bool {
    one.is_ascii_alphabetic()
        || matches!(one, '$' | '_')
        || !one.is_ascii()
            && icu_properties::CodePointSetData::new::<icu_properties::props::IdStart>()
                .contains(one)
}

fn is_name_part(one: char) -> bool {
    one.is_ascii_alphanumeric()
        || matches!(one, '$' | '_' | '\u{200c}' | '\u{200d}')
        || !one.is_ascii()
            && icu_properties::CodePointSetData::new::<icu_properties::props::IdContinue>()
                .contains(one)
}
