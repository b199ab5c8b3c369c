//! Runs tests in a real Node, each in a process of its own: what Node fails as well needs no other reason.

use super::front_matter::FrontMatter;
use super::worker::{Mode, includes};
use crate::apart::wait_at_most;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// What runs a test there.
const RUNNER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/test262/in_node.js");

/// What a test lacks in each of its modes; nothing if Node passes it.
fn run_file(
    node: &Path,
    dir: &Path,
    path: &str,
    limit: Duration,
) -> anyhow::Result<Option<String>> {
    let file = dir.join("test").join(path).canonicalize()?;
    let front = FrontMatter::of(&String::from_utf8_lossy(&std::fs::read(&file)?));
    for mode in Mode::of(&front) {
        let harness = includes(&front, *mode);
        let harness: Vec<_> = harness.map(|name| dir.join("harness").join(name)).collect();
        let negative = front.negative.as_ref();
        let test = serde_json::json!({
            "mode": mode.name(),
            "path": file,
            "includes": harness,
            "async": front.has("async"),
            "negative": negative.map(|it| serde_json::json!({ "phase": it.phase, "type": it.kind })),
        });
        let mut command = Command::new(node);
        command.args(["--expose-gc", "--no-warnings", "--allow-natives-syntax"]);
        command.args(["--experimental-vm-modules", RUNNER]).arg(test.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let status = wait_at_most(&mut child, limit)?;
        let mut said = String::new();
        child.stdout.take().expect("stdout is piped").read_to_string(&mut said)?;
        let why = match (status, said.lines().last()) {
            (None, _) => format!("not done in {} s", limit.as_secs()),
            (Some(_), Some("ok")) => continue,
            (Some(_), Some(line)) => line.strip_prefix("no ").unwrap_or(line).to_owned(),
            (Some(status), None) => format!("crash: {status}"),
        };
        return Ok(Some(why));
    }
    Ok(None)
}

/// Runs files in a real Node; `done` is told each file's number and why it failed.
pub fn run(
    node: &Path,
    dir: &Path,
    paths: &[String],
    jobs: usize,
    limit: Duration,
    done: impl FnMut(usize, Option<String>) + Send,
) -> anyhow::Result<()> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(done);
    thread::scope(|scope| {
        let work = || -> anyhow::Result<()> {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(path) = paths.get(number) else { return Ok(()) };
                let failure = run_file(node, dir, path, limit)?;
                let mut done = done.lock().unwrap_or_else(|error| error.into_inner());
                done(number, failure);
            }
        };
        let threads: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(ended) => ended,
            Err(_) => anyhow::bail!("a thread panicked"),
        })
    })
}
