//! `using` as a name.
//!
//! The parser takes the word for the keyword of a declaration wherever it stands, as no program of Node before 24 means it:
//! it reads another letter in place of the last, one that the text does not have. [`Names`](super::names::Names) puts the
//! right one back.

use std::borrow::Cow;

const WORD: [u16; 5] = [b'u' as u16, b's' as u16, b'i' as u16, b'n' as u16, b'g' as u16];

/// Letters that look like a "g" and may stand in a name.
const LETTERS: [u16; 3] = [0xff47, 0x0261, 0x1d83];

/// The text with the word as a name, and the letter that stands in it, if it has such names.
pub(super) fn without_word(text: Cow<'_, [u16]>) -> (Cow<'_, [u16]>, Option<u16>) {
    let places: Vec<usize> = (0..text.len())
        .filter(|place| text[*place..].starts_with(&WORD) && is_name(&text, *place))
        .collect();
    let letter = LETTERS.into_iter().find(|letter| !text.contains(letter));
    let Some(letter) = letter.filter(|_| !places.is_empty()) else { return (text, None) };
    let mut text = text.into_owned();
    places.into_iter().for_each(|place| text[place + WORD.len() - 1] = letter);
    (Cow::Owned(text), Some(letter))
}

/// A text of the parser's as the source has it.
pub(super) fn put_back(text: &mut String, letter: Option<u16>) {
    if let Some(letter) = letter.and_then(|letter| char::from_u32(letter.into())) {
        *text = text.replace(letter, "g");
    }
}

/// Whether the letters at a place are a word, and no declaration: a name follows none but another name's, on its line.
fn is_name(text: &[u16], place: usize) -> bool {
    let (before, after) = (&text[..place], &text[place + WORD.len()..]);
    if before.last().is_some_and(|unit| is_part(*unit))
        || after.first().is_some_and(|unit| is_part(*unit))
    {
        return false;
    }
    let spaces = after.iter().take_while(|unit| is_space(**unit)).count();
    let word: Vec<u16> =
        after[spaces..].iter().copied().take_while(|unit| is_part(*unit)).collect();
    let operators = ["in", "instanceof", "of", "as", "from"];
    word.is_empty()
        || operators.into_iter().any(|operator| operator.encode_utf16().eq(word.iter().copied()))
}

/// Whether a unit may stand in a name. All that are not ASCII are taken to.
fn is_part(unit: u16) -> bool {
    u8::try_from(unit).map_or(true, |byte| {
        !byte.is_ascii() || byte.is_ascii_alphanumeric() || b"$_\\".contains(&byte)
    })
}

fn is_space(unit: u16) -> bool {
    unit == u16::from(b' ') || unit == u16::from(b'\t')
}

/// A module's text with `with` where the older word of import attributes stands (`import x from 'y' assert { type: 'json' }`),
/// if it does anywhere.
pub(super) fn with_attributes(text: &[u16]) -> Option<Vec<u16>> {
    let word: Vec<u16> = "assert".encode_utf16().collect();
    let is_at = |place: usize| {
        let before = text[..place].iter().rfind(|unit| !is_space(**unit));
        let after = text[place + word.len()..].iter().find(|unit| !is_space(**unit));
        text[place..].starts_with(&word)
            && before.is_some_and(|unit| [u16::from(b'\''), u16::from(b'"')].contains(unit))
            && after == Some(&u16::from(b'{'))
    };
    let places: Vec<usize> =
        (0..text.len().saturating_sub(word.len())).filter(|place| is_at(*place)).collect();
    let mut text = text.to_vec();
    for place in &places {
        text[*place..place + word.len()]
            .copy_from_slice(&"with  ".encode_utf16().collect::<Vec<_>>());
    }
    (!places.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let units: Vec<u16> = text.encode_utf16().collect();
        let (read, letter) = without_word(Cow::Owned(units));
        let units: Vec<u16> = read
            .iter()
            .map(|unit| if Some(*unit) == letter { u16::from(b'G') } else { *unit })
            .collect();
        String::from_utf16_lossy(&units)
    }

    #[test]
    fn names_are_found_and_declarations_left() {
        for (text, expected) in [
            ("function using(a) {} x.using = using;", "function usinG(a) {} x.usinG = usinG;"),
            ("using in a, using instanceof b", "usinG in a, usinG instanceof b"),
            ("using\nx", "usinG\nx"),
            ("using x = f();", "using x = f();"),
            ("musing, usings, $using, us\\u0069ng", "musing, usings, $using, us\\u0069ng"),
            ("none", "none"),
        ] {
            assert_eq!(read(text), expected);
        }
    }

    #[test]
    fn the_letter_is_one_that_the_text_does_not_have() {
        let units: Vec<u16> = "using, \u{ff47}".encode_utf16().collect();
        assert_eq!(without_word(Cow::Owned(units)).1, Some(LETTERS[1]));
    }
}
