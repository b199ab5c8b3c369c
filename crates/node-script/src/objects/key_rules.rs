//! Which keys of a Map or a Set are one: ECMA-262's `SameValueZero`, for the values of this machine.

use super::layout::tags;
use heap_model::collections::{IdentityHashes, KeyRules, SameValueZero};
use heap_model::{Kind, Seen, View};

/// The heap's rules, and strings and BigInts compared by what they hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys;

/// The bytes that a key is compared by, with what tells it from others of the same bytes.
fn contents(cell: View<'_>) -> Option<(Kind, u32, &[u8])> {
    let kind = cell.kind();
    let sign = match kind {
        Kind::OneByteString | Kind::TwoByteString => 0,
        Kind::Bytes if matches!(cell.tag().number(), tags::BIG_INT | tags::NEGATIVE_BIG_INT) => {
            cell.tag().number()
        }
        _ => return None,
    };
    Some((kind, sign, cell.bytes().ok()?))
}

impl KeyRules for Keys {
    fn hash(&self, key: Seen<'_>, identities: &mut IdentityHashes<'_>) -> u32 {
        if let Seen::Ref(cell) = key
            && let Some((_, _, bytes)) = contents(cell)
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
