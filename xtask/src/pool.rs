//! Processes of a program that run what may crash or never end, each driven by a thread: one that ends or says nothing
//! in time is replaced.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use std::{io, thread};

/// What a failure of a request begins with that had no answer in time.
pub const NOT_DONE: &str = "not done in";

/// A process and its answers.
struct Worker {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<String>,
}

impl Worker {
    fn start(program: &Path, arguments: &[OsString]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let requests = child.stdin.take().expect("stdin is piped");
        let lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let (sender, answers) = channel();
        thread::spawn(move || {
            // Ends with the process, or when nobody listens.
            let _ = lines.map_while(Result::ok).try_for_each(|line| sender.send(line));
        });
        Ok(Self { child, requests, answers })
    }

    fn ask(&mut self, request: &str, limit: Duration) -> Result<String, String> {
        let sent = writeln!(self.requests, "{request}").and_then(|()| self.requests.flush());
        sent.map_err(|error| error.to_string())?;
        match self.answers.recv_timeout(limit) {
            Ok(answer) => Ok(answer),
            Err(RecvTimeoutError::Timeout) => Err(format!("{NOT_DONE} {} s", limit.as_secs())),
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.child.wait().map_err(|error| error.to_string())?;
                Err(format!("crash: {status}"))
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gives each request to one of `workers` processes, which are a program with `arguments`; `done` is told the number of
/// each request and why it failed. A request without an answer after `limit` has failed.
pub fn run(
    program: &Path,
    arguments: &[OsString],
    request: impl Fn(usize) -> Option<String> + Sync,
    workers: usize,
    limit: Duration,
    done: impl FnMut(usize, Option<String>) + Send,
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(done);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.max(1))
            .map(|_| {
                scope.spawn(|| -> io::Result<()> {
                    let mut worker = None;
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(request) = request(number) else { return Ok(()) };
                        let mut current = match worker.take() {
                            Some(worker) => worker,
                            None => Worker::start(program, arguments)?,
                        };
                        let failure = match current.ask(&request, limit) {
                            Ok(answer) => {
                                worker = Some(current);
                                answer.strip_prefix("no ").map(str::to_owned)
                            }
                            Err(why) => Some(why),
                        };
                        let mut done = done.lock().unwrap_or_else(|error| error.into_inner());
                        done(number, failure);
                    }
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(ended) => ended,
            Err(_) => Err(io::Error::other("a thread panicked")),
        })
    })
}
