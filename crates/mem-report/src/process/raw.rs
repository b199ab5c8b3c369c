//! A call of the C library that has no safe counterpart.

#![expect(unsafe_code, reason = "pthread_atfork is a C function")]

/// Has a function called in each child that `fork` makes of this process. `false` if there is no memory for it.
///
/// The function runs between `fork` and its return, so it may do what a signal handler may, and no more.
pub fn after_fork(function: extern "C" fn()) -> bool {
    // SAFETY: both absent handlers are allowed, and a function is valid for the life of the process. That it does no
    // more than a signal handler may, its author keeps: the only one stores to an atomic.
    unsafe { libc::pthread_atfork(None, None, Some(function)) == 0 }
}
