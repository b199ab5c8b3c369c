//! Text of labels, statements and kinds as each output may hold it.
//!
//! Invariant: nothing that a program names reaches a terminal, a page, a comment or a spreadsheet as
//! markup, control sequence or formula.

use core::fmt::{self, Write};

/// One line without control characters: those, and characters that turn the direction of text, are
/// written as in Rust (`\n`, `\u{1b}`); a backslash is doubled.
pub struct Line<'a>(pub &'a str);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| match letter {
            '\\' => f.write_str("\\\\"),
            letter if is_hidden(letter) => write!(f, "{}", letter.escape_default()),
            letter => f.write_char(letter),
        })
    }
}

/// Control characters, line separators, and marks that change the direction of text (Unicode UAX #9).
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The first `most` characters of a text; an ellipsis is the last of them where the text is longer.
pub fn short(text: &str, most: usize) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => text.into(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect::<String>().into(),
    }
}

/// The text that [`Line`] wrote; `None` where it is not such text.
pub fn read_line(text: &str) -> Option<String> {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        read.push_str(&rest[..at]);
        let escaped = &rest[at + 1..];
        let (letter, after) = match escaped.chars().next()? {
            '\\' => ('\\', &escaped[1..]),
            'n' => ('\n', &escaped[1..]),
            'r' => ('\r', &escaped[1..]),
            't' => ('\t', &escaped[1..]),
            'u' => {
                let (digits, after) = escaped.strip_prefix("u{")?.split_once('}')?;
                (char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, after)
            }
            _ => return None,
        };
        read.push(letter);
        rest = after;
    }
    read.push_str(rest);
    Some(read)
}

/// Text inside an HTML element or a quoted attribute.
#[cfg(feature = "html")]
pub struct Html<'a>(pub &'a str);

#[cfg(feature = "html")]
impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| match letter {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            letter if is_hidden(letter) => write!(f, "{}", letter.escape_default()),
            letter => f.write_char(letter),
        })
    }
}

/// Text in a cell of a Markdown table on GitHub, as code: no markup, no mention, no link, no reference.
///
/// Every ASCII character with a meaning becomes a numeric character reference, which Markdown never reads
/// as markup (CommonMark 0.31, section 2.5). The `<code>` around it is for GitHub, which looks for mentions
/// and references in the rendered text, except in code.
pub struct Markdown<'a>(pub &'a str);

impl fmt::Display for Markdown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<code>")?;
        let harmless = |letter: char| {
            letter.is_ascii_alphanumeric()
                || !letter.is_ascii()
                || matches!(letter, ' ' | ',' | ';')
        };
        for letter in self.0.chars() {
            if is_hidden(letter) {
                for letter in letter.escape_default() {
                    write!(f, "&#{};", u32::from(letter))?;
                }
            } else if harmless(letter) {
                f.write_char(letter)?;
            } else {
                write!(f, "&#{};", u32::from(letter))?;
            }
        }
        f.write_str("</code>")
    }
}

/// What a spreadsheet takes for a formula's start (OWASP, "CSV Injection"), the wide forms of East Asian text
/// included.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A field of CSV (RFC 4180), always in quotes. A text that a spreadsheet would take for a formula gets an
/// apostrophe in front.
pub struct Csv<'a>(pub &'a str);

impl fmt::Display for Csv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        if self.0.starts_with(FORMULA) {
            f.write_char('\'')?;
        }
        self.0.chars().try_for_each(|letter| match letter {
            '"' => f.write_str("\"\""),
            letter => f.write_char(letter),
        })?;
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::{Csv, Line, Markdown, read_line};

    const NASTY: &str =
        "</script><img src=x onerror=alert(1)>|`*_[a](http://b)@all #1\\\n\u{1b}[31m\u{202e}";

    #[test]
    fn a_line_reads_back_as_it_was_and_has_no_control_character() {
        let line = Line(NASTY).to_string();
        assert!(!line.contains(['\n', '\u{1b}', '\u{202e}']));
        assert_eq!(read_line(&line).as_deref(), Some(NASTY));
        assert_eq!(read_line("a\\"), None);
        assert_eq!(read_line("\\x"), None);
        assert_eq!(read_line("\\u{110000}"), None);
    }

    #[test]
    #[cfg(feature = "html")]
    fn html_holds_no_markup() {
        let html = super::Html(NASTY).to_string();
        assert!(!html.contains(['<', '>', '"', '\'', '\u{1b}', '\u{202e}']));
    }

    #[test]
    fn markdown_holds_no_markup() {
        let markdown = Markdown(NASTY).to_string();
        let inside = markdown.strip_prefix("<code>").and_then(|text| text.strip_suffix("</code>"));
        let inside = inside.expect("code").replace("&#", "");
        assert!(
            inside.chars().all(|letter| letter.is_ascii_alphanumeric() || " ,;".contains(letter))
        );
    }

    #[test]
    fn a_field_of_csv_is_no_formula() {
        assert_eq!(Csv("=1+1").to_string(), "\"'=1+1\"");
        assert_eq!(Csv("＝1+1").to_string(), "\"'＝1+1\"");
        assert_eq!(Csv("say \"x\"").to_string(), "\"say \"\"x\"\"\"");
    }
}
