//! Registrations by their token: an array of buckets, each the head of a list. The hash of the token tells the
//! bucket; of a registration without one, its own.
//!
//! A registration that has ended stays in its list until the list is gone through, so that neither linking nor
//! ending looks at another registration, which lies anywhere in memory.
//!
//! **Invariant**: nothing but the operations on buckets writes buckets and a registration's next one, so a
//! registration is in one list at the most, and no list is a cycle. The next one of a registration that is in no
//! bucket is undefined, and null in the last of a list.

use crate::identities::RUN;
use crate::memory::cell::Cell;
use crate::memory::header::Kind;
use crate::memory::word::Word;

/// How many buckets are being loaded while one is gone through.
const AHEAD: usize = 8;

/// Loads what a bucket some way behind this one begins with.
pub(crate) fn prefetch_ahead(buckets: Cell, bucket: usize) {
    if bucket + AHEAD < buckets.header().slots()
        && let Some(ahead) = Cell::of(buckets.slot(bucket + AHEAD))
    {
        ahead.prefetch();
    }
}

/// The registration that a list goes on with.
#[inline(always)]
pub(crate) fn linked(word: Word) -> Option<Cell> {
    Cell::of(word).filter(|cell| cell.header().is(Kind::Registration))
}

/// The bucket of a token's hash: it is scaled to their number, and those of a run go to as many buckets.
#[inline(always)]
pub(crate) fn bucket_of(buckets: Cell, hash: u32) -> usize {
    let len = buckets.header().slots();
    let bucket = ((u64::from(hash) * len as u64) >> 32) as usize + (hash % RUN) as usize;
    if bucket < len { bucket } else { bucket % len }
}
