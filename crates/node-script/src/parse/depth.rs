//! How deeply a text is nested, at the most: what the parser's recursion is bounded by, before it begins.
//!
//! The text is looked at character by character. What is counted is an upper bound, for texts that are no more than strange,
//! and good enough for those that are made to be deep.

/// An upper bound of a text's depth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Parts that the parser goes into by recursion: brackets, prefixes, what stands right of `=`, `=>`, `?`, `if` and
    /// their like.
    pub nested: usize,
    /// Parts of chains such as `a + b + c` and `a.b().c`: the tree is deep, its parsing is not.
    pub chained: usize,
}

/// A bracket that is open, and what was counted in it since its last statement or element began.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    bracket: u16,
    nested: usize,
    chained: usize,
    /// The part of `nested` that a new line does not end: statements that a word begins.
    begun: usize,
    /// `begun` as it was when a statement ended, which an `else` goes on with.
    ended: usize,
    /// A comma is between elements or properties, and no operator.
    is_list: bool,
}

/// What a property of a chain counts as: the parser goes through the chain before for each.
const LINK: usize = 8;
/// Words that a statement follows, and words that an expression follows.
const STATEMENTS: [&str; 6] = ["if", "else", "for", "while", "do", "with"];
const PREFIXES: [&str; 7] = ["typeof", "void", "delete", "await", "new", "yield", "async"];

/// Looks at a text.
pub fn depth(text: &[u16]) -> Depth {
    let mut levels = vec![Level::default()];
    let (mut sum, mut most) = (Depth::default(), Depth::default());
    let (mut after_block, mut after_value, mut new_line) = (false, false, false);
    // The last character that says what a brace begins.
    let mut last = b';';
    let mut at = 0;
    let ascii = |at: usize| text.get(at).and_then(|unit| u8::try_from(*unit).ok()).unwrap_or(b'x');
    while at < text.len() {
        let c = ascii(at);
        let start = at;
        at += 1;
        let Some(level) = levels.last_mut() else { break };
        if new_line && after_value && (c.is_ascii_alphabetic() || matches!(c, b'_' | b'$')) {
            sum.nested -= level.nested - level.begun;
            sum.chained -= level.chained;
            (level.nested, level.chained) = (level.begun, 0);
        }
        let mut count = |nested: usize, chained: usize| {
            level.nested += nested;
            level.chained += chained;
            sum.nested += nested;
            sum.chained += chained;
        };
        match c {
            b'\\' => at += 1,
            b'"' | b'\'' => {
                while at < text.len() && ascii(at) != c && ascii(at) != b'\n' {
                    at += if ascii(at) == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'/' if ascii(at) == b'/' => {
                while at < text.len() && ascii(at) != b'\n' {
                    at += 1;
                }
            }
            b'/' if ascii(at) == b'*' => {
                while at < text.len() && !(ascii(at) == b'*' && ascii(at + 1) == b'/') {
                    at += 1;
                }
                at += 2;
            }
            b'(' | b'[' | b'{' => {
                count(1, 1);
                let is_object = c == b'{' && b"([,=:?&|+".contains(&last);
                let is_list = c == b'[' || is_object;
                levels.push(Level { bracket: u16::from(c), is_list, ..Level::default() });
            }
            b')' | b']' | b'}' => {
                let open = u16::from(match c {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                });
                // A bracket that was never opened, as in a regular expression, closes nothing.
                if let Some(place) = levels.iter().rposition(|level| level.bracket == open) {
                    for closed in levels.drain(place..) {
                        sum.nested -= closed.nested;
                        sum.chained -= closed.chained;
                    }
                    after_block = c == b'}';
                    if let Some(level) = levels.last_mut() {
                        level.nested -= 1;
                        sum.nested -= 1;
                    }
                }
                (after_value, new_line, last) = (true, false, c);
                continue;
            }
            // Operators of one chain, too.
            b',' if !level.is_list => {
                sum.nested -= level.nested;
                (level.nested, level.begun) = (0, 0);
                level.chained += 1;
                sum.chained += 1;
            }
            b';' | b',' => {
                sum.nested -= level.nested;
                sum.chained -= level.chained;
                (level.nested, level.chained) = (0, 0);
                (level.ended, level.begun) = (level.begun, 0);
            }
            b'!' | b'~' | b'=' | b'?' | b':' => count(1, 0),
            b'+' | b'-' if !after_value => count(1, 0),
            b'.' => count(0, LINK),
            b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'<' | b'>' | b'`' => {
                count(0, 1)
            }
            c if c.is_ascii_alphabetic() => {
                while at < text.len() && (ascii(at).is_ascii_alphanumeric() || ascii(at) == b'_') {
                    at += 1;
                }
                let word = &text[start..at];
                let is = |name: &&str| name.encode_utf16().eq(word.iter().copied());
                let begins = word.len() <= 5 && STATEMENTS.iter().any(is);
                let prefix = word.len() <= 6 && PREFIXES.iter().any(is);
                if (after_block && !is(&"else")) || is(&"case") || is(&"default") {
                    sum.nested -= level.nested;
                    sum.chained -= level.chained;
                    (level.nested, level.chained, level.begun) = (0, 0, 0);
                }
                if is(&"else") && level.begun == 0 {
                    level.nested += level.ended;
                    sum.nested += level.ended;
                    level.begun = core::mem::take(&mut level.ended);
                }
                last = b'x';
                if begins || prefix {
                    level.nested += 1;
                    sum.nested += 1;
                    level.begun += usize::from(begins);
                    (after_block, new_line, after_value) = (false, false, false);
                    most.nested = most.nested.max(sum.nested);
                    continue;
                }
            }
            b'\n' | b'\r' => {
                new_line = true;
                continue;
            }
            b' ' | b'\t' => continue,
            _ => {}
        }
        (after_block, new_line) = (false, false);
        // An arrow is followed by a block.
        last = if c == b'>' && last == b'=' { b')' } else { c };
        after_value = c.is_ascii_alphanumeric() || matches!(c, b'_' | b'$' | b'"' | b'\'' | b'`');
        most.nested = most.nested.max(sum.nested);
        most.chained = most.chained.max(sum.chained);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::{Depth, depth};

    fn of(text: &str) -> Depth {
        depth(&text.encode_utf16().collect::<Vec<_>>())
    }

    #[test]
    fn what_is_deep_is_told_from_what_is_long() {
        let many = |part: &str| part.repeat(1000);
        for deep in [
            "(",
            "[",
            "{",
            "!",
            "- -",
            "x=>",
            "a=",
            "a?b:",
            "if(1)",
            "`${",
            "{} else if (1) ",
            "if (a) b = 1; else ",
        ] {
            assert!(of(&many(deep)).nested >= 1000, "{deep}: {:?}", of(&many(deep)));
        }
        for long in [
            "f();",
            "if (a) { b } ",
            "a[1] = { b: [2] };\n",
            "'((('; ",
            "x = /[(]/;",
            "// {{{\n",
            "[1, 2],",
            "a = b\n",
            "case 1: ",
            "1 + ",
            "if (a) b; else c; ",
        ] {
            assert!(of(&many(long)).nested < 12, "{long}: {:?}", of(&many(long)));
        }
        assert!(of(&format!("x = {}1", many("a * b / "))).chained >= 1000);
        assert!(of(&format!("x{}", many(".y()"))).chained >= 1000);
        assert!(of(&format!("x = ({}1)", many("1, "))).chained >= 1000);
        for list in ["x = [", "x = {", "f({", "[{"] {
            assert!(of(&format!("{list}{}", many("a, "))).chained < 12, "{list}");
        }
    }
}
