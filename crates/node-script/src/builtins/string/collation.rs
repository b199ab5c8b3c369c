//! The order of texts as `localeCompare` has it: a small part of the Unicode collation algorithm's root order (UTS 10), right
//! for Latin letters, digits and signs. Texts of other scripts come by their characters' numbers.

use icu_normalizer::DecomposingNormalizerBorrowed;
use std::cmp::Ordering;

/// The signs of ASCII, in their order.
const SIGNS: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~";

/// Compares base letters first, then accents, then case, small letters first.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let nfd = DecomposingNormalizerBorrowed::new_nfd();
    let (left, right) = (nfd.normalize(left), nfd.normalize(right));
    let keys = |text: &str| -> Vec<(u8, u32)> { text.chars().filter_map(primary).collect() };
    let accents = |text: &str| -> Vec<u32> {
        let by_letter = |c: char| if is_accent(c) { u32::from(c) } else { 0 };
        text.chars().map(by_letter).collect()
    };
    let cases = |text: &str| -> Vec<bool> { text.chars().map(char::is_uppercase).collect() };
    keys(&left)
        .cmp(&keys(&right))
        .then_with(|| accents(&left).cmp(&accents(&right)))
        .then_with(|| cases(&left).cmp(&cases(&right)))
}

/// What a character is, and its place among its like; nothing for what is ignored.
fn primary(c: char) -> Option<(u8, u32)> {
    if is_accent(c) || (c.is_control() && !c.is_whitespace()) {
        return None;
    }
    if c.is_whitespace() {
        return Some((0, u32::from(c)));
    }
    if let Some(place) = SIGNS.find(c) {
        return Some((1, place as u32));
    }
    if matches!(c, '$' | '¢'..='¥' | '₠'..='₿') {
        return Some((3, u32::from(c)));
    }
    if c.is_numeric() {
        return Some((4, c.to_digit(10).unwrap_or(u32::from(c))));
    }
    if c.is_alphabetic() {
        let small = c.to_lowercase().next().unwrap_or(c);
        return Some((5, u32::from(small)));
    }
    Some((2, u32::from(c)))
}

/// A combining mark of Latin letters.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}
