//! Closures and the contexts that they share: a function of 56 bytes that refers to a context of 32 + 8n bytes, which
//! refers to the context around it (`heap_model::shapes::context`).

use crate::error::RuntimeError;
use crate::host::Host;
use crate::types::types;
use crate::value::{Argument, Value};
use crate::variable::{Root, Variable};
use heap_model::{Kind, shapes};

types! {
    /// The variables of a scope that its closures have captured: all closures of the scope share them, which is how one
    /// closure keeps what only another one uses.
    ///
    /// ```
    /// use node_memory::{Array, Context, Runtime, RuntimeOptions};
    ///
    /// // function make() { const big = new Array(1e5), small = 1; unused = () => big; return () => small; }
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let context = Context::new(&mut runtime, 2)?;
    /// let big = Array::new(&mut runtime, 100_000)?;
    /// context.set(&mut runtime, 0, &big)?;
    /// context.set(&mut runtime, 1, 1)?;
    /// let returned = context.arrow(&mut runtime)?;
    /// drop((context, big));
    /// runtime.gc();
    /// assert!(runtime.heap_used() > 800_000);
    /// drop(returned);
    /// runtime.gc();
    /// assert!(runtime.heap_used() < 1000);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    Context = "Context", |scope, cell| Ok(scope.kind(cell)? == Kind::Context);

    /// A function. It has no code: what it does is the Rust program's.
    Function = "Function", |scope, cell| Ok(scope.kind(cell)? == Kind::Closure);
}

impl Context {
    /// A context of `variables` captured variables: 32 + 8 `variables` bytes. O(`variables`).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn new<H: Host>(
        host: &mut H,
        variables: usize,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        host.keep(|scope, _| Ok(shapes::context(scope, None, variables)?)).map(Variable::of)
    }
}

impl<R: Root> Variable<Context, R> {
    /// A context of `variables` captured variables inside this one. O(`variables`).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit, [`RuntimeError::Access`] if it is of another runtime.
    pub fn nested<H: Host>(
        &self,
        host: &mut H,
        variables: usize,
    ) -> Result<Variable<Context, H::Root>, RuntimeError> {
        let made = host.keep(|scope, _| {
            scope.escape(|scope| {
                let outer = self.local(scope)?;
                Ok::<_, RuntimeError>(shapes::context(scope, Some(outer), variables)?)
            })
        });
        made.map(Variable::of)
    }

    /// The captured variable with this number. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the context has no such variable, or is of another runtime.
    pub fn get<H: Host>(
        &self,
        host: &mut H,
        variable: usize,
    ) -> Result<Value<H::Root>, RuntimeError> {
        let value = host
            .keep_value(|scope, _| Ok(Some(shapes::variable(scope, self.operand(), variable)?)));
        value.map(Value::of_option)
    }

    /// Assigns the captured variable with this number. Constant time.
    ///
    /// # Errors
    /// As [`get`](Self::get); [`RuntimeError::OutOfMemory`] for a number at the heap's limit.
    pub fn set(
        &self,
        host: &mut impl Host,
        variable: usize,
        value: impl Argument,
    ) -> Result<(), RuntimeError> {
        host.on(|scope, _| {
            let value = value.operand(scope)?;
            Ok(shapes::set_variable(scope, self.operand(), variable, value)?)
        })
    }

    /// An arrow function over this context: 56 bytes. Constant time.
    ///
    /// # Errors
    /// As [`nested`](Self::nested).
    pub fn arrow<H: Host>(
        &self,
        host: &mut H,
    ) -> Result<Variable<Function, H::Root>, RuntimeError> {
        let made = host.keep(|scope, _| {
            scope.escape(|scope| {
                let context = self.local(scope)?;
                Ok::<_, RuntimeError>(shapes::arrow_function(scope, context)?)
            })
        });
        made.map(Variable::of)
    }

    /// A function with a prototype over this context: 64 bytes. Constant time.
    ///
    /// # Errors
    /// As [`nested`](Self::nested).
    pub fn function<H: Host>(
        &self,
        host: &mut H,
    ) -> Result<Variable<Function, H::Root>, RuntimeError> {
        let made = host.keep(|scope, _| {
            scope.escape(|scope| {
                let context = self.local(scope)?;
                Ok::<_, RuntimeError>(shapes::function(scope, context)?)
            })
        });
        made.map(Variable::of)
    }
}

impl Function {
    /// An arrow function that captures nothing: 56 bytes. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn arrow<H: Host>(host: &mut H) -> Result<Variable<Self, H::Root>, RuntimeError> {
        host.keep(|scope, _| Ok(shapes::arrow_function(scope, None)?)).map(Variable::of)
    }
}
