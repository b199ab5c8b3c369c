//! Strings, as `heap_model::collections::string` makes them.

use crate::error::RuntimeError;
use crate::host::Host;
use crate::types::{types, works};
use crate::variable::{Root, Variable};
use core::ops::Range;
use heap_model::collections::string;

types! {
    /// A string: flat, a rope of two, or a slice of another one, as V8 makes them.
    ///
    /// ```
    /// use node_memory::{JsString, Runtime, RuntimeOptions};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let page = JsString::new(&mut runtime, &"x".repeat(1 << 20))?;
    /// let title = page.substring(&mut runtime, 0..20)?;
    /// drop(page);
    /// runtime.gc();
    /// // The slice takes 32 bytes, and keeps the whole page.
    /// assert_eq!(title.size(&mut runtime)?, 32);
    /// assert!(runtime.heap_used() > 1 << 20);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    #[doc(alias = "String")]
    JsString = "String", |scope, cell| works(string::len(scope, cell));
}

impl JsString {
    /// A flat string: 16 bytes and its characters, of one byte if all are below U+0100, otherwise of two, rounded up to
    /// 8. O(text).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit, or for more than 2^29 - 24 units.
    pub fn new<H: Host>(host: &mut H, text: &str) -> Result<Variable<Self, H::Root>, RuntimeError> {
        host.keep(|scope, _| Ok(string::new(scope, text)?)).map(Variable::of)
    }
}

impl<R: Root> Variable<JsString, R> {
    /// `string.length`, in units of UTF-16. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the string is of another runtime.
    pub fn len(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        host.on(|scope, _| Ok(string::len(scope, self.operand())?))
    }

    /// The text; half a surrogate pair becomes U+FFFD. O(units).
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the string is of another runtime.
    pub fn text(&self, host: &mut impl Host) -> Result<String, RuntimeError> {
        host.on(|scope, _| Ok(string::to_string(scope, self.operand())?))
    }

    /// `this + other`: from 13 units on a rope of 32 bytes, which keeps both alive. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit, or for more than 2^29 - 24 units.
    pub fn concat<H: Host>(
        &self,
        host: &mut H,
        other: &Variable<JsString, impl Root>,
    ) -> Result<Variable<JsString, H::Root>, RuntimeError> {
        let made =
            host.keep(|scope, _| Ok(string::concat(scope, self.operand(), other.operand())?));
        made.map(Variable::of)
    }

    /// `string.substring(start, end)`: from 13 units on a slice of 32 bytes, which keeps the whole string alive. Constant
    /// time, but for a rope, which is flattened.
    ///
    /// # Errors
    /// As [`concat`](Self::concat).
    #[doc(alias = "slice")]
    pub fn substring<H: Host>(
        &self,
        host: &mut H,
        range: Range<usize>,
    ) -> Result<Variable<JsString, H::Root>, RuntimeError> {
        let made = host.keep(|scope, _| Ok(string::substring(scope, self.operand(), range)?));
        made.map(Variable::of)
    }
}
