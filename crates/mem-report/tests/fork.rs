//! A child made by `fork` reads its own resident set. (No test harness: a process with threads had better not fork.)
#![cfg_attr(target_os = "linux", expect(unsafe_code, reason = "fork is what is tested"))]

#[cfg(target_os = "linux")]
fn main() {
    use mem_report::resident_set;

    const BIG: u64 = 256 << 20;
    resident_set().expect("Linux tells");
    // SAFETY: this process has one thread, so the child may do what any process may.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "fork");
    if child == 0 {
        let touched = std::hint::black_box(vec![1_u8; BIG as usize]);
        let seen = resident_set().map_or(0, |reading| reading.bytes);
        drop(touched);
        std::process::exit(i32::from(seen < BIG));
    }
    let mut status = 0;
    // SAFETY: the child is this process's, and the status a variable of this function.
    unsafe { libc::waitpid(child, &mut status, 0) };
    assert_eq!(status, 0, "the child sees what it has touched");
    println!("1 passed, 0 failed");
}

#[cfg(not(target_os = "linux"))]
fn main() {}
