//! Registrations by their token: an array of buckets, each the head of a linked list. The token's hash selects the
//! bucket; a registration without a token uses its own hash.
//!
//! A registration that has ended stays in its list until the next traversal of the list. So linking and ending touch no
//! other registration, which would be a cache miss.
//!
//! **Invariant**: only the operations on buckets write buckets and a registration's link to the next one. So a
//! registration is in at most one list, and no list is a cycle. The link is undefined in a registration that is in no
//! bucket, and null in the last one of a list.

use crate::identities::RUN;
use crate::memory::cell::Cell;
use crate::memory::header::Kind;
use crate::memory::word::Word;

/// How many buckets ahead of the one being traversed are prefetched.
const AHEAD: usize = 8;

/// Prefetches the first registration of a bucket further on.
pub(crate) fn prefetch_ahead(buckets: Cell, bucket: usize) {
    if bucket + AHEAD < buckets.slot_count()
        && let Some(ahead) = Cell::of(buckets.slot(bucket + AHEAD))
    {
        ahead.prefetch();
    }
}

/// The registration that a link leads to.
#[inline(always)]
pub(crate) fn linked(word: Word) -> Option<Cell> {
    Cell::of(word).filter(|cell| cell.header().is(Kind::Registration))
}

/// The bucket of a token's hash: the hash scaled to the number of buckets, so that a run of hashes spreads over as many
/// buckets.
#[inline(always)]
pub(crate) fn bucket_of(buckets: Cell, hash: u32) -> usize {
    let len = buckets.slot_count();
    let bucket = ((u64::from(hash) * len as u64) >> 32) as usize + (hash % RUN) as usize;
    if bucket < len { bucket } else { bucket % len }
}
