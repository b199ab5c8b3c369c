//! The release of buffers, and the return of stores to their pool.
//!
//! A release that completes the count makes an [`Idle`] of the store and passes it on: on the owner's
//! thread to the pool itself ([`Local`](super::store::Local)), elsewhere to what the pool's threads
//! share ([`Keeper`](super::store::Keeper)).

#![expect(unsafe_code, reason = "a released buffer has its store no longer")]

use super::count::Release;
use super::store::{Handle, Idle, Lent, Owner, Store, Whole};
use super::units::unit;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

/// Releases a buffer of `length` bytes, and takes back the store with its last buffer.
///
/// Out of line on purpose: it keeps `Drop` small enough to inline on unwind paths. So no buffer must be kept in memory for
/// these paths and read back in other widths than it was written, which takes longer than the call.
///
/// # Safety
/// The range is a buffer's, which is forgotten.
#[inline(never)]
pub(super) unsafe fn release(store: NonNull<Store>, start: NonNull<u8>, length: usize) {
    // SAFETY: the buffer's unit keeps the store until it is counted.
    let header = unsafe { store.as_ref() };
    if !header.count.is_here() {
        // SAFETY: by contract.
        return unsafe { release_there(store, start, length) };
    }
    if header.count.release_here(unit(length)) {
        let Owner { pool, take_back } = header.local;
        // SAFETY: the count is complete, so no buffer lives and nobody else has the store.
        let store = unsafe { Idle::of(store) };
        // SAFETY: the owner's pool shares its stores before it is dropped; see `Owner::of`.
        unsafe { take_back(pool, store) };
    }
}

/// # Safety
/// As [`release`].
#[inline(never)]
unsafe fn release_there(store: NonNull<Store>, start: NonNull<u8>, length: usize) {
    // SAFETY: the buffer's unit keeps the store until it is counted.
    let header = unsafe { store.as_ref() };
    if header.zero_on_release || header.pins.are_tracked() {
        // SAFETY: by contract.
        return unsafe { release_erased(store, start, length) };
    }
    // SAFETY: by contract.
    unsafe { count_there(store, unit(length)) };
}

/// Before a release: fills the range with zeros and removes the buffer's origin, as the pool's options demand.
///
/// # Safety
/// As [`release`].
#[inline(never)]
unsafe fn release_erased(store: NonNull<Store>, start: NonNull<u8>, length: usize) {
    // SAFETY: the buffer's unit keeps the store until it is counted.
    let header = unsafe { store.as_ref() };
    if header.zero_on_release {
        // SAFETY: the range is the buffer's alone, which is forgotten but not yet counted.
        unsafe { start.write_bytes(0, length) };
    }
    header.pins.remove(header.offset_of(start));
    // SAFETY: by contract.
    unsafe { count_there(store, unit(length)) };
}

/// Counts units on another thread than the owner's.
///
/// # Safety
/// The units were a buffer's, and are not yet counted.
#[inline(always)]
unsafe fn count_there(store: NonNull<Store>, units: u64) {
    // SAFETY: the units keep the store until they are counted.
    match unsafe { store.as_ref() }.count.release_shared(units) {
        Some(Release::Counted) => {}
        // SAFETY: the count is complete, so nobody else uses the store.
        Some(_) => unsafe { take_back(store) },
        // SAFETY: by contract.
        None => unsafe { count_biased(store, units) },
    }
}

/// Counts units on another thread than that of a store that may be biased.
///
/// # Safety
/// The units were a buffer's, and are not yet counted.
#[inline(never)]
unsafe fn count_biased(store: NonNull<Store>, units: u64) {
    // SAFETY: the units keep the store until they are counted.
    let release = unsafe { store.as_ref() }.count.release_biased(units);
    // SAFETY: by contract.
    unsafe { finish(store, release, units) };
}

/// Does what a release on another thread demands.
///
/// # Safety
/// The units were a buffer's, and `release` is what counting them gave.
#[inline(always)]
unsafe fn finish(store: NonNull<Store>, release: Release, units: u64) {
    match release {
        Release::Counted => {}
        // SAFETY: the count is complete, so nobody else uses the store.
        Release::Last => unsafe { take_back(store) },
        // SAFETY: the units are not yet counted.
        Release::First => unsafe { post(store, units) },
    }
}

/// Counts the first units that another thread releases, and has the store posted to its owner.
///
/// # Safety
/// The units were a buffer's, and are not yet counted.
#[cold]
#[inline(never)]
unsafe fn post(store: NonNull<Store>, units: u64) {
    // SAFETY: the units keep the store until they are counted.
    let handle = unsafe { Handle::new(store) };
    // The store may go with the last units, and the keeper with the last store.
    let keeper = handle.keeper.clone();
    if keeper.post(handle, units) {
        return;
    }
    // Other threads were first, or the owner shares the store: these units are not the first.
    loop {
        match handle.count.release_there(units) {
            Release::Counted => return,
            // SAFETY: the count is complete, so nobody else uses the store.
            Release::Last => return unsafe { take_back(store) },
            Release::First => {
                if keeper.post(handle, units) {
                    return;
                }
            }
        }
    }
}

/// Returns an idle store to its keeper, or releases a buffer whose last part was released.
///
/// # Safety
/// The count of the store is complete.
#[inline(never)]
unsafe fn take_back(store: NonNull<Store>) {
    // SAFETY: by contract.
    let store = unsafe { Idle::of(store) };
    if let Some(Whole { store: of, start, length }) = store.whole {
        store.free();
        // SAFETY: the range was a buffer's, of which no part lives.
        return unsafe { release(of, start, length) };
    }
    let store = match store.keeper.near() {
        Some(take_back) => match take_back(store) {
            Some(store) => store,
            None => return,
        },
        None => store,
    };
    // The store may hold the last handle of its keeper.
    store.keeper.clone().take_back(store);
}

impl Lent {
    /// The start, the length and the store of the buffer that was counted out.
    #[inline]
    pub(super) fn into_parts(self) -> (NonNull<u8>, usize, NonNull<Store>) {
        let lent = ManuallyDrop::new(self);
        (lent.data(), lent.length, lent.store)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // SAFETY: the range was counted out as a buffer that was not made.
        unsafe { release(self.store, self.data(), self.length) };
    }
}

/// Releases `bytes` bytes of a buffer that stays alive.
///
/// # Safety
/// The bytes were the buffer's, and are not any more.
pub(super) unsafe fn shrink(store: NonNull<Store>, bytes: usize) {
    // SAFETY: the buffer, which lives, keeps the store.
    let count = &unsafe { store.as_ref() }.count;
    // SAFETY: by contract.
    unsafe { finish(store, count.shrink(bytes), bytes as u64) };
}
