//! From a source to a tree (ECMA-262, sections 22.2.1 and B.1.2). Errors are in V8's words (`regexp-error.h`).

mod classes;
mod escapes;

use super::fold::close;
use super::modes::Modes;
use super::properties::is_name;
use super::set::{LAST, Set};
use super::tree::{Names, Node};

pub(super) type Parsed<T> = Result<T, &'static str>;

/// Groups that an expression may have (V8's `RegExpMacroAssembler::kMaxRegisterCount`, two for a group).
const MOST_GROUPS: u32 = (1 << 15) - 1;

/// `.` without the flag `s` leaves these out.
pub(super) const LINE_ENDS: &[(u32, u32)] = &[(0xA, 0xA), (0xD, 0xD), (0x2028, 0x2029)];

pub(super) struct Parser {
    /// Code points, or units without the flag `u`.
    text: Vec<u32>,
    at: usize,
    modes: Modes,
    /// Groups that began so far, and all that the source has.
    groups: u32,
    all_groups: u32,
    /// A group has a name, so `\k` is no letter.
    has_names: bool,
    names: Vec<Named>,
    /// Names that are referred to.
    references: Vec<String>,
    /// The choices around the place, each with the number of its way: groups of one name are in different ways.
    ways: Vec<(u32, u32)>,
    choices: u32,
}

struct Named {
    name: String,
    group: u32,
    ways: Vec<(u32, u32)>,
}

impl Parser {
    pub fn new(source: &[u16], modes: Modes) -> Self {
        let text: Vec<u32> = match modes.unicode {
            true => char::decode_utf16(source.iter().copied())
                .map(|point| match point {
                    Ok(point) => u32::from(point),
                    Err(alone) => u32::from(alone.unpaired_surrogate()),
                })
                .collect(),
            false => source.iter().map(|unit| u32::from(*unit)).collect(),
        };
        let (all_groups, has_names) = count_groups(&text, modes.sets);
        Self {
            text,
            at: 0,
            modes,
            groups: 0,
            all_groups,
            has_names,
            names: Vec::new(),
            references: Vec::new(),
            ways: Vec::new(),
            choices: 0,
        }
    }

    /// The tree, how many groups it has with the whole, and their names in order.
    pub fn parse(mut self) -> Parsed<(Node, u32, Names)> {
        if self.all_groups >= MOST_GROUPS {
            return Err("Too many captures");
        }
        let tree = self.choice()?;
        if self.at < self.text.len() {
            return Err("Unmatched ')'");
        }
        if self.references.iter().any(|name| self.names.iter().all(|known| known.name != *name)) {
            return Err("Invalid named capture referenced");
        }
        let names = self.names.into_iter().map(|named| (named.name, named.group)).collect();
        Ok((tree, self.groups + 1, names))
    }

    fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    /// A character ahead; a surrogate is none of ASCII, whatever it becomes here.
    fn peek_at(&self, ahead: usize) -> Option<char> {
        let point = *self.text.get(self.at + ahead)?;
        Some(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn eat(&mut self, text: &str) -> bool {
        let there = text.chars().enumerate().all(|(place, c)| self.peek_at(place) == Some(c));
        if there {
            self.at += text.len();
        }
        there
    }

    fn next(&mut self) -> Option<u32> {
        let point = self.text.get(self.at).copied();
        self.at += usize::from(point.is_some());
        point
    }

    fn choice(&mut self) -> Parsed<Node> {
        self.ways.push((self.choices, 0));
        self.choices += 1;
        let mut ways = vec![self.sequence()?];
        while self.eat("|") {
            if let Some(way) = self.ways.last_mut() {
                way.1 += 1;
            }
            ways.push(self.sequence()?);
        }
        self.ways.pop();
        if ways.len() == 1 {
            return Ok(ways.swap_remove(0));
        }
        // One character of several is a set.
        if ways.iter().all(|way| matches!(way, Node::Char(_) | Node::Set(_))) {
            let mut set = Set::default();
            ways.iter().for_each(|way| {
                way.first(&mut set);
            });
            return Ok(Node::Set(set.settled()));
        }
        Ok(Node::Choice(ways))
    }

    fn sequence(&mut self) -> Parsed<Node> {
        let mut parts = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let groups = self.groups;
            let (part, repeats) = self.term()?;
            parts.push(match repeats {
                true => self.repeated(part, groups)?,
                false => part,
            });
        }
        Ok(match parts.len() {
            0 => Node::Empty,
            1 => parts.swap_remove(0),
            _ => Node::Sequence(parts),
        })
    }

    /// A term, and whether a quantifier may be behind it.
    fn term(&mut self) -> Parsed<(Node, bool)> {
        let unicode = self.modes.unicode;
        let Some(c) = self.peek() else { return Ok((Node::Empty, false)) };
        match c {
            '^' => {
                self.at += 1;
                return Ok((Node::LineStart { multiline: self.modes.multiline }, false));
            }
            '$' => {
                self.at += 1;
                return Ok((Node::LineEnd { multiline: self.modes.multiline }, false));
            }
            '(' => return self.group(),
            '*' | '+' | '?' => return Err("Nothing to repeat"),
            '{' if self.bounds()?.is_some() => return Err("Nothing to repeat"),
            '{' | '}' | ']' if unicode => return Err("Lone quantifier brackets"),
            '.' => {
                self.at += 1;
                let none = if self.modes.dot_all { &[] } else { LINE_ENDS };
                return Ok((Node::Set(Set::of(none).inverted()), true));
            }
            '[' => {
                self.at += 1;
                return Ok((self.class()?, true));
            }
            '\\' => {
                self.at += 1;
                return self.escape();
            }
            _ => {}
        }
        let point = self.text[self.at];
        self.at += 1;
        Ok((self.char(point), true))
    }

    /// A character, or all that are the same without their case.
    fn char(&self, point: u32) -> Node {
        if self.modes.ignore_case {
            let closed = close(&Set::of(&[(point, point)]), self.modes.unicode);
            if closed.single().is_none() {
                return Node::Set(closed);
            }
        }
        Node::Char(point)
    }

    fn group(&mut self) -> Parsed<(Node, bool)> {
        self.at += 1;
        let look = |behind, negated| Some((behind, negated));
        let look = match () {
            () if self.eat("?=") => look(false, false),
            () if self.eat("?!") => look(false, true),
            () if self.eat("?<=") => look(true, false),
            () if self.eat("?<!") => look(true, true),
            () => None,
        };
        if let Some((behind, negated)) = look {
            let body = Box::new(self.choice()?);
            self.close_group()?;
            let repeats = !behind && !self.modes.unicode;
            if !repeats && self.is_quantified()? {
                return Err("Invalid quantifier");
            }
            return Ok((Node::Look { body, behind, negated }, repeats));
        }
        let before = self.modes;
        let index = if self.eat("?:") {
            None
        } else if self.peek() == Some('?') && self.peek_at(1) != Some('<') {
            self.at += 1;
            self.modifiers()?;
            None
        } else {
            self.groups += 1;
            let index = self.groups;
            if self.eat("?<") {
                let name = self.name()?;
                self.declare(name, index)?;
            }
            Some(index)
        };
        let body = Box::new(self.choice()?);
        self.close_group()?;
        self.modes = before;
        Ok((Node::Group { body, index }, true))
    }

    fn close_group(&mut self) -> Parsed<()> {
        if self.eat(")") { Ok(()) } else { Err("Unterminated group") }
    }

    /// Flags that are on, or off, in a group alone.
    fn modifiers(&mut self) -> Parsed<()> {
        if !self.modes.since_24 {
            return Err("Invalid group");
        }
        let (mut on, mut seen) = (true, Vec::new());
        loop {
            let c = self.peek();
            self.at += 1;
            let Some(c) = c else { return Err("Invalid group") };
            match c {
                ':' if !on && seen.is_empty() => return Err("Invalid flag group"),
                ':' if !seen.is_empty() => return Ok(()),
                '-' if on => on = false,
                '-' => return Err("Multiple dashes in flag group"),
                'i' | 'm' | 's' if seen.contains(&c) => return Err("Repeated flag in flag group"),
                'i' => self.modes.ignore_case = on,
                'm' => self.modes.multiline = on,
                's' => self.modes.dot_all = on,
                _ => return Err("Invalid group"),
            }
            if c != '-' {
                seen.push(c);
            }
        }
    }

    fn declare(&mut self, name: String, group: u32) -> Parsed<()> {
        // Groups of one name lie in different ways of a choice.
        let apart = |other: &Named| {
            other.ways.iter().any(|(choice, way)| {
                self.ways.iter().any(|(own, current)| own == choice && current != way)
            })
        };
        let shared = |other: &Named| self.modes.since_24 && apart(other);
        if self.names.iter().any(|other| other.name == name && !shared(other)) {
            return Err("Duplicate capture group name");
        }
        self.names.push(Named { name, group, ways: self.ways.clone() });
        Ok(())
    }

    /// A name up to `>`.
    fn name(&mut self) -> Parsed<String> {
        let wrong = "Invalid capture group name";
        let mut name = String::new();
        loop {
            let mut point = self.next().ok_or(wrong)?;
            if point == u32::from('>') {
                return if name.is_empty() { Err(wrong) } else { Ok(name) };
            }
            if point == u32::from('\\') {
                let escape = if self.eat("u") { self.unicode_escape(true) } else { None };
                point = escape.ok_or("Invalid Unicode escape")?;
            } else if let Some(low) = self.text.get(self.at)
                && let Some(joined) = join(point, *low)
            {
                point = joined;
                self.at += 1;
            }
            if !is_name(point, name.is_empty()) {
                return Err(wrong);
            }
            name.push(char::from_u32(point).ok_or(wrong)?);
        }
    }

    /// What is behind a term: a quantifier, or nothing.
    fn repeated(&mut self, part: Node, groups: u32) -> Parsed<Node> {
        let (min, max) = match self.peek() {
            Some('*') => (0, u32::MAX),
            Some('+') => (1, u32::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                let start = self.at;
                match self.bounds()? {
                    Some(bounds) => {
                        self.at -= 1;
                        bounds
                    }
                    None if self.modes.unicode => return Err("Incomplete quantifier"),
                    None => {
                        self.at = start;
                        return Ok(part);
                    }
                }
            }
            _ => return Ok(part),
        };
        self.at += 1;
        let greedy = !self.eat("?");
        let groups = groups + 1..self.groups + 1;
        Ok(Node::Repeat { body: Box::new(part), min, max, greedy, groups })
    }

    /// Whether a quantifier is at the place.
    fn is_quantified(&mut self) -> Parsed<bool> {
        let start = self.at;
        let quantified = match self.peek() {
            Some('{') => self.bounds()?.is_some(),
            next => matches!(next, Some('*' | '+' | '?')),
        };
        self.at = start;
        Ok(quantified)
    }

    /// The bounds of `{n}`, `{n,}` or `{n,m}`; the place stays if there are none.
    fn bounds(&mut self) -> Parsed<Option<(u32, u32)>> {
        let start = self.at;
        let found = self.bounds_at();
        if found.is_none() {
            self.at = start;
        }
        match found {
            Some((min, max)) if min > max => Err("numbers out of order in {} quantifier"),
            found => Ok(found),
        }
    }

    fn bounds_at(&mut self) -> Option<(u32, u32)> {
        self.at += 1;
        let min = self.number()?;
        let max = match self.eat(",") {
            true if self.peek() == Some('}') => u32::MAX,
            true => self.number()?,
            false => min,
        };
        self.eat("}").then_some((min, max))
    }

    /// A decimal number; one that is too large stands for all such.
    fn number(&mut self) -> Option<u32> {
        let start = self.at;
        let mut value = 0_u32;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            value = value.saturating_mul(10).saturating_add(digit);
            self.at += 1;
        }
        (self.at > start).then_some(value)
    }
}

/// The groups that capture, and whether one has a name.
fn count_groups(text: &[u32], sets: bool) -> (u32, bool) {
    let is = |place: usize, c: char| text.get(place) == Some(&u32::from(c));
    let (mut count, mut named, mut depth, mut at) = (0, false, 0_usize, 0);
    while at < text.len() {
        if is(at, '\\') {
            at += 1;
        } else if is(at, '[') && (depth == 0 || sets) {
            depth += 1;
        } else if is(at, ']') && depth > 0 {
            depth -= 1;
        } else if is(at, '(') && depth == 0 {
            let name = is(at + 1, '?') && is(at + 2, '<') && !is(at + 3, '=') && !is(at + 3, '!');
            count += u32::from(name || !is(at + 1, '?'));
            named |= name;
        }
        at += 1;
    }
    (count, named)
}

/// The code point of two surrogates.
fn join(high: u32, low: u32) -> Option<u32> {
    let paired = (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(&low);
    paired.then(|| 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
}
