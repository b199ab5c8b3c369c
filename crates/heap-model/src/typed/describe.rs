//! What a type says of its records, in types alone: whatever an implementation says, the heap goes by it when it makes
//! a record and when it uses one.

use crate::memory::handles::Reading;
use crate::memory::record::layout::{
    Described, Element, Layout, Many, Number, Slots, Tail, TailPlain,
};
use crate::scope::Scope;
use core::any::Any;

/// A type whose values are records: cells in a heap.
///
/// It is derived: see [`typed`](crate::typed). An implementation by hand is safe, for a heap takes the slots and the data of
/// a record from the types of one [`Layout`] whenever it looks at one.
pub trait Record: Sized {
    /// The type with the lifetime `'static`, by which a heap knows it.
    type Id: Layout;
    /// The type with another lifetime.
    type At<'t>: Record<Id = Self::Id>;
    /// The fields in slots: the first and those behind it, `(A, (B, ()))`.
    type Fields: Fields<Kinds = <Self::Id as Layout>::Slots>;
    /// What the slots of a slice hold.
    type TailSlot: Slot<Kind = <<Self::Id as Layout>::Tail as Tail>::Element>;
    /// The fields beside the heap: none, or [`Owned`].
    type Payload: Payload<Index = <Self::Id as Layout>::Index>;

    /// What a record of this value is made of.
    fn into_parts<'a>(self) -> Parts<'a, Self>
    where
        Self: 'a;
}

/// What a record is made of.
#[non_exhaustive]
pub struct Parts<'a, T: Record> {
    /// The fields in slots.
    pub fields: T::Fields,
    /// The plain fields.
    pub data: <T::Id as Layout>::Data,
    /// The fields beside the heap.
    pub payload: T::Payload,
    /// What the slots of the slice are filled with.
    pub tail: &'a [T::TailSlot],
    /// The plain values of the slice.
    pub plain: &'a [TailPlain<T::Id>],
}

impl<'a, T: Record> Parts<'a, T> {
    /// A record without a slice.
    pub fn new(fields: T::Fields, data: <T::Id as Layout>::Data, payload: T::Payload) -> Self {
        Self { fields, data, payload, tail: &[], plain: &[] }
    }

    /// It with a slice of slots.
    #[must_use]
    pub fn with_tail(self, tail: &'a [T::TailSlot]) -> Self {
        Self { tail, ..self }
    }

    /// It with a slice of plain values.
    #[must_use]
    pub fn with_plain(self, plain: &'a [TailPlain<T::Id>]) -> Self {
        Self { plain, ..self }
    }
}

/// What a slot of a record can hold: [`Value`](crate::Value), [`Local`](crate::Local), [`Gc`](super::Gc), `Option<Gc>`, `Option<Local>`, and enums that derive it.
///
/// An enum is read by comparing tags, in the order of its variants; what the others read is known.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot lie in a slot",
    label = "not what a slot holds",
    note = "a slot holds a `Gc`, a `Local`, an `Option` of one, a `Value`, or an enum that derives `Slot`",
    note = "the collector looks into nothing else"
)]
pub trait Slot: Copy + Sealed {
    /// The type with another lifetime.
    type At<'t>: Slot<Kind = Self::Kind>;
    /// What the slot is known to hold.
    #[doc(hidden)]
    type Kind: Element;
    /// What is read without a handle.
    type Seen<'a>;

    #[doc(hidden)]
    fn store(self, scope: &Scope<'_>, _: Internal) -> <Self::Kind as Element>::Stored;

    #[doc(hidden)]
    fn load<'t>(
        stored: <Self::Kind as Element>::Stored,
        scope: &mut Scope<'t>,
        _: Internal,
    ) -> Self::At<'t>;

    #[doc(hidden)]
    fn see<'a>(
        stored: <Self::Kind as Element>::Stored,
        reading: Reading<'a>,
        _: Internal,
    ) -> Self::Seen<'a>;
}

/// What only this crate has. Words and cells that a program kept over a collection would dangle, so it cannot ask
/// for them.
#[derive(Clone, Copy)]
pub struct Internal(pub(super) ());

impl<T: Record> Described for T {
    type Layout = T::Id;
}

pub(super) mod sealed {
    pub trait Sealed {}
}
use sealed::Sealed;

/// What a record has beside the heap: `()` for nothing, or [`Owned`].
pub trait Payload: Sealed {
    #[doc(hidden)]
    type Index: Number;

    /// It, where there is something.
    #[doc(hidden)]
    fn boxed(self) -> Option<Box<dyn Any>>;

    /// It, where there is something that can be sent.
    #[doc(hidden)]
    fn boxed_to_send(self) -> Option<Box<dyn Any + Send>>
    where
        Self: Send;
}

/// What a record has beside the heap, and drops with its cell.
pub struct Owned<P>(pub P);

impl Sealed for () {}
impl<P> Sealed for Owned<P> {}

impl Payload for () {
    type Index = ();

    #[inline(always)]
    fn boxed(self) -> Option<Box<dyn Any>> {
        None
    }

    #[inline(always)]
    fn boxed_to_send(self) -> Option<Box<dyn Any + Send>> {
        None
    }
}

impl<P: 'static> Payload for Owned<P> {
    type Index = u32;

    fn boxed(self) -> Option<Box<dyn Any>> {
        Some(Box::new(self))
    }

    fn boxed_to_send(self) -> Option<Box<dyn Any + Send>>
    where
        Self: Send,
    {
        Some(Box::new(self))
    }
}

/// Fields in slots: the first, and those behind it.
pub trait Fields {
    #[doc(hidden)]
    type Kinds: Slots;

    #[doc(hidden)]
    fn store(self, scope: &Scope<'_>, internal: Internal) -> <Self::Kinds as Slots>::All;
}

/// A field of `N` slots.
pub struct Elements<F, const N: usize>(pub [F; N]);

impl Fields for () {
    type Kinds = ();

    #[inline(always)]
    fn store(self, _: &Scope<'_>, _: Internal) {}
}

impl<F: Slot, R: Fields> Fields for (F, R) {
    type Kinds = (F::Kind, R::Kinds);

    #[inline(always)]
    fn store(self, scope: &Scope<'_>, internal: Internal) -> <Self::Kinds as Slots>::All {
        (F::Kind::all(self.0.store(scope, internal)), self.1.store(scope, internal))
    }
}

impl<F: Slot, const N: usize, R: Fields> Fields for (Elements<F, N>, R) {
    type Kinds = (Many<F::Kind, N>, R::Kinds);

    #[inline(always)]
    fn store(self, scope: &Scope<'_>, internal: Internal) -> <Self::Kinds as Slots>::All {
        (self.0.0.map(|field| field.store(scope, internal)), self.1.store(scope, internal))
    }
}
