//! What a slot of a record can hold: handles, values, and enums of them.

use super::Gc;
use super::describe::sealed::Sealed;
use super::describe::{Internal, Record, Slot};
use super::read::Ref;
use crate::memory::handles::Reading;
use crate::memory::record::layout::{Any, Known, Nullable, Strong};
use crate::memory::word::Word;
use crate::scope::view::{Seen, View};
use crate::scope::{Local, Scope, Value};

impl<T: Record> Sealed for Gc<'_, T> {}

impl<T: Record> Slot for Gc<'_, T> {
    type At<'t> = Gc<'t, T::At<'t>>;
    type Kind = Strong<T::Id>;
    type Seen<'a> = Ref<'a, T::At<'a>>;

    #[inline(always)]
    fn store(self, scope: &Scope<'_>, _: Internal) -> Known<T::Id> {
        scope.record(self)
    }

    #[inline(always)]
    fn load<'t>(stored: Known<T::Id>, scope: &mut Scope<'t>, _: Internal) -> Gc<'t, T::At<'t>> {
        Gc::new(scope.heap.roots.handles.push_record(stored))
    }

    #[inline(always)]
    fn see<'a>(stored: Known<T::Id>, reading: Reading<'a>, _: Internal) -> Ref<'a, T::At<'a>> {
        Ref::new(reading.record(stored))
    }
}

impl<T: Record> Sealed for Option<Gc<'_, T>> {}

impl<T: Record> Slot for Option<Gc<'_, T>> {
    type At<'t> = Option<Gc<'t, T::At<'t>>>;
    type Kind = Nullable<T::Id>;
    type Seen<'a> = Option<Ref<'a, T::At<'a>>>;

    #[inline(always)]
    fn store(self, scope: &Scope<'_>, _: Internal) -> Option<Known<T::Id>> {
        self.map(|gc| scope.record(gc))
    }

    #[inline(always)]
    fn load<'t>(
        stored: Option<Known<T::Id>>,
        scope: &mut Scope<'t>,
        internal: Internal,
    ) -> Option<Gc<'t, T::At<'t>>> {
        stored.map(|known| <Gc<'_, T> as Slot>::load(known, scope, internal))
    }

    #[inline(always)]
    fn see<'a>(
        stored: Option<Known<T::Id>>,
        reading: Reading<'a>,
        internal: Internal,
    ) -> Option<Ref<'a, T::At<'a>>> {
        stored.map(|known| <Gc<'_, T> as Slot>::see(known, reading, internal))
    }
}

impl Sealed for Value<'_> {}

impl Slot for Value<'_> {
    type At<'t> = Value<'t>;
    type Kind = Any;
    type Seen<'a> = Seen<'a>;

    #[inline(always)]
    fn store(self, scope: &Scope<'_>, _: Internal) -> Word {
        scope.own_word(self)
    }

    #[inline(always)]
    fn load<'t>(stored: Word, scope: &mut Scope<'t>, _: Internal) -> Value<'t> {
        scope.value(stored)
    }

    #[inline(always)]
    fn see<'a>(stored: Word, reading: Reading<'a>, _: Internal) -> Seen<'a> {
        Seen::of(reading.word(stored))
    }
}

impl Sealed for Local<'_> {}

impl Slot for Local<'_> {
    type At<'t> = Local<'t>;
    type Kind = Any;
    type Seen<'a> = View<'a>;

    #[inline(always)]
    fn store(self, scope: &Scope<'_>, _: Internal) -> Word {
        scope.own_word(Value::Ref(self))
    }

    #[inline(always)]
    fn load<'t>(stored: Word, scope: &mut Scope<'t>, _: Internal) -> Local<'t> {
        scope.value(stored).as_local().expect("a cell was stored")
    }

    #[inline(always)]
    fn see<'a>(stored: Word, reading: Reading<'a>, _: Internal) -> View<'a> {
        match Seen::of(reading.word(stored)) {
            Seen::Ref(view) => view,
            _ => unreachable!("a cell was stored"),
        }
    }
}

impl Sealed for Option<Local<'_>> {}

impl Slot for Option<Local<'_>> {
    type At<'t> = Option<Local<'t>>;
    type Kind = Any;
    type Seen<'a> = Option<View<'a>>;

    #[inline(always)]
    fn store(self, scope: &Scope<'_>, _: Internal) -> Word {
        scope.own_word(self.map_or(Value::Null, Value::Ref))
    }

    #[inline(always)]
    fn load<'t>(stored: Word, scope: &mut Scope<'t>, _: Internal) -> Option<Local<'t>> {
        scope.value(stored).as_local()
    }

    #[inline(always)]
    fn see<'a>(stored: Word, reading: Reading<'a>, _: Internal) -> Option<View<'a>> {
        match Seen::of(reading.word(stored)) {
            Seen::Ref(view) => Some(view),
            _ => None,
        }
    }
}

/// An enum of what a slot can hold: what `derive(Slot)` implements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot lie in a slot",
    label = "not what a slot holds",
    note = "a slot holds a `Gc`, a `Local`, an `Option` of one, a `Value`, or an enum that derives `Slot`",
    note = "the collector looks into nothing else"
)]
pub trait Union: Copy {
    /// The type with another lifetime.
    type At<'t>: Union;

    /// Its value.
    fn into_value<'v>(self) -> Value<'v>
    where
        Self: 'v;

    /// What a value is, if it is one of these.
    fn from_value<'t>(value: Value<'t>, scope: &Scope<'_>) -> Option<Self::At<'t>>;
}

impl<U: Union> Sealed for U {}

impl<U: Union> Slot for U {
    type At<'t> = U::At<'t>;
    type Kind = Any;
    type Seen<'a> = Seen<'a>;

    #[inline(always)]
    fn store(self, scope: &Scope<'_>, _: Internal) -> Word {
        scope.own_word(self.into_value())
    }

    #[inline(always)]
    fn load<'t>(stored: Word, scope: &mut Scope<'t>, _: Internal) -> U::At<'t> {
        let value = scope.value(stored);
        U::from_value(value, scope).expect("what a slot holds is one of its variants")
    }

    #[inline(always)]
    fn see<'a>(stored: Word, reading: Reading<'a>, _: Internal) -> Seen<'a> {
        Seen::of(reading.word(stored))
    }
}
