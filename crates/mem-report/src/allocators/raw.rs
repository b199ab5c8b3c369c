//! Calls of C functions that fill plain numbers in.

#![expect(unsafe_code, reason = "the allocators' statistics are C functions")]

/// What mimalloc has committed now, and the most that it had.
#[cfg(feature = "mimalloc")]
pub fn mimalloc_commit() -> (u64, u64) {
    let (mut commit, mut peak) = (0_usize, 0_usize);
    let none = core::ptr::null_mut();
    // SAFETY: `mi_process_info` writes a number where a pointer is not null, and both that are not null are
    // this function's own variables.
    unsafe {
        libmimalloc_sys::mi_process_info(
            none,
            none,
            none,
            none,
            none,
            &mut commit,
            &mut peak,
            none,
        );
    }
    (commit as u64, peak as u64)
}

/// `arena`, `hblkhd`, `uordblks` and `fordblks`.
#[cfg(all(feature = "glibc", target_os = "linux", target_env = "gnu"))]
pub fn mallinfo2() -> [u64; 4] {
    // SAFETY: `mallinfo2` has no arguments, takes the arenas' locks itself and gives plain numbers.
    let info = unsafe { libc::mallinfo2() };
    [info.arena, info.hblkhd, info.uordblks, info.fordblks].map(|bytes| bytes as u64)
}
