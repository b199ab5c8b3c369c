//! What a background sampler costs beside a thread that only sleeps, in CPU time a tick (Linux):
//! `cargo run --release --example sampler -- [SECONDS]`.
//!
//! Each line is one of four turns. A thread cannot wake up for less than the first kind, whatever it does then.

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seconds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(5);
    for _ in 0..4 {
        linux::sleeping("sleeps", seconds, || {})?;
        let statm = std::fs::File::open("/proc/self/statm")?;
        linux::sleeping("sleeps and reads", seconds, move || {
            let read = std::os::unix::fs::FileExt::read_at(&statm, &mut [0; 160], 0);
            assert!(read.is_ok_and(|length| length > 0), "Linux tells");
        })?;
        linux::sampling(seconds)?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("The CPU time of a thread is read from Linux's /proc.");
}

#[cfg(target_os = "linux")]
mod linux {
    use mem_report::{Process, Sampler, Timeline};
    use std::fs;
    use std::io::{Error, Result};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    use std::thread::{Builder, sleep};
    use std::time::{Duration, Instant};

    const INTERVAL: Duration = Duration::from_millis(10);
    /// The name of the thread that is looked at, which is [`Sampler`]'s.
    const NAME: &str = "memory sampler";
    /// The count of ticks that ends a thread.
    const STOP: u64 = u64::MAX;

    /// A thread that does `work` after each sleep.
    pub fn sleeping(kind: &str, seconds: u64, work: impl Fn() + Send + 'static) -> Result<()> {
        let ticks = Arc::new(AtomicU64::new(0));
        let own = Arc::clone(&ticks);
        let thread = Builder::new().name(NAME.to_owned()).spawn(move || {
            let mut next = Instant::now();
            while own.load(Relaxed) < STOP {
                next += INTERVAL;
                sleep(next.saturating_duration_since(Instant::now()));
                work();
                let _ = own.fetch_update(Relaxed, Relaxed, |ticks| ticks.checked_add(1));
            }
        })?;
        let shown = show(kind, seconds, || ticks.load(Relaxed));
        ticks.store(STOP, Relaxed);
        thread.join().map_err(|_| Error::other("the thread panicked"))?;
        shown
    }

    pub fn sampling(seconds: u64) -> Result<()> {
        let ring = Timeline::ring(1000).with_room(1000, 0);
        let process = Process::current().map_err(Error::other)?;
        let sampler = Sampler::spawn(INTERVAL, ring, process)?;
        show("Sampler", seconds, || {
            sampler.with_timeline(|timeline| timeline.dropped() + timeline.len() as u64)
        })
    }

    fn show(kind: &str, seconds: u64, ticks: impl Fn() -> u64) -> Result<()> {
        sleep(Duration::from_millis(200));
        let (before, ticked, start) = (cpu_time()?, ticks(), Instant::now());
        sleep(Duration::from_secs(seconds));
        let (time, ticked) = (cpu_time()? - before, ticks() - ticked);
        let a_tick = time.as_secs_f64() * 1e6 / ticked as f64;
        let share = time.as_secs_f64() / start.elapsed().as_secs_f64() * 100.0;
        println!("{kind:16} {a_tick:5.1} us a tick, {share:.3} % of a core");
        Ok(())
    }

    /// The CPU time of the thread of that name.
    fn cpu_time() -> Result<Duration> {
        for entry in fs::read_dir("/proc/self/task")? {
            let thread = entry?.path();
            if fs::read_to_string(thread.join("comm"))?.trim_end() == NAME {
                let text = fs::read_to_string(thread.join("schedstat"))?;
                let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
                return nanos.map(Duration::from_nanos).ok_or(Error::other("no schedstat"));
            }
        }
        Err(Error::other("the thread has ended"))
    }
}
