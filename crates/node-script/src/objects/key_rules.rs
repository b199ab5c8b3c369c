//! Which keys of a Map or a Set are one: ECMA-262's `SameValueZero`, for the values of this machine.

use super::layout::tags;
use heap_model::collections::{IdentityHashes, KeyRules, SameValueZero};
use heap_model::{Kind, Seen, View};

/// The heap's rules, and BigInts compared by what they hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys;

/// A BigInt's sign and digits.
fn contents(cell: View<'_>) -> Option<(u32, &[u8])> {
    let sign = cell.tag().number();
    if cell.kind() != Kind::Bytes || !matches!(sign, tags::BIG_INT | tags::NEGATIVE_BIG_INT) {
        return None;
    }
    Some((sign, cell.bytes().ok()?))
}

impl KeyRules for Keys {
    fn hash(&self, key: Seen<'_>, identities: &mut IdentityHashes<'_>) -> u32 {
        if let Seen::Ref(cell) = key
            && let Some((_, bytes)) = contents(cell)
        {
            // Whole words, for cells are rounded up to them.
            let hash = bytes.as_chunks().0.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, word| {
                (hash.rotate_left(5) ^ u64::from_ne_bytes(*word))
                    .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            });
            return (hash >> 32) as u32;
        }
        SameValueZero.hash(key, identities)
    }

    fn equal(&self, a: Seen<'_>, b: Seen<'_>) -> bool {
        if let (Seen::Ref(left), Seen::Ref(right)) = (a, b)
            && let (Some(left), Some(right)) = (contents(left), contents(right))
        {
            return left == right;
        }
        SameValueZero.equal(a, b)
    }

    fn small(&self, key: Seen<'_>) -> Option<i32> {
        SameValueZero.small(key)
    }
}
