//! The peak of the process: alone in its process, because it is exact only while nobody else allocates.
//! (No test harness: its threads would.)

use mem_report::counting::{self, Counting};

#[global_allocator]
static ALLOCATOR: Counting = Counting::system();

fn bytes(size: usize) -> Vec<u8> {
    std::hint::black_box(Vec::with_capacity(size))
}

fn main() {
    the_peak_is_that_since_the_last_sample();
    a_thread_that_idles_does_not_raise_the_peak();
    the_last_frees_of_a_thread_are_counted();
    println!("3 passed, 0 failed");
}

fn the_peak_is_that_since_the_last_sample() {
    let start = counting::sample().expect("installed").live_bytes;
    drop(bytes(300_000));
    let held = bytes(10_000);
    let first = counting::sample().expect("installed");
    assert_eq!(first.peak_bytes - start, 300_000);
    assert_eq!(first.live_bytes - start, 10_000);
    drop(bytes(50));
    let second = counting::process().expect("installed");
    assert_eq!(second.peak_bytes - start, 10_050);
    assert_eq!(counting::sample().expect("installed"), second);
    drop(held);
    assert_eq!(counting::sample().expect("installed").peak_bytes - start, 10_000);
}

fn a_thread_that_idles_does_not_raise_the_peak() {
    let (asked, may_end) = std::sync::mpsc::channel::<()>();
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        drop(bytes(60_000));
        done.send(()).expect("the test waits");
        may_end.recv().expect("the test tells");
    });
    is_done.recv().expect("the thread runs");
    let start = counting::sample().expect("installed");
    let held = bytes(100);
    let now = counting::sample().expect("installed");
    assert_eq!(now.peak_bytes - start.live_bytes, 100);
    drop(held);
    asked.send(()).expect("the thread waits");
    thread.join().expect("the thread");
}

/// What thread-local destructors free runs after the thread's account is closed.
fn the_last_frees_of_a_thread_are_counted() {
    thread_local! {
        static FIRST: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    let work = || {
        std::thread::spawn(|| FIRST.set(bytes(123_456))).join().expect("the thread");
    };
    work();
    let before = counting::sample().expect("installed");
    for _ in 0..100 {
        work();
    }
    let after = counting::sample().expect("installed");
    assert_eq!(after.live_bytes, before.live_bytes);
    assert_eq!(after.live_blocks, before.live_blocks);
    assert!(after.allocated_bytes - before.allocated_bytes >= 100 * 123_456);
}
