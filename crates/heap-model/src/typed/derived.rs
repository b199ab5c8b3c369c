//! What derived code calls. No part of the stable interface.

use super::describe::Internal;
use super::own::foreign;
use super::{Gc, Owned, Record, Ref, Slot};
use crate::memory::record::layout::{Field, Has, SlotKind, Tail, TailPlain};
use crate::scope::Scope;

pub use super::describe::{Elements, Payload};
pub use crate::memory::record::layout::Layout;
pub use crate::memory::record::layout::{First, Many, Next, NoTail, Plain, PlainTail, SlotTail};

/// What the slots of a record's fields hold.
type Kinds<T> = <<T as Record>::Id as Layout>::Slots;

#[inline(always)]
pub fn get<'t, F: Slot, I, T: Record>(
    gc: Gc<'_, T>,
    scope: &mut Scope<'t>,
    element: usize,
) -> F::At<'t>
where
    Kinds<T>: Has<I>,
    <Kinds<T> as Has<I>>::Kind: SlotKind<Element = F::Kind>,
{
    let stored = scope.record(gc).field::<I>(element).get();
    F::load(stored, scope, Internal(()))
}

#[inline(always)]
pub fn set<F: Slot, I, T: Record>(gc: Gc<'_, T>, scope: &mut Scope<'_>, element: usize, value: F)
where
    Kinds<T>: Has<I>,
    <Kinds<T> as Has<I>>::Kind: SlotKind<Element = F::Kind>,
{
    let field = scope.record(gc).field::<I>(element);
    put::<F>(field, scope, value);
}

#[inline(always)]
fn put<F: Slot>(field: Field<F::Kind>, scope: &mut Scope<'_>, value: F) {
    let (slot, word) = field.put(value.store(scope, Internal(())));
    scope.heap.store_slot(slot, word);
}

#[inline(always)]
pub fn tail_get<'t, F: Slot, T: Record>(
    gc: Gc<'_, T>,
    scope: &mut Scope<'t>,
    element: usize,
) -> F::At<'t>
where
    <T::Id as Layout>::Tail: Tail<Element = F::Kind>,
{
    let stored = scope.record(gc).tail(element).get();
    F::load(stored, scope, Internal(()))
}

#[inline(always)]
pub fn tail_set<F: Slot, T: Record>(gc: Gc<'_, T>, scope: &mut Scope<'_>, element: usize, value: F)
where
    <T::Id as Layout>::Tail: Tail<Element = F::Kind>,
{
    let field = scope.record(gc).tail(element);
    put::<F>(field, scope, value);
}

#[inline(always)]
pub fn tail_len<T: Record>(gc: Gc<'_, T>, scope: &Scope<'_>) -> usize {
    scope.record(gc).tail_len()
}

#[inline(always)]
pub fn data<'a, T: Record>(gc: Gc<'_, T>, scope: &'a Scope<'_>) -> &'a <T::Id as Layout>::Data {
    see_data(scope.read(gc))
}

#[inline(always)]
pub fn data_mut<'a, T: Record>(
    gc: Gc<'_, T>,
    scope: &'a mut Scope<'_>,
) -> &'a mut <T::Id as Layout>::Data {
    match scope.heap.roots.handles.data_mut(gc.place) {
        Some(data) => data,
        None => foreign(),
    }
}

#[inline(always)]
pub fn plain<'a, T: Record>(gc: Gc<'_, T>, scope: &'a Scope<'_>) -> &'a [TailPlain<T::Id>] {
    see_plain(scope.read(gc))
}

#[inline(always)]
pub fn plain_mut<'a, T: Record>(
    gc: Gc<'_, T>,
    scope: &'a mut Scope<'_>,
) -> &'a mut [TailPlain<T::Id>] {
    match scope.heap.roots.handles.plain_mut(gc.place) {
        Some(plain) => plain,
        None => foreign(),
    }
}

#[inline(always)]
pub fn payload<'a, P, T>(gc: Gc<'_, T>, scope: &'a Scope<'_>) -> &'a P
where
    P: 'static,
    T: Record<Payload = Owned<P>>,
{
    let index = scope.record(gc).index();
    let native = scope.heap.natives.payloads.get(index).expect("a record has its payload");
    let owned: Option<&Owned<P>> = native.payload.downcast_ref();
    &owned.expect("a payload of its type").0
}

#[inline(always)]
pub fn payload_mut<'a, P, T>(gc: Gc<'_, T>, scope: &'a mut Scope<'_>) -> &'a mut P
where
    P: 'static,
    T: Record<Payload = Owned<P>>,
{
    let index = scope.record(gc).index();
    let native = scope.heap.natives.payloads.get_mut(index).expect("a record has its payload");
    let owned: Option<&mut Owned<P>> = native.payload.downcast_mut();
    &mut owned.expect("a payload of its type").0
}

#[inline(always)]
pub fn see<'a, F: Slot, I, T: Record>(record: Ref<'a, T>, element: usize) -> F::Seen<'a>
where
    Kinds<T>: Has<I>,
    <Kinds<T> as Has<I>>::Kind: SlotKind<Element = F::Kind>,
{
    let stored = record.reading.known().field::<I>(element).get();
    F::see(stored, record.reading.reading(), Internal(()))
}

#[inline(always)]
pub fn see_tail<'a, F: Slot, T: Record>(record: Ref<'a, T>, element: usize) -> F::Seen<'a>
where
    <T::Id as Layout>::Tail: Tail<Element = F::Kind>,
{
    let stored = record.reading.known().tail(element).get();
    F::see(stored, record.reading.reading(), Internal(()))
}

#[inline(always)]
pub fn see_tail_len<T: Record>(record: Ref<'_, T>) -> usize {
    record.reading.known().tail_len()
}

#[inline(always)]
pub fn see_data<'a, T: Record>(record: Ref<'a, T>) -> &'a <T::Id as Layout>::Data {
    record.reading.data()
}

#[inline(always)]
pub fn see_plain<'a, T: Record>(record: Ref<'a, T>) -> &'a [TailPlain<T::Id>] {
    record.reading.plain()
}
