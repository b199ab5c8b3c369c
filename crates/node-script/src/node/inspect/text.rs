//! Strings and numbers as `util.inspect` shows them.

/// A number as Node shows it: a negative zero keeps its sign.
pub(in crate::node) fn number(number: f64) -> String {
    match number == 0.0 && number.is_sign_negative() {
        true => "-0".to_owned(),
        false => crate::objects::number::to_text(number),
    }
}

/// A name that needs no quotes.
pub(super) fn is_plain_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    bytes.next().is_some_and(letter) && bytes.all(|byte| letter(byte) || byte.is_ascii_digit())
}

/// A text in quotes.
pub(in crate::node) fn quoted(text: &str) -> String {
    quoted_units(&text.encode_utf16().collect::<Vec<_>>())
}

/// A string in quotes: no more of it than `most` characters. What has no room in a line is broken at its line ends.
pub(super) fn string(units: &[u16], most: usize, room: usize, indentation: usize) -> String {
    let (units, trailer) = match units.len() > most {
        true => {
            let left = units.len() - most;
            let s = if left > 1 { "s" } else { "" };
            (&units[..most], format!("... {left} more character{s}"))
        }
        false => (units, String::new()),
    };
    let newline = u16::from(b'\n');
    if units.len() > MIN_LINE && units.len() > room {
        let lines: Vec<String> =
            units.split_inclusive(|unit| *unit == newline).map(quoted_units).collect();
        return lines.join(&format!(" +\n{}", " ".repeat(indentation + 2))) + &trailer;
    }
    quoted_units(units) + &trailer
}

/// Strings up to this length stay on one line.
const MIN_LINE: usize = 16;

fn quoted_units(units: &[u16]) -> String {
    let has = |character: char| units.contains(&(character as u16));
    let opens = units.windows(2).any(|pair| pair == [u16::from(b'$'), u16::from(b'{')]);
    let quote = match has('\'') {
        true if !has('"') => '"',
        true if !has('`') && !opens => '`',
        _ => '\'',
    };
    let mut text = String::with_capacity(units.len() + 2);
    text.push(quote);
    for decoded in char::decode_utf16(units.iter().copied()) {
        match decoded {
            Ok('\n') => text.push_str("\\n"),
            Ok('\t') => text.push_str("\\t"),
            Ok('\r') => text.push_str("\\r"),
            Ok('\u{8}') => text.push_str("\\b"),
            Ok('\u{c}') => text.push_str("\\f"),
            Ok('\\') => text.push_str("\\\\"),
            Ok('\'') if quote == '\'' => text.push_str("\\'"),
            Ok(control @ ('\0'..'\u{20}' | '\u{7f}'..'\u{a0}')) => {
                text.push_str(&format!("\\x{:02X}", u32::from(control)));
            }
            Ok(character) => text.push(character),
            Err(lone) => text.push_str(&format!("\\u{:04x}", lone.unpaired_surrogate())),
        }
    }
    text.push(quote);
    text
}

#[cfg(test)]
mod tests {
    use super::{is_plain_name, quoted};

    #[test]
    fn the_quote_is_one_that_the_text_does_not_have() {
        assert_eq!(quoted("plain"), "'plain'");
        assert_eq!(quoted("it's"), "\"it's\"");
        assert_eq!(quoted("it's \"it\""), "`it's \"it\"`");
        assert_eq!(quoted("'\"`"), "'\\'\"`'");
        assert_eq!(quoted("a\n\u{1}\\"), "'a\\n\\x01\\\\'");
    }

    #[test]
    fn names_of_letters_and_digits_are_plain() {
        assert!(
            is_plain_name("_a1")
                && !is_plain_name("1a")
                && !is_plain_name("a-b")
                && !is_plain_name("$")
        );
    }
}
