//! Payloads of two records at once.

use super::{Gc, Owned, Record};
use crate::error::AccessError;
use crate::scope::Scope;

impl Scope<'_> {
    /// The payloads of two records, both mutably: each is a tuple of the fields with `#[payload]`, in their order. Constant
    /// time.
    ///
    /// ```
    /// # use heap_model::typed::Record;
    /// # use heap_model::{AccessError, Heap, HeapOptions, OutOfMemory};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// #[derive(Record)]
    /// struct File {
    ///     #[payload]
    ///     path: String,
    ///     #[payload]
    ///     lines: Vec<String>,
    /// }
    /// # heap.enter(|scope| {
    /// let from = scope.make(File { path: "a".into(), lines: vec!["one".into()] })?;
    /// let to = scope.make(File { path: "b".into(), lines: vec![] })?;
    /// let ((path, lines), (_, all)) = scope.payloads_mut(from, to).expect("two files");
    /// all.append(lines);
    /// path.push('~');
    /// assert_eq!((from.path(scope).as_str(), to.lines(scope).len()), ("a~", 1));
    /// assert_eq!(scope.payloads_mut(to, to), Err(AccessError::SameCell));
    /// # Ok::<(), OutOfMemory>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`AccessError::SameCell`] if they are one record.
    ///
    /// # Panics
    /// If a handle is another heap's.
    pub fn payloads_mut<A, B, P, Q>(
        &mut self,
        a: Gc<'_, A>,
        b: Gc<'_, B>,
    ) -> Result<(&mut P, &mut Q), AccessError>
    where
        A: Record<Payload = Owned<P>>,
        B: Record<Payload = Owned<Q>>,
        P: 'static,
        Q: 'static,
    {
        let (a, b) = (self.record(a).index(), self.record(b).index());
        let both = self.heap.natives.payloads.get_two_mut(a, b).ok_or(AccessError::SameCell)?;
        let a: Option<&mut Owned<P>> = both.0.payload.downcast_mut();
        let b: Option<&mut Owned<Q>> = both.1.payload.downcast_mut();
        Ok((&mut a.expect("a payload of its type").0, &mut b.expect("a payload of its type").0))
    }
}
