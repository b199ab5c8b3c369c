//! Texts that get numbers: each text once, all in one run of bytes, found by a table of numbers with linear probing.
//!
//! Invariants: the table has a power of two of buckets, more than there are texts; an empty bucket is [`EMPTY`].

use std::hash::{BuildHasher, RandomState};

const EMPTY: u32 = u32::MAX;
const FIRST: usize = 1 << 10;

/// Texts by their numbers, which count from 0 in the order in which they came. Some 20 bytes each beside their text.
#[derive(Debug, Default)]
pub struct Interner {
    bytes: String,
    /// Where each text ends in `bytes`.
    ends: Vec<usize>,
    buckets: Vec<u32>,
    hasher: RandomState,
}

impl Interner {
    /// The number of a text. O(length) on average.
    pub fn intern(&mut self, text: &str) -> u32 {
        if self.ends.len() * 4 >= self.buckets.len() * 3 {
            self.grow();
        }
        let mask = self.buckets.len() - 1;
        let mut at = self.hasher.hash_one(text) as usize & mask;
        loop {
            match self.buckets[at] {
                EMPTY => break,
                number if self.get(number as usize) == text => return number,
                _ => at = (at + 1) & mask,
            }
        }
        let number = self.ends.len() as u32;
        self.buckets[at] = number;
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        number
    }

    /// All texts in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|number| self.get(number))
    }

    fn get(&self, number: usize) -> &str {
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[start..self.ends[number]]
    }

    fn grow(&mut self) {
        let count = (2 * self.buckets.len()).max(FIRST);
        self.buckets = Vec::new();
        let mut buckets = vec![EMPTY; count];
        for number in 0..self.ends.len() {
            let mut at = self.hasher.hash_one(self.get(number)) as usize & (count - 1);
            while buckets[at] != EMPTY {
                at = (at + 1) & (count - 1);
            }
            buckets[at] = number as u32;
        }
        self.buckets = buckets;
    }
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn a_text_has_one_number_however_often_it_comes() {
        let mut texts = Interner::default();
        let all: Vec<String> = (0..5000).map(|number| format!("text {}", number % 3000)).collect();
        let numbers: Vec<u32> = all.iter().map(|text| texts.intern(text)).collect();
        assert!(numbers.iter().enumerate().all(|(at, number)| *number as usize == at % 3000));
        assert_eq!(texts.intern(""), 3000);
        assert_eq!(texts.iter().last(), Some(""));
        assert!(texts.iter().zip(&all).take(3000).all(|(own, text)| own == text));
    }
}
