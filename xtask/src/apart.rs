//! Processes of their own that have a time limit.

use std::io;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

/// How often a process is looked at.
const PERIOD: Duration = Duration::from_millis(2);

/// Waits for a process, at most for `limit`; then it is killed, and has no status.
///
/// # Errors
/// What the system says of waiting. The process is killed then, too.
pub fn wait_at_most(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(Some(status)),
            Ok(None) if begun.elapsed() < limit => std::thread::sleep(PERIOD),
            ended => {
                child.kill()?;
                child.wait()?;
                return ended;
            }
        }
    }
}
