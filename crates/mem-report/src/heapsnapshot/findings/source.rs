//! Whether the text of a function mentions a name.
//!
//! V8 tells where a function begins: at its parameters. This finds where it ends, by brackets, and looks for the name
//! between, outside strings and comments, which may hold brackets and names of their own. Regular expressions are told
//! from divisions by what stands before them. An arrow without braces ends where its expression does.

/// Whether the function whose parameters begin at this line and column (from 0, columns in UTF-16 units) mentions the
/// name; `None` where the text has no such place.
pub fn mentions(text: &str, line: u32, column: u32, name: &str) -> Option<bool> {
    let line = text.split('\n').nth(line as usize)?;
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    let mut units = 0;
    let mut at = None;
    for (index, letter) in line.char_indices().chain([(line.len(), '\n')]) {
        if units == column {
            at = Some(index);
            break;
        }
        units += letter.len_utf16() as u32;
    }
    let mut reading = Reading { text: &text[start + at?..], at: 0, before: b'(', name };
    Some(reading.function())
}

struct Reading<'t> {
    text: &'t str,
    at: usize,
    /// The last byte that was neither white space nor comment.
    before: u8,
    name: &'t str,
}

/// What a piece of text is.
#[derive(PartialEq)]
enum Token<'t> {
    Open,
    Close,
    Word(&'t str),
    Arrow,
    /// A comma or semicolon.
    Separator,
    Other,
}

impl<'t> Reading<'t> {
    fn function(&mut self) -> bool {
        let mut depth = 0u32;
        let mut is_found = false;
        // Parameters, then perhaps an arrow, then a body in braces or an expression.
        let mut has_parameters = false;
        let mut is_arrow = false;
        let mut in_braces = false;
        while let Some((token, byte)) = self.next() {
            match token {
                Token::Word(word) => {
                    is_found |= word == self.name;
                    // The only parameter of an arrow needs no parentheses.
                    has_parameters |= depth == 0;
                }
                Token::Open => {
                    in_braces |= depth == 0 && has_parameters && byte == b'{' && !in_braces;
                    depth += 1;
                }
                Token::Close => {
                    if depth == 0 {
                        return is_found;
                    }
                    depth -= 1;
                    if depth == 0 {
                        if in_braces {
                            return is_found;
                        }
                        has_parameters = true;
                    }
                }
                Token::Arrow => is_arrow |= depth == 0,
                Token::Separator if depth == 0 && is_arrow => return is_found,
                Token::Separator | Token::Other => {}
            }
            if is_found {
                return true;
            }
        }
        is_found
    }

    fn next(&mut self) -> Option<(Token<'t>, u8)> {
        loop {
            let rest = &self.text[self.at..];
            let byte = *rest.as_bytes().first()?;
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            if rest.starts_with("/*") {
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            if byte.is_ascii_whitespace() {
                self.at += 1;
                continue;
            }
            let letter = rest.chars().next()?;
            if letter.is_alphabetic() || matches!(letter, '_' | '$' | '#') {
                let is_part = |letter: char| {
                    letter.is_alphanumeric()
                        || matches!(letter, '_' | '$' | '#' | '\u{200c}' | '\u{200d}')
                };
                let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
                let is_property = self.before == b'.';
                self.at += end;
                let word = &rest[..end];
                // A regular expression may follow a keyword as it may follow an operator.
                let is_keyword =
                    matches!(word, "return" | "typeof" | "case" | "in" | "of" | "void");
                self.before = if is_keyword { b'=' } else { b'a' };
                return Some(if is_property {
                    (Token::Other, byte)
                } else {
                    (Token::Word(word), byte)
                });
            }
            let token = match byte {
                b'\'' | b'"' => {
                    self.string(byte);
                    Token::Other
                }
                b'`' => {
                    let template = self.template();
                    let is_found = template.contains(self.name);
                    self.before = byte;
                    let token = if is_found { Token::Word(self.name) } else { Token::Other };
                    return Some((token, byte));
                }
                b'/' if !matches!(self.before, b'a' | b')' | b']' | b'0'..=b'9') => {
                    self.string(b'/');
                    Token::Other
                }
                b'(' | b'[' | b'{' => self.one(Token::Open),
                b')' | b']' | b'}' => self.one(Token::Close),
                b',' | b';' => self.one(Token::Separator),
                b'=' if rest.starts_with("=>") => {
                    self.at += 2;
                    Token::Arrow
                }
                _ => {
                    // A spread or three dots is no access to a property.
                    let length = if rest.starts_with("...") { 3 } else { letter.len_utf8() };
                    self.at += length;
                    self.before = if length == 3 { b',' } else { byte };
                    return Some((Token::Other, byte));
                }
            };
            self.before = byte;
            return Some((token, byte));
        }
    }

    fn one(&mut self, token: Token<'t>) -> Token<'t> {
        self.at += 1;
        token
    }

    /// A template, whole. A name anywhere in it counts, which errs to the side of use.
    fn template(&mut self) -> &'t str {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut depth = 0u32;
        self.at += 1;
        while let Some(byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'{' if depth > 0 || bytes[self.at - 2] == b'$' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b'`' if depth == 0 => break,
                _ => {}
            }
        }
        self.move_to_boundary();
        &self.text[start..self.at]
    }

    /// After an escape, the place may be past the end or inside a letter.
    fn move_to_boundary(&mut self) {
        self.at = self.at.min(self.text.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    /// Skips a string or regular expression whose mark is next.
    fn string(&mut self, mark: u8) {
        self.at += 1;
        let bytes = self.text.as_bytes();
        let mut in_class = false;
        while let Some(byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'[' if mark == b'/' => in_class = true,
                b']' => in_class = false,
                b'\n' => break,
                byte if *byte == mark && !in_class => break,
                _ => {}
            }
        }
        self.move_to_boundary();
    }
}

#[cfg(test)]
mod tests {
    use super::mentions;

    fn says(text: &str, from: &str, name: &str) -> Option<bool> {
        let column = text.find(from).map_or(0, |at| text[..at].encode_utf16().count());
        mentions(text, 0, column as u32, name)
    }

    #[test]
    fn a_name_after_the_functions_end_is_not_mentioned() {
        let text = "function a(){return small} function b(){return large}";
        assert_eq!(says(text, "(){return small", "large"), Some(false));
        assert_eq!(says(text, "(){return large", "large"), Some(true));
    }

    #[test]
    fn strings_comments_and_properties_do_not_mention() {
        let text =
            r#"() => {'large }'; "\"large"; /large[/}]/; x.large; /* large */ f(a / b)}, large"#;
        assert_eq!(says(text, "() =>", "large"), Some(false));
        assert_eq!(says("() => {`${large}`}", "() =>", "large"), Some(true));
        assert_eq!(says("() => {`it's ${a({})} small`}; large", "() =>", "large"), Some(false));
        assert_eq!(says("() => f(...large)", "() =>", "large"), Some(true));
    }

    #[test]
    fn an_arrow_without_braces_ends_with_its_expression() {
        assert_eq!(says("[x => x + 1, large]", "x =>", "large"), Some(false));
        assert_eq!(says("[(x) => x + large, 1]", "(x)", "large"), Some(true));
        assert_eq!(says("f(() => ({a: 1}), large)", "() =>", "large"), Some(false));
    }

    #[test]
    fn columns_count_utf_16_units() {
        assert_eq!(says("'🦀'; () => large", "() =>", "large"), Some(true));
    }

    #[test]
    fn a_place_outside_the_text_says_nothing() {
        assert_eq!(mentions("x", 3, 0, "x"), None);
        assert_eq!(mentions("x", 0, 9, "x"), None);
    }
}
