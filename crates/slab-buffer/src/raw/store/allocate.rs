//! The memory of stores: one allocation has a header and, behind it, the bytes.

#![expect(unsafe_code, reason = "stores are allocated and freed here")]

use super::{Idle, Keeper, NOT_KEPT, Owner, Store, Whole};
use crate::raw::count::Count;
use crate::raw::pins::Pins;
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const HEADER: usize = size_of::<Store>();

/// How a store is made.
pub(crate) struct Form {
    pub capacity: usize,
    pub alignment: usize,
    pub pooled: bool,
    pub class: u16,
    /// The thread that the store is biased to, or [`NOBODY`](crate::raw::thread::NOBODY).
    pub owner: u64,
    pub id: u64,
    pub zero_on_release: bool,
    pub track: bool,
}

impl Form {
    /// The memory of a header and its bytes; the bytes start at a multiple of the alignment.
    fn layout(capacity: usize, alignment: usize) -> Option<Layout> {
        let slack = alignment.saturating_sub(align_of::<Store>());
        let size = capacity.checked_add(HEADER + slack)?;
        Layout::from_size_align(size, align_of::<Store>()).ok()
    }
}

impl Idle {
    /// Makes a store of zeros, or none if the allocator refuses.
    pub fn allocate(form: &Form, keeper: Arc<dyn Keeper>, local: Owner) -> Option<Self> {
        let layout = Form::layout(form.capacity, form.alignment)?;
        // SAFETY: the layout is not empty, it holds a header.
        let base = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        // SAFETY: the header lies in the allocation.
        let unaligned = unsafe { base.add(HEADER) };
        let offset = unaligned.align_offset(form.alignment);
        // SAFETY: the layout has room for the capacity behind this.
        let data = unsafe { unaligned.add(offset) };
        let header = Store {
            count: Count::new(form.owner),
            keeper,
            behind_in_queue: Cell::default(),
            behind_in_all: Cell::default(),
            before: Default::default(),
            listed: Default::default(),
            pins: Pins::new(form.track),
            zero_on_release: form.zero_on_release,
            pooled: form.pooled,
            class: form.class,
            local,
            capacity: form.capacity,
            data,
            handed: AtomicU64::new(0),
            id: AtomicU64::new(form.id),
            end: if form.pooled { 0 } else { form.capacity },
            whole: None,
            allocated: (form.capacity, form.alignment),
        };
        let store = base.cast::<Store>();
        // SAFETY: the allocation begins with room for a header, aligned for it.
        unsafe { store.write(header) };
        Some(Self(store))
    }

    /// Frees the store's memory. What the header held is dropped when that is done: the last handle
    /// of a keeper takes the owner of external memory along, whose code may panic.
    ///
    /// # Panics
    /// If the store is on a list.
    pub fn free(self) {
        let on_a_list = self.listed.iter().any(|listed| listed.load(Ordering::Acquire));
        assert!(!on_a_list, "a store that has left all lists");
        // SAFETY: no buffer of it lives, no list holds it, and this was its only holder.
        unsafe { free(self.0) };
    }
}

/// Frees a header and its bytes.
///
/// # Safety
/// Nobody uses the store any more.
unsafe fn free(store: NonNull<Store>) {
    // SAFETY: the header is valid, and by contract never used again.
    let header = unsafe { store.read() };
    let (capacity, alignment) = header.allocated;
    let layout = Form::layout(capacity, alignment).expect("it was allocated with it");
    // SAFETY: the allocation of `Idle::allocate` or `parts`, with its layout.
    unsafe { dealloc(store.as_ptr().cast(), layout) };
}

/// The header of two parts of a buffer of the store, of which the header now has the range. Aborts
/// if the allocator refuses, as `Arc` does.
///
/// # Safety
/// The range is a buffer's, which is forgotten: its unit in the store's count is now the header's.
pub(in crate::raw) unsafe fn parts(
    store: NonNull<Store>,
    start: NonNull<u8>,
    length: usize,
) -> NonNull<Store> {
    // SAFETY: the buffer's unit keeps the store.
    let whole = unsafe { store.as_ref() };
    let header = Store {
        count: Count::of_two_parts(length),
        keeper: whole.keeper.clone(),
        behind_in_queue: Cell::default(),
        behind_in_all: Cell::default(),
        before: Default::default(),
        listed: Default::default(),
        pins: Pins::new(false),
        zero_on_release: whole.zero_on_release,
        pooled: whole.pooled,
        class: NOT_KEPT,
        local: Owner::NOBODY,
        capacity: whole.capacity,
        data: whole.data,
        handed: AtomicU64::new(0),
        id: AtomicU64::new(whole.id()),
        end: whole.offset_of(start) + length,
        whole: Some(Whole { store, start, length }),
        allocated: (0, align_of::<Store>()),
    };
    let layout = Form::layout(0, align_of::<Store>()).expect("a header's layout");
    // SAFETY: the layout is not empty, it holds a header.
    let base = unsafe { alloc(layout) };
    let Some(parts) = NonNull::new(base.cast::<Store>()) else { handle_alloc_error(layout) };
    // SAFETY: the allocation has room for a header, aligned for it.
    unsafe { parts.write(header) };
    parts
}
