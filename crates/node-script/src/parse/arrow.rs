//! Where V8 marks an arrow behind what are no parameters (`ParserBase::ParseAssignmentExpressionCoverGrammar`): from the
//! place of the expression before it, which is its operator's, to the last token before the arrow.
//!
//! The parser stops at the arrow and keeps nothing of the expression, so the text is read backwards here.

use super::error::ParseError;
use super::tree::At;

/// How the parser's message of an arrow behind an operand begins.
const ARROW: &str = "invalid arrow-function arguments";

/// The line ends of a text, as the parser counts them.
fn lines(text: &[u16]) -> impl Iterator<Item = &[u16]> {
    text.split_inclusive(|unit| matches!(unit, 10 | 0x2028 | 0x2029))
}

fn offset(text: &[u16], at: At) -> usize {
    let before: usize =
        lines(text).take(at.line.saturating_sub(1) as usize).map(<[u16]>::len).sum();
    (before + at.column.saturating_sub(1) as usize).min(text.len())
}

fn place(text: &[u16], offset: usize) -> At {
    let before = lines(&text[..offset]);
    let (line, column) = before.fold((0, 0), |(line, _), one| (line + 1, one.len()));
    let ended = text[..offset].last().is_none_or(|unit| matches!(unit, 10 | 0x2028 | 0x2029));
    match ended {
        true => At { line: line + 1, column: 1 },
        false => At { line, column: column as u32 + 1 },
    }
}

/// An error of the parser's about an arrow in V8's words and at V8's place; another as it is.
pub(super) fn told(found: ParseError, text: &[u16]) -> ParseError {
    if found.message != "Unexpected token '=>'" && !found.message.starts_with(ARROW) {
        return found;
    }
    let sign = [u16::from(b'='), u16::from(b'>')];
    let from = offset(text, found.at);
    let arrow = text[from..].windows(2).position(|pair| pair == sign);
    match arrow.and_then(|arrow| marked_before(text, from + arrow)) {
        Some((start, end)) => ParseError {
            message: "Malformed arrow function parameter list".to_owned(),
            at: place(text, start),
            width: (end - start) as u32,
        },
        None => found,
    }
}

/// The expression before an arrow: where V8 has its place, and where its last token begins. None if it is on another line.
fn marked_before(text: &[u16], arrow: usize) -> Option<(usize, usize)> {
    let text: Vec<char> = char::decode_utf16(text.iter().copied())
        .flat_map(|decoded| match decoded {
            Ok(one) if one.len_utf16() == 2 => [Some('_'), Some('_')],
            Ok(one) => [Some(one), None],
            Err(_) => [Some('_'), None],
        })
        .flatten()
        .collect();
    let mut reader = Backwards { text: &text, at: arrow };
    if reader.skip_space() {
        return None;
    }
    let last = reader.token()?;
    reader.at = arrow;
    let place = reader.place()?;
    Some((place.min(last.start), last.start))
}

/// A token, or what brackets hold.
#[derive(Clone, Copy)]
struct Token<'t> {
    start: usize,
    text: &'t [char],
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Text,
    /// Where it opens.
    Bracket(usize),
    Sign,
}

struct Backwards<'t> {
    text: &'t [char],
    /// Behind what is read next.
    at: usize,
}

impl<'t> Backwards<'t> {
    fn before(&self) -> Option<char> {
        self.at.checked_sub(1).map(|place| self.text[place])
    }

    /// Whether there was the end of a line.
    fn skip_space(&mut self) -> bool {
        let mut line = false;
        while let Some(space) = self.before().filter(|one| one.is_whitespace()) {
            line |= matches!(space, '\n' | '\r' | '\u{2028}' | '\u{2029}');
            self.at -= 1;
        }
        line
    }

    /// The token before; none at the start, and before what opens a bracket or divides expressions.
    fn token(&mut self) -> Option<Token<'t>> {
        self.skip_space();
        let (end, last) = (self.at, self.before()?);
        let mut token = |start, kind, back: usize| {
            self.at = back;
            Some(Token { start, text: &self.text[start..end], kind })
        };
        let run = |of: fn(char) -> bool| {
            self.text[..end].iter().rposition(|one| !of(*one)).map_or(0, |place| place + 1)
        };
        match last {
            ')' | ']' | '}' => {
                let open = open(self.text, end)?;
                token(end - 1, Kind::Bracket(open), open)
            }
            '"' | '\'' | '`' => {
                let start = self.text[..end - 1].iter().rposition(|one| *one == last)?;
                token(start, Kind::Text, start)
            }
            one if is_word(one) => {
                let start = run(is_word);
                token(start, Kind::Word, start)
            }
            one if is_sign(one) => {
                let start = run(is_sign);
                token(start, Kind::Sign, start)
            }
            _ => None,
        }
    }

    /// V8's place of the expression that ends here.
    fn place(&mut self) -> Option<usize> {
        let mut operators: Vec<Operator> = Vec::new();
        let mut unary = None;
        let mut operand: Vec<Token<'t>> = Vec::new();
        let mut first_operand = None;
        while let Some(token) = self.token() {
            let word: String = token.text.iter().collect();
            match token.kind {
                Kind::Word if matches!(word.as_str(), "typeof" | "void" | "delete" | "await") => {
                    unary = Some(token.start);
                }
                Kind::Word if ["in", "instanceof"].contains(&word.as_str()) => {
                    operators.push(Operator {
                        precedence: RELATING,
                        start: token.start,
                        sign: word,
                    });
                    (unary, first_operand) = (None, None);
                    operand.clear();
                }
                Kind::Word if STATEMENTS.contains(&word.as_str()) => break,
                Kind::Sign if matches!(word.as_str(), "." | "?.") => operand.push(token),
                Kind::Sign => {
                    let binary = self.ends_operand();
                    match precedence(&word).filter(|_| binary) {
                        Some(precedence) => {
                            operators.push(Operator { precedence, start: token.start, sign: word });
                            (unary, first_operand) = (None, None);
                            operand.clear();
                        }
                        None if !binary && word.chars().all(|one| "!~+-".contains(one)) => {
                            unary = Some(token.start);
                        }
                        None => break,
                    }
                }
                _ => {
                    operand.push(token);
                    first_operand = place_of(&operand);
                }
            }
        }
        let Some(least) = operators.iter().map(|one| one.precedence).min() else {
            return unary.or(first_operand);
        };
        // The operator that binds least, the last of those that bind alike. Of a row of one operator V8 makes one node,
        // which has the place of its first operand.
        let mut row = operators.iter().filter(|one| one.precedence == least);
        let last = row.next()?;
        match (least, row.clone().take_while(|one| one.sign == last.sign).last()) {
            (COMPARING | RELATING, _) | (_, None) => Some(last.start),
            (POWER, _) => row.next_back().map(|first| first.start),
            (_, Some(first)) => Backwards { text: self.text, at: first.start }.place(),
        }
    }

    /// Whether an operand ends before.
    fn ends_operand(&self) -> bool {
        let mut reader = Backwards { text: self.text, at: self.at };
        reader.token().is_some_and(|token| token.kind != Kind::Sign)
    }
}

/// Words before which no expression goes on.
const STATEMENTS: [&str; 7] = ["return", "throw", "case", "else", "do", "yield", "of"];

/// An operator between two operands.
struct Operator {
    precedence: u8,
    start: usize,
    sign: String,
}

/// The precedences of comparisons, and of the operator that binds to the right.
const COMPARING: u8 = 9;
const RELATING: u8 = 10;
const POWER: u8 = 14;

fn precedence(sign: &str) -> Option<u8> {
    Some(match sign {
        "??" => 3,
        "||" => 4,
        "&&" => 5,
        "|" => 6,
        "^" => 7,
        "&" => 8,
        "==" | "===" | "!=" | "!==" => COMPARING,
        "<" | ">" | "<=" | ">=" => RELATING,
        "<<" | ">>" | ">>>" => 11,
        "+" | "-" => 12,
        "*" | "/" | "%" => 13,
        "**" => POWER,
        _ => return None,
    })
}

/// The place of an operand without operators, of its tokens from the last to the first: a call's is its name's.
fn place_of(tokens: &[Token<'_>]) -> Option<usize> {
    let first = tokens.last()?;
    let begins_with = |word: &str| first.text.iter().copied().eq(word.chars());
    if ["new", "async", "function", "class"].iter().any(|word| begins_with(word)) {
        return Some(first.start);
    }
    match (tokens.first()?, tokens.get(1)) {
        (Token { kind: Kind::Bracket(_), text: [')'], .. }, Some(name))
            if name.kind == Kind::Word =>
        {
            Some(name.start)
        }
        (Token { kind: Kind::Bracket(open), .. }, _) => Some(*open),
        (last, _) => Some(last.start),
    }
}

/// Where the bracket opens that closes before a place.
fn open(text: &[char], end: usize) -> Option<usize> {
    let mut depth = 0;
    text[..end].iter().enumerate().rev().find_map(|(place, one)| {
        match one {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(place)
    })
}

fn is_word(one: char) -> bool {
    one.is_alphanumeric() || matches!(one, '_' | '$' | '#')
}

fn is_sign(one: char) -> bool {
    "+-*/%&|^<>=!?.~".contains(one)
}

#[cfg(test)]
mod tests {
    use super::marked_before;

    #[test]
    fn an_arrow_behind_no_parameters_is_marked_as_node_marks_it() {
        // What Node 20 marks: where it begins, and where it ends.
        let marks = [
            ("x => x === (x) => x", 7, 13),
            ("x === async () => 1", 2, 13),
            ("1 + (a, b) => 2", 2, 9),
            ("1 + x => 2", 2, 4),
            ("f(1)(x) => 2", 4, 6),
            ("f(x) => 2", 0, 3),
            ("!(a)=>1", 0, 3),
            ("async(x) + (y) => 1", 9, 13),
            ("a || (x) => 1", 2, 7),
            ("new X() => 1", 0, 6),
            ("typeof (x) => 1", 0, 9),
            ("(c) + (d) => 2", 4, 8),
            ("a + b + (c) => 1", 0, 10),
            ("a * b + (c) => 1", 6, 10),
            ("a + b * (c) => 1", 2, 10),
            ("a ** b ** (c) => 1", 2, 12),
            ("a in (c) => 1", 2, 7),
            ("f(a)(b, c) + g(d) => 1", 11, 16),
            ("a.b(c) => 1", 2, 5),
            ("!a.b => 1", 0, 3),
            ("x[1] => 1", 1, 3),
            ("- -(a) => 1", 0, 5),
            ("(a) + async (b) => 2", 4, 14),
        ];
        for (text, begins, ends) in marks {
            let units: Vec<u16> = text.encode_utf16().collect();
            let arrow = text.rfind("=>").unwrap_or_default();
            assert_eq!(marked_before(&units, arrow), Some((begins, ends)), "{text}");
        }
        let below: Vec<u16> = "(a)\n=> 1".encode_utf16().collect();
        assert_eq!(marked_before(&below, 4), None);
    }
}
