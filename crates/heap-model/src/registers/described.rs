//! Descriptors of tags.

use super::Registers;
use super::find::{Cursor, search};
use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::memory::header::Tag;
use crate::scope::access::users_slot;

impl Registers<'_> {
    /// Makes a register's cell the descriptor of a tag: what says of all cells with the tag what they are, as V8's maps say
    /// it of objects. From now on the descriptor lives while a cell has the tag, or something else keeps it alive; a
    /// full collection frees it then, and [`Heap::take_dead_tags`] tells. A tag has one descriptor at a time.
    ///
    /// Cells do not spend memory on that. The table outside of the heap has 8 bytes for each number up to the largest
    /// of a tag with a descriptor, so numbers should be small. Amortised constant time; each scavenge visits the young
    /// descriptors, each full collection all of them.
    ///
    /// ```
    /// use heap_model::{Heap, HeapOptions, Kind, Tag};
    ///
    /// let mut heap = Heap::new(HeapOptions::default())?;
    /// let point = Tag::new(7).unwrap();
    /// let mut machine = heap.registers();
    /// machine.push(2)?;
    /// machine.alloc(0, Kind::Array, 3, 0)?;
    /// machine.describe_tag(point, 0)?;
    /// machine.alloc_tagged(1, Kind::Object, point, 2, 0)?;
    /// machine.set_undefined(0);
    /// machine.collect();
    /// assert!(machine.load_descriptor(0, point));
    /// // The last cell of the tag goes, and the descriptor with it.
    /// machine.set_undefined(0);
    /// machine.set_undefined(1);
    /// machine.collect();
    /// assert!(!machine.load_descriptor(0, point));
    /// assert_eq!(heap.take_dead_tags(), [point]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccessError::NoCell`].
    #[track_caller]
    pub fn describe_tag(&mut self, tag: Tag, register: usize) -> Result<(), AccessError> {
        let cell = self.cell(register)?;
        self.heap.describe_tag(tag, cell, None);
        Ok(())
    }

    /// As [`describe_tag`](Self::describe_tag), of a descriptor that also lives while the cell does that its slot `key` refers
    /// to, so that the next cells of the tag find it: V8 retains the maps of a prototype that lives
    /// (`MarkCompactCollector::RetainMaps`). A slot without a cell keeps it for good.
    ///
    /// # Errors
    /// [`AccessError::NoCell`]; [`AccessError::SlotOutOfRange`] if the cell has no such slot.
    #[track_caller]
    pub fn describe_tag_by(
        &mut self,
        tag: Tag,
        register: usize,
        key: usize,
    ) -> Result<(), AccessError> {
        let cell = self.cell(register)?;
        users_slot(cell.load(), key)?;
        self.heap.describe_tag(tag, cell, Some(key as u32));
        Ok(())
    }

    /// `to` becomes the descriptor of a tag, or undefined if it has none; whether it has one. Constant time.
    #[inline]
    #[track_caller]
    pub fn load_descriptor(&mut self, to: usize, tag: Tag) -> bool {
        let word = self.heap.roots.descriptors.get(tag);
        self.put(to, word);
        word.is_reference()
    }

    /// As [`find`](Self::find), from the descriptor of a tag.
    ///
    /// # Errors
    /// What `f` fails with; [`AccessError::NoCell`] if the tag has no descriptor.
    #[inline]
    #[track_caller]
    pub fn find_from_descriptor<E: From<AccessError>>(
        &mut self,
        to: usize,
        tag: Tag,
        f: impl for<'a> FnOnce(Cursor<'a>) -> Result<Cursor<'a>, E>,
    ) -> Result<(), E> {
        let cell = Cell::of(self.heap.roots.descriptors.get(tag)).ok_or(AccessError::NoCell)?;
        let word = search(self.heap, cell, f)?;
        self.put(to, word);
        Ok(())
    }
}

impl Heap {
    fn describe_tag(&mut self, tag: Tag, cell: Cell, key: Option<u32>) {
        let young = self.is_young(cell);
        self.roots.descriptors.set(tag, cell, key, young);
        if let Some(marker) = &mut self.marking.marker {
            marker.meet_tag(tag);
        }
    }

    /// The descriptor of a tag lives at least until [`release_kept_tags`](Self::release_kept_tags): the program may be
    /// about to give the tag to a cell. Constant time.
    pub fn keep_tag(&mut self, tag: Tag) {
        self.roots.descriptors.keep(tag);
    }

    /// How many tags are kept by [`keep_tag`](Self::keep_tag). Constant time.
    #[inline]
    #[must_use]
    pub fn kept_tags(&self) -> usize {
        self.roots.descriptors.kept()
    }

    /// Ends what [`keep_tag`](Self::keep_tag) began, but for the first `but` tags that are kept. O(tags that are released).
    #[inline]
    pub fn release_kept_tags(&mut self, but: usize) {
        self.roots.descriptors.release(but);
    }

    /// Whether tags have lost their descriptors since [`take_dead_tags`](Self::take_dead_tags). Constant time.
    #[inline]
    #[must_use]
    pub fn has_dead_tags(&self) -> bool {
        self.roots.descriptors.has_dead()
    }

    /// The tags that have lost their descriptors, because no cell has them any more. They may be given other descriptors.
    /// O(tags that are told).
    pub fn take_dead_tags(&mut self) -> Vec<Tag> {
        self.roots.descriptors.take_dead()
    }
}
