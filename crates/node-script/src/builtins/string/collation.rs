//! The order of texts as `localeCompare` has it: a small part of the Unicode collation algorithm's root order (UTS 10), right
//! for Latin letters, digits and signs. Texts of other scripts come by their characters' numbers.

use icu_normalizer::DecomposingNormalizerBorrowed;
use std::cmp::Ordering;

/// Spaces, signs and currencies of Latin-1, in their order.
const SPACES: &str = "\t\n\u{b}\u{c}\r\u{85} ";
const SIGNS: &str = "_-,;:!¡?¿.·'\"«»()[]{}§¶@*/\\&#%`´^¯¨¸°©®+±÷×<=>¬|¦~";
const CURRENCIES: &str = "¤¢$£¥";

/// Combining marks of Latin letters, in their order: acute, grave, breve, circumflex, caron, ring, diaeresis, double acute,
/// tilde, dot, stroke, cedilla, ogonek, macron.
const ACCENTS: &str = "\u{301}\u{300}\u{306}\u{302}\u{30c}\u{30a}\u{308}\u{30b}\u{303}\u{307}\u{338}\u{327}\u{328}\u{304}";

/// Letters that stand behind others: what they are behind.
const BEHIND: [(char, char); 5] = [('ð', 'd'), ('ı', 'i'), ('ŋ', 'n'), ('ĸ', 'q'), ('þ', 'z')];

/// How a letter is written that is another one's: small, capital, or in a way of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Small,
    Capital,
    Other,
    OtherCapital,
}

/// Compares base letters first, then accents, then forms, small letters first.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (letters(left), letters(right));
    let keys = |text: &[(char, Form)]| -> Vec<(u8, u32)> {
        text.iter().filter_map(|(letter, _)| primary(*letter)).collect()
    };
    let accents = |text: &[(char, Form)]| -> Vec<usize> {
        let accents = text.iter().map(|(letter, _)| accent(*letter).map_or(0, |place| place + 1));
        accents.collect()
    };
    let forms =
        |text: &[(char, Form)]| -> Vec<Form> { text.iter().map(|(_, form)| *form).collect() };
    keys(&left)
        .cmp(&keys(&right))
        .then_with(|| accents(&left).cmp(&accents(&right)))
        .then_with(|| forms(&left).cmp(&forms(&right)))
}

/// The letters, marks and signs of a text, in which what is ignored is left out.
fn letters(text: &str) -> Vec<(char, Form)> {
    let text = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let mut letters = Vec::new();
    for c in text.chars() {
        let (spelled, other) = spelled(c);
        let capital = c.is_uppercase();
        let form = match (other, capital) {
            (false, false) => Form::Small,
            (false, true) => Form::Capital,
            (true, false) => Form::Other,
            (true, true) => Form::OtherCapital,
        };
        if spelled.is_empty() {
            letters.push((c, form));
        }
        letters.extend(spelled.chars().map(|letter| (letter, form)));
    }
    letters.retain(|(letter, _)| accent(*letter).is_some() || primary(*letter).is_some());
    letters
}

/// The letters that a character stands for, if they are others, and whether it is only another form of them.
fn spelled(c: char) -> (&'static str, bool) {
    match c {
        'æ' | 'Æ' => ("ae", true),
        'œ' | 'Œ' => ("oe", true),
        'ĳ' | 'Ĳ' => ("ij", true),
        'ß' | 'ẞ' => ("ss", true),
        'ª' => ("a", true),
        'º' => ("o", true),
        '¹' => ("1", true),
        '²' => ("2", true),
        '³' => ("3", true),
        '¼' => ("1⁄4", true),
        '½' => ("1⁄2", true),
        '¾' => ("3⁄4", true),
        '\u{a0}' => (" ", true),
        'ø' | 'Ø' => ("o\u{338}", false),
        'đ' | 'Đ' => ("d\u{338}", false),
        'ħ' | 'Ħ' => ("h\u{338}", false),
        'ł' | 'Ł' => ("l\u{338}", false),
        'ŧ' | 'Ŧ' => ("t\u{338}", false),
        _ => ("", false),
    }
}

/// What a character is, and its place among its like; nothing for what is ignored.
fn primary(c: char) -> Option<(u8, u32)> {
    let among = |all: &str| all.find(c).map(|place| place as u32);
    if let Some(place) = among(SPACES) {
        return Some((0, place));
    }
    if let Some(place) = among(SIGNS) {
        return Some((1, place));
    }
    if let Some(place) = among(CURRENCIES) {
        return Some((3, place));
    }
    if accent(c).is_some() || c.is_control() || c == '\u{ad}' {
        return None;
    }
    if matches!(c, '₠'..='₿') {
        return Some((3, u32::from(c)));
    }
    if c.is_numeric() {
        return Some((4, c.to_digit(10).unwrap_or(u32::from(c))));
    }
    if c.is_alphabetic() {
        let small = c.to_lowercase().next().unwrap_or(c);
        let behind = BEHIND.iter().find(|(letter, _)| *letter == small);
        return Some((5, behind.map_or(2 * u32::from(small), |(_, of)| 2 * u32::from(*of) + 1)));
    }
    Some((2, u32::from(c)))
}

/// The place of a combining mark among them.
fn accent(c: char) -> Option<usize> {
    let is = matches!(c, '\u{300}'..='\u{36f}');
    is.then(|| ACCENTS.find(c).unwrap_or(ACCENTS.len() + c as usize))
}
