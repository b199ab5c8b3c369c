//! Growable arrays: those of [`shapes::array`](crate::shapes::array), whose elements are a cell of their own.
//!
//! Full elements are replaced by half as many again and 16 (V8's `JSObject::NewElementsCapacity`), and elements that
//! are mostly free by fewer (`ElementsAccessor::SetLengthImpl`).

use crate::error::{AccessError, HeapError};
use crate::heap::Heap;
use crate::layout;
use crate::memory::cell::{Cell, Loaded, WORD};
use crate::memory::header::Kind;
use crate::memory::word::Word;
use crate::scope::operand::{Operand, UsesHeap};
use crate::scope::{Scope, Value};
use crate::shapes::objects::{ELEMENTS, LENGTH, NO_ELEMENTS, array_length};

/// The length. Constant time.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is no array, [`AccessError::WrongHeap`].
pub fn len(heap: &impl UsesHeap, array: impl Operand) -> Result<usize, AccessError> {
    Ok(Parts::of(heap.heap(), array)?.length)
}

/// How many elements there is room for. Constant time.
///
/// # Errors
/// As [`len`].
pub fn capacity(heap: &impl UsesHeap, array: impl Operand) -> Result<usize, AccessError> {
    Ok(Parts::of(heap.heap(), array)?.capacity())
}

/// Reads an element. Constant time.
///
/// # Errors
/// [`AccessError::SlotOutOfRange`] if the array is not as long, and as [`len`].
pub fn get<'s>(
    scope: &mut Scope<'s>,
    array: impl Operand,
    index: usize,
) -> Result<Value<'s>, AccessError> {
    let word = Parts::of(&scope.heap, array)?.element(index)?;
    Ok(scope.value(word))
}

/// Writes an element of an array that is as long. Constant time.
///
/// # Errors
/// As [`get`]; [`AccessError::WrongHeap`] also for the value.
pub fn set(
    heap: &mut impl UsesHeap,
    array: impl Operand,
    index: usize,
    value: impl Operand,
) -> Result<(), AccessError> {
    let parts = Parts::of(heap.heap(), array)?;
    parts.element(index)?;
    let word = value.word(heap.heap())?;
    parts.store(heap.heap_mut(), index, word);
    Ok(())
}

/// Appends an element and returns the new length. Amortised constant time.
///
/// ```
/// use heap_model::collections::array;
/// use heap_model::{Heap, HeapError, HeapOptions, Value, shapes};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), HeapError> {
///     let list = shapes::array(scope, 0)?;
///     for number in 0..100 {
///         array::push(scope, list, Value::Smi(number))?;
///     }
///     assert_eq!(array::len(scope, list)?, 100);
///     assert!(matches!(array::pop(scope, list)?, Some(Value::Smi(99))));
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, and as [`len`]; the array is unchanged then.
pub fn push(
    heap: &mut impl UsesHeap,
    array: impl Operand,
    value: impl Operand,
) -> Result<usize, HeapError> {
    push_to(heap.heap_mut(), array, value)
}

/// Takes the last element off. Amortised constant time: where less than half of the room is used, it may be made less.
///
/// # Errors
/// As [`len`].
pub fn pop<'s>(
    scope: &mut Scope<'s>,
    array: impl Operand,
) -> Result<Option<Value<'s>>, AccessError> {
    let word = pop_word(&mut scope.heap, array)?;
    Ok(word.map(|word| scope.value(word)))
}

/// Makes the array longer, by holes, or shorter. O(elements) if the room changes, else O(elements that go).
///
/// # Errors
/// As [`push`].
pub fn set_len(
    heap: &mut impl UsesHeap,
    array: impl Operand,
    length: usize,
) -> Result<(), HeapError> {
    set_length(heap.heap_mut(), array, length)
}

/// Makes room for `additional` more elements, as if as many were appended at once. O(elements) if there is not enough.
///
/// # Errors
/// As [`push`].
pub fn reserve(
    heap: &mut impl UsesHeap,
    array: impl Operand,
    additional: usize,
) -> Result<(), HeapError> {
    let parts = Parts::of(heap.heap(), array)?;
    let needed = parts.length.saturating_add(additional);
    if needed > parts.capacity() {
        resize(heap.heap_mut(), array, layout::grown_array(needed))?;
    }
    Ok(())
}

/// An array's cells, until the next allocation.
#[derive(Clone, Copy)]
struct Parts {
    array: Cell,
    elements: Option<Loaded>,
    length: usize,
}

impl Parts {
    #[inline]
    fn of(heap: &Heap, array: impl Operand) -> Result<Self, AccessError> {
        let array = Cell::of(array.word(heap)?).ok_or(AccessError::WrongKind)?;
        let length = array_length(array).ok_or(AccessError::WrongKind)?;
        let elements = Cell::of(array.slot(ELEMENTS)).map(Cell::load);
        Ok(Self { array, elements, length })
    }

    #[inline]
    fn capacity(self) -> usize {
        self.elements.map_or(0, |elements| elements.slot_count())
    }

    #[inline]
    fn element(self, index: usize) -> Result<Word, AccessError> {
        let slot =
            if index < self.length { self.elements.and_then(|e| e.slot(index)) } else { None };
        let len = self.length;
        slot.map(|slot| slot.get()).ok_or(AccessError::SlotOutOfRange { slot: index, len })
    }

    /// Writes an element that there is room for.
    #[inline]
    fn store(self, heap: &mut Heap, index: usize, word: Word) {
        let slot = self.elements.and_then(|elements| elements.slot(index));
        heap.store_slot(slot.expect("room for the element"), word);
    }

    /// Cuts the array back to its first `length` elements, and lets go of all room if it is to be `without`.
    fn cut(self, heap: &mut Heap, length: usize, without: bool) {
        heap.forget_refusal();
        if let Some(elements) = self.elements {
            let end = self.length.min(elements.slot_count());
            elements.range(length.min(end)..end).for_each(|slot| slot.set(Word::HOLE));
        }
        self.set_length(length);
        if without {
            self.array.set_slot(ELEMENTS, NO_ELEMENTS);
        }
    }

    /// A cell has fewer than 2^27 slots, so a small integer tells the length.
    #[inline]
    fn set_length(self, length: usize) {
        self.array.set_slot(LENGTH, Word::smi(length as i32));
    }
}

fn push_to(heap: &mut Heap, array: impl Operand, value: impl Operand) -> Result<usize, HeapError> {
    let mut parts = Parts::of(heap, array)?;
    let length = parts.length;
    value.word(heap)?;
    if length >= parts.capacity() {
        parts = resize(heap, array, layout::grown_array(length + 1))?;
    }
    let word = value.word(heap)?;
    parts.store(heap, length, word);
    parts.set_length(length + 1);
    Ok(length + 1)
}

/// Takes the last element off. What may collect comes before it is read.
pub(super) fn pop_word(heap: &mut Heap, array: impl Operand) -> Result<Option<Word>, AccessError> {
    let parts = Parts::of(heap, array)?;
    let Some(last) = parts.length.checked_sub(1) else { return Ok(None) };
    let capacity = layout::popped_array(parts.capacity(), last);
    if last < capacity && capacity < parts.capacity() {
        // Without memory for fewer elements, the array keeps its room.
        let _ = resize(heap, array, capacity);
    }
    let parts = Parts::of(heap, array)?;
    let word = parts.element(last)?;
    parts.cut(heap, last, capacity == 0);
    Ok(Some(word))
}

/// An element's word.
pub(super) fn element(heap: &Heap, array: impl Operand, index: usize) -> Result<Word, AccessError> {
    Parts::of(heap, array)?.element(index)
}

fn set_length(heap: &mut Heap, array: impl Operand, length: usize) -> Result<(), HeapError> {
    let parts = Parts::of(heap, array)?;
    let capacity = parts.capacity();
    if length <= parts.length {
        let kept = layout::truncated_array(capacity, parts.length, length);
        parts.cut(heap, length, kept == 0);
        if 0 < kept && kept < capacity {
            // Without memory for fewer elements, the array keeps its room.
            let _ = resize(heap, array, kept);
        }
        return Ok(());
    }
    let parts = match capacity {
        _ if length <= capacity => parts,
        _ => resize(heap, array, length.max(layout::grown_array(capacity)))?,
    };
    parts.set_length(length);
    Ok(())
}

/// Puts elements of this capacity in the place of those that an array has, and copies as many as fit. O(capacity).
#[cold]
#[inline(never)]
fn resize(heap: &mut Heap, array: impl Operand, capacity: usize) -> Result<Parts, HeapError> {
    let size = layout::fixed_array(0).saturating_add(capacity.saturating_mul(WORD));
    let to = heap.allocate(Kind::Array, size, capacity)?;
    let parts = Parts::of(heap, array)?;
    let kept = parts.length.min(capacity);
    let mut words = parts.elements.into_iter().flat_map(|elements| elements.slots()).take(kept);
    for slot in to.load().slots() {
        slot.set(words.next().map_or(Word::HOLE, |from| from.get()));
    }
    heap.record_filled(to);
    heap.store(parts.array, ELEMENTS, to.word());
    Ok(Parts { elements: Some(to.load()), ..parts })
}
