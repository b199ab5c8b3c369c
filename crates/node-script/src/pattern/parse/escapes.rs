//! What a backslash begins.

use super::{LAST, Node, Parsed, Parser, Set, close, join};
use crate::pattern::properties::property;

/// The characters of `\d`, `\s` and `\w`.
const DIGITS: &[(u32, u32)] = &[(0x30, 0x39)];
const SPACES: &[(u32, u32)] = &[
    (0x9, 0xD),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];
const LETTERS: &[(u32, u32)] = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];
/// Characters that are ASCII's `s` and `k` without their case.
const FOLDED_LETTERS: &[(u32, u32)] = &[(0x17F, 0x17F), (0x212A, 0x212A)];

impl Parser {
    /// Whether two characters beyond ASCII are letters of words.
    fn folds_letters(&self) -> bool {
        self.modes.unicode && self.modes.ignore_case
    }

    /// An escape that is no part of a class, behind its backslash; and whether a quantifier may be behind it.
    pub(super) fn escape(&mut self) -> Parsed<(Node, bool)> {
        let Some(c) = self.peek() else { return Err("\\ at end of pattern") };
        match c {
            'b' | 'B' => {
                self.at += 1;
                let (negated, folded) = (c == 'B', self.folds_letters());
                return Ok((Node::WordEdge { negated, folded }, false));
            }
            '1'..='9' => {
                let start = self.at;
                let number = self.number().unwrap_or(0);
                if number <= self.all_groups {
                    let ignore_case = self.modes.ignore_case;
                    return Ok((Node::Back { group: number, ignore_case }, true));
                }
                if self.modes.unicode {
                    return Err("Invalid escape");
                }
                self.at = start;
            }
            'k' if self.modes.unicode || self.has_names => {
                self.at += 1;
                if !self.eat("<") {
                    return Err("Invalid named reference");
                }
                let name = self.name()?;
                self.references.push(name.clone());
                let ignore_case = self.modes.ignore_case;
                return Ok((Node::BackNamed { name, ignore_case }, true));
            }
            'p' | 'P' if self.modes.sets => {
                self.at += 1;
                let contents = self.property(c == 'P', "Invalid property name")?;
                return Ok((self.contents_node(contents), true));
            }
            _ => {}
        }
        if let Some(set) = self.class_escape("Invalid property name")? {
            return Ok((Node::Set(set), true));
        }
        let point = self.char_escape(false)?;
        Ok((self.char(point), true))
    }

    /// A set that a letter behind a backslash stands for; the place stays if there is none.
    pub(super) fn class_escape(&mut self, no_property: &'static str) -> Parsed<Option<Set>> {
        let Some(c) = self.peek() else { return Ok(None) };
        let set = match c {
            'd' | 'D' => Set::of(DIGITS),
            's' | 'S' => Set::of(SPACES),
            'w' | 'W' => {
                let mut set = Set::of(LETTERS);
                if self.folds_letters() {
                    set.extend(&Set::of(FOLDED_LETTERS));
                }
                set.settled()
            }
            'p' | 'P' if self.modes.unicode => {
                self.at += 1;
                let (name, value) = self.property_name().ok_or(no_property)?;
                let set = property(&name, value.as_deref()).ok_or(no_property)?;
                return Ok(Some(self.closed(if c == 'P' { set.inverted() } else { set })));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(if c.is_ascii_uppercase() { set.inverted() } else { set }))
    }

    /// A set with all that is the same without its case, if the case does not matter.
    pub(super) fn closed(&self, set: Set) -> Set {
        match self.modes.ignore_case {
            true => close(&set, self.modes.unicode),
            false => set,
        }
    }

    /// The name of a property in braces, and its value.
    pub(super) fn property_name(&mut self) -> Option<(String, Option<String>)> {
        if !self.eat("{") {
            return None;
        }
        let word = |parser: &mut Self| {
            let mut word = String::new();
            while let Some(c) = parser.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
                word.push(c);
                parser.at += 1;
            }
            word
        };
        let name = word(self);
        let value = self.eat("=").then(|| word(self));
        self.eat("}").then_some((name, value))
    }

    /// The character of an escape; some are others in a class.
    pub(super) fn char_escape(&mut self, in_class: bool) -> Parsed<u32> {
        let unicode = self.modes.unicode;
        let Some(c) = self.peek() else { return Err("\\ at end of pattern") };
        let own = self.text[self.at];
        self.at += 1;
        let point = match c {
            'f' => 0xC,
            'n' => 0xA,
            'r' => 0xD,
            't' => 0x9,
            'v' => 0xB,
            'b' if in_class => 0x8,
            '-' if in_class && unicode => own,
            'c' => {
                let letter = self.peek();
                let control = letter.filter(|c| {
                    c.is_ascii_alphabetic()
                        || in_class && !unicode && (c.is_ascii_digit() || *c == '_')
                });
                match control {
                    Some(letter) => {
                        self.at += 1;
                        u32::from(letter) & 31
                    }
                    None if unicode => return Err("Invalid Unicode escape"),
                    None => {
                        // The backslash is a character of its own.
                        self.at -= 1;
                        u32::from('\\')
                    }
                }
            }
            '0' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => 0,
            '0'..='9' if unicode => {
                return Err(match (in_class, c) {
                    (true, _) => "Invalid class escape",
                    (false, '0') => "Invalid decimal escape",
                    (false, _) => "Invalid escape",
                });
            }
            '0'..='7' => {
                let mut value = u32::from(c) - 48;
                for most in [32, 256 / 8] {
                    match self.peek().and_then(|c| c.to_digit(8)) {
                        Some(digit) if value < most => {
                            value = 8 * value + digit;
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                value
            }
            'x' => match self.hex(2) {
                Some(value) => value,
                None if unicode => return Err("Invalid escape"),
                None => own,
            },
            'u' => match self.unicode_escape(unicode) {
                Some(value) => value,
                None if unicode => return Err("Invalid Unicode escape"),
                None => own,
            },
            _ if unicode => match c {
                '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}'
                | '|' | '/' => own,
                _ => return Err("Invalid escape"),
            },
            'k' if self.has_names => return Err("Invalid escape"),
            _ => own,
        };
        Ok(point)
    }

    /// What is behind `\u`: four digits, a pair of two such if `paired`, or digits in braces if `paired`.
    pub(super) fn unicode_escape(&mut self, paired: bool) -> Option<u32> {
        if !paired {
            return self.hex(4);
        }
        if self.eat("{") {
            let start = self.at;
            let mut value = 0_u32;
            while let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) {
                value = (value << 4 | digit).min(LAST + 1);
                self.at += 1;
            }
            return (self.at > start && value <= LAST && self.eat("}")).then_some(value);
        }
        let high = self.hex(4)?;
        let before = self.at;
        if self.eat("\\u")
            && let Some(joined) = self.hex(4).and_then(|low| join(high, low))
        {
            return Some(joined);
        }
        self.at = before;
        Some(high)
    }

    /// A number of hexadecimal digits; the place stays if they are not there.
    fn hex(&mut self, digits: usize) -> Option<u32> {
        let mut value = 0;
        for ahead in 0..digits {
            value = value << 4 | self.peek_at(ahead)?.to_digit(16)?;
        }
        self.at += digits;
        Some(value)
    }
}
