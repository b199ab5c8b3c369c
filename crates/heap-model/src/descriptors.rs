//! Descriptors: a cell for each of some tags that says what the cells of the tag are, as V8's maps do. A cell keeps the
//! descriptor of its tag alive, as V8's map word does, without a word of its own for it.
//!
//! The table lies outside of the heap. Marking notes the tags that it meets, and at its end marks their descriptors.

use crate::memory::cell::Cell;
use crate::memory::header::Tag;
use crate::memory::word::Word;

#[derive(Default)]
pub(crate) struct Descriptors {
    /// By the numbers of their tags; undefined for a tag without one.
    words: Vec<Word>,
    /// By the numbers of their tags, the slots whose cells keep them.
    keys: Vec<Option<u32>>,
    /// The tags of those that may be young.
    young: Vec<Tag>,
    /// By the tags' numbers.
    is_young: Vec<bool>,
    /// Tags that the program may be about to give to a cell.
    kept: Vec<Tag>,
    /// By the tags' numbers.
    is_kept: Vec<bool>,
    /// The tag of the cell that is being allocated.
    allocated: Tag,
    /// Tags that have lost their descriptors since they were last asked for.
    dead: Vec<Tag>,
}

impl Descriptors {
    /// One more than the largest number of a tag that ever had a descriptor.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The descriptor of a tag; undefined if it has none.
    #[inline(always)]
    pub fn get(&self, tag: Tag) -> Word {
        self.words.get(tag.number() as usize).copied().unwrap_or(Word::UNDEFINED)
    }

    pub fn set(&mut self, tag: Tag, cell: Cell, key: Option<u32>, young: bool) {
        let number = tag.number() as usize;
        if number >= self.words.len() {
            self.words.resize(number + 1, Word::UNDEFINED);
            self.keys.resize(number + 1, None);
            self.is_young.resize(number + 1, false);
        }
        self.words[number] = cell.word();
        self.keys[number] = key;
        if young && !self.is_young[number] {
            self.is_young[number] = true;
            self.young.push(tag);
        }
    }

    pub fn keep(&mut self, tag: Tag) {
        if self.is_kept.len() <= tag.number() as usize {
            self.is_kept.resize(tag.number() as usize + 1, false);
        }
        let is_kept = &mut self.is_kept[tag.number() as usize];
        if !*is_kept {
            *is_kept = true;
            self.kept.push(tag);
        }
    }

    pub fn keep_for_allocation(&mut self, tag: Tag) {
        self.allocated = tag;
    }

    /// How many tags are kept.
    #[inline]
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Keeps the first of the kept tags only.
    #[inline]
    pub fn release(&mut self, but: usize) {
        if self.kept.len() > but {
            self.release_behind(but);
        }
    }

    fn release_behind(&mut self, but: usize) {
        self.kept.drain(but..).for_each(|tag| self.is_kept[tag.number() as usize] = false);
    }

    pub fn take_dead(&mut self) -> Vec<Tag> {
        std::mem::take(&mut self.dead)
    }

    pub fn has_dead(&self) -> bool {
        !self.dead.is_empty()
    }

    /// The tags whose descriptors are roots.
    pub fn roots(&self) -> impl Iterator<Item = Tag> {
        self.kept.iter().chain([&self.allocated]).copied()
    }

    /// The descriptors of tags with a number from `first` on.
    pub fn from(&self, first: usize) -> impl Iterator<Item = Word> {
        self.words.iter().skip(first).copied()
    }

    /// The descriptors that their keys may keep, with the words of those.
    pub fn with_keys(&self) -> impl Iterator<Item = (Cell, Word)> {
        let keyed = self.words.iter().zip(&self.keys);
        keyed.filter_map(|(word, key)| {
            let cell = Cell::of(*word)?;
            Some((cell, cell.slot((*key)? as usize)))
        })
    }

    /// Updates the young descriptors: `moved` returns the new word, and whether it refers to a young cell. Linear in
    /// their number.
    pub fn move_young(&mut self, mut moved: impl FnMut(Word) -> (Word, bool)) {
        let Self { words, is_young, young, .. } = self;
        young.retain(|tag| {
            let number = tag.number() as usize;
            let young;
            (words[number], young) = moved(words[number]);
            is_young[number] = young;
            young
        });
    }

    /// Updates all descriptors: `follow` returns the cell's new address if it lives. Linear in the tags.
    pub fn follow(&mut self, follow: impl Fn(Cell) -> Option<Cell>) {
        let Self { words, is_young, young, dead, .. } = self;
        for (number, word) in words.iter_mut().enumerate() {
            let Some(cell) = Cell::of(*word) else { continue };
            *word = follow(cell).map_or(Word::UNDEFINED, Cell::word);
            if !word.is_reference() {
                dead.extend(Tag::new(number as u32));
            }
        }
        young.retain(|tag| {
            let number = tag.number() as usize;
            is_young[number] = words[number].is_reference();
            is_young[number]
        });
    }

    /// The tags and their descriptors.
    #[cfg(zeal)]
    pub fn iter(&self) -> impl Iterator<Item = (Tag, Cell)> {
        let words = self.words.iter().enumerate();
        words.filter_map(|(number, word)| Some((Tag::new(number as u32)?, Cell::of(*word)?)))
    }

    #[cfg(zeal)]
    pub fn is_known_young(&self, tag: Tag) -> bool {
        self.is_young.get(tag.number() as usize).copied().unwrap_or(false)
    }

    /// Whether a tag has lost its descriptor, so that no cell may have it.
    #[cfg(zeal)]
    pub fn is_dead(&self, tag: Tag) -> bool {
        self.dead.contains(&tag) && !self.get(tag).is_reference()
    }
}
