//! FinalizationRegistry: the cell and its registrations are `weak-refs`', the callback is the runtime's.

use crate::error::RuntimeError;
use crate::host::Host;
use crate::memory::{Cleanup, Memory};
use crate::runtime::Runtime;
use crate::types::types;
use crate::value::{Argument, Value};
use crate::variable::{Owned, Root, Variable};
use heap_model::shapes::{self, Brand};
use heap_model::{AccessError, Local, Scope, Value as Slot};

types! {
    /// A registry whose callback learns that targets have been collected, when the program says so
    /// ([`Runtime::run_cleanup`]).
    ///
    /// ```
    /// use node_memory::{FinalizationRegistry, Object, Runtime, RuntimeOptions};
    /// use std::sync::mpsc;
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let (sender, closed) = mpsc::channel();
    /// let files = FinalizationRegistry::new(&mut runtime, move |_, held| {
    ///     let _ = sender.send(held.as_number());
    ///     Ok(())
    /// })?;
    /// let file = Object::new(&mut runtime)?;
    /// files.register(&mut runtime, &file, 7)?;
    /// drop(file);
    /// runtime.gc();
    /// assert!(closed.try_recv().is_err(), "a collection calls nobody");
    /// assert_eq!(runtime.run_cleanup(usize::MAX)?, 1);
    /// assert_eq!(closed.try_recv(), Ok(Some(7.0)));
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    FinalizationRegistry = "FinalizationRegistry", |scope, cell| {
        Ok(shapes::brand(scope, cell)? == Some(Brand::FinalizationRegistry))
    };
}

impl FinalizationRegistry {
    /// `new FinalizationRegistry(callback)`. The callback lives as long as the registry.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn new(
        runtime: &mut Runtime,
        callback: impl FnMut(&mut Runtime, Value) -> Result<(), RuntimeError> + Send + 'static,
    ) -> Result<Variable<Self>, RuntimeError> {
        let token = runtime.jobs.add_callback(Box::new(callback));
        let Memory { heap, outside } = &mut runtime.memory;
        heap.enter(|scope| {
            let registry = weak_refs::FinalizationRegistry::new(scope)?;
            outside.agent.enroll(scope, registry, move |job, held| {
                let held = Value::owned(job.scope, held)?;
                job.context.push(Cleanup { callback: *token, held });
                Ok::<_, AccessError>(())
            })?;
            Ok(Variable::of(Owned(scope.global(registry.cell())?)))
        })
    }
}

impl<R: Root> Variable<FinalizationRegistry, R> {
    /// `registry.register(target, held)`: once the target has been collected, the callback gets `held`. Amortised
    /// expected constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Weak`] if the target is a string or the held value, [`RuntimeError::OutOfMemory`] at the heap's
    /// limit, [`RuntimeError::Access`] if a variable is of another runtime. Nothing is registered then.
    pub fn register<T>(
        &self,
        host: &mut impl Host,
        target: &Variable<T, impl Root>,
        held: impl Argument,
    ) -> Result<(), RuntimeError> {
        host.on(|scope, _| {
            scope.scope(|scope| {
                let target = Slot::Ref(target.local(scope)?);
                self.register_in(scope, target, held, None)
            })
        })
    }

    /// `registry.register(target, held, token)`: as [`register`](Self::register), and
    /// [`unregister`](Self::unregister) with the token, which may be the target, takes it back.
    ///
    /// # Errors
    /// As [`register`](Self::register), also for the token.
    pub fn register_with_token<T, U>(
        &self,
        host: &mut impl Host,
        target: &Variable<T, impl Root>,
        held: impl Argument,
        token: &Variable<U, impl Root>,
    ) -> Result<(), RuntimeError> {
        host.on(|scope, _| {
            scope.scope(|scope| {
                let target = Slot::Ref(target.local(scope)?);
                let token = Slot::Ref(token.local(scope)?);
                self.register_in(scope, target, held, Some(token))
            })
        })
    }

    /// `registry.unregister(token)`; whether there was a registration with it. Linear in the registrations of the
    /// token's bucket.
    ///
    /// # Errors
    /// [`RuntimeError::Weak`] if the token is a string, [`RuntimeError::Access`] if a variable is of another runtime.
    pub fn unregister<U>(
        &self,
        host: &mut impl Host,
        token: &Variable<U, impl Root>,
    ) -> Result<bool, RuntimeError> {
        host.on(|scope, _| {
            scope.scope(|scope| {
                let token = Slot::Ref(token.local(scope)?);
                Ok(self.handle(scope)?.unregister(scope, token)?)
            })
        })
    }

    /// The number of registrations that are neither delivered nor taken back. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn occupancy(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        host.on(|scope, _| scope.scope(|scope| Ok(self.handle(scope)?.occupancy(scope)?)))
    }

    fn handle<'x, 'i: 'x>(
        &'x self,
        scope: &mut Scope<'i>,
    ) -> Result<weak_refs::FinalizationRegistry<'x>, RuntimeError> {
        let cell: Local<'x> = self.local(scope)?;
        Ok(weak_refs::FinalizationRegistry::from_cell(scope, cell)?)
    }

    fn register_in(
        &self,
        scope: &mut Scope<'_>,
        target: Slot<'_>,
        held: impl Argument,
        token: Option<Slot<'_>>,
    ) -> Result<(), RuntimeError> {
        let registry = self.handle(scope)?;
        let held = held.slot(scope)?;
        let _ = registry.register(scope, target, held, token)?;
        Ok(())
    }
}
