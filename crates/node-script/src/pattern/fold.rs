//! The flag `i`: characters that are the same without their case (ECMA-262, section 22.2.2.7.3).

use super::set::Set;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Code points behind this have no case.
const LAST_CASED: u32 = 0x1_FFFF;

/// What stands for a character and all that are the same without their case. With `unicode` two characters have the same
/// one if their simple case folding is the same; else, if their upper case is.
pub(super) fn canonical(point: u32, unicode: bool) -> u32 {
    let Some(char) = char::from_u32(point) else { return point };
    if char.is_ascii() {
        return u32::from(char.to_ascii_uppercase());
    }
    let upper = only(char.to_uppercase()).unwrap_or(char);
    if !unicode {
        let unit = u32::from(upper);
        return if (128..=0xFFFF).contains(&unit) { unit } else { point };
    }
    match point {
        // Case folding has no simple rule for the first; its rules for the others are not of upper case.
        0x131 => point,
        0x1FD3 => 0x390,
        0x1FE3 => 0x3B0,
        0xFB05 => 0xFB06,
        0x1E9E => 0xDF,
        _ => {
            let lower = only(upper.to_lowercase()).unwrap_or(upper);
            // Upper case stands for the characters that have one, so that ASCII's is as above.
            u32::from(only(lower.to_uppercase()).unwrap_or(lower))
        }
    }
}

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    if chars.next().is_some() { None } else { first }
}

/// Characters that are the same without their case, by what stands for them.
type Classes = FxHashMap<u32, Vec<u32>>;

fn classes(unicode: bool) -> &'static Classes {
    static CLASSES: [LazyLock<Classes>; 2] =
        [LazyLock::new(|| list(false)), LazyLock::new(|| list(true))];
    &CLASSES[usize::from(unicode)]
}

fn list(unicode: bool) -> Classes {
    let mut classes = Classes::default();
    for point in 0..=if unicode { LAST_CASED } else { 0xFFFF } {
        let canonical = canonical(point, unicode);
        if canonical != point {
            classes.entry(canonical).or_insert_with(|| vec![canonical]).push(point);
        }
    }
    classes
}

/// Adds to a settled set all that is the same without its case.
pub(super) fn close(set: &Set, unicode: bool) -> Set {
    let mut closed = set.clone();
    let is_ascii = set.ranges().last().is_none_or(|(_, high)| *high < 128);
    if is_ascii {
        let letters = |low: u8, high: u8| Set::of(&[(u32::from(low), u32::from(high))]);
        for (low, high) in set.intersected(&letters(b'a', b'z')).ranges() {
            closed.add(low - 32, high - 32);
        }
        for (low, high) in set.intersected(&letters(b'A', b'Z')).ranges() {
            closed.add(low + 32, high + 32);
        }
        closed.settle();
        for (letter, beyond) in [(b's', 0x17F), (b'k', 0x212A)] {
            if unicode && closed.contains(u32::from(letter)) {
                closed.add(beyond, beyond);
            }
        }
    } else {
        for class in classes(unicode).values() {
            if class.iter().any(|point| set.contains(*point)) {
                class.iter().for_each(|point| closed.add(*point, *point));
            }
        }
    }
    closed.settled()
}

#[cfg(test)]
mod tests {
    use super::{Set, canonical, close};

    fn closed(points: &[u32], unicode: bool) -> Vec<u32> {
        let ranges: Vec<_> = points.iter().map(|point| (*point, *point)).collect();
        let set = close(&Set::of(&ranges), unicode);
        set.ranges().iter().flat_map(|(low, high)| *low..=*high).collect()
    }

    #[test]
    fn case_is_closed_as_the_specification_folds_it() {
        assert_eq!(closed(&[0x61], false), [0x41, 0x61]);
        assert_eq!(closed(&[0x6B], true), [0x4B, 0x6B, 0x212A]);
        assert_eq!(closed(&[0x212A], false), [0x212A]);
        assert_eq!(closed(&[0x17F], true), [0x53, 0x73, 0x17F]);
        assert_eq!(closed(&[0x3C3], false), [0x3A3, 0x3C2, 0x3C3]);
        assert_eq!(closed(&[0xDF], false), [0xDF]);
        assert_eq!(closed(&[0xDF], true), [0xDF, 0x1E9E]);
        assert_eq!(closed(&[0x10400], true), [0x10400, 0x10428]);
        assert_eq!(closed(&[0x10400], false), [0x10400]);
        assert_eq!(closed(&[0x131], true), [0x131]);
        assert_eq!(closed(&[0x130], true), [0x130]);
        assert_eq!(closed(&[0xAB70], true), [0x13A0, 0xAB70]);
        assert_eq!(canonical(0x1FD3, true), canonical(0x390, true));
    }
}
