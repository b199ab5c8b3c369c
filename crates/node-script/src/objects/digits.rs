//! BigInts' magnitudes as text, and back: words of 64 bits, the least first.
//!
//! As many digits at a time as a word holds. A radix that is a power of two takes bits as they lie, in O(n); another takes
//! O(n²), the words by the digits, divided by the digits of a word.

/// The most digits whose number fits into a word, and the radix to the power of as many.
fn chunk(radix: u32) -> (usize, u64) {
    let (mut digits, mut power) = (0, 1_u64);
    while let Some(more) = power.checked_mul(u64::from(radix)) {
        (digits, power) = (digits + 1, more);
    }
    (digits, power)
}

/// Bits of a digit, if a digit is a number of bits.
fn bits_of(radix: u32) -> Option<usize> {
    radix.is_power_of_two().then(|| radix.trailing_zeros() as usize)
}

fn character(digit: u64) -> u8 {
    b"0123456789abcdefghijklmnopqrstuvwxyz"[digit as usize]
}

/// The digits of a magnitude in a radix from 2 to 36, the first not zero, unless there is one.
pub(super) fn to_text(mut words: Vec<u64>, radix: u32) -> String {
    // The last comes first.
    let mut text = Vec::new();
    if let Some(bits) = bits_of(radix) {
        for place in 0..(64 * words.len()).div_ceil(bits) {
            let (word, shift) = (place * bits / 64, place * bits % 64);
            let above = words
                .get(word + 1)
                .map_or(0, |above| above.checked_shl(64 - shift as u32).unwrap_or(0));
            let digit = (words[word] >> shift | above) & (u64::from(radix) - 1);
            text.push(character(digit));
        }
    } else {
        let (count, power) = chunk(radix);
        loop {
            while words.last() == Some(&0) {
                words.pop();
            }
            if words.is_empty() {
                break;
            }
            let mut rest = divide_by(&mut words, power);
            for _ in 0..count {
                text.push(character(rest % u64::from(radix)));
                rest /= u64::from(radix);
            }
        }
    }
    let used = text.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    text.truncate(used);
    if text.is_empty() {
        text.push(b'0');
    }
    text.iter().rev().map(|digit| char::from(*digit)).collect()
}

/// Divides words, and gives what is left.
fn divide_by(words: &mut [u64], by: u64) -> u64 {
    let mut rest = 0;
    for word in words.iter_mut().rev() {
        let whole = u128::from(rest) << 64 | u128::from(*word);
        *word = (whole / u128::from(by)) as u64;
        rest = (whole % u128::from(by)) as u64;
    }
    rest
}

/// The magnitude that digits of a radix spell; none if one is no digit of it.
pub(super) fn from_text(text: &str, radix: u32) -> Option<Vec<u64>> {
    let digits = text.chars().map(|digit| digit.to_digit(radix).map(u64::from));
    let digits: Vec<u64> = digits.collect::<Option<_>>()?;
    let mut words: Vec<u64> = Vec::new();
    if let Some(bits) = bits_of(radix) {
        words.resize((digits.len() * bits).div_ceil(64), 0);
        for (place, digit) in digits.iter().rev().enumerate() {
            let (word, shift) = (place * bits / 64, place * bits % 64);
            words[word] |= digit << shift;
            if shift + bits > 64 && digit >> (64 - shift) != 0 {
                words[word + 1] |= digit >> (64 - shift);
            }
        }
        return Some(words);
    }
    let (count, _) = chunk(radix);
    for part in digits.chunks(count) {
        let power = u64::from(radix).pow(part.len() as u32);
        let mut carry = part.iter().fold(0, |sum, digit| sum * u64::from(radix) + digit);
        for word in &mut words {
            let whole = u128::from(*word) * u128::from(power) + u128::from(carry);
            *word = whole as u64;
            carry = (whole >> 64) as u64;
        }
        if carry > 0 {
            words.push(carry);
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::{from_text, to_text};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_of_two_are_what_the_standard_library_writes(number in any::<u128>()) {
            let words = vec![number as u64, (number >> 64) as u64];
            prop_assert_eq!(to_text(words.clone(), 10), number.to_string());
            prop_assert_eq!(to_text(words.clone(), 2), format!("{number:b}"));
            prop_assert_eq!(to_text(words.clone(), 8), format!("{number:o}"));
            prop_assert_eq!(to_text(words, 16), format!("{number:x}"));
        }

        #[test]
        fn text_is_read_as_it_was_written(
            mut words in prop::collection::vec(any::<u64>(), 0..12),
            radix in 2..=36u32,
        ) {
            let text = to_text(words.clone(), radix);
            prop_assert!(text == "0" || !text.starts_with('0'));
            let mut read = from_text(&text, radix).unwrap();
            for words in [&mut words, &mut read] {
                while words.last() == Some(&0) {
                    words.pop();
                }
            }
            prop_assert_eq!(read, words);
        }
    }

    #[test]
    fn what_is_no_digit_is_refused() {
        assert_eq!(from_text("12x", 10), None);
        assert_eq!(from_text("102", 2), None);
        assert_eq!(from_text("", 10), Some(Vec::new()));
    }
}
