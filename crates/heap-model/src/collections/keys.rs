//! Which keys are one: hash and equality of a map's keys.

use crate::identities::Identities;
use crate::memory::header::Kind;
use crate::scope::view::{Seen, View};
use crate::text;

/// Hash and equality of the keys of a map or a set.
///
/// It is given with each operation on the map, and is the same each time. A key is equal to itself without asking;
/// `equal` is otherwise asked of keys with equal hashes alone. A hash must not change while its key is in the map.
///
/// ```
/// use heap_model::collections::{IdentityHashes, KeyRules, set};
/// use heap_model::{Heap, HeapError, HeapOptions, Seen, Value, shapes};
///
/// /// Numbers that are one modulo ten.
/// struct LastDigit;
///
/// fn digit(key: Seen<'_>) -> i32 {
///     if let Seen::Smi(number) = key { number.rem_euclid(10) } else { -1 }
/// }
///
/// impl KeyRules for LastDigit {
///     fn hash(&self, key: Seen<'_>, _: &mut IdentityHashes<'_>) -> u32 {
///         digit(key) as u32
///     }
///     fn equal(&self, a: Seen<'_>, b: Seen<'_>) -> bool {
///         digit(a) == digit(b)
///     }
/// }
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), HeapError> {
///     let digits = shapes::set(scope, 0)?;
///     for number in [3, 13, 25] {
///         set::add(scope, &LastDigit, digits, Value::Smi(number))?;
///     }
///     assert_eq!(set::len(scope, digits)?, 2);
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait KeyRules {
    /// The key's hash: equal keys have the same. Thirty bits of it count, of which small maps look at the right ones.
    fn hash(&self, key: Seen<'_>, identities: &mut IdentityHashes<'_>) -> u32;

    /// Whether two keys are one.
    fn equal(&self, a: Seen<'_>, b: Seen<'_>) -> bool;

    /// The small integer that is kept in the place of a key, if it is equal to one: `None` keeps the key.
    fn small(&self, key: Seen<'_>) -> Option<i32> {
        let _ = key;
        None
    }
}

/// What gives cells their identity hashes.
pub struct IdentityHashes<'h>(pub(super) &'h mut Identities);

impl IdentityHashes<'_> {
    /// A number that the cell keeps for its life, as [`Scope::identity_hash`](crate::Scope::identity_hash) gives it; a
    /// double's is its number's, and a string's that of its units. Constant time, but O(units) for a string the first
    /// time.
    #[inline]
    pub fn of(&mut self, cell: View<'_>) -> u32 {
        match double(cell) {
            Some(number) => hash_of_bits(number.to_bits()),
            None if cell.cell().header().is_string() => text::hash(cell.reading()),
            None => self.0.of(cell.cell()),
        }
    }
}

/// Keys are one if they are the same constant, small integer or cell, whatever the cell holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Identity;

impl KeyRules for Identity {
    #[inline]
    fn hash(&self, key: Seen<'_>, identities: &mut IdentityHashes<'_>) -> u32 {
        match key {
            Seen::Ref(cell) => identities.of(cell),
            constant => hash_of_constant(constant),
        }
    }

    #[inline]
    fn equal(&self, a: Seen<'_>, b: Seen<'_>) -> bool {
        a == b
    }
}

/// JavaScript's rule for the keys of a Map and the values of a Set (ECMA-262, 7.2.12): numbers are compared by value,
/// where NaN is itself and both zeros are one, strings by their characters, and all else by identity. A zero is kept as
/// the small integer (V8's `NormalizeNumberKey`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SameValueZero;

impl KeyRules for SameValueZero {
    #[inline]
    fn hash(&self, key: Seen<'_>, identities: &mut IdentityHashes<'_>) -> u32 {
        let Seen::Ref(cell) = key else { return hash_of_constant(key) };
        match cell.kind() {
            Kind::Double => hash_of_number(double(cell).unwrap_or(f64::NAN)),
            _ => identities.of(cell),
        }
    }

    #[inline]
    fn equal(&self, a: Seen<'_>, b: Seen<'_>) -> bool {
        match (a, b) {
            (Seen::Ref(a), Seen::Ref(b)) if a == b => true,
            (Seen::Ref(a), Seen::Ref(b)) => match (double(a), double(b)) {
                (Some(a), Some(b)) => a == b || a.is_nan() && b.is_nan(),
                _ => {
                    let strings = a.cell().header().is_string() && b.cell().header().is_string();
                    strings && text::equal(a.reading(), b.reading())
                }
            },
            (Seen::Ref(cell), Seen::Smi(number)) | (Seen::Smi(number), Seen::Ref(cell)) => {
                double(cell) == Some(f64::from(number))
            }
            (a, b) => a == b,
        }
    }

    #[inline]
    fn small(&self, key: Seen<'_>) -> Option<i32> {
        match key {
            Seen::Ref(cell) => (double(cell) == Some(0.0)).then_some(0),
            _ => None,
        }
    }
}

/// The number of a boxed double.
#[inline]
fn double(cell: View<'_>) -> Option<f64> {
    if cell.kind() != Kind::Double {
        return None;
    }
    let bytes = cell.bytes().ok()?.first_chunk()?;
    Some(f64::from_ne_bytes(*bytes))
}

/// The small integer that a number is equal to.
#[inline]
fn small(number: f64) -> Option<i32> {
    let small = number as i32;
    (f64::from(small) == number).then_some(small)
}

#[inline]
fn hash_of_number(number: f64) -> u32 {
    match small(number) {
        Some(number) => hash_of_constant(Seen::Smi(number)),
        None if number.is_nan() => hash_of_bits(f64::NAN.to_bits()),
        None => hash_of_bits(number.to_bits()),
    }
}

#[inline]
fn hash_of_constant(constant: Seen<'_>) -> u32 {
    hash_of_bits(match constant {
        Seen::Smi(number) => return hash_of_small(number as u32),
        Seen::Bool(of) => 1 << 32 | u64::from(of),
        Seen::Null => 2 << 32,
        _ => 3 << 32,
    })
}

/// Integers that follow each other have buckets that follow each other, so that a program that counts finds them in the
/// processor's caches; 256 of them as a whole lie anywhere.
#[inline]
fn hash_of_small(number: u32) -> u32 {
    number.wrapping_add(hash_of_bits(u64::from(number >> 8)))
}

/// The upper half of a product with the golden ratio (Knuth, volume 3, 6.4), whose right bits depend on all of these.
#[inline]
fn hash_of_bits(bits: u64) -> u32 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    ((bits ^ bits >> 32).wrapping_mul(GOLDEN) >> 32) as u32
}
