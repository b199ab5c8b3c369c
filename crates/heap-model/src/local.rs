//! Heaps that stay on their thread, and so have payloads and callbacks that do.
//!
//! A [`LocalHeap`] is a [`Heap`] whose payloads nobody else sees: neither it nor a scope of it can be sent, and no `&mut Heap`
//! to it is given away, which could be exchanged for another.
#![expect(unsafe_code, reason = "what stays on its thread is stored as what need not")]

use crate::error::OutOfMemory;
use crate::events::{Cause, CollectionEvent, CollectionKind};
use crate::heap::Heap;
use crate::natives::Stored;
use crate::node_id::NodeId;
use crate::observe::walk::Node;
use crate::options::HeapOptions;
use crate::registers::Registers;
use crate::scope::operand::{HasHeap, UsesHeap};
use crate::scope::{Local, Scope, Value};
use crate::sites::Site;
use crate::typed::{Gc, Payload, Record, Refused, Slot};
use core::any::Any;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use std::time::Instant;

/// A heap that stays on the thread that it was made on: its payloads and callbacks need not be [`Send`].
///
/// ```
/// use heap_model::typed::Record;
/// use heap_model::{HeapOptions, LocalHeap};
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// #[derive(Record)]
/// struct Function {
///     #[payload]
///     code: Rc<str>,
/// }
///
/// let mut heap = LocalHeap::new(HeapOptions::default())?;
/// let code: Rc<str> = "x + 1".into();
/// let collections = Rc::new(Cell::new(0));
/// let counted = collections.clone();
/// heap.on_collection(move |_| counted.set(counted.get() + 1));
/// heap.enter(|scope| -> Result<(), heap_model::OutOfMemory> {
///     let function = scope.make(Function { code: code.clone() })?;
///     assert_eq!(&**function.code(scope), "x + 1");
///     Ok(())
/// })?;
/// heap.collect();
/// assert_eq!((Rc::strong_count(&code), collections.get()), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LocalHeap {
    heap: Heap,
    thread: PhantomData<*mut ()>,
}

/// A [`Scope`] of a [`LocalHeap`], which it can be used as everywhere.
#[repr(transparent)]
pub struct LocalScope<'s> {
    scope: Scope<'s>,
}

/// A native cell that the limit refused, with its payload.
#[non_exhaustive]
pub struct LocalRefused {
    /// Why the allocation was refused.
    pub error: OutOfMemory,
    /// The payload, unchanged.
    pub payload: Box<dyn Any>,
}

impl fmt::Debug for LocalRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Display for LocalRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl core::error::Error for LocalRefused {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.error.source()
    }
}

impl From<LocalRefused> for crate::HeapError {
    /// Drops the payload.
    fn from(refused: LocalRefused) -> Self {
        Self::OutOfMemory(refused.error)
    }
}

/// What only the thread that made it uses.
struct Confined<T>(T);

// SAFETY: a local heap has it, which stays on its thread, and drops it there.
unsafe impl<T> Send for Confined<T> {}

impl<T> Confined<T> {
    fn get_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// A payload of a local heap, as heaps keep it.
fn confined(payload: Box<dyn Any>) -> Stored {
    // SAFETY: both are boxes of one value with one table of functions. A local heap has it, which stays on its thread, and
    // gives it back as what it was given.
    unsafe { core::mem::transmute::<Box<dyn Any>, Box<dyn Any + Send>>(payload) }
}

/// Gives a local heap functions of its heap, by their signatures.
macro_rules! forward {
    ($($name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        impl LocalHeap {$(
            #[doc = concat!("See [`Heap::", stringify!($name), "`].")]
            #[allow(clippy::missing_errors_doc, clippy::must_use_candidate)]
            pub fn $name(&mut self, $($argument: $type),*) $(-> $result)? {
                self.heap.$name($($argument),*)
            }
        )*}
    };
}

forward! {
    collect();
    scavenge();
    release_memory();
    idle(deadline: Instant) -> bool;
    reserve(bytes: usize) -> Result<(), OutOfMemory>;
    adjust_external_memory(delta: isize);
    reset_pauses();
    roots() -> Vec<NodeId>;
    walk(visit: impl FnMut(&Node));
    set_register_limit(registers: usize);
    registers() -> Registers<'_>;
}

impl LocalHeap {
    /// As [`Heap::new`].
    ///
    /// # Errors
    /// As [`Heap::new`].
    pub fn new(options: HeapOptions) -> Result<Self, OutOfMemory> {
        Ok(Self { heap: Heap::new(options)?, thread: PhantomData })
    }

    /// As [`Heap::enter`].
    pub fn enter<R>(&mut self, f: impl for<'s> FnOnce(&mut LocalScope<'s>) -> R) -> R {
        self.heap.enter(|scope| f(LocalScope::of(scope)))
    }

    /// As [`Heap::set_near_limit_callback`].
    pub fn set_near_limit_callback(&mut self, callback: impl FnMut(usize) -> usize + 'static) {
        let mut callback = Confined(callback);
        self.heap.set_near_limit_callback(move |limit| callback.get_mut()(limit));
    }

    /// As [`Heap::on_collection`].
    pub fn on_collection(&mut self, listener: impl FnMut(&CollectionEvent) + 'static) {
        let mut listener = Confined(listener);
        self.heap.on_collection(move |event| listener.get_mut()(event));
    }

    /// As [`Heap::before_collection`].
    pub fn before_collection(&mut self, prologue: impl FnMut(CollectionKind, Cause) + 'static) {
        let mut prologue = Confined(prologue);
        self.heap.before_collection(move |kind, cause| prologue.get_mut()(kind, cause));
    }
}

impl Deref for LocalHeap {
    type Target = Heap;

    fn deref(&self) -> &Heap {
        &self.heap
    }
}

impl<'s> LocalScope<'s> {
    /// The scope as one of a local heap, which its heap is.
    #[inline(always)]
    fn of<'a>(scope: &'a mut Scope<'s>) -> &'a mut Self {
        // SAFETY: a local scope is a transparent struct of a scope and nothing else.
        unsafe { &mut *(&raw mut *scope).cast::<Self>() }
    }

    /// As [`Scope::scope`].
    #[inline(always)]
    pub fn scope<R>(&mut self, f: impl for<'i> FnOnce(&mut LocalScope<'i>) -> R) -> R {
        self.scope.scope(|scope| f(LocalScope::of(scope)))
    }

    /// As [`Scope::escape`].
    ///
    /// # Errors
    /// What `f` fails with.
    #[inline(always)]
    pub fn escape<E>(
        &mut self,
        f: impl for<'i> FnOnce(&mut LocalScope<'i>) -> Result<Local<'i>, E>,
    ) -> Result<Local<'s>, E> {
        self.scope.escape(|scope| f(LocalScope::of(scope)))
    }

    /// As [`Scope::escape_value`].
    ///
    /// # Errors
    /// What `f` fails with.
    #[inline(always)]
    pub fn escape_value<E>(
        &mut self,
        f: impl for<'i> FnOnce(&mut LocalScope<'i>) -> Result<Value<'i>, E>,
    ) -> Result<Value<'s>, E> {
        self.scope.escape_value(|scope| f(LocalScope::of(scope)))
    }

    /// As [`Scope::escape_as`].
    ///
    /// # Errors
    /// What `f` fails with.
    ///
    /// # Panics
    /// As [`Scope::escape_as`].
    #[inline(always)]
    pub fn escape_as<F: Slot, E>(
        &mut self,
        f: impl for<'i> FnOnce(&mut LocalScope<'i>) -> Result<F::At<'i>, E>,
    ) -> Result<F::At<'s>, E> {
        self.scope.escape_as::<F, E>(|scope| f(LocalScope::of(scope)))
    }

    /// As [`Scope::alloc_native`].
    ///
    /// ```
    /// # use heap_model::{HeapOptions, LocalHeap};
    /// # use std::rc::Rc;
    /// # let mut heap = LocalHeap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let cell = scope.alloc_native(32, 0, Box::new(Rc::new(7)), 0)?;
    /// assert_eq!(**scope.native::<Rc<i32>>(cell)?, 7);
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`LocalRefused`] at the limit, with the payload.
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn alloc_native(
        &mut self,
        size: usize,
        slots: usize,
        payload: Box<dyn Any>,
        external: usize,
    ) -> Result<Local<'s>, LocalRefused> {
        let made = self.scope.alloc_native(size, slots, confined(payload), external);
        made.map_err(|refused| LocalRefused { error: refused.error, payload: refused.payload })
    }

    /// As [`Scope::make`].
    ///
    /// # Errors
    /// As [`Scope::make`].
    ///
    /// # Panics
    /// As [`Scope::make`].
    #[inline(always)]
    pub fn make<T: Record>(&mut self, record: T) -> Result<Gc<'s, T::At<'s>>, OutOfMemory> {
        Ok(self.try_make(record)?)
    }

    /// As [`Scope::try_make`].
    ///
    /// # Errors
    /// As [`Scope::try_make`].
    ///
    /// # Panics
    /// As [`Scope::make`].
    #[inline(always)]
    pub fn try_make<T: Record>(
        &mut self,
        record: T,
    ) -> Result<Gc<'s, T::At<'s>>, Refused<T::Payload>> {
        self.scope.try_make_with(record, stored)
    }

    /// As [`Scope::make_at`].
    ///
    /// # Errors
    /// As [`Scope::make_at`].
    ///
    /// # Panics
    /// As [`Scope::make`].
    #[inline(always)]
    pub fn make_at<T: Record>(
        &mut self,
        site: Site,
        record: T,
    ) -> Result<Gc<'s, T::At<'s>>, OutOfMemory> {
        self.scope.make_at_with(site, record, stored)
    }
}

/// A record's payload, as heaps keep it.
fn stored(payload: impl Payload) -> Option<Stored> {
    payload.boxed().map(confined)
}

impl<'s> Deref for LocalScope<'s> {
    type Target = Scope<'s>;

    #[inline(always)]
    fn deref(&self) -> &Scope<'s> {
        &self.scope
    }
}

/// A scope is not [`Send`], and there is no other one of its lifetime that it could be exchanged for.
impl DerefMut for LocalScope<'_> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.scope
    }
}

impl UsesHeap for LocalScope<'_> {}

impl HasHeap for LocalScope<'_> {
    #[inline(always)]
    fn heap(&self) -> &Heap {
        &self.scope.heap
    }

    #[inline(always)]
    fn heap_mut(&mut self) -> &mut Heap {
        &mut self.scope.heap
    }
}
