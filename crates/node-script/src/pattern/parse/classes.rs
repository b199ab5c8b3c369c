//! Classes: those of the flags before `v`, which have characters and ranges, and those of `v`, which have strings,
//! classes inside and operations.

use super::{Node, Parsed, Parser, Set};
use crate::pattern::emoji;
use crate::pattern::fold::canonical;
use crate::pattern::properties::property;

/// What a class of the flag `v` has.
#[derive(Default)]
pub(super) struct Contents {
    set: Set,
    /// Strings of another length than one character.
    strings: Vec<Vec<u32>>,
}

/// Ways that are tried one after the other.
const MOST_WAYS: usize = 32;
/// Levels of strings that begin alike.
const MOST_DEEP: usize = 32;

/// An atom of a class: a character, or a set that a range cannot end with.
enum Atom {
    Char(u32),
    Set(Set),
}

impl Parser {
    /// A class behind its bracket.
    pub(super) fn class(&mut self) -> Parsed<Node> {
        if self.modes.sets {
            let contents = self.contents()?;
            return Ok(self.contents_node(contents));
        }
        let negated = self.eat("^");
        let (mut chars, mut sets) = (Set::default(), Set::default());
        loop {
            if self.eat("]") {
                break;
            }
            let first = self.atom()?;
            if self.peek() != Some('-') || self.peek_at(1) == Some(']') {
                match first {
                    Atom::Char(point) => chars.add(point, point),
                    Atom::Set(set) => sets.extend(&set),
                }
                continue;
            }
            self.at += 1;
            if self.peek().is_none() {
                return Err("Unterminated character class");
            }
            match (first, self.atom()?) {
                (Atom::Char(low), Atom::Char(high)) if low <= high => chars.add(low, high),
                (Atom::Char(_), Atom::Char(_)) => {
                    return Err("Range out of order in character class");
                }
                _ if self.modes.unicode => return Err("Invalid character class"),
                (first, last) => {
                    chars.add(u32::from('-'), u32::from('-'));
                    for atom in [first, last] {
                        match atom {
                            Atom::Char(point) => chars.add(point, point),
                            Atom::Set(set) => sets.extend(&set),
                        }
                    }
                }
            }
        }
        let mut set = self.closed(chars.settled());
        set.extend(&sets);
        let set = set.settled();
        let set = if negated { set.inverted() } else { set };
        Ok(match set.single() {
            Some(point) => Node::Char(point),
            None => Node::Set(set),
        })
    }

    fn atom(&mut self) -> Parsed<Atom> {
        if !self.eat("\\") {
            return self.next().map(Atom::Char).ok_or("Unterminated character class");
        }
        if let Some(set) = self.class_escape("Invalid property name in character class")? {
            return Ok(Atom::Set(set));
        }
        Ok(Atom::Char(self.char_escape(true)?))
    }

    // -- the flag v ---------------------------------------------------------------------------------------------

    /// What a class has, behind its bracket and up to its end.
    fn contents(&mut self) -> Parsed<Contents> {
        let negated = self.eat("^");
        let mut contents = self.operands()?;
        if negated {
            if !contents.strings.is_empty() {
                return Err("Negated character class may contain strings");
            }
            contents.set = contents.set.inverted();
        }
        Ok(contents)
    }

    fn operands(&mut self) -> Parsed<Contents> {
        let mut all = Contents::default();
        if self.eat("]") {
            return Ok(all);
        }
        let (first, simple) = self.operand()?;
        let operation = ["&&", "--"].into_iter().find(|operation| self.eat(operation));
        let Some(operation) = operation else {
            self.range_or_operand(first, simple, &mut all)?;
            while !self.eat("]") {
                if self.eat("&&") || self.eat("--") {
                    return Err("Invalid set operation in character class");
                }
                let (operand, simple) = self.operand()?;
                self.range_or_operand(operand, simple, &mut all)?;
            }
            all.set.settle();
            return Ok(all);
        };
        all = first;
        loop {
            if operation == "&&" && self.peek() == Some('&') {
                return Err("Invalid character in character class");
            }
            let (other, _) = self.operand()?;
            let among = |string: &Vec<u32>| {
                let folded = self.folded(string);
                other.strings.iter().any(|known| self.folded(known) == folded)
            };
            if operation == "&&" {
                all.strings.retain(among);
                all.set = all.set.intersected(&other.set);
            } else {
                all.strings.retain(|string| !among(string));
                all.set = all.set.without(&other.set);
            }
            if self.eat("]") {
                return Ok(all);
            }
            if !self.eat(operation) {
                return Err(match self.peek() {
                    None => "Unterminated character class",
                    Some(_) => "Invalid set operation in character class",
                });
            }
        }
    }

    /// Adds an operand of a union, or the range that it begins.
    fn range_or_operand(
        &mut self,
        operand: Contents,
        simple: Option<u32>,
        all: &mut Contents,
    ) -> Parsed<()> {
        if self.peek() == Some('-') && self.peek_at(1) != Some('-') {
            self.at += 1;
            let Some(low) = simple else { return Err("Invalid character class") };
            let (_, Some(high)) = self.operand()? else { return Err("Invalid character class") };
            if low > high {
                return Err("Range out of order in character class");
            }
            all.set.extend(&self.closed(Set::of(&[(low, high)])));
            return Ok(());
        }
        all.set.extend(&operand.set);
        all.strings.extend(operand.strings);
        Ok(())
    }

    /// An operand, and the character that it is, if it is one.
    fn operand(&mut self) -> Parsed<(Contents, Option<u32>)> {
        const DOUBLE: &str = "&!#$%*+,.:;<=>?@^`~";
        let Some(c) = self.peek() else { return Err("Unterminated character class") };
        if self.eat("[") {
            return Ok((self.contents()?, None));
        }
        if c == '\\' {
            self.at += 1;
            match self.peek() {
                Some('q') if self.peek_at(1) == Some('{') => {
                    self.at += 2;
                    return Ok((self.strings()?, None));
                }
                Some('q') => return Err("Invalid escape"),
                Some(letter @ ('p' | 'P')) => {
                    self.at += 1;
                    let wrong = "Invalid property name in character class";
                    return Ok((self.property(letter == 'P', wrong)?, None));
                }
                _ => {}
            }
            if let Some(set) = self.class_escape("Invalid property name in character class")? {
                return Ok((Contents { set, strings: Vec::new() }, None));
            }
            let point = self.class_char_escape()?;
            return Ok((self.single(point), Some(point)));
        }
        if DOUBLE.contains(c) && self.peek_at(1) == Some(c) {
            return Err("Invalid set operation in character class");
        }
        if matches!(c, '(' | ')' | ']' | '{' | '}' | '/' | '-' | '|') {
            return Err("Invalid character in character class");
        }
        let point = self.text[self.at];
        self.at += 1;
        Ok((self.single(point), Some(point)))
    }

    fn single(&self, point: u32) -> Contents {
        let set = self.closed(Set::of(&[(point, point)]));
        Contents { set, strings: Vec::new() }
    }

    /// The character of an escape: some that mean something to a class may be escaped, too.
    fn class_char_escape(&mut self) -> Parsed<u32> {
        match self.peek() {
            Some(c) if "&-!#%,:;<=>@`~".contains(c) => {
                self.at += 1;
                Ok(u32::from(c))
            }
            _ => self.char_escape(true),
        }
    }

    /// Strings between bars, up to a brace.
    fn strings(&mut self) -> Parsed<Contents> {
        let mut all = Contents::default();
        let mut string = Vec::new();
        loop {
            let end = match self.peek() {
                None => return Err("Unterminated character class"),
                Some(c @ ('|' | '}')) => {
                    self.at += 1;
                    c
                }
                Some('\\') => {
                    self.at += 1;
                    string.push(self.class_char_escape()?);
                    continue;
                }
                Some('(' | ')' | '[' | ']' | '{' | '/' | '-') => {
                    return Err("Invalid character in character class");
                }
                Some(_) => {
                    string.extend(self.next());
                    continue;
                }
            };
            match string[..] {
                [point] => all.set.extend(&self.single(point).set),
                _ => all.strings.push(string.clone()),
            }
            string.clear();
            if end == '}' {
                all.set.settle();
                return Ok(all);
            }
        }
    }

    /// What `\p` stands for, which may have strings.
    pub(super) fn property(&mut self, negated: bool, wrong: &'static str) -> Parsed<Contents> {
        let (name, value) = self.property_name().ok_or(wrong)?;
        if let Some((points, strings)) = value.is_none().then(|| emoji::strings(&name)).flatten() {
            if negated {
                return Err(wrong);
            }
            let set = self.closed(points);
            return Ok(Contents { set, strings });
        }
        let set = self.closed(property(&name, value.as_deref()).ok_or(wrong)?);
        let set = if negated { set.inverted() } else { set };
        Ok(Contents { set, strings: Vec::new() })
    }

    fn folded(&self, string: &[u32]) -> Vec<u32> {
        match self.modes.ignore_case {
            true => string.iter().map(|point| canonical(*point, true)).collect(),
            false => string.to_vec(),
        }
    }

    /// A choice of the strings, the longest first, and of the characters.
    pub(super) fn contents_node(&self, mut contents: Contents) -> Node {
        let set = Node::Set(contents.set);
        if contents.strings.is_empty() {
            return set;
        }
        if self.modes.ignore_case {
            contents.strings = contents.strings.iter().map(|string| self.folded(string)).collect();
        }
        contents.strings.sort_unstable();
        contents.strings.dedup();
        let empty = contents.strings[0].is_empty();
        let strings: Vec<&[u32]> =
            contents.strings[usize::from(empty)..].iter().map(|string| &string[..]).collect();
        let mut ways = self.strings_node(&strings, 0);
        ways.push(set);
        ways.extend(empty.then_some(Node::Empty));
        Node::Choice(ways)
    }

    fn string_node(&self, string: &[u32]) -> Node {
        Node::Sequence(string.iter().map(|point| self.char(*point)).collect())
    }

    /// The ways of strings in order that are not empty: of those that begin alike, the longest is first. Where they are
    /// many, a look at what they begin with leaves most of them out.
    fn strings_node(&self, strings: &[&[u32]], depth: usize) -> Vec<Node> {
        if depth == MOST_DEEP {
            let mut strings = strings.to_vec();
            strings.sort_by_key(|string| core::cmp::Reverse(string.len()));
            return strings.into_iter().map(|string| self.string_node(string)).collect();
        }
        let mut ways = Vec::new();
        for alike in strings.chunk_by(|a, b| a[0] == b[0]) {
            // The first and the last are the least alike.
            let (first, last) = (alike[0], alike[alike.len() - 1]);
            let shared = first.iter().zip(last).take_while(|(a, b)| a == b).count();
            let start = self.string_node(&first[..shared]);
            let rest: Vec<&[u32]> = alike.iter().map(|string| &string[shared..]).collect();
            let way = match &rest[..] {
                [_] => start,
                [[], longer @ ..] => {
                    let mut ends = self.strings_node(longer, depth + 1);
                    ends.push(Node::Empty);
                    Node::Sequence(vec![start, Node::Choice(ends)])
                }
                longer => {
                    let ends = Node::Choice(self.strings_node(longer, depth + 1));
                    Node::Sequence(vec![start, ends])
                }
            };
            ways.push((first[0], way));
        }
        if ways.len() <= MOST_WAYS {
            return ways.into_iter().map(|(_, way)| way).collect();
        }
        let guarded = ways.chunks(MOST_WAYS).map(|some| {
            let firsts: Vec<_> = some.iter().map(|(first, _)| (*first, *first)).collect();
            let body = Box::new(Node::Set(self.closed(Set::of(&firsts))));
            let look = Node::Look { body, behind: false, negated: false };
            let choice = Node::Choice(some.iter().map(|(_, way)| way.clone()).collect());
            Node::Sequence(vec![look, choice])
        });
        guarded.collect()
    }
}
