//! A scope is its heap, seen under a lifetime of its own.

use crate::heap::Heap;
use crate::scope::Scope;

/// The heap as a scope. Whoever calls this lets nobody choose `'i`, and cuts the handle stack back when
/// the scope is over.
#[inline(always)]
pub fn scope_of<'i>(heap: &mut Heap) -> &mut Scope<'i> {
    // SAFETY: a scope is a transparent struct of a heap and nothing else.
    unsafe { &mut *(&raw mut *heap).cast::<Scope<'i>>() }
}
