//! Weak collections, weak references and registries.
//!
//! A collection's cell has a brand in its first raw byte, which distinguishes it from other objects, like ECMA-262's
//! internal slots and V8's maps.

use crate::error::{AccessError, HeapError, OutOfMemory};
use crate::layout;
use crate::memory::cell::WORD;
use crate::memory::header::Kind;
use crate::scope::operand::{Operand, cell_of};
use crate::scope::view::View;
use crate::scope::{Local, Scope, Value};

/// A WeakMap's or a WeakSet's slot for its table. V8 has the elements in this slot and the table in the next; here the
/// table is first, where [`Scope::ephemeron_get`] and its siblings expect it.
pub const WEAK_TABLE: usize = 0;

/// The number of a registry's slots that only the heap writes: its lists of registrations whose target is dead.
const CLEARED_CELLS: usize = 2;
/// A registry's slot for its buckets of registrations by token.
pub const KEY_MAP: usize = CLEARED_CELLS;
/// The first of a registry's two slots that the program may use for small integers.
pub const REGISTRY_OWN: usize = KEY_MAP + 1;
/// A registry's slot for what the program calls of it.
pub const REGISTRY_CALLBACK: usize = REGISTRY_OWN + 2;
/// The number of a registry's slots.
pub const REGISTRY_SLOTS: usize = REGISTRY_CALLBACK + 1;

/// A registration's slot for its held value, after the heap's own.
pub const HOLDINGS: usize = 4;

/// The brand of an object: what it was made as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Brand {
    /// By [`weak_map`].
    WeakMap = 1,
    /// By [`weak_set`].
    WeakSet = 2,
    /// By [`finalization_registry`].
    FinalizationRegistry = 3,
}

impl Brand {
    const ALL: [Self; 3] = [Self::WeakMap, Self::WeakSet, Self::FinalizationRegistry];

    /// The size in bytes and the number of slots of its cells.
    const fn shape(self) -> (usize, usize) {
        match self {
            Self::WeakMap => (layout::WEAK_MAP, WEAK_TABLE + 1),
            Self::WeakSet => (layout::WEAK_SET, WEAK_TABLE + 1),
            Self::FinalizationRegistry => (layout::FINALIZATION_REGISTRY, REGISTRY_SLOTS),
        }
    }
}

/// The brand of a cell, if it has one.
///
/// # Errors
/// [`AccessError::WrongHeap`].
pub fn brand(scope: &Scope<'_>, cell: impl Operand) -> Result<Option<Brand>, AccessError> {
    let cell = cell_of(&scope.heap, cell)?;
    let view = View::of(scope.heap.roots.handles.reading_of(cell));
    if view.kind() != Kind::Object {
        return Ok(None);
    }
    let shape = (view.size(), view.slot_count());
    let first = view.bytes()?.first().copied();
    Ok(Brand::ALL.into_iter().find(|brand| shape == brand.shape() && first == Some(*brand as u8)))
}

/// A WeakMap with an empty table for `entries` entries, at least 2.
///
/// [`Scope::ephemeron_set`] and its siblings take the map's cell.
///
/// ```
/// use heap_model::{Heap, HeapError, HeapOptions, Value, shapes};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), HeapError> {
///     let map = shapes::weak_map(scope, 0)?;
///     for number in 0..100 {
///         let key = shapes::object(scope, 0)?;
///         scope.ephemeron_set(map, key, Value::Smi(number))?;
///         assert!(matches!(scope.ephemeron_get(map, key)?, Some(Value::Smi(found)) if found == number));
///     }
///     assert_eq!(scope.ephemeron_len(map)?, 100);
///     assert_eq!(shapes::brand(scope, map)?, Some(shapes::Brand::WeakMap));
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit.
pub fn weak_map<'s>(scope: &mut Scope<'s>, entries: usize) -> Result<Local<'s>, HeapError> {
    weak_collection(scope, Brand::WeakMap, entries)
}

/// A WeakSet with an empty table for `entries` members, at least 2. The program may use the values of its table's entries.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit.
pub fn weak_set<'s>(scope: &mut Scope<'s>, entries: usize) -> Result<Local<'s>, HeapError> {
    weak_collection(scope, Brand::WeakSet, entries)
}

/// A WeakRef, which [`Scope::weak_target`] reads.
///
/// # Errors
/// As [`Scope::alloc_weak_cell`].
pub fn weak_ref<'s>(scope: &mut Scope<'s>, target: Local<'_>) -> Result<Local<'s>, HeapError> {
    scope.alloc_weak_cell(target)
}

/// A FinalizationRegistry with `buckets` empty buckets, at least one, in slot [`KEY_MAP`], and zeros in the slots that the
/// caller may use.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit.
pub fn finalization_registry<'s>(
    scope: &mut Scope<'s>,
    buckets: usize,
) -> Result<Local<'s>, HeapError> {
    let cell = branded(scope, Brand::FinalizationRegistry)?;
    scope.scope(|scope| {
        let buckets = scope.alloc_buckets(buckets)?;
        scope.set(cell, KEY_MAP, Value::Ref(buckets))?;
        for slot in REGISTRY_OWN..REGISTRY_CALLBACK {
            scope.set(cell, slot, Value::Smi(0))?;
        }
        Ok(cell)
    })
}

/// A number that the program may keep in a registry's cell; initially 0.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is no registry, [`AccessError::WrongHeap`].
pub fn registry_number(scope: &Scope<'_>, registry: Local<'_>) -> Result<u64, AccessError> {
    expect_registry(scope, registry)?;
    let word = scope.bytes(registry)?.as_chunks().0.get(1);
    word.map(|word| u64::from_ne_bytes(*word)).ok_or(AccessError::WrongKind)
}

/// Sets the number that [`registry_number`] returns.
///
/// # Errors
/// As [`registry_number`].
pub fn set_registry_number(
    scope: &mut Scope<'_>,
    registry: Local<'_>,
    number: u64,
) -> Result<(), AccessError> {
    expect_registry(scope, registry)?;
    let word = scope.bytes_mut(registry)?.as_chunks_mut::<WORD>().0.get_mut(1);
    *word.ok_or(AccessError::WrongKind)? = number.to_ne_bytes();
    Ok(())
}

/// A registration of `target` in a registry, with its held value; it is in no bucket yet. It is smaller than V8's
/// ([`layout::REGISTRATION`]), which has links for two more lists.
///
/// # Errors
/// As [`Scope::alloc_registration`].
pub fn registration<'s>(
    scope: &mut Scope<'s>,
    registry: Local<'_>,
    target: Local<'_>,
    token: Option<Local<'_>>,
    holdings: Value<'_>,
) -> Result<Local<'s>, HeapError> {
    let cell = scope.alloc_registration(registry, target, token, 1)?;
    scope.set(cell, HOLDINGS, holdings)?;
    Ok(cell)
}

fn expect_registry(scope: &Scope<'_>, cell: Local<'_>) -> Result<(), AccessError> {
    match brand(scope, cell)? {
        Some(Brand::FinalizationRegistry) => Ok(()),
        _ => Err(AccessError::WrongKind),
    }
}

fn branded<'s>(scope: &mut Scope<'s>, brand: Brand) -> Result<Local<'s>, OutOfMemory> {
    let (size, slots) = brand.shape();
    let cell = scope.alloc_sized(Kind::Object, size, slots)?;
    if let Ok([first, ..]) = scope.bytes_mut(cell) {
        *first = brand as u8;
    }
    Ok(cell)
}

fn weak_collection<'s>(
    scope: &mut Scope<'s>,
    brand: Brand,
    entries: usize,
) -> Result<Local<'s>, HeapError> {
    let capacity = entries.saturating_add(entries / 2).checked_next_power_of_two();
    let cell = branded(scope, brand)?;
    scope.scope(|scope| {
        let table = scope.alloc_ephemeron_table(capacity.unwrap_or(usize::MAX))?;
        scope.set(cell, WEAK_TABLE, Value::Ref(table))?;
        Ok(cell)
    })
}
