//! The labels' text in one piece, so that room for it can be taken before sampling.

/// Where a label stands: an offset that only rises, and a length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    start: u64,
    length: u32,
}

impl Span {
    /// Of no label.
    pub const NONE: Self = Self { start: 0, length: 0 };
}

/// The text of labels, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    text: String,
    /// The offset of the text's first byte: what was forgotten before it.
    base: u64,
    /// The offset before which nothing is needed.
    needed: u64,
}

impl Labels {
    /// Allocates and touches `bytes` of memory for more text.
    pub fn make_room(&mut self, bytes: usize) {
        let length = self.text.len();
        self.text.reserve_exact(bytes);
        self.text.extend(core::iter::repeat_n(' ', bytes));
        self.text.truncate(length);
    }

    /// Adds a label. A label longer than 4 GiB is cut.
    pub fn push(&mut self, label: &str) -> Span {
        let unneeded = (self.needed - self.base) as usize;
        // What is forgotten is removed when it is most of the text, so each byte moves O(1) times.
        if self.text.len() + label.len() > self.text.capacity() && unneeded > self.text.len() / 2 {
            self.text.drain(..unneeded);
            self.base = self.needed;
        }
        let start = self.base + self.text.len() as u64;
        let label = &label[..label.floor_char_boundary(u32::MAX as usize)];
        self.text.push_str(label);
        Span { start, length: label.len() as u32 }
    }

    /// A label's text.
    pub fn get(&self, span: Span) -> &str {
        let start = (span.start - self.base) as usize;
        &self.text[start..start + span.length as usize]
    }

    /// Where the next label will stand.
    pub fn end(&self) -> Span {
        Span { start: self.base + self.text.len() as u64, length: 0 }
    }

    /// Labels before this one are not asked for any more.
    pub fn forget_before(&mut self, span: Span) {
        self.needed = self.needed.max(span.start);
    }

    /// Bytes of memory that the text occupies.
    pub fn footprint(&self) -> usize {
        self.text.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::Labels;
    use std::collections::VecDeque;

    #[test]
    fn forgotten_labels_make_room_and_kept_ones_stay() {
        let mut labels = Labels::default();
        labels.make_room(64);
        let mut kept = VecDeque::new();
        for number in 0..1000 {
            let label = format!("label {number}");
            kept.push_back((labels.push(&label), label));
            if kept.len() > 3 {
                kept.pop_front();
                labels.forget_before(kept[0].0);
            }
            for (span, label) in &kept {
                assert_eq!(labels.get(*span), label);
            }
        }
        assert_eq!(labels.footprint(), 64, "the room that was taken is enough");
    }
}
