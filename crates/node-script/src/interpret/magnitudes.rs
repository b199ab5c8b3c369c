//! Arithmetic on the magnitudes of BigInts: words of 64 bits, the least first. Products by Karatsuba's method, quotients by
//! Knuth's algorithm D (The Art of Computer Programming, 4.3.1).

use std::cmp::Ordering;

/// The most words of a BigInt (V8's `kMaxLengthBits`, 2 to the power of 30 bits).
pub(super) const MOST_WORDS: usize = 1 << 24;
/// Products of fewer words are made word by word.
const KARATSUBA: usize = 40;

pub(super) fn add_signed(
    a: &[u64],
    a_negative: bool,
    b: &[u64],
    b_negative: bool,
) -> (bool, Vec<u64>) {
    if a_negative == b_negative {
        return (a_negative, add_magnitudes(a, b));
    }
    match compare_magnitudes(a, b) {
        Ordering::Less => (b_negative, subtract_magnitudes(b, a)),
        _ => (a_negative, subtract_magnitudes(a, b)),
    }
}

fn compare_magnitudes(a: &[u64], b: &[u64]) -> Ordering {
    let significant =
        |digits: &[u64]| digits.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
    let (a, b) = (&a[..significant(a)], &b[..significant(b)]);
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

pub(super) fn add_magnitudes(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut sum = Vec::with_capacity(a.len().max(b.len()) + 1);
    let mut carry = 0;
    for place in 0..a.len().max(b.len()) {
        let (a, b) = (a.get(place).copied().unwrap_or(0), b.get(place).copied().unwrap_or(0));
        let whole = u128::from(a) + u128::from(b) + carry;
        sum.push(whole as u64);
        carry = whole >> 64;
    }
    sum.push(carry as u64);
    sum
}

/// `a - b`, of which `a` is not less.
fn subtract_magnitudes(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut borrow = false;
    a.iter()
        .enumerate()
        .map(|(place, digit)| {
            let (rest, first) = digit.overflowing_sub(b.get(place).copied().unwrap_or(0));
            let (rest, second) = rest.overflowing_sub(u64::from(borrow));
            borrow = first || second;
            rest
        })
        .collect()
}

pub(super) fn multiply(a: &[u64], b: &[u64]) -> Vec<u64> {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if b.len() < KARATSUBA {
        return multiply_words(a, b);
    }
    let half = a.len().div_ceil(2);
    if b.len() <= half {
        let mut product = vec![0; a.len() + b.len()];
        for (number, part) in a.chunks(b.len()).enumerate() {
            add_at(&mut product, &multiply(part, b), number * b.len());
        }
        return product;
    }
    let ((a_low, a_high), (b_low, b_high)) = (a.split_at(half), b.split_at(half));
    let (low, high) = (multiply(a_low, b_low), multiply(a_high, b_high));
    let both = multiply(&add_magnitudes(a_low, a_high), &add_magnitudes(b_low, b_high));
    let middle = subtract_magnitudes(&subtract_magnitudes(&both, &low), &high);
    let mut product = vec![0; a.len() + b.len()];
    add_at(&mut product, &low, 0);
    add_at(&mut product, &middle, half);
    add_at(&mut product, &high, 2 * half);
    product
}

/// Adds to a sum that has room for it.
fn add_at(sum: &mut [u64], part: &[u64], place: usize) {
    let used = part.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
    let mut carry = false;
    let mut at = place;
    for word in &part[..used] {
        let (first, over) = sum[at].overflowing_add(*word);
        let (whole, more) = first.overflowing_add(u64::from(carry));
        sum[at] = whole;
        carry = over || more;
        at += 1;
    }
    while carry {
        (sum[at], carry) = sum[at].overflowing_add(1);
        at += 1;
    }
}

fn multiply_words(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut product = vec![0_u64; a.len() + b.len()];
    for (place, digit) in b.iter().enumerate() {
        let mut carry = 0;
        for (other, factor) in a.iter().enumerate() {
            let at = &mut product[place + other];
            let whole = u128::from(*digit) * u128::from(*factor) + u128::from(*at) + carry;
            *at = whole as u64;
            carry = whole >> 64;
        }
        product[place + a.len()] = carry as u64;
    }
    product
}

/// Quotient and rest of magnitudes, of which `b` is not zero.
pub(super) fn divide(a: &[u64], b: &[u64]) -> (Vec<u64>, Vec<u64>) {
    let used =
        |digits: &[u64]| digits.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
    let (a, b) = (&a[..used(a)], &b[..used(b)]);
    if compare_magnitudes(a, b) == Ordering::Less {
        return (Vec::new(), a.to_vec());
    }
    if let [by] = *b {
        let mut quotient = vec![0; a.len()];
        let mut rest = 0_u128;
        for (place, digit) in a.iter().enumerate().rev() {
            let whole = rest << 64 | u128::from(*digit);
            quotient[place] = (whole / u128::from(by)) as u64;
            rest = whole % u128::from(by);
        }
        return (quotient, vec![rest as u64]);
    }
    // The divisor's highest bit is set, so that a digit of the quotient is guessed two too large at most.
    let shift = b[b.len() - 1].leading_zeros();
    let mut by = shift_left(b, shift as usize);
    by.truncate(b.len());
    let mut rest = shift_left(a, shift as usize);
    let (first, second) = (u128::from(by[b.len() - 1]), u128::from(by[b.len() - 2]));
    let mut quotient = vec![0; rest.len() - by.len()];
    for place in (0..quotient.len()).rev() {
        let top = place + by.len();
        let whole = u128::from(rest[top]) << 64 | u128::from(rest[top - 1]);
        let (mut guess, mut left) = (whole / first, whole % first);
        while guess >> 64 != 0 || guess * second > (left << 64 | u128::from(rest[top - 2])) {
            guess -= 1;
            left += first;
            if left >> 64 != 0 {
                break;
            }
        }
        if take(&mut rest[place..=top], &by, guess as u64) {
            guess -= 1;
            give_back(&mut rest[place..=top], &by);
        }
        quotient[place] = guess as u64;
    }
    (quotient, shift_right(&rest, u64::from(shift)).0)
}

/// Subtracts a multiple; whether it was more than there was.
fn take(from: &mut [u64], by: &[u64], times: u64) -> bool {
    let (mut carry, mut borrow) = (0_u128, false);
    for (place, word) in from.iter_mut().enumerate() {
        let digit = by.get(place).copied().unwrap_or(0);
        let whole = u128::from(digit) * u128::from(times) + carry;
        carry = whole >> 64;
        let (less, first) = word.overflowing_sub(whole as u64);
        let (less, second) = less.overflowing_sub(u64::from(borrow));
        *word = less;
        borrow = first || second;
    }
    borrow
}

/// Adds what was taken too much; the last carry ends the borrow.
fn give_back(to: &mut [u64], by: &[u64]) {
    let mut carry = 0;
    for (place, word) in to.iter_mut().enumerate() {
        let digit = by.get(place).copied().unwrap_or(0);
        let whole = u128::from(*word) + u128::from(digit) + carry;
        *word = whole as u64;
        carry = whole >> 64;
    }
}

pub(super) fn shift_left(a: &[u64], by: usize) -> Vec<u64> {
    let (words, bits) = (by / 64, by % 64);
    let mut shifted = vec![0; words];
    let mut carry = 0;
    for digit in a {
        shifted.push(digit << bits | carry);
        carry = if bits == 0 { 0 } else { digit >> (64 - bits) };
    }
    shifted.push(carry);
    shifted
}

/// The digits shifted, and whether a bit that was set is lost.
pub(super) fn shift_right(a: &[u64], by: u64) -> (Vec<u64>, bool) {
    let words = (by / 64) as usize;
    let bits = by % 64;
    if words >= a.len() {
        return (Vec::new(), a.iter().any(|digit| *digit != 0));
    }
    let lost =
        a[..words].iter().any(|digit| *digit != 0) || (bits > 0 && a[words] << (64 - bits) != 0);
    let kept = &a[words..];
    let shifted = kept
        .iter()
        .enumerate()
        .map(|(place, digit)| {
            let next = kept.get(place + 1).copied().unwrap_or(0);
            digit >> bits | if bits == 0 { 0 } else { next << (64 - bits) }
        })
        .collect();
    (shifted, lost)
}

/// A magnitude as two's complement of a length, or back.
pub(super) fn twos_complement(digits: &[u64], negative: bool, length: usize) -> Vec<u64> {
    let mut words: Vec<u64> =
        (0..length).map(|place| digits.get(place).copied().unwrap_or(0)).collect();
    if negative {
        let mut carry = true;
        for word in &mut words {
            let (sum, over) = (!*word).overflowing_add(u64::from(carry));
            *word = sum;
            carry = over;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{add_magnitudes, compare_magnitudes, divide, multiply, multiply_words};
    use std::cmp::Ordering;

    /// Words that repeat for a seed, with many zeros and ones among them.
    fn words(count: usize, seed: u64) -> Vec<u64> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            match state >> 61 {
                0 => 0,
                1 => u64::MAX,
                2 => 1 << 63,
                _ => state,
            }
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn products_of_many_words_are_those_made_word_by_word() {
        for (a, b) in [(40, 40), (41, 90), (200, 200), (333, 47), (100, 1), (64, 63)] {
            let (a, b) = (words(a, 3), words(b, 9));
            assert_eq!(multiply(&a, &b), multiply_words(&a, &b));
        }
    }

    #[test]
    fn a_quotient_times_the_divisor_and_the_rest_are_the_dividend() {
        for (long, short) in [(1, 1), (2, 1), (5, 2), (9, 3), (30, 29), (30, 30), (80, 41), (3, 7)]
        {
            for seed in 0..50 {
                let (a, mut b) = (words(long, seed), words(short, seed + 77));
                if b.iter().all(|word| *word == 0) {
                    b[0] = 3;
                }
                let (quotient, rest) = divide(&a, &b);
                assert_eq!(compare_magnitudes(&rest, &b), Ordering::Less);
                let again = add_magnitudes(&multiply(&quotient, &b), &rest);
                assert_eq!(compare_magnitudes(&again, &a), Ordering::Equal, "{a:?} / {b:?}");
            }
        }
    }
}
